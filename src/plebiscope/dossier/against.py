"""What was found, and what could have gone unseen, held against what would change the outcome.

Methods do not know one another, so it is here that their numbers of votes stand beside the margin. Rules:

- What decides are the answers of the method ``margin`` for the results, else for the first announcement that
  has one: the lead, and a threshold and quorum where the case gives them. Each is a range, from votes moved
  to votes added or withheld.
- What was found are the votes or ballots that the first graded or shown answer of each method speaks of. They
  are put as an *estimate* only where a design identifies them (tier B) and they may be told as a number, or
  where a model estimates the votes affected in an area that an answer of tier A names; everything else is a
  *scale*: votes in the places concerned, not votes that were wrong.
- An estimate that may not be told as a number (:mod:`plebiscope.dossier.magnitude`) stands in the table and
  the picture, and in no sentence. In the sentences the largest of each kind stands for it.
- What could have gone unseen is anything up to the largest detection limit of each method, where it is known
  in votes, or the upper end of a model's range that undoubted votes reach as well or that holds nought; of
  another kind than the method looks for, it can be larger. Where sight is lost again above the limit, nothing
  is ruled out from there on, so that what could have gone unseen is never called smaller.
- Something is *smaller* than what decides if all of its range is, *larger* if all of it is, else on *both
  sides*.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from plebiscope.dossier.numbers import large
from plebiscope.dossier.text import lowered, name, plain
from plebiscope.dossier.words.ranks import rank
from plebiscope.dossier.words.sizes import holds_nought
from plebiscope.evidence import chart
from plebiscope.methods.margin import METHOD as MARGIN
from plebiscope.model.base import Record
from plebiscope.model.case import Contest
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Effect, Finding
from plebiscope.model.method import Method

Compared = Literal["smaller", "larger", "both sides"]
Kind = Literal["estimate", "scale", "unseen"]
_COUNTED = ("votes", "ballots", "registered voters")
"""Units that are people's votes, or at most as many: a scale."""
_NAMED = {"contradiction", "strong", "notable"}
_FOUND = {*_NAMED, "display"}
_UNDONE: Mapping[Compared, str] = {
    "larger": "enough to undo the lead",
    "both sides": "possibly enough to undo the lead",
    "smaller": "too little to undo the lead",
}
_DRAWN = 12
"""Rows of the picture; all are in the table."""


class Need(Record):
    """What would have to be wrong for something to come out otherwise."""

    finding: str
    name: str
    """What would change: ``outcome``, ``threshold`` or ``quorum``."""
    low: float
    high: float
    """Votes, from those moved to those added or withheld."""


class Weight(Record):
    """Votes that an answer speaks of, beside what would be needed."""

    finding: str
    title: str
    name: str
    area: str | None = None
    kind: Kind
    told: bool = True
    """Whether it may stand in a sentence; else it is an estimate that may not be told as a number."""
    low: float
    high: float
    lost: float | None = None
    """Of what could have gone unseen: votes from which on it would not be noticed any more either; null where
    there are none."""
    compared: tuple[Compared, ...]
    """With each need, in their order."""


class Against(Record):
    """What was found and what could have gone unseen in one contest, against what decides."""

    contest: str
    needs: tuple[Need, ...]
    weights: tuple[Weight, ...] = ()


def against(
    contests: Sequence[Contest],
    findings: Sequence[Finding],
    methods: Mapping[str, Method],
    untold: Collection[tuple[str, str]] = (),
) -> tuple[Against, ...]:
    """Hold the findings of each contest against its margin; a contest without a margin is left out.

    Parameters
    ----------
    contests, findings, methods
        The contests, all that was found, and the methods by id.
    untold
        Estimates that may not be told as numbers: id of the finding, and name of the effect.

    Returns
    -------
    tuple of Against
        One for each contest with a margin.
    """
    made = []
    for contest in contests:
        own = [
            finding for finding in findings if finding.contest == contest.id and finding.status == "tested"
        ]
        needs = _needs([finding for finding in own if finding.method == MARGIN.id])
        if needs:
            # Announced totals hold no votes that were looked at one place at a time.
            others = [f for f in own if f.method in methods and "totals" not in _flat(methods[f.method])]
            titles = {method.id: method.title for method in methods.values()}
            weights = (*_found(others, needs, titles, untold), *_unseen(others, needs, titles))
            made.append(Against(contest=contest.id, needs=needs, weights=weights))
    return tuple(made)


def _flat(method: Method) -> set[str]:
    return {part for need in method.needs for part in ((need,) if isinstance(need, str) else need)}


def _needs(found: Sequence[Finding]) -> tuple[Need, ...]:
    """Read what decides from the answers of the margin, of the first source that has an outcome."""
    outcome = next((finding for finding in found if finding.quantity == "outcome"), None)
    if outcome is None:
        return ()
    source = outcome.params.get("source")
    needs = []
    for finding in found:
        if finding.params.get("source") != source or finding.quantity == "stations":
            continue
        sizes = [
            end
            for effect in (finding.effect, *finding.effects)
            if effect is not None and effect.unit in _COUNTED
            for end in (effect.low, effect.value, effect.high)
            if end is not None
        ]
        if sizes and max(sizes) > 0.0:
            low, high = min(sizes), max(sizes)
            needs.append(Need(finding=finding.id, name=finding.quantity, low=low, high=high))
    return tuple(needs)


