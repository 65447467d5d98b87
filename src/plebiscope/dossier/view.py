"""What the page shows, in its order: findings by method, areas under their question, statements by kind.

Plain records computed from the dossier; the templates only lay them out.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape

from plebiscope.calibrate.multiplicity import log10_of
from plebiscope.catalogue import TIERS
from plebiscope.dossier import limits, magnitude_told, numbers, reading, sight, strip, yardstick
from plebiscope.dossier.against import Against
from plebiscope.dossier.dossier import ContestRecord, Dossier, MethodRecord
from plebiscope.dossier.draw import Drawing, draw_all
from plebiscope.dossier.text import name, plain
from plebiscope.dossier.words import levels, ranks, sentences
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Effect, FairRate, Finding, Grade
from plebiscope.model.wording import capital, listed

TOO_SELDOM = 0.05
"""An interval that held the truth in fair votes less often than promised by more than this is told of."""
PICTURES = 2_200_000
"""Bytes of drawings on one page; further pictures are told in words, so that the page stays below 3 MB."""


GRADES: Mapping[Grade | None, tuple[str, str]] = {
    "contradiction": ("contradiction", "Figures that cannot all be true. Arithmetic, not probability."),
    "strong": (
        "strong",
        f"q below {levels.STRONG}, an effect large enough to matter, no assumption that fails, and a known "
        "and small rate of false alarms on reference votes.",
    ),
    "notable": (
        "notable",
        f"q below {levels.NOTABLE} with the same care, or a model-dependent estimate wholly outside what the "
        "same estimate gave on reference votes.",
    ),
    "none": ("none", "Nothing found; worth as much as the smallest departure that would have been noticed."),
    "display": (
        "shown, not judged",
        "Descriptive, or something was found that may not be graded; the sentence says why.",
    ),
    None: ("not answered", "Not testable from this case, or the method stopped with an error."),
}
"""Each grade as it is shown, and what it means."""


_NULLS = {
    "exact": "What is expected in a fair vote is computed exactly.",
    "conditional": "What is expected rests on the counts’ own neighbourhood, without a model of the vote.",
    "simulated": "What is expected in a fair vote is simulated.",
    "none": "",
}


@dataclass
class Shown:
    """A finding with its place on the page; everything else is the finding's own."""

    finding: Finding
    anchor: str

    def __getattr__(self, key: str) -> Any:
        return getattr(self.finding, key)

    @property
    def called(self) -> str:
        """Its quantity and option, in words."""
        return sentences.called(self.finding)

    @property
    def p_digits(self) -> str:
        """The p in digits."""
        return numbers.digits(log10_of(self.finding))

    @property
    def p_words(self) -> str:
        """The p as odds."""
        log10_p = log10_of(self.finding)
        return "" if log10_p is None else numbers.odds(log10_p)

    @property
    def q_digits(self) -> str:
        """The q in digits; where it is the smallest float, it is below that."""
        q = self.finding.q
        if q is None:
            return "–"
        least = q <= sys.float_info.min
        return ("below " if least else "") + numbers.digits(math.log10(q))

    @property
    def strip(self) -> Markup | None:
        """The picture of where it stands among reference votes."""
        place = self.finding.place
        return None if place is None else strip.strip(place, yardstick.standing(place))

    @property
    def standing(self) -> str:
        """Where it stands among reference votes, in words; in short where its sentence says so already."""
        place = self.finding.place
        if place is None:
            return ""
        votes = reading.counted(len(place.votes), "reference vote")
        short = f"{self.called}: {yardstick.rank(place, votes)}."
        said = short if place.on in self.finding.sentence else yardstick.standing(place)
        return f"{said} The axis shows {strip.axis(place)}."


@dataclass
class Areas:
    """The areas of one question."""

    heading: str
    summary: str
    effect: str
    level: str
    """What the interval of the effects is called."""
    named: list[Shown]
    others: list[Shown]


