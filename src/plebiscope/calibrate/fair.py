"""How methods behave on fair votes: how often each cries wolf, and how often its intervals hold the truth.

Fair worlds (:mod:`plebiscope.worlds.fair`) are put to the methods, and what came back is counted here. The
table that is shipped, ``fair.csv``, is made by ``benchmarks/calibration.py``; it says of every question, on
every ground and in both versions of fair:

* ``test``: the share of worlds in which p was at most 0.05;
* ``areas``: the same share among the answers for areas; null where only the areas with the smallest p are
  reported;
* ``arithmetic``: the share of worlds in which figures were said to contradict each other;
* ``interval``: the share of worlds in which an interval held the truth. That is zero for what is in excess
  and for votes without a counterpart, because nothing was done in these worlds. For everything else the mean
  of the estimate over the worlds stands in: what is described (a slope, a mean digit) differs from one fair
  world to the next, because areas do, so that these lines are shown and not judged;
* ``description``: nothing to calibrate, no test and no interval;
* ``unasked``: the method answered nothing, because these worlds lack what it needs.

Beside a share of rejections stands the share of worlds that would have been *named*: in which the dossier
grades an answer ``contradiction``, ``strong`` or ``notable``. The grading is handed in, because the dossier
stands above: correction for everything that was asked of the world, an effect large enough to matter, no
assumption that fails, and of tier C an estimate outside what reference votes gave. One line for each ground
and version says in how many worlds anything was named; it rests on those worlds only that every method saw,
and tells these methods.

Where a design is needed, each world is given one (:mod:`plebiscope.worlds.designs`), as the method asks for
it or as the world is. What is asked of the first worlds in another way has a question of its own
(:data:`BESIDE`); no dossier holds both, so that it is never counted as named.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from importlib import resources
from typing import Any, Literal

import numpy as np
from scipy.special import bdtr, bdtrc

from plebiscope.calibrate.multiplicity import log10_of
from plebiscope.model.finding import Effect, FairCoverage, FairRate, Measurement
from plebiscope.model.method import Method, Subject, lacking

LEVEL = 0.05
"""Level of the tests."""
LOWEST, HIGHEST = 0.035, 0.065
"""Between these, a share of false rejections at that level passes."""
SURE = 0.05
"""A share outside is held to be so where the exact binomial p of the count is smaller."""
TOO_OFTEN, SEEN = 3.0, 0.8
"""So many times what was promised must come out as doubtful with such a chance; else votes are too few."""
ALL = "all methods"
"""Stands for the method in the line that counts worlds in which anything was named; its ``effect`` holds the
ids of the methods that were asked."""
BESIDE = {"contrast": ", not by lot", "late-count": ", order by chance"}
"""By method, what a question is called where the design was the other one: a group that no lot made, and an
order of reporting that does not go by size."""

Kind = Literal["test", "areas", "arithmetic", "interval", "description", "unasked"]
Verdict = Literal["passed", "conservative", "doubtful", "too few to tell", "shown"]
"""``too few to tell``: nothing speaks against the promise, and hardly anything could have; ``shown``: no
promise was put to the test (a range over assumptions, a description)."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one question gave on the fair worlds of one ground and version."""

    ground: str
    version: str
    method: str
    quantity: str
    option: str
    """``favoured``, ``rival`` or empty where the answer is about no option."""
    kind: Kind
    effect: str
    """Of an interval: what was estimated; digits and names of options are left out."""
    unit: str
    worlds: int
    """Worlds in which the question was answered."""
    answers: int
    """Answers with a p, or with an interval."""
    rate: float | None
    """Share of rejections or, of an interval, share of intervals that hold the truth."""
    error: float | None
    """Standard error of that share."""
    named: float | None
    """Share of worlds in which the answer, or that for any area, was named."""
    named_error: float | None
    level: float | None
    """Promised share: 0.05 for tests, the coverage for intervals; null for a range over assumptions."""
    truth: float | None
    verdict: Verdict

    @property
    def question(self) -> tuple[str, str, str, str, str]:
        """What is the same on every ground: method, quantity, option, kind, effect."""
        return self.method, self.quantity, self.option, self.kind, f"{self.effect}, {self.unit}"


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
            named, error = _share(self._any, self._whole)
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
            rate, error = _clustered(count.rejected)
            known = not count.selected
            worlds = len(count.worlds if known else self._answered[method])
            named, named_error = _share(len(count.named), worlds)
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
            rate, error = _share(len(count.wrong), len(count.worlds))
            yield self._row(
                (method, quantity, option, "arithmetic"),
                worlds=len(count.worlds),
                answers=len(count.worlds),
                rate=rate,
                error=error,
            )
        for (name, unit), effects in count.estimates.items():
            if 2 * len(effects) < len(count.worlds) or (effects[0].level is None and not _is_nought(name)):
                continue  # given only where something stands out; or the ends of what was seen, no interval
            made += 1
            truth, held, levels = _held(name, unit, effects)
            rate, error = _share(sum(held), len(held))
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


