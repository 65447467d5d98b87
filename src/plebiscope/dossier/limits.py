"""The words for detection limits: how large a departure had to be, so that a test would have noticed it."""

from __future__ import annotations

from collections.abc import Mapping

from plebiscope.calibrate.size import ROWS
from plebiscope.dossier.numbers import per_cent, with_unit
from plebiscope.dossier.text import plain
from plebiscope.model.finding import Limit, Measurement
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


def told_in_full(found: Limit, measurement: Measurement, sums: Mapping[str, int]) -> Limit:
    """Fill in what follows from a limit: the ballots of so many stations, and their share of all.

    Parameters
    ----------
    found
        The limit.
    measurement
        The answer that it belongs to.
    sums
        Sums of the columns of the table.
    """
    rows = _rows(found)
    n, cast = measurement.n, sums.get("cast")
    if rows is None or not n:
        return found
    votes = found.votes
    if votes is None and cast is not None and measurement.scope.level == "contest":
        votes = rows * cast / n
    return found.model_copy(update={"votes": votes, "share": rows / n if rows <= n else None})


def limit(found: Limit | None, stations: int | None = None, why: str = "") -> str:
    """Say what ``none`` is worth: the smallest departure that would have been seen.

    Parameters
    ----------
    found
        The limit; null where it is not known.
    stations
        Number of stations that the answer rests on, of which the limit is a share.
    why
        Why it is not known.
    """
    if found is None:
        because = f", because {why}" if why else ""
        return (
            f"How large a departure this test could have missed is not known{because}; this reassures nobody."
        )
    if found.how == "range":
        up_to = f"reach up to {limit_size(found)}" if found.dose else "have none at all"
        unseen = "anything up to that can have gone unseen"
        return f"Reference votes {up_to}, in whatever stations; {unseen}.{uncounted(found)}"
    size = limit_size(found, stations)
    much = f" on about {size}{_range_of(found)}" if size else ""
    if found.unit == "votes" and found.stations is None:
        much += ", which concerns the vote as a whole and not single stations,"
    more = lost_again(found)
    return (
        f"With a chance of {power(found)} the test would have noticed {plain(found.mechanism, 200)}{much}"
        f"{more}{_TOLD_BY.get(found.how, '')}; anything smaller{', larger' if more else ''}, or of another "
        f"kind, can have gone unseen.{uncounted(found)}"
    )


def uncounted(found: Limit) -> str:
    """Say why a limit has neither votes nor stations; nothing where it has either."""
    if found.votes is not None or _rows(found) is not None or found.dose is None:
        return ""
    return f" How many stations or votes that would take is not known, because it is counted in {found.unit}."


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


def limit_size(found: Limit, stations: int | None = None) -> str:
    """Say how large a departure had to be, in whole stations, and which share of so many stations that is."""
    size = []
    rows = _rows(found)
    if rows is not None:
        least = max(1, round(rows))
        share = ""
        if stations:
            share = f" ({part(100.0 * least / stations) if least <= stations else 'more than there are'})"
        size.append(f"{with_unit(least, 'stations' if found.stations is not None else found.unit)}{share}")
    elif found.dose is not None and found.unit != "votes":
        size.append(with_unit(found.dose, found.unit))
    if found.votes is not None:
        size.append(with_unit(found.votes, "votes"))
    return " or ".join(size)
