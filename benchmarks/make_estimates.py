"""Write docs/estimates.md: every estimate of what was affected, beside what is true of simulated votes.

    python benchmarks/make_estimates.py [--worlds N] [--slow N] [--stations N] [--workers N] [--out FOLDER]
           [--methods ID ...] [--only-told]

For each mechanism and dose, votes are held in an invented country in which something was done, and each
estimate is compared with the truth: how far off it is in the mean, and how often its interval or range holds
what is true. Seeds are derived by mechanism, dose and world, so that the number of workers does not matter.
A method that takes seconds for one vote sees the first votes only (--slow), or none. With --methods just the
sections of these methods are made again, with --only-told just the last one, on the number that may be told
(``estimates_told.py``); all others stay.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import estimates_told
import numpy as np
from estimates_listed import DESIGNS, ESTIMATES, Estimate

from plebiscope import catalogue
from plebiscope.model.case import Contest
from plebiscope.model.finding import Effect
from plebiscope.model.method import Subject
from plebiscope.model.wording import listed
from plebiscope.worlds.fair import Fair
from plebiscope.worlds.ground import World
from plebiscope.worlds.invented import Country, invent
from plebiscope.worlds.tamper import MECHANISMS

DOCS = Path(__file__).parents[1] / "docs"
PREVALENCES = (0.02, 0.1, 0.3)
DEEDS: Mapping[str, Mapping[str, object]] = {
    "stuffing": {},
    "mobile-boxes": {},
    "switching": {},
    "targets": {},
    "targets, whole percentages": {"step": 1.0},
    "invented": {},
    "ghost-voters": {},
    "coercion": {},
    "suppression": {},
    "loyal-places": {},
    "rewritten": {},
}
SEED = 20200701


SLOW = {"klimek", "mixture"}
"""Methods that take seconds for one vote."""


@dataclass(frozen=True)
class Cell:
    """One mechanism at one dose: the truth and each estimate, world by world."""

    deed: str
    prevalence: float
    truth: Mapping[str, Sequence[float]]
    found: Mapping[str, Sequence[tuple[float, float, float]]]


@cache
def model(stations: int) -> Fair:
    """Return the fair vote of the country that everything happens in."""
    country = Country(stations=stations, districts=max(8, stations // 50))
    return invent(country, np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=(0,))))


def cell(
    asked: Sequence[Estimate], deed: str, prevalence: float, worlds: int, slow: int, stations: int
) -> Cell:
    """Hold the votes of one mechanism at one dose, of which slow methods see the first ones."""
    truth: dict[str, list[float]] = {one.what: [] for one in asked}
    found: dict[str, list[tuple[float, float, float]]] = {one.what: [] for one in asked}
    fair = model(stations)
    for number in range(worlds):
        drawn = fair.draw(np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=(1, number))))
        world = World(fair.ground, drawn)
        if prevalence > 0:
            root = np.random.SeedSequence(SEED, spawn_key=(2, number))
            world = MECHANISMS[deed.partition(",")[0]].apply(world, prevalence, root, **DEEDS[deed])
        for name in dict.fromkeys(one.method for one in asked if number < slow or one.method not in SLOW):
            seen, subject = _subject(name, world, number)
            effects = dict(_effects(name, subject, number))
            for one in (one for one in asked if one.method == name):
                effect = effects.get(one.key)
                if effect is None or effect.value is None:
                    continue
                truth[one.what].append(one.truth(seen))
                # Without ends it is an estimate that says nothing of how exact it is.
                low = np.nan if effect.low is None else effect.low
                high = np.nan if effect.high is None else effect.high
                found[one.what].append((effect.value, low, high))
    return Cell(deed, prevalence, truth, found)


def _subject(name: str, world: World, number: int) -> tuple[World, Subject]:
    """Return the vote that a method looks at, with its design where it rests on one."""
    if name not in DESIGNS:
        return world, world.subject(Contest(id="world", name="world"))
    return DESIGNS[name](world, np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=(4, number))))


def _effects(name: str, subject: Subject, number: int) -> Iterator[tuple[tuple[str, str, str], Effect]]:
    """Return the effects of a method's answers for the whole contest; in votes rather than in per cent."""
    method = catalogue.load(name)
    rng = np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=(3, number)))
    found: dict[tuple[str, str, str], Effect] = {}
    for measurement in method.measure(subject, method.params(), rng).measurements:
        if measurement.scope.level != "contest" or measurement.option not in {None, subject.favoured}:
            continue
        for effect in (measurement.effect, *measurement.effects):
            if effect is None:
                continue
            key = name, measurement.quantity, effect.name
            if key not in found or found[key].unit.startswith("per cent"):
                found[key] = effect
    yield from found.items()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page."""
    said = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    said.add_argument("--worlds", type=int, default=40)
    said.add_argument("--slow", type=int, default=0)
    said.add_argument("--stations", type=int, default=3000)
    said.add_argument("--workers", type=int, default=2)
    said.add_argument("--out", type=Path, default=DOCS)
    some = said.add_mutually_exclusive_group()
    some.add_argument("--methods", nargs="+", metavar="ID", choices=sorted({one.method for one in ESTIMATES}))
    some.add_argument("--only-told", action="store_true")
    given = said.parse_args(arguments)
    place = given.out / "estimates.md"
    asked = [one for one in ESTIMATES if given.methods is None or one.method in given.methods]
    asked = [one for one in asked if given.slow or one.method not in SLOW]
    if not asked:
        said.error(f"{listed(given.methods)} need --slow: they take seconds for one vote")
    head = page((), (), given.worlds, given.slow, given.stations)
    if given.methods and not begins(place.read_text("utf-8"), head):
        said.error(
            f"{place} was made with other numbers of votes or stations: give those that its head names"
        )
    with ProcessPoolExecutor(given.workers, get_context("spawn")) as pool:
        if given.only_told or not given.methods:
            told = _told(pool, given.worlds, given.stations)
        if given.only_told:
            head = place.read_text("utf-8").partition(estimates_told.TITLE)[0].rstrip()
            place.write_text(f"{head}\n\n{told}", "utf-8")
            return 0
        size = given.worlds, given.slow, given.stations
        cells = _cells(pool, asked, *size)
    if given.methods:
        text = place.read_text("utf-8")
        for one in asked:
            text = replaced(text, one, section(one, cells))
        place.write_text(text, "utf-8")
        return 0
    place.write_text(f"{page(asked, cells, *size)}{told}", "utf-8")
    return 0


def _cells(
    pool: ProcessPoolExecutor, asked: Sequence[Estimate], worlds: int, slow: int, stations: int
) -> list[Cell]:
    """Hold the votes of every mechanism and dose."""
    done = [("nothing", 0.0), *((deed, dose) for deed in DEEDS for dose in PREVALENCES)]
    jobs = [pool.submit(cell, asked, deed, dose, worlds, slow, stations) for deed, dose in done]
    cells = []
    for number, job in enumerate(jobs, 1):
        cells.append(job.result())
        print(f"{number:3} of {len(jobs)}  {cells[-1].deed} {cells[-1].prevalence:.0%}", file=sys.stderr)
    return cells


def begins(text: str, head: str) -> bool:
    """Whether a page begins with a head, word by word; where its lines break does not matter."""
    words = head.split()
    return text.split()[: len(words)] == words


def replaced(text: str, one: Estimate, section: str) -> str:
    """Return the page with another section on one estimate."""
    before, title, after = text.partition(f"## {_title(one)}\n")
    if not title:
        raise SystemExit(f"the page has no section on {one.what}: make the whole of it again")
    return before + section + after[after.index("\n## ") + 1 :]


def _title(one: Estimate) -> str:
    return f"{one.what[0].upper()}{one.what[1:]}"


def _told(pool: ProcessPoolExecutor, worlds: int, stations: int) -> str:
    """Return the section on the number that may be told."""
    lines = list(estimates_told.lines())
    jobs = [pool.submit(estimates_told.votes, *line, worlds, stations, SEED) for line in lines]
    found = []
    for line, job in zip(lines, jobs, strict=True):
        found.append((line, job.result()))
        print(f"told, {len(found)} of {len(lines)}: {line}", file=sys.stderr)
    return estimates_told.section(found, worlds)


def page(shown: Sequence[Estimate], cells: Sequence[Cell], worlds: int, slow: int, stations: int) -> str:
    """Return the page up to its last section; without estimates its head."""
    parts = [
        f"""# Estimates against the truth

