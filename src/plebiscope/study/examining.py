"""A vote examined, from whatever a person names."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from plebiscope.calibrate import kept
from plebiscope.intake import cases
from plebiscope.intake.case_file import only_review
from plebiscope.study.gathering import gathered
from plebiscope.study.road import Examined, run
from plebiscope.study.telling import Heard, Progress


def examine(
    paths: Sequence[str | Path] | str | Path,
    *,
    favoured: str | None = None,
    methods: Sequence[str] | None = None,
    seed: int | None = None,
    published: str | None = None,
    mapping: str | Path | dict[str, Any] | None = None,
    name: str | None = None,
    copies: Sequence[str | Path] = (),
    review: str | Path | None = None,
    proposers: Sequence[str] = (),
    cache: str | Path | None = None,
    progress: Progress | None = None,
    heard: Heard | None = None,
) -> Examined:
    """Examine a vote.

    Parameters
    ----------
    paths
        A case folder or ``case.toml``, or any mix of results files, totals files and report texts.
    favoured
        The option that the organisers wanted; by default the leading one.
    methods
        Ids of the methods; by default all.
    seed
        Seed of every random draw.
    published
        Day on which the reports were published (year-month-day), where they do not say so themselves.
    mapping
        Mapping file for the results, or its content.
    name
        Name of the vote, as it stands in every sentence; by default it is called after the first file.
    copies
        Tables of copies of the protocols, each called after its file; a case file can say whose they are.
    review
        File in which people decide on the statements found in reports; lines are added to it for those that
        it lacks, and it is made if it does not exist.
    proposers
        Names of installed plug-ins that are asked for words to look at in reports.
    cache
        Folder in which it is looked up what votes simulated to look like the table showed
        (:func:`plebiscope.powering.power`); by default the user's folder for such things.
    progress
        Called with a few words at the beginning of each step.
    heard
        Called with the answer of each method as it comes, before anything is weighed.

    Returns
    -------
    Examined
        The dossier and the table of stations; :func:`plebiscope.study.write` writes both.

    Raises
    ------
    InputError
        If something given cannot be used.
    """
    plan = {
        "methods": None if methods is None else tuple(methods),
        "seed": seed,
        "published": None if published is None else cases.day(published),
    }
    found = gathered(paths, plan=plan, mapping=mapping, favoured=favoured, name=name, copies=copies)
    if review is not None:
        known = [found.review] if found.review is not None else []
        found = dataclasses.replace(found, review=only_review([*known, Path(review)]), extends=True)
    where = kept.folder() if cache is None else Path(cache)
    return run(dataclasses.replace(found, proposers=tuple(proposers)), progress, cache=where, heard=heard)
