"""Figures, conduct and release, side by side."""

from __future__ import annotations

from typing import get_args

import pytest

from plebiscope import catalogue
from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.reading.one_word import conduct_word, figures_word
from plebiscope.dossier.reading.parts import parts
from plebiscope.dossier.reading.released import release_sentence
from plebiscope.dossier.words.unanswered import NEEDS
from plebiscope.model.affected import Affected
from plebiscope.model.case import Contest, Publishable
from plebiscope.model.finding import Beside, Effect, Finding, Grade, Limit
from plebiscope.model.report import Conduct, Report, Standing, Statement, Support


def finding(grade: Grade | None) -> Finding:
    return Finding(
        id=f"vote/m/{grade}",
        method="m",
        contest="vote",
        quantity="share",
        status="tested" if grade else "not testable",
        tier="A",
        grade=grade,
        sentence="The vote: x.",
    )


@pytest.mark.parametrize(
    ("grades", "word"),
    [
        (["none", "display", "strong", "contradiction"], "contradictory"),
        (["none", "strong"], "anomalous"),
        (["none", "notable"], "anomalous"),
        (["none", "display", None], "consistent"),
        (["display", None], "not testable"),
        ([], "not testable"),
    ],
)
def test_the_word_for_the_figures(grades, word) -> None:
    assert figures_word([finding(grade) for grade in grades]) == word


def said_of(*findings: Finding) -> tuple[str, ...]:
    contest = Contest(id="vote", name="V")
    titles = {"m": "Cloud", "n": "Sums"}
    return parts("x", [contest], findings, None, {"vote": ""}, {}, titles)[0].sentences


def test_what_is_shown_and_not_judged_is_not_called_usual() -> None:
    usual = "V: 1 question could be put to its figures, and nothing unusual was found"
    assert said_of(finding("none"))[0].startswith(usual)
    odd = finding("display").model_copy(update={"unexplained": True, "sentence": "Odd."})
    text = said_of(finding("none"), odd)
    assert (
        text[0]
        == "V: the one question that could be put to its figures met figures that are shown and not judged."
    )
    assert text[1] == "Odd."
    other = finding("none").model_copy(update={"method": "n"})
    assert (
        "1 met figures that are shown and not judged (cloud) and 1 found nothing unusual (sums)"
        in (said_of(other, odd)[0])
    )


BESIDE = "49 %; reference votes between −11 and 16 % (with the range of each, −13 to 23)"
LIMIT = {"mechanism": "x", "power": 0.8}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        # a test that says what it would have noticed
        ({"p": 0.4, "limit": Limit(**LIMIT, dose=40, unit="stations", how="analytic")}, "nothing unusual"),
        # the same where it would notice nothing, or nobody knows what
        ({"p": 0.4}, "reassures nobody"),
        # a model's estimate, of which only the range of other votes is known
        (
            {"tier": "C", "limit": Limit(**LIMIT, dose=23, unit="per cent", how="range"), "where": "within"},
            "gave only estimates by a model that show nothing either way",
        ),
        (
            {"tier": "C", "limit": Limit(**LIMIT, dose=23, unit="per cent", how="range"), "where": "below"},
            "gave only estimates by a model that show nothing either way",
        ),
        # a model that tells no number
        ({"tier": "C", "where": "within"}, "reassures nobody"),
        ({"tier": "C"}, "reassures nobody"),
        ({"tier": "B"}, "left open whether there is any difference"),
    ],
)
def test_what_found_nothing_is_told_by_what_that_is_worth(given, words) -> None:
    where = given.pop("where", None)
    beside = None if where is None else Beside(where, BESIDE)
    one = finding("none").model_copy(update={**given, "beside": beside})
    said = said_of(one)
    assert words in said[0]
    assert ("nothing unusual" in said[0]) == (words == "nothing unusual")
    assert any(BESIDE in sentence for sentence in said) == (where is not None)
    # nor is it called usual beside a question that is
    text = said_of(one, finding("none").model_copy(update={"method": "n"}))[0]
    assert words in text
    if words != "nothing unusual":
        assert f"1 {words}" in text or "1 found nothing in a way that reassures nobody" in text
        assert "1 found nothing unusual (sums)" in text


def test_an_estimate_outside_what_other_votes_gave_is_told_with_the_reason_why_it_is_not_graded() -> None:
    beside = Beside("outside", BESIDE, "its headline holds 0")
    one = finding("display").model_copy(update={"tier": "C", "beside": beside, "option": "Yes"})
    said = said_of(one, finding("none").model_copy(update={"method": "n"}))
    assert "nothing unusual (cloud)" not in said[0]
    assert (
        f"V: “cloud” (share, Yes: {BESIDE}) lies outside what the same estimate gave on reference votes; it is "
        "not graded, because its headline holds 0." in said
    )
    # how many votes a model puts at stake is told by a rule of its own, and not here
    votes = one.model_copy(update={"affected": (Affected("votes", "undivided"),)})
    said = said_of(votes, finding("none").model_copy(update={"method": "n"}))
    assert any("(share, Yes) lies outside" in sentence for sentence in said)
    assert not any(BESIDE in sentence for sentence in said)


