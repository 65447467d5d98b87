"""The sum of a table against announced totals."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.model.case import Totals
from plebiscope.model.method import effect
from plebiscope.model.returns import Returns
from plebiscope.model.wording import counted, noun, written


def sum_against(
    returns: Returns,
    totals: Totals,
    values: Mapping[str, NDArray[np.int64]],
    published: Collection[str],
    revision: float,
    rows_are: str,
) -> dict[str, Any] | None:
    """Return the fields of a measurement of the sums against one announcement; null if it has none of them.

    Parameters
    ----------
    values
        Counts by column, each of shape (n,), 0 where missing.
    published
        Quantities that were published, not derived.
    revision
        Excess over an announced total, as a share of it, that later corrections explain.
    rows_are
        What the rows are, in the plural.
    """
    quantities = {name: getattr(totals, name) for name in ("registered", "cast", "valid", "invalid")}
    announced: dict[str, int] = {
        name: value for name, value in quantities.items() if value is not None and name in published
    }
    options = {option.strip().casefold(): option for option in returns.options}
    for name, votes in totals.votes.items():
        if name.strip().casefold() in options:
            announced[options[name.strip().casefold()]] = votes
    if not announced:
        return None
    sums = {name: int(values[name].sum()) for name in announced}
    gaps = {name: sums[name] - announced[name] for name in announced}
    # Lists change until the day, and another definition or repeated rows explain an excess.
    excess = [name for name, gap in gaps.items() if gap > revision * announced[name] and name != "registered"]
    explained = totals.definition is not None or returns.accounting.duplicates > 0
    table = "; ".join(
        f"{noun(name)} {sums[name]:,} in the table, {announced[name]:,} announced"
        + (f" ({written(gap, '+,')})" if gap else "")
        for name, gap in gaps.items()
    )
    remark = "The differences are of the size of corrections between a first and a final count."
    if not any(gaps.values()):
        remark = "The table adds up to what was announced."
    elif excess and not explained:
        remark = (
            "The table holds more than was announced for the whole "
            f"({', '.join(noun(name) for name in excess)}): the two cannot both be complete and true."
        )
    elif excess:
        remark = "The table holds more than was announced; " + (
            f"what was announced counts something else ({totals.definition})."
            if totals.definition is not None
            else f"{rows_are} are named twice in it."
        )
    elif min(gaps.values()) < 0:
        remark = f"What is missing may lie in {rows_are} that are not in the table or were not read."
    units = {"registered": "voters"}
    sizes = [
        effect(f"{noun(name)}, table less announcement", float(gap), units.get(name, "ballots"))
        for name, gap in gaps.items()
    ]
    sizes.sort(key=lambda size: -abs(size.value or 0.0))
    return {
        "n": len(announced),
        "observed": float(sum(gap != 0 for gap in gaps.values())),
        "contradiction": bool(excess) and not explained,
        "effect": sizes[0],
        "effects": tuple(sizes[1:]),
        "statement": f"Sum of {counted(len(returns), rows_are)} against announced totals: {table}. {remark} "
        f"The totals are from: {totals.source}.",
    }