@dataclass
class Group:
    """What one method found in one contest."""

    anchor: str
    method: MethodRecord
    grade: Grade | None
    findings: list[Shown]
    areas: list[Areas]
    drawings: list[Drawing] = field(default_factory=list)
    against: Against | None = None
    """What was found beside what decides; only with the method that says what decides."""

    @property
    def lead(self) -> Shown:
        """The finding that stands first."""
        return self.findings[0]

    @property
    def pictures(self) -> int:
        """How many pictures stand open: two of what was found, one of what is only shown, else none."""
        return min(len(self.drawings), {"display": 1, "none": 0}.get(self.grade or "none", 2))

    @property
    def folded(self) -> str:
        """What all but the first sentence is called where it is folded away; empty where it is not."""
        if self.grade not in {"display", "none", None}:
            return ""
        drawn = [self.more_pictures] if self.more_pictures else []
        return capital(listed([*drawn, "numbers", "assumptions", "what it could have noticed"]))

    @property
    def more_pictures(self) -> str:
        """What further pictures are called; empty where there are none."""
        more = len(self.drawings) - self.pictures
        return reading.counted(more, "more picture" if self.pictures else "picture") if more else ""

    @property
    def effects(self) -> list[tuple[Shown, Effect]]:
        """Effects beside the first, with the finding that they belong to."""
        return [(finding, effect) for finding in self.findings for effect in finding.effects]

    @property
    def others(self) -> list[Shown]:
        """Findings whose sentences are folded away: the table has them too. Contradictions never are."""
        return [finding for finding in self.findings[1:] if finding.grade != "contradiction"]

    @property
    def assumptions(self) -> list[tuple[Assumption, str]]:
        """Each assumption once for each state, with the quantities where it is not in this state for all."""
        seen: dict[tuple[str, str], tuple[Assumption, list[str]]] = {}
        for finding in self.findings:
            for assumption in finding.assumptions:
                key = assumption.name, assumption.state
                seen.setdefault(key, (assumption, []))[1].append(finding.called)
        states = [name for name, _ in seen]
        return [
            (assumption, listed(list(dict.fromkeys(called))) if states.count(assumption.name) > 1 else "")
            for assumption, called in seen.values()
        ]

    @property
    def innocent(self) -> list[str]:
        """Explanations without wrongdoing."""
        found = [*self.method.innocent, *(one for finding in self.findings for one in finding.innocent)]
        return list(dict.fromkeys(found))

    @property
    def limit(self) -> str:
        """What would have been noticed, for each finding that has a limit."""
        known = [(f.called, f.finding.limit) for f in self.findings if f.finding.limit is not None]
        if not known:
            return limits.limit(None) if any(f.log10_p is not None for f in self.findings) else ""
        first = limits.limit(known[0][1])
        if len(known) == 1:
            return first
        others = "; ".join(
            f"{called}: {limits.limit_size(found)} {limits.chance(found)}" for called, found in known[1:]
        )
        return f"{first} That is for {known[0][0]}; for the other tests of this method it is: {others}."

    @property
    def alarm(self) -> str:
        """The rate of false alarms; empty for what is arithmetic or never judged."""
        if not any(f.q is not None or f.false_alarm is not None for f in self.findings):
            return ""
        said = [yardstick.alarms(self.lead.false_alarm)]
        told: set[FairRate] = set()
        for shown in self.findings:
            rate = shown.finding.on_fair_votes
            if rate is None or rate in told or not (shown is self.lead or rate.doubtful):
                continue
            told.add(rate)
            said.append(yardstick.on_fair_votes(rate, "" if shown is self.lead else shown.called))
        return " ".join(said)

    @property
    def coverage(self) -> str:
        """How often intervals held the truth in fair votes: the first one, and each that falls short."""
        told: dict[str, None] = {}
        for shown in self.findings:
            for place, known in enumerate(shown.finding.intervals_on_fair_votes):
                first = shown is self.lead and not place
                seldom = known.level is not None and known.low < known.level - TOO_SELDOM
                if first or seldom or known.doubtful:
                    told[yardstick.coverage(known)] = None
        if not told:
            return ""
        return f"In simulated fair votes, where the truth is known: {' '.join(told)}"

    @property
    def tier(self) -> str:
        """What the tier means."""
        return TIERS[self.lead.tier]

    @property
    def null(self) -> str:
        """How the expectation was obtained."""
        return _NULLS[self.lead.null]

    @property
    def params(self) -> list[tuple[str, str]]:
        """Parameters of the first finding."""
        return [
            (plain(key, 80), plain(json.dumps(value, ensure_ascii=False, default=str), 300))
            for key, value in self.lead.params.items()
        ]


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


def reading_parts(dossier: Dossier) -> list[tuple[str, list[str]]]:
    """Return the sentences of the reading under their headings; under none where the dossier has none."""
    left = list(dossier.reading.sentences)
    parts = []
    for heading, count in dossier.reading.parts.items():
        parts.append((plain(heading, 80), left[:count]))
        left = left[count:]
    return [*parts, ("", left)] if left else parts


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
    apart = {sight.PLACE, *(f"{magnitude_told.PLACE}/{one.contest}" for one in dossier.how_many)}
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
        f"{len(named) or 'None'} of {reading.counted(looked_at, level)} {'are' if len(named) > 1 else 'is'} "
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


def drawings(figures: Sequence[Figure], prefix: str = "") -> dict[str, list[Drawing]]:
    """Draw figures while there is room for them, by the id of the finding that they belong to.

    Parameters
    ----------
    figures
        The pictures as data.
    prefix
        Put before every id in the drawings, where a page has several lots of them.
    """
    drawn: dict[str, list[Drawing]] = {}
    left = PICTURES
    svgs = draw_all((figure, f"{prefix}d{place}") for place, figure in enumerate(figures))
    for place, (figure, svg) in enumerate(zip(figures, svgs, strict=True)):
        if svg is not None and len(svg) > left:
            svg = None
        left -= len(svg or "")
        if svg is not None:
            label = escape(plain(figure.alt))
            svg = svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
        drawing = Drawing(f"{prefix}fig-{place}", figure, None if svg is None else Markup(svg))  # noqa: S704 - see draw
        drawn.setdefault(figure.finding, []).append(drawing)
    return drawn
