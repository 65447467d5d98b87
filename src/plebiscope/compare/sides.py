"""One vote of a comparison is read from its dossier."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from plebiscope.compare.record import Side
from plebiscope.dossier import dossier as paper
from plebiscope.dossier.explored import Vote, ratio, stations_of, vote
from plebiscope.dossier.stored import load
from plebiscope.dossier.text import name
from plebiscope.dossier.write import DATA
from plebiscope.model.errors import InputError


@dataclass(frozen=True)
class Read:
    """A dossier, and what of it takes part in the comparison."""

    dossier: paper.Dossier
    contest: paper.ContestRecord
    side: Side
    vote: Vote | None
    """Its stations; null where none were published."""


def read(path: Path, contest: str | None, option: str | None) -> Read:
    """Read one side.

    Parameters
    ----------
    path
        A ``dossier.json``, or the folder in which it lies.
    contest
        Id of the contest that is meant; by default the first that has stations.
    option
        Option whose share is shown; by default the favoured one.

    Raises
    ------
    InputError
        If there is no dossier, or it has no such contest or option.
    """
    file = path / DATA if path.is_dir() else path
    dossier = load(file)
    chosen = _contest(dossier, contest, path)
    options = _options(dossier, chosen, option)
    table = stations_of(file)
    stations = None
    if table is not None and table["contest"].eq(chosen.id).any():
        stations = vote(file, chosen.id, options, options[0] if options else None)
    record = next((one for one in dossier.returns if one.contest == chosen.id), None)
    release = next((one for one in dossier.release if one.contest == chosen.id), None)
    side = Side(
        name=name(chosen.name),
        case=dossier.case.name,
        contest=chosen.id,
        digest=dossier.case.digest,
        table=record.digest if record is not None else None,
        plebiscope=dossier.plebiscope,
        date=chosen.date,
        country=chosen.country,
        simulated=dossier.case.simulated,
        masked=dossier.masked is not None,
        level=release.level if release is not None else "none",
        rows=record.stations if record is not None else 0,
        set_aside=record.quarantined if record is not None else 0,
        missing=release.missing if release is not None else (),
        options=tuple(options),
        option=options[0] if options else None,
        figures=dossier.reading.figures,
        conduct=dossier.reading.conduct,
        **(_of_stations(stations) if stations is not None else _announced(dossier, chosen.id)),
    )
    return Read(dossier, chosen, side, stations)


def _contest(dossier: paper.Dossier, wanted: str | None, path: Path) -> paper.ContestRecord:
    known = {contest.id: contest for contest in dossier.case.contests}
    if wanted is not None and wanted not in known:
        raise InputError(
            f"there is no contest {wanted!r} in this dossier",
            where=str(path),
            expected="one of " + ", ".join(known),
        )
    with_table = [one.contest for one in dossier.returns if one.stations and one.contest in known]
    return known[wanted or next(iter([*with_table, *known]))]


def _options(dossier: paper.Dossier, contest: paper.ContestRecord, wanted: str | None) -> list[str]:
    """List the options, the one that is shown first."""
    options = list(contest.options)
    if not options:
        totals = [one for one in dossier.totals if one.contest == contest.id]
        options = list(dict.fromkeys(key for one in totals for key in (*one.votes, *one.shares)))
    if wanted is not None and wanted not in options:
        same = [one for one in options if one.casefold() == wanted.casefold()]
        if len(same) != 1:
            raise InputError(
                f"{wanted!r} is no option of {contest.name!r}",
                expected="one of " + ", ".join(repr(one) for one in options[:30]),
            )
        wanted = same[0]
    first = wanted or contest.favoured
    return [first, *(one for one in options if one != first)] if first in options else options


def _of_stations(found: Vote) -> dict[str, Any]:
    """Add the stations up, and count them into the bins of the pictures."""
    numerator, denominator = found.of
    everything = np.ones(found.table.height, dtype=bool)
    sums = found.sums(everything)
    shares = {
        option: value
        for option in found.options
        if denominator and (value := ratio(found.table, option, denominator)) is not None
    }
    return {
        "registered": sums["registered"],
        "turnout": sums["turnout"],
        "turnout_of": numerator or None,
        "shares": dict(sorted(shares.items(), key=lambda item: -item[1])),
        "share_of": denominator or None,
        "cells": tuple((x, y, n) for x, y, n, _ in found.cells(everything)),
        "turnouts": tuple(found.comb("turnout", everything)[0]),
        "teeth": tuple(found.comb("share", everything)[0]),
    }


def _announced(dossier: paper.Dossier, contest: str) -> dict[str, Any]:
    """Take what was announced, where no stations were published."""
    said = [
        one for one in dossier.totals if one.contest == contest and one.report is None and one.place is None
    ]
    if not said:
        return {}
    last = said[-1]
    valid = last.valid or (sum(last.votes.values()) if last.votes else None)
    shares = last.shares or {key: 100 * votes / valid for key, votes in last.votes.items() if valid}
    turnout = last.turnout
    if turnout is None and last.cast is not None and last.registered:
        turnout = 100 * last.cast / last.registered
    return {
        "registered": last.registered,
        "turnout": turnout,
        "shares": dict(sorted(shares.items(), key=lambda item: -item[1])),
    }
