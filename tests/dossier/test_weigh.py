"""From answers to findings."""

from __future__ import annotations

from dataclasses import fields

import pytest

from plebiscope import catalogue
from plebiscope.calibrate import fair
from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.weigh import Answer, failed, not_testable, weigh
from plebiscope.model.case import Contest
from plebiscope.model.finding import Limit, Measurement, Noticing, Scope
from plebiscope.model.method import Evidence, Method

CONTESTS = [Contest(id="vote", name="The vote"), Contest(id="other", name="The other vote")]


def method(name: str, tier: str = "A") -> Method:
    return Method(
        id=name,
        title=name.title(),
        question="Why?",
        tier=tier,
        null="exact",
        needs=(),
        tail="upper",
        params=object,
        measure=lambda subject, params, rng: Evidence(()),
        references=("kobak2016",),
        innocent=(),
        blind=(),
    )


def answer(name: str, log10_p: float, contest: str = "vote", tier: str = "A", **given: object) -> Answer:
    measured = Measurement(
        id=f"{contest}/{name}",
        method=name,
        contest=contest,
        quantity="share",
        log10_p=log10_p,
        statement="So.",
        **given,
    )
    return Answer(method(name, tier), contest, Evidence((measured,)))


def test_every_question_in_the_dossier_counts_but_what_is_only_shown() -> None:
    answers = [answer("a", -4), answer("b", -1), answer("a", -0.2, "other"), answer("d", -9, tier="D")]
    weighed = weigh(answers, CONTESTS)
    assert weighed.findings[0].q == pytest.approx(3e-4)
    assert "corrected for the 3 tests" in weighed.findings[0].sentence
    assert weighed.findings[3].q is None
    assert weighed.findings[2].sentence.startswith("The other vote: so.")


def test_a_limit_is_that_of_the_level_that_correction_leaves() -> None:
    def tell(level: float) -> Limit | str:
        if level < 0.01:
            return "there are too few"
        dose = 1.0 / level
        return Limit(mechanism="x", dose=dose, unit="marks", power=0.8, how="analytic")

    asked = answer("a", -0.2, noticing=Noticing(tell))
    (measured,) = asked.evidence.measurements
    assert measured.with_limit().limit.dose == pytest.approx(20.0)
    alone, among, behind, many = (
        weigh([asked, *(answer(f"b{i}", log10_p) for i in range(others))], CONTESTS).findings[0]
        for others, log10_p in ((0, -1), (3, -1), (3, -9), (9, -1))
    )
    assert (alone.limit.dose, alone.limit.level) == pytest.approx((20.0, 0.05))
    assert "the test would have noticed x of about 20 marks" in alone.sentence
    assert (among.limit.dose, among.limit.level) == pytest.approx((80.0, 0.0125))
    assert "the test, even after correction for all that was tested, would have noticed x" in among.sentence
    # What is named leaves the others its part of the level.
    assert behind.limit.level == pytest.approx(0.05)
    assert many.limit is None
    assert "because there are too few" in many.sentence
    assert among.noticing is None


def test_a_limit_is_worked_out_once_and_not_by_the_method() -> None:
    asked = []

    def tell(level: float) -> Limit | str:
        asked.append(level)
        return Limit(mechanism="x", dose=1.0 / level, unit="marks", power=0.8, how="analytic")

    quiet, shown = (
        answer(name, -0.2, tier=tier, noticing=Noticing(tell, 0.01)) for name, tier in ("aA", "dD")
    )
    assert asked == []
    assert quiet.evidence.measurements[0].limit is None
    findings = weigh([quiet, shown], CONTESTS).findings
    # What is shown and never counted stands by itself, at the level that its method names.
    assert asked == pytest.approx([0.05, 0.01])
    assert [one.limit.dose for one in findings] == pytest.approx([20.0, 100.0])


def test_a_fault_in_what_would_be_noticed_costs_neither_the_dossier_nor_the_answer() -> None:
    def tell(level: float) -> Limit | str:
        raise ZeroDivisionError("no station is left")

    (found,) = weigh([answer("a", -9, noticing=Noticing(tell))], CONTESTS).findings
    assert (found.status, found.grade, found.limit) == ("tested", "notable", None)
    (quiet,) = weigh([answer("a", -0.1, noticing=Noticing(tell))], CONTESTS).findings
    assert "could not be worked out (ZeroDivisionError: no station is left)" in quiet.sentence


def test_what_cannot_be_answered_is_the_question_or_a_part_of_it_in_that_contest() -> None:
    found = answer("a", -4)
    (tested,) = found.evidence.measurements
    open_ = tested.model_copy(update={"id": "vote/a/x", "status": "not testable", "reason": "x"})
    elsewhere = open_.model_copy(update={"id": "other/a", "contest": "other"})
    answers = [
        Answer(found.method, "vote", Evidence((tested, open_))),
        Answer(found.method, "other", Evidence((elsewhere,))),
    ]
    said = [finding.sentence for finding in weigh(answers, CONTESTS).findings]
    assert said[1] == "The vote: the part “share” of the question “Why?” cannot be answered, because x."
    assert said[2] == "The other vote: the question “Why?” cannot be answered, because x."


def test_the_rate_on_fair_votes_is_that_of_the_usual_parameters() -> None:
    """And stands beside the rate on reference votes, which it does not replace."""
    straddle = catalogue.load("straddle")
    usual = answer("straddle", -0.3).evidence.measurements[0]
    other = usual.model_copy(update={"id": "vote/other", "params": {"steps": (7,)}})
    area = usual.model_copy(update={"id": "vote/area", "scope": Scope(level="area", area="Here")})
    bare = usual.model_copy(update={"id": "vote/bare", "log10_p": None})
    assert "steps" in {field.name for field in fields(straddle.params)}
    weighed = weigh([Answer(straddle, "vote", Evidence((usual, other, area, bare)))], CONTESTS)
    rates = [found.on_fair_votes for found in weighed.findings]
    assert rates == [
        fair.rejected("straddle", "share"),
        None,
        fair.rejected("straddle", "share", "area"),
        None,
    ]
    assert rates[0] is not None
    assert rates[0].low <= rates[0].high < 0.1


def test_q_is_never_zero_and_bits_are_filled_in() -> None:
    found = weigh([answer("a", -4000)], CONTESTS).findings[0]
    assert found.q is not None
    assert found.q > 0
    assert found.bits == pytest.approx(4000 / 0.30103, rel=1e-4)


def test_references_carry_their_doi() -> None:
    assert "https://doi.org/10.1214/16-AOAS904" in weigh([answer("a", -1)], CONTESTS).findings[0].reference


def test_what_cannot_be_asked_and_what_failed_are_findings_too() -> None:
    answers = [
        not_testable(method("a"), "vote", ["issued"]),
        failed(method("b"), "vote", ZeroDivisionError("no")),
    ]
    unasked, broken = weigh(answers, CONTESTS).findings
    assert (unasked.status, unasked.grade, unasked.reason) == (
        "not testable",
        None,
        "ballots issued are not part of this case",
    )
    assert (broken.status, broken.grade, broken.reason) == ("failed", None, "ZeroDivisionError: no")
    assert answers[0].lacks == ("issued",)


def test_areas_are_graded_in_their_own_family(dossier: Dossier) -> None:
    areas = [finding for finding in dossier.findings if finding.scope.level == "area"]
    assert [family.size for family in dossier.weighing.families] == [5, 18]
    assert dossier.weighing.questions == 22
    grades = {finding.scope.area: finding.grade for finding in areas}
    assert grades["Region 18"] == "strong"
    assert grades["Region 01"] == "none"
