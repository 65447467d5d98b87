"""What reports say of how a vote was held, and what became of each report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from plebiscope import reviewing
from plebiscope.dossier import dossier as paper
from plebiscope.dossier.write import write_texts as write_report_texts
from plebiscope.intake import cases
from plebiscope.intake.case_file import Found, only_review
from plebiscope.model.errors import InputError
from plebiscope.study import inputs as read_from
from plebiscope.study.telling import Progress

if TYPE_CHECKING:
    from plebiscope.model.report import Conduct, Report


def conduct(
    paths: Sequence[str | Path],
    *,
    published: str | None = None,
    review: str | Path | None = None,
    proposers: Sequence[str] = (),
) -> tuple[Conduct, tuple[str, ...]]:
    """Code reports on how a vote was held.

    Parameters
    ----------
    paths
        Reports, folders with reports, or a case.
    published
        Day on which they were published (year-month-day), where they do not say so themselves.
    review
        Review file; it gains a line for each statement that it lacks. Without it, that of a case is read.
    proposers
        Names of plug-ins that are asked for words to look at.

    Returns
    -------
    Conduct, remarks
        The record, with the texts of the reports; and what became of reports, review and plug-ins, in a
        sentence each.

    Raises
    ------
    InputError
        If a path leads nowhere, no report can be read, or the review file cannot be used.
    """
    from plebiscope.intake.reports import read_reports

    when = None if published is None else cases.day(published)
    found = cases.reports([Path(path) for path in paths])
    named = [Path(review)] if review is not None else []
    known = [found.review] if found.review is not None else []
    record, remarks = reviewing.coded(
        read_reports(found.files, when or found.published),
        only_review([*known, *named]),
        extend=bool(named),
        proposers=proposers,
        held=found.held,
    )
    return record, (*on_reports(record.reports), *remarks)


def reports(
    found: Found, inputs: list[paper.Input], tell: Progress
) -> tuple[Conduct | None, tuple[str, ...]]:
    """Code the reports of a case, and say what a person should know of their review."""
    pairs = [(source, path) for source, path in found.placed if source.role == "report"]
    if not pairs and (found.review or found.proposers):
        raise InputError(
            "there is no report in this case to review",
            where=found.review.name if found.review else None,
            expected="`reports` in the case file, or a report beside the other files",
        )
    if not pairs:
        return None, ()
    from plebiscope.intake.reports import read_reports

    tell(f"reading {len(pairs)} report{'s' if len(pairs) > 1 else ''}")
    others = len(pairs) < len(found.case.sources) or bool(found.case.totals)
    read = read_reports(
        [(path, source.path) for source, path in pairs], found.case.plan.published, needed=not others
    )
    for (source, path), report in zip(pairs, read, strict=True):
        form = report.format or "unread"
        inputs.append(read_from.of_file(path, source.path, "report", source.contest, form))
    told = reviewing.coded(
        read,
        found.review,
        extend=found.extends,
        proposers=found.proposers,
        held=cases.held(found.case.contests),
    )
    if found.review is not None:
        inputs.append(read_from.of_file(found.review, found.review.name, "review", None, "decisions"))
    return told


def on_reports(reports: Iterable[Report]) -> Iterator[str]:
    """Say which reports were not read and why, and what else a reader must know of them."""
    for report in reports:
        if not report.read:
            yield f"{report.path} is not read: {report.why_unread}"
        for note in report.notes:
            yield f"{report.path}: {note}"


def write_texts(record: Conduct, folder: str | Path) -> tuple[Path, ...]:
    """Write the texts that were taken out of reports which are no plain text, into which offsets point.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    return write_report_texts(record.reports, Path(folder))
