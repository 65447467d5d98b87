"""Totals that contradict themselves are found with their arithmetic; the others are left alone."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plebiscope.methods.totals import METHOD, Params, measure
from plebiscope.model.case import Contest, Rounded, Totals
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Evidence, Subject, lacking


def announced(
    shares: Mapping[str, str] | None = None, turnout: str | None = None, **filled: object
) -> Totals:
    return Totals(
        contest="vote",
        source=str(filled.pop("source", "the commission")),
        shares={name: Decimal(share) for name, share in (shares or {}).items()},
        turnout=Decimal(turnout) if turnout is not None else None,
        **filled,
    )


def examine(*totals: Totals) -> Evidence:
    subject = Subject(Contest(id="vote", name="The vote"), None, totals)
    assert lacking(METHOD, subject) == ()
    return measure(subject, Params(), np.random.default_rng(1))


def check(quantity: str, *totals: Totals) -> Measurement:
    (found,) = [m for m in examine(*totals).measurements if m.quantity == quantity]
    return found


def test_percentages_of_ballots_cast_or_of_valid_ballots_agree() -> None:
    of_cast = announced({"yes": "59.4"}, cast=1000, invalid=20, votes={"yes": 594, "no": 386})
    of_valid = announced({"yes": "60.6"}, cast=1000, invalid=20, votes={"yes": 594, "no": 386})
    for totals, base in ((of_cast, "ballots cast"), (of_valid, "valid ballots")):
        found = check("percentages", totals)
        assert found.contradiction is False
        assert f"Percentages and counts agree as shares of {base}." in found.statement


def test_percentages_that_no_base_gives_are_a_contradiction_with_a_picture() -> None:
    evidence = examine(announced({"yes": "61.5"}, cast=1000, invalid=20, votes={"yes": 594, "no": 386}))
    found = evidence.measurements[0]
    assert (found.quantity, found.contradiction) == ("percentages", True)
    assert "59.40\N{NO-BREAK SPACE}% of the 1,000 ballots cast" in found.statement
    assert "60.61\N{NO-BREAK SPACE}% of the 980 valid ballots" in found.statement
    assert found.effect is not None
    assert found.effect.value == pytest.approx(61.5 - 100 * 594 / 980)
    assert [figure.finding for figure in evidence.figures] == [found.id]


def test_further_decimals_cut_off_are_not_a_contradiction() -> None:
    found = check(
        "percentages", announced({"yes": "66.6", "no": "33.3"}, valid=3000, votes={"yes": 2000, "no": 1000})
    )
    assert found.contradiction is False
    assert "cut off" in found.statement


def test_percentages_of_valid_ballots_that_were_not_announced() -> None:
    """With few invalid ballots the percentages can be true; with many, it needs an explanation."""
    few = check("percentages", announced({"yes": "61.00"}, cast=100_000, votes={"yes": 60_000}))
    assert few.contradiction is False
    assert "valid ballots, if there were 98,353 to 98,368 of them" in few.statement
    many = check("percentages", announced({"yes": "75.00"}, cast=100_000, votes={"yes": 60_000}))
    assert (many.contradiction, many.unexplained) == (False, True)
    assert (
        "19,995 to 20,005 of the 100,000 ballots cast (20.0\N{NO-BREAK SPACE}%) were invalid"
        in many.statement
    )
    never = check(
        "percentages", announced({"yes": "55.00"}, cast=100_000, registered=150_000, votes={"yes": 60_000})
    )
    assert (never.contradiction, never.unexplained) == (True, False)


def test_two_percentages_must_ask_for_the_same_base() -> None:
    votes = {"yes": 60_000, "no": 30_000}
    can = announced({"yes": "61.22", "no": "30.61"}, cast=100_000, votes=votes)  # of 98,000 valid ballots
    cannot = announced({"yes": "61.22", "no": "31.25"}, cast=100_000, votes=votes)  # 98,000 and 96,000
    assert check("percentages", can).contradiction is False
    assert check("percentages", cannot).contradiction is True


def test_percentages_without_counts_or_base_are_not_testable_and_say_why() -> None:
    for totals, reason in (
        (announced(votes={"yes": 10}), "no percentages were announced"),
        (announced({"yes": "51.2"}), "no option has both a count and a percentage"),
        (announced({"yes": "50.0"}, votes={"yes": 1000}), "no total was announced"),
        (announced({"yes": "50.0"}, cast=1000), "would be 500 of 1,000"),
    ):
        (found,) = examine(totals).measurements
        assert (found.quantity, found.status) == ("announcement", "not testable")
        assert found.reason is not None
        assert reason in found.reason


@pytest.mark.parametrize(
    ("shares", "over", "words"),
    [
        (["89.7", "10.19", "0.74"], True, "by more than rounding explains"),
        (["89.07", "10.19", "0.74"], False, "100 within rounding"),
        (["33.4", "33.3", "33.4"], False, "100 within rounding"),
        (["51.95", "43.18"], False, "leaves 4.87\N{NO-BREAK SPACE}% for what was not listed"),
    ],
)
def test_percentages_add_to_a_hundred_within_their_rounding(
    shares: list[str], over: bool, words: str
) -> None:
    found = check("hundred", announced({f"option {i}": share for i, share in enumerate(shares)}))
    assert found.contradiction is over
    assert words in found.statement


def test_turnout() -> None:
    agrees = check("turnout", announced(turnout="72.2", cast=33_577_342, registered=46_500_001))
    assert agrees.contradiction is False
    valid = check("turnout", announced(turnout="58.8", cast=6000, valid=5880, registered=10_000))
    assert (valid.contradiction, "valid ballots over" in valid.statement) == (False, True)
    issued = check("turnout", announced(turnout="60.20", cast=6000, registered=10_000))
    assert (issued.contradiction, "20 of them did not get into the box" in issued.statement) == (False, True)
    wrong = check("turnout", announced(turnout="70.2", cast=6000, registered=10_000))
    assert (wrong.contradiction, "7,015 to 7,025 ballots" in wrong.statement) == (True, True)


def test_turnout_with_one_side_unknown_gives_the_range_of_the_other() -> None:
    of_cast = check("announcement", announced(turnout="50.0", cast=500))
    assert of_cast.status == "not testable"
    assert of_cast.reason is not None
    assert "implies 1,000 to 1,001 voters" in of_cast.reason
    of_registered = check("announcement", announced(turnout="50.0", registered=1000))
    assert of_registered.reason is not None
    assert "implies 500 ballots" in of_registered.reason


@pytest.mark.parametrize(
    ("counts", "contradiction"),
    [
        ({"cast": 100, "votes": {"a": 60, "b": 41}}, True),
        ({"cast": 100, "invalid": 5, "votes": {"a": 60, "b": 36}}, True),
        ({"valid": 95, "cast": 100, "invalid": 6}, True),
        ({"valid": 101, "cast": 100}, True),
        ({"cast": 101, "registered": 100}, True),
        ({"cast": 100, "votes": {"a": 60, "b": 30}}, False),
        ({"valid": 95, "invalid": 5, "cast": 100, "registered": 200, "votes": {"a": 60, "b": 35}}, False),
    ],
)
def test_counts_in_order_of_size(counts: dict[str, object], contradiction: bool) -> None:
    assert check("sum", announced(**counts)).contradiction is contradiction


def test_what_is_left_over_is_shown() -> None:
    found = check("sum", announced(cast=1000, votes={"yes": 700, "no": 250}))
    assert "950 of 1,000 ballots cast; left over: 50 (5.00\N{NO-BREAK SPACE}%)" in found.statement


def test_counts_computed_from_percentages_are_found_and_drawn() -> None:
    valid = 10_058_774
    votes = {"a": round(valid * 0.512), "b": round(valid * 0.442)}
    votes["c"] = valid - sum(votes.values())
    evidence = examine(announced(valid=valid, votes=votes))
    (found,) = [m for m in evidence.measurements if m.quantity == "counts-from-percentages"]
    assert found.p is not None
    assert found.p < 2e-7
    assert found.contradiction is False
    assert [figure.finding for figure in evidence.figures] == [found.id]


def test_two_bulletins_double_what_could_have_been_tried() -> None:
    one = announced(valid=1_000_000, votes={"a": 612_345, "b": 387_655})
    alone = check("counts-from-percentages", one)
    both = examine(one, announced(valid=1_100_000, votes={"a": 654_321, "b": 445_679}, source="later"))
    (first,) = [m for m in both.measurements if m.id == "vote/totals/counts-from-percentages/1"]
    combinations = [e.value for m in (alone, first) for e in m.effects if e.unit == "combinations"]
    assert combinations == [12, 24]


def test_the_same_counts_printed_twice_are_one_announcement() -> None:
    one = announced(valid=1_000_000, votes={"a": 612_345, "b": 387_655})
    twice = examine(
        one, announced(valid=1_000_000, votes=one.votes, source="a paper"), announced(turnout="50")
    )
    (first,) = [m for m in twice.measurements if m.id == "vote/totals/counts-from-percentages/1"]
    assert [e.value for e in first.effects if e.unit == "combinations"] == [12]


def test_decimals_as_announced_may_be_all_that_is_tried() -> None:
    totals = announced({"a": "61.2", "b": "38.77"}, valid=1_000_000, votes={"a": 612_345, "b": 387_655})
    subject = Subject(Contest(id="vote", name="The vote"), None, (totals,))
    for params, tried in ((Params(), 12), (Params(as_announced=True), 6)):
        found = measure(subject, params, np.random.default_rng(1)).measurements
        (one,) = [m for m in found if m.quantity == "counts-from-percentages"]
        assert [e.value for e in one.effects if e.unit == "combinations"] == [tried]
        before = next(e.value for e in one.effects if e.name == "chance before counting what was tried")
        assert before is not None
        assert one.p == pytest.approx(min(1.0, before * tried))


def test_p_is_told_before_and_after_what_was_tried_with_the_bayes_line() -> None:
    valid = 10_058_774
    votes = {"a": round(valid * 0.512), "b": round(valid * 0.442)}
    votes["c"] = valid - sum(votes.values())
    found = check("counts-from-percentages", announced(valid=valid, votes=votes))
    assert found.p is not None
    (least,) = [e.value for e in found.effects if "if worked out" in e.name]
    assert least == pytest.approx(1000 * found.p)
    assert "9.9 × 10⁻⁹; of 1.2 × 10⁻⁷" in found.statement
    assert "“c” follows from the others" in found.statement
    usual = check("counts-from-percentages", announced(valid=1_000_000, votes={"a": 612_345, "b": 387_655}))
    assert not [e for e in usual.effects if "if worked out" in e.name]


@pytest.mark.parametrize(
    ("votes", "contradiction"), [(590, False), (594, False), (595, False), (596, True), (700, True)]
)
def test_votes_may_not_exceed_the_ballots_that_turnout_and_register_give(
    votes: int, contradiction: bool
) -> None:
    """59.5 % of 1,000 are 595 ballots, or up to 595 with further decimals cut off."""
    found = check("turnout", announced(turnout="59.5", registered=1000, votes={"yes": votes}))
    assert found.contradiction is contradiction
    assert "59.5\N{NO-BREAK SPACE}% of the 1,000 registered voters implies 595 ballots" in found.statement
    assert f"{votes} votes were announced" in found.statement


def test_turnout_and_register_bound_the_ballots_that_percentages_may_be_of() -> None:
    """40.0 % of a base would be 300 votes of 750 ballots; about 500 came, so it was not of them."""
    told = {"registered": 1000, "turnout": "50.0", "votes": {"yes": 300}}
    assert check("percentages", announced({"yes": "60.0"}, **told)).contradiction is False
    assert check("percentages", announced({"yes": "40.0"}, **told)).contradiction is True
    without = announced({"yes": "40.0"}, registered=1000, votes={"yes": 300})
    assert check("percentages", without).contradiction is False


def test_percentages_must_be_those_of_whole_numbers_of_ballots() -> None:
    """Of seven ballots four are 57.1 %, and nothing is 57.2 %; 57.2 + 42.8 are 100 all the same."""
    seven = {"cast": 7, "valid": 7, "registered": 7}
    assert check("hundred", announced({"a": "57.1", "b": "42.9"}, **seven)).contradiction is False
    found = check("hundred", announced({"a": "57.2", "b": "42.8"}, **seven))
    assert found.contradiction is True
    assert "No votes in whole numbers give them, of 7 ballots cast" in found.statement
    # The valid ballots were not announced and may be fewer.
    assert check("hundred", announced({"a": "57.2", "b": "42.8"}, cast=7)).contradiction is False


def test_p_of_counted_votes_is_no_smaller_than_it_says() -> None:
    """1,000 counted votes: the share with p at most a does not exceed a, within three standard errors."""
    rng = np.random.default_rng(11)
    p = []
    for _ in range(1000):
        cast = int(rng.integers(300_000, 30_000_000))
        invalid = int(rng.binomial(cast, rng.uniform(0.005, 0.06)))
        yes = int(rng.binomial(cast - invalid, rng.uniform(0.2, 0.8)))
        totals = announced(
            cast=cast,
            invalid=invalid,
            registered=int(cast / rng.uniform(0.3, 0.9)),
            votes={"yes": yes, "no": cast - invalid - yes},
        )
        found = check("counts-from-percentages", totals).p
        assert found is not None
        p.append(found)
    for level in (0.01, 0.05, 0.2):
        assert np.mean(np.array(p) <= level) <= level + 3 * np.sqrt(level * (1 - level) / 1000)


@pytest.mark.parametrize(
    ("totals", "reason"),
    [
        (announced(cast=10**6), "no counts for the options"),
        (announced(votes={"a": 10**6}), "no base was announced"),
        (announced(cast=900, votes={"a": 500}), "too few or too small"),
    ],
)
def test_counts_from_percentages_not_testable(totals: Totals, reason: str) -> None:
    untestable = [m.reason for m in examine(totals).measurements if m.status == "not testable"]
    assert any(reason in (told or "") for told in untestable)


def test_a_source_without_anything_to_check_is_one_answer_with_its_name() -> None:
    totals = [announced(turnout=one, source=f"source {one}") for one in ("85.4", "85")]
    reasons = [m.reason for m in examine(*totals).measurements]
    assert len(reasons) == 2
    for reason, one in zip(reasons, ("85.4", "85"), strict=True):
        assert reason is not None
        assert reason.startswith("no percentages were announced; ")
        assert reason.endswith(f" (source: source {one})")


def test_ids_are_unique_over_sources() -> None:
    one = announced({"yes": "60.0"}, "50.0", cast=1000, registered=2000, votes={"yes": 600, "no": 400})
    ids = [m.id for m in examine(one, one).measurements]
    assert len(ids) == len(set(ids)) == 10


figures = st.one_of(st.none(), st.integers(0, 10**7))
percent = st.decimals(0, 100, places=2)


@settings(deadline=None)
@given(
    figures,
    figures,
    figures,
    figures,
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 10**6)),
    st.dictionaries(st.sampled_from("abc"), percent),
    st.one_of(st.none(), percent),
)
def test_any_announcement_is_answered(
    registered: int | None,
    cast: int | None,
    valid: int | None,
    invalid: int | None,
    votes: dict[str, int],
    shares: dict[str, Decimal],
    turnout: Decimal | None,
) -> None:
    totals = Totals(
        contest="vote",
        source="s",
        registered=registered,
        cast=cast,
        valid=valid,
        invalid=invalid,
        votes=votes,
        shares=shares,
        turnout=turnout,
    )
    evidence = examine(totals)
    quantities = {m.quantity for m in evidence.measurements}
    assert quantities == {"announcement"} or len(quantities) == len(evidence.measurements) == 5
    for found in evidence.measurements:
        assert found.statement if found.status == "tested" else found.reason


@settings(deadline=None)
@given(
    st.integers(1000, 10**7),
    st.floats(0.2, 0.99),
    st.floats(0, 0.09),
    st.floats(0, 1),
    st.integers(0, 2),
    st.sampled_from(["cast", "valid"]),
    st.booleans(),
    st.sampled_from(["told", "withheld", "withheld, turnout of issued", "withheld, turnout of valid"]),
)
def test_a_true_announcement_is_never_a_contradiction(
    registered: int,
    turnout: float,
    invalid_share: float,
    share: float,
    places: int,
    base: str,
    tell: bool,
    ballots: str,
) -> None:
    """Whatever is counted, rounded and announced truthfully, whether invalid ballots and ballots are told or not."""
    cast = max(1, int(registered * turnout))
    invalid = int(cast * invalid_share)
    valid = cast - invalid
    yes = int(valid * share)
    whole = {"cast": cast, "valid": valid}[base]
    unit = Decimal(1).scaleb(-places)
    came = {"issued": cast + cast // 101, "valid": valid}.get(ballots.rpartition(" ")[2], cast)
    totals = Totals(
        contest="vote",
        source="s",
        registered=registered,
        cast=cast if ballots == "told" else None,
        invalid=invalid if tell else None,
        votes={"yes": yes, "no": valid - yes},
        shares={
            name: (Decimal(100 * count) / Decimal(whole)).quantize(unit)
            for name, count in (("yes", yes), ("no", valid - yes))
        },
        turnout=(Decimal(100 * came) / Decimal(registered)).quantize(unit),
    )
    assert [m.statement for m in examine(totals).measurements if m.contradiction] == []


@pytest.mark.parametrize(("turnout", "contradiction"), [("80", False), ("75", False), ("97", True)])
def test_round_counts_bound_the_turnout(turnout: str, contradiction: bool) -> None:
    """1.2m of 1.5m voters are at least 1.15m of 1.6m and at most 1.3m of 1.45m: 72 to 90 per cent."""
    rounded = {
        "cast": Rounded(count=1_200_000, unit=100_000),
        "registered": Rounded(count=1_500_000, unit=100_000),
    }
    found = check("turnout", announced(turnout=Decimal(turnout), rounded=rounded))
    assert found.contradiction is contradiction
    assert found.effect is not None
    assert found.effect.low == pytest.approx(100 * 1.15 / 1.599999)
    assert found.effect.high == pytest.approx(100 * 1.299999 / 1.45)
