"""The sentences of the reading under their headings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from plebiscope.calibrate.multiplicity import Family
from plebiscope.dossier.reading.bounds import comparisons, unanswered, unseen
from plebiscope.dossier.reading.on_conduct import on_conduct
from plebiscope.dossier.reading.on_figures import on_figures
from plebiscope.dossier.text import lowered, name
from plebiscope.model.case import Contest
from plebiscope.model.finding import Finding
from plebiscope.model.report import Conduct
from plebiscope.model.wording import listed


@dataclass(frozen=True, slots=True)
class Part:
    """Sentences of the reading under one heading."""

    heading: str
    sentences: tuple[str, ...]


def parts(
    case: str,
    contests: Sequence[Contest],
    findings: Sequence[Finding],
    conduct: Conduct | None,
    releases: Mapping[str, str],
    questions: Mapping[str, str],
    titles: Mapping[str, str],
    families: Sequence[Family] = (),
    against: Mapping[str, Sequence[str]] = MappingProxyType({}),
    blind: Mapping[str, Sequence[str]] = MappingProxyType({}),
    how_many: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[Part, ...]:
    """Say what the evidence supports, strongest first, what it cannot tell, and how much was compared.

    Each sentence can be quoted alone.

    Parameters
    ----------
    case
        Name of the case.
    contests
        The contests of the case.
    findings
        All findings.
    conduct
        The conduct record, if there is one.
    releases
        What was released: one text for each contest id.
    questions, titles
        The question and the title of each method, by its id.
    families
        The families in which p were corrected.
    against
        How the findings compare with what would change the outcome, by contest.
    blind
        What no method would have noticed in simulated votes, by contest.
    how_many
        How many votes are concerned, or why that cannot be stated, by contest.
    """
    subject = name(case if len(contests) > 1 else contests[0].name)
    on = {contest.id: [f for f in findings if f.contest == contest.id] for contest in contests}
    supported = []
    for contest in contests:
        supported += on_figures(contest, on[contest.id], titles)
        supported += (*how_many.get(contest.id, ()), *against.get(contest.id, ()))
    supported += on_conduct(subject, conduct)
    released: dict[str, list[str]] = {}
    for contest in contests:
        released.setdefault(releases[contest.id], []).append(name(contest.name))
    open_ = [f"{listed(names)}, release: {lowered(release)}" for release, names in released.items()]
    open_ += unanswered(contests, findings, questions)
    for contest in contests:
        open_ += (*unseen(contest, on[contest.id], titles), *blind.get(contest.id, ()))
    made = (
        Part("What the evidence supports", tuple(supported)),
        Part("What it cannot tell", tuple(open_)),
        Part("How many comparisons were made", tuple(comparisons(subject, findings, families))),
    )
    return tuple(part for part in made if part.sentences)
