"""The tables of a contest: its results, copies of what stations signed, earlier states of the count."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from plebiscope.dossier import dossier as paper
from plebiscope.intake import circumstances, match
from plebiscope.intake import read as reading
from plebiscope.intake.case_file import Found, copies_key
from plebiscope.intake.copies import read_copies
from plebiscope.model.beside import Copies, Match, State
from plebiscope.model.case import MARKED, Contest, Provenance, Source
from plebiscope.model.errors import InputError
from plebiscope.study import inputs as read_from
from plebiscope.study.columns import meant
from plebiscope.study.telling import Progress

if TYPE_CHECKING:
    from plebiscope.model.returns import Returns


def read(
    *paths: str | Path, contest: str = "vote", mapping: str | Path | dict[str, Any] | None = None
) -> reading.Reading:
    """Read results files.

    Parameters
    ----------
    paths
        One file, or several parts of one table.
    contest
        Id of the contest, kept in the returns.
    mapping
        Mapping file, or its content as a dictionary, where columns are to be understood as the user says.

    Returns
    -------
    Reading
        With ``returns``, and how they were understood.

    Raises
    ------
    InputError
        If no votes are found in the files, or columns cannot be told apart.
    """
    return reading.read([Path(p) for p in paths], contest, meant(mapping))


def results(found: Found, contest: Contest, inputs: list[paper.Input], tell: Progress) -> Returns | None:
    """Read the results of a contest, and which of its stations are compared; nothing where none are given.

    Raises
    ------
    InputError
        If they cannot be read or meant, or the case speaks of stations without them.
    """
    pairs = [
        (source, path)
        for source, path in found.placed
        if source.role == "results" and source.contest == contest.id
    ]
    if not pairs:
        if contest.groups or contest.reported or _has_states(found, contest):
            raise InputError(
                "the case speaks of stations (`groups`, `reported` or `states`) and names no results",
                where=contest.id,
                expected="`results`: the files with the stations",
            )
        return None
    tell(f"reading {', '.join(source.path for source, _ in pairs)}")
    read_one = reading.read([path for _, path in pairs], contest.id, meant(_said(found, contest)))
    returns = read_one.returns
    inputs.extend(read_from.of_table([source for source, _ in pairs], read_one))
    if isinstance(contest.groups, dict):
        returns = circumstances.with_groups(returns, contest.groups)
    elif contest.groups == MARKED:
        returns = circumstances.with_marks(returns)
    circumstances.check_comparison(returns, contest.comparison)
    return returns


def _said(found: Found, contest: Contest) -> dict[str, Any] | None:
    """Put together what the user has said about the columns of a contest's results."""
    columns = {"reported": contest.reported, "group": None if contest.groups == MARKED else contest.groups}
    named = {name: header for name, header in columns.items() if isinstance(header, str)}
    return {**(found.mappings.get(contest.id) or found.case.plan.mapping), **named} or None


def _has_states(found: Found, contest: Contest) -> bool:
    return any(source.role == "state" and source.contest == contest.id for source in found.case.sources)


def states(
    found: Found, contest: str, final: Returns | None, inputs: list[paper.Input], tell: Progress
) -> tuple[State, ...]:
    """Read the earlier states of a count, and find the final row of each of their stations."""
    by_time: dict[dt.datetime, list[tuple[Source, Path]]] = {}
    for source, path in found.placed:
        if source.reported is not None and source.contest == contest:
            by_time.setdefault(source.reported, []).append((source, path))
    made = []
    for when, pairs in sorted(by_time.items()):
        tell(f"reading {', '.join(source.path for source, _ in pairs)}")
        read_one, returns = read_copies([path for _, path in pairs], contest, final)
        inputs.extend(read_from.of_table([source for source, _ in pairs], read_one))
        if final is not None:
            made.append(State(when, returns, circumstances.same_stations(returns, final)))
    return tuple(made)


def copies(
    found: Found, contest: str, official: Returns | None, inputs: list[paper.Input], tell: Progress
) -> tuple[Copies, ...]:
    """Read the second records of a contest's stations, and find the official row of each."""
    by_source: dict[Provenance, list[tuple[Source, Path]]] = {}
    for source, path in found.placed:
        if source.copies is not None and source.contest == contest:
            by_source.setdefault(source.copies, []).append((source, path))
    made = []
    for provenance, pairs in by_source.items():
        tell(f"reading {', '.join(source.path for source, _ in pairs)}")
        said = found.mappings.get(copies_key(contest, provenance.source))
        read_one, returns = read_copies([path for _, path in pairs], contest, official, meant(said))
        inputs.extend(read_from.of_table([source for source, _ in pairs], read_one))
        if official is None:
            nowhere = np.arange(len(returns), dtype=np.int64)
            matched = Match(
                np.full(len(returns), -1), {"no official results are part of this case": nowhere}, ""
            )
        else:
            matched = match.match(returns, official)
        lot = circumstances.drawn(official, provenance, matched)
        made.append(
            Copies(
                provenance.source,
                provenance.kind,
                returns,
                matched,
                provenance.strata,
                lot.silent,
                lot.undrawn,
            )
        )
    return tuple(made)
