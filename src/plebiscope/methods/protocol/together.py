"""Two votes held at the same stations on the same day: what their records must be to one another.

Only one thing is impossible: that the boxes of both votes together hold more ballots than were issued for
both. Everything else can be true and may need an explanation: registers differ where one vote has another
electorate, and a voter may take one ballot and leave the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.model.beside import Beside
from plebiscope.model.method import effect
from plebiscope.model.returns import Returns
from plebiscope.model.wording import counted, none_of, noun, per_cent, written

Integers = NDArray[np.int64]

_RULE = 0.5
"""Share of rows that differ above which differing is the rule: the two votes have other electorates."""


@dataclass(frozen=True)
class Told:
    """One answer, and the rows to look at.

    Attributes
    ----------
    fields
        Those of the measurement.
    rows, sizes, reasons
        Rows of the returns that depart, by how much, and why in a few words; of equal length.
    certain
        Whether the figures cannot all be true.
    """

    slug: str
    quantity: str
    fields: dict[str, Any]
    rows: Integers
    sizes: Integers
    reasons: list[str]
    certain: bool = False


def held_together(returns: Returns, beside: Beside, one_ballot_only: float, rows_are: str) -> Iterator[Told]:
    """Compare the records of two votes, station by station.

    Parameters
    ----------
    returns
        The results of the vote examined.
    beside
        The other vote.
    one_ballot_only
        Share of the ballots issued by which the two votes may differ before a row is named.
    rows_are
        What the rows are, in the plural.
    """
    own, there = beside.match.pairs
    counts: dict[str, tuple[Integers, Integers, NDArray[np.bool_]]] = {}
    for name in ("registered", "issued", "cast"):
        if name in returns.published and name in beside.returns.published:
            first, second = returns.table[name].gather(there), beside.returns.table[name].gather(own)
            known = (first.is_not_null() & second.is_not_null()).to_numpy()
            counts[name] = (_whole(first), _whole(second), known)
    name = f"“{beside.contest.name}”"
    if {"issued", "cast"} <= set(counts):
        known = counts["issued"][2] & counts["cast"][2]
        issued, cast = (counts[one][0] + counts[one][1] for one in ("issued", "cast"))
        yield _boxes(name, there[known], issued[known], cast[known], rows_are)
    if "registered" in counts:
        here, other, known = counts["registered"]
        yield _registers(name, there[known], here[known], other[known], rows_are)
    taken = next((one for one in ("issued", "cast") if one in counts), None)
    if taken is not None:
        here, other, known = counts[taken]
        yield _taken(name, taken, there[known], here[known], other[known], one_ballot_only, rows_are)


def _whole(counts: pl.Series) -> Integers:
    return counts.fill_null(0).to_numpy().astype(np.int64)


def _boxes(name: str, rows: Integers, issued: Integers, cast: Integers, rows_are: str) -> Told:
    """Hold the ballots in the boxes of both votes against those issued for both."""
    excess = np.maximum(0, cast - issued)
    hits = np.flatnonzero(excess)
    words = (
        f"In {none_of(len(hits), counted(len(rows), rows_are))} the boxes of this vote and of {name} "
        "together hold more ballots than were issued for both"
    )
    if len(hits):
        words += (
            f": {int(excess.sum()):,} more in all, {int(excess.max()):,} at most in one. A ballot dropped "
            "into the box of the other vote does not explain that"
        )
    return Told(
        "boxes",
        "ballots of both votes",
        {
            "n": len(rows),
            "observed": float(len(hits)),
            "contradiction": len(hits) > 0,
            "effect": effect(f"{rows_are} with more ballots than issued", float(len(hits)), rows_are),
            "effects": (effect("ballots more than issued for both votes", float(excess.sum()), "ballots"),),
            "statement": f"{words}.",
        },
        rows[hits],
        excess[hits],
        [f"with {name}: {c:,} ballots in the boxes of both votes, {i:,} issued for both"
         for c, i in zip(cast[hits].tolist(), issued[hits].tolist(), strict=True)],
        certain=True,
    )  # fmt: skip


def _registers(name: str, rows: Integers, here: Integers, other: Integers, rows_are: str) -> Told:
    """Compare the two numbers of registered voters."""
    difference = here - other
    differ = np.flatnonzero(difference)
    rule = len(differ) > _RULE * max(1, len(rows))
    words = (
        f"In {none_of(len(differ), counted(len(rows), rows_are))} the number of registered voters is not "
        f"that of {name} on the same day"
    )
    if len(differ):
        size = int(np.abs(difference).max())
        words += f": {written(int(difference.sum()), '+,')} in all, {size:,} at most in one"
        words += (
            ". That is the rule, so the two votes have other electorates"
            if rule
            else ". Lists can differ where the two votes have other electorates"
        )
    named = differ[:0] if rule else differ
    return Told(
        "registered",
        "registers of both votes",
        {
            "n": len(rows),
            "observed": float(len(differ)),
            "unexplained": bool(len(named)),
            "describes": len(differ) > 0,
            "effect": effect(f"{rows_are} with another register", float(len(differ)), rows_are),
            "effects": (effect("registered voters, less the other", float(difference.sum()), "voters"),),
            "statement": f"{words}.",
        },
        rows[named],
        difference[named],
        [f"registered voters {a:,}, for {name} {b:,}"
         for a, b in zip(here[named].tolist(), other[named].tolist(), strict=True)],
    )  # fmt: skip


def _taken(
    name: str, taken: str, rows: Integers, here: Integers, other: Integers, share: float, rows_are: str
) -> Told:
    """Compare how many ballots were issued for each vote, or cast where those issued are not given."""
    difference = here - other
    apart = np.flatnonzero(np.abs(difference) > share * np.maximum(here, other))
    same = int((difference == 0).sum())
    words = (
        f"The number of {noun(taken)} is the same as for {name} in "
        f"{none_of(same, counted(len(rows), rows_are))}, and differs by more than "
        f"{per_cent(100.0 * share, 'g')} in {len(apart) or 'none'}. In all it is "
        f"{written(int(difference.sum()), '+,')}"
    )
    if len(apart):
        words += ". Voters who take one ballot and leave the other explain that only where they are so many"
    return Told(
        taken,
        f"{noun(taken)} of both votes",
        {
            "n": len(rows),
            "observed": float(len(apart)),
            "unexplained": len(apart) > 0,
            "effect": effect(f"{rows_are} where {noun(taken)} differ widely", float(len(apart)), rows_are),
            "effects": (
                effect(f"{noun(taken)} more than for the other vote", float(difference.sum()), "ballots"),
                effect(f"the same number of {noun(taken)}", float(same), rows_are),
            ),
            "statement": f"{words}.",
        },
        rows[apart],
        difference[apart],
        [f"{noun(taken)} {a:,}, for {name} {b:,}"
         for a, b in zip(here[apart].tolist(), other[apart].tolist(), strict=True)],
    )  # fmt: skip
