"""What one method found in one contest, and all that is told with it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from plebiscope.catalogue import TIERS
from plebiscope.dossier import limits, yardstick
from plebiscope.dossier.against import Against
from plebiscope.dossier.dossier import MethodRecord
from plebiscope.dossier.draw import Drawing
from plebiscope.dossier.text import plain
from plebiscope.dossier.view.shown import Areas, Shown
from plebiscope.model.finding import Assumption, Effect, FairRate, Grade
from plebiscope.model.wording import capital, counted, listed

TOO_SELDOM = 0.05
"""An interval that held the truth in fair votes less often than promised by more than this is told of."""

_NULLS = {
    "exact": "What is expected in a fair vote is computed exactly.",
    "conditional": "What is expected rests on the counts’ own neighbourhood, without a model of the vote.",
    "simulated": "What is expected in a fair vote is simulated.",
    "none": "",
}


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
        return counted(more, "more pictures" if self.pictures else "pictures") if more else ""

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
