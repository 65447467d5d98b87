"""How often a number of votes is told of simulated votes by a model, and how often its range holds the truth.

A part of ``make_estimates.py``. A dossier tells such a number only for areas that fail a test of tier A
(:mod:`plebiscope.dossier.magnitude`). So every vote is put to all methods of tier A and to the ones whose
estimate can be divided, weighed as in a dossier, and what may be told is compared with the votes that were
added in those areas. Beside it stands the part of the estimate in the areas that fail whether it is told or
not, with and without the allowance for geography.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from make_parts import LOCATING
from numpy.typing import NDArray
from scipy.special import betaincinv

from plebiscope import catalogue
from plebiscope.dossier import weigh
from plebiscope.dossier.magnitude.estimating import how_many
from plebiscope.dossier.magnitude.failing import failing_areas
from plebiscope.dossier.magnitude.telling import LEAST_PART
from plebiscope.model.case import Contest
from plebiscope.model.method import lacking
from plebiscope.model.wording import listed
from plebiscope.worlds.fair import Fair
from plebiscope.worlds.ground import World
from plebiscope.worlds.invented import Country, invent
from plebiscope.worlds.tamper import MECHANISMS

LIKE = ("poland-2007", "mexico-2012")
"""Clean votes whose spreads the invented countries have."""
TITLE = "## The number of votes that may be told"
DOSES = (0.3, 0.5)
DEEDS: Mapping[str, Sequence[tuple[str, Mapping[str, object]]]] = {
    "stuffing": [("stuffing", {})],
    "targets": [("targets", {})],
    "targets, whole percentages": [("targets", {"step": 1.0})],
    "stuffing, then whole percentages": [("stuffing", {}), ("targets", {"step": 1.0})],
    "invented": [("invented", {})],
    "loyal-places": [("loyal-places", {})],
}
"""What is done at the same stations, one thing after the other."""
WHERE = {"anywhere": 1.0, "half of the regions": 0.5}
"""Part of the regions in which it is done."""


@dataclass(frozen=True)
class Seen:
    """What a dossier would make of one vote; votes in the areas that fail."""

    truth: float
    part: float
    """Part of the option's votes that these areas hold; nought where none fails."""
    exact: tuple[float, float] | None
    """Range of the part of the estimate; null where that is not known."""
    widened: tuple[float, float] | None
    told: bool


@cache
def _fair(like: str, stations: int, seed: int) -> Fair:
    country = Country(stations=stations, districts=max(8, stations // 50), like=like)
    return invent(country, np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,))))


def votes(like: str, deed: str, dose: float, where: str, worlds: int, stations: int, seed: int) -> list[Seen]:
    """Hold the votes of one line of the table."""
    fair = _fair(like, stations, seed)
    found = []
    for number in range(worlds):
        drawn = fair.draw(np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1, number))))
        world = World(fair.ground, drawn)
        if dose > 0.0:
            root = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2, number)))
            chosen = _chosen(fair.ground.areas["Region"], WHERE[where], dose, root)
            for name, params in DEEDS[deed]:
                mechanism = MECHANISMS[name]
                world = mechanism.act(world, chosen, {**mechanism.defaults, **params}, root)
        found.append(see(world, seed, number))
    return found


