"""What is checked on the table, and which late stations are farthest from the early ones of their place."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import log_ndtr

from plebiscope.kernels import reassignment
from plebiscope.methods.late_count.count import Count
from plebiscope.methods.late_count.places import Places
from plebiscope.model.finding import Assumption, State
from plebiscope.model.method import StationScore, most_surprising
from plebiscope.model.wording import counted, listed, none_of, per_cent, written

_UNTOLD = 0.05
"""Share of stations without a time of report from which it is doubtful that they do not matter."""
APART = 3.0
"""Standard deviations from which late stations are held to be unlike early ones in other ways too."""


def as_drawn(count: Count, undrawn: State) -> Assumption:
    """Say whether chance decided which stations of a place report late: nobody draws that.

    Parameters
    ----------
    count
        The count.
    undrawn
        What it is where the case does not hold it for as good as chance: ``fails`` of a number of votes,
        which only a design identifies.
    """
    name = "chance, or what is as good, decided which stations of a place report late"
    said = count.subject.contest.late_as_by_lot
    if said is not None:
        how = f"nobody drew that; as good as chance, as the case says: “{said}”"
        return Assumption(name=name, state="doubtful", how=how)
    how = "nobody drew that, and why a station reports late can go with how people vote there"
    return Assumption(name=name, state=undrawn, how=how)


def untold(count: Count) -> list[Assumption]:
    """Say how many stations are left out because nobody knows when they were reported."""
    left, n = count.without_time, len(count.order)
    if not left:
        return []
    return [
        Assumption(
            name="stations without a time of report are like the others",
            state="unknown" if left <= _UNTOLD * (n + left) else "doubtful",
            how=f"{counted(left, count.subject.rows_are)} of {n + left:,} are left out, because their time "
            "is not known",
        )
    ]


def alike(count: Count, places: Places) -> Assumption:
    """Check whether late stations differ from early ones of the same place in more than their votes."""
    inside = places.within()[0]
    table = count.subject.results.table[count.picked.rows]
    told: dict[str, pl.Series] = {
        "number of the station": table["station"].str.extract(r"(\d+)").cast(pl.Float64)
    }
    if "registered" in table.columns:
        told["registered voters"] = table["registered"].cast(pl.Float64)
    apart = {}
    for name, series in told.items():
        which = inside & series.is_not_null().to_numpy()
        if not which.any():
            continue
        late, strata = ~places.early[which], np.unique(places.code[which], return_inverse=True)[1]
        values = series.fill_null(0.0).to_numpy()[which]
        mean, variance = reassignment.moments(values, late, strata)
        if variance > 0.0:
            apart[name] = float((values[late].sum() - mean) / np.sqrt(variance))
    state: State = "unknown" if not apart else "holds"
    if apart and max(map(abs, apart.values())) > APART:
        state = "fails"
    told_words = listed([f"{name} {written(z, '+.1f')}" for name, z in apart.items()])
    how = f"inside places, late less early in standard deviations: {told_words or 'nothing to compare'}"
    if state == "fails":
        how += "; where small stations reported first, late ones differed in 12 to 100 of 100 fair votes"
    return Assumption(name="late stations of a place are like its early ones", state=state, how=how)


def unchanged(count: Count) -> list[Assumption]:
    """Check whether the figures of early stations stood when they were first told."""
    if not count.subject.states:
        return []
    first, final = count.subject.states[0], count.subject.results
    own, there = first.match.pairs
    changed = np.zeros(len(own), dtype=bool)
    moved = 0
    for option in final.options:
        if option in first.returns.options:
            apart = (final.table[option].gather(there) - first.returns.table[option].gather(own)).fill_null(0)
            changed |= (apart != 0).to_numpy()
            moved += int(apart.sum()) * ((option == count.leader) - (option == count.rival))
    share = float(changed.mean()) if len(changed) else 0.0
    return [
        Assumption(
            name="early figures were not changed later",
            state="holds" if share <= 0.01 else "doubtful",
            how=f"changed in {none_of(int(changed.sum()), counted(len(own), count.subject.rows_are))}, which "
            f"moved the lead by {written(moved, '+,')} votes; final figures are used",
        )
    ]


def near(places: Places) -> Assumption:
    """Tell how many of the late votes are predicted by early ones of the same place."""
    share = float(places.late_votes[places.both].sum() / max(1.0, places.late_votes.sum()))
    return Assumption(
        name="late stations lie in places that have early ones",
        state="holds" if share >= 0.5 else "doubtful",
        how=f"{per_cent(100.0 * share)} of the late votes do; the area around them predicts the others",
    )


def scores(count: Count, places: Places) -> tuple[StationScore, ...]:
    """Name late stations that are farthest from the early ones of their place, by how early ones scatter."""
    won = count.picked[count.leader].astype(np.float64)
    early_won = np.bincount(places.code, won * places.early, minlength=places.n)
    rate = np.divide(early_won, places.early_votes, out=np.zeros(places.n), where=places.both)[places.code]
    votes, around = places.votes, places.early_votes[places.code]
    usable = places.both[places.code] & (rate > 0.0) & (rate < 1.0) & (votes > 0.0)
    spread = np.where(usable, votes * rate * (1.0 - rate), 1.0)
    squares = np.where(usable, (won - votes * rate) ** 2 / spread, 0.0)
    own = usable & places.early
    free = int(own.sum()) - len(np.unique(places.code[own]))
    wide = max(1.0, float(squares[own].sum()) / max(1, free))
    z = np.sqrt(squares / (wide * (1.0 + votes / np.maximum(around, 1.0))))
    bits = np.where(usable & ~places.early, -(log_ndtr(-z) + np.log(2.0)) / np.log(2.0), 0.0)

    def reason(at: int) -> str:
        here = 100.0 * won[at] / votes[at]
        return (
            f"reported late: “{count.leader}” has {per_cent(here)} of the votes here, "
            f"{per_cent(100.0 * rate[at])} in early stations of the same place"
        )

    return most_surprising(count.picked.rows, np.maximum(bits, 0.0), count.params.listed, reason)
