"""Section 9.1 of the methods specification: control relations in 950,000 Russian protocols, 2004 to 2021."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from plebiscope.methods.protocol import Params, measure
from plebiscope.model.case import Contest
from plebiscope.model.finding import Effect
from plebiscope.model.method import Subject
from plebiscope.model.returns import Returns

pytestmark = pytest.mark.shared

MORE_CAST_THAN_ISSUED = {2004: 2, 2007: 15, 2008: 7, 2011: 18, 2012: 13, 2016: 4, 2018: 6, 2020: 0, 2021: 7}
TURNOUT_EXACTLY_FULL = {
    2004: 5296,
    2007: 4940,
    2008: 5105,
    2011: 3750,
    2012: 3380,
    2016: 2813,
    2018: 2613,
    2020: 2289,
    2021: 2226,
}


@pytest.mark.parametrize("year", MORE_CAST_THAN_ISSUED)
def test_methods_9_1_boxes_above_issued_and_turnout_of_100_per_cent(
    russia: Callable[[int], Returns], year: int
) -> None:
    contest = Contest(id="vote", name="Vote", country="Russia", kind="presidential")
    subject = Subject(contest, russia(year), ())
    evidence = measure(subject, Params(), np.random.default_rng(1))
    found = {m.id.removeprefix("vote/protocol/"): m for m in evidence.measurements}
    assert found["cast-issued"].observed == MORE_CAST_THAN_ISSUED[year]
    assert found["cast-issued"].contradiction is (MORE_CAST_THAN_ISSUED[year] > 0)
    assert found["summary"].params["form"] == "russia"
    assert found["valid-invalid-cast"].observed == 0
    assert found["options-valid"].observed == 0
    assert any("refuses" in assumption.how for assumption in found["options-valid"].assumptions)
    # The table counts turnout from ballots issued.
    full = named(found["issued-registered"].effects, "ballots issued equal to registered voters")
    assert full == TURNOUT_EXACTLY_FULL[year]
    same = named(found["cast-issued"].effects, "ballots cast equal to ballots issued")
    assert 0.86 <= same / len(russia(year)) < 0.915


def named(effects: tuple[Effect, ...], name: str) -> float | None:
    (found,) = [effect.value for effect in effects if effect.name == name]
    return found
