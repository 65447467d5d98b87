"""Section 3.1 of the methods specification: the mass of the corner."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from plebiscope.methods.fingerprint import Params, measure
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject
from plebiscope.model.returns import Returns

pytestmark = pytest.mark.shared


def test_methods_3_1_corner_of_russia_2020_is_12_4_per_cent_of_stations(
    russia: Callable[[int], Returns],
) -> None:
    """The printed 12.4 per cent is the share of stations, with turnout B/N and share of valid ballots."""
    subject = Subject(Contest(id="russia-2020", name="Russia 2020"), russia(2020), ())
    yes, no = measure(subject, Params(), np.random.default_rng(1)).measurements
    assert yes.effect is not None
    assert yes.effect.unit == "per cent of stations"
    assert round(yes.effect.value, 1) == 12.4
    assert yes.effect.low < yes.effect.value < yes.effect.high
    assert no.effect is not None
    assert round(no.effect.value, 1) == 0.0
