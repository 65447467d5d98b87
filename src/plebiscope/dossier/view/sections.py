"""The findings in order: by contest, then by method, the gravest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from plebiscope.calibrate.multiplicity import log10_of
from plebiscope.dossier import numbers
from plebiscope.dossier.dossier import ContestRecord, Dossier, MethodRecord
from plebiscope.dossier.magnitude.picture import PLACE as HOW_MANY
from plebiscope.dossier.sight.picture import PLACE as POWER
from plebiscope.dossier.text import name, plain
from plebiscope.dossier.view.drawings import drawings
from plebiscope.dossier.view.group import Group
from plebiscope.dossier.view.shown import Areas, Shown
from plebiscope.dossier.words import ranks
from plebiscope.model.finding import Finding
from plebiscope.model.wording import counted


@dataclass
class Section:
    """The findings on one contest."""

    anchor: str
    heading: Markup
    contest: ContestRecord
    first: bool
    groups: list[Group]
    open: list[tuple[str, list[dict[str, str]]]]
    failed: list[Shown]


def sections(dossier: Dossier, *, draw_them: bool = True) -> list[Section]:
    """Order the findings: by contest, then by method, the gravest first.

    Parameters
    ----------
    dossier
        The dossier.
    draw_them
        Draw the figures, which takes most of the time.
    """
    methods = {method.id: method for method in dossier.methods}
    apart = {POWER, *(f"{HOW_MANY}/{one.contest}" for one in dossier.how_many)}
    drawn = drawings([f for f in dossier.figures if f.finding not in apart]) if draw_them else {}
    several = len(dossier.case.contests) > 1
    sizes = {family.name: family.size for family in dossier.weighing.families}
    made = []
    for index, contest in enumerate(dossier.case.contests):
        shown = [
            Shown(finding, f"f-{place}")
            for place, finding in enumerate(dossier.findings)
            if finding.contest == contest.id
        ]
        by_method: dict[str, list[Shown]] = {}
        for finding in shown:
            by_method.setdefault(finding.method, []).append(finding)
        groups = []
        for place, (method, found) in enumerate(by_method.items()):
            record = methods.get(method) or _unknown(found[0].finding)
            group = _group(f"c{index}-m{place}", record, found, sizes)
            own = {finding.id for finding in found}
            if group is not None:
                gravest = sorted(found, key=lambda finding: ranks.rank(finding.grade))
                group.drawings = [drawing for f in gravest for drawing in drawn.get(f.id, [])]
                group.against = next((one for one in dossier.against if one.needs[0].finding in own), None)
                groups.append(group)
        heading = (
            Markup("Findings on <bdi>{}</bdi>").format(name(contest.name)) if several else Markup("Findings")
        )
        made.append(
            Section(
                anchor=f"c{index}",
                heading=heading,
                contest=contest,
                first=index == 0,
                groups=sorted(groups, key=lambda group: ranks.rank(group.grade)),
                open=_open([f for f in shown if f.status == "not testable"], methods),
                failed=[f for f in shown if f.status == "failed"],
            )
        )
    return made


def _group(
    anchor: str, method: MethodRecord, found: Sequence[Shown], sizes: Mapping[str, int]
) -> Group | None:
    tested = [finding for finding in found if finding.status == "tested"]
    top = [finding for finding in tested if finding.scope.level == "contest"] or tested[:1]
    if not top:
        return None
    top.sort(key=lambda finding: ranks.rank(finding.grade))
    questions: dict[tuple[str, str | None], list[Shown]] = {}
    for finding in tested:
        if finding.scope.level != "contest" and finding not in top:
            questions.setdefault((finding.quantity, finding.option), []).append(finding)
    # What is merely shown of an area does not make more of a question than the answer for the whole; what is
    # named there does.
    named = [finding for finding in tested if ranks.rank(finding.grade) < ranks.rank("display")]
    grade = min((finding.grade for finding in (*top, *named)), key=ranks.rank)
    return Group(anchor, method, grade, top, [_areas(areas, sizes) for areas in questions.values()])


def _areas(found: Sequence[Shown], sizes: Mapping[str, int]) -> Areas:
    ordered = sorted(found, key=lambda f: (ranks.rank(f.grade), log10_of(f.finding) or 0.0))
    named = [finding for finding in ordered if finding.grade in {"contradiction", "strong", "notable"}]
    shown = sum(finding.grade == "display" for finding in ordered)
    level = "station" if found[0].scope.level == "station" else "area"
    effect = next((f.effect for f in found if f.effect is not None), None)
    first = found[0].finding
    question = first.contest, first.method, first.quantity, first.option
    looked_at = max(len(found), sizes.get("/".join(part for part in question if part is not None), 0))
    summary = (
        f"{len(named) or 'None'} of {counted(looked_at, f'{level}s')} {'are' if len(named) > 1 else 'is'} "
        f"named, after correction for looking at {'all of them' if looked_at > 1 else 'it'}"
    )
    return Areas(
        heading=f"By {level}: {found[0].called}",
        summary=f"{summary}; {shown} {'are' if shown > 1 else 'is'} shown and not judged."
        if shown
        else f"{summary}.",
        effect=effect.name if effect is not None else "effect",
        level=f"{numbers.per_cent(effect.level)} interval"
        if effect is not None and effect.level
        else "range",
        named=named,
        others=[finding for finding in ordered if finding not in named],
    )


def _open(
    found: Iterable[Shown], methods: Mapping[str, MethodRecord]
) -> list[tuple[str, list[dict[str, str]]]]:
    by_reason: dict[str, list[dict[str, str]]] = {}
    for finding in found:
        record = methods.get(finding.method) or _unknown(finding.finding)
        whole = finding.quantity == finding.method
        entry = {
            "anchor": finding.anchor,
            "title": record.title if whole else f"{record.title}, {finding.called}",
            "question": record.question if whole else "",
        }
        entries = by_reason.setdefault(plain(finding.reason, 600).rstrip("."), [])
        if all(entry["title"] != other["title"] for other in entries):
            entries.append(entry)
    return list(by_reason.items())


def _unknown(finding: Finding) -> MethodRecord:
    """Describe a method of which the dossier says no more than its id."""
    title = finding.method.replace("-", " ").capitalize()
    return MethodRecord(
        id=finding.method, title=title, question="", tier=finding.tier, null=finding.null, tail=""
    )
