"""Which statements of reports are about how the vote was held, and which tell facts."""

from __future__ import annotations

from plebiscope.dossier.reviewed import OWN_VOICE
from plebiscope.dossier.text import name
from plebiscope.model.report import Conduct, Report, Statement

VERDICT = "C23"
"""The code of verdict words on the whole vote."""
POSITIVE = "P01"
"""The code of positive assessments."""


def told_in(conduct: Conduct) -> list[Report]:
    """Return the reports that were read, by us or by a person who added statements of theirs."""
    read = {statement.report for statement in conduct.statements}
    return [report for report in conduct.reports if report.read or report.path in read]


def is_conduct(statement: Statement) -> bool:
    """Whether a statement is about how the vote was held: no verdict, no reaction, no praise."""
    return statement.code not in {VERDICT, POSITIVE} and statement.severity > 0


def is_told(statement: Statement) -> bool:
    """Whether a statement asserts or alleges a fact about how the vote was held."""
    reported = statement.status in {"asserted", "alleged"} and statement.review != "rejected"
    return is_conduct(statement) and reported


def is_firm(statement: Statement) -> bool:
    """Whether it is told, in words that say so rather than suggest it, or a reviewer has settled that."""
    settled = statement.review in {"accepted", "corrected", "added"}
    return is_told(statement) and (statement.strength == "firm" or settled)


def speaker(who: str | None) -> str:
    """Name who speaks; null is the report's own voice."""
    return OWN_VOICE if who is None else name(who)
