"""What a case says of the stations and the results do not: groups, the order of reporting, votes held before.

It is put into the table of the returns, and a note says what came of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from plebiscope.intake.match import UNKNOWN, match
from plebiscope.intake.matching import normal
from plebiscope.model.beside import Beside, Match, State
from plebiscope.model.case import MARKED, Comparison, Provenance
from plebiscope.model.errors import InputError
from plebiscope.model.returns import Origin, Returns
from plebiscope.model.wording import counted

_SHOWN = 8
"""Most groups that a note counts one by one."""
_BETWEEN = " / "
"""What stands between the areas and the station in a name that is written in full."""


def with_groups(returns: Returns, groups: Mapping[str, Sequence[str]]) -> Returns:
    """Tell groups of stations by lists of their names.

    A name may have areas in front, as many as it takes to tell the station: ``"District 4 / 12"``.

    Raises
    ------
    InputError
        If a name is that of no station or of several, or of a station in another group already.
    """
    group: list[str | None] = [None] * len(returns)
    for label, stations in groups.items():
        rows = _called(returns, stations, f"which is said to be in the group {label!r}")
        for said, row in zip(stations, rows, strict=True):
            if group[row] not in (None, label):
                raise InputError(f"the station {said!r} is in two groups, {group[row]!r} and {label!r}")
            group[row] = label
    table = returns.table.with_columns(pl.Series("group", group, dtype=pl.String))
    origin = Origin((), "lists of stations in the case")
    return replace(
        returns,
        table=table,
        extras=(*returns.extras, "group"),
        columns={**returns.columns, "group": origin},
    )


def with_marks(returns: Returns) -> Returns:
    """Tell groups of stations by their marks; those without one are ``ordinary``.

    Raises
    ------
    InputError
        If no station is marked.
    """
    if not returns.marked:
        raise InputError(
            f"groups are to be told by {MARKED!r}, and no station is electronic, postal, abroad or special",
            expected="a column that tells groups, or lists of stations",
        )
    table = returns.table.with_columns(group=pl.col("mark").fill_null("ordinary"))
    origin = Origin((), "what kind of station it is")
    return replace(
        returns,
        table=table,
        extras=(*returns.extras, "group"),
        columns={**returns.columns, "group": origin},
    )


def check_comparison(returns: Returns, comparison: Comparison | None) -> None:
    """See that the table has the groups and areas that a comparison speaks of.

    Raises
    ------
    InputError
        If it has not.
    """
    if comparison is None:
        return
    known = returns.table["group"].drop_nulls().unique().sort().to_list()
    for label in (comparison.group, comparison.against, comparison.lost):
        if label is not None and label not in known:
            raise InputError(
                f"the case compares the group {label!r}, and no station is in it",
                expected=" or ".join(repr(name) for name in known[:_SHOWN]) or "stations with a group",
                todo="write the group as it stands in the column",
            )
    for name in comparison.within:
        if name not in returns.areas:
            raise InputError(
                f"stations are to be compared within {name!r}, and no area column is called so",
                expected=" or ".join(map(repr, returns.areas)) or "results with areas",
                todo="name area columns as `plebiscope read` shows them",
            )


@dataclass(frozen=True, slots=True)
class Drawn:
    """How the tallies of a sample and the list of stations that were drawn differ, as rows of the results."""

    silent: tuple[int, ...] = ()
    """Stations that were drawn and have no tally."""
    undrawn: tuple[int, ...] = ()
    """Stations that have a tally and were not drawn."""


def drawn(returns: Returns | None, sample: Provenance, matched: Match) -> Drawn:
    """Hold the tallies of a sample against the list of those drawn, and see that the results have its strata.

    Raises
    ------
    InputError
        If there is no such area column, or a station that was drawn is not in the results.
    """
    areas = returns.areas if returns is not None else ()
    for name in sample.strata:
        if name not in areas:
            raise InputError(
                f"the sample of {sample.source!r} is said to be drawn within {name!r}, and no area column of "
                "the results is called so",
                expected=" or ".join(map(repr, areas)) or "results with areas",
                todo="name area columns as `plebiscope read` shows them, or leave `strata` out",
            )
    if returns is None or not sample.drawn:
        return Drawn()
    what = f"which is said to be drawn for the sample of {sample.source!r}"
    rows, told = {*_called(returns, sample.drawn, what)}, {*matched.pairs[1].tolist()}
    return Drawn(tuple(sorted(rows - told)), tuple(sorted(told - rows)))


def _called(returns: Returns, stations: Sequence[str], what: str) -> list[int]:
    """Find the row of each station by its name, with areas in front where it takes that.

    Raises
    ------
    InputError
        If a name is that of no station or of several; ``what`` says of what.
    """
    wanted = pl.DataFrame({"said": stations}, schema={"said": pl.String})
    wanted = wanted.with_columns(_path(wanted["said"]).alias("name"))
    found = wanted.join(_names(returns), on="name", how="left", maintain_order="left")
    for said, row, several in found.select("said", "row", "len").iter_rows():
        if row is None:
            raise InputError(
                f"no station is called {said!r}, {what}",
                expected="the name of a station in the results",
                todo='put the area in front where it takes that: "District 4 / 12"',
            )
        if several > 1:
            raise InputError(
                f"{several:,} stations are called {said!r}, {what}",
                expected="a name that only one station has",
                todo='put areas in front, from large to small: "District 4 / 12"',
            )
    return [int(row) for row in found["row"]]


def _names(returns: Returns) -> pl.DataFrame:
    """List every name by which a station can be called: its own, and with areas in front of it."""
    path = [*returns.areas, *(["station"] if returns.level == "station" else [])]
    parts = []
    for start in range(len(path)):
        full = pl.concat_str(pl.col(path[start:]), separator=_BETWEEN)
        called = returns.table.select(full.alias("name"))["name"]
        parts.append(pl.DataFrame({"name": _path(called), "row": np.arange(len(called))}).drop_nulls())
    if not parts:
        return pl.DataFrame(schema={"name": pl.String, "row": pl.Int64, "len": pl.UInt32})
    every = pl.concat(parts).unique()
    return every.group_by("name").agg(pl.col("row").first(), pl.len())


def _path(names: pl.Series) -> pl.Series:
    """Bring names with areas in front into the form in which they are compared, part by part."""
    return normal(names).str.replace_all(r"\s*/\s*", _BETWEEN).str.replace_all(r"(^|/ )0+(\d)", "$1$2")


def same_stations(before: Returns, final: Returns) -> Match:
    """Find the final row of each station of an earlier state of a count.

    Where a number tells every station of the country apart it is enough: areas are renamed during a count.
    """
    keys = [normal(returns.table["station"]) for returns in (before, final)]
    if any(key.null_count() or key.n_unique() < len(key) for key in keys):
        return match(before, final)
    own, there = (pl.DataFrame({"key": key, "row": np.arange(len(key))}) for key in keys)
    found = own.join(there, on="key", how="left", suffix="_there", maintain_order="left")["row_there"]
    rows = found.fill_null(-1).to_numpy()
    lost = np.flatnonzero(rows < 0)
    return Match(rows, {UNKNOWN: lost} if len(lost) else {}, "station")


def with_states(returns: Returns, states: Sequence[State]) -> Returns:
    """Tell by the earlier states of a count when each station was reported, as far as they can.

    Parameters
    ----------
    states
        From early to late.
    """
    when: list[dt.datetime | None] = [None] * len(returns)
    notes = []
    for state in states:
        own, there = state.match.pairs
        told = _has_votes(state.returns)[own]
        for row in there[told].tolist():
            when[row] = when[row] or state.reported
        lost, changed = len(state.returns) - len(own), _changed(returns, state)
        so_many = f"{changed:,} {'has' if changed == 1 else 'have'}" if changed else "none has"
        notes.append(
            f"The count as it stood at {state.reported:%Y-%m-%d %H:%M:%S}: {int(told.sum()):,} of "
            f"{len(returns):,} stations; of these {so_many} other figures in the results"
            + (f"; {lost:,} of its rows are no station of the results." if lost else ".")
        )
    table = returns.table.with_columns(pl.Series("reported", when, dtype=pl.Datetime("us")))
    origin = Origin((), "the first of the earlier states of the count that holds votes for the station")
    return replace(
        returns,
        table=table,
        extras=(*returns.extras, "reported"),
        columns={**returns.columns, "reported": origin},
        notes=(*returns.notes, *notes),
    )


def _has_votes(returns: Returns) -> np.ndarray:
    names = returns.options or returns.quantities
    return returns.table.select(pl.any_horizontal(pl.col(names).is_not_null())).to_series().to_numpy()


def _changed(returns: Returns, state: State) -> int:
    """Count the stations of which a state gives a count that is another in the end."""
    own, there = state.match.pairs
    changed = np.zeros(len(own), dtype=bool)
    for name in (*returns.options, *returns.published):
        if name in state.returns.options or name in state.returns.published:
            before, after = state.returns.table[name].gather(own), returns.table[name].gather(there)
            changed |= (before != after).fill_null(value=False).to_numpy()
    return int(changed.sum())


def in_words(returns: Returns, pairs: Sequence[Beside], bare: Sequence[str]) -> Returns:
    """Note what came of the groups, of the order of reporting and of the contests at the same stations.

    Parameters
    ----------
    pairs
        Contests at the same stations.
    bare
        Names of such contests without results.

    Raises
    ------
    InputError
        If the column of groups tells nearly every station from the others, or says nothing.
    """
    notes = []
    if "group" in returns.extras:
        notes.append(_groups_in_words(returns))
    if "reported" in returns.extras:
        known = returns.table["reported"].drop_nulls()
        ends = f", from {known.sort()[0]} to {known.sort()[-1]}" if len(known) else ""
        notes.append(f"When it was reported is known of {len(known):,} of {len(returns):,} stations{ends}.")
    for other in pairs:
        met, name = len(other.match.pairs[0]), other.contest.name
        notes.append(
            f"Held at the same stations as {name}: {met:,} of the {len(other.returns):,} there are among the "
            f"{len(returns):,} here, told by {other.match.by}."
        )
    notes += [f"Held at the same stations as {name}, of which this case has no results." for name in bare]
    return replace(returns, notes=(*returns.notes, *notes))


def _groups_in_words(returns: Returns) -> str:
    counts = returns.table["group"].drop_nulls().value_counts()
    counts = counts.sort("count", "group", descending=[True, False])
    where = returns.columns["group"].headers
    if not counts.height or counts.height > max(2, len(returns) // 2):
        raise InputError(
            "the column of groups says nothing" if not counts.height
            else f"the column of groups has {counts.height:,} different values in {len(returns):,} rows",
            where=where[0] if where else None,
            expected="a column of a few values that tell groups of stations",
        )  # fmt: skip
    listed = [f"{name}: {counted(count, 'stations')}" for name, count in counts.head(_SHOWN).iter_rows()]
    if counts.height > _SHOWN:
        listed.append(f"{counts.height - _SHOWN:,} more groups")
    if silent := len(returns) - int(counts["count"].sum()):
        listed.append(f"no group is said for {silent:,}")
    by = f"the column {where[0]!r}" if where else "lists in the case"
    return f"Groups of stations, by {by}: {'; '.join(listed)}."
