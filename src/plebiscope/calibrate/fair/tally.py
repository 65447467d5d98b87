"""The methods put to fair votes, and what they gave counted, question by question."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from plebiscope.calibrate.fair.judging import LEVEL, judged
from plebiscope.calibrate.fair.row import ALL, BESIDE, Kind, Row
from plebiscope.calibrate.fair.shares import clustered, share
from plebiscope.calibrate.fair.truth import general, held_against, is_nought
from plebiscope.calibrate.multiplicity import log10_of
from plebiscope.model.finding import Effect, Measurement
from plebiscope.model.method import Method, Subject, lacking


def ask(method: Method, subject: Subject, rng: np.random.Generator) -> tuple[Measurement, ...]:
    """Put one question to one world; nothing where the world does not offer what the method needs."""
    if lacking(method, subject):
        return ()
    return method.measure(subject, method.params(), rng).measurements


Named = Callable[[Sequence[Measurement]], Collection[str]]
"""Tells the ids of the answers on one world that the dossier would name."""


@dataclass
class _Count:
    """What one question gave, world after world."""

    worlds: set[int] = field(default_factory=set)
    rejected: list[tuple[int, bool]] = field(default_factory=list)
    """World, and whether the answer was a rejection, for each answer with a p."""
    wrong: set[int] = field(default_factory=set)
    """Worlds with a contradiction."""
    named: set[int] = field(default_factory=set)
    selected: bool = False
    """Whether areas were reported for their small p."""
    estimates: dict[tuple[str, str], list[Effect]] = field(default_factory=dict)


class Tally:
    """Counts of what methods gave on the fair worlds of one ground and version.

    Parameters
    ----------
    ground, version
        As they are to stand in the rows.
    favoured
        The option that is called so; any other is called the rival.
    methods
        By id, all that are asked.
    named
        Ids of the answers on one world that the dossier would name.
    """

    def __init__(
        self, ground: str, version: str, favoured: str, methods: Mapping[str, Method], named: Named
    ) -> None:
        self._at = ground, version
        self._favoured = favoured
        self._methods = methods
        self._named = named
        self._counts: dict[tuple[str, str, str, bool], _Count] = {}
        self._worlds = 0
        self._answered: dict[str, set[int]] = {}
        """Worlds in which each method gave an answer; areas are reported in some of them only."""
        self._whole = 0
        """Worlds that every method saw."""
        self._any = 0

    def add(self, answers: Iterable[Measurement], *, whole: bool = True) -> None:
        """Count all answers on one world.

        Parameters
        ----------
        answers
            Of all methods that saw it.
        whole
            Whether every method saw it; else it says nothing of how often anything is named.
        """
        world, self._worlds = self._worlds, self._worlds + 1
        answers = [answer for answer in answers if answer.status == "tested"]
        usual = [one for one in answers if not one.quantity.endswith(BESIDE.get(one.method, "\0"))]
        named = set(self._named(usual))
        self._whole += whole
        self._any += whole and bool(named)
        for answer in answers:
            contest = answer.scope.level == "contest"
            count = self._counts.setdefault(
                (answer.method, answer.quantity, self._role(answer.option), contest), _Count()
            )
            count.worlds.add(world)
            self._answered.setdefault(answer.method, set()).add(world)
            if (log10_p := log10_of(answer)) is not None:
                count.rejected.append((world, log10_p <= math.log10(LEVEL)))
            if answer.contradiction:
                count.wrong.add(world)
            count.selected |= answer.among is not None
            if answer.id in named:
                count.named.add(world)
            if contest:
                _collect(answer, count.estimates)

    def rows(self) -> Iterator[Row]:
        """Turn what was counted into lines, the battery as a whole first, then method by method."""
        if self._whole:
            named, error = share(self._any, self._whole)
            yield self._row(
                (ALL, "anything named", "", "test"),
                effect=" ".join(self._methods),
                worlds=self._whole,
                answers=self._whole,
                named=named,
                named_error=error,
                level=LEVEL,
            )
        for method in self._methods:
            if method not in self._answered:
                yield self._row((method, "", "", "unasked"), worlds=0, answers=0)
            for question, count in self._counts.items():
                if question[0] == method:
                    yield from self._lines(question, count)

    def _lines(self, question: tuple[str, str, str, bool], count: _Count) -> Iterator[Row]:
        method, quantity, option, whole = question
        made = 0
        if count.rejected:
            made += 1
            rate, error = clustered(count.rejected)
            known = not count.selected
            worlds = len(count.worlds if known else self._answered[method])
            named, named_error = share(len(count.named), worlds)
            beside = quantity.endswith(BESIDE.get(method, "\0"))
            yield self._row(
                (method, quantity, option, "test" if whole else "areas"),
                worlds=worlds,
                answers=len(count.rejected),
                rate=rate if known else None,
                error=error if known else None,
                named=None if beside else named,
                named_error=None if beside else named_error,
                level=LEVEL,
            )
        if not whole:
            return
        if self._methods[method].tier == "A" and not count.rejected:
            made += 1
            rate, error = share(len(count.wrong), len(count.worlds))
            yield self._row(
                (method, quantity, option, "arithmetic"),
                worlds=len(count.worlds),
                answers=len(count.worlds),
                rate=rate,
                error=error,
            )
        for (name, unit), effects in count.estimates.items():
            if 2 * len(effects) < len(count.worlds) or (effects[0].level is None and not is_nought(name)):
                continue  # given only where something stands out; or the ends of what was seen, no interval
            made += 1
            truth, held, levels = held_against(name, unit, effects)
            rate, error = share(sum(held), len(held))
            level = levels[0] if len(set(levels)) == 1 else None
            yield self._row(
                (method, quantity, option, "interval"),
                effect=name,
                unit=unit,
                worlds=len(count.worlds),
                answers=len(held),
                rate=rate,
                error=error,
                level=level,
                truth=truth,
            )
        if not made:
            yield self._row(
                (method, quantity, option, "description"),
                worlds=len(count.worlds),
                answers=0,
            )

    def _row(self, question: tuple[str, str, str, Kind], **filled: Any) -> Row:
        method, quantity, option, kind = question
        empty = dict.fromkeys(("rate", "error", "named", "named_error", "level", "truth"))
        given: dict[str, Any] = {"effect": "", "unit": "", **empty, **filled}
        return judged(Row(*self._at, method, quantity, option, kind, **given, verdict="shown"))

    def _role(self, option: str | None) -> str:
        if option is None:
            return ""
        return "favoured" if option == self._favoured else "rival"


def _collect(answer: Measurement, found: dict[tuple[str, str], list[Effect]]) -> None:
    """Keep the estimates of an answer that have both ends."""
    for effect in (answer.effect, *answer.effects):
        if effect is not None and None not in (effect.value, effect.low, effect.high):
            found.setdefault((general(effect.name), effect.unit), []).append(effect)
