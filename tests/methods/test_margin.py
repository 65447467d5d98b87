"""What would change the outcome, a threshold or a quorum, by results and by every announcement."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.dossier.weigh import Answer, weigh
from plebiscope.methods.margin import METHOD, Params, measure
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
        (announced(votes={"yes": 0, "no": 0}), "no option has a vote"),
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


def test_a_station_without_one_of_the_counts_has_no_lead(make_returns: Callable[..., Returns]) -> None:
    known = {"yes": [300, 250, 200, 210], "no": [200, 200, 190, 205], "cast": [600] * 4}
    more = {"yes": [*known["yes"], 10**4], "no": [*known["no"], None], "cast": [600] * 5}
    returns = make_returns(more, ("yes", "no"))
    found = only("stations", ask(returns=returns))
    assert found.status == "not testable"
    assert "both counts are known in 4 of 5 stations" in str(found.reason)
    more |= {"yes": [*known["yes"], 0]}
    found = only("stations", ask(returns=make_returns(more, ("yes", "no"))))
    assert (found.n, found.observed) == (4, 1)
    assert "1 of 4 stations where both counts are known" in found.statement


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


COUNTS = st.one_of(st.none(), st.integers(0, 10**12))
RULE = {"per_cent": st.decimals("0.01", 100, places=2), "more_than": st.booleans()}


@given(
    st.builds(
        announced,
        registered=COUNTS,
        cast=COUNTS,
        valid=COUNTS,
        invalid=COUNTS,
        votes=st.dictionaries(st.sampled_from("abc"), st.integers(0, 10**12)),
        shares=st.dictionaries(st.sampled_from("abc"), st.decimals(0, 1000, places=2)),
        turnout=st.one_of(st.none(), st.decimals(0, 1000, places=2)),
    ),
    st.builds(Quorum, counts=st.sampled_from(["issued", "cast", "valid"]), **RULE),
    st.lists(
        st.builds(
            Threshold,
            of=st.sampled_from(["registered", "cast", "valid"]),
            option=st.sampled_from(["a", "z", None]),
            **RULE,
        ),
        max_size=2,
    ),
)
def test_any_announcement_is_answered_whatever_the_rules(
    totals: Totals, quorum: Quorum, thresholds: list[Threshold]
) -> None:
    evidence = ask(totals, quorum=quorum, threshold=tuple(thresholds))
    assert len(evidence.measurements) == 2 + len(thresholds)
    assert len({m.id for m in evidence.measurements}) == len(evidence.measurements)
    for found in evidence.measurements:
        assert found.statement if found.status == "tested" else found.reason
        for one in (found.effect, *found.effects):
            assert one is None or (one.value is not None and np.isfinite(one.value))


def test_it_is_shown_and_not_judged() -> None:
    evidence = ask(announced(votes={"yes": 5, "no": 4}))
    weighed = weigh([Answer(METHOD, "vote", evidence)], [Contest(id="vote", name="The vote")])
    assert [finding.grade for finding in weighed.findings] == ["display"]
    assert "This is arithmetic on the figures as published" in weighed.findings[0].sentence
    assert "undoubted" not in weighed.findings[0].sentence
