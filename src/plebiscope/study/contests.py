"""The contests of a case as methods are asked of them: tables, announcements, and what lies beside."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from plebiscope.dossier import dossier as paper
from plebiscope.intake import circumstances, match
from plebiscope.intake import totals as announced
from plebiscope.intake.case_file import Found
from plebiscope.model.beside import Beside
from plebiscope.model.method import Subject
from plebiscope.study import announcements, tables
from plebiscope.study.telling import Progress


def contests(found: Found, tell: Progress) -> tuple[list[Subject], list[paper.Input]]:
    """Read everything that a case holds about its contests; reports apart.

    Returns
    -------
    subjects, inputs
        Each contest with all that is known of it, and the files that it was read from.

    Raises
    ------
    InputError
        If a file cannot be read, or the case contradicts it.
    """
    inputs: list[paper.Input] = []
    lists = announcements.announcements(found, inputs)
    subjects: list[Subject] = []
    for contest in found.case.contests:
        returns = tables.results(found, contest, inputs, tell)
        states = tables.states(found, contest.id, returns, inputs, tell)
        if returns is not None and states:
            returns = circumstances.with_states(returns, states)
        options = returns.options if returns is not None else contest.options
        totals = tuple(announced.align(item, options) for item in lists if item.contest == contest.id)
        copies = tables.copies(found, contest.id, returns, inputs, tell)
        named = announcements.filled_in(contest, options, totals)
        subjects.append(Subject(named, returns, totals, copies, states=states))
    subjects = [_beside(subject, subjects[number:]) for number, subject in enumerate(subjects, start=1)]
    return [_paired(subject, subjects) for subject in subjects], inputs


def _paired(subject: Subject, subjects: Sequence[Subject]) -> Subject:
    """Put beside a contest those that were held at the same stations, and note what came of it."""
    if subject.returns is None:
        return subject
    named = [other for other in subjects if other.contest.id in subject.contest.pairs]
    pairs = tuple(
        Beside(other.contest, other.returns, match.match(other.returns, subject.returns))
        for other in named
        if other.returns is not None
    )
    bare = [other.contest.name for other in named if other.returns is None]
    returns = circumstances.in_words(subject.returns, pairs, bare)
    return dataclasses.replace(subject, returns=returns, pairs=pairs)


def _beside(subject: Subject, later: Sequence[Subject]) -> Subject:
    """Put beside a contest those later in the case that were held on the same day."""
    if subject.returns is None or subject.contest.date is None:
        return subject
    beside = tuple(
        Beside(other.contest, other.returns, match.match(other.returns, subject.returns))
        for other in later
        if other.returns is not None and other.contest.date == subject.contest.date
    )
    return dataclasses.replace(subject, beside=beside)
