"""Small less large beside the same in another vote at the same stations, for the option and for its rival."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from plebiscope.methods.small_stations.asking import UNIT, Used
from plebiscope.methods.small_stations.sizes import (
    Floats,
    Ints,
    difference,
    smallness,
    standardised,
    with_interval,
)
from plebiscope.model.beside import Beside
from plebiscope.model.finding import Assumption, Measurement
from plebiscope.model.method import Method, effect
from plebiscope.model.wording import counted, listed, noun, written

Ratio = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Laid:
    """Stations with both votes in neighbourhoods that are large enough; arrays of shape (n,)."""

    weight: Floats
    """How far each is small, by the voters of this vote."""
    areas: Ints
    here: list[Floats]
    there: list[Floats]
    """Each ratio, standardised in its vote."""

    @property
    def apart(self) -> list[Floats]:
        """Each ratio less the same in the other vote."""
        return [here - there for here, there in zip(self.here, self.there, strict=True)]


def ask(method: Method, used: Used, other: Beside, areas: Ints) -> list[Measurement]:
    """Compare small less large in this vote with the same in another one at the same stations."""
    asked: list[tuple[str, str | None, Ratio]] = [("turnout", None, ("cast", "registered"))]
    if used.option in other.returns.options:
        asked.append(("share", used.option, (used.option, used.base)))
    found = []
    for quantity, option, ratio in asked:
        laid = _lay(used, other, areas, [ratio])
        named = f"{quantity} beside another vote"
        slug = f"{quantity}-beside/{other.contest.id}"
        if isinstance(laid, str):
            found.append(method.untestable(used.subject, named, laid, option=option, slug=slug))
        else:
            found.append(_answer(method, used, other, laid, (quantity, option, slug), areas))
    return found


def _lay(used: Used, other: Beside, areas: Ints, ratios: Sequence[Ratio]) -> _Laid | str:
    """Pick the stations of which all ratios are known in both votes, and standardise them, or say why not."""
    there, names = other.returns, sorted({"registered", *(name for ratio in ratios for name in ratio)})
    lacks = [noun(name) for name in names if name not in {*there.quantities, *there.options}]
    if lacks:
        return f"“{other.contest.name}” has no {listed(lacks)}"
    own, rows = other.match.pairs
    row_then = np.full(len(used.subject.results), -1, dtype=np.int64)
    row_then[rows[there.ordinary[own]]] = own[there.ordinary[own]]
    at = row_then[used.stations.rows]
    then = {
        name: there.table[name].gather(np.maximum(at, 0)).cast(float).fill_null(-1.0).to_numpy()
        for name in names
    }
    known = at >= 0
    for part, whole in ratios:
        for counts in (then, used.stations):
            known &= (counts[whole] > 0) & (counts[part] >= 0) & (counts[part] <= counts[whole])
    place = used.place
    least, both = max(3, used.params.least_area), int(known.sum())
    known &= np.bincount(place, known)[place] >= least
    if not known.any():
        return (
            f"no area ({used.column}) has {least} {used.subject.rows_are} of which both votes are known and "
            f"possible; in all there are {both or 'none'}"
        )
    place = np.unique(place[known], return_inverse=True)[1]
    now, before = (
        [standardised((counts[part] / np.maximum(counts[whole], 1))[known], place) for part, whole in ratios]
        for counts in (used.stations, then)
    )
    weight = smallness(used.stations["registered"][known], place, used.params.part)
    if not all(np.isfinite(z).any() for z in (*now, *before)):
        return f"in each area all {used.subject.rows_are} with both votes have the same figure in one of them"
    return _Laid(weight, areas[known], now, before)


def _answer(
    method: Method,
    used: Used,
    other: Beside,
    laid: _Laid,
    named: tuple[str, str | None, str],
    areas: Ints,
) -> Measurement:
    quantity, option, slug = named
    name, coverage = other.contest.name, used.params.coverage
    value, ends, level = with_interval(laid.apart[0], laid.weight, laid.areas, coverage)
    here, there = (difference(z[0], laid.weight) for z in (laid.here, laid.there))
    effects = [
        effect("small less large here", here, UNIT),
        effect("small less large in the other vote", there, UNIT),
    ]
    what = "turnout" if option is None else f"the share of “{option}”"
    text = (
        f"At {counted(len(laid.weight), used.subject.rows_are)} with both votes, small less large is "
        f"{written(here, '+.2f')} standard deviations in {what} here and "
        f"{written(there, '+.2f')} in “{name}”."
    )
    rival = None if option is None else _rival(used, other)
    both = _lay(used, other, areas, [(used.option, used.base), (rival, used.base)]) if rival else ""
    if rival and not isinstance(both, str):
        first, second = both.apart
        triple = with_interval(first - second, both.weight, both.areas, coverage)
        effects.append(effect("the same less that of the largest other option", triple[0], UNIT, *triple[1:]))
        text += f" The difference of the two is, less that of {noun(rival)}, {written(triple[0], '+.2f')}."
    return method.answer(
        used.subject,
        f"{quantity} beside another vote",
        slug=slug,
        option=option,
        n=len(laid.weight),
        observed=value,
        effect=effect("small less large, less the same in the other vote", value, UNIT, ends, level),
        effects=tuple(effects),
        assumptions=(
            Assumption(
                name="small and large stations would differ alike in both votes",
                state="unknown",
                how="the two votes give counts, not why they differ",
            ),
        ),
        statement=text,
        params={**asdict(used.params), "with": name},
    )


def _rival(used: Used, other: Beside) -> str | None:
    """Return the largest other option that both votes have."""
    known = [name for name in used.stations.counts if name in used.subject.results.options]
    both = [name for name in known if name in other.returns.options and name != used.option]
    return max(both, key=lambda name: (used.subject.results.sums[name], name), default=None)