def judged(row: Row) -> Row:
    """Return a line with the verdict that its own figures give, so that a table can be judged anew.

    A contradiction in a fair vote is always one too many. Areas that are reported only where they stand out,
    and the line on anything named, are judged by what was named.
    """
    said: Verdict = "shown"
    if row.kind == "arithmetic":
        said = "doubtful" if row.rate else "passed"
    elif row.level is not None and (row.kind != "interval" or _is_nought(row.effect)):
        if row.kind == "interval":
            # How far the answers on one world go together is not known of intervals: worlds count.
            of, missed, promised = (
                min(row.answers, row.worlds),
                1.0 - (row.rate or 0.0),
                round(1.0 - row.level, 9),
            )
        elif row.rate is None:
            of, missed, promised = row.worlds, row.named or 0.0, row.level
        else:
            of, missed, promised = _alone(row), row.rate, row.level
        said = verdict(round(missed * of), of, promised)
    return replace(row, verdict=said)


def _alone(row: Row) -> int:
    """Return for how many answers on different worlds those of a line count, by the error of their share."""
    if row.answers == row.worlds or not row.error or row.rate is None:
        return row.worlds
    return min(row.answers, round(row.rate * (1.0 - row.rate) / row.error**2))


def verdict(missed: int, of: int, promised: float = LEVEL) -> Verdict:
    """Judge how often a promise was not kept.

    A twentieth that is promised may be 3.5 to 6.5 per cent; other promises in proportion. A share outside
    must also be more than chance makes of the promise itself, by the exact two-sided binomial test, which
    only matters below 1,000 votes.

    Parameters
    ----------
    missed, of
        Rejections, or intervals that do not hold the truth, and of how many.
    promised
        Share of them that was promised.

    Examples
    --------
    Of 25 fair votes none was rejected, or one, or seven; and none of 100:

    >>> [verdict(count, of) for count, of in [(0, 25), (1, 25), (7, 25), (0, 100)]]
    ['too few to tell', 'too few to tell', 'doubtful', 'conservative']
    """
    low, high = (round(promised * limit / LEVEL, 9) for limit in (LOWEST, HIGHEST))
    share = missed / max(of, 1)
    sure = _p(missed, of, promised) < SURE
    if share > high and sure:
        return "doubtful"
    if of < enough(promised):
        return "too few to tell"
    return "conservative" if share < low and sure else "passed"


def _p(missed: int, of: int, promised: float) -> float:
    """Return the two-sided binomial p: twice the smaller tail, so that either side has half of it."""
    return 2.0 * float(min(bdtr(missed, of, promised), bdtrc(missed - 1, of, promised)))


@cache
def enough(promised: float = LEVEL) -> int:
    """Return the fewest fair votes that tell a promise from one that is broken three times as often.

    With as many, or more, a share of three times ``promised`` comes out as doubtful with a chance of 80 per
    cent. That chance rises in steps and falls a little between them, hence the last number that is too few.
    """
    last, of, chance = 0, 0, 0.0
    while chance < 1.0 - SURE:
        of += 1
        counts = np.arange(of + 1)
        doubtful = (counts > of * promised * HIGHEST / LEVEL) & (2 * bdtrc(counts - 1, of, promised) < SURE)
        chance = float(bdtrc(counts[doubtful][0] - 1, of, TOO_OFTEN * promised)) if doubtful.any() else 0.0
        last = of if chance < SEEN else last
    return last + 1


def _collect(answer: Measurement, found: dict[tuple[str, str], list[Effect]]) -> None:
    """Keep the estimates of an answer that have both ends."""
    for effect in (answer.effect, *answer.effects):
        if effect is not None and None not in (effect.value, effect.low, effect.high):
            found.setdefault((general(effect.name), effect.unit), []).append(effect)


def general(name: str) -> str:
    """Leave out of a name what belongs to one vote alone: names of options, and numbers."""
    return re.sub(r"\d[\d.,]*", "…", re.sub("“[^”]*”", "“…”", name))


def _is_nought(name: str) -> bool:
    """Whether an effect is zero where nothing was done."""
    begins = (
        *("excess", "anomalous votes", "stations written from"),
        *("final lead beyond", "the same in votes of lead", "late lead less early lead"),
        *("votes beyond those extrapolated", "announced ", "lead, sample less", "share, sample less"),
    )
    classes = ("look added", "look moved", "of the abstainers", "group less others")
    return name.startswith(begins) or name.endswith(classes) or "look added or moved" in name


def _held(name: str, unit: str, effects: Sequence[Effect]) -> tuple[float, list[bool], list[float | None]]:
    """Return the truth, whether each interval holds it, and what each promises."""
    values = np.array([effect.value for effect in effects], dtype=float)
    if _is_nought(name):
        truth = 0.0
    elif unit == "times as many" and (values > 0).all():
        truth = float(np.exp(np.log(values).mean()))
    else:
        truth = float(values.mean())
    slack = 1e-9 * max(1.0, abs(truth))
    held = [(e.low or 0.0) - slack <= truth <= (e.high or 0.0) + slack for e in effects]
    return truth, held, [effect.level for effect in effects]


