"""Every estimate with its range, on one axis of votes."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from plebiscope.dossier.magnitude.records import Estimate, HowMany
from plebiscope.dossier.magnitude.table import clean, there, votes
from plebiscope.dossier.text import name, plain
from plebiscope.evidence import chart
from plebiscope.model.figure import Figure
from plebiscope.model.wording import counted, listed

PLACE = "how-many"
"""What the picture of a contest belongs to, instead of a finding, with the contest's id behind it."""

_DRAWN = 12
"""Estimates in the picture; all are in the table."""
_LINE, _HEIGHT = 54, 13
"""Letters of a line of text beside a line of the picture, and its height in pixels."""
_MOST = 2
"""Lines of text for the name of an estimate, and for what it assumes."""
_ENDS = ("value", "low", "high", "from", "to")
_UNITS = ((1e6, ", millions"), (1e3, ", thousands"))
_STYLES: Mapping[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "design": ("observed", {"strokeWidth": 2.5}, {"shape": "diamond", "filled": True, "size": 130}),
    "model": (
        "expected",
        {"strokeWidth": 1.5, "strokeDash": [5, 3]},
        {"shape": "circle", "filled": False, "size": 70, "strokeWidth": 2},
    ),
    "there": ("outlier", {"strokeWidth": 2.5}, {"shape": "square", "filled": True, "size": 70}),
}
"""Style, line and mark of each kind of estimate: they differ in shape and dashes, not by colour alone."""


def figure(made: HowMany) -> Figure | None:
    """Draw every estimate with its range on one axis of votes; null where there is none."""
    rows = list(_rows(_drawn(made.estimates)))
    if not rows:
        return None
    lines = min(max(str(row["what"]).count("|") + 1 for row in rows), 2 * _MOST + 2)
    for row in rows:  # shorter labels are centred by empty lines before them
        row["what"] = "|" * ((lines - str(row["what"]).count("|") - 1) // 2) + str(row["what"])
    sizes = [abs(row[end]) for row in rows for end in _ENDS if row[end] is not None]
    unit, word = next((one for one in _UNITS if max(sizes) >= 2.0 * one[0]), (1.0, ""))
    values = [
        row | {"at": at} | {end: None if row[end] is None else row[end] / unit for end in _ENDS}
        for at, row in enumerate(rows)
    ]
    x = chart.number("value", f"Votes affected{word}", axis={"grid": True, "tickCount": 6})
    y = chart.category(
        "what",
        labelLimit=330,
        labelExpr="split(datum.label, '|')",
        labelLineHeight=_HEIGHT,
        labelOffset=-_HEIGHT * (lines - 1) / 2,
    )
    y["sort"] = {"field": "at", "op": "min"}
    known = "isValid(datum.low)"
    layers = [
        chart.layer(
            "bar",
            "band",
            {**chart.span("x", x, "from", "to"), "y": y},
            where="isValid(datum.from)",
            height=22,
        ),
        chart.layer("rule", "reference", {"x": {"datum": 0, "type": "quantitative"}}),
    ]
    for kind, (style, line, mark) in _STYLES.items():
        only = f"datum.kind == '{kind}'"
        if any(row["kind"] == kind for row in rows):
            layers += [
                chart.layer(
                    "rule", style, {**chart.span("x", x), "y": y}, where=f"{only} && {known}", **line
                ),
                chart.layer("point", style, {"x": x, "y": y}, where=only, **mark),
            ]
    return Figure(
        id=f"{PLACE}/{made.contest}",
        finding=f"{PLACE}/{made.contest}",
        title=_title(made),
        caption="Each line is one estimate of votes affected, with its range. Filled marks on full lines may "
        "be told as numbers: a diamond where a design identifies it (tier B) and what it rests on is named, "
        "a square for the part of a model's estimate in the areas that fail a test of tier A, widened by "
        "what parts of reference votes give by geography. Rings on dashed lines may not; the table says why. "
        "Grey bar: as far as the same estimate and its range reached on clean votes, in as many votes as "
        "that would be here; without one that is not known. Left of nought votes are missing. Below each "
        f"name stands what it rests on first; all that it assumes is said in the text.{_left_out(made)}",
        alt="; ".join(_in_words(one) for one in _drawn(made.estimates)) + ".",
        vega_lite=chart.picture(layers, values, width=420, height={"step": _HEIGHT * lines + 11}),
    )


def _title(made: HowMany) -> str:
    several = counted(len(made.estimates), "estimates")
    designed = sum(one.told == "whole" for one in made.estimates)
    restricted = sum(one.told == "there" for one in made.estimates)
    parts = []
    if designed:
        parts.append(f"{designed} told, as a design identifies it")
    if restricted:
        parts.append(f"{restricted} told for the areas that fail a test")
    usual = sum(one.inside is True for one in made.estimates)
    if usual:
        parts.append(f"{usual} inside what clean votes reached")
    if not designed and not restricted:
        parts.append("none that may be told as a number")
    drawn = len(_drawn(made.estimates))
    some = f", {drawn} of them drawn" if drawn < len(made.estimates) else ""
    return f"{several} of votes affected{some}: {listed(parts)}"


def _left_out(made: HowMany) -> str:
    left = len(made.estimates) - len(_drawn(made.estimates))
    return f" Not drawn: {counted(left, 'further estimates')}, which the table has." if left else ""


def _short_lines(text: str) -> str:
    """Break a text into lines of the picture; what does not fit is cut."""
    return "|".join(textwrap.wrap(text.replace("|", " "), _LINE, max_lines=_MOST, placeholder=" …"))


def _drawn(estimates: Sequence[Estimate]) -> list[Estimate]:
    """Choose what is drawn: what may be told, then the first of each method and option, then the second."""
    seen = Counter[tuple[str, str | None]]()
    turn = []
    for at, one in enumerate(estimates):
        turn.append((one.told is None, seen[one.method, one.option], at))
        seen[one.method, one.option] += 1
    return [estimates[at] for at in sorted(at for *_, at in sorted(turn)[:_DRAWN])]


def _rows(estimates: Sequence[Estimate]) -> Iterator[dict[str, Any]]:
    """Return the lines of the picture: what may be told first, the part in failing areas below its whole."""
    for one in sorted(estimates, key=lambda one: (one.tier != "B", one.told is None)):
        words = one.method.replace("-", " ")
        # The option stands last and whole: it is cut where it is drawn, so that it can be masked before.
        option = "" if one.option is None else f"|{name(one.option)}"
        first = f"{plain(words, 18).capitalize()} ({one.tier})"
        band = one.clean
        yield {
            "what": f"{first}|{_short_lines(plain(one.name.removeprefix(f'{words}, ')))}|"
            f"{_short_lines('if ' + plain(one.assumes).partition(', ')[0])}{option}",
            "kind": "design" if one.told == "whole" else "model",
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "from": None if band is None else band.low_votes,
            "to": None if band is None else band.high_votes,
        }
        if one.told == "there" and one.there is not None:
            there = one.there
            ends = {"value": there.value, "low": there.widened_low, "high": there.widened_high}
            yield {
                "what": f"{first}|only in areas that fail{option}",
                "kind": "there",
                **ends,
                "from": None,
                "to": None,
            }


def _in_words(one: Estimate) -> str:
    """Tell a line of the picture."""
    option = "" if one.option is None else f", {name(one.option)}"
    said = f"{plain(one.title, 120)}{option}, {plain(one.name, 120)}: {votes(one.low, one.high, one.value)}"
    if one.clean is not None:
        said += f"; clean votes reached {clean(one)}"
    if one.there is not None:
        said += f"; in areas that fail a test {there(one)}"
    return said
