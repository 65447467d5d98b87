"""Figures that reports state, joined to the case: as totals to be tested, and beside the table.

Only what is told as a result of this vote is joined: no poll, no forecast, no count before the end. A figure
that is hedged ("nearly 90 per cent") is set beside the table and not tested as if it had been announced so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from plebiscope.conduct.placenames import Alike
from plebiscope.dossier.dossier import BesideTable
from plebiscope.intake import totals as announced
from plebiscope.intake.vocabulary import plain
from plebiscope.model.case import Rounded, Totals
from plebiscope.model.method import Subject
from plebiscope.model.report import StatedFigure
from plebiscope.model.returns import Returns
from plebiscope.model.wording import QUANTITIES, counted, listed, per_cent, written

_ANSWERS = {"in favour": "yes", "in favor": "yes", "for": "yes", "against": "no"}
_KIND = re.compile(
    r"\b(?:region|district|province|republic|county|oblast|area|city|state|department|municipality|the)\b|\W+"
)
_TURNOUTS = ("cast", "issued", "received", "valid")
_BASES = ("valid", "cast", "registered")


@dataclass(frozen=True)
class Home:
    """Where a figure belongs.

    Attributes
    ----------
    subject
        The contest that is meant; null where it cannot be told.
    whole
        Whether it speaks of all of it.
    why
        Why it cannot be told; empty where it can.
    """

    subject: Subject | None
    whole: bool
    why: str = ""


def usable(figure: StatedFigure) -> bool:
    """Tell whether a figure is told as a result of this vote."""
    return figure.basis in ("result", "preliminary") and figure.status in ("asserted", "alleged")


def home(figure: StatedFigure, subjects: Sequence[Subject]) -> Home:
    """Find the contest of which a figure speaks.

    Parameters
    ----------
    figure
        The figure.
    subjects
        The contests of the case.
    """
    fitting = list(subjects)
    named = [one for one in fitting if figure.place and _names(one, figure.place)]
    if len(named) == 1:
        return Home(named[0], whole=True)
    if len(fitting) > 1 and figure.contest:
        kinds = [one for one in fitting if one.contest.kind in figure.contest]
        rounds = [one for one in fitting if plain(figure.contest) in plain(one.contest.name)]
        fitting = rounds or kinds or fitting
    if len(fitting) > 1 and figure.option:
        having = [one for one in fitting if _option(figure.option, one) is not None]
        fitting = having if len(having) == 1 else fitting
    if len(fitting) > 1:
        names = listed([one.contest.name for one in fitting], "or")
        return Home(None, whole=False, why=f"it can be of {names}")
    return (
        Home(fitting[0], whole=figure.place is None) if fitting else Home(None, whole=False, why="no contest")
    )


def _names(subject: Subject, place: str) -> bool:
    """Tell whether a place is the country, or what the contest is called after."""
    contest = subject.contest
    return _bare(place) in (_bare(contest.country or ""), _bare(contest.id)) or bool(
        re.search(rf"\b{re.escape(_bare(place))}\b", _bare(contest.name)) and _bare(place)
    )


def _bare(name: str) -> str:
    """Write a place without the word for what it is."""
    return _KIND.sub(" ", plain(name)).strip()


def _option(written_so: str, subject: Subject) -> str | None:
    """Find the option of the table that a report calls by a name: by all of it, or by a last name."""
    options = subject.returns.options if subject.returns is not None else subject.contest.options
    name = _ANSWERS.get(written_so.casefold(), written_so)
    same = announced.same_names([name], options)
    if same:
        return same[name]
    words = plain(name).split()
    having = [option for option in options if words and words[-1] in re.split(r"\W+", plain(option))]
    return having[0] if len(having) == 1 else None


# --------------------------------------------------------------------------------------- as announced totals


def totals(figures: Sequence[StatedFigure], homes: Sequence[Home]) -> list[Totals]:
    """Make announced totals of what reports state: one for each voice, place and report.

    Two different figures for one thing are two announcements.
    """
    drafts: dict[tuple[Any, ...], list[dict[Any, Any]]] = {}
    for figure, found in zip(figures, homes, strict=True):
        said = _said(figure, found.subject) if found.subject is not None else None
        if said is None or found.subject is None or figure.bound != "as written" or not usable(figure):
            continue
        place = None if found.whole else figure.place
        key = (found.subject.contest.id, figure.report, figure.speaker, figure.agency, place, figure.basis)
        for draft in drafts.setdefault(key, []):
            if all(draft.get(name, value) == value for name, value in said.items()):
                draft.update(said)
                break
        else:
            drafts[key].append(said)
    return [_totals(key, draft) for key, several in drafts.items() for draft in several]


def _said(figure: StatedFigure, subject: Subject | None) -> dict[Any, Any] | None:
    if figure.kind == "turnout":
        return {"turnout": figure.value}
    if figure.kind == "share" or figure.of == "votes":
        if figure.option is None or (figure.of == "votes" and figure.unit > 1):
            return None
        option = (_option(figure.option, subject) if subject else None) or figure.option
        return {("shares" if figure.kind == "share" else "votes", option): figure.value}
    if figure.unit > 1:
        return {("rounded", figure.of): Rounded(count=int(figure.value), unit=int(figure.unit))}
    return {str(figure.of): int(figure.value)}


def _totals(key: tuple[Any, ...], draft: Mapping[Any, Any]) -> Totals:
    contest, report, speaker, agency, place, basis = key
    fields: dict[str, Any] = {}
    for name, value in draft.items():
        if isinstance(name, tuple):
            fields.setdefault(name[0], {})[name[1]] = int(value) if name[0] == "votes" else value
        else:
            fields[name] = value
    who = [speaker] if speaker else []
    if agency and not (speaker or "").endswith(agency):
        who.append(f"as {agency} has it")
    return Totals(
        contest=contest,
        source=f"stated in {report}" + (f" ({', '.join(who)})" if who else " (its own voice)"),
        definition="preliminary" if basis == "preliminary" else None,
        place=place,
        report=report,
        **fields,
    )


# ------------------------------------------------------------------------------------------ beside the table


def beside(figures: Sequence[StatedFigure], homes: Sequence[Home]) -> tuple[BesideTable, ...]:
    """Set each figure that is told as a result beside what the table gives."""
    areas: dict[str, _Areas] = {}
    return tuple(
        _beside(number, figure, found, areas)
        for number, (figure, found) in enumerate(zip(figures, homes, strict=True))
        if usable(figure)
    )


def _beside(number: int, figure: StatedFigure, found: Home, areas: dict[str, _Areas]) -> BesideTable:
    says = f"{figure.report} states {_in_words(figure)}"
    subject = found.subject
    if subject is None:
        return BesideTable(figure=number, sentence=f"{says}; of which contest cannot be told: {found.why}.")
    contest, returns = subject.contest.id, subject.returns
    if returns is None:
        why = "no table of results is part of this case"
        return BesideTable(figure=number, contest=contest, sentence=f"{says}; {why}.")
    if found.whole or figure.place is None:
        rows, place = np.arange(len(returns)), None
    else:
        if contest not in areas:
            areas[contest] = _Areas(returns)
        places = areas[contest].called(figure.place)
        if len(places) != 1:
            why = "the table has no area of that name"
            if places:
                why = (
                    f"the table has {len(places)} places of that name ({listed(places)}): which, is not said"
                )
            return BesideTable(figure=number, contest=contest, sentence=f"{says}; {why}.")
        ((place, rows),) = places.items()
    given = _given(figure, subject, returns, rows)
    fields: dict[str, Any] = {"figure": number, "contest": contest, "place": place, "rows": len(rows)}
    if not given:
        return BesideTable(**fields, sentence=f"{says}; the table does not give that.")
    low, high = bounds(figure)
    of, value = min(given.items(), key=lambda one: max(low - one[1], one[1] - high, Decimal(0)))
    agrees = low <= value <= high
    table = _number(figure, value, finer=True) + (
        f" of {QUANTITIES[of]}" if of and figure.kind != "count" else ""
    )
    if figure.kind == "turnout":
        table = f"{_number(figure, value, finer=True)} ({QUANTITIES[of]} over registered)"
    return BesideTable(
        **fields,
        table=float(value),
        of=of or None,
        agrees=agrees,
        sentence=f"{says}; the table gives {table}"
        + (f", in {counted(len(rows), subject.rows_are)}" if place else "")
        + (
            ". They agree within the rounding."
            if agrees
            else f". They differ by {_apart(figure, value)}, more than rounding explains."
        ),
    )


def bounds(figure: StatedFigure) -> tuple[Decimal, Decimal]:
    """Give the smallest and largest number that a report can mean: rounded, or with digits cut off."""
    half = figure.unit / 2
    low, high = figure.value - half, figure.value + figure.unit
    if figure.bound == "more than":
        low, high = figure.value, Decimal("Infinity")
    elif figure.bound == "less than":
        low, high = Decimal(0), figure.value
    elif figure.bound == "about":
        low, high = figure.value - 2 * figure.unit, figure.value + 2 * figure.unit
    return low, high


class _Areas:
    """The areas of a table, looked up by the names that reports give them."""

    def __init__(self, returns: Returns) -> None:
        self._returns = returns
        self._bare: dict[str, list[tuple[str, int]]] = {}
        self._written: dict[str, list[tuple[str, int]]] = {}
        self._alike = Alike()
        for column in returns.areas:
            for code, label in enumerate(returns.places(column)[1]):
                name = label.split(" / ")[-1]
                self._bare.setdefault(_bare(name), []).append((column, code))
                self._written.setdefault(name, []).append((column, code))
                self._alike.add(name)

    def called(self, name: str) -> dict[str, np.ndarray[Any, np.dtype[np.int64]]]:
        """Find the areas of that name, or else in another spelling; areas of the same rows are one."""
        meant = self._bare.get(_bare(name)) or [
            area for other in self._alike.same(name, loosely=True) for area in self._written[other]
        ]
        found: dict[str, np.ndarray[Any, np.dtype[np.int64]]] = {}
        for column, code in meant:
            codes, labels = self._returns.places(column)
            rows = np.flatnonzero(codes == code)
            if not any(np.array_equal(rows, other) for other in found.values()):
                found[f"{column} {labels[code]}"] = rows
        return found


def _given(
    figure: StatedFigure, subject: Subject, returns: Returns, rows: np.ndarray[Any, np.dtype[np.int64]]
) -> dict[str, Decimal]:
    """Give what the table says of the same thing, by each base that a percentage can have."""
    names = [*returns.quantities, *returns.options]
    sums = {name: Decimal(int(returns.table[name].gather(rows).sum() or 0)) for name in names}
    if figure.kind == "count" and figure.of != "votes":
        return {str(figure.of): sums[str(figure.of)]} if figure.of in sums else {}
    if figure.kind == "turnout":
        voters = sums.get("registered")
        return {name: 100 * sums[name] / voters for name in _TURNOUTS if name in sums} if voters else {}
    option = _option(figure.option, subject) if figure.option else None
    if option is None or option not in sums:
        return {}
    if figure.kind == "count":
        return {"": sums[option]}
    bases = {name: sums[name] for name in _BASES if sums.get(name)}
    return {name: 100 * sums[option] / base for name, base in bases.items()}


def _in_words(figure: StatedFigure) -> str:
    what = {
        "turnout": "a turnout of",
        "share": "a share of",
        "count": {
            "registered": "registered voters:", "cast": "ballots cast:", "valid": "valid ballots:",
            "invalid": "invalid ballots:", "votes": "votes:",
        }.get(figure.of or "", ""),
    }[figure.kind]  # fmt: skip
    hedge = "" if figure.bound == "as written" else f"{figure.bound} "
    option = f" for “{figure.option}”" if figure.option else ""
    place = f" in {figure.place}" if figure.place else ""
    who = figure.speaker or figure.agency
    return f"{what} {hedge}{_number(figure, figure.value)}{option}{place}" + (f" ({who})" if who else "")


def _number(figure: StatedFigure, value: Decimal, *, finer: bool = False) -> str:
    if figure.kind == "count":
        return f"{int(value):,}"
    exponent = figure.value.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return per_cent(value, f".{decimals + (1 if finer else 0)}f")


def _apart(figure: StatedFigure, value: Decimal) -> str:
    gap = abs(value - figure.value)
    return f"{int(gap):,}" if figure.kind == "count" else f"{written(gap, '.1f')} percentage points"
