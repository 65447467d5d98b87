"""Ask every method of the catalogue about fair votes, and count how often it cries wolf.

    python benchmarks/calibration.py [FOLDER] [--worlds N] [--further N] [--slow N] [--workers N]
           [--only GROUND ...] [--methods ID ... | --named-only N | --judge] [--seed N] [--cache FOLDER]
           [--out FILE]

Worlds are drawn on the ground of the bundled example, once as it is and once with a leader at 98 per cent,
and, where FOLDER holds the published results that `src/plebiscope/calibrate/reference.toml` names, on about
3,000 stations (whole districts) of three real votes: one ordinary, one with small stations, one where the
leader has more than 85 per cent. What a method gave is kept in the cache, by ground, version, method and
block of worlds, and made again only where the code of that method or of what it rests on has changed; so a
run that was cut off goes on where it stopped. World number i has a seed of its own, so that neither the
number of workers nor that of worlds changes it.

--worlds is the number of worlds of each version on the ground of the example, --further that on those of real
votes. Methods that are declared slow see the first worlds only: --slow.

With --methods, the lines of all other methods stay as they are, and so does the line that counts worlds in
which anything was named: that one is made where all are asked. So a new method joins without the others.
With --named-only, it is the other way about: every method is asked of the first N worlds of each ground and
version, and that line alone is made anew. A world counts as named where the dossier would name anything; the
line tells how many worlds, and which methods.
With --judge, nothing is asked: the lines of the table are judged anew by their own counts.

Methods that rest on a design are given one, see `plebiscope.worlds.designs`. The first worlds are asked a
second time with the other design, and have an earlier vote beside them: BESIDE.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import hashlib
import math
import os
import pickle
import sys
import time
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import binomtest

import plebiscope
from plebiscope import catalogue, study
from plebiscope.calibrate import fair as calibration
from plebiscope.dossier.weigh import Answer, weigh
from plebiscope.model.case import Contest
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Evidence, Method, Subject
from plebiscope.model.returns import Returns
from plebiscope.worlds.designs import with_designs
from plebiscope.worlds.fair import VERSIONS, Fair, fit
from plebiscope.worlds.ground import Ground, World, ground
from plebiscope.worlds.papers import with_papers

HOUSE = Path(plebiscope.__file__).parent
TABLE = HOUSE / "calibrate" / "fair.csv"
PAGE = Path(__file__).parents[1] / "docs" / "calibration.md"
STATIONS = 3000
"""Stations of a ground, at least, where the table has more; the last district is taken whole."""
BLOCK = 50
"""Worlds that are kept in one file."""
BESIDE = 25
"""First worlds of each ground and version with a second design and an earlier vote, which takes long."""
DESIGNS = {"group", "pairs", "reported", "sample"}
"""What a method needs that no world has of itself."""
SLOW = frozenset(name for name in catalogue.modules() if catalogue.load(name).slow)
CONTEST = Contest(id="fair", name="A fair vote")
NAMED = {"contradiction", "strong", "notable"}
"""Grades at which a dossier names something."""

Order = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Puts districts into an order, by the leader's share and the size of their stations."""
Job = tuple[str, str, int, str]
"""Ground, version, number of the block, method."""


