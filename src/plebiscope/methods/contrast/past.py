"""What a station's own past predicts: which stations jumped, and whether these gather in some areas."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.special import expit, log_ndtr

from plebiscope.methods.contrast import pictures
from plebiscope.methods.contrast.asking import POINTS, Asked, Flags, Floats, Ints, Params
from plebiscope.methods.contrast.jumps import Predicted, double_mad, gather, predict
from plebiscope.model.beside import Beside
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Measurement
from plebiscope.model.method import Method, StationScore, Subject, effect, most_surprising, surprise
from plebiscope.model.returns import Returns
from plebiscope.model.wording import counted, per_cent, written

_MAD = 0.6744897501960817
"""Median absolute deviation of a normal law, in standard deviations."""
_A_VOTE = 0.5
"""Votes by which a count must differ from what was predicted to differ at all."""
_A_SLOPE = 10
"""Stations that each past figure needs."""


@dataclass(frozen=True, slots=True)
class Known:
    """Stations with a figure in this vote and with past ones; arrays of shape (n,) or (n, past figures).

    Attributes
    ----------
    rows
        Row of the results.
    part, whole
        Ballots that the figure counts, and of how many.
    past, past_chance
        Logits of past figures, and their variance by chance.
    by
        What predicts, in words.
    left_out
        Stations with both votes that lack a figure, or whose figures are impossible.
    """

    rows: Ints
    part: Floats
    whole: Floats
    past: Floats
    past_chance: Floats
    by: str
    left_out: int


def ask(method: Method, subject: Subject, params: Params, other: Beside, rng: np.random.Generator) -> Asked:
    """Compare turnout and the share of each station with what its past predicts."""
    answers: list[Measurement] = []
    figures: list[Figure] = []
    stations: list[StationScore] = []
    for quantity in ("turnout", "share"):
        named: dict[str, Any] = {
            "slug": f"pair/{other.contest.id}/past-{quantity}",
            "option": subject.favoured if quantity == "share" else None,
        }
        what = f"{quantity} beside its past"
        known = _known(subject, params, other, quantity)
        if isinstance(known, str):
            answers.append(method.untestable(subject, what, known, **named))
            continue
        found = _Jumps(subject, params, other.contest.name, quantity, known)
        if not np.isfinite(found.far).all():
            reason = f"at half of the stations or more {quantity} is what its past predicts, to the vote"
            answers.append(method.untestable(subject, what, reason, **named))
            continue
        answer = method.answer(subject, what, **named, **found.told(rng))
        answers.append(answer)
        figures.append(found.drawn(answer))
        if answer.p is not None and answer.p < params.level:
            stations.extend(found.scores())
    return Asked(answers, figures, stations)


def _known(subject: Subject, params: Params, other: Beside, quantity: str) -> Known | str:
    """Choose what is predicted and what predicts it; else say why nothing is."""
    own, rows = other.match.pairs
    ordinary = subject.results.ordinary[rows] & other.returns.ordinary[own]
    own, rows = own[ordinary], rows[ordinary]
    now, option, before = subject.results, str(subject.favoured), other.contest.name
    names: tuple[str | None, str | None]
    if quantity == "turnout":
        top = next((name for name in params.turnout if name in now.quantities), None)
        past = [pair for pair in _turnout(other.returns, params) if pair[0] == top]
        names, by = (top, "registered"), "turnout there"
        missing = "registered" not in now.quantities or not past
    else:
        bottom = next((name for name in params.share if name in now.quantities), None)
        past, by = _shares(other.returns, params, option), f"the share of “{option}” there"
        names, missing = (option, bottom), option not in now.options or not past
        if option not in other.returns.options:
            by = "the shares of all options there and turnout"
            past += _turnout(other.returns, params)[:1] if past else []
    if missing or None in names:
        return f"the figures that make up {quantity} are needed in both votes, and are not part of this case"
    columns = [_column(now, str(name), rows) for name in names]
    columns += [_column(other.returns, name, own) for pair in past for name in pair]
    parts, wholes = np.array(columns[::2]).T, np.array(columns[1::2]).T
    with np.errstate(invalid="ignore"):
        known = ((parts >= 0) & (wholes > 0) & (parts <= wholes)).all(axis=1)
    least = max(params.past_least, _A_SLOPE * (len(past) + 1))
    if known.sum() < least:
        return (
            f"{least} stations with the figures of both votes are needed to predict {quantity} from those in "
            f"“{before}”, and there are {int(known.sum()) or 'none'}"
        )
    parts, wholes = parts[known], wholes[known]
    logits, chance = _logit(parts, wholes)
    return Known(
        rows[known], parts[:, 0], wholes[:, 0], logits[:, 1:], chance[:, 1:], by, int((~known).sum())
    )


def _turnout(returns: Returns, params: Params) -> list[tuple[str, str]]:
    """Return the ratios that turnout can be, the first the one that is preferred."""
    if "registered" not in returns.quantities:
        return []
    return [(name, "registered") for name in params.turnout if name in returns.quantities]


def _shares(returns: Returns, params: Params, option: str) -> list[tuple[str, str]]:
    """Return the share of the option or, where it was none, of all that were."""
    of = next((name for name in params.share if name in returns.quantities), None)
    options = [option] if option in returns.options else returns.options
    return [(name, of) for name in options] if of else []


def _column(returns: Returns, name: str, rows: Ints) -> Floats:
    return np.asarray(returns.table[name].gather(rows).cast(float).to_numpy())


def _logit(part: Floats, whole: Floats) -> tuple[Floats, Floats]:
    """Return logits that exist where all or none did, and their variance by chance (Haldane, Anscombe)."""
    more, rest = part + 0.5, whole - part + 0.5
    return np.log(more / rest), 1.0 / more + 1.0 / rest


class _Jumps:
    """One figure of this vote beside its past.

    Attributes
    ----------
    far
        How far each station lies off, in median absolute deviations of its side, shape (n,).
    """

    def __init__(self, subject: Subject, params: Params, before: str, quantity: str, known: Known) -> None:
        self.params, self.before, self.known = params, before, known
        self.what = "turnout" if quantity == "turnout" else f"the share of “{subject.favoured}”"
        returns = subject.results
        column = returns.finest_area(2)
        above = returns.areas[: returns.areas.index(column)] if column else returns.areas[-1:]
        self.areas = None if column is None else _codes(returns, column, known.rows)
        self.inside = f"inside {above[-1]}" if above else "in the whole vote"
        groups = np.zeros(len(known.rows), dtype=np.int64)
        if above:
            groups = _codes(returns, above[-1], known.rows)
            # A group of a few stations has no middle of its own.
            small = np.bincount(groups)[groups] < params.least
            groups = np.unique(np.where(small, -1, groups), return_inverse=True)[1]
        edges = np.quantile(known.whole, np.arange(1, params.sizes) / params.sizes)
        self.strata = np.unique(
            groups * params.sizes + np.searchsorted(edges, known.whole), return_inverse=True
        )[1]
        logits, chance = _logit(known.part, known.whole)
        predicted = predict(logits, chance, known.past, known.past_chance, groups, params.ridge)
        self.observed, self.predicted = 100.0 * known.part / known.whole, 100.0 * expit(predicted.figures)
        self.far = self._far(logits, predicted)

    def _far(self, logits: Floats, predicted: Predicted) -> Floats:
        """Say how far stations lie off; infinitely, where most do not and so nothing measures the others.

        A difference that whole votes cannot make is none, nor is one that the prediction itself makes.
        """
        votes = self.known.whole * expit(predicted.figures)
        less = np.abs(votes - self.known.part) <= _A_VOTE
        still = less | (np.abs(logits - predicted.figures) <= 2.0 * np.abs(predicted.pulled))
        if 2 * np.count_nonzero(still) < len(still):
            return double_mad(predicted.off)
        return np.where(still, 0.0, np.copysign(np.inf, predicted.off))

    @property
    def jumped(self) -> Flags:
        """Which stations lie as far off as to be said to have jumped."""
        return np.asarray(np.abs(self.far) > self.params.jump)

    def told(self, rng: np.random.Generator) -> dict[str, Any]:
        """Return the fields of the answer."""
        params, jumped, n = self.params, self.jumped, len(self.far)
        up, down = int((jumped & (self.far > 0)).sum()), int((jumped & (self.far < 0)).sum())
        missed = float(np.median(np.abs(self.observed - self.predicted)))
        normal = 200.0 * math.exp(log_ndtr(-params.jump * _MAD))
        left_out = (
            f" {counted(self.known.left_out, 'stations')} without these figures left out."
            if self.known.left_out
            else ""
        )
        statement = (
            f"From {self.known.by} in “{self.before}”, {self.what} of this vote is predicted at "
            f"{counted(n, 'stations')}, half of them to within {written(missed, '.1f')} points.{left_out} "
            f"{per_cent(100.0 * (up + down) / n)} of them lie far off, {up:,} above and {down:,} below: more "
            f"than {params.jump:g} times as far from the median as the middle station of their side. Of "
            f"distances that follow the normal law {per_cent(normal)} do."
        )
        effects = (
            effect(
                f"stations where {self.what} is far off its past",
                100.0 * (up + down) / n,
                "per cent of stations",
            ),
            effect(f"how far off the prediction of {self.what} is at the middle station", missed, POINTS),
        )
        fields = {
            "n": n,
            "effect": effects[0],
            "effects": effects[1:],
            "params": {**asdict(params), "with": self.before},
        }
        alike = Assumption(
            name="the stations are the same as in the other vote, and most are as their past predicts",
            state="unknown",
            how="told by their names; what was done to most of them is part of the prediction",
        )
        ways = np.where(jumped, np.sign(self.far), 0.0).astype(np.int64)
        gathered = (
            None if self.areas is None else gather(ways, self.areas, self.strata, params.permutations, rng)
        )
        if gathered is None:
            words = f"{statement} Whether they gather in areas cannot be told."
            return {**fields, "assumptions": (alike,), "statement": words}
        log10_p = math.log10(gathered.p)
        pairs = counted(gathered.pairs, "pairs") if gathered.pairs else "no pairs"
        return {
            **fields,
            "observed": float(gathered.pairs),
            "expected": gathered.expected,
            "null": "simulated",
            "p": 10.0**log10_p,
            "log10_p": log10_p,
            "bits": surprise(log10_p),
            "assumptions": (
                Assumption(
                    name="nothing else changed at the stations of one area together",
                    state="fails",
                    how="areas have causes of their own (a local candidate, a strike, new houses); undoubted "
                    "votes jump together too, and 20 to 100 of 100 simulated pairs",
                ),
                alike,
            ),
            "statement": f"{statement} Of those far off the same way, {pairs} "
            f"share one of {gathered.areas:,} areas; dealt out by chance among stations of like size "
            f"{self.inside}, {written(gathered.expected, ',.1f')} would.",
        }

    def scores(self) -> tuple[StationScore, ...]:
        """Name the stations that jumped."""
        z = np.abs(self.far) * _MAD
        bits = np.where(self.jumped, -(log_ndtr(-z) + math.log(2.0)) / math.log(2.0), 0.0)

        def reason(at: int) -> str:
            now, then = per_cent(float(self.observed[at])), per_cent(float(self.predicted[at]))
            return f"{self.what} {now}, where “{self.before}” predicts {then}"

        return most_surprising(self.known.rows, bits, self.params.listed, reason)

    def drawn(self, answer: Measurement) -> Figure:
        """Draw what was predicted and what was counted."""
        return pictures.past(
            answer, self.what, self.predicted, self.observed, self.jumped, self.before, self.params.drawn
        )


def _codes(returns: Returns, column: str, rows: Ints) -> Ints:
    return np.unique(returns.places(column)[0][rows], return_inverse=True)[1].astype(np.int64)
