"""What the figures of a contest show: how many questions met what, and the strongest answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plebiscope.dossier.reading.by_model import by_model
from plebiscope.dossier.reading.quoted import quoted
from plebiscope.dossier.reading.worth import worth
from plebiscope.dossier.text import lowered, name
from plebiscope.dossier.words.ranks import rank
from plebiscope.model.case import Contest
from plebiscope.model.finding import Finding, Grade
from plebiscope.model.wording import counted, listed

_FOUND = {
    "contradiction": "met figures that cannot all be true",
    "strong": "found a strong departure from what a fair vote makes likely",
    "notable": "found a notable departure from what a fair vote makes likely",
    "display": "met figures that are shown and not judged",
    "none": "found nothing unusual",
    "within": "gave only estimates by a model that show nothing either way",
    "undecided": "left open whether there is any difference",
    "open": "found nothing in a way that reassures nobody, because what was missed is not known",
}
"""What the questions of each grade met; those graded ``none``, by what that is worth."""


def on_figures(contest: Contest, findings: Sequence[Finding], titles: Mapping[str, str]) -> list[str]:
    """Say what the questions put to the figures of a contest met, the strongest answers in full."""
    subject = name(contest.name)
    grades: dict[str, Grade] = {}
    for finding in findings:
        whole = finding.scope.level == "contest"
        if whole and finding.grade in _FOUND and rank(finding.grade) < rank(grades.get(finding.method)):
            grades[finding.method] = finding.grade
    descriptive = {finding.method for finding in findings if finding.tier == "D"}
    asked = {method: grade for method, grade in grades.items() if method not in descriptive}
    if not asked:
        shown = listed([lowered(titles.get(method, method)) for method in grades])
        apart = f"; shown and not judged: {shown}" if shown else ""
        return [f"{subject}: no question that was put to its figures can be answered from this case{apart}."]
    met = {method: worth(method, findings) if grade == "none" else grade for method, grade in asked.items()}
    groups = []
    for kind, words in _FOUND.items():
        methods = [lowered(titles.get(method, method)) for method, found in met.items() if found == kind]
        if methods:
            groups.append(f"{len(methods)} {words} ({listed(methods)})")
    if set(met.values()) == {"none"}:
        said = [
            f"{subject}: {counted(len(met), 'questions')} could be put to its figures, and nothing unusual "
            f"was found; what each answer could have missed is said with it, where it is known."
        ]
    elif len(met) == 1:
        one = _FOUND[next(iter(met.values()))]
        said = [f"{subject}: the one question that could be put to its figures {one}."]
    else:
        said = [f"{subject}: of {len(met)} questions that could be put to its figures, {listed(groups)}."]
    said += [finding.sentence for finding in quoted(findings)]
    said += [finding.sentence for finding in findings if finding.unexplained][:1]
    return said + by_model(subject, [one for one in findings if one.method in asked], asked, titles)
