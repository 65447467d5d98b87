"""What a table could have shown, and what it takes to simulate votes like it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from plebiscope.calibrate import curves, power
from plebiscope.model.case import Plan
from plebiscope.model.errors import InputError
from plebiscope.model.method import Method, Subject, lacking
from plebiscope.study.contests import contests
from plebiscope.study.gathering import gathered
from plebiscope.study.plan import checked
from plebiscope.study.telling import Progress, nobody
from plebiscope.worlds.beside import Designs
from plebiscope.worlds.ground import ground
from plebiscope.worlds.tamper import MECHANISMS

if TYPE_CHECKING:
    from plebiscope.model.power import Matrix
    from plebiscope.model.returns import Returns


def imitable(
    paths: Sequence[str | Path] | str | Path,
    favoured: str | None = None,
    mapping: str | Path | dict[str, Any] | None = None,
    methods: Sequence[str] | None = None,
    copies: Sequence[str | Path] = (),
) -> tuple[Subject, Returns, list[Method], dict[str, Any], int, float]:
    """Read what is needed to simulate votes like the first contest of a case that has a table with options.

    Parameters
    ----------
    paths, favoured, mapping, methods, copies
        As for :func:`plebiscope.study.examine`.

    Returns
    -------
    subject, returns, methods, params, seed, copied
        The contest with everything that the case holds on it, its table, the methods with their parameters by
        id, the seed of the plan, and the share of the stations with a copy of what they signed.

    Raises
    ------
    InputError
        If something given cannot be used, or no contest has a table with options.
    """
    plan = {"methods": None if methods is None else tuple(methods)}
    found = gathered(paths, plan=plan, mapping=mapping, favoured=favoured, copies=copies)
    subjects, _ = contests(found, nobody)
    for subject in subjects:
        if subject.returns is not None and subject.returns.options:
            chosen, params = checked(found)
            seed, copied = found.case.plan.seed, _copied(subject, subject.returns)
            return subject, subject.returns, chosen, params, seed, copied
    raise InputError(
        "there is no table with votes for options to simulate votes from",
        where=found.case.name,
        expected="results by polling station or area",
    )


def _copied(subject: Subject, returns: Returns) -> float:
    """Return the share of a table's rows of which there is a copy, not only photographs of some ballots."""
    rows = [one.match.rows for one in subject.copies if one.kind in {"protocols", "tally"}]
    there = np.unique(np.concatenate(rows)) if rows else np.empty(0, dtype=np.int64)
    return float(np.count_nonzero(there >= 0) / max(1, len(returns)))


def sight(
    plan: Plan,
    subjects: Sequence[Subject],
    methods: Sequence[Method],
    params: Mapping[str, Any],
    cache: Path | None,
    simulated: Matrix | None,
) -> tuple[Matrix | None, list[str]]:
    """Say what the table of the first contest that was published by station could have shown.

    Simulated for this table where somebody did so, else read off the curves for tables of about its size.
    What went wrong is returned beside it, in a sentence each; it must not cost the dossier.
    """
    missed: list[str] = []
    if simulated is not None:
        return simulated, missed
    for subject in subjects:
        returns = subject.returns
        if returns is None or returns.level != "station" or not returns.options:
            continue
        try:
            return _shown(subject, returns, methods, params, plan.seed, cache, missed.append), missed
        except LookupError:
            continue
        except Exception as error:
            # What is said beside the findings must not cost the dossier.
            missed.append(
                f"what this table could have shown cannot be said, because something went wrong: "
                f"{type(error).__name__}: {error}"[:400]
            )
            break
    return None, missed


def _shown(
    subject: Subject,
    returns: Returns,
    methods: Sequence[Method],
    params: Mapping[str, Any],
    seed: int,
    cache: Path | None,
    tell: Progress,
) -> Matrix | None:
    """Say what one table could have shown; a LookupError where it cannot be imitated."""
    copied = _copied(subject, returns)
    if cache is not None:
        wanted = power.Wanted(
            subject.contest,
            returns,
            methods,
            [*MECHANISMS.values()],
            params,
            seed=seed,
            copied=copied,
            designs=Designs.of(subject),
        )
        known = power.found(wanted, cache, tell)
        if known is not None:
            return known
    here = ground(returns, subject.favoured)
    asked = [method for method in methods if not lacking(method, subject)]
    ballots = int(here.counts.cast.sum())
    return curves.matrix(subject.contest.id, len(here), ballots, asked, MECHANISMS, copied)
