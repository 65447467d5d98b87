"""Places with coordinates: whether the nearest are alike, and whether results jump where an area ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np

from plebiscope.kernels import borders, moran
from plebiscope.methods.neighbours.answers import Answer, Question
from plebiscope.methods.neighbours.pictures import ground_map
from plebiscope.methods.neighbours.sets import Floats, Ints
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Measurement
from plebiscope.model.method import effect
from plebiscope.model.wording import capital, counted, few, none_of, written

_DRAWN = 1800
NO_COORDINATES = "the table has no coordinates of stations, and names and numbers do not say which are near"


@dataclass(frozen=True)
class Places:
    """Stations put together where they have the same coordinates; arrays of shape (n,)."""

    longitude: Floats
    latitude: Floats
    values: Floats
    """How far their stations lie from the mean of the area, in standard deviations of one station."""
    area: Ints
    """Number of the area within which places are compared."""
    column: str
    """Its column."""
    outer: Ints
    """The next larger area, in which areas have borders; all 0 without one."""

    def __len__(self) -> int:
        return len(self.values)

    @property
    def points(self) -> Floats:
        """On a sphere, shape (n, 3)."""
        return moran.on_sphere(self.longitude, self.latitude)


def places(question: Question) -> Places | None:
    """Put stations together by place, and take from each the mean of its area.

    The area is the smallest that still holds enough places for half of them. None where there is none, or
    there are too few places.
    """
    judged, params, returns = question.judged, question.params, question.subject.results
    table = returns.table.select("longitude", "latitude")[judged.rows.tolist()]
    where = table.to_numpy().astype(np.float64)
    used = np.flatnonzero(
        np.isfinite(where).all(axis=1)
        & (np.abs(where[:, 0]) <= 180.0)
        & (np.abs(where[:, 1]) <= 90.0)
        & (np.abs(where).sum(axis=1) > 0.0)
    )
    if len(used) < params.least_places:
        return None
    spots, spot = np.unique(where[used], axis=0, return_inverse=True)
    spot = spot.reshape(-1)
    first = np.unique(spot, return_index=True)[1]
    columns = list(returns.areas)
    for place in reversed(range(len(columns))):
        codes = returns.places(columns[place])[0][judged.rows[used]]
        sizes = np.bincount(codes[first][codes[first] >= 0], minlength=1)
        large = sizes >= params.least_places
        if sizes[large].sum() < len(first) / 2 or codes.max(initial=-1) < 0:
            continue
        kept = (codes[first] >= 0) & large[np.maximum(codes[first], 0)]
        area = codes[first][kept]
        outer = np.zeros(len(first), dtype=np.int64)
        if place > 0:
            outer = returns.places(columns[place - 1])[0][judged.rows[used]][first]
        k, n = judged.successes[used].astype(float), judged.trials[used].astype(float)
        ok = codes >= 0
        means = np.bincount(codes[ok], k[ok]) / np.maximum(np.bincount(codes[ok], n[ok]), 1.0)
        residual = np.where(ok, k / n - means[np.maximum(codes, 0)], 0.0)
        value = np.bincount(spot, residual * n) / np.bincount(spot, n)
        value = value[kept]
        if len(value) < params.least_places or value.std() <= 0.0 or len(value) <= params.nearest:
            return None
        return Places(
            spots[kept, 0],
            spots[kept, 1],
            value / value.std(),
            np.unique(area, return_inverse=True)[1].astype(np.int64),
            columns[place],
            outer[kept],
        )
    return None


def examine(
    question: Question, answer: Answer, rng: np.random.Generator
) -> tuple[list[Measurement], list[Figure]]:
    """Answer both questions, where places have coordinates."""
    found = places(question)
    if found is None:
        return [], []
    near = moran.nearest(found.points, question.params.nearest)
    spatial, figure = _alike(question, answer, found, near, rng)
    return [spatial, *_across(question, answer, found, near, rng)], [figure]


def _alike(
    question: Question, answer: Answer, found: Places, near: Ints, rng: np.random.Generator
) -> tuple[Measurement, Figure]:
    """Compare each place with its nearest, by exchange within areas."""
    params, judged = question.params, question.judged
    seen = moran.moran(found.values, near, found.area, params.draws, rng)
    apart = seen.local_p <= params.local_level
    places_are = counted(len(found), "places")
    head = answer(
        question.subject,
        f"{judged.quantity}, on the ground",
        option=judged.option,
        n=len(found),
        observed=seen.value,
        expected=seen.expected,
        effect=effect("Moran's I above that of exchanges", seen.value - seen.expected, ""),
        effects=(
            effect("places among others like or unlike them", int(apart.sum()), "places"),
            effect("expected by exchange", params.local_level * len(found), "places"),
        ),
        assumptions=(
            Assumption(
                name="within an area, nearness makes no difference",
                state="doubtful",
                how=f"people live among their like in any country; the area ({found.column}) holds streets, "
                "villages and quarters",
            ),
        ),
        statement=f"Moran's I of the {judged.label}, over the {params.nearest} nearest of {places_are}, is "
        f"{written(seen.value, '.3f')}, and {written(seen.expected, '.3f')} where places are exchanged at "
        f"random within their area ({found.column}): above it, places near one another are more alike. "
        f"{capital(none_of(int(apart.sum()), places_are))} lie among others that are like or unlike them as "
        f"one in a hundred would; {few(params.local_level * len(found))} would be expected. People live "
        "among their like in any country, so that this has no p.",
        params={**asdict(params), "area": found.column},
    )
    # Half of the room is for those that stand out.
    kept = [_evenly(np.flatnonzero(apart == which), _DRAWN // 2) for which in (True, False)]
    drawn = [
        {
            "longitude": round(float(found.longitude[at]), 4),
            "latitude": round(float(found.latitude[at]), 4),
            "apart": bool(apart[at]),
        }
        for at in np.concatenate(kept).tolist()
    ]
    return head, ground_map(question, head.id, drawn, int(apart.sum()), len(found))


def _evenly(places: Ints, most: int) -> Ints:
    """Return at most so many of the places, evenly."""
    if len(places) <= most:
        return places
    return places[np.linspace(0, len(places) - 1, most).astype(np.int64)]


def _across(
    question: Question, answer: Answer, found: Places, near: Ints, rng: np.random.Generator
) -> Iterator[Measurement]:
    """Compare the two sides of every border with lines drawn through the same places at random."""
    params, judged = question.params, question.judged
    both = borders.borders(near, found.area, found.outer, params.least_border)
    if not both:
        return
    seen, drawn = borders.contrasts(found.values, found.points, both, params.lines, rng)
    whole, others = float(seen.mean()), drawn.mean(axis=1)
    fewer = min(int((others >= whole).sum()), int((others <= whole).sum()))
    p = min(1.0, 2.0 * (1 + fewer) / (params.lines + 1))
    yield answer(
        question.subject,
        f"{judged.quantity}, across borders",
        option=judged.option,
        n=len(both),
        observed=whole,
        expected=float(others.mean()),
        null="simulated",
        p=p,
        log10_p=float(np.log10(p)),
        effect=effect("difference above that of random lines", whole - float(others.mean()), ""),
        assumptions=(
            Assumption(
                name="borders run through one town or countryside",
                state="unknown",
                how=f"the areas ({found.column}) may be separate towns, with nobody living between them",
            ),
        ),
        statement=f"Across {counted(len(both), 'borders')} between areas ({found.column}) of one larger "
        f"area, the {judged.label} of the places next to the border differs by {written(whole, '.2f')} "
        f"standard deviations on average; lines drawn at random through the same places give "
        f"{written(float(others.mean()), '.2f')}.",
        params=asdict(params),
    )
