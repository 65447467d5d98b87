"""What an answer that found nothing is worth."""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.calibrate.multiplicity import log10_of
from plebiscope.model.finding import Finding

_WORTH = ("open", "undecided", "within", "none")
"""What an answer graded ``none`` can be worth, the least first."""


def worth(method: str, findings: Sequence[Finding]) -> str:
    """Say what it is worth that a method found nothing: as much as the least of its answers.

    Of a design that tests, the answers without a test do not count: what it could have found is known.
    """
    kinds = set()
    answers = [
        one
        for one in findings
        if one.method == method and one.scope.level == "contest" and one.grade == "none"
    ]
    tests = [one for one in answers if log10_of(one) is not None]
    for finding in tests if tests and tests[0].tier == "B" else answers:
        by_model = finding.tier == "C" and log10_of(finding) is None
        if finding.limit is None and (by_model or log10_of(finding) is not None):
            kinds.add("open")
        elif finding.tier == "B" and log10_of(finding) is None:
            kinds.add("undecided")
        else:
            kinds.add("none" if finding.beside is None else "within")
    return next(kind for kind in _WORTH if kind in kinds)