def _found(
    findings: Sequence[Finding],
    needs: Sequence[Need],
    titles: Mapping[str, str],
    untold: Collection[tuple[str, str]],
) -> Iterable[Weight]:
    """Go through the answers that found something, of each method the first for the contest or area."""
    named = {f.scope.area for f in findings if f.tier == "A" and f.grade in _NAMED}
    seen: set[tuple[str, str | None]] = set()
    for finding in sorted(findings, key=lambda one: rank(one.grade)):
        area, effect = finding.scope.area, _of_votes(finding)
        in_named = finding.tier == "C" and area is not None and area in named
        wanted = finding.grade in _FOUND and finding.tier != "D" and (area is None or in_named)
        if not wanted or effect is None or (finding.method, area) in seen:
            continue
        seen.add((finding.method, area))
        low, high = (effect.value if end is None else end for end in (effect.low, effect.high))
        told = (finding.id, effect.name) not in untold
        designed = finding.tier == "B" and told and all(one.state != "fails" for one in finding.assumptions)
        # Ballots at the stations that a model points at are not yet ballots that it estimates to be wrong.
        estimated = in_named and any(one.name == effect.name for one in finding.affected)
        kind: Kind = "estimate" if designed or estimated else "scale"
        weight = _weight(finding, titles, effect.name, kind, (low or 0.0, high or 0.0), needs)
        yield weight.model_copy(update={"told": told})


def _of_votes(finding: Finding) -> Effect | None:
    """Return the first effect that is a number of votes or ballots."""
    for effect in (finding.effect, *finding.effects):
        if effect is not None and effect.unit in _COUNTED and (effect.value or 0.0) > 0.0:
            return effect
    return None


@dataclass(frozen=True, slots=True)
class _Missed:
    """What one answer could have missed: of what, up to how many votes, and again from how many on."""

    what: str
    most: float
    lost: float | None = None

    @property
    def rank(self) -> tuple[bool, float]:
        """What has no upper end is the largest."""
        return self.lost is not None, self.most


def _unseen(
    findings: Sequence[Finding], needs: Sequence[Need], titles: Mapping[str, str]
) -> Iterable[Weight]:
    """Go through what each method could have missed in the contest, its largest first."""
    largest: dict[str, tuple[_Missed, Finding]] = {}
    for finding in findings:
        missed = _missed(finding)
        if missed is None or missed.most <= 0.0:
            continue
        known = largest.get(finding.method)
        if known is None or missed.rank > known[0].rank:
            largest[finding.method] = missed, finding
    for missed, finding in largest.values():
        yield _weight(finding, titles, missed.what, "unseen", (0.0, missed.most), needs, missed.lost)


def _missed(finding: Finding) -> _Missed | None:
    """Return what an answer could have missed in the contest, where that is known in votes."""
    if finding.scope.level != "contest" or finding.tier == "D":
        return None
    effect, limit = _of_votes(finding), finding.limit
    open_ = finding.grade == "display" and effect is not None and holds_nought(effect)
    if finding.tier == "C" and effect is not None and (finding.grade == "none" or open_):
        # A model's estimate that undoubted votes reach as well, or that may be nothing, can be true all the
        # same.
        return _Missed(effect.name, max(effect.high or 0.0, effect.value or 0.0))
    if limit is None or limit.votes is None:
        return None
    # Dose and votes grow together, station by station.
    lost = limit.votes * limit.lost / limit.dose if limit.lost is not None and limit.dose else None
    return _Missed(limit.mechanism, limit.votes, lost)


def _weight(
    finding: Finding,
    titles: Mapping[str, str],
    what: str,
    kind: Kind,
    ends: tuple[float, float],
    needs: Sequence[Need],
    lost: float | None = None,
) -> Weight:
    # Of what could have gone unseen only the upper end is known.
    low, high = ends
    floor = high if kind == "unseen" else low
    ceiling = high if lost is None else math.inf
    return Weight(
        finding=finding.id,
        title=titles[finding.method],
        name=what if finding.option is None else f"{what}, {finding.option}",
        area=finding.scope.area,
        kind=kind,
        low=low,
        high=high,
        lost=lost,
        compared=tuple(_compared(floor, ceiling, need) for need in needs),
    )


def _compared(low: float, high: float, need: Need) -> Compared:
    if high < need.low:
        return "smaller"
    return "larger" if low > need.high else "both sides"


