"""The words for detection limits: how large a departure had to be, so that a test would have noticed it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from plebiscope.calibrate.multiplicity import LEVEL
from plebiscope.dossier.numbers import per_cent, with_unit
from plebiscope.dossier.text import plain
from plebiscope.model.finding import Limit, Measurement
from plebiscope.model.size import ROWS, least
from plebiscope.model.wording import part

_CERTAIN = 0.999
"""Power above which no more digits are told: no test is certain to notice."""

_TOLD_BY: Mapping[str, str] = {
    "simulated": " in votes simulated to look like this table",
    "table": " in simulated votes of an invented country",
}
"""How a limit is known that does not follow from the table itself."""


def _rows(found: Limit) -> float | None:
    """Return a limit in stations or counting areas; null where it is no number of them."""
    if found.stations is not None:
        return found.stations
    return found.dose if found.unit.startswith(ROWS) else None


def told_in_full(
    found: Limit, measurement: Measurement, sums: Mapping[str, int], rows: int | None = None
) -> Limit:
    """Fill in what follows from a limit: the ballots of so many stations, and their share of all.

    Parameters
    ----------
    found
        The limit.
    measurement
        The answer that it belongs to. What it rests on can be fewer than all stations, as those that differ.
    sums
        Sums of the columns of the table.
    rows
        Stations, or counting areas, of the table; null where there is none.
    """
    found = _at_least(found, measurement)
    several, cast = _rows(found), sums.get("cast")
    in_all = measurement.scope.level == "contest"
    whole = rows if in_all else measurement.n
    if several is None or not whole:
        return found
    votes, share = found.votes, found.share
    if votes is None and cast is not None and in_all:
        votes = several * cast / whole
    if several <= whole and (in_all or share is None):
        share = several / whole
    return found.model_copy(update={"votes": votes, "share": share})


def _at_least(found: Limit, measurement: Measurement) -> Limit:
    """Raise a limit from simulated votes, where only p counts, to as many stations as matter."""
    several, effect = _rows(found), measurement.effect
    if not several or found.how not in _TOLD_BY or effect is None or effect.unit not in ROWS:
        return found
    matter = math.ceil(round(least(effect.unit, measurement.n), 9))
    if several >= matter:
        return found
    grown = {
        name: value * matter / several
        for name in ("dose", "stations", "votes")
        if (value := getattr(found, name)) is not None
    }
    high = found.high if found.high is not None and found.high > matter else None
    return found.model_copy(update={**grown, "low": None, "high": high, "floor": float(matter)})


def beyond(found: Limit, rows: int | None) -> str:
    """Say that a limit is more than there are stations, so that it is none; empty where it is not."""
    several = _rows(found)
    if several is None or rows is None or several <= rows:
        return ""
    return f"it would take about {_so_many(found, several)}, and there are {rows:,}"


def limit(found: Limit | None, why: str = "", none: str = "") -> str:
    """Say what ``none`` is worth: the smallest departure that would have been seen.

    Parameters
    ----------
    found
        The limit; null where it is not known, or there is none.
    why
        Why it is not known.
    none
        Why there is none.
    """
    if none:
        return (
            "Even the largest departure of the kind that this test looks for could have been missed, because "
            f"{none}; this reassures nobody."
        )
    if found is None:
        because = f", because {why}" if why else ""
        return (
            f"How large a departure this test could have missed is not known{because}; this reassures nobody."
        )
    if found.how == "range":
        up_to = f"{'reach up to' if found.dose else 'have'} {limit_size(found)}"
        unseen = "anything up to that can have gone unseen"
        return f"Reference votes {up_to}, in whatever stations; {unseen}.{uncounted(found)}"
    size = limit_size(found, share=True)
    at = "of" if _rows(found) is None else "on"
    much = f" {at} about {size}{_range_of(found)}" if size else ""
    if found.unit == "votes" and found.stations is None:
        much = f" (about {size}; that concerns the vote as a whole and not single stations)"
    more = lost_again(found)
    return (
        f"With a chance of {power(found)} the test{_after(found)} would have noticed "
        f"{plain(found.mechanism, 200)}{much}"
        f"{more}{_TOLD_BY.get(found.how, '')}; anything smaller{', larger' if more else ''}, or of another "
        f"kind, can have gone unseen.{_set_by(found)}{uncounted(found)}"
    )


def _after(found: Limit) -> str:
    """Say at which level a test has to notice: by itself, or also after correction."""
    if found.level is None:
        return " by itself"
    return ", even after correction for all that was tested," if found.level < LEVEL else ""


def _set_by(found: Limit) -> str:
    """Say which estimates are held too small to matter, where that and not chance sets a limit."""
    if found.floor is None:
        return ""
    below = with_unit(found.floor, found.unit)
    return f" It is set by what matters: an estimate below {below} is held too small."


def uncounted(found: Limit) -> str:
    """Say why a limit has neither votes nor stations; nothing where it has either."""
    if found.votes is not None or _rows(found) is not None or found.dose is None:
        return ""
    counted_in = f"is counted in {found.unit}" if found.unit else "is a number without a unit"
    return f" How many stations or votes that would take is not known, because it {counted_in}."


def lost_again(found: Limit) -> str:
    """Say from which dose on a mechanism is not noticed any more; empty where it is, up to the whole."""
    if found.lost is None:
        return ""
    return f", and no longer from {with_unit(round(found.lost), found.unit)} on"


def _range_of(found: Limit) -> str:
    """Write the 90 % interval of a dose, in whole stations; empty where none is known."""
    low, high = (None if end is None else f"{max(1, round(end)):,}" for end in (found.low, found.high))
    if low is None and high is None:
        return ""
    span = f"{low} to {high}" if low and high else f"at most {high}" if high else f"at least {low}"
    return f" (90 % interval: {span} {found.unit})"


def power(found: Limit) -> str:
    """Say with which chance a departure of that size is noticed: no test is certain to."""
    return f"more than {per_cent(_CERTAIN)}" if found.power > _CERTAIN else per_cent(found.power)


def limit_size(found: Limit, *, share: bool = False) -> str:
    """Say how large a departure had to be, in whole stations, and if wanted which share of all that is."""
    if found.how == "range" and not found.dose:
        return "none at all"
    size = []
    rows = _rows(found)
    if rows is not None:
        of_all = f" ({part(100.0 * found.share)})" if share and found.share is not None else ""
        size.append(f"{_so_many(found, rows)}{of_all}")
    elif found.dose is not None and found.unit != "votes":
        size.append(with_unit(found.dose, found.unit))
    if found.votes is not None:
        size.append(with_unit(found.votes, "votes"))
    return " or ".join(size)


def _so_many(found: Limit, rows: float) -> str:
    """Write a number of rows, in whole ones."""
    return with_unit(max(1, round(rows)), "stations" if found.stations is not None else found.unit)


def chance(found: Limit) -> str:
    """Say how a limit is meant, in brackets: with which chance it is noticed, or that others reach it."""
    if found.how == "range":
        return "(as much as reference votes reach)"
    return f"(with a chance of {power(found)}{', by itself' if found.level is None else ''})"
