"""What would change the outcome, against trying every number of votes and every choice of stations."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.dossier.weigh import Answer, weigh
from plebiscope.methods.margin import METHOD, Params, enough_taken, enough_withheld, fewest, measure, needed
from plebiscope.model.case import Contest, Quorum, Threshold, Totals
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Evidence, Subject
from plebiscope.model.returns import Returns


def announced(**filled: object) -> Totals:
    return Totals(contest="vote", source=str(filled.pop("source", "the commission")), **filled)


def ask(*totals: Totals, returns: Returns | None = None, **rules: object) -> Evidence:
    contest = Contest(id="vote", name="The vote", **rules)
    return measure(Subject(contest, returns, totals), Params(), np.random.default_rng(1))


def only(quantity: str, evidence: Evidence) -> Measurement:
    (found,) = [m for m in evidence.measurements if m.quantity == quantity]
    return found


def sizes(found: Measurement) -> dict[str, float | None]:
    return {one.name: one.value for one in (found.effect, *found.effects) if one is not None}


def meets(rule: Threshold, votes: int, whole: int) -> bool:
    """The rule in words, in whole numbers of hundredths of a per cent."""
    share, asked = 10_000 * votes, int(100 * rule.per_cent) * whole
    return share > asked if rule.more_than else share >= asked


rules = st.builds(
    Threshold,
    per_cent=st.decimals("0.5", 100, places=2),
    of=st.sampled_from(["registered", "valid"]),
    more_than=st.booleans(),
)


@given(rules, st.integers(1, 150))
def test_what_is_needed_is_the_smallest_count_that_meets_the_rule(rule: Threshold, whole: int) -> None:
    least = needed(rule, whole)
    assert meets(rule, least, whole)
    assert not meets(rule, least - 1, whole)


@given(rules, st.integers(1, 150), st.data())
def test_the_numbers_that_make_a_threshold_missed_are_the_smallest(
    rule: Threshold, whole: int, data: st.DataObject
) -> None:
    votes = data.draw(st.integers(1, whole))
    if not meets(rule, votes, whole):
        return
    shrinks = rule.of != "registered"
    tried = [k for k in range(1, votes + 1) if not meets(rule, votes - k, whole - k * shrinks)]
    if tried and (whole > votes or not shrinks):
        assert enough_taken(rule, votes, whole) == tried[0]
    if shrinks and rule.per_cent > 1:
        far = 101 * whole
        assert enough_withheld(rule, votes, whole) == next(
            k for k in range(1, far) if not meets(rule, votes, whole + k)
        )


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=7))
def test_no_smaller_number_of_stations_undoes_the_lead(leads: list[int]) -> None:
    lead = sum(leads)
    if lead <= 0:
        return
    for times in (1, 2):
        found = fewest(times * np.array(leads), lead)
        undone = [
            n for n in range(1, len(leads) + 1) for c in combinations(leads, n) if times * sum(c) >= lead
        ]
        assert found == min(undone)


def test_united_kingdom_2016_lead_as_announced_by_the_electoral_commission() -> None:
    """Leave 17,410,742, Remain 16,141,241: a lead of 1,269,501."""
    totals = announced(
        registered=46_500_001,
        cast=33_577_342,
        invalid=25_359,
        votes={"leave": 17_410_742, "remain": 16_141_241},
    )
    found = only("outcome", ask(totals))
    assert found.observed == 1_269_501
    assert sizes(found)["votes moved that undo the lead"] == 634_751
    assert sizes(found)["lead, in per cent of ballots cast"] == pytest.approx(100 * 1_269_501 / 33_577_342)
    assert "No quorum or threshold is given in the case" in found.statement


def test_switzerland_9_february_2014_was_decided_by_9651_of_2908406_votes() -> None:
    totals = announced(valid=2_908_406, votes={"yes": 1_463_854, "no": 1_444_552})
    evidence = ask(totals, threshold=Threshold(per_cent=50).model_dump())
    assert sizes(only("outcome", evidence))["votes moved that undo the lead"] == 9_651
    found = sizes(only("threshold", evidence))
    assert found["votes moved that make it miss the threshold"] == 9_651
    assert found["votes never cast that make it miss the threshold"] == 19_302


def test_without_its_rivals_the_lead_has_bounds() -> None:
    found = only("outcome", ask(announced(cast=1000, votes={"yes": 700})))
    assert found.effect is not None
    assert (found.effect.value, found.effect.low, found.effect.high) == (200, 200, 350)
    assert "up to 300 may be another’s" in found.statement
    hidden = only("outcome", ask(announced(cast=1000, votes={"yes": 400})))
    assert hidden.status == "not testable"
    assert hidden.reason is not None
    assert "(600) are more than those for “yes” (400)" in hidden.reason


def test_an_option_that_was_not_counted_may_be_the_rival() -> None:
    totals = announced(cast=1000, votes={"a": 500, "b": 150})
    assert only("outcome", ask(totals)).observed == 350
    assert only("outcome", ask(totals, options=("a", "b"))).observed == 350
    assert only("outcome", ask(totals, options=("a", "b", "c"))).observed == 150


@pytest.mark.parametrize(
    ("totals", "reason"),
    [
        (announced(cast=10), "no votes for the options are known"),
        (announced(votes={"yes": 0, "no": 0}), "no votes for the options are known"),
        (announced(votes={"yes": 10}), "only the votes for “yes” are known"),
        (
            announced(shares={"yes": Decimal("89.07"), "no": Decimal("10.19")}),
            "by the percentages announced “yes” leads by 78.88 points",
        ),
    ],
)
def test_an_outcome_that_cannot_be_told_says_why(totals: Totals, reason: str) -> None:
    found = only("outcome", ask(totals))
    assert (found.status, found.effect) == ("not testable", None)
    assert found.reason is not None
    assert reason in found.reason


def test_a_tie_and_a_parliament() -> None:
    tie = ask(announced(votes={"a": 5, "b": 5}), kind="parliamentary")
    found = only("outcome", tie)
    assert found.observed == 0
    assert "a tie" in found.statement
    assert "How votes become seats is not modelled" in found.statement


@pytest.mark.parametrize(
    ("cast", "more_than", "ballots", "words"),
    [
        (501, True, 1, "missed with 1 ballot fewer. Turnout lies 0.10 points above it"),
        (500, True, 1, "1 ballot more would have been needed"),
        (500, False, 1, "missed with 1 ballot fewer. Turnout lies 0.00 points above it"),
        (800, True, 300, "missed with 300 ballots fewer."),
        (100, False, 400, "400 ballots more would have been needed"),
    ],
)
def test_quorum(cast: int, more_than: bool, ballots: int, words: str) -> None:
    rule = Quorum(per_cent=50, more_than=more_than)
    found = only("quorum", ask(announced(cast=cast, registered=1000), quorum=rule))
    assert found.observed == ballots
    assert words in found.statement
    assert ("points above it" in found.statement) == (cast in (500, 501) and "missed" in words)


def test_a_quorum_by_turnout_alone_or_not_at_all() -> None:
    rule = Quorum(per_cent=50)
    found = only("quorum", ask(announced(turnout=Decimal("51.20")), quorum=rule))
    assert found.effect is not None
    assert (found.effect.value, found.effect.unit) == (pytest.approx(1.2), "percentage points")
    none = only("quorum", ask(announced(votes={"a": 1}), quorum=rule))
    assert none.reason == "ballots cast and registered voters are not known (source: the commission)"
    assert not [m for m in ask(announced(cast=5, registered=9)).measurements if m.quantity == "quorum"]


def test_an_approval_quorum_that_is_missed() -> None:
    rule = Threshold(per_cent=25, of="registered", option="yes", more_than=False)
    found = only(
        "threshold", ask(announced(registered=1000, votes={"yes": 240, "no": 10}), threshold=(rule,))
    )
    assert "10 are lacking" in found.statement
    unknown = Threshold(per_cent=25, option="perhaps")
    assert (
        only("threshold", ask(announced(valid=10, votes={"yes": 6}), threshold=(unknown,))).reason is not None
    )


def test_stations_and_every_source_apart(make_returns: Callable[..., Returns]) -> None:
    columns = {"cast": [100, 100, 100], "yes": [90, 40, 50], "no": [10, 60, 50]}
    returns = make_returns(columns, ("yes", "no"))
    evidence = ask(announced(votes={"yes": 200, "no": 100}, source="later"), returns=returns)
    found = sizes(only("stations", evidence))
    # Without the first station 90 stand against 110, and turned round it undoes the lead as well.
    assert found["stations void that undo the lead"] == found["stations turned round that undo the lead"] == 1
    outcomes = {m.id: m.observed for m in evidence.measurements if m.quantity == "outcome"}
    assert outcomes == {"vote/margin/outcome": 60, "vote/margin/outcome/1": 100}
    assert [figure.finding for figure in evidence.figures] == ["vote/margin/stations"]


def test_it_is_shown_and_not_judged() -> None:
    evidence = ask(announced(votes={"yes": 5, "no": 4}))
    weighed = weigh([Answer(METHOD, "vote", evidence)], [Contest(id="vote", name="The vote")])
    assert [finding.grade for finding in weighed.findings] == ["display"]
    assert "This is arithmetic on the figures as announced" in weighed.findings[0].sentence
    assert "undoubted" not in weighed.findings[0].sentence
