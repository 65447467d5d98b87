"""A report on how the vote was held becomes statements: attributed, coded, countable.

One road: ``clean`` makes a readable copy that knows where each letter stood, ``segment`` finds the
sentences and folds what was printed again, ``codebook`` holds the rules as data, ``coding`` tries them,
``attribute``, ``standing`` and ``when`` say who speaks, with which standing and about which day,
``review`` applies what people decided, ``corroborate`` counts, ``contradict`` sets against each other what
differs, ``events`` makes the timeline, ``figures`` picks up the totals that are stated. ``propose`` asks
plug-ins if somebody wants it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plebiscope.conduct.review_file import ReviewFile
    from plebiscope.model.report import Conduct, Held, Report

__all__ = ["code"]


def code(
    reports: Sequence[Report],
    review: ReviewFile | None = None,
    proposers: Sequence[str] = (),
    held: Held | None = None,
) -> Conduct:
    """Code reports on how a vote was held.

    Parameters
    ----------
    reports
        As :func:`plebiscope.intake.reports.read_report` returns them.
    review
        A review file, as :func:`plebiscope.reviewing.read_review` returns it.
    proposers
        Names of installed plug-ins that are asked for words to look at.
    held
        Country and day of the vote, if they are known: "on election day" is then that day.

    Returns
    -------
    Conduct
        What ``plebiscope conduct --json`` prints. Offsets are code points of the original texts.
    """
    from plebiscope.conduct.coding import code_reports

    return code_reports(reports, review, proposers, held)
