"""Two referendums of Italy that nobody doubts: neither a slope between two votes nor jumps of places are signs.

The files are read here without the intake, so that a fault there cannot hide a fault in the method.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from plebiscope.methods.contrast import measure
from plebiscope.methods.contrast.asking import Params
from plebiscope.model.beside import Beside, Match
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject

pytestmark = pytest.mark.shared


def test_two_undoubted_votes_have_a_slope_and_jumps_that_gather(shared, make_returns):
    folder = shared / "data"
    first = pl.read_csv(
        folder / "italy-2016-referendum" / "referendum.csv",
        separator=";",
        encoding="latin1",
        infer_schema=False,
    ).with_columns(pl.all().str.strip_chars())
    second = pl.read_csv(folder / "italy-2020-referendum" / "scrutiniComuni.csv", infer_schema=False)
    both = first.join(
        second, left_on=["DESCPROVINCIA", "DESCCOMUNE"], right_on=["desc_prov", "desc_com"], how="inner"
    )
    assert len(both) > 7_500
    votes = [
        make_returns(
            {
                "region": both["DESCREGIONE"],
                "province": both["DESCPROVINCIA"],
                "station": both["DESCCOMUNE"],
                **{name: both[column].cast(pl.Int64) for name, column in columns.items()},
            },
            ["YES", "NO"],
            ["region", "province"],
        )
        for columns in (
            {"registered": "ELETTORI", "cast": "VOTANTI", "YES": "NUMVOTISI", "NO": "NUMVOTINO"},
            {"registered": "elettori_totali", "cast": "votanti_totali", "YES": "voti_si", "NO": "voti_no"},
        )
    ]
    rows = np.arange(len(both), dtype=np.int64)
    earlier = Beside(Contest(id="2016", name="Referendum of 2016"), votes[0], Match(rows, {}, "station"))
    subject = Subject(
        Contest(id="2020", name="Referendum of 2020", favoured="YES"), votes[1], (), pairs=(earlier,)
    )
    found = measure(subject, Params(permutations=199), np.random.default_rng(1)).measurements
    (slope,) = [one for one in found if one.quantity == "gradient"]
    # No shuffled order is as steep, and yet nothing is to be found: so it must not be judged.
    assert slope.p == pytest.approx(1 / 200)
    assert slope.assumptions[0].state == "fails"
    past = {one.quantity: one for one in found if "past" in one.quantity}
    # The page of the method tells these figures.
    for quantity, pairs, expected in (("turnout", 6117, 5084), ("share", 1012, 546)):
        one = past[f"{quantity} beside its past"]
        assert (one.observed, round(one.expected)) == (pairs, expected)
        assert one.p == pytest.approx(1 / 200)
        assert one.assumptions[0].state == "fails"
