"""The written policy, case by case: which grade, which words, and which words never."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plebiscope.calibrate import reference, table
from plebiscope.calibrate.reference import Span, figures
from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.limits import beyond, limit, limit_size, power, told_in_full
from plebiscope.dossier.words.grading import judge
from plebiscope.dossier.words.sentences import sentence
from plebiscope.dossier.words.unanswered import missing
from plebiscope.dossier.words.weighing import Weighing
from plebiscope.dossier.yardstick import as_compared, coverage, on_fair_votes, outside
from plebiscope.model.case import Contest
from plebiscope.model.finding import (
    Assumption,
    Effect,
    FairCoverage,
    FairRate,
    FalseAlarm,
    Limit,
    Measurement,
    Scope,
)
from plebiscope.model.method import Evidence, Method
from plebiscope.model.returns import FileColumn
from plebiscope.model.size import matters
from plebiscope.study import examine

CONTEST = Contest(id="vote", name="Testland 2031")
FORBIDDEN = re.compile(r"fraud|rigg|stolen|steal|cheat|crime|guilt|falsif|forge|manipulat", re.IGNORECASE)


def method(name: str = "integer-percentages", tier: str = "A") -> Method:
    return Method(
        id=name,
        title="Whole percentages",
        question="Do more stations than chance allows report a whole percentage?",
        tier=tier,
        null="exact",
        needs=(),
        tail="upper",
        params=object,
        measure=lambda subject, params, rng: Evidence(()),
        references=(),
        innocent=(),
        blind=(),
    )


def measured(**given: object) -> Measurement:
    parts: dict[str, object] = {
        "id": "vote/m/share",
        "method": "integer-percentages",
        "contest": "vote",
        "quantity": "share",
        "n": 10_000,
        "log10_p": -20.0,
        "effect": Effect(
            name="excess of stations", value=400, low=350, high=450, unit="stations", level=0.95
        ),
        "statement": "400 more stations than likely report a whole percentage",
    }
    return Measurement(**{**parts, **given})


def weighing(
    measurement: Measurement, tier: str = "A", log10_q: float | None = None, **more: object
) -> Weighing:
    log10_q = measurement.log10_p if log10_q is None else log10_q
    return Weighing(
        measurement, method(str(more.get("method", "integer-percentages")), tier), CONTEST, log10_q, 4
    )


def estimate(value: float, low: float | None, high: float | None) -> Effect:
    return Effect(name="lead", value=value, low=low, high=high, unit="percentage points", level=0.95)


FAILED = (Assumption(name="counts are smooth", state="fails", how="only 3 stations"),)
DOUBTFUL = (Assumption(name="counts are smooth", state="doubtful", how="perhaps"),)


@pytest.mark.parametrize(
    ("given", "tier", "name", "grade"),
    [
        ({}, "A", "integer-percentages", "strong"),
        ({}, "B", "integer-percentages", "strong"),
        ({"assumptions": DOUBTFUL}, "A", "integer-percentages", "strong"),
        # at 5 % the method named 2 of 14 reference votes: known, and not small
        ({"log10_p": math.log10(0.0011)}, "A", "integer-percentages", "display"),
        ({"log10_p": math.log10(0.049)}, "A", "integer-percentages", "display"),
        ({"log10_p": math.log10(0.049)}, "A", "unheard-of", "notable"),
        ({"log10_p": math.log10(0.051)}, "A", "integer-percentages", "none"),
        # no rate of false alarms is known: never more than notable, however small q is
        ({"log10_p": -300.0}, "A", "unheard-of", "notable"),
        # something was found, but an assumption fails: shown, not judged
        ({"assumptions": FAILED}, "A", "integer-percentages", "display"),
        # found, but 20 of 10,000 stations are too few to matter
        ({"effect": Effect(name="excess", value=20, unit="stations")}, "A", "integer-percentages", "none"),
        ({}, "D", "fingerprint", "display"),
        # a model-dependent method without a reference range
        ({}, "C", "near-unanimity", "display"),
        (
            {"log10_p": None, "effect": Effect(name="x", value=0, unit="stations")},
            "C",
            "near-unanimity",
            "none",
        ),
        ({"log10_p": -0.1}, "C", "near-unanimity", "none"),
        # an estimate by a design, without a p: its interval decides whether it is shown
        ({"log10_p": None}, "B", "late-count", "display"),
        ({"log10_p": None, "effect": estimate(1.0, -0.5, 2.5)}, "B", "late-count", "none"),
        ({"log10_p": None, "effect": estimate(1.0, None, None)}, "B", "late-count", "none"),
        (
            {"log10_p": None, "effect": estimate(2.0, 1.0, 3.0), "assumptions": FAILED},
            "B",
            "late-count",
            "display",
        ),
        # what may be nothing at all was not found, whatever its assumptions
        (
            {"log10_p": None, "effect": estimate(1.0, -0.5, 2.5), "assumptions": FAILED},
            "B",
            "late-count",
            "none",
        ),
        # arithmetic, without a p
        ({"log10_p": None}, "A", "protocol", "none"),
        ({"log10_p": None, "contradiction": True}, "A", "protocol", "contradiction"),
        ({"contradiction": True, "assumptions": FAILED}, "D", "protocol", "contradiction"),
        ({"status": "not testable", "reason": "x"}, "A", "protocol", None),
        ({"status": "failed", "reason": "x"}, "A", "protocol", None),
    ],
)
def test_policy(given, tier, name, grade) -> None:
    assert judge(weighing(measured(**given), tier, method=name)).grade == grade


METHOD = "anomalous-votes"
LOW, HIGH = -13.0, 23.5
"""Lowest and highest anomalous votes, in per cent of an option's, in the votes below."""


