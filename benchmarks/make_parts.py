"""Make the table of what estimates of votes give in parts of reference votes, for calibrate/parts.csv.

    python benchmarks/make_parts.py FOLDER [--only ID ...] [--out FILE] [--workers N]

FOLDER holds the published results that `src/plebiscope/calibrate/reference.toml` names. Of its votes those
are taken that count as clean and that can be read. For every estimate of tier C whose parts can be told with
how exact they are, the areas are put in order by a plain figure of theirs (:data:`ORDERS`) or by chance, and
the estimate is added up over the first of them, wherever these hold a third of the option's votes or more.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import reference_votes
from numpy.typing import NDArray

import plebiscope
from plebiscope import catalogue, study
from plebiscope.calibrate import parts, reference
from plebiscope.calibrate.parts import Kind, Part
from plebiscope.model.affected import Located
from plebiscope.model.case import Plan
from plebiscope.model.errors import InputError
from plebiscope.model.method import Subject, lacking

TABLE = Path(plebiscope.__file__).parent / "calibrate" / "parts.csv"
BY_CHANCE = 50
"""Orders drawn by chance."""
ORDERS: Mapping[str, tuple[str, int]] = {
    "highest turnout": ("turnout", -1),
    "lowest turnout": ("turnout", 1),
    "highest share": ("share", -1),
    "lowest share": ("share", 1),
    "largest stations": ("size", -1),
    "smallest stations": ("size", 1),
    "most round percentages": ("round", -1),
    "stations most alike in share": ("spread", 1),
}
"""What areas are put in order by, and whether the largest stands first."""

Floats = NDArray[np.float64]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the table."""
    said = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    said.add_argument("folder", type=Path)
    said.add_argument("--only", nargs="+", metavar="ID")
    said.add_argument("--out", type=Path, default=TABLE)
    said.add_argument("--workers", type=int, default=2)
    given = said.parse_args(arguments)
    votes = [
        vote
        for vote in reference_votes.listed()
        if vote["id"] in reference.counted()
        and "files" in vote
        and (not given.only or vote["id"] in given.only)
    ]
    made: list[Part] = []
    with ProcessPoolExecutor(given.workers) as pool:
        jobs = [pool.submit(examine, vote, given.folder) for vote in votes]
        for vote, job in zip(votes, jobs, strict=True):
            found, word = job.result()
            made += found
            print(f"{vote['id']}: {word}", file=sys.stderr)
    given.out.write_text(parts.write(made), "utf-8")
    print(f"{len(made)} rows -> {given.out}", file=sys.stderr)
    return 0


def examine(vote: Mapping[str, Any], folder: Path) -> tuple[list[Part], str]:
    """Add up the parts of one vote, and say what became of it."""
    try:
        subjects = list(reference_votes.subjects_of(vote, [folder / file for file in vote["files"]]))
    except (InputError, OSError) as error:
        return [], f"left out, {str(error).splitlines()[0]}"
    made: list[Part] = []
    answered: set[tuple[str, str]] = set()
    for method in (catalogue.load(name) for name in LOCATING):
        for subject in subjects:
            if subject.returns is None or lacking(method, subject):
                continue
            rng = study.generator(Plan().seed, method.id, subject.contest.id)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                measurements = method.measure(subject, method.params(), rng).measurements
            for found in measurements:
                for one in found.affected:
                    option = found.option or ""
                    if not isinstance(one.where, Located) or (one.name, option) in answered:
                        continue
                    answered.add((one.name, option))
                    of = {"vote": vote["id"], "method": method.id, "effect": one.name, "option": option}
                    made += (Part(**of, **rest) for rest in ordered(subject, option, one.where))
    return made, f"{len(made)} rows"


LOCATING = ("anomalous-votes",)
"""Methods that say how exact a part of their estimate is."""


def ordered(subject: Subject, option: str, where: Located) -> Iterator[dict[str, Any]]:
    """Yield the lowest and the highest sum for each kind of area and each order."""
    returns, rng = subject.results, np.random.default_rng(Plan().seed)
    kinds: dict[str | None, Kind] = {returns.finest_area(8): "finest", returns.main_area: "main"}
    for column, kind in reversed(kinds.items()):
        if column is None:
            continue
        code = returns.places(column)[0]
        figures, cast = _figures(subject, option, code)
        votes = np.stack(
            [np.bincount(code[where.rows], choice, minlength=len(cast)) for choice in where.votes]
        )
        there = np.flatnonzero(cast > 0.0)
        for name, (figure, sign) in ORDERS.items():
            low, high = _reach(votes, cast, there[np.argsort(sign * figures[figure][there], kind="stable")])
            yield {"areas": kind, "order": name, "low": low, "high": high}
        reached = [_reach(votes, cast, rng.permutation(there)) for _ in range(BY_CHANCE)]
        lows, highs = zip(*reached, strict=True)
        yield {"areas": kind, "order": f"{BY_CHANCE} by chance", "low": min(lows), "high": max(highs)}


def _reach(votes: Floats, cast: Floats, order: NDArray[np.int64]) -> tuple[float, float]:
    """Add up the first areas of an order; lowest and highest over choices and numbers of areas, per cent."""
    held = np.cumsum(cast[order])
    enough = held >= parts.LEAST * held[-1]
    reached = 100.0 * np.cumsum(votes[:, order], axis=1)[:, enough] / held[enough]
    return float(reached.min()), float(reached.max())


def _figures(subject: Subject, option: str, code: NDArray[np.int64]) -> tuple[dict[str, Floats], Floats]:
    """Return the figures of areas that they are put in order by, and the option's votes in each."""
    picked = subject.possible(option)
    code, areas = code[picked.rows], int(code.max()) + 1
    named = code >= 0
    registered, ballots, votes = (picked[name][named] for name in ("registered", "cast", option))
    code = code[named]

    def of(values: NDArray[Any]) -> Floats:
        return np.bincount(code, values, minlength=areas)

    stations, voters = np.maximum(of(np.ones(len(code))), 1.0), np.maximum(of(registered), 1.0)
    whole = np.maximum(of(ballots), 1.0)
    share = of(votes) / whole
    # To one decimal, as the method for round percentages has it.
    round_one = np.zeros(len(code), dtype=bool)
    for part, base in ((ballots, registered), (votes, ballots)):
        percent = 100.0 * part / np.maximum(base, 1)
        round_one |= np.abs(percent - np.rint(percent)) <= 0.05
    expected = share[code] * ballots
    off = (votes - expected) ** 2 / np.maximum(expected * (1.0 - share[code]), 1e-9)
    alone = stations < 2.0  # one station is alike to nothing
    spread = np.where(alone, np.inf, of(off) / np.maximum(stations - 1.0, 1.0))
    return {
        "turnout": whole / voters,
        "share": share,
        "size": voters / stations,
        "round": of(round_one) / stations,
        "spread": spread,
    }, of(votes)


if __name__ == "__main__":
    raise SystemExit(main())
