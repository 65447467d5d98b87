"""The words and the picture for how many votes: what may be said, what it assumes, one axis for all.

A number stands in a sentence or a title only where :mod:`plebiscope.dossier.magnitude` allows it. The picture
and the table show every estimate with its range, beside that of clean votes.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from plebiscope.dossier.magnitude import Estimate, HowMany
from plebiscope.dossier.numbers import large, number
from plebiscope.dossier.text import lowered, name, plain
from plebiscope.dossier.words.sentences import doubted
from plebiscope.evidence import chart
from plebiscope.model.figure import Figure
from plebiscope.model.wording import counted, listed

PLACE = "how-many"
"""What the picture of a contest belongs to, instead of a finding, with the contest's id behind it."""

_DRAWN = 12
"""Estimates in the picture; all are in the table."""
_LINE, _HEIGHT = 54, 13
"""Letters of a line of text beside a line of the picture, and its height in pixels."""
_NAMED = 2
"""Estimates that a reason names."""
_MOST = 2
"""Lines of text for the name of an estimate, and for what it assumes."""
_ENDS = ("value", "low", "high", "from", "to")
_UNITS = ((1e6, ", millions"), (1e3, ", thousands"))
_SPACE = "\N{NO-BREAK SPACE}"
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


def sentences(made: HowMany, called: str) -> list[str]:
    """Say how many votes are concerned, where that may be said; else that it cannot be, and why.

    Parameters
    ----------
    made
        The estimates of a contest.
    called
        Name of the contest.
    """
    subject = name(called)
    told = [_designed(subject, one) for one in made.estimates if one.told == "whole"]
    there = [one for one in made.estimates if one.told == "there"]
    told += [_restricted(subject, made, one) for one in there]
    if not told:
        return [f"{subject}: how many votes are concerned cannot be stated, because {reason(made)}."]
    more = []
    if len(told) > 1:
        more.append(
            f"{subject}: the numbers of votes that different methods tell answer different questions; they "
            f"can overlap and are not to be added up."
        )
    if len(told) == len(there):
        model = all(one.tier == "C" for one in made.estimates)
        why = "every estimate of that depends on a model" if model else "no estimate of that may be told"
        more.append(
            f"{subject}: how many votes are concerned in the other areas cannot be stated, because {why}."
        )
    return told + more


def reason(made: HowMany) -> str:
    """Say why no number may be told."""
    if not made.estimates:
        return "no method that could be asked of this case estimates that"
    if any(one.stations for one in made.failing) and all(one.tier == "C" for one in made.estimates):
        whys: dict[str, list[str]] = {}
        for one in made.estimates:
            if one.value > 0.0 and one.tier == "C":
                why = plain(one.why.removeprefix("it depends on a model, and "), 200)
                whys.setdefault(why, []).append(f"“{plain(one.name, 120)}”")
        each = [f"{_some(list(dict.fromkeys(names)))}: {why}" for why, names in whys.items()]
        told = f" ({'; '.join(each)})" if each else ""
        return f"every estimate depends on a model, and none can be told for the areas that fail a test{told}"
    if all(one.tier == "C" for one in made.estimates):
        return (
            "every estimate depends on a model, and no area fails a test of tier A (hard to explain without "
            "invented figures)"
        )
    titles: dict[str, dict[str, None]] = {}
    for one in made.estimates:
        titles.setdefault(plain(one.why, 300), {})[lowered(plain(one.title, 120))] = None
    return "; ".join(f"{listed(list(by))}: {why}" for why, by in titles.items())


def _some(names: list[str]) -> str:
    """Name the estimates that a reason belongs to; of many the first."""
    more = len(names) - _NAMED
    return listed(names) if more <= 0 else listed([*names[:_NAMED], counted(more, "further estimates")])


def _designed(subject: str, one: Estimate) -> str:
    return (
        f"{subject}, {lowered(plain(one.title, 120))}: "
        f"{_change(one, one.low, one.high, plain(one.than, 400) or 'by what it takes for granted')}"
        f"{_percent(one.share_low, one.share_high, ' of the valid votes')}. This assumes that "
        f"{plain(one.assumes, 400)}.{doubted(one.doubtful)}"
    )


def _restricted(subject: str, made: HowMany, one: Estimate) -> str:
    there = one.there
    if there is None:
        raise ValueError("an estimate is told for areas without one")
    areas = _areas(made)
    shares = [
        100.0 * end / made.valid_there if end is not None and made.valid_there else None
        for end in (there.widened_low, there.widened_high)
    ]
    return (
        f"{subject}, in {areas} of tier A (hard to explain without invented figures): by the model of "
        f"“{lowered(plain(one.title, 120))}”, "
        f"{_change(one, there.widened_low, there.widened_high, 'that model expects')}"
        f"{_percent(shares[0], shares[1], ' of the valid votes there')}. This assumes that "
        f"{plain(one.assumes, 400)}.{doubted(one.doubtful)} The range allows for chance, and for as much as "
        f"parts of reference votes, clean or disputed, gave, as where turnout was highest; another vote can "
        f"give more.{_smaller(made, one)}"
    )