def _share(count: int, of: int) -> tuple[float, float]:
    """Return a share and its standard error."""
    rate = count / max(of, 1)
    return rate, math.sqrt(rate * (1 - rate) / max(of, 1))


def _clustered(rejected: Sequence[tuple[int, bool]]) -> tuple[float, float]:
    """Return the share of rejections; its error takes the answers on one world together."""
    _, world = np.unique([world for world, _ in rejected], return_inverse=True)
    said = np.array([flag for _, flag in rejected], dtype=float)
    rate = float(said.mean())
    off = np.bincount(world, said - rate)
    return rate, float(np.sqrt((off**2).sum()) / len(said))


def write(rows: Iterable[Row]) -> str:
    """Write rows canonically: one a line, four digits, nothing where nothing is known."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [field.name for field in fields(Row)]
    writer.writerow(names)
    for row in rows:
        values = [getattr(row, name) for name in names]
        writer.writerow([f"{value:.4g}" if isinstance(value, float) else value for value in values])
    return out.getvalue()


def parse(text: str) -> tuple[Row, ...]:
    """Read rows back."""
    made = []
    for line in csv.DictReader(io.StringIO(text)):
        given: dict[str, Any] = dict(line)
        for name in ("worlds", "answers"):
            given[name] = int(line[name])
        for name in ("rate", "error", "named", "named_error", "level", "truth"):
            given[name] = float(line[name]) if line[name] else None
        made.append(Row(**given))
    return tuple(made)


@cache
def rejected(
    method: str, quantity: str, level: Literal["contest", "area"] = "contest", *, by_lot: bool = True
) -> FairRate | None:
    """Return how often a question rejected fair votes, from the shipped table; null where it has no p.

    Parameters
    ----------
    method, quantity
        The question, with the parameters that are usual for it; options are taken together.
    level
        Whether it was put to the contest or to areas.
    by_lot
        Of groups of stations: whether chance decided which stations are in the group.
    """
    kind = "test" if level == "contest" else "areas"
    asked = method, quantity if by_lot else quantity + BESIDE.get(method, ""), kind
    known = (row for row in shipped() if row.rate is not None)
    rows = [row for row in known if (row.method, row.quantity, row.kind) == asked]
    if not rows:
        return None
    rates = [row.rate or 0.0 for row in rows]
    doubtful, few = _where(rows)
    return FairRate(low=min(rates), high=max(rates), n=_votes(rows), doubtful=doubtful, few=few)


def covered(method: str, quantity: str, effect: Effect, *, by_lot: bool = True) -> FairCoverage | None:
    """Return how often an interval held the truth in fair votes, from the shipped table; null if not known.

    Parameters
    ----------
    method, quantity
        The answer that the estimate belongs to, with the parameters that are usual for it.
    effect
        The estimate; options are taken together.
    by_lot
        Of groups of stations: whether chance decided which stations are in the group.
    """
    asked = method, quantity if by_lot else quantity + BESIDE.get(method, ""), general(effect.name)
    rows = [
        row
        for row in shipped()
        if (row.method, row.quantity, row.effect) == asked
        and (row.kind, row.unit) == ("interval", effect.unit)
        and row.rate is not None
        and row.level == effect.level
    ]
    if not rows:
        return None
    rates = [row.rate or 0.0 for row in rows]
    doubtful, few = _where(rows)
    return FairCoverage(
        effect=effect.name,
        level=effect.level,
        low=min(rates),
        high=max(rates),
        n=_votes(rows),
        truth="nought" if _is_nought(general(effect.name)) else "mean",
        doubtful=doubtful,
        few=few,
    )


def _where(rows: Sequence[Row]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name the kinds of vote in which a promise is doubtful, and the others in which too few were asked."""
    doubtful = dict.fromkeys(f"{row.ground}, {row.version}" for row in rows if row.verdict == "doubtful")
    few = dict.fromkeys(f"{row.ground}, {row.version}" for row in rows if row.verdict == "too few to tell")
    return tuple(doubtful), tuple(place for place in few if place not in doubtful)


def _votes(rows: Sequence[Row]) -> int:
    """Count the fair votes of some lines: of lines on the same votes, those of the longest."""
    worlds: dict[tuple[str, str], int] = {}
    for row in rows:
        place = row.ground, row.version
        worlds[place] = max(row.worlds, worlds.get(place, 0))
    return sum(worlds.values())


@cache
def shipped() -> tuple[Row, ...]:
    """Return the table that is shipped with the package."""
    return parse(resources.files("plebiscope.calibrate").joinpath("fair.csv").read_text("utf-8"))
