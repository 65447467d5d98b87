"""Announcements held against one another and against the published rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.methods.sources import METHOD, Params, measure, slip
from plebiscope.model.case import Contest, Totals
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Subject, lacking
from plebiscope.model.returns import Returns


def announced(turnout: str | None = None, **filled: object) -> Totals:
    return Totals(
        contest="vote",
        source=str(filled.pop("source", "the commission")),
        turnout=Decimal(turnout) if turnout is not None else None,
        **filled,
    )


def ask(*totals: Totals, returns: Returns | None = None) -> dict[str, Measurement]:
    subject = Subject(Contest(id="vote", name="The vote"), returns, totals)
    assert lacking(METHOD, subject) == ()
    found = measure(subject, Params(), np.random.default_rng(1)).measurements
    return {one.id.removeprefix("vote/sources/"): one for one in found}


def agreement(*totals: Totals) -> Measurement:
    return ask(*totals)["agreement"]


def test_states_of_one_count_agreement_and_neither() -> None:
    first = announced(cast=1000, votes={"yes": 600, "no": 350}, source="evening")
    later = announced(cast=1500, votes={"yes": 900, "no": 520}, source="morning")
    for one, other in ((first, later), (later, first)):
        found = agreement(one, other)
        assert "they can be states of one count" in found.statement
        assert (found.unexplained, found.describes) == (False, True)
    same = agreement(first, first)
    assert same.describes is False
    assert (same.observed, same.n) == (0, 3)
    assert "they agree (ballots cast, votes for “yes” and votes for “no”)" in same.statement
    mixed = announced(cast=1000, votes={"yes": 610, "no": 340}, source="another")
    found = agreement(first, mixed)
    assert found.unexplained is True
    assert "not two states of one count" in found.statement
    assert (
        "agree in ballots cast; they differ in votes for “yes”: 600 (1), 610 (2), 10 apart" in found.statement
    )


def test_of_three_sources_every_two_are_compared() -> None:
    """The first and the third cross, whichever order they are given in."""
    a = announced(votes={"yes": 10, "no": 20}, source="a")
    b = announced(votes={"yes": 30}, source="b")
    c = announced(votes={"yes": 12, "no": 18}, source="c")
    assert agreement(a, b).unexplained is agreement(b, c).unexplained is False
    assert agreement(a, b, c).unexplained is agreement(c, b, a).unexplained is True


def test_the_two_totals_of_the_united_kingdom_2016_differ_by_definition() -> None:
    counted = announced(cast=33_577_342, definition="papers counted", source="a")
    verified = announced(cast=33_568_184, definition="papers verified", source="b")
    found = agreement(counted, verified)
    assert (found.contradiction, found.unexplained) == (False, False)
    assert "9,158 apart" in found.statement
    assert "(2) counts papers verified (papers found when the boxes were opened" in found.statement


def test_nothing_to_compare_says_why() -> None:
    assert agreement(announced(cast=5), announced(valid=4)).reason == (
        "no figure was announced by more than one source"
    )
    assert agreement(announced(cast=5)).reason == "only one announcement is part of this case"


@pytest.mark.parametrize(
    ("turnouts", "differ"),
    [(["94.15", "92.6"], True), (["85.4", "85"], False), (["85.4", "85", "82.40"], True)],
)
def test_turnouts_that_differ_by_more_than_their_rounding_need_an_explanation(
    turnouts: list[str], differ: bool
) -> None:
    found = agreement(*(announced(one, source=f"source {one}") for one in turnouts))
    assert (found.contradiction, found.unexplained) == (False, differ)
    assert ("turnout: " + turnouts[0] in found.statement) == differ


def test_turnouts_of_two_states_of_one_count_are_explained_by_it() -> None:
    assert agreement(announced("50.1", cast=501), announced("60.2", cast=602)).unexplained is False


def test_an_option_may_be_called_like_a_count() -> None:
    one = announced(cast=1000, invalid=20, votes={"yes": 600, "invalid": 30}, source="a")
    found = agreement(one, one)
    assert (found.n, found.observed) == (4, 0)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("1,463,854", "1,463,954", True),
        ("1,444,552", "1,444,428", False),
        ("44.2", "44.02", True),
        ("4.6", "4.06", False),
        ("89.07", "89.7", True),
        ("1,234", "1,324", True),
        ("1,234", "4,231", False),
        ("94.15", "92.6", False),
        ("12", "13", False),
        ("500", "500", False),
    ],
)
def test_a_slip_of_the_pen(one: str, other: str, found: bool) -> None:
    assert slip(one, other) is slip(other, one) is found


@given(st.text("0123456789", min_size=4, max_size=9), st.integers(0, 7), st.sampled_from("0123456789"))
def test_one_digit_put_in_left_out_or_changed_is_a_slip(text: str, at: int, digit: str) -> None:
    at = min(at, len(text) - 1)
    for other in (
        text[:at] + digit + text[at:],
        text[:at] + text[at + 1 :],
        text[:at] + digit + text[at + 1 :],
    ):
        assert slip(text, other) is (text != other)


def bulletin(number: int, **filled: object) -> Totals:
    return announced(bulletin=number, source=f"bulletin {number}", **filled)


def test_venezuela_2024_what_the_second_bulletin_added() -> None:
    """5,150,092 and 4,445,978, then 6,408,844 and 5,326,104."""
    first = bulletin(1, votes={"Maduro": 5_150_092, "González": 4_445_978})
    second = bulletin(2, votes={"Maduro": 6_408_844, "González": 5_326_104})
    found = ask(second, first)["bulletins"]
    assert (found.unexplained, found.observed) == (False, 0)
    assert "“Maduro” +1,258,752; votes for “González” +880,126" in found.statement
    assert f"has {100 * 1_258_752 / (1_258_752 + 880_126):.2f}" in found.statement
    assert "“Maduro” has 58.85" in found.statement


def test_a_count_that_falls_from_one_bulletin_to_the_next_needs_an_explanation() -> None:
    found = ask(bulletin(1, votes={"a": 100, "b": 50}), bulletin(2, votes={"a": 150, "b": 47}))["bulletins"]
    assert (found.unexplained, found.contradiction, found.observed) == (True, False, 1)
    assert found.effect is not None
    assert found.effect.value == 3
    assert "Fewer than before: votes for “b”." in found.statement


def test_the_order_is_that_of_bulletins_or_dates_and_is_not_guessed() -> None:
    night, morning = (
        announced(votes={"a": votes}, date=dt.date(2030, 1, day), source=str(day))
        for day, votes in ((1, 10), (2, 8))
    )
    assert ask(morning, night)["bulletins"].unexplained is True
    assert "bulletins" not in ask(announced(votes={"a": 10}), announced(votes={"a": 8}))
    other = night.model_copy(update={"definition": "papers verified"})
    assert "bulletins" not in ask(other, morning)
    same_day = morning.model_copy(update={"date": dt.date(2030, 1, 1)})
    assert "bulletins" not in ask(night, same_day)
    apart = ask(bulletin(1, cast=5), bulletin(2, valid=4))["bulletins"]
    assert apart.status == "not testable"


@pytest.fixture
def returns(make_returns: Callable[..., Returns]) -> Returns:
    columns = {
        "cast": [100, 200, 300, 50],
        "yes": [60, 120, 150, 40],
        "no": [30, 70, 140, 10],
        "mark": [None, None, None, "electronic"],
    }
    return make_returns(columns, ("yes", "no"))


def published(returns: Returns, **filled: object) -> Measurement:
    return ask(announced(**filled), returns=returns)["published/1"]


def test_published_rows_that_add_up_with_and_without_marked_ones(returns: Returns) -> None:
    whole = published(returns, cast=650, votes={"yes": 370, "no": 250})
    assert (whole.observed, whole.contradiction) == (0, False)
    assert "They add up to what was announced." in whole.statement
    part = published(returns, cast=600, votes={"YES ": 330})
    assert (part.observed, part.contradiction) == (2, False)
    assert "Without the rows marked electronic they add up to what was announced." in part.statement


def test_missing_rows_are_told_with_how_their_votes_are_divided(returns: Returns) -> None:
    found = published(returns, votes={"yes": 1370, "no": 350})
    assert found.contradiction is False
    for share in (100 * 370 / 620, 100 * 1000 / 1100, 100 * 1370 / 1720):
        assert f"{share:.2f}\N{NO-BREAK SPACE}%" in found.statement


def test_more_in_the_rows_than_announced_for_the_whole(
    returns: Returns, make_returns: Callable[..., Returns]
) -> None:
    found = published(returns, votes={"yes": 300, "no": 250})
    assert found.contradiction is True
    assert {e.name: e.value for e in found.effects}["ballots too many"] == pytest.approx(100 * 70 / 300)
    assert published(returns, votes={"yes": 300}, definition="papers verified").contradiction is False
    twice = replace(returns, accounting=replace(returns.accounting, duplicates=3))
    assert published(twice, votes={"yes": 300}).contradiction is False
    assert "3 stations are named twice" in published(twice, votes={"yes": 300}).statement
    # A correction of less than a thousandth, and registers, which change until the day.
    large = make_returns({"registered": [10**6], "yes": [500_400]}, ("yes",))
    assert published(large, registered=900_000, votes={"yes": 500_000}).contradiction is False
    assert published(large, votes={"yes": 499_000}).contradiction is True


def test_an_announcement_without_a_count_of_the_table(returns: Returns) -> None:
    found = ask(announced("50.0"), announced(registered=5), returns=returns)
    assert {one.status for one in found.values()} == {"not testable"}
    assert set(found) == {"agreement", "published/1", "published/2"}


@given(
    st.lists(
        st.builds(
            announced,
            turnout=st.one_of(st.none(), st.decimals(0, 1000, places=2).map(str)),
            registered=st.one_of(st.none(), st.integers(0, 10**12)),
            cast=st.one_of(st.none(), st.integers(0, 10**12)),
            votes=st.dictionaries(st.sampled_from("abc"), st.integers(0, 10**12)),
            definition=st.sampled_from([None, "papers verified", "something"]),
            bulletin=st.sampled_from([None, 1, 2]),
            date=st.sampled_from([None, dt.date(2030, 1, 1), dt.date(2030, 1, 2)]),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_any_announcements_are_answered_and_none_contradicts_another(several: list[Totals]) -> None:
    for found in ask(*several).values():
        assert found.statement if found.status == "tested" else found.reason
        assert found.contradiction is False


def test_votes_that_are_missing_where_no_ballot_is_need_an_explanation(returns: Returns) -> None:
    """Rows that were not published cannot hold three votes and no ballot."""
    cast, yes = returns.sums["cast"], returns.sums["yes"]
    found = published(returns, cast=cast, votes={"yes": yes + 3})
    assert (found.unexplained, found.contradiction) == (True, False)
    assert "not in the table cannot be why: they would hold 3 votes for “yes”, and no ballots cast." in (
        found.statement
    )
    assert published(returns, cast=cast + 3, votes={"yes": yes + 3}).unexplained is False


def test_what_is_stated_of_two_places_is_not_compared() -> None:
    one = announced("97", source="a", place="Gostel", report="r")
    other = announced("61", source="b", place="Bresk", report="r")
    assert agreement(one, other).status == "not testable"
    found = agreement(one, other.model_copy(update={"place": "Gostel"}))
    assert found.observed == 1
    assert "turnout in Gostel" in found.statement


def test_what_a_report_states_can_be_a_slip_of_the_report(make_returns: Callable[..., Returns]) -> None:
    returns = make_returns({"cast": [600, 700], "valid": [600, 700], "yes": [600, 700]}, ["yes"])
    assert ask(announced(cast=1000), returns=returns)["published/1"].contradiction is True
    found = ask(announced(cast=1000, report="r"), returns=returns)["published/1"]
    assert (found.contradiction, found.unexplained) == (False, True)
