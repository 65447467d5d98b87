"""Which rows are polling stations in the ordinary sense."""

from __future__ import annotations

from collections.abc import Callable

from plebiscope.model.returns import Returns


def test_stations_abroad_with_a_name_and_voters_stay_and_pooled_rows_leave(
    make_returns: Callable[..., Returns],
) -> None:
    returns = make_returns(
        {
            "station": ["1", "2", "3", None, "5", "6"],
            "mark": [None, "abroad", "abroad", "abroad", "electronic", "postal"],
            "registered": [500, 400, 0, 300, 90_000, 200],
            "cast": [300, 100, 50, 60, 80_000, 180],
            "Yes": [200, 60, 30, 30, 50_000, 90],
        },
        ["Yes"],
    )
    assert returns.ordinary.tolist() == [True, True, False, False, False, False]
    assert returns.marked == {"abroad": 3, "electronic": 1, "postal": 1}
    kept = returns.select("registered", "Yes")
    assert kept.rows.tolist() == [0, 1]
    assert kept.dropped == {"marked abroad": 2, "marked electronic": 1, "marked postal": 1}
    assert len(returns.select("Yes", marked=True).rows) == 6