def _chosen(
    region: NDArray[np.int64], part: float, dose: float, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Choose so many of all stations, in some of the regions."""
    regions = rng.permutation(region.max() + 1)
    there = np.flatnonzero(np.isin(region, regions[: max(1, round(part * len(regions)))]))
    chosen = np.zeros(len(region), dtype=bool)
    chosen[rng.permutation(there)[: round(dose * len(region))]] = True
    return chosen


def see(world: World, seed: int, number: int) -> Seen:
    """Put one vote to the methods, and weigh what they bring back as a dossier does."""
    subject = world.subject(Contest(id="world", name="world"))
    names = [name for name in catalogue.modules() if catalogue.load(name).tier == "A" or name in LOCATING]
    answers = []
    for name in names:
        method = catalogue.load(name)
        if not lacking(method, subject):
            rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(3, number)))
            answers.append(
                weigh.Answer(method, subject.contest.id, method.measure(subject, method.params(), rng))
            )
    findings = weigh.weigh(answers, [subject.contest]).findings
    (made,) = how_many([subject], answers, findings)
    _, inside = failing_areas(subject.returns, findings)
    one = next((one for one in made.estimates if one.option == subject.favoured and one.there), None)
    if one is None or one.there is None or inside is None:
        return Seen(0.0, 0.0, None, None, told=False)
    control = {MECHANISMS[deed.mechanism].kind for deed in world.deeds} == {"control"}
    truth = 0.0 if control else float(world.added[inside[world.ground.rows]].sum())
    there = one.there
    exact = None if there.low is None or there.high is None else (there.low, there.high)
    known = there.widened_low is not None and there.widened_high is not None
    widened = (there.widened_low or 0.0, there.widened_high or 0.0) if known else None
    return Seen(truth, there.of or 0.0, exact, widened, told=one.told == "there")


def lines() -> Iterator[tuple[str, str, float, str]]:
    """Yield the lines of the table: country, deed, dose, where."""
    for like in LIKE:
        yield like, "nothing", 0.0, "anywhere"
        for deed in DEEDS:
            for where in WHERE:
                for dose in DOSES:
                    yield like, deed, dose, where


def section(found: Sequence[tuple[tuple[str, str, float, str], Sequence[Seen]]], worlds: int) -> str:
    """Return the section of the page."""
    seen = [one for _, votes in found for one in votes]
    told = [one for one in seen if one.told]
    parts = [
        f"""{TITLE}

{listed(f"`{name}`" for name in LOCATING)}, in the areas that fail a test of tier A. A dossier tells such a
number only where these areas hold {LEAST_PART:.0%} of the option's votes, and where the whole range lies
above nought after it was widened by what parts of reference votes gave by geography. *Fails*: in how many of
100 votes any area does. *Part* and *widened*: in how many of 100 of these the range of the part in those
areas holds the votes added there, before and after it was widened, told or not. *Told*: in how many of 100
votes a number is told; *holds*: in how many of 100 of those its range holds the truth. {worlds} votes a line,
in invented countries that differ as the vote named; a dossier asks more methods at once, and so names a
little less. Poland 2007 stands in the yardstick too, and gives the most there by geography, which favours
the rule; Mexico 2012 does not.

| country like | done | where | share of stations | true | fails | part | widened | told | holds |
| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""
    ]
    for (like, deed, dose, where), votes in found:
        failing = [one for one in votes if one.part > 0.0]
        true = f"{np.mean([one.truth for one in failing]):,.0f}" if failing else "–"
        cells = [
            _of_hundred([one.part > 0.0 for one in votes]),
            _of_hundred([_holds(one.exact, one.truth) for one in failing if one.exact]),
            _of_hundred([_holds(one.widened, one.truth) for one in failing if one.widened]),
            _of_hundred([one.told for one in votes]),
            _of_hundred([_holds(one.widened, one.truth) for one in votes if one.told]),
        ]
        parts.append(f"| {like} | {deed} | {where} | {dose:.0%} | {true} | {' | '.join(cells)} |")
    held = sum(_holds(one.widened, one.truth) for one in told)
    widened = [_holds(one.widened, one.truth) for one in seen if one.widened]
    fair = [one for (_, deed, *_), votes in found for one in votes if deed in {"nothing", "loyal-places"}]
    least = (
        f"; that alone only shows that it does so in {_at_least(held, len(told)):.0%} or more" if told else ""
    )
    quiet = sum(one.told for one in fair)
    parts.append(
        f"\nIn all, a number is told in {len(told)} of {len(seen)} votes, and its range holds the truth\n"
        f"in {held} of them{least}. Told or not, the widened\n"
        f"range holds it in {sum(widened)} of {len(widened)}. Where nothing was added, a number is told\n"
        f"in {quiet} of {len(fair)} votes. Only very large departures can have a number, because\n"
        f"the allowance for geography is wide."
    )
    return "\n".join(parts) + "\n"


def _holds(ends: tuple[float, float] | None, truth: float) -> bool:
    return ends is not None and ends[0] - 0.5 <= truth <= ends[1] + 0.5


def _at_least(count: int, of: int) -> float:
    """Return the lower end of the one-sided 95 % interval (Clopper and Pearson) for a rate."""
    return float(betaincinv(count, of - count + 1, 0.05)) if count else 0.0


def _of_hundred(found: Sequence[bool]) -> str:
    return f"{100.0 * np.mean(found):.0f}" if len(found) else "–"
