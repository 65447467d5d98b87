"""Two votes side by side in one table: which is meant must be asked."""

from __future__ import annotations

import re
from itertools import combinations, zip_longest

from plebiscope.intake.ballots import KEYS, TOTALS, UNLIKE_OPTIONS, first_concepts, free, is_ballots
from plebiscope.intake.columns import Column
from plebiscope.intake.scales import Scales
from plebiscope.intake.understanding import names
from plebiscope.intake.vocabulary import words
from plebiscope.model.errors import InputError

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NUMBER = re.compile(r"\d{1,2}\D{0,3}$")
"""The number of a round or a question: 1, 2nd, 1ra."""


def refuse_two_votes(s: Scales) -> None:
    """Ask which vote is meant where two stand side by side.

    Raises
    ------
    InputError
        Naming the columns of both.
    """
    named = [
        found
        for found in s.sums
        if s.role(found.total.columns[0]) in TOTALS and is_ballots(s, found) and len(free(s, found)) > 1
    ]
    for a, b in combinations(named, 2):
        apart = not (a.places | a.total.places) & (b.places | b.total.places)
        if a.total.places == b.total.places and not a.places & b.places:
            # The same ballots counted by option, and once more by the options of another question.
            told = (any(s.role(c) == "option" and not s.parts(c) for c in one.members) for one in (a, b))
            apart = all(told) or _say_the_same(a.members, b.members)
        # Votes by post and votes on the day, each with its total, are one vote if the totals make up a third.
        joined = any(a.total.places | b.total.places <= other.places for other in s.sums)
        if apart and not joined:
            raise _two_votes(
                f"{names(a.total.columns)} with {names(a.members)}; "
                f"{names(b.total.columns)} with {names(b.members)}"
            )
    parts = {place for found in s.sums for place in found.places if not is_ballots(s, found)}
    answers: dict[str, list[Column]] = {"yes": [], "no": []}
    for column in s.having("option"):
        if column.place not in parts and not s.parts(column):
            for answer in answers.keys() & first_concepts(column):
                answers[answer].append(column)
    if all(len(columns) > 1 for columns in answers.values()):
        raise _two_votes(f"{names(answers['yes'])}; {names(answers['no'])}")
    under: dict[str, list[Column]] = {}
    for column in s.counting:
        if column.group and column.label and s.role(column) not in (*UNLIKE_OPTIONS, *KEYS, "votes"):
            under.setdefault(column.label, []).append(column)
    twice = [columns for columns in under.values() if len({c.group for c in columns}) > 1]
    _refuse_numbered(s)
    _refuse_years(s)
    if len(twice) > 1 and not any(s.parts(c) or c.place in parts for columns in twice for c in columns):
        raise _two_votes("; ".join(names(columns) for columns in twice))


def _refuse_numbered(s: Scales) -> None:
    """Ask which is meant where headers say of which round or question each count is, and count two."""
    told: dict[tuple[str, str], list[Column]] = {}
    for column in s.counting:
        concepts = {concept for m in column.meanings for concept in m.concepts}
        for kind in ("round", "question"):
            number = next((word for word in words(column.name) if _NUMBER.match(word)), None)
            if kind in concepts and number is not None and column.largest:
                told.setdefault((kind, "".join(filter(str.isdigit, number))), []).append(column)
    for kind in ("round", "question"):
        groups = [columns for (what, _), columns in sorted(told.items()) if what == kind]
        options = [[c for c in columns if s.role(c) not in UNLIKE_OPTIONS] for columns in groups]
        if len([each for each in options if each]) > 1 and max(map(len, options)) > 1:
            raise _two_votes("; ".join(names(columns) for columns in groups))


def _refuse_years(s: Scales) -> None:
    """Ask which is meant where options stand once more with a year behind them, and no total tells."""
    under: dict[str, dict[str, Column]] = {}
    summed = {place for found in s.sums for place in found.places}
    for column in s.counting:
        if s.role(column) not in UNLIKE_OPTIONS and column.place not in summed:
            years = tuple(_YEAR.findall(column.name))
            label = " ".join(words(_YEAR.sub(" ", column.name)))
            under.setdefault(label, {})["".join(years)] = column
    again = [columns for label, columns in under.items() if label and len(columns) > 1]
    if len(again) > 1 and len({frozenset(columns) for columns in again}) == 1:
        raise _two_votes("; ".join(names(list(columns.values())) for columns in again))


def _say_the_same(some: tuple[Column, ...], others: tuple[Column, ...]) -> bool:
    """Tell headers that are the same but for one word that names the question: A yes, A no; B yes, B no."""
    if len(some) != len(others):
        return False
    swapped = set()
    for one, other in zip(some, others, strict=True):
        pair = [(a, b) for a, b in zip_longest(one.name.split(), other.name.split()) if a != b]
        swapped |= {(len(pair), *pair[:1])}
    return len(swapped) == 1 and min(swapped)[0] == 1


def _two_votes(which: str) -> InputError:
    return InputError(
        f"the table holds two votes side by side: {which}",
        expected="the columns of one vote",
        todo="name the columns of the one that is meant in a mapping file and pass it with --mapping",
    )