def _smaller(made: HowMany, one: Estimate) -> str:
    """Say how many other estimates for the whole vote come to less than what is told of a part of it."""
    least = one.there.widened_low if one.there is not None else None
    others = [other for other in made.estimates if other.option == one.option and other is not one]
    smaller = sum(least is not None and other.value < least for other in others)
    if not smaller:
        return ""
    return (
        f" Not all ways to estimate agree: of {counted(len(others), 'other estimates')} for the whole vote, "
        f"{smaller} {'is' if smaller == 1 else 'are'} smaller than that."
    )


def _areas(made: HowMany) -> str:
    areas = [one for one in made.failing if one.stations]
    if len(areas) == 1:
        return f"the one area ({name(areas[0].area)}) that fails a test"
    return f"the {len(areas):,} areas that fail a test"


def _change(one: Estimate, low: float | None, high: float | None, than: str) -> str:
    """Say by how much the option or its lead is larger or smaller than something; no range holds nought."""
    low, high = low or 0.0, high or 0.0
    less = high <= 0.0
    many = _span(-high, -low) if less else _span(low, high)
    if one.counts == "votes of the lead":
        return f"the lead is {many} votes {'smaller' if less else 'larger'} than {than}"
    side = "fewer" if less else "more"
    if one.counts == "ballots":
        return f"there are {many} {side} ballots than {than}"
    who = "the announced winner" if one.option is None else f"“{name(one.option)}”"
    return f"{who} has {many} {side} votes than {than}"


def _span(low: float, high: float) -> str:
    return large(low) if round(low) == round(high) else f"{large(low)} to {large(high)}"


def _percent(low: float | None, high: float | None, of: str) -> str:
    if low is None or high is None:
        return ""
    return f" ({number(_short(low))} to {number(_short(high))}{_SPACE}%{of})"


def _short(value: float) -> float:
    """Keep three digits."""
    return float(f"{value:.3g}")


def votes(low: float | None, high: float | None, value: float) -> str:
    """Write an estimate with its range, for the table."""
    if low is None or high is None:
        return large(value)
    return f"{large(value)} ({large(low)} to {large(high)})"


def share(one: Estimate) -> str:
    """Write the same in per cent of the valid votes."""
    if one.share is None:
        return "–"
    ends = ""
    if one.share_low is not None and one.share_high is not None:
        ends = f" ({number(_short(one.share_low))} to {number(_short(one.share_high))})"
    return f"{number(_short(one.share))}{_SPACE}%{ends}"


def clean(one: Estimate) -> str:
    """Say what the same estimate came to on clean votes, and whether this one is inside."""
    found = one.clean
    if found is None:
        return "not compared, as a design identifies it" if one.tier == "B" else "not known"
    unit = found.unit.replace("per cent", f"{_SPACE}%", 1)
    said = f"{number(_short(found.low))} to {number(_short(found.high))}{unit}"
    if found.low_votes is not None and found.high_votes is not None:
        said = f"{large(found.low_votes)} to {large(found.high_votes)} ({said})"
    if one.inside is None:
        return f"{said}: only {found.votes} votes to compare with"
    below = found.low_votes is not None and one.value < found.low_votes
    return f"{said}: here it is {'inside' if one.inside else 'below' if below else 'above'}"


def there(one: Estimate) -> str:
    """Say how much of an estimate lies in the areas that fail a test of tier A, or why that is not known."""
    found = one.there
    if found is None:
        return f"not divided: {one.nowhere}" if one.nowhere else "–"
    part = "" if found.part is None else f", {number(_short(100.0 * found.part))}{_SPACE}% of it"
    said = f"{votes(found.low, found.high, found.value)}{part}"
    if found.widened_low is None or found.widened_high is None:
        return said
    wide = f"{large(found.widened_low)} to {large(found.widened_high)}"
    return f"{said}; with what parts of reference votes give by geography {wide}"


def may_be_told(one: Estimate) -> str:
    """Say whether an estimate may be told as a number, and why."""
    word = {"whole": "yes", "there": "in those areas", None: "no"}[one.told]
    return f"{word}: {one.why}"


def assumptions(made: HowMany) -> list[tuple[str, str]]:
    """Return what each method assumes, or why it tells no number of votes, each method once."""
    said = {one.title: f"It assumes that {one.assumes}." for one in made.estimates}
    said |= {one.title: f"It tells no number of votes: {one.why}." for one in made.others}
    return list(said.items())


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
