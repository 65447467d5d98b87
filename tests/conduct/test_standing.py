"""A thing is asserted, denied, alleged, prospective or a norm by cues in its own clause."""

from __future__ import annotations

import pytest

from plebiscope.conduct.standing import standing, supposed

THING = "voters were threatened"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on sunday voters were threatened in gostel", "asserted"),
        ("families who did not come to the hall were those whose voters were threatened", "asserted"),
        ("she did not see that voters were threatened", "denied"),
        ("the men who did not see that voters were threatened", "denied"),
        ("the governor denied that voters were threatened", "denied"),
        ("there is no evidence that voters were threatened", "denied"),
        ("in no district of gostel voters were threatened", "denied"),
        ("the claim that voters were threatened is false", "denied"),
        ("the party rejected allegations that voters were threatened", "denied"),
        ("she alleged that voters were threatened", "alleged"),
        ("voters were threatened, reportedly", "alleged"),
        ("the claims that voters were threatened are many", "alleged"),
        ("maybe voters were threatened", "prospective"),
        ("the council must make public where voters were threatened", "asserted"),
        ("the count was fair, but voters were threatened", "asserted"),
        ("not only voters were threatened", "asserted"),
        ("no doubt voters were threatened", "asserted"),
        ("the judge threw out complaints that voters were threatened", "denied"),
        ("the court dismissed the last of the lawsuits that said voters were threatened", "denied"),
        ("there was not a single case in which voters were threatened", "denied"),
        ("nor was there any sign that voters were threatened", "denied"),
        ("reports that voters were threatened proved to be groundless", "denied"),
        ("that voters were threatened was checked by the auditors, who found no case", "denied"),
        ("the board has received no complaints that voters were threatened", "denied"),
    ],
)
def test_standing_by_the_clause(text: str, expected: str) -> None:
    start = text.index(THING)
    assert standing(text, start, start + len(THING)) == expected


@pytest.mark.parametrize(
    ("text", "thing", "expected"),
    [
        ("the president will annex the region tomorrow", "annex the region", "prospective"),
        ("the council calls on the board to stop pressuring observers", "pressuring observers", "norm"),
        ("the council urged them not to pressure observers", "pressure observers", "norm"),
        ("there will not be door-to-door voting", "door-to-door voting", "denied"),
        ("the crowds greeted what would be called his electoral fraud", "electoral fraud", "prospective"),
        ("his flight would end the unrest that greeted his electoral fraud", "electoral fraud", "asserted"),
        ("the signing of the treaty, she said, would take place on friday", "the signing", "prospective"),
        ("the signing of the treaty is to be held on friday", "the signing", "prospective"),
        ("on sunday families could not vote", "could not vote", "asserted"),
        ("gunfire could be heard at the poll", "gunfire could be heard", "asserted"),
        ("gunfire could break out at the poll", "gunfire could break out", "prospective"),
        ("no ballot stuffing was seen", "ballot stuffing", "denied"),
        ("no longer does anybody speak of ballot stuffing", "ballot stuffing", "asserted"),
        ("it went against the free will of the people", "free will of the people", "asserted"),
        ("everybody in gostel knew who would win", "who would win", "asserted"),
        ("from the door the clerks could see how people voted", "see how people voted", "asserted"),
        ("teachers could lose their posts over the vote", "lose their posts", "prospective"),
        ("guests may not enter the stations", "not enter the stations", "asserted"),
        ("the vote to be held in june is rigged", "is rigged", "asserted"),
        ("the vote is to be held under guard", "under guard", "prospective"),
        ("the no campaign was kept off the air", "was kept off the air", "asserted"),
        ("they were not beaten, they were bought", "they were bought", "asserted"),
        ("alleged vote buying and voter intimidation", "vote buying", "alleged"),
        ("voter intimidation as well as alleged vote buying", "voter intimidation", "asserted"),
        (
            "the army cannot guarantee that there is no attack on the polls",
            "attack on the polls",
            "prospective",
        ),
    ],
)
def test_standing_of_things(text: str, thing: str, expected: str) -> None:
    start = text.index(thing)
    assert standing(text, start, start + len(thing)) == expected


def test_a_negation_inside_the_words_denies_nothing() -> None:
    text = "the vote was not free and fair"
    assert standing(text, text.index("not free"), len(text)) == "asserted"


