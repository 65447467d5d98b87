"""Sampled stations without a tally: between what shares and the lead lie whatever they hold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from plebiscope.methods.quick_count.sample import POINTS, Sample
from plebiscope.model.finding import Assumption, Effect, State
from plebiscope.model.method import effect
from plebiscope.model.wording import counted, none_of, written

_APART = 3.0
"""Standard errors from which official figures of stations with a tally do not give the official result."""
_MISSING = 0.05
"""Share of missing tallies from which it is doubtful that they do not matter."""


def share_bounds(sample: Sample, option: str) -> Iterator[Effect]:
    """Return the share if all, and if none, of the votes of missing tallies were for an option."""
    if sample.told.all():
        return
    whole, every = sample.filled, np.ones(sample.drawn, dtype=bool)
    for words, filled in (("none", np.zeros(sample.drawn)), ("all", whole)):
        found = sample.ratio(np.where(sample.told, sample.votes[option], filled), whole, every)
        if found is not None:
            ends = tuple(100.0 * end for end in found.interval(sample.params.coverage))
            yield effect(
                f"share if {words} of the votes of missing tallies were for “{option}”",
                100.0 * found.value,
                POINTS,
                (ends[0], ends[1]),
                sample.params.coverage,
            )


def _lead_ends(sample: Sample, first: str, second: str) -> tuple[float, float, float, float] | None:
    """Return the lead in points if missing tallies were all for the second or first, and its interval."""
    if sample.told.all():
        return None
    whole, every = sample.filled, np.ones(sample.drawn, dtype=bool)
    lead = sample.votes[first] - sample.votes[second]
    low, high = (
        sample.ratio(np.where(sample.told, lead, sign * whole), whole, every) for sign in (-1.0, 1.0)
    )
    if low is None or high is None:
        return None
    ends = low.interval(sample.params.coverage)[0], high.interval(sample.params.coverage)[1]
    least, most, begin, end = (100.0 * one for one in (low.value, high.value, *ends))
    return least, most, begin, end


def lead_bounds(sample: Sample, first: str, second: str) -> Iterator[Effect]:
    """Return the lead if all votes of missing tallies were for the one or for the other."""
    found = _lead_ends(sample, first, second)
    if found is not None:
        what = "lead whatever missing tallies hold"
        yield effect(what, None, POINTS, found[:2])
        yield effect(f"{what}, with chance", None, POINTS, found[2:], sample.params.coverage)


def missing_alike(sample: Sample) -> Assumption:
    """Say whether missing tallies can matter."""
    missing = sample.drawn - int(sample.told.sum())
    state: State = "holds" if not missing else "unknown"
    told = [f"tallies are missing for {none_of(missing, counted(sample.drawn, 'sampled stations'))}"]
    if missing > _MISSING * sample.drawn:
        state = "doubtful"
    first, second = list(sample.official)[:2]
    ends = _lead_ends(sample, first, second)
    truth = 100.0 * (sample.official[first] - sample.official[second]) / sample.official_total
    if ends is not None and not ends[2] <= truth <= ends[3]:
        state = "holds"
        told.append(f"whatever they hold, the {sample.called('lead')} lies outside the interval")
    elif missing and sample.subject.returns is not None:
        votes = sample.officially()
        whole = np.sum(list(votes.values()), axis=0)
        found = sample.ratio(votes[first] - votes[second], whole, sample.told)
        if found is not None and found.error > 0.0:
            z = (found.value - truth / 100.0) / found.error
            told.append(
                f"by the official figures of the others the lead is {written(z, '+.1f')} standard errors "
                "from the official one"
            )
            if abs(z) > _APART:
                state = "doubtful"
    return Assumption(
        name="missing tallies are like the others of their stratum", state=state, how="; ".join(told)
    )
