"""Estimates by a model beside those on reference votes, where no grade tells of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plebiscope.dossier.text import lowered, name, plain
from plebiscope.model.finding import Finding, Grade


def by_model(
    subject: str, findings: Sequence[Finding], grades: Mapping[str, Grade], titles: Mapping[str, str]
) -> list[str]:
    """Tell where estimates by a model lie beside reference votes, where no grade tells it.

    What they came to is told too, unless they estimate how many votes are concerned: such numbers are told by
    the rule for them only (:mod:`plebiscope.dossier.magnitude`).
    """
    outside: list[str] = []
    within: dict[str, str] = {}
    for finding in findings:
        beside = finding.beside
        if beside is None or finding.grade not in {"none", "display"}:
            continue
        title = lowered(titles.get(finding.method, finding.method))
        about = plain(finding.quantity, 80) + (f", {name(finding.option)}" if finding.option else "")
        came = "" if finding.affected else f": {beside.words}"
        if beside.where == "outside":
            outside.append(
                f"{subject}: “{title}” ({about}{came}) lies outside what the same estimate gave on reference "
                f"votes; it is not graded, because {beside.why}."
            )
        elif grades[finding.method] == "none":
            within.setdefault(finding.method, f"{title} ({about}{came})")
    if within:
        outside.append(
            f"{subject}, estimates by a model that lie within or below what reference votes gave and so show "
            f"nothing either way, the first of each question: {'; '.join(within.values())}."
        )
    return outside