def test_a_hedged_speaker_alleges() -> None:
    assert standing(THING, 0, len(THING), hedged=True) == "alleged"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ink is used to prevent multiple voting", True),
        ("the list is meant to guard against multiple voting", True),
        ("the vote was free of multiple voting", True),
        ("the guards are trained to spot multiple voting", True),
        ("if a clerk were to find multiple voting, he would stop the count", True),
        ("were anyone to try multiple voting, the ink would show it", True),
        ("had there been multiple voting, the ink would have shown it", True),
        ("should a clerk notice multiple voting, he must report it", True),
        ("the law makes it a crime to try multiple voting", True),
        ("the article bans multiple voting", True),
        ("the clerk, if she is right, saw multiple voting", False),
        ("many observers, if not all, saw multiple voting", False),
        ("observers saw multiple voting", False),
        ("ink was used to prevent theft, and there was multiple voting", False),
    ],
)
def test_what_is_only_guarded_against(text: str, expected: bool) -> None:
    start = text.index("multiple voting")
    assert supposed(text, start, len(text)) is expected


@pytest.mark.parametrize(
    ("text", "thing", "expected"),
    [
        ("people in gostel said that they could not open the page", "not open the page", "asserted"),
        ("she said that she would not take part", "not take part", "asserted"),
        ("they said they would not recognise the assembly", "not recognise the assembly", "prospective"),
        ("the two did not accept the result and asked for a recount", "result and asked for", "asserted"),
        ("parties that did not pass refused to accept the result", "refused to accept the", "asserted"),
        (
            "the union will send nobody as the conditions of a fair vote are not met",
            "conditions of a fair vote are not met",
            "asserted",
        ),
    ],
)
def test_a_refusal_is_asserted_and_a_negation_ends_with_its_clause(
    text: str, thing: str, expected: str
) -> None:
    start = text.index(thing)
    assert standing(text, start, start + len(thing)) == expected


@pytest.mark.parametrize(
    ("text", "thing", "expected"),
    [
        ("families were told they would lose their posts", "lose their posts", "asserted"),
        ("the guards warned that voters would be beaten", "voters would be beaten", "asserted"),
        ("teachers might lose their posts", "lose their posts", "prospective"),
    ],
)
def test_a_threat_is_made_in_being_uttered(text: str, thing: str, expected: str) -> None:
    start = text.index(thing)
    assert standing(text, start, start + len(thing), threatens=True) == expected
    assert standing(text, start, start + len(thing)) == "prospective"


def test_what_stands_between_commas_is_told_and_not_asked() -> None:
    text = "she asked whether the vote, called just ten days ago, was lawful"
    start = text.index("called")
    assert not supposed(text, start, text.index(", was"))
    asked = "she asked whether the vote was called just ten days ago"
    assert supposed(asked, asked.index("called"), len(asked))


@pytest.mark.parametrize(
    ("text", "thing", "expected"),
    [
        (
            "in bresk, claimed by both sides, soldiers guarded the hall",
            "soldiers guarded the hall",
            "asserted",
        ),
        ("the watch said in its report that stations opened late", "stations opened late", "asserted"),
        ("a clerk was said to be giving rice to voters", "clerk was said to be giving rice", "alleged"),
        ("a woman is suspected of paying for votes", "woman is suspected of paying", "alleged"),
        ("a report that stations opened late went round", "stations opened late", "alleged"),
    ],
)
def test_a_claim_to_a_place_and_a_report_of_ones_own_are_no_hearsay(
    text: str, thing: str, expected: str
) -> None:
    start = text.index(thing)
    assert standing(text, start, start + len(thing)) == expected


@pytest.mark.parametrize(
    ("full", "short", "thing"),
    [
        ("they will be moved", "they'll be moved", "be moved"),
        ("it will not be counted", "it won't be counted", "be counted"),
        ("the bloc would not recognise the vote", "the bloc wouldn't recognise the vote", "recognise the vote"),
        ("the minister should not oversee the vote", "the minister shouldn't oversee the vote", "oversee"),
        ("he would not concede", "he wouldn't concede", "concede"),
        ("observers did not see any fraud", "observers didn't see any fraud", "fraud"),
    ],
)  # fmt: skip
def test_what_is_written_short_has_the_same_standing(full: str, short: str, thing: str) -> None:
    found = [standing(text, text.index(thing), text.index(thing) + len(thing)) for text in (full, short)]
    assert found[0] == found[1]


def test_the_number_of_a_box_denies_nothing() -> None:
    text = "box no. 1 was kept in the hands of armed men"
    assert standing(text, text.index("in the hands"), len(text)) == "asserted"