@pytest.fixture
def range_of_reference_votes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let eleven reference votes have estimates of anomalous votes, so that tests outlive a new table."""
    ids = [vote.id for vote in reference.votes() if vote.standing == "clean"][:11]

    def row(vote: str, name: str, low: float, value: float, high: float) -> table.Row:
        unit = "per cent of the option's votes"
        size = Effect(name=name, value=value, low=low, high=high, unit=unit)
        return table.listed(vote, "anomalous-votes", "votes", "yes", effect=size)

    cores = [row(vote, "anomalous votes", -2.0 + i / 10, 1.0, 9.0 + i) for i, vote in enumerate(ids[2:])]
    # Each end overlaps with the others, so that no vote lies outside their range.
    cores += [row(ids[0], "anomalous votes", LOW, -10.0, -1.5), row(ids[1], "anomalous votes", 15, 20, HIGH)]
    ends = (-8.3, 19.1, *[1.0] * 9)
    automatic = [
        row(vote, "anomalous votes, automatic core", v, v, v) for vote, v in zip(ids, ends, strict=True)
    ]
    rows = {"anomalous-votes": (*cores, *automatic)}
    monkeypatch.setattr(figures, "rows", lambda: rows)


@pytest.mark.usefixtures("range_of_reference_votes")
@pytest.mark.parametrize(
    ("low", "value", "high", "grade"),
    [
        (25.0, 30.0, 48.0, "notable"),  # wholly above what the same estimate gave on reference votes
        (22.0, 30.0, 48.0, "none"),  # reaches into it
        (0.0, 5.0, 9.0, "none"),
        (-40.0, -30.0, -20.0, "none"),  # below zero is the opposite of what the method looks for
        (None, 30.0, None, "notable"),
        (None, 23.0, None, "none"),
    ],
)
@pytest.mark.parametrize("unit", ["per cent of the leader's votes", "per cent of the option's votes"])
def test_a_model_dependent_estimate_counts_only_outside_the_range_of_reference_votes(
    low, value, high, unit, grade
):
    percent = Effect(name="anomalous votes", value=value, low=low, high=high, unit=unit)
    votes = Effect(name="anomalous votes", value=1e7, low=1e6, high=2e7, unit="votes")
    judgement = judge(weighing(estimated(votes, percent), "C", method="anomalous-votes"))
    assert judgement.grade == grade
    assert "between −10 and 20" in judgement.words
    assert "(with the range of each, −13 to 23.5)" in judgement.words
    assert ("below zero" in judgement.words) == (high is not None and high < LOW)
    assert ("no number of wrong votes" in judgement.words) == (grade == "notable")


@pytest.mark.usefixtures("range_of_reference_votes")
@pytest.mark.parametrize(
    ("low", "high", "grade"),
    [(1.0, 60.0, "notable"), (0.0, 60.0, "display"), (-60.0, 90.0, "display"), (None, None, "notable")],
)
def test_an_estimate_whose_headline_may_be_nothing_is_neither_notable_nor_nothing(low, high, grade) -> None:
    """The headline leaves more open than what reference votes are compared by; the one is not the other."""
    unit = "per cent of the option's votes"
    narrow = Effect(name="anomalous votes", value=48.0, low=42.0, high=50.0, unit=unit)
    wide = Effect(name="anomalous votes, any core and slope", value=48.0, low=low, high=high, unit="votes")
    judgement = judge(weighing(estimated(wide, narrow), "C", method="anomalous-votes"))
    assert judgement.grade == grade
    assert ("may be nothing at all" in judgement.words) == (grade == "display")
    assert "outside that range" in judgement.words
    assert (judgement.beside is not None) == (grade == "display")
    if judgement.beside is not None:
        assert judgement.beside.where == "outside"
        assert "holds" not in judgement.beside.words
        assert "any core and slope" in judgement.beside.why
    assert judgement.limit is not None
    assert judgement.limit.dose == HIGH


@pytest.mark.usefixtures("range_of_reference_votes")
def test_an_estimate_outside_whose_own_range_holds_nought_is_none(monkeypatch) -> None:
    """Where all other votes lie on one side of nought, an estimate outside them may still be nothing."""
    unit = "per cent of the option's votes"
    ids = [vote.id for vote in reference.votes() if vote.standing == "clean"][:11]
    size = Effect(name="anomalous votes", value=-5.0, low=-6.0, high=-4.0, unit=unit)
    rows = tuple(table.listed(vote, "anomalous-votes", "votes", "yes", effect=size) for vote in ids)
    monkeypatch.setattr(figures, "rows", lambda: {"anomalous-votes": rows})
    here = Effect(name="anomalous votes", value=1.0, low=-1.0, high=3.0, unit=unit)
    judgement = judge(weighing(estimated(here), "C", method="anomalous-votes"))
    assert judgement.grade == "none"
    assert "its range holds 0" in judgement.words
    assert judgement.beside is not None
    assert judgement.beside.where == "outside"


@pytest.mark.usefixtures("range_of_reference_votes")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.tuples(st.floats(-200, 200), st.floats(-200, 200), st.floats(-200, 200)).map(sorted),
    st.none() | st.floats(-400, 0),
    st.sampled_from(["votes", "share"]),
)
def test_no_model_is_ever_strong_nor_named_where_clean_votes_give_as_much(ends, log10_p, quantity) -> None:
    low, value, high = ends
    unit = "per cent of the option's votes"
    percent = Effect(name="anomalous votes", value=value, low=low, high=high, unit=unit)
    votes = Effect(name="anomalous votes", value=1e5 * value, low=1e5 * low, high=1e5 * high, unit="votes")
    answer = {"method": "anomalous-votes", "quantity": quantity, "log10_p": log10_p}
    found = measured(**answer, effect=votes, effects=(percent,))
    grade = judge(weighing(found, "C", method="anomalous-votes")).grade
    assert grade in {"none", "notable", "display"}
    if low <= HIGH:
        assert grade != "notable"


def estimated(effect: Effect, *effects: Effect, log10_p: float | None = None) -> Measurement:
    named = {"method": "anomalous-votes", "quantity": "votes", "log10_p": log10_p}
    return measured(**named, effect=effect, effects=effects)


@pytest.mark.usefixtures("range_of_reference_votes")
def test_an_estimate_with_a_p_must_pass_both(monkeypatch) -> None:
    unit = "per cent of the option's votes"
    percent = Effect(name="anomalous votes", value=30.0, low=25.0, high=48.0, unit=unit)
    for alarm, grade in ((0, "notable"), (2, "display"), (None, "notable")):
        rate = None if alarm is None else FalseAlarm(rate=alarm / 12, n=12, on="12 votes")
        monkeypatch.setattr(reference, "false_alarm", lambda *asked, rate=rate: rate)
        found = judge(weighing(estimated(percent, log10_p=-9.0), "C", method="anomalous-votes"))
        assert found.grade == grade
        assert ("too common" in found.words) == (grade == "display")


def test_an_area_may_be_named_only_behind_a_strong_answer_or_where_areas_seldom_are(monkeypatch) -> None:
    area = measured(scope=Scope(level="area", area="Region 04"), log10_p=-2.0)
    for named, grades in ((2, ("notable", "display", "display")), (0, ("notable",) * 3)):

        def rate(*asked: object, named: int = named) -> FalseAlarm:
            where = asked[-1]
            count = named if where == "area" else 0
            return FalseAlarm(rate=count / 12, n=12, on=f"12 votes, {where}")

        monkeypatch.setattr(reference, "false_alarm", rate)
        for above, grade in zip((-5.0, -2.0, None), grades, strict=True):
            judged = judge(Weighing(area, method(), CONTEST, -2.0, 4, above))
            assert judged.grade == grade
            assert judged.false_alarm is not None
            behind = grade == "notable" and named > 0
            assert judged.false_alarm.on == f"12 votes, {'contest' if behind else 'area'}"


@pytest.mark.usefixtures("range_of_reference_votes")
def test_an_estimate_is_compared_with_the_same_estimate_only() -> None:
    unit = "per cent of the leader's votes"
    core = Effect(name="anomalous votes", value=48.0, low=42.0, high=50.0, unit=unit)
    automatic = Effect(name="anomalous votes, automatic core", value=13.6, unit=unit)
    found = judge(weighing(estimated(core, automatic), "C", method="anomalous-votes"))
    assert found.grade == "notable"
    assert (
        "automatic core gives 13.6\N{NO-BREAK SPACE}% of the leader's votes, inside the −8.3 to 19.1 of 11"
        in found.words
    )
    assert found.limit is not None
    assert (found.limit.dose, found.limit.unit, found.limit.how) == (HIGH, unit, "range")
    other = Effect(name="votes left over", value=48.0, unit=unit)
    unknown = judge(weighing(estimated(other), "C", method="anomalous-votes"))
    assert unknown.grade == "display"
    assert "too few votes tell what is usual of this estimate; the same was asked of 11" in unknown.words


@pytest.mark.parametrize(
    ("clean", "disputed", "here", "grade"),
    [
        (10, 8, 30.0, "notable"),  # above all clean votes, which are enough: disputed ones do not matter
        (10, 8, 4.0, "none"),
        (6, 8, 30.0, "display"),  # only a disputed vote gave as much, and so few clean ones are no yardstick
        (6, 8, 4.0, "none"),  # clean votes gave as much
        (6, 8, 70.0, "notable"),  # more than in any vote, the disputed ones included
        (6, 3, 70.0, "display"),  # too few of both
    ],
)
def test_disputed_votes_make_nothing_usual_and_only_widen_a_range_of_too_few_clean_ones(
    monkeypatch: pytest.MonkeyPatch, clean: int, disputed: int, here: float, grade: str
) -> None:
    standing = {"clean": [], "disputed": []}
    for vote in reference.votes():
        standing.get(vote.standing, []).append(vote.id)
    ids = standing["clean"][:clean] + standing["disputed"][:disputed]
    unit = "per cent of the option's votes"

    def row(vote: str, high: float) -> table.Row:
        return table.listed(
            vote,
            METHOD,
            "votes",
            "yes",
            effect=Effect(name="left", value=high, low=0.0, high=high, unit=unit),
        )

    rows = tuple(row(vote, 50.0 if vote in standing["disputed"] else 5.0) for vote in ids)
    monkeypatch.setattr(figures, "rows", lambda: {METHOD: rows})
    size = Effect(name="left", value=here, low=here - 1.0, high=here + 1.0, unit=unit)
    found = judge(weighing(estimated(size), "C", method=METHOD))
    assert found.grade == grade
    assert f"{clean} held to be clean" in found.words
    assert ("disputed votes gave as much" in found.words) == (grade == "display" and disputed == 8)


def test_an_estimate_that_no_reference_vote_has_is_not_judged_by_another_figure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A fit may report nothing on any reference vote; its other figures are no yardstick for what it reports."""
    ids = [vote.id for vote in reference.votes() if vote.standing == "clean"][:12]
    spread = Effect(name="spread", value=0.2, unit="logits")
    rows = tuple(table.listed(vote, METHOD, "votes", "yes", effect=spread) for vote in ids)
    monkeypatch.setattr(figures, "rows", lambda: {METHOD: rows})
    wide = spread.model_copy(update={"value": 0.9})
    part = Effect(name="part", value=9.0, low=8.0, high=10.0, unit="per cent of stations")
    found = judge(weighing(estimated(part, wide), "C", method=METHOD))
    assert found.grade == "display"
    assert "the same was asked of 12 reference votes" in found.words
    nothing = estimated(part, wide).model_copy(update={"effect": None})
    assert judge(weighing(nothing, "C", method=METHOD)).grade == "none"


