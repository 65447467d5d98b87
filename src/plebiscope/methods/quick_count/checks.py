"""What is checked of a sample on the table."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from plebiscope.kernels import reassignment
from plebiscope.kernels.resampling import effective
from plebiscope.methods.quick_count.missing import missing_alike
from plebiscope.methods.quick_count.sample import Floats, Sample, strata
from plebiscope.model.finding import Assumption, State
from plebiscope.model.wording import counted, per_cent, written

_APART = 3.0
"""Standard errors from which official figures of the sampled stations do not give the official result."""
_MANY = 30.0
"""Tallies of equal size below which intervals are rather too narrow, most where stations differ in size."""


def checked(sample: Sample) -> Iterator[Assumption]:
    """Check whether the sampled stations stand for all, and whether missing tallies can matter."""
    yield _by_chance(sample)
    yield missing_alike(sample)
    size = sample.whole[sample.told]
    alike = effective(size)
    yield Assumption(
        name="there are enough tallies for the interval",
        state="holds" if alike >= _MANY else "doubtful",
        how=f"{len(size):,} tallies count like {written(alike, ',.0f')} of equal size; with fewer than "
        f"{_MANY:.0f} the interval tends to be too narrow",
    )
    yield Assumption(
        name="the sample tells what was counted at the station",
        state="unknown",
        how="the table gives figures, not the papers",
    )
    if sample.copies.strata or sample.beyond > 0.0:
        yield _all_of_it(sample)


def _all_of_it(sample: Sample) -> Assumption:
    """Say whether the sample can speak of all votes: of what lies outside its strata it says nothing."""
    name = "the rest of the vote is like the stations from which the sample was drawn"
    if sample.beyond <= 0.0:
        return Assumption(name=name, state="holds", how="no official votes are of other stations")
    outside = [f"{strata(sample.open)} without a tally"] if sample.open else []
    if special := int((~sample.subject.results.ordinary).sum()):
        outside.append(counted(special, "rows") + " that are no ordinary stations")
    return Assumption(
        name=name,
        state="doubtful",
        how=f"{' and '.join(outside)} hold {per_cent(100.0 * sample.beyond)} of the official votes, and are "
        "left out on both sides",
    )


def _by_chance(sample: Sample) -> Assumption:
    """Check whether official figures of the sampled stations, and their size, are those of a chance draw."""
    name = "the stations were drawn by chance"
    if sample.subject.returns is None:
        how = "no official results by station are part of this case"
        return Assumption(name=name, state="unknown", how=how)
    votes, first, second = sample.officially(), *list(sample.official)[:2]
    whole, every = np.sum(list(votes.values()), axis=0), np.ones(sample.drawn, dtype=bool)
    truth = (sample.official[first] - sample.official[second]) / sample.official_total
    state: State = "unknown"
    told = []
    found = sample.ratio(votes[first] - votes[second], whole, every)
    if found is not None and found.error > 0.0:
        z = (found.value - truth) / found.error
        state = "holds" if abs(z) <= _APART else "fails"
        told.append(
            f"by the official figures of the sampled stations the lead is "
            f"{written(100.0 * found.value, '.2f')} points, {written(z, '+.1f')} standard errors from the "
            f"{sample.called('lead')}"
        )
        if state == "fails":
            told.append("either they were not, or other stations have official figures of another kind")
    larger = _larger(sample, whole)
    if larger is not None:
        told.append(f"their official votes are {written(larger, '+.1f')} standard errors from the mean")
        if abs(larger) > _APART and state != "fails":
            state = "doubtful"
            told.append("where larger stations are drawn more often, they count too much here")
    if sample.undrawn:
        told.append(f"{counted(sample.undrawn, 'tallies')} of stations that were not drawn are left out")
    return Assumption(name=name, state=state, how="; ".join(told) or "nothing to compare")


def _larger(sample: Sample, whole: Floats) -> float | None:
    """Return by how many standard errors sampled stations are larger than a chance draw of them is."""
    table = sample.subject.results.table
    size = np.sum([table[name].cast(float).fill_null(0.0).to_numpy() for name in sample.official], axis=0)
    ordinary = sample.subject.results.ordinary
    drawn = np.zeros(len(size), dtype=bool)
    drawn[sample.rows] = True
    mean, variance = reassignment.moments(size[ordinary], drawn[ordinary], sample.codes[ordinary])
    return None if variance <= 0.0 else float((whole.sum() - mean) / math.sqrt(variance))
