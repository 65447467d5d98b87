"""Control relations: what the counts of one record must be to one another, and what a departure means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from plebiscope.model.case import Contest
from plebiscope.model.finding import Assumption
from plebiscope.model.method import effect
from plebiscope.model.wording import capital, counted, few, none_of, noun, part

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Relation:
    """``sum(left) <= right`` or, for a whole and its parts, ``sum(left) == right``.

    Attributes
    ----------
    id
        Short name, used in the id of the finding.
    left
        Columns summed; ``options`` stands for all options, ``largest option`` for the one with most votes.
    right
        The column, or the number, they are held against.
    kind
        ``whole``: the left side makes up the right one. ``stock``: what is left over is ordinary.
        ``register``: an excess can be true.
    above, below
        What a departure in that direction is, in words; ``below`` is empty where nothing follows from it.
        Only ``above`` can be impossible: what is below may not be in the table.
    unless
        Quantities that, if published, make a sharper relation take its place.
    rule
        The form's own control relation; empty where no form is known.
    excuse
        Why an excess can be true, as a sentence.
    """

    id: str
    left: tuple[str, ...]
    right: str | int
    kind: Literal["whole", "stock", "register"]
    above: str
    below: str = ""
    unless: tuple[str, ...] = ()
    rule: str = ""
    excuse: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it relates."""
        return self.left if isinstance(self.right, int) else (*self.left, self.right)

    @property
    def parts(self) -> str:
        """The left side, in words."""
        return " and ".join(noun(name) for name in self.left)

    @property
    def whole(self) -> str:
        """The right side, in words."""
        return f"{self.right:,}" if isinstance(self.right, int) else noun(self.right)


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of record, with the relations between its lines.

    Attributes
    ----------
    countries, kinds
        Where it is used, and for which kinds of vote; empty for every one.
    needs
        Quantities that returns from this form have.
    law
        Where it comes from.
    handwritten
        Filled in by hand and published as it is; null where that is not known.
    """

    id: str
    name: str
    relations: tuple[Relation, ...]
    countries: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    law: str = ""
    handwritten: bool | None = None


def forms(tables: Iterable[Mapping[str, Any]]) -> tuple[Form, ...]:
    """Make forms of tables as they stand in a file, each after the one that it is ``like``."""
    made: dict[str, Form] = {}
    for table in tables:
        own = [Relation(**{key: _frozen(value) for key, value in one.items()}) for one in table["relation"]]
        ids = {relation.id for relation in own}
        like = made[table["like"]].relations if "like" in table else ()
        fields = {key: _frozen(value) for key, value in table.items() if key not in ("relation", "like")}
        relations = (*own, *(relation for relation in like if relation.id not in ids))
        made[table["id"]] = Form(relations=relations, **fields)
    return tuple(made.values())


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def choose(known: tuple[Form, ...], contest: Contest, published: Iterable[str]) -> Form:
    """Choose the form of a contest by its country, its kind and the counts that were published.

    The first form, which fits every record, stands where no other fits.
    """
    country, has = (contest.country or "").strip().casefold(), set(published)
    for form in known[1:]:
        here = country in {name.casefold() for name in form.countries}
        if here and contest.kind in form.kinds and has.issuperset(form.needs):
            return form
    return known[0]


class Thresholds(Protocol):
    """From when on a departure is the rule, and then none."""

    @property
    def fewest_rows(self) -> int:
        """Rows an area needs before its own rows decide what its columns mean."""

    @property
    def other_meaning(self) -> float:
        """Share of rows departing in one direction above which the columns mean something else."""

    @property
    def not_covered(self) -> float:
        """Share of rows falling short of a whole above which the parts listed do not cover it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Which rows depart from a relation, each array of shape (n,).

    Attributes
    ----------
    above, below
        Departures that count, by direction.
    elsewise
        Departures in areas where the columns do not mean what the relation supposes.
    """

    above: Flags
    below: Flags
    elsewise: Flags


def judge(difference: Integers, areas: Integers, kind: str, params: Thresholds) -> Judgement:
    """Decide which differences count, area by area.

    Parameters
    ----------
    difference : ndarray of int64, shape (n,)
        Left side minus right side.
    areas : ndarray of int64, shape (n,)
        Area of each row, numbered from 0.
    kind : str
        See :class:`Relation`; only a ``whole`` can be fallen short of.
    params : Thresholds

    Returns
    -------
    Judgement
    """
    small = difference.size < params.fewest_rows
    limits = {1: params.other_meaning, -1: params.other_meaning if small else params.not_covered}
    if kind == "register":
        limits[1] = 1.0
    counted, elsewise = {}, np.zeros(difference.size, dtype=bool)
    for sign, limit in limits.items():
        departs = np.sign(difference) == sign
        if sign < 0 and kind != "whole":
            departs = np.zeros_like(departs)
        rows = np.bincount(areas)
        share = np.bincount(areas, departs) / np.maximum(rows, 1)
        share = np.where(rows >= params.fewest_rows, share, departs.mean() if departs.size else 0.0)
        other = departs & (share > limit)[areas]
        counted[sign], elsewise = departs & ~other, elsewise | other
    return Judgement(counted[1], counted[-1], elsewise)


def clustering(departs: Flags, areas: Integers) -> tuple[int, float]:
    """Count pairs of departing rows that share their area, and how many there would be by chance.

    Parameters
    ----------
    departs
        Whether each row departs, shape (n,).
    areas
        Area of each row, shape (n,), numbered from 0.

    Returns
    -------
    seen : int
    expected : float
        If as many rows departed wherever chance puts them.
    """
    n, many = len(departs), int(departs.sum())
    if many < 2:
        return 0, 0.0
    here, rows = np.bincount(areas, departs), np.bincount(areas)
    seen = int((here * (here - 1)).sum()) // 2
    expected = float((rows * (rows - 1.0)).sum()) / 2.0 * (many / n) * ((many - 1.0) / (n - 1.0))
    return seen, expected


def error_rate(
    departs: Flags, areas: Integers, column: str, handwritten: bool | None, rows_are: str
) -> dict[str, Any] | None:
    """Return the fields of a measurement of how many records do not agree with themselves, and where.

    Parameters
    ----------
    departs
        Whether each record departs from any relation, shape (n,).
    areas
        Area of each, shape (n,), numbered from 0.
    column
        What the areas are; empty where there are none.
    handwritten
        Whether records are filled in by hand: only then does it say something that none departs.
    rows_are
        What the rows are, in the plural.

    Returns
    -------
    dict or None
        Null where there is nothing to say.
    """
    count, n = int(departs.sum()), len(departs)
    if not n or not (count or handwritten):
        return None
    words = f"In {none_of(count, counted(n, rows_are))} ({part(100.0 * count / n)}) the counts do not agree."
    if handwritten:
        words += " The forms are filled in by hand, so some errors would be expected."
    effects = []
    seen, expected = clustering(departs, areas)
    if column and expected > 0.0:
        name = "pairs of such records in one area, for each that chance would put there"
        effects.append(effect(name, seen / expected, "pairs"))
        words += f" Pairs of them in one area ({column}): {seen:,}, where chance would put {few(expected)}."
    sizes, wrong = np.bincount(areas), np.bincount(areas, departs)
    clean = np.flatnonzero((wrong == 0) & (sizes > 0))
    if column and handwritten and count and len(clean):
        # Who fills in many forms by hand and errs in none is compared with the others.
        size = int(sizes[clean].max())
        expected = float(((1.0 - count / n) ** sizes[sizes > 0]).sum())
        alone = (1.0 - count / (n - size)) ** size
        words += (
            f" Areas without an error: {len(clean):,}, where {few(expected)} would be expected if all erred "
            f"alike. The largest of them has {size:,} forms; at the rate of the others that has a chance of "
            f"{alone:.2g}."
        )
        effects.append(effect("areas without an error", float(len(clean)), "areas"))
    return {
        "n": n,
        "observed": float(count),
        "describes": True,
        "effect": effect("records that do not agree", 100.0 * count / n, f"per cent of {rows_are}"),
        "effects": tuple(effects),
        "statement": words,
    }


def told(
    relation: Relation,
    left: Integers,
    right: Integers,
    found: Judgement,
    rows_are: str,
    where: Callable[[Flags], str],
) -> str:
    """Say how many rows depart from a relation, by how much and what that means.

    Parameters
    ----------
    left, right
        The two sides, shape (n,).
    found
        Which rows depart.
    rows_are
        What the rows are, in the plural.
    where
        Says in how many areas some of the rows lie, as a sentence.
    """
    difference, of = left - right, f"of {counted(len(left), rows_are)}"
    sentences = []
    for flags, words, by in ((found.above, relation.above, " more"), (found.below, relation.below, "")):
        if flags.any():
            sizes = np.abs(difference[flags])
            size = f"{int(sizes.sum()):,}{by}"
            if len(sizes) > 1:
                size += f" in all, {int(sizes.max()):,} at most in one"
            sentences.append(f"In {len(sizes):,} {of} there are {words}: {size}.{where(flags)}")
    if found.below.any():
        sentences.append("Such a shortfall may be something that is not in the table.")
    if found.above.any() and relation.excuse:
        for flags, there in (
            ((right > 0) & (left >= 2 * right), "at least twice as many as registered voters"),
            (right == 0, "no registered voters at all"),
        ):
            if relation.right == "registered" and (count := int((found.above & flags).sum())):
                sentences.append(f"In {count:,} of them there are {there}.")
        sentences.append(relation.excuse)
    short = int((found.elsewise & (difference < 0)).sum())
    over = int(found.elsewise.sum()) - short
    departs = bool(sentences)
    if not departs:
        or_below = f", or {relation.below}" if relation.kind == "whole" and not short else ""
        sentences.append(f"In none {of} are there {relation.above}{or_below}.")
    left_over = difference[(difference < 0) & ~found.elsewise]
    if relation.kind != "whole" and relation.below and len(left_over):
        sentences.append(
            f"{capital(relation.below)}: {-int(left_over.sum()):,} in "
            f"{counted(len(left_over), rows_are)}; that has ordinary causes and is no departure."
        )
    if short:
        sentences.append(
            f"In {short:,} {of}, where this is the rule, there are {relation.below}: what is listed "
            "does not cover everything there, so the relation says nothing about them."
        )
    if over:
        sentences.append(
            f"In {over:,} {of}, where this is the rule, there are {relation.above}: the columns do "
            "not mean there what the relation supposes."
        )
    if departs and relation.rule:
        sentences.append(f"The rule of the form is: {relation.rule}.")
    return " ".join(sentences)


def assumptions(
    relation: Relation, difference: Integers, found: Judgement, handwritten: bool | None
) -> tuple[Assumption, ...]:
    """Say whether the columns mean what a relation supposes, and what it is worth that it holds."""
    elsewise = int(found.elsewise.sum())
    meaning = Assumption(
        name="the columns mean what the relation supposes",
        state="fails" if elsewise == difference.size else "doubtful" if elsewise else "holds",
        how=f"rows that depart where departing is the rule: {none_of(elsewise, f'{difference.size:,}')}",
    )
    if (difference > 0).any() or (relation.kind == "whole" and difference.any()):
        return (meaning,)
    remark = (
        "the form is filled in by hand, so slips would be expected"
        if handwritten
        else "where the counting system refuses other forms, that says nothing about the vote"
    )
    refused = Assumption(
        name="a form that breaks the relation could have been published",
        state="holds" if handwritten else "unknown",
        how=f"it holds in all {difference.size:,} rows; {remark}",
    )
    return (meaning, refused)