def test_what_is_only_described_is_not_laid_at_the_door_of_the_release() -> None:
    cloud = finding("display").model_copy(update={"tier": "D"})
    assert said_of(cloud)[0] == (
        "V: no question that was put to its figures can be answered from this case; shown and not judged: cloud."
    )
    # a description is no question that found something
    other = finding("none").model_copy(update={"method": "n"})
    assert "1 question could be put to its figures, and nothing unusual" in said_of(cloud, other)[0]


def says(severity: int, status: str = "asserted", **more: object) -> Statement:
    parts = {
        "code": "C01",
        "name": "Armed presence",
        "obligation": "x",
        "verbatim": "w",
        "start": 0,
        "end": 1,
    }
    parts |= {"sentence": 0, "report": "a.txt", "rule": "r", "severity": severity, "status": status}
    return Statement(**{**parts, **more})


def record(*statements: Statement, reports: int = 1) -> Conduct:
    files = tuple(Report(path=name) for name in ("a.txt", "b.txt")[:reports])
    return Conduct(
        reports=files,
        statements=statements,
        support=tuple(Support(code=s.code, speakers=1, reports=1, independent=1) for s in statements),
    )


@pytest.mark.parametrize(
    ("conduct", "word"),
    [
        (None, "not reported"),
        (record(), "no breach reported"),
        (record(says(4)), "grave breaches reported"),
        (record(says(3)), "breaches reported"),
        (record(says(2)), "breaches reported"),
        (record(says(1)), "no breach reported"),
        (record(says(4, "alleged")), "breaches alleged"),
        (record(says(4, "alleged"), says(2)), "breaches reported"),
        (record(says(4, "denied")), "no breach reported"),
        (record(says(4, "prospective")), "no breach reported"),
        (record(says(4, "norm")), "no breach reported"),
        (record(says(0, code="C34")), "no breach reported"),
        (record(says(2, code="C23")), "no breach reported"),
        (record(says(4, review="rejected")), "no breach reported"),
    ],
)
def test_the_word_for_conduct(conduct, word) -> None:
    assert conduct_word(conduct) == word


def test_every_standing_has_been_thought_of() -> None:
    assert set(get_args(Standing)) == {"asserted", "denied", "alleged", "prospective", "norm"}


def read(conduct: Conduct | None) -> str:
    contest = Contest(id="vote", name="The vote")
    made = parts("The case", [contest], [], conduct, {"vote": "Published: nothing."}, {}, {})
    return "\n".join(sentence for part in made for sentence in part.sentences)


def test_what_one_report_repeats_is_one_report() -> None:
    assert "comes from one report" in read(record(says(3), says(4, code="C02", name="Force")))
    both = record(says(3), says(4, code="C02", name="Force", report="b.txt"), reports=2)
    assert "comes from one report" not in read(both)


def test_verdicts_and_reactions_are_named_as_such() -> None:
    text = read(
        record(
            says(2, code="C23", verbatim="sham", speaker="A minister"),
            says(0, code="C34", name="Non-recognition"),
            says(3, "denied", code="C04", name="Voters threatened"),
        )
    )
    assert "verdicts and not facts established here: “sham” (A minister)" in text
    assert "reactions that say nothing about how it was held: non-recognition" in text
    assert "denied in the reports: voters threatened" in text
    assert "no breach told" in text


def test_an_indicator_is_no_breach() -> None:
    text = read(record(says(1, code="C08", name="Transparent box")))
    assert "indicators that are no breach by themselves: transparent box" in text
    assert "no breach told" in text


def test_gravest_first_and_voices_counted() -> None:
    text = read(
        record(says(2, code="C07", name="Mobile voting"), says(4, code="C02", name="Voting under force"))
    )
    assert "voting under force and mobile voting (1 voice each)" in text


def test_nobody_inside_one_report_is_independent() -> None:
    statements = (says(2, speaker="Kremlin"), says(2, speaker="Peskov"), says(2))
    one = record(*statements).model_copy(
        update={"support": (Support(code="C01", speakers=3, reports=1, independent=3),)}
    )
    assert "(3 voices)" in read(one)
    assert "independent" not in read(one)
    two = record(*statements[:2], says(2, report="b.txt"), reports=2).model_copy(
        update={"support": (Support(code="C01", speakers=3, reports=2, independent=3),)}
    )
    assert "(3 independent voices)" in read(two)


def test_what_the_wording_only_suggests_is_told_apart_and_weighs_nothing() -> None:
    vague = says(4, code="C22", name="Outcome fixed in advance", strength="suggested")
    assert conduct_word(record(vague)) == "no breach reported"
    text = read(record(says(2, code="C11", name="One-sided news"), vague))
    assert "conduct as told in 1 report: one-sided news (1 voice)." in text
    assert (
        "only suggested by the wording of the reports, so that a person has to read it: outcome fixed" in text
    )
    # where it is said firmly elsewhere, the weaker wording adds nothing
    assert "only suggested" not in read(record(vague, vague.model_copy(update={"strength": "firm"})))
    # a reviewer's word settles it
    assert conduct_word(record(vague.model_copy(update={"review": "accepted"}))) == "grave breaches reported"


