"""The figures in a word, and the conduct in a few."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from plebiscope.dossier.reading.slips import is_slip
from plebiscope.dossier.reading.statements import is_firm, told_in
from plebiscope.model.finding import Finding
from plebiscope.model.report import Conduct

Figures = Literal["consistent", "anomalous", "contradictory", "not testable"]


def figures_word(findings: Iterable[Finding]) -> Figures:
    """Sum up the figures in one word."""
    found = list(findings)
    grades = {finding.grade for finding in found}
    if any(finding.grade == "contradiction" and not is_slip(finding) for finding in found):
        return "contradictory"
    if grades & {"strong", "notable"}:
        return "anomalous"
    return "consistent" if grades & {"none", "contradiction"} else "not testable"


def conduct_word(conduct: Conduct | None) -> str:
    """Sum up the conduct record in a few words."""
    if conduct is None or not conduct.reports:
        return "not reported"
    if not told_in(conduct):
        return "not read"
    related = [statement for statement in conduct.statements if is_firm(statement)]
    asserted = max((s.severity for s in related if s.status == "asserted"), default=0)
    alleged = max((s.severity for s in related if s.status == "alleged"), default=0)
    if asserted >= 4:
        return "grave breaches reported"
    if asserted >= 2:
        return "breaches reported"
    return "breaches alleged" if alleged >= 2 else "no breach reported"
