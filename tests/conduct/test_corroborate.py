"""Who reports a thing, counted without counting anybody twice; and when it happened."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from plebiscope.conduct import code
from plebiscope.conduct.corroborate import independent
from plebiscope.model.report import Report, Support


def support(*texts: str) -> dict[str, Support]:
    record = code([Report(path=f"{n}.txt", text=text) for n, text in enumerate(texts)])
    return {one.code: one for one in record.support}


def numbers(found: Support) -> tuple[int, int, int]:
    return found.speakers, found.reports, found.independent


VERDICT = "Jon Bresker called the vote a sham."
OWN = "The vote was a sham."


def test_a_voice_that_repeats_itself_is_one() -> None:
    assert numbers(support(f"{VERDICT} Later Jon Bresker called the vote a farce.")["C23"]) == (1, 1, 1)


def test_two_voices_in_one_report_are_one_source() -> None:
    assert numbers(support(f"{VERDICT}\n\n{OWN}")["C23"]) == (2, 1, 1)


def test_one_voice_in_two_reports_is_one_source() -> None:
    again = "In Gostel Jon Bresker said that the vote had been a farce from its first day."
    assert numbers(support(VERDICT, again)["C23"]) == (1, 2, 1)


def test_the_own_voices_of_two_reports_are_two() -> None:
    assert numbers(support(OWN, "What was held on Sunday was a sham referendum.")["C23"]) == (2, 2, 2)


def test_a_report_given_twice_is_one() -> None:
    text = f"{VERDICT} Soldiers stood inside the polling station. {OWN}"
    assert support(text, text) == support(text)


def test_a_sentence_printed_again_elsewhere_is_the_first_reports() -> None:
    told = "On Sunday armed men carried the ballot box from door to door in the villages of Keldale."
    found = support(f"{told} It rained.", f"The sun shone. {told.replace('On Sunday armed', 'Armed')}")
    assert numbers(found["C07"]) == (1, 1, 1)


def test_no_two_voices_share_a_report_or_a_name() -> None:
    found = support(
        f"{VERDICT} Ana Torvik called the vote a farce. Petar Hollin called the vote a charade.",
        "Jon Bresker said on Monday that the vote was a sham from its first day.",
        "On Tuesday Jon Bresker told the crowd in Gostel that the vote was a mockery.",
    )["C23"]
    assert numbers(found) == (3, 3, 2)


def test_the_article_before_a_name_makes_no_second_voice() -> None:
    found = support(
        "The Board called the vote a sham.", "On Monday the Board called it: the vote was a farce."
    )["C23"]
    assert found.speakers == 1


def test_one_agency_in_two_papers_is_one_source() -> None:
    first = "The polls opened in the rain. Soldiers threatened voters in Gostel, AFP reported."
    second = "Shops stayed closed. According to AFP, soldiers had threatened voters in the town of Bresk."
    found = support(first, second)["C04"]
    assert numbers(found) == (1, 2, 1)
    assert found.agencies == ("AFP",)


def test_an_agency_and_a_papers_own_reporter_are_two() -> None:
    found = support(
        "Soldiers threatened voters in Gostel, AFP reported.",
        "In Bresk soldiers threatened voters at the door.",
    )["C04"]
    assert numbers(found) == (2, 2, 2)


def test_a_paper_with_an_agencys_word_beside_its_own_is_one() -> None:
    found = support(
        "Soldiers threatened voters in Gostel, AFP reported. In Bresk they threatened voters at the door."
    )
    assert numbers(found["C04"]) == (2, 1, 1)


def test_two_papers_credited_to_one_agency_are_one() -> None:
    found = support(
        "GOSTEL (AFP) - Soldiers threatened voters in the school.",
        "By AFP\n\nIn the harbour voters were threatened by men with guns, said Jon Bresker.",
    )["C04"]
    assert (found.reports, found.independent, found.agencies) == (2, 1, ("AFP",))


def test_one_minister_under_three_names_is_one_voice() -> None:
    found = support(
        "German Foreign Minister Ilse Marrant called the vote a sham.",
        "On Monday Marrant called the vote in Gostel a farce from the first hour.",
        "The German foreign minister called the referendum a charade.",
    )["C23"]
    assert numbers(found) == (1, 3, 1)


PAIRS = st.sets(
    st.tuples(*(st.sampled_from(letters) for letters in ("ABCD", "wxyz", ("", "", "p", "q")))), max_size=8
)


@given(PAIRS)
def test_independent_voices_share_nothing(heard: set[tuple[str, str, str]]) -> None:
    """The number against every choice there is."""
    most = 0
    for size in range(1, len(heard) + 1):
        for chosen in combinations(heard, size):
            speakers, reports, agencies = zip(*chosen, strict=True)
            named = [agency for agency in agencies if agency]
            if all(len(set(ends)) == len(ends) for ends in (speakers, reports, named)):
                most = size
    assert independent(heard) == most


def test_denials_and_norms_support_nothing() -> None:
    text = "The governor denied that voters were threatened. The board should stop threatening observers."
    assert support(text) == {}


def test_codes_are_in_order() -> None:
    found = list(
        support("It was not free and fair. Armed men took the ballot box from door to door in the vote.")
    )
    assert found == sorted(found)
    assert len(found) == 3
