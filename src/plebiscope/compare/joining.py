"""The same stations before and after: which are joined, how they changed, and which are left over."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.compare.keys import RATIO, Match, match, same, shared_areas
from plebiscope.compare.record import Area, Cell, Changes, Joined, Left, Station
from plebiscope.compare.sides import Read
from plebiscope.dossier.explored import Vote, ratio
from plebiscope.dossier.text import name
from plebiscope.model.wording import counted, listed, part, per_cent

Floats = NDArray[np.float64]

STEPS = 25
"""Cells of the picture of changes on either side of nought."""
SHOWN = 99.0
"""Per cent of the stations that the picture of changes shows at least."""
LISTED = 50
"""Stations that are listed, changed most or left over."""
AREAS = 300
"""Areas that are listed at most."""
VOTERS = 100
"""Stations with fewer voters are not listed: a few people make many points there."""
BETTER = 0.5
"""Part of the way from chance to certainty that a check of the names must reach."""
BLIND = 0.8
"""Where so many pairs would be alike by chance, the check cannot tell."""


@dataclass(frozen=True)
class Join:
    """What was joined, and all of it as tables to take away."""

    record: Joined
    pairs: pl.DataFrame
    left: pl.DataFrame


def join(sides: tuple[Read, Read], at: tuple[int, int], area: str | None = None) -> Join:
    """Join the stations of two votes, and tell how they changed.

    Parameters
    ----------
    sides
        The earlier and the later vote.
    at
        Their places in the comparison.
    area
        Column of the later table by which areas are listed; by default the largest that both have.
    """
    before, after = sides[0].vote, sides[1].vote
    reason = _hindrance(sides)
    found = match(before, after) if before is not None and after is not None and not reason else None
    if before is None or after is None or found is None:
        sizes = tuple(0 if vote is None else vote.table.height for vote in (before, after))
        why = reason or "No station of one is called like a station of the other, so none can be joined."
        empty = Joined(
            before=at[0],
            after=at[1],
            stations=(sizes[0], sizes[1]),
            ratio=RATIO,
            left=(0, 0),
            sentences=(why,),
        )
        return Join(empty, pl.DataFrame(), pl.DataFrame())
    return _joined(sides, (before, after), at, found, area)


def _hindrance(sides: tuple[Read, Read]) -> str | None:
    """Say why nothing can be joined."""
    for side in sides:
        if side.vote is None:
            return f"No station of {side.side.name} was published, so none can be followed."
        if side.dossier.masked is not None and side.dossier.masked.stations:
            return f"Stations of {side.side.name} have pseudonyms in this copy, so none can be followed."
    levels = {side.side.level for side in sides}
    if levels != {"station"} and len(levels) > 1:
        return "One was published by station and the other by area, so stations cannot be followed."
    return None


def _joined(
    sides: tuple[Read, Read], votes: tuple[Vote, Vote], at: tuple[int, int], found: Match, area: str | None
) -> Join:
    checked = bool(found.checked.any())
    used = found.alike if checked else np.ones(len(found.before), dtype=bool)
    areas = shared_areas(*votes)
    column = next((pair for pair in areas if pair[1] == area), areas[0] if areas else None)
    pairs = _pairs(votes, found, used, areas)
    mine = pairs.filter(pl.col("same place"))
    left = _left(votes, found, areas)
    rows = [found.before[used], found.after[used]]
    whole = [_whole(vote, chosen) for vote, chosen in zip(votes, rows, strict=True)]
    turnout, share = ((whole[0][name], whole[1][name]) for name in ("turnout", "share"))
    ranked, small = _ranked(mine, turnout, share)
    trusted = _trusted(found)
    areas_told, more = _by_area(votes, rows, left, column) if column and trusted else ((), 0)
    record = Joined(
        before=at[0],
        after=at[1],
        by=found.by,
        stations=(votes[0].table.height, votes[1].table.height),
        joined=len(found.before),
        checked=int(found.checked.sum()),
        alike=int(found.alike.sum()),
        ratio=RATIO,
        by_chance=found.by_chance,
        used=int(used.sum()),
        left=(left.filter(pl.col("side") == "before").height, left.filter(pl.col("side") == "after").height),
        turnout=turnout,
        share=share,
        trusted=trusted,
        changes=_changes(mine) if trusted else None,
        most=tuple(
            _station(row, [pair[1] for pair in areas]) for row in ranked.head(LISTED * trusted).to_dicts()
        ),
        small=small,
        by_area=areas_told,
        more_areas=more,
        area=column[1] if column else None,
        areas=tuple(pair[1] for pair in areas),
        left_over=tuple(
            Left.model_validate(
                {
                    "side": row["side"],
                    "station": row["station"],
                    "areas": {pair[1]: row[pair[1]] for pair in areas},
                    "why": row["why"],
                }
            )
            for row in left.head(LISTED).to_dicts()
        ),
        sentences=(),
    )
    return Join(record.model_copy(update={"sentences": tuple(_told(sides, record))}), pairs, left)


def _trusted(found: Match) -> bool:
    """Tell whether the same name names the same place often enough, as far as that can be checked."""
    checked, chance = int(found.checked.sum()), found.by_chance
    if not checked or chance is None or chance > BLIND:
        return True
    return float(found.alike.sum()) / checked - chance >= BETTER * (1.0 - chance)


def _pairs(
    votes: tuple[Vote, Vote], found: Match, used: NDArray[np.bool_], areas: tuple[tuple[str, str], ...]
) -> pl.DataFrame:
    """Lay the figures of each pair beside each other, those that are not the same place included."""
    columns: list[pl.Series] = []
    later = votes[1].table[found.after]
    columns += [later[after].alias(after) for _, after in areas]
    for side, vote, rows in (("before", votes[0], found.before), ("after", votes[1], found.after)):
        table = vote.table[rows]
        columns.append(table["station"].alias(f"station {side}"))
        registered = "registered" in table.columns
        columns.append(
            table["registered"].alias(f"registered {side}")
            if registered
            else pl.Series(f"registered {side}", [None] * table.height, pl.Int64)
        )
        columns.append(pl.Series(f"turnout % {side}", vote.turnout[rows], nan_to_null=True))
        columns.append(pl.Series(f"share % {side}", vote.share[rows], nan_to_null=True))
    names = [series.name for series in columns]
    # An area called like one of ours would hide it.
    columns = [
        series.alias(f"{series.name} (area)") if names.count(series.name) > 1 and at < len(areas) else series
        for at, series in enumerate(columns)
    ]
    return pl.DataFrame(columns).with_columns(
        *(
            (pl.col(f"{name} after") - pl.col(f"{name} before")).alias(f"change of {name.removesuffix(' %')}")
            for name in ("turnout %", "share %")
        ),
        pl.Series("same place", used),
    )


def _left(votes: tuple[Vote, Vote], found: Match, areas: tuple[tuple[str, str], ...]) -> pl.DataFrame:
    """List what is in no pair, and why."""
    parts = []
    for at, (side, vote, rows) in enumerate(
        (("before", votes[0], found.before), ("after", votes[1], found.after))
    ):
        free = np.ones(vote.table.height, dtype=bool)
        free[rows] = False
        many = np.zeros(vote.table.height, dtype=bool)
        many[found.twice[at]] = True
        parts.append(
            vote.table.select(
                pl.lit(side).alias("side"),
                pl.col("station"),
                *(pl.col(pair[at]).alias(pair[1]) for pair in areas),
                pl.when(pl.Series(many))
                .then(pl.lit("not unique"))
                .otherwise(pl.lit("no partner"))
                .alias("why"),
            ).filter(pl.Series(free))
        )
    return pl.concat(parts)


def _whole(vote: Vote, rows: NDArray[np.int64]) -> dict[str, float | None]:
    table = vote.table[rows]
    numerator, denominator = vote.of
    return {
        "turnout": ratio(table, numerator, "registered") if numerator else None,
        "share": ratio(table, vote.option, denominator) if vote.option and denominator else None,
    }


def _changes(mine: pl.DataFrame) -> Changes | None:
    """Count the stations by their two changes."""
    x, y = (mine[f"change of {name}"].fill_null(float("nan")).to_numpy() for name in ("turnout", "share"))
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        return None
    x, y = x[known], y[known]
    far = float(np.percentile(np.maximum(np.abs(x), np.abs(y)), SHOWN))
    reach = min(100.0, max(5.0, 5.0 * math.ceil(far / 5.0)))
    step = reach / STEPS
    inside = (np.abs(x) <= reach) & (np.abs(y) <= reach)
    column, row = (np.minimum((v[inside] + reach) // step, 2 * STEPS - 1).astype(np.int64) for v in (x, y))
    counts = np.bincount(column * 2 * STEPS + row, minlength=4 * STEPS * STEPS)
    cells: list[Cell] = [
        (int(k // (2 * STEPS)), int(k % (2 * STEPS)), int(counts[k])) for k in np.flatnonzero(counts)
    ]
    return Changes(
        reach=reach,
        step=step,
        cells=tuple(cells),
        beyond=int((~inside).sum()),
        unknown=int((~known).sum()),
    )


def _ranked(
    mine: pl.DataFrame,
    turnout: tuple[float | None, float | None],
    share: tuple[float | None, float | None],
) -> tuple[pl.DataFrame, int]:
    """Order stations by how far their change lies from that of all together; count those too small for it."""
    far = [
        (pl.col(f"change of {name}") - (after - before)).abs()
        for name, (before, after) in (("turnout", turnout), ("share", share))
        if before is not None and after is not None
    ]
    if not far:
        return mine.head(0), 0
    few = (pl.col("registered before") < VOTERS) | (pl.col("registered after") < VOTERS)
    large = mine.filter(~few.fill_null(value=False))
    ranked = large.with_columns(pl.max_horizontal(far).alias("far")).drop_nulls("far")
    return ranked.sort("far", descending=True, maintain_order=True), mine.height - large.height


def _station(row: dict[str, object], areas: list[str]) -> Station:
    def both(name: str) -> tuple[object, object]:
        return row[f"{name} before"], row[f"{name} after"]

    return Station.model_validate(
        {
            "before": row["station before"],
            "after": row["station after"],
            "areas": {area: row.get(f"{area} (area)", row.get(area)) for area in areas},
            "registered": both("registered"),
            "turnout": both("turnout %"),
            "share": both("share %"),
        }
    )


def _by_area(
    votes: tuple[Vote, Vote], rows: list[NDArray[np.int64]], left: pl.DataFrame, column: tuple[str, str]
) -> tuple[tuple[Area, ...], int]:
    """Add up the pairs of each area of the later table; say how many areas more there are than are listed."""
    key = votes[1].table[rows[1]].select(same(pl.col(column[1]).fill_null("")).alias("key"))["key"]
    names = votes[1].table[rows[1]][column[1]].fill_null("")
    over = (
        left.with_columns(same(pl.col(column[1]).fill_null("")).alias("key"))
        .group_by("key", "side")
        .agg(pl.len().alias("n"), pl.col(column[1]).first().fill_null("").alias("name"))
    )
    missing = {(row["key"], row["side"]): int(row["n"]) for row in over.to_dicts()}
    called = {row["key"]: str(row["name"]) for row in over.to_dicts()} | dict(zip(key, names, strict=True))
    groups = pl.DataFrame({"key": key}).with_row_index("at").group_by("key").agg("at")
    members = {row["key"]: np.asarray(row["at"], dtype=np.int64) for row in groups.to_dicts()}
    found = []
    for one in sorted(called, key=lambda k: called[k])[:AREAS]:
        here = members.get(one, np.zeros(0, dtype=np.int64))
        whole = [_whole(vote, chosen[here]) for vote, chosen in zip(votes, rows, strict=True)]
        found.append(
            Area(
                name=called[one],
                joined=len(here),
                left_before=missing.get((one, "before"), 0),
                left_after=missing.get((one, "after"), 0),
                turnout=(whole[0]["turnout"], whole[1]["turnout"]),
                share=(whole[0]["share"], whole[1]["share"]),
            )
        )
    return tuple(found), len(called) - len(found)


def _told(sides: tuple[Read, Read], record: Joined) -> list[str]:
    """Say in plain sentences what was joined, how far to trust it, and what changed."""
    noun = "areas" if sides[1].side.level == "area" else "stations"
    by = listed([_called(before, after) for before, after in record.by])
    (first, second), (over, too) = record.stations, record.left
    told = [
        f"Of {first:,} and {second:,} {noun}, {record.joined:,} are called the same in both (by {by}); "
        f"{over:,} of the first and {too:,} of the second vote are left over."
    ]
    if record.checked:
        told += _checked(record)
    elif record.joined:
        told.append(
            "Whether these are the same places cannot be checked, because the voters on the list are not "
            "known in both."
        )
    changed = []
    if None not in record.turnout:
        changed.append(f"turnout went {_from_to(record.turnout)}")
    if None not in record.share:
        options = [name(side.side.option) for side in sides]
        whose = " and then of ".join(f"“{one}”" for one in dict.fromkeys(options))
        changed.append(f"the share of {whose} went {_from_to(record.share)}")
    if changed and record.used and record.trusted:
        told.append(f"In {counted(record.used, noun)}, {listed(changed)}.")
    told.append(
        "They change for many innocent reasons: borders and lists are redrawn, a garrison or a home moves, "
        "another kind of vote brings other people, and small stations vary most."
    )
    return told


def _called(before: str, after: str) -> str:
    return name(before) if before == after else f"{name(before)}, then {name(after)}"


def _checked(record: Joined) -> list[str]:
    """Say how many pairs look like the same place, and how many would by chance."""
    alike = 100.0 * record.alike / record.checked
    chance = 100.0 * (record.by_chance or 0.0)
    told = [
        f"{record.alike:,} of {counted(record.checked, 'pairs')} ({part(alike)}) look like the same place: "
        f"neither list of voters is longer than the other by more than a half. Of pairs put together by lot, "
        f"{part(chance)} would."
    ]
    if not record.trusted:
        told.append(
            "By this check the same name mostly does not name the same place, so how single stations changed "
            "is not shown."
        )
        return told
    if (record.by_chance or 0.0) > BLIND:
        told.append("All are about as large, so this check cannot tell whether they are the same places.")
    told.append(f"Only those {record.alike:,} are looked at below.")
    return told


def _from_to(values: tuple[float | None, float | None]) -> str:
    before, after = ("–" if value is None else per_cent(value) for value in values)
    return f"from {before} to {after}"
