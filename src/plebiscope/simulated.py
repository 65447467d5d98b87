"""Simulated votes as files: the table that would have been published, and the truth beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from plebiscope import canonical
from plebiscope.intake.encoding import decode
from plebiscope.intake.read import Reading
from plebiscope.intake.sniff import read_bytes
from plebiscope.model.case import Contest, Totals
from plebiscope.model.errors import InputError
from plebiscope.worlds.ground import Counts, Ground, World, ground
from plebiscope.worlds.papers import with_papers
from plebiscope.worlds.recipe import Recipe, read, shipped
from plebiscope.worlds.tamper import MECHANISMS


@dataclass(frozen=True)
class Files:
    """Where a simulated vote was written.

    Attributes
    ----------
    votes
        The table as it would have been published.
    truth
        Station by station what the voters cast, and what was done.
    totals
        What was announced, where that is not the sum of the stations; else null.
    copies
        Observers' copies of the forms of some stations, where the table was changed after these were signed;
        else null.
    """

    votes: Path
    truth: Path
    totals: Path | None = None
    copies: Path | None = None


def recipe(name: str) -> Recipe:
    """Return a recipe: a file, or the name of one that is shipped.

    Raises
    ------
    InputError
        If there is none, or it is no recipe.
    """
    path, known = Path(name), shipped()
    if name not in known and len(name) < 4096 and path.suffix.lower() == ".toml":
        text, _ = decode(read_bytes(path))
        return read(text, path.name)
    if name not in known:
        raise InputError(
            f"there is no recipe {name!r}",
            expected="a file that ends in .toml, or one of " + ", ".join(known),
            todo="list the shipped recipes with `plebiscope simulate --list`",
        )
    return known[name]


def ground_of(found: Reading, favoured: str | None = None) -> Ground:
    """Take the ground of a table that was read.

    Raises
    ------
    InputError
        If no vote can be held on it.
    """
    options = found.returns.options
    if favoured is not None and favoured not in options:
        raise InputError(f"there is no option {favoured!r}", expected="one of " + ", ".join(options))
    try:
        return ground(found.returns, favoured)
    except LookupError as error:
        raise InputError(str(error), todo="see `plebiscope read` for how the table is understood") from None


def keep_apart(path: Path, tables: Sequence[Path]) -> None:
    """Refuse to write a simulated vote, or what lies beside it, over anything that it is made from.

    Raises
    ------
    InputError
        If a place is one of these files.
    """
    for place in (path, _truth(path), _totals(path), _copies(path)):
        if not place.exists() or not any(table.exists() and place.samefile(table) for table in tables):
            continue
        raise InputError(
            "a simulated vote would be written over a file it is made from",
            where=str(place),
            todo="name another file with --out",
        )


def write(world: World, path: Path, seed: int = 0) -> Files:
    """Write a simulated vote and the truth about it.

    Parameters
    ----------
    world
        The vote.
    path
        Where the table goes (.csv or .parquet); the truth goes beside it under ``.truth``, announced totals
        of its own under ``.totals.csv``, and copies of the forms under ``.copies.csv``.
    seed
        Of the choice of the stations with copies, and of the slips in these.

    Raises
    ------
    InputError
        If the place cannot be written to, or the suffix is another one.
    """
    returns = world.returns()
    canonical.write_frame(returns.table.drop("line"), path)
    truth = _truth(path)
    canonical.write_frame(truth_of(world), truth)
    announced, copied = world.totals, None
    if world.rewritten:
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(3,)))
        papers = with_papers(world.subject(Contest(id=returns.contest, name="simulated")), world, rng)
        announced, copied = papers.totals, _copies(path)
        canonical.write_frame(papers.copies[0].returns.table.drop("line"), copied)
    if not announced:
        return Files(path, truth)
    totals = _totals(path)
    canonical.write_frame(_told_totals(announced), totals)
    return Files(path, truth, totals, copied)


def _truth(path: Path) -> Path:
    return path.with_name(f"{path.stem}.truth{path.suffix}")


def _totals(path: Path) -> Path:
    return path.with_name(f"{path.stem}.totals.csv")


def _copies(path: Path) -> Path:
    return path.with_name(f"{path.stem}.copies.csv")


def truth_of(world: World) -> pl.DataFrame:
    """Return the truth: for each station that was simulated, what was cast there and what was done.

    Where the table was changed after the forms were signed, also what they give each option.
    """
    here, fair = world.ground, world.fair
    names = [name for name in ("station", *here.returns.areas) if name in here.returns.table.columns]
    done = {name: _touched(world, name) for name in dict.fromkeys(deed.mechanism for deed in world.deeds)}
    return (
        here.returns.table[here.rows]
        .select(names)
        .with_columns(
            pl.Series("true registered", fair.registered),
            pl.Series("true cast", fair.cast),
            pl.Series("true invalid", fair.invalid),
            *(pl.Series(f"true {option}", fair.votes[:, place]) for place, option in enumerate(here.options)),
            *(
                pl.Series(f"signed {option}", world.forms.votes[:, place])
                for place, option in enumerate(here.options)
                if world.rewritten
            ),
            *(pl.Series(f"done: {name}", flags) for name, flags in done.items()),
        )
    )


def _touched(world: World, name: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    found = np.zeros(len(world.fair), dtype=bool)
    for deed in world.deeds:
        if deed.mechanism == name:
            found |= deed.stations
    return found


def _told_totals(announced: Sequence[Totals]) -> pl.DataFrame:
    rows = []
    for one in announced:
        for option, votes in one.votes.items():
            rows.append(
                {
                    "source": one.source,
                    "registered": one.registered,
                    "ballots_cast": one.cast,
                    "valid": one.valid,
                    "invalid": one.invalid,
                    "option": option,
                    "votes": votes,
                    "pct_announced": None if option not in one.shares else str(one.shares[option]),
                    "turnout_announced": None if one.turnout is None else str(one.turnout),
                }
            )
    return pl.DataFrame(rows, infer_schema_length=None)


def told(world: World, title: str) -> list[str]:
    """Say in a few lines what was held and what was done."""
    fair, held, first = world.fair, world.counts, world.ground.options[0]

    def rates(counts: Counts) -> str:
        cast, registered = counts.cast.sum(), counts.registered.sum()
        share = counts.favoured.sum() / max(counts.valid.sum(), 1)
        turnout = f"turnout {cast / registered:.1%}, " if world.ground.has_registered else ""
        return f"{turnout}{first} {share:.1%}"

    lines = [
        f"{title} (simulated; nothing in it happened)",
        f"{len(fair):,} stations; as cast: {rates(fair)}",
    ]
    bare = len(world.ground.impossible)
    if bare:
        stand = "row stands" if bare == 1 else "rows stand"
        lines.append(f"{bare:,} {stand} in it without figures: in the table they cannot all be true")
    for deed in world.deeds:
        known = MECHANISMS[deed.mechanism]
        more = int((deed.after.favoured - deed.before.favoured).sum())
        where = f"{np.count_nonzero(deed.stations):,} stations"
        if known.kind == "announcement":
            where = "the announcement"
        lines.append(f"{known.title}: {where}, {more:+,} votes for {first}")
    if world.deeds:
        lines.append(f"as published: {rates(held)}")
    return lines