def in_words(made: Against, contest: Contest) -> list[str]:
    """Say what decides and, in a sentence for each kind, how the largest found or missed compares."""
    subject, need = name(contest.name), made.needs[0]
    others = "".join(f"; the {one.name} rests on {_span(one.low, one.high)}" for one in made.needs[1:])
    lead = f"({_span(need.low, need.high)})"
    said = [
        f"{subject}: the lead would be undone by {_span(need.low, need.high)}, from votes moved to votes "
        f"added or withheld{others}."
    ]
    if (one := _largest(made, "estimate")) is not None:
        said.append(
            f"{subject}: if what {_called(one)} assumes holds, {_span(one.low, one.high)} are concerned, "
            f"{_UNDONE[one.compared[0]]} {lead}."
        )
    if (one := _largest(made, "scale")) is not None:
        said.append(
            f"{subject}: {_called(one)} speaks of {votes(one.low, one.high)} ({plain(one.name, 200)}), a "
            f"scale and no number of wrong votes: if all were wrong, {_UNDONE[one.compared[0]]} {lead}."
        )
    most = _largest(made, "unseen")
    if most is not None:
        # What is somewhat larger than a limit is missed too, if seldom.
        likely = "most likely " if most.compared[0] == "smaller" else ""
        again = f", or about {large(most.lost)} and more" if most.lost is not None else ""
        said.append(
            f"{subject}: of the one kind that it looks for, {_called(most)} can have missed up to "
            f"{_span(0.0, most.high)}{again}, {likely}{_UNDONE[most.compared[0]]} {lead}."
        )
    lost = [(one.lost, one) for one in made.weights if one.lost is not None and one is not most]
    if lost:
        least, one = min(lost, key=lambda pair: pair[0])
        said.append(
            f"{subject}: {_called(one)} rules nothing out from about {large(least)} votes on, which it would "
            f"not notice any more; the lead would be undone by {_span(need.low, need.high)}."
        )
    return said


def _largest(made: Against, kind: Kind) -> Weight | None:
    """Return the largest of a kind that may stand in a sentence."""
    weights = (one for one in made.weights if one.kind == kind and one.told)
    return max(weights, key=lambda one: one.high, default=None)


def _called(one: Weight) -> str:
    return f"“{lowered(one.title)}”" + (f" in {name(one.area)}" if one.area is not None else "")


def votes(low: float, high: float) -> str:
    """Write a range of votes; one that begins at none by its upper end."""
    return large(high) if low < 1.0 or round(low) == round(high) else f"{large(low)} to {large(high)}"


def _span(low: float, high: float) -> str:
    return f"{votes(low, high)} votes"


def drawn(held: Sequence[Against]) -> list[Figure]:
    """Draw each contest in which there is something beside what decides."""
    return [_figure(made) for made in held if made.weights]


def _figure(made: Against) -> Figure:
    """Draw the ranges of votes over the band of what would undo the lead, on a scale of powers of ten."""
    weights, need = made.weights[:_DRAWN], made.needs[0]
    ends_of = (end for one in weights for end in (one.low, one.high, one.lost or 0.0) if end >= 1.0)
    sizes = [need.low, need.high, *ends_of]
    first = 10.0 ** math.floor(math.log10(max(1.0, min(sizes))))
    last = 10.0 ** math.ceil(math.log10(max(10.0 * first, *sizes)))
    x = chart.number("low", "Votes", scale={"type": "log", "domain": [first, last]})
    y = chart.category("what", labelLimit=280)
    values = [
        {
            "what": one.title
            + (", unseen" if one.kind == "unseen" else "")
            + (f", {name(one.area)}" if one.area else ""),
            "low": min(max(first, one.low), last),
            "high": max(first, one.high),
            "kind": one.kind,
        }
        for one in weights
    ]
    drawn_on = [
        {"what": value["what"], "low": min(one.lost, last), "high": last}
        for value, one in zip(values, weights, strict=True)
        if one.lost is not None
    ]
    band = [{"low": max(first, need.low), "high": max(first, need.high)}]
    spans = chart.span("x", x)
    ends = {"x": {**x, "field": "high"}, "y": y}
    layers = [
        chart.layer("rect", "band", spans, band),
        chart.layer("rule", "observed", {**spans, "y": y}, values, where="datum.kind != 'unseen'"),
        chart.layer("rule", "reference", {**spans, "y": y}, values, where="datum.kind == 'unseen'"),
        chart.layer("point", "observed", ends, values, where="datum.kind != 'unseen'", filled=True, size=60),
        chart.layer("tick", "reference", ends, values, where="datum.kind == 'unseen'", orient="vertical"),
        *([chart.layer("rule", "reference", {**spans, "y": y}, drawn_on)] if drawn_on else []),
    ]
    told = "; ".join(
        f"{value['what']}: up to {large(one.high)}"
        + (f", and from {large(one.lost)} on" if one.lost is not None else "")
        for value, one in zip(values, weights, strict=True)
    )
    needed = _span(need.low, need.high)
    return Figure(
        id=f"{need.finding}/against",
        finding=need.finding,
        title=f"To undo the lead takes {needed}",
        caption=f"The band is what would undo the lead, from votes moved to votes added or withheld "
        f"({needed}). Lines with points are what answers speak of, as a scale unless a design identifies it; "
        "lines with a tick are what could have gone unseen"
        + ("; a second line of the same name, what is too widespread to be noticed" if drawn_on else "")
        + ". The scale is one of powers of ten.",
        alt=f"A band at {needed}, with ranges of votes beside it. {told}.",
        vega_lite=chart.picture(layers, width=420, height=40 + 34 * len(values)),
    )