Made by `python benchmarks/make_estimates.py`; every number is computed. In an invented country of
{stations:,} stations that differ as those of Poland did in 2007, {worlds} votes were held for each mechanism
and dose.{_fewer(slow)} *True* and *estimated* are means over these votes; *holds* says in how many of 100
votes the interval or range held what is true. An interval of 95 % ought to hold it in 95, give or take
{_chance(worlds):.0f} by chance alone.

An estimate that fails here fails: it is printed all the same, its method's page says so, and the finding says
what it rests on. No dossier calls any of these a number of wrong votes; what may be told of a part of one,
and how often that holds the truth, stands in the last section.
"""
    ]
    return "\n".join([*parts, "".join(section(one, cells) for one in shown)])


def section(one: Estimate, cells: Sequence[Cell]) -> str:
    """Return what the page says of one estimate, with an empty line behind."""
    parts = [
        f"## {_title(one)}\n",
        f"Method `{one.method}`: “{one.effect}”.\n",
        "| done | share of stations | true | estimated | off by | holds |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    kept = []
    for found in cells:
        truth, values = np.array(found.truth[one.what]), np.array(found.found[one.what])
        if not len(values):
            parts.append(f"| {found.deed} | {found.prevalence:.0%} | – | not given | – | – |")
            continue
        ends = ~np.isnan(values[:, 1:]).any(axis=1)
        holds = (values[:, 1] <= truth + 0.5) & (truth - 0.5 <= values[:, 2])
        off = values[:, 0].mean() - truth.mean()
        means = f"{truth.mean():,.0f} | {values[:, 0].mean():,.0f} | {off:+,.0f}"
        share = "–"
        if ends.any():
            kept.append((found, float(holds[ends].mean())))
            share = f"{100 * holds[ends].mean():.0f}"
        parts.append(f"| {found.deed} | {found.prevalence:.0%} | {means} | {share} |")
    return "\n".join([*parts, f"\n{verdict(kept)}\n", ""])


def _fewer(slow: int) -> str:
    """Say how many votes slow methods saw; nothing where they saw none."""
    names = listed(f"`{name}`" for name in sorted(SLOW))
    return f" {names} saw the first {slow} of them (give or take {_chance(slow):.0f})." if slow else ""


def _chance(worlds: int) -> float:
    """Return two standard errors of a coverage of 95 in 100."""
    return float(200 * (0.95 * 0.05 / worlds) ** 0.5)


def verdict(kept: Sequence[tuple[Cell, float]]) -> str:
    """Say where an estimate holds the truth, and where it does not."""
    if not kept:
        return "It has no interval: how far it may be off is not told."
    bad = [(found, rate) for found, rate in kept if rate < ENOUGH]
    often = f"{100 * ENOUGH:.0f} of 100 votes"
    if not bad:
        return f"It holds the truth in at least {often} for every mechanism and dose tried."
    if len(bad) > len(kept) / 2:
        also = ", also where nothing was done" * any(found.prevalence == 0 for found, _ in bad)
        return f"It fails: in {len(bad)} of {len(kept)} lines it holds the truth in fewer than {often}{also}."
    named = "; ".join(f"{found.deed} at {found.prevalence:.0%}" for found, _ in bad)
    return f"It holds the truth in at least {often}, but not for: {named}."


ENOUGH = 0.85
"""An interval of 95 % that holds the truth less often fails, whatever chance may have added."""


if __name__ == "__main__":
    raise SystemExit(main())
