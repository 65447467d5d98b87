"""What methods share: which stations they may use, the areas of those, and the frame of an answer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from plebiscope import catalogue
from plebiscope.evidence.ratio import CountRatio, ballots_of, ratio_columns
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject, by_option, most_surprising, too_few
from plebiscope.model.returns import Returns

Make = Callable[..., Returns]
COLUMNS = {
    "region": ["b", "a", "b", "c", "a", "b"],
    "registered": [100, 100, 0, 100, 100, 100],
    "issued": [50, 50, 50, 50, 50, 50],
    "cast": [50, 0, 50, 120, 50, 50],
    "valid": [50, 0, 50, 120, 50, 50],
    "YES": [30, 0, 30, 60, 60, 30],
    "NO": [20, 0, 20, 60, 0, 20],
}


@pytest.fixture
def subject(make_returns: Make) -> Subject:
    returns = make_returns(COLUMNS, ["YES", "NO"], ["region"])
    return Subject(Contest(id="vote", name="The vote"), returns, ())


def test_only_stations_with_a_possible_turnout_and_share_are_used(subject: Subject) -> None:
    found = subject.possible("YES")
    assert found.rows.tolist() == [0, 5]
    assert found.dropped == {"nobody registered or nobody voted": 2, "figures impossible": 2}


def test_areas_are_numbered_by_name_whatever_the_order_of_rows(subject: Subject, make_returns: Make) -> None:
    codes, names = subject.areas(np.array([0, 1, 3], dtype=np.int64))
    assert (codes.tolist(), names) == ([1, 0, 2], ["a", "b", "c"])
    alone = make_returns(COLUMNS, ["YES", "NO"])
    codes, names = Subject(subject.contest, alone, ()).areas(np.arange(6))
    assert (codes.tolist(), names) == ([0] * 6, [""])


def test_large_areas_come_with_the_places_of_their_rows(subject: Subject) -> None:
    rows = np.array([5, 4, 1, 0], dtype=np.int64)
    found = {name: members.tolist() for name, members in subject.large_areas(rows, 2)}
    assert found == {"b": [0, 3], "a": [1, 2]}


def test_without_results_a_method_is_told_so() -> None:
    with pytest.raises(LookupError, match="The vote"):
        _ = Subject(Contest(id="vote", name="The vote"), None, ()).results


def test_an_answer_is_named_after_what_was_asked(subject: Subject) -> None:
    method = catalogue.load("protocol")
    found = method.answer(subject, "votes", option="YES", area="a")
    assert found.id == "vote/protocol/votes/YES/a"
    assert (found.scope.level, found.scope.area, found.innocent) == ("area", "a", method.innocent)
    again = method.untestable(subject, "the sum", "why", slug="sum/2")
    assert (again.id, again.quantity) == ("vote/protocol/sum/2", "the sum")
    assert (again.status, again.reason, again.scope.level) == ("not testable", "why", "contest")


def test_pictures_are_those_of_the_first_option(subject: Subject) -> None:
    method = catalogue.load("protocol")
    found = by_option(subject, lambda option: (method.answer(subject, "votes", option=option), []))
    assert [m.option for m in found.measurements] == ["YES", "NO"]
    assert found.figures == ()


def test_stations_are_named_from_the_largest_surprise(subject: Subject) -> None:
    rows, bits = np.array([7, 3, 5, 9]), np.array([1.0, 4.0, 0.0, 4.0])
    found = most_surprising(rows, bits, 10, lambda at: f"place {at}")
    assert [(score.row, score.bits, score.reason) for score in found] == [
        (3, 4.0, "place 1"),
        (9, 4.0, "place 3"),
        (7, 1.0, "place 0"),
    ]
    assert len(most_surprising(rows, bits, 2, str)) == 2


def test_too_few_stations_are_said_with_what_was_left_out(subject: Subject) -> None:
    picked = subject.possible("YES")
    assert too_few(picked, 2, "stations") is None
    assert too_few(picked, 50, "stations") == (
        "50 stations are needed, and 2 are left (left out: 2 nobody registered or nobody voted; 2 figures "
        "impossible)"
    )


def test_turnout_and_share_are_formed_from_what_the_returns_have(subject: Subject) -> None:
    columns, missing = ratio_columns(subject, ("issued", "cast"), ("valid",), "YES")
    assert [one.label for one in columns] == [
        "turnout (ballots issued of registered voters)",
        "share of “YES” (of valid ballots)",
    ]
    assert missing == {}
    columns, missing = ratio_columns(subject, ("received",), ("cast",), None)
    assert columns == []
    assert set(missing) == {"turnout", "share"}


def test_ballots_are_what_the_share_is_of_or_else_those_who_came() -> None:
    came = CountRatio("turnout", None, "turnout", np.array([50]), np.array([100]))
    yes = CountRatio("share", "YES", "share", np.array([30]), np.array([48]))
    assert ballots_of([came, yes]).tolist() == [48]
    assert ballots_of([came]).tolist() == [50]
    assert (came.name, yes.name) == ("turnout", "share of “YES”")
