"""The road of a case that was gathered: read, measure, calibrate, assemble."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plebiscope import stated
from plebiscope.asking import asking
from plebiscope.dossier import dossier as paper
from plebiscope.dossier import weigh
from plebiscope.dossier.assemble import assemble, making
from plebiscope.dossier.stations import stations_table
from plebiscope.dossier.write import write as write_files
from plebiscope.intake.case_file import Found
from plebiscope.model.case import Totals
from plebiscope.model.errors import InputError
from plebiscope.model.method import Subject
from plebiscope.study.contests import contests
from plebiscope.study.fair import fair_worlds, to_do
from plebiscope.study.plan import checked
from plebiscope.study.reports import on_reports, reports
from plebiscope.study.sight import sight
from plebiscope.study.telling import Heard, Progress, nobody

if TYPE_CHECKING:
    import polars as pl

    from plebiscope.model.power import Matrix
    from plebiscope.model.report import Conduct


@dataclass(frozen=True)
class Examined:
    """A dossier and the table of all stations that goes with it."""

    dossier: paper.Dossier
    stations: pl.DataFrame
    remarks: tuple[str, ...] = ()
    """What became of files that were not used, in a sentence each."""


def run(
    found: Found,
    progress: Progress | None = None,
    *,
    cache: Path | None = None,
    simulated: Matrix | None = None,
    heard: Heard | None = None,
) -> Examined:
    """Go the whole road with a case that was gathered.

    Parameters
    ----------
    found
        The case.
    progress
        Called with a few words at the beginning of each step.
    cache
        Folder in which it is looked up what the table could have shown; null looks nowhere.
    simulated
        The same, where it is known already.
    heard
        Called with the answer of each method as it comes, before anything is weighed.
    """
    started = time.perf_counter()
    tell = progress or nobody
    chosen, settings = checked(found)
    if not (found.case.sources or found.case.totals):
        raise InputError(
            "the case names no results, no announced totals and no report",
            where=found.case.name,
            todo="fill in `results`, [[contest.totals]] or `reports` in the case file",
        )
    subjects, inputs = contests(found, tell)
    conduct, told = reports(found, inputs, tell)
    figures = conduct.figures if conduct is not None else ()
    homes = [stated.home(figure, subjects) for figure in figures]
    subjects = _with_stated(subjects, stated.totals(figures, homes))
    answers = []

    def hear(given: Iterable[weigh.Answer]) -> None:
        for answer in given:
            answers.append(answer)
            if heard is not None:
                heard(answer)

    with asking(chosen, settings, subjects, found.case.plan.seed, tell, to_do(subjects)) as asked:
        hear(asked.answers())
    answers = asked.in_order(answers)
    fair = list(fair_worlds([subject.contest.id for subject in subjects], asked.others, tell))
    power, missed = sight(found.case.plan, subjects, chosen, settings, cache, simulated)
    for words in missed:
        tell(words)
    tell("putting the dossier together")
    dossier = assemble(
        found.case,
        subjects=subjects,
        answers=answers,
        inputs=inputs,
        conduct=conduct,
        made=making(found.case.plan.seed, time.perf_counter() - started),
        simulated=found.simulated,
        mappings=found.mappings,
        stated=stated.beside(figures, homes),
        fair=fair,
        power=power,
    )
    remarks = (*_remarks(found, conduct), *told, *missed)
    return Examined(dossier, stations_table(subjects, answers), remarks)


def _with_stated(subjects: Sequence[Subject], said: Sequence[Totals]) -> list[Subject]:
    """Add what reports state to the announcements of each contest."""
    return [
        dataclasses.replace(
            subject,
            totals=(*subject.totals, *(one for one in said if one.contest == subject.contest.id)),
        )
        for subject in subjects
    ]


def _remarks(found: Found, conduct: Conduct | None) -> tuple[str, ...]:
    said = conduct.reports if conduct is not None else ()
    return (
        *(f"{name} was given already, with the same content, and is used once" for name in found.repeated),
        *on_reports(said),
    )


def write(examined: Examined, folder: str | Path) -> tuple[Path, ...]:
    """Write ``dossier.html``, ``dossier.json``, and ``stations.parquet`` where stations were published.

    The texts of reports that are no plain text go into ``report-texts``.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    return write_files(examined.dossier, examined.stations, Path(folder))
