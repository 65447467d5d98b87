"""Which answers are quoted whole."""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.dossier.reading.slips import is_slip
from plebiscope.dossier.words.ranks import rank
from plebiscope.model.finding import Finding

_QUOTED = 3
"""How many findings are quoted whole; the others are named, and stand below."""


def quoted(findings: Sequence[Finding]) -> list[Finding]:
    """Choose what is quoted: one answer of each method that found something, the strongest first.

    Contradictions lead, unless they are slips; then p decides. Where the strongest answer of a method is one
    of many of its grade, the one that the method gives first is quoted.
    """
    by_method: dict[str, list[Finding]] = {}
    for finding in findings:
        # Votes by a model are told by the rule for them only (:mod:`plebiscope.dossier.magnitude`).
        by_model = finding.tier == "C" and finding.affected
        if finding.grade in {"contradiction", "strong", "notable"} and not by_model:
            by_method.setdefault(finding.method, []).append(finding)
    leads = [_lead(graded) for graded in by_method.values()]
    return sorted(leads, key=lambda f: (is_slip(f), rank(f.grade), f.log10_p or 0.0))[:_QUOTED]


def _lead(graded: Sequence[Finding]) -> Finding:
    best = min(graded, key=lambda f: (rank(f.grade), f.scope.level != "contest", f.log10_p or 0.0))
    alike = (f for f in graded if f.grade == best.grade and f.scope.level == best.scope.level)
    return next(alike)
