"""Make the table of what every method gives on every reference vote.

    python benchmarks/reference_votes.py FOLDER [--only ID ...] [--methods ID ...] [--out FILE]
           [--cache FOLDER] [--workers N]

FOLDER holds the published results that `src/plebiscope/calibrate/reference.toml` names; another list of
votes can be given with `--votes`. Every vote is read by plebiscope itself and put to every method of the
catalogue with its default parameters. What was made before is kept in the cache, by vote and method, and
made again only where the code or the vote's entry has changed; so a run that was cut off goes on where it
stopped. With --methods or --only just these methods and votes are asked, and all other rows stay as they are
in FILE.

Votes whose files are absent or cannot be read are named and left out; the others make up the table.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
import tomllib
import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from pathlib import Path
from typing import Any

import plebiscope
from plebiscope import catalogue, study
from plebiscope.calibrate import table
from plebiscope.model.case import Contest, Plan, Totals
from plebiscope.model.errors import InputError
from plebiscope.model.method import Method, Subject, lacking

HOUSE = Path(plebiscope.__file__).parent
LIST = HOUSE / "calibrate" / "reference.toml"
TABLE = HOUSE / "calibrate" / "reference.csv"

Vote = Mapping[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    said = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    said.add_argument("folder", type=Path)
    said.add_argument("--votes", type=Path, default=LIST)
    said.add_argument("--only", nargs="+", metavar="ID")
    said.add_argument("--methods", nargs="+", metavar="ID", default=list(catalogue.modules()))
    said.add_argument("--out", type=Path, default=TABLE)
    said.add_argument("--cache", type=Path, default=Path(".reference-cache"))
    said.add_argument("--workers", type=int, default=2)
    given = said.parse_args(arguments)
    votes = [vote for vote in listed(given.votes) if not given.only or vote["id"] in given.only]
    given.cache.mkdir(parents=True, exist_ok=True)
    began, made = time.perf_counter(), {}
    with ProcessPoolExecutor(given.workers) as pool:
        jobs = {
            pool.submit(examine, vote, given.folder, given.cache, given.methods): vote["id"] for vote in votes
        }
        for done in as_completed(jobs):
            made[jobs[done]], word = done.result()
            seconds = time.perf_counter() - began
            print(f"{len(made):3} of {len(votes)}  {seconds:6.1f} s  {jobs[done]}: {word}", file=sys.stderr)
    rows = [row for vote in votes for row in made[vote["id"]]]
    if (given.only or set(given.methods) < set(catalogue.modules())) and given.out.is_file():
        rows = joined(table.parse(given.out.read_text("utf-8")), rows, given.methods)
    given.out.write_text(table.write(rows), "utf-8")
    print(f"{len(rows)} rows -> {given.out}", file=sys.stderr)
    return 0


def joined(old: Sequence[table.Row], new: Sequence[table.Row], methods: Sequence[str]) -> list[table.Row]:
    """Put the rows of some methods among those of the others, votes and methods in their order."""
    made = {row.vote for row in new}
    stay = [row for row in old if row.method not in methods or row.vote not in made]
    votes, order = [vote["id"] for vote in listed()], list(catalogue.modules())
    return sorted([*stay, *new], key=lambda row: (votes.index(row.vote), order.index(row.method)))


def listed(path: Path = LIST) -> list[Vote]:
    """Return the votes of a list that can be computed: by files or by announced counts."""
    votes = tomllib.loads(path.read_text("utf-8"))["vote"]
    return [vote for vote in votes if "files" in vote or "counts" in vote]


def examine(
    vote: Vote, folder: Path, cached: Path | None = None, asked: Sequence[str] | None = None
) -> tuple[list[table.Row], str]:
    """Put one vote to every method, or to those that are named.

    Returns
    -------
    rows : list of Row
        In the order of the catalogue.
    word : str
        What became of it.
    """
    files = [folder / name for name in vote.get("files", ())]
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        return [], f"left out, {', '.join(missing)} is not there"
    methods = [catalogue.load(name) for name in catalogue.modules() if asked is None or name in asked]
    kept = {method.id: _kept(cached, vote, method) for method in methods}
    lacks = [method for method in methods if kept[method.id] is None]
    if lacks:
        try:
            subjects = list(subjects_of(vote, files))
        except InputError as error:
            return [], f"left out, cannot be read: {error.met}"
        for method in lacks:
            kept[method.id] = list(measure(vote["id"], method, subjects))
            _keep(cached, vote, method, kept[method.id] or [])
    rows = [row for method in methods for row in kept[method.id] or []]
    return rows, f"{len(rows)} rows" + (f", asked {len(lacks)} methods" if lacks else ", from the cache")


def measure(vote: str, method: Method, subjects: Sequence[Subject]) -> Iterator[table.Row]:
    """Put one method to a vote, each examined option in turn; what was answered already is not repeated."""
    answered: set[tuple[str, str]] = set()
    for subject in subjects:
        if lacking(method, subject):
            continue
        rng = study.generator(Plan().seed, method.id, subject.contest.id)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            evidence = method.measure(subject, method.params(), rng)
        returns = subject.returns.digest if subject.returns is not None else ""
        found = list(table.rows(vote, returns, method, evidence))
        yield from (row for row in found if (row.quantity, row.option) not in answered)
        answered |= {(row.quantity, row.option) for row in found}


def subjects_of(vote: Vote, files: Sequence[Path]) -> Iterator[Subject]:
    """Yield the vote with each option to examine first, then its sums as if they had been announced."""
    known = {"id": vote["id"], "name": vote["name"], "country": vote["country"], "date": vote["date"]}
    counts = vote.get("counts")
    if files:
        returns = study.read(*files, contest=vote["id"], mapping=vote.get("mapping")).returns
        for option in vote.get("examine", [None]):
            contest = Contest(**known, options=returns.options, favoured=option)
            yield Subject(contest, returns, ())
        sums = [returns.sums[option] for option in returns.options]
        if "valid" in returns.sums and sums:
            counts = {"valid": returns.sums["valid"], "votes": sorted(sums, reverse=True)[:3]}
    if counts:
        votes = {f"option {place}": count for place, count in enumerate(counts["votes"])}
        announced = Totals(contest=vote["id"], source=vote["name"], valid=counts["valid"], votes=votes)
        yield Subject(Contest(**known, options=tuple(votes)), None, (announced,))


@cache
def _code(*places: Path) -> str:
    """Return a digest of source files, so that a change in them makes what they gave stale."""
    found = hashlib.sha256()
    for place in places:
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.suffix in {".py", ".toml"}:
                found.update(file.read_bytes())
    return found.hexdigest()


def _place(cached: Path, vote: Vote, method: Method) -> Path:
    rooms = tuple(HOUSE / room for room in ("model", "kernels", "evidence", "intake"))
    own = HOUSE.joinpath(*catalogue.modules()[method.id].split(".")[1:])
    own = own if own.is_dir() else own.with_suffix(".py")
    entry = {
        key: value for key, value in vote.items() if key in {"id", "files", "mapping", "examine", "counts"}
    }
    judging = (HOUSE / "calibrate" / "table.py", Path(__file__))
    key = json.dumps([entry, _code(*rooms), _code(own), _code(*judging)], sort_keys=True)
    return cached / f"{vote['id']}-{method.id}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.csv"


def _kept(cached: Path | None, vote: Vote, method: Method) -> list[table.Row] | None:
    if cached is None or not (place := _place(cached, vote, method)).is_file():
        return None
    return list(table.parse(place.read_text("utf-8")))


def _keep(cached: Path | None, vote: Vote, method: Method, rows: Sequence[table.Row]) -> None:
    if cached is not None:
        place = _place(cached, vote, method)
        half = place.with_suffix(".part")
        half.write_text(table.write(rows), "utf-8")
        half.replace(place)


if __name__ == "__main__":
    sys.exit(main())