def test_of_an_area_it_is_said_that_other_votes_were_not_recorded_by_area(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of reference votes only what all stations gave was kept; that none has it would be false."""
    ids = [vote.id for vote in reference.votes() if vote.standing == "clean"][:12]
    part = Effect(name="part", value=9.0, low=8.0, high=10.0, unit="per cent of stations")
    rows = tuple(table.listed(vote, METHOD, "votes", "yes", effect=part) for vote in ids)
    monkeypatch.setattr(figures, "rows", lambda: {METHOD: rows})
    area = estimated(part).model_copy(update={"scope": Scope(level="area", area="Region 04")})
    found = judge(weighing(area, "C", method=METHOD))
    assert found.grade == "display"
    assert "what single areas of other votes give was not recorded" in found.words
    assert "none has it" not in found.words


def test_only_of_what_a_rule_could_be_broken_by_is_it_said_that_a_breach_would_have_been_named() -> None:
    for describes in (False, True):
        found = judge(weighing(measured(log10_p=None, describes=describes), method="copies"))
        assert found.grade == "none"
        assert ("contradicts" in found.words) != describes
    # An estimate by a design that is not there is no arithmetic either.
    assert "contradicts" not in judge(weighing(measured(log10_p=None, effect=None), "B")).words


def test_beside_answers_to_a_question_only_the_part_without_one_is_open() -> None:
    part = measured(
        status="not testable", reason="the order is known in two parts only", quantity="same-hour"
    )
    alone = weighing(part)
    question = "the question “Do more stations than chance allows report a whole percentage?”"
    because = "because the order is known in two parts only."
    assert sentence(alone, judge(alone)) == f"Testland 2031: {question} cannot be answered, {because}"
    beside = replace(alone, answered=True)
    told = f"Testland 2031: the part “same hour” of {question} cannot be answered, {because}"
    assert sentence(beside, judge(beside)) == told


def test_a_steep_slope_is_told_beside_those_of_reference_votes() -> None:
    unit = "per cent of the leader's votes"
    core = Effect(name="anomalous votes", value=98.0, low=92.0, high=99.0, unit=unit)
    slope = Effect(name="explain-away slope", value=0.24, unit="logit of share per 10 points of turnout")
    words = judge(weighing(estimated(core, slope), "C", method="anomalous-votes")).words
    assert "explained if the share rose with turnout of itself, by 0.24" in words
    assert (
        "in 13 reference votes held to be clean it changed by −0.21 to 0.34, in 10 disputed ones by " in words
    )


def test_an_answer_is_told_beside_those_of_reference_votes() -> None:
    for tier, grade in (("A", "strong"), ("D", "display")):
        found = judge(weighing(measured(quantity="turnout"), tier))
        assert found.grade == grade
        assert found.place is not None
        assert f"On {found.place.on} the same test gave p between" in found.words
        assert "here it is 1.0 × 10⁻²⁰, below all of them." in found.words
        assert ("hard to explain by counting alone" in found.words) == (grade == "strong")
    quiet = judge(weighing(measured(quantity="turnout", log10_p=-0.2)))
    assert quiet.place is not None
    assert "same test" not in quiet.words


@pytest.mark.parametrize(
    ("unit", "value", "n", "expected"),
    [
        ("stations", 350, 90_579, True),
        ("stations", 200, 90_579, False),
        ("stations", 2, 100, False),
        ("stations", -350, 90_579, True),
        ("percentage points", 0.4, None, False),
        ("per cent of the leader's votes", 0.6, None, True),
        ("votes", 0.396, None, True),
    ],
)
def test_large_enough_to_matter(unit, value, n, expected) -> None:
    assert matters(value, unit, n) is expected


def test_a_strong_sentence_can_be_quoted_alone() -> None:
    weighed = weighing(measured())
    text = sentence(weighed, judge(weighed))
    for part in (
        "Testland 2031:",
        "400 more stations than likely report a whole percentage.",
        "interval 350 to 450",
        "fewer than 1 in a million million",
        "q = 1.0 × 10⁻²⁰",
        "corrected for the 4 tests",
        "does not show who or what caused it",
    ):
        assert part in text


@pytest.mark.parametrize("tier", ["A", "B"])
def test_what_is_named_is_told_with_what_is_doubtful_of_it(tier) -> None:
    """Chance is reckoned as if the assumption held, so that the odds mean nothing without it."""
    for assumptions, told in ((DOUBTFUL, " Doubtful here: “counts are smooth”."), ((), "")):
        one = weighing(measured(assumptions=assumptions), tier)
        said = sentence(one, judge(one))
        assert "fair votes that meet the method's assumptions" in said
        assert said.endswith(told)
        assert ("Doubtful" in said) == bool(told)
    usual = weighing(measured(log10_p=-0.1, assumptions=DOUBTFUL), tier)
    assert "Doubtful" not in sentence(usual, judge(usual))


def test_the_interval_is_not_told_twice() -> None:
    told = measured(statement="The excess is 400 (95 % interval 350 to 450).")
    weighed = weighing(told)
    assert sentence(weighed, judge(weighed)).count("350 to 450") == 1


def test_nothing_found_is_never_said_without_what_could_have_been_missed() -> None:
    known = Limit(
        mechanism="a share written as a whole percentage",
        dose=66,
        unit="stations",
        stations=66,
        votes=41_200,
        power=0.9,
        how="analytic",
    )
    for found, words in (
        (known, "66 stations (0.7\N{NO-BREAK SPACE}%) or 41,200 votes"),
        (None, "could have missed is not known"),
    ):
        weighed = weighing(
            measured(log10_p=-0.5, limit=found and told_in_full(found, measured(), {}, 10_000))
        )
        text = sentence(weighed, judge(weighed))
        assert "not unusual" in text
        assert words in text
    assert "90\N{NO-BREAK SPACE}%" in limit(known)


def test_an_answer_without_a_limit_of_its_own_takes_that_of_simulated_votes_or_says_why_it_has_none() -> None:
    simulated = Limit(
        mechanism="ballots stuffed",
        dose=40,
        unit="stations",
        stations=40,
        votes=900,
        power=0.8,
        how="simulated",
    )
    quiet = replace(weighing(measured(log10_p=-0.5)), simulated=simulated, rows=20_000)
    found = judge(quiet)
    assert found.limit == simulated.model_copy(update={"share": 40 / 20_000})
    assert "ballots stuffed on about 40 stations (0.2\N{NO-BREAK SPACE}%) or 900 votes" in found.words
    assert "in votes simulated to look like this table" in found.words
    few = judge(replace(quiet, rows=30))
    assert few.limit is None
    assert "because it would take about 40 stations, and there are 30" in few.words
    why = judge(replace(quiet, simulated="it was not asked"))
    assert why.limit is None
    assert "not known, because it was not asked" in why.words
    area = measured(log10_p=-0.5, scope=Scope(level="area", area="Region 04"))
    assert judge(replace(quiet, measurement=area)).limit is None
    own = simulated.model_copy(update={"how": "analytic", "votes": 5})
    assert judge(replace(quiet, measurement=measured(log10_p=-0.5, limit=own))).limit is None


@pytest.mark.usefixtures("range_of_reference_votes")
def test_what_is_below_all_reference_votes_is_called_below_zero_only_where_it_is(monkeypatch) -> None:
    unit = "per cent of the option's votes"
    lifted = {"anomalous-votes": tuple(
        replace(row, **{end: None if getattr(row, end) is None else getattr(row, end) + 30.0
                        for end in ("value", "low", "high")})
        for row in figures.rows()["anomalous-votes"]
    )}  # fmt: skip
    for shift, called, not_called in ((0.0, "below zero", "all of these"), (32.0, "all of these", "zero")):
        if shift:
            monkeypatch.setattr(figures, "rows", lambda: lifted)
        ends = {"value": -30.0 + shift, "low": -40.0 + shift, "high": -20.0 + shift}
        words = judge(
            weighing(
                estimated(Effect(name="anomalous votes", unit=unit, **ends)), "C", method="anomalous-votes"
            )
        ).words
        assert called in words
        assert not_called not in words


@pytest.mark.usefixtures("range_of_reference_votes")
def test_an_estimate_of_nought_is_not_told_what_lies_in_the_range_of_other_votes() -> None:
    unit = "per cent of the option's votes"
    silent = Effect(name="anomalous votes", value=0.0, low=0.0, high=5.0, unit=unit)
    judgement = judge(weighing(estimated(silent), "C", method="anomalous-votes"))
    assert judgement.grade == "none"
    assert "lies within that range" not in judgement.words
    assert "could have missed is not known" in judgement.words
    told = judge(weighing(estimated(silent.model_copy(update={"value": 1.0})), "C", method="anomalous-votes"))
    assert "lies within that range" in told.words
    assert "simulated" not in limit(told.limit)
    assert f"up to {limit_size(told.limit)}" in limit(told.limit)


@pytest.mark.parametrize(
    ("p", "area", "said"),
    [
        (0.2, None, "That is not unusual."),
        (0.006, None, "By itself that would be unusual; among the 4 tests made it is not."),
        (0.006, "North", "By itself that would be unusual; among all the areas looked at it is not."),
    ],
)
def test_what_only_the_number_of_tests_makes_usual_is_not_called_usual_by_itself(p, area, said) -> None:
    scope = Scope() if area is None else Scope(level="area", area=area)
    judgement = judge(weighing(measured(log10_p=math.log10(p), scope=scope), log10_q=math.log10(0.26)))
    assert judgement.grade == "none"
    assert said in judgement.words
    assert judgement.words.count("unusual") == 1


def test_an_area_is_named() -> None:
    weighed = weighing(measured(scope=Scope(level="area", area="Region 04")))
    assert sentence(weighed, judge(weighed)).startswith("Testland 2031, Region 04: 400 more")


def test_what_is_missing_is_said_in_words() -> None:
    assert missing(["issued or received", "unused"]) == (
        "ballots issued or ballots received and unused ballots are not part of this case"
    )
    everything = missing(["returns", "station", "options"])
    assert everything == "results by polling station or area are not part of this case"
    assert missing(["returns", "options"], ["returns"]) == (
        "results by polling station or area were never published"
    )
    assert missing(["sample"]) == "a sample of stations that somebody else counted is not part of this case"
    assert missing(["group or pairs"]).endswith("at the same stations is not part of this case")
    assert missing(["reported"], ["reported"]).endswith("stations were reported was never published")
    assert missing(["sample", "reported"]).endswith("are not part of this case")
    assert missing(["issued or received", "unused"], ["unused", "issued"]) == (
        "unused ballots were never published and ballots issued or ballots received are not part of this case"
    )


def test_of_figures_that_are_there_and_were_not_read_it_is_said_what_has_them_read() -> None:
    columns = [
        FileColumn(place, name, (), why, f'[columns.options], "{name}" = "{name}"', can_be=can_be)
        for place, (name, why, can_be) in enumerate(
            [
                ("Alpha", "its header was not recognised", "options"),
                ("Beta", "its header was not recognised", "options"),
                ("Region type", "its header speaks of a place", "areas"),
                ("Won", "its header speaks of who won", "options"),
                ("Gamma", "its header was not recognised", "options"),
            ]
        )
    ]
    assert missing(["options"], unread=columns) == (
        "votes for each option are not part of this case as it was read (“Alpha” was not read, because its header "
        "was not recognised; “Beta” likewise; “Won” was not, because its header speaks of who won; and 1 more; "
        'if “Alpha” holds them, the line [columns.options], "Alpha" = "Alpha" of a mapping has it read)'
    )
    # What was never published is not looked for, and other columns are not what is lacking.
    assert missing(["options"], ["options"], columns) == "votes for each option were never published"
    assert "read" not in missing(["issued"], unread=columns)


def test_a_question_without_options_names_the_columns_of_the_table_that_may_be_some(tmp_path: Path) -> None:
    table = tmp_path / "results.csv"
    rows = [f"R{at % 4},{at},{500 + at},{300 + at % 50},{37 * at % 2000}" for at in range(200)]
    table.write_text("\n".join(["Region,Station,Registered voters,Ballots cast,Xyzzy", *rows]), "utf-8")
    (found,) = examine(table, methods=["mixture"]).dossier.findings
    assert found.reason is not None
    assert "as it was read (“Xyzzy” was not read, because its header was not recognised" in found.reason
    assert 'the line [columns.options], "Xyzzy" = "Xyzzy" of a mapping has it read)' in found.reason


def test_a_failure_is_ours() -> None:
    weighed = weighing(measured(status="failed", reason="ValueError: x"))
    assert "fault of plebiscope" in sentence(weighed, judge(weighed))


def test_no_accusing_word_in_any_sentence_of_any_kind(dossier: Dossier, totals_dossier: Dossier) -> None:
    for made in (dossier, totals_dossier):
        texts = [finding.sentence for finding in made.findings]
        texts += [*made.reading.sentences, *(release.sentence for release in made.release)]
        # the report's own verdict word is quoted, with its speaker
        assert not [text for text in texts if FORBIDDEN.search(text)]
        assert all(
            finding.sentence.startswith(contest_name(made, finding.contest)) for finding in made.findings
        )


def contest_name(made: Dossier, contest: str) -> str:
    return next(one.name for one in made.case.contests if one.id == contest)


def test_the_rate_on_simulated_fair_votes_is_labelled_so() -> None:
    rate = FairRate(low=0.03, high=0.068, n=5800, doubtful=("somewhere, tight",))
    said = on_fair_votes(rate)
    assert said.startswith("Of 5,800 simulated fair votes, 3.0 to 6.8 in 100 gave p of at most 0.05")
    assert "more than promised in votes like somewhere, tight" in said
    assert on_fair_votes(rate, "turnout").startswith("For turnout it was 3.0 to 6.8 in 100.")
    assert "too few" not in said
    some = on_fair_votes(rate.model_copy(update={"few": ("here, tight", "here, loose")}))
    assert some.endswith("Of 2 kinds of fair vote there were too few to tell 5 in 100 from 15.")
    kept = rate.model_copy(update={"low": 0.0, "high": 0.0, "doubtful": ()})
    assert "0.0 in 100" in on_fair_votes(kept)
    assert "more than" not in on_fair_votes(kept)


def test_an_interval_that_fails_is_told_with_where_and_one_asked_too_seldom_with_that() -> None:
    held = FairCoverage(effect="excess", level=0.95, low=0.78, high=0.96, n=1400, truth="nought")
    assert coverage(held).endswith("held zero in 78 to 96 of 100 of 1,400 such votes; it promises 95.")
    bad = coverage(held.model_copy(update={"doubtful": ("there, loose",), "few": ("here, tight",)}))
    assert "less than promised in votes like there, loose." in bad
    assert bad.endswith("Of 1 kind of fair vote there were too few to tell 95 in 100 from 85.")
    assert "too few" not in coverage(held.model_copy(update={"level": None, "few": ("here, tight",)}))


def test_a_limit_is_told_in_full() -> None:
    """Ballots of so many stations of the table, and which share they are, however few the answer rests on."""
    bare = Limit(mechanism="x", dose=5, unit="stations of one area", stations=5, power=0.5, how="analytic")
    told = told_in_full(bare, measured(n=17), {"cast": 1000}, 50)
    assert (told.votes, told.share) == (100, 0.1)
    north = measured(n=20, scope=Scope(level="area", area="North"))
    told = told_in_full(bare, north, {"cast": 1000}, 50)
    assert (told.votes, told.share) == (None, 0.25)
    areas = Limit(mechanism="x", dose=5, unit="counting areas", votes=7, power=0.5, how="analytic")
    told = told_in_full(areas, measured(n=9), {"cast": 1000}, 20)
    assert (told.votes, told.share) == (7, 0.25)
    assert limit_size(told, share=True) == "5 counting areas (25.0\N{NO-BREAK SPACE}%) or 7 votes"
    assert "it would take about 5 counting areas, and there are 4" in beyond(areas, 4)
    assert beyond(areas, 5) == ""
    whole = Limit(mechanism="x", dose=9, unit="votes", votes=9, power=0.5, how="table")
    assert told_in_full(whole, measured(n=4), {}, 4) == whole
    assert limit(whole).count("9 votes") == 1
    assert "concerns the vote as a whole" in limit(whole)


def test_a_limit_in_points_is_of_a_size_and_one_in_stations_on_so_many() -> None:
    points = Limit(
        mechanism="a gap",
        dose=0.55,
        unit="percentage points",
        votes=211,
        floor=0.5,
        power=0.8,
        how="analytic",
    )
    assert "a gap of about 0.55 percentage points or 211 votes" in limit(points)
    assert "an estimate below 0.5 percentage points is held too small" in limit(points)
    rows = points.model_copy(update={"unit": "stations", "stations": 8, "floor": 8})
    assert "a gap on about 8 stations or 211 votes" in limit(rows)
    assert "an estimate below 8 stations is held" in limit(rows)
    assert "held" not in limit(rows.model_copy(update={"floor": None}))


def test_a_limit_from_simulated_votes_is_raised_to_what_matters() -> None:
    few = Limit(
        mechanism="x", dose=4, unit="stations", low=2, high=30, stations=4, votes=400, power=0.8, how="table"
    )
    told = told_in_full(few, measured(), {}, 10_000)  # a quarter of one per cent of 10,000
    assert (told.dose, told.stations, told.votes, told.floor) == (25, 25, 2500, 25)
    assert (told.low, told.high) == (None, 30)
    assert "an estimate below 25 stations is held too small" in limit(told)
    many = few.model_copy(update={"dose": 40, "stations": 40})
    assert told_in_full(many, measured(), {}, 10_000).floor is None


def test_a_number_without_a_unit_is_called_so() -> None:
    bare = Limit(mechanism="x", dose=0.28, unit="", power=0.5, how="range")
    assert limit(bare).endswith("is not known, because it is a number without a unit.")
    assert "50" not in limit(bare)


def test_what_cannot_be_noticed_at_all_has_no_limit_and_the_sentence_says_why() -> None:
    none = measured(log10_p=-0.5, no_limit="all of them would not be too many")
    found = judge(replace(weighing(none), simulated="it was not asked"))
    assert found.limit is None
    assert "Even the largest departure" in found.words
    assert "because all of them would not be too many; this reassures nobody." in found.words


def test_no_limit_is_told_in_parts_of_a_station_or_as_certain() -> None:
    known = Limit(mechanism="x", dose=7.6, unit="counting areas", votes=900, power=0.9999, how="analytic")
    assert limit_size(known) == "8 counting areas or 900 votes"
    assert limit_size(known.model_copy(update={"stations": 0.2, "unit": "stations"})).startswith(
        "1 station or"
    )
    assert power(known) == "more than 99.9\N{NO-BREAK SPACE}%"


def test_what_all_reference_votes_gave_alike_is_no_range() -> None:
    made = Effect(name="excess", value=2, unit="per cent of stations")
    one = {"a vote": ((0.0, 0.0),), "another": ((0.0, 0.0),)}
    values = {"a vote": (0.0,), "another": (0.0,)}
    span = Span(made, 2.0, 2.0, 2.0, "per cent of stations", one, values, "2 votes")
    assert outside(span) == "0\N{NO-BREAK SPACE}% of stations on each of 2 votes"
    apart = replace(span, ranges={"a vote": ((0.0, 0.0), (6.0, 6.0))}, values={"a vote": (0.0, 6.0)})
    assert outside(apart) == "between 0 and 6\N{NO-BREAK SPACE}% of stations on 2 votes"


def test_the_end_of_a_range_is_not_called_what_an_estimate_came_to() -> None:
    made = Effect(name="excess", value=40, unit="per cent of stations")
    ranges = {"a vote": ((0.0, 1.0),), "another": ((28.0, 37.4),)}
    span = Span(
        made, 40.0, 40.0, 40.0, "per cent of stations", ranges, {"a vote": (0.0,), "another": (32.8,)}, "them"
    )
    assert outside(span) == (
        "between 0 and 32.8\N{NO-BREAK SPACE}% of stations (with the range of each, 0 to 37.4) on them"
    )
    assert not replace(span, low=37.5).inside
    assert replace(span, low=37.3).inside


def test_an_estimate_is_compared_in_the_unit_of_the_reference_votes() -> None:
    made = Effect(name="excess", value=20, low=10, high=30, unit="stations", level=0.95)
    span = Span(
        made, 2.0, 1.0, 3.0, "per cent of stations", {"a vote": ((0.0, 6.0),)}, {"a vote": (2.0,)}, "1"
    )
    assert as_compared(span) == (
        "2\N{NO-BREAK SPACE}% of stations, that is 20 stations (95\N{NO-BREAK SPACE}% interval 10 to 30)"
    )