def test_silence_of_a_report_that_was_not_read_is_no_finding() -> None:
    foreign = Report(path="rapport.txt", read=False)
    alone = Conduct(reports=(foreign,), statements=())
    assert conduct_word(alone) == "not read"
    assert "not read: rapport.txt (it is not in English, and only English is read)" in read(alone)
    assert "no breach told" not in read(alone)
    beside = Conduct(reports=(Report(path="a.txt"), foreign), statements=())
    assert conduct_word(beside) == "no breach reported"
    assert "1 report read, no breach told" in read(beside)
    assert "rapport.txt" in read(beside)
    torn = Report(path="scan.pdf", read=False, format=None, why_unread="its pages are pictures")
    assert "not read: scan.pdf (its pages are pictures)" in read(Conduct(reports=(torn,), statements=()))


def test_release_says_what_follows_from_what_is_missing() -> None:
    """Each question that cannot be put goes with what it lacks itself, not with whatever else is missing."""
    lacks = {"Late count": ["reported"], "Marks": ["issued or received"], "Records": ["issued or received"]}
    text = release_sentence("station", 96_765, ["registered", "options"], ["issued"], 1, lacks)
    assert text == (
        "This case holds the results of 96,765 polling stations (registered voters and votes for each option) "
        "and also announced totals from 1 source. Not part of it: ballots issued. Cannot be tested here: late "
        "count for want of the time or the order in which stations were reported; marks and records for want "
        "of ballots issued or ballots received."
    )
    assert "for want of the time" in release_sentence("station", 5, [], [], 0, {"Late count": ["reported"]})


def test_nothing_is_said_to_be_unpublished_but_what_the_case_says(totals_dossier: Dossier) -> None:
    texts = [*totals_dossier.reading.sentences, *(f.sentence for f in totals_dossier.findings)]
    forbidden = ("not published", "never published", "nobody")
    assert not [text for text in texts for word in forbidden if word in text]
    handed = release_sentence("totals", 0, [], ["station"], 1, {})
    assert "Not part of it: results by polling station" in handed
    assert "nobody" not in handed
    assert "nobody outside can check" in release_sentence("totals", 0, [], ["station"], 1, {}, ["returns"])
    some = release_sentence("station", 5, [], ["issued", "unused"], 0, {}, ["issued"])
    assert some.endswith("Not part of it: ballots issued or unused ballots. Never published: ballots issued.")


def test_every_name_for_what_may_be_published_has_words() -> None:
    assert set(get_args(Publishable)) <= set(NEEDS)


def test_every_need_of_a_method_has_words() -> None:
    for name in catalogue.modules():
        for need in catalogue.load(name).needs:
            assert {need} <= set(NEEDS) if isinstance(need, str) else set(need) <= set(NEEDS), name


def test_with_totals_only_it_is_said_what_cannot_be_answered(totals_dossier: Dossier) -> None:
    assert all(release.level == "totals" for release in totals_dossier.release)
    text = "\n".join(totals_dossier.reading.sentences)
    assert "nothing that rests on stations can be tested here" in text
    questions = {m.question for m in totals_dossier.methods if m.id != "totals"}
    assert all(f"“{question}”" in text for question in questions)
    assert "Can the announced totals all be true together?" not in text
    # said once for the four contests, not four times
    assert text.count("cannot be answered, because results by polling station or area are not part") == 1
    assert text.count("nothing that rests on stations") == 1


def test_the_leading_finding_is_quoted_whole(dossier: Dossier) -> None:
    quoted = [f.sentence for f in dossier.findings if f.sentence in dossier.reading.sentences]
    assert [f.grade for f in dossier.findings if f.sentence in quoted] == ["strong", "contradiction"]


def test_the_strongest_is_quoted_first_and_a_slip_last() -> None:
    def told(method: str, grade: str, log10_p: float | None, **given: object) -> Finding:
        named = {"id": method, "method": method, "contest": "vote", "quantity": "share", "tier": "A"}
        return Finding(**named, grade=grade, log10_p=log10_p, sentence=f"{method}.", **given)

    small, large = ((Effect(name="ballots too many", value=value, unit="per cent"),) for value in (0.01, 3.0))
    contest = Contest(id="vote", name="T")
    found = [
        told("slip", "contradiction", None, effects=small),
        told("weak", "notable", -3.0),
        told("strong", "strong", -30.0),
        told("stronger", "strong", -200.0),
    ]

    def quoted(findings: list[Finding]) -> list[str]:
        said = parts("x", [contest], findings, None, {"vote": ""}, {}, {})[0].sentences
        return [sentence for sentence in said if sentence in {f.sentence for f in findings}]

    assert quoted(found) == ["stronger.", "strong.", "weak."]
    assert quoted(found[:2]) == ["weak.", "slip."]
    assert quoted([*found, told("large", "contradiction", None, effects=large)])[0] == "large."