def small(share: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Order districts with the smallest stations first."""
    return np.argsort(size, kind="stable")


def lopsided(share: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Order districts in which the leader has more than 85 per cent by chance."""
    return np.random.default_rng(0).permutation(np.flatnonzero(share > 0.85))


def ordinary(share: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Order districts by chance."""
    return np.random.default_rng(0).permutation(len(share))


@dataclasses.dataclass(frozen=True)
class Place:
    """Where worlds are drawn."""

    file: str = ""
    """Published results, below FOLDER; the bundled example where there are none."""
    order: Order = ordinary
    """In which order districts are taken until there are enough stations."""
    leader: float | None = None
    """Share in the middle station, where it is not to be that of the table."""


GROUNDS = {
    "marenna": Place(),
    "marenna, leader at 98 %": Place(leader=0.98),
    "taiwan-2018-q16": Place("taiwan-2018-referendum-q16/rfprof.csv"),
    "serbia-2020, small stations": Place("serbia/izbori.csv", small),
    "uganda-2011, leader above 85 %": Place("uganda-2011/2011_Pres_Pstn.csv", lopsided),
}


def main(arguments: Sequence[str] | None = None) -> int:
    said = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    said.add_argument("folder", type=Path, nargs="?")
    said.add_argument("--worlds", type=int, default=1000)
    said.add_argument("--further", type=int, default=1000)
    said.add_argument("--slow", type=int, default=200)
    said.add_argument("--workers", type=int, default=2)
    said.add_argument("--only", nargs="+", metavar="GROUND", default=list(GROUNDS))
    asked = said.add_mutually_exclusive_group()
    asked.add_argument("--methods", nargs="+", metavar="ID", default=list(catalogue.modules()))
    asked.add_argument("--named-only", type=int, metavar="N")
    asked.add_argument("--judge", action="store_true")
    said.add_argument("--seed", type=int, default=1)
    said.add_argument("--cache", type=Path, default=Path(".calibration-cache"))
    said.add_argument("--out", type=Path, default=TABLE)
    given = said.parse_args(arguments)
    if given.judge:
        _written(calibration.parse(given.out.read_text("utf-8")), given.out)
        return 0
    if given.named_only is not None:
        given.worlds = given.further = given.slow = given.named_only
    given.cache.mkdir(parents=True, exist_ok=True)
    grounds = [name for name in given.only if _there(name, given.folder)]
    jobs: list[Job] = [
        (name, version, block, method)
        for quick in (True, False)
        for name in grounds
        for block in range(-(-_wanted(given, name, quick) // BLOCK))
        for version in VERSIONS
        for method in given.methods
        if quick == (method not in SLOW)
    ]
    todo: dict[tuple[bool, str, str, int], list[Job]] = {}
    for job in jobs:
        if not _place(given.cache, given.seed, job).is_file():
            # Methods asked together share the worlds; the slow ones wait until the others are through.
            todo.setdefault((job[3] in SLOW, *job[:3]), []).append(job)
    print(f"{len(jobs) - sum(map(len, todo.values()))} of {len(jobs)} blocks are there", file=sys.stderr)
    began = time.perf_counter()
    with ProcessPoolExecutor(given.workers) as pool:
        running = [pool.submit(examine, one, given.folder, given.cache, given.seed) for one in todo.values()]
        for count, done in enumerate(as_completed(running), start=1):
            done.result()
            if count % 8 == 0 or count == len(running):
                seconds = time.perf_counter() - began
                print(f"{count:4} of {len(running)} tasks  {seconds:6.0f} s", file=sys.stderr, flush=True)
    rows = [
        row
        for name in grounds
        for version in VERSIONS
        for row in counted(name, version, [job for job in jobs if job[:2] == (name, version)], given)
    ]
    old = calibration.parse(given.out.read_text("utf-8")) if given.out.is_file() else ()
    if given.named_only is not None:
        rows = joined(old, [row for row in rows if row.method == calibration.ALL], [calibration.ALL])
    elif set(given.methods) < set(catalogue.modules()):
        fresh = [row for row in rows if row.method != calibration.ALL]
        rows = joined(old, fresh, given.methods)
    _written(rows, given.out)
    return 0


def _written(rows: Sequence[calibration.Row], out: Path) -> None:
    """Write the table, each line judged by the figures that are written, and with it the page."""
    rows = [calibration.judged(row) for row in calibration.parse(calibration.write(rows))]
    out.write_text(calibration.write(rows), "utf-8")
    print(f"{len(rows)} rows -> {out}", file=sys.stderr)
    if out == TABLE:
        PAGE.write_text(filled(PAGE.read_text("utf-8"), rows), "utf-8")


def joined(
    old: Sequence[calibration.Row], new: Sequence[calibration.Row], methods: Sequence[str]
) -> list[calibration.Row]:
    """Put the lines of some methods among those of the others, in the order of the catalogue."""
    fresh = [row for row in new if row.method in methods]
    made = {(row.ground, row.version) for row in fresh}
    stay = [row for row in old if row.method not in methods or (row.ground, row.version) not in made]
    order = [calibration.ALL, *catalogue.modules()]
    grounds = list(GROUNDS)
    return sorted(
        [*stay, *fresh],
        key=lambda row: (grounds.index(row.ground), VERSIONS.index(row.version), order.index(row.method)),
    )


def filled(page: str, rows: Sequence[calibration.Row]) -> str:
    """Write the tables of the page anew, each between its two marks."""
    parts = {"named": named(rows), "areas": areas(rows), "tests": tests(rows), "intervals": intervals(rows)}
    for name, table in parts.items():
        before, rest = page.split(f"<!-- {name} -->\n")
        _, after = rest.split(f"<!-- end of {name} -->")
        page = f"{before}<!-- {name} -->\n{table}<!-- end of {name} -->{after}"
    return page


def named(rows: Sequence[calibration.Row]) -> str:
    """Say how often anything would have been named, by ground and version."""
    head = "| votes like | version of fair | fair votes | anything named |\n| --- | --- | --- | --- |\n"
    lines = [row for row in rows if row.method == calibration.ALL]
    asked = {row.effect for row in lines}
    if len(asked) > 1:
        raise ValueError(
            "lines on anything named are of different methods; make all of them with --named-only"
        )
    names = sorted(asked.pop().split()) if asked else []
    since = sorted(set(catalogue.modules()).difference(names))
    return (
        head
        + "".join(f"| {row.ground} | {row.version} | {row.worlds:,} | {_hits(row):,} |\n" for row in lines)
        + _in_all(lines)
        + f"\nMethods that were asked of every one of these votes ({len(names)}): {_ids(names)}.\n"
        + (f"\n**Not asked then, so that this table is out of date**: {_ids(since)}.\n" if since else "")
    )


def _in_all(lines: Sequence[calibration.Row]) -> str:
    """Say how often anything was named in all, with an exact interval."""
    votes = sum(row.worlds for row in lines)
    if not votes:
        return ""
    hits = sum(map(_hits, lines))
    low, high = binomtest(hits, votes).proportion_ci(method="exact")
    return (
        f"\nIn all {hits:,} of {votes:,} fair votes, {_percent(hits / votes)} % "
        f"(95 % interval {_percent(low)} to {_percent(high)}).\n"
    )


def _hits(row: calibration.Row) -> int:
    return round(row.worlds * (row.named or 0.0))


def _ids(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def areas(rows: Sequence[calibration.Row]) -> str:
    """Say how often areas are named that are reported only where they stand out."""
    found = [row for row in rows if row.kind == "areas" and row.rate is None and row.named is not None]
    if not found:
        return ""
    least, most = (end(found, key=lambda row: row.named) for end in (min, max))
    return (
        "Areas that are reported only where they stand out have no share of rejections. The share of fair "
        f"votes of one kind in which such a question named any area was {_percent(least.named)} to "
        f"{_percent(most.named)} %, the most for `{most.method}`, {most.quantity}, on votes like "
        f"{most.ground} ({most.version} version, {most.worlds:,} fair votes).\n"
    )


def tests(rows: Sequence[calibration.Row]) -> str:
    """Say of each question how often it rejects fair votes: least, most, and where it does too often."""
    head = (
        "| question | fair votes | of each kind | rejected at 5 % | named | verdict |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
    )
    found: dict[str, list[calibration.Row]] = {}
    for row in rows:
        # Areas that are reported only where they stand out have no share of rejections.
        counted_here = row.kind in {"test", "areas", "arithmetic"} and row.rate is not None
        if counted_here and row.method != calibration.ALL:
            what = {"areas": ", areas", "test": ""}.get(row.kind)
            found.setdefault(
                f"`{row.method}`: {row.quantity}{what}"
                if what is not None
                else f"`{row.method}`: contradictions",
                [],
            ).append(row)
    lines = ""
    for question, here in found.items():
        names = [row.named for row in here if row.named is not None]
        most = f"at most {_percent(max(names))} %" if names else ""
        lines += (
            f"| {question} | {_worlds(here)} | {_each(here)} | {_span(here)} | {most} | {_verdict(here)} |\n"
        )
    lines += (
        "\n*Of each kind* is how many fair votes of one ground and version the question was asked of, the "
        f"fewest and the most. Where they were fewer than {calibration.enough()}, a test that rejects "
        f"{100 * calibration.TOO_OFTEN * calibration.LEVEL:.0f} of 100 instead of "
        f"{100 * calibration.LEVEL:.0f} "
        f"could come out as doubtful with a chance below {100 * calibration.SEEN:.0f} %; if nothing is "
        "doubtful there, the verdict is *too few to tell*.\n"
    )
    unasked = dict.fromkeys(f"`{row.method}`" for row in rows if row.kind == "unasked")
    if unasked:
        lines += f"\nNot asked, because these votes lack what they need: {', '.join(unasked)}.\n"
    return head + lines


def intervals(rows: Sequence[calibration.Row]) -> str:
    """Say of each interval with a known truth how often it holds it."""
    head = (
        "| interval | fair votes | of each kind | holds zero | verdict |\n| --- | --- | --- | --- | --- |\n"
    )
    found: dict[str, list[calibration.Row]] = {}
    for row in rows:
        if row.kind == "interval" and row.truth == 0.0 and row.level is not None:
            found.setdefault(f"`{row.method}`: {row.quantity}, {row.effect}", []).append(row)
    return head + "".join(
        f"| {name} | {_worlds(here)} | {_each(here)} | {_span(here)} | {_verdict(here)} |\n"
        for name, here in found.items()
    )


def _percent(share: float | None) -> str:
    return f"{100 * (share or 0.0):.1f}"


def _by_place(rows: Sequence[calibration.Row]) -> dict[tuple[str, str], int]:
    """Count the fair votes of each ground and version."""
    found: dict[tuple[str, str], int] = {}
    for row in rows:
        place = row.ground, row.version
        found[place] = max(row.worlds, found.get(place, 0))
    return found


def _worlds(rows: Sequence[calibration.Row]) -> str:
    return f"{sum(_by_place(rows).values()):,}"


def _each(rows: Sequence[calibration.Row]) -> str:
    seen = _by_place(rows).values()
    least, most = f"{min(seen):,}", f"{max(seen):,}"
    return least if least == most else f"{least} to {most}"


def _span(rows: Sequence[calibration.Row]) -> str:
    rates = [row.rate for row in rows if row.rate is not None]
    low, high = _percent(min(rates)), _percent(max(rates))
    return f"{low} %" if low == high else f"{low} to {high} %"


def _verdict(rows: Sequence[calibration.Row]) -> str:
    """Say where a promise is not kept, else that it is, and in how many kinds of vote this is open."""
    bad: dict[str, float] = {}
    few = {(row.ground, row.version) for row in rows if row.verdict == "too few to tell"}
    for row in rows:
        if row.verdict == "doubtful":
            place, rate = f"{row.ground}, {row.version}", row.rate or 0.0
            worse = min if row.kind == "interval" else max
            bad[place] = worse(rate, bad.get(place, rate))
            few.discard((row.ground, row.version))
    kinds = len(_by_place(rows))
    if len(few) == kinds:
        return "too few to tell"
    told = {row.verdict for row in rows} - {"too few to tell"}
    said = "conservative" if told == {"conservative"} else "passed"
    if bad:
        said = "doubtful: " + "; ".join(f"{place} ({_percent(rate)} %)" for place, rate in bad.items())
    return f"{said}; too few to tell in {len(few)} of {kinds} kinds" if few else said


def _wanted(given: argparse.Namespace, name: str, quick: bool) -> int:
    worlds = int(given.further if GROUNDS[name].file else given.worlds)
    return worlds if quick else min(worlds, given.slow)


def examine(jobs: Sequence[Job], folder: Path | None, cached: Path, seed: int) -> None:
    """Put methods to one block of worlds, and keep what each answered."""
    name, version, block, _ = jobs[0]
    asked = [catalogue.load(method) for *_, method in jobs]
    model = _fitted(name, version, folder)
    kept: list[list[tuple[Measurement, ...]]] = [[] for _ in jobs]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(block * BLOCK, (block + 1) * BLOCK):
            world = World(model.ground, model.draw(_rng(seed, name, version, number, "")))
            papers = _rng(seed, name, version, number, "papers")
            subject = with_papers(world.subject(CONTEST), world, papers)
            earlier = None
            if number < BESIDE:
                earlier = World(model.ground, model.draw(_rng(seed, name, version, number, "earlier")))
            for method, answers in zip(asked, kept, strict=True):
                own = _rng(seed, name, version, number, method.id)
                chosen = _rng(seed, name, version, number, f"designs of {method.id}")
                found = (
                    _designed(method, subject, world, earlier, chosen, own)
                    if DESIGNS & set(_needs(method))
                    else calibration.ask(method, subject, own)
                )
                answers.append(tuple(_bare(one) for one in found))
    for job, answers in zip(jobs, kept, strict=True):
        place = _place(cached, seed, job)
        half = place.with_suffix(f".{os.getpid()}")
        half.write_bytes(gzip.compress(pickle.dumps(answers), 5))
        half.replace(place)


def _needs(method: Method) -> Iterator[str]:
    """Name all that a method needs, or can make use of."""
    for need in method.needs:
        yield from [need] if isinstance(need, str) else need


def _designed(
    method: Method,
    subject: Subject,
    world: World,
    earlier: World | None,
    chosen: np.random.Generator,
    own: np.random.Generator,
) -> Iterator[Measurement]:
    """Ask a method that rests on a design; where an earlier vote is given, with the other design as well."""
    yield from calibration.ask(method, with_designs(subject, world, chosen, earlier=earlier), own)
    called = calibration.BESIDE.get(method.id)
    if earlier is None or called is None:
        return
    other = with_designs(subject, world, chosen, group="size", order="lot")
    for answer in calibration.ask(method, other, own):
        yield answer.model_copy(update={"id": answer.id + called, "quantity": answer.quantity + called})


def named_by_dossier(answers: Sequence[Measurement]) -> set[str]:
    """Tell which answers on one fair vote the dossier would name."""
    found: dict[str, list[Measurement]] = {}
    for answer in answers:
        found.setdefault(answer.method, []).append(answer)
    weighed = weigh(
        [Answer(catalogue.load(name), CONTEST.id, Evidence(tuple(own))) for name, own in found.items()],
        [CONTEST],
    )
    return {finding.id for finding in weighed.findings if finding.grade in NAMED}


def counted(
    name: str, version: str, jobs: Sequence[Job], given: argparse.Namespace
) -> Iterator[calibration.Row]:
    """Count what all methods answered on the worlds of one ground and version."""
    methods = {method: catalogue.load(method) for method in given.methods}
    favoured = _ground(name, given.folder).options[0]
    tally = calibration.Tally(name, version, favoured, methods, named_by_dossier)
    blocks: dict[int, list[Job]] = {}
    for job in jobs:
        blocks.setdefault(job[2], []).append(job)
    for _, here in sorted(blocks.items()):
        kept = [
            pickle.loads(gzip.decompress(_place(given.cache, given.seed, job).read_bytes())) for job in here
        ]
        whole = {method for *_, method in here} >= set(catalogue.modules())
        for answers in zip(*kept, strict=True):
            tally.add([answer for one in answers for answer in one], whole=whole)
    yield from tally.rows()


def subset(returns: Returns, order: Order) -> Returns:
    """Keep whole districts of a table, up to the number of stations of a ground."""
    whole = ground(returns)
    district, counts = whole.district, whole.counts
    if len(whole) <= STATIONS:
        return returns
    share = np.bincount(district, counts.favoured) / np.maximum(np.bincount(district, counts.valid), 1)
    size = np.array([np.median(counts.registered[district == place]) for place in range(len(share))])
    wanted = order(share, size)
    held = np.cumsum(np.bincount(district)[wanted])
    chosen = wanted[: int(np.searchsorted(held, STATIONS)) + 1]
    rows = np.sort(whole.rows[np.isin(district, chosen)])
    return dataclasses.replace(returns, table=returns.table[rows.tolist()])


def _there(name: str, folder: Path | None) -> bool:
    file = GROUNDS[name].file
    if not file or (folder is not None and (folder / file).is_file()):
        return True
    print(f"{name} is left out: its results are not there", file=sys.stderr)
    return False


@cache
def _ground(name: str, folder: Path | None) -> Ground:
    here = GROUNDS[name]
    path = folder / here.file if here.file and folder else study.example() / "stations.csv"
    found = ground(subset(study.read(path, contest=CONTEST.id).returns, here.order))
    # What is not an ordinary station of this ground would stand in every world as it was published.
    table = found.returns.table[found.rows.tolist()].with_columns(pl.lit(None, pl.String).alias("mark"))
    return ground(dataclasses.replace(found.returns, table=table), found.options[0])


@cache
def _fitted(name: str, version: str, folder: Path | None) -> Fair:
    model, leader = fit(_ground(name, folder), version), GROUNDS[name].leader
    return model if leader is None else dataclasses.replace(model, share=math.log(leader / (1 - leader)))


def _rng(seed: int, name: str, version: str, number: int, part: str) -> np.random.Generator:
    """Return the random numbers of one part of one world, whoever draws it and when."""
    key = (zlib.crc32(name.encode()), VERSIONS.index(version), number, zlib.crc32(part.encode()))
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def _bare(answer: Measurement) -> Measurement:
    """Leave out the words, which are not counted and fill the cache."""
    states = tuple(one.model_copy(update={"name": "", "how": ""}) for one in answer.assumptions)
    return answer.model_copy(
        update={"assumptions": states, "statement": "", "innocent": (), "params": {}, "limit": None}
    )


@cache
def _code(*places: Path) -> str:
    """Return a digest of source files, so that a change in them makes what they gave stale."""
    found = hashlib.sha256()
    for place in places:
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.suffix in {".py", ".toml"}:
                found.update(file.read_bytes())
    return found.hexdigest()


def _place(cached: Path, seed: int, job: Job) -> Path:
    name, version, block, method = job
    nouns = tuple(HOUSE / "model" / f"{file}.py" for file in ("finding", "method", "returns"))
    below = (*nouns, HOUSE / "kernels", HOUSE / "evidence")
    designs = ("designs",) if DESIGNS & set(_needs(catalogue.load(method))) else ()
    files = ("fair", "ground", "spread", "papers", *designs)
    drawn = tuple(HOUSE / "worlds" / f"{file}.py" for file in files)
    own = HOUSE.joinpath(*catalogue.modules()[method].split(".")[1:])
    own = own if own.is_dir() else own.with_suffix(".py")
    key = hashlib.sha256(repr((seed, job, _code(*below), _code(*drawn), _code(own))).encode()).hexdigest()
    return cached / f"{zlib.crc32(name.encode()):08x}-{version}-{method}-{block}-{key[:12]}.gz"


if __name__ == "__main__":
    sys.exit(main())
