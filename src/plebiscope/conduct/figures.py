"""Turnouts, shares of the vote and counts that a report states, picked up as totals that somebody announced.

A number is picked up where its own words say what it is a number of: "turnout of 87.5 %", "99.2 % voted in
favour", "1.2m of 1.5m voters". A percentage of anything else (stations, seats, territory, an economy), a
change, a lead, a threshold is none. What is a turnout or a share, but not this vote's result, is kept apart
by what it rests on: a poll, a forecast, a count that was not complete, observers' own count, another vote.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from plebiscope.conduct.attribute import Voices
from plebiscope.conduct.clean import Cleaned
from plebiscope.conduct.named import option_after, option_before, place_of
from plebiscope.conduct.numerals import Numeral, counts, moved_to, percentages
from plebiscope.conduct.passage import Passage
from plebiscope.conduct.patterns import pattern
from plebiscope.conduct.standing import standing
from plebiscope.conduct.wire import told_by
from plebiscope.model.report import Basis, Report, StatedFigure

Kind = Literal["turnout", "share", "count"]
Counted = Literal["registered", "cast", "valid", "invalid", "votes"]

_pattern = partial(pattern, "figures", "figures")


@dataclass(frozen=True, slots=True)
class Found:
    """A figure in a sentence, before it is known who says it."""

    number: Numeral
    kind: Kind
    of: Counted | None
    option: str | None
    place: str | None
    basis: Basis


def figures(
    report: Report, cleaned: Cleaned, passages: Sequence[Passage], voices: Callable[[], Voices]
) -> Iterator[StatedFigure]:
    """Find the figures that a report states.

    Parameters
    ----------
    report
        With its text.
    cleaned, passages, voices
        Its readable copy, its distinct sentences, and who speaks in them: found once, where it is asked.

    Yields
    ------
    StatedFigure
        In the order of the text. What one voice repeats in the same report is told once.
    """
    lowered = cleaned.lowered
    known: set[tuple[object, ...]] = set()
    about_votes = False
    for index, passage in enumerate(passages):
        cased, low = cleaned.text[passage.start : passage.end], lowered[passage.start : passage.end]
        votes = bool(_pattern("voting").search(low))
        if votes or about_votes:
            for found in in_sentence(cased, low, report.published):
                number = found.number
                voice = voices().ask(index, passage.start + number.start, passage.start + number.end)
                start, end = cleaned.span(passage.start + number.start, passage.start + number.end)
                status = standing(low, number.start, number.end, hedged=voice.hedged)
                if index + 1 < len(passages) and _pattern("false").match(lowered, passages[index + 1].start):
                    status = "denied"
                basis = found.basis
                if status in ("prospective", "norm") and basis in ("result", "preliminary"):
                    basis = "forecast"
                key = (found.kind, found.of, number.value, found.option, found.place, basis, voice.speaker)
                if key in known:
                    continue
                known.add(key)
                contest = _pattern("contest").search(low)
                yield StatedFigure(
                    kind=found.kind,
                    of=found.of,
                    value=number.value,
                    unit=number.unit,
                    bound=number.bound,
                    basis=basis,
                    option=found.option,
                    place=found.place,
                    contest=contest[0] if contest else None,
                    speaker=voice.speaker,
                    mode=voice.mode,
                    status=status,
                    agency=told_by(cased),
                    verbatim=report.text[start:end],
                    start=start,
                    end=end,
                    sentence=index,
                    report=report.path,
                )
        about_votes = votes


def in_sentence(cased: str, low: str, published: dt.date | None = None) -> list[Found]:
    """Find the figures of one sentence.

    Parameters
    ----------
    cased, low
        The sentence, cleaned, as written and in lower case; both equally long.
    published
        Day on which the report came out, by which another year's vote is known.
    """
    return sorted(
        [*_shares(cased, low, published), *_counts(cased, low, published)], key=lambda one: one.number.start
    )


def _shares(cased: str, low: str, published: dt.date | None) -> list[Found]:
    numbers = list(percentages(low))
    found: list[Found | None] = []
    progress = False
    for place, number in enumerate(numbers):
        first = numbers[place - 1].end if place else 0
        before = low[first : number.start]
        after = low[number.end : numbers[place + 1].start if place + 1 < len(numbers) else len(low)]
        progress = progress or bool(_pattern("progress").match(after))
        paired = place + 1 < len(numbers) and bool(_pattern("pair").match(after))
        told = _pattern("of-place").sub(" of place", cased[number.end :][: len(after)], count=1).lower()
        moved = moved_to(low, number.start)
        if moved is not None:
            # What it was stands between: "turnout fell from 70 per cent in 2027 to 60 per cent".
            ends = [one.end for one in numbers[:place] if one.end <= moved]
            first = max(ends, default=0)
            before = low[first:moved] + " "
        second = moved is None and bool(found and found[-1] and _pattern("pair").match(before))
        kind = _kind(before, told, low, paired=paired, second=second)
        if kind is None:
            found.append(None)
            continue
        option = None
        if kind == "share" and not second:
            # "by 55 % to 45 % to stay": what was decided stands behind both.
            at = numbers[place + 1].end if paired else number.end
            option = option_after(cased[at : len(low) if paired else at + len(after)])
            option = option or option_before(cased[first : first + len(before)])
        where = place_of(cased, first, number.start, number.end, number.end + len(after))
        basis = _basis(low, before, after, published)
        found.append(Found(number, kind, None, option, where, basis))
    found = _inherited(cased, low, numbers, found, published)
    kept = [one for one in found if one]
    return [
        replace(one, basis="partial") if progress and one.basis in ("result", "preliminary") else one
        for one in kept
    ]


def _kind(before: str, after: str, low: str, *, paired: bool, second: bool) -> Kind | None:
    """Say what a percentage is one of, from the words on both sides of it.

    In ``after`` a place of which it is a share ("of Gostel") is written "of place".
    """
    near = before[-90:]
    if _pattern("not-after").match(after) or _pattern("not-before").search(near):
        return None
    if _pattern("progress").match(after):
        return None
    if _pattern("required").search(near[-60:]) or _pattern("required").search(after[:40]):
        return None
    if second or (paired and _pattern("by").search(near)):
        return "share"
    if _pattern("turnout-after").match(after):
        return "turnout"
    chose = _pattern("chose").match(after)
    of_all = _pattern("electorate").match(after)
    if of_all and _pattern("they-voted").match(of_all["rest"]) and not chose:
        return "turnout"
    if _pattern("votes").match(after) or (
        re.match(r"^ of (?:them|these|those)\b", after) and _pattern("won").search(near)
    ):
        return "share"
    if chose and (chose["what"] is None or _pattern("choice-said").search(chose[0])):
        return "share"
    if of_all and _pattern("they-voted").match(of_all["rest"]):
        return "turnout"
    if _pattern("of-else").match(after):
        return None
    if _pattern("turnout-before").search(before):
        return "turnout"
    if _pattern("people-voted").match(after):
        return "turnout"
    if _pattern("yes-before").search(near) or _pattern("gave").search(near) or _pattern("won").search(near):
        return "share" if _pattern("voting").search(low) or _pattern("won").search(near) else None
    return None


def _inherited(
    cased: str, low: str, numbers: Sequence[Numeral], found: list[Found | None], published: dt.date | None
) -> list[Found | None]:
    """Let a bare percentage in a list be what its neighbour is: "97 % in Gostel, 94 % in Marrant"."""
    for place, number in enumerate(numbers):
        if found[place] or (not place and len(numbers) == 1):
            continue
        before = low[numbers[place - 1].end if place else 0 : number.start]
        after = low[number.end : numbers[place + 1].start if place + 1 < len(numbers) else len(low)]
        earlier = found[place - 1] if place else None
        later = next((one for one in found[place + 1 :] if one), None) if not place or earlier else None
        model = earlier or later
        if model is None or _pattern("not-after").match(after):
            continue
        if _pattern("compared").search(before[-60:]):
            found[place] = Found(number, model.kind, None, model.option, model.place, "another vote")
            continue
        if (
            _pattern("not-before").search(before[-90:])
            or _pattern("required").search(before)
            or _pattern("of-else").match(after)
        ):
            continue
        where = place_of(cased, number.start - len(before), number.start, number.end, number.end + len(after))
        plain = re.fullmatch(
            r"[^;%]{0,60}?(?:,|\band\b|\bto\b|\bwhile\b|\bagainst\b|:|\bin\b|\bwith\b)[^;%]{0,60}", before
        )
        if not plain or (model.kind == "turnout" and where is None):
            continue
        option = (
            model.option
            if where
            else (
                option_after(cased[number.end : number.end + len(after)])
                or option_before(cased[number.start - len(before) : number.start])
            )
        )
        if model.kind == "share" and not where and not option and not _pattern("rival").search(before[-60:]):
            continue
        found[place] = Found(
            number,
            model.kind,
            None,
            option if model.kind == "share" else None,
            where,
            _basis(low, before, after, published),
        )
    return found


def _counts(cased: str, low: str, published: dt.date | None) -> Iterator[Found]:
    numbers = list(counts(low))
    for place, number in enumerate(numbers):
        before = low[numbers[place - 1].end if place else 0 : number.start]
        after = low[number.end : numbers[place + 1].start if place + 1 < len(numbers) else len(low)]
        if _pattern("not-counted").search(before[-60:]) or _pattern("required").search(before[-60:]):
            continue
        behind = low[numbers[place + 1].end :] if place + 1 < len(numbers) else ""
        of = _counted(before, after, behind, low)
        if of is None:
            continue
        option = None
        if of == "votes":
            option = option_after(cased[number.end : number.end + len(after)]) or option_before(
                cased[number.start - len(before) : number.start]
            )
            if option is None:
                continue
        where = place_of(cased, number.start - len(before), number.start, number.end, number.end + len(after))
        yield Found(number, "count", of, option, where, _basis(low, before, after, published))


def _counted(before: str, after: str, behind: str, low: str) -> Counted | None:
    """Say what a number counts."""
    validity = _pattern("validity").match(after)
    if validity:
        return "valid" if validity["good"] else "invalid"
    if _pattern("of-electorate").match(after) and _pattern("voters").match(behind):
        return (
            None
            if re.search(r"\b(?:interviewed|surveyed|asked|questioned|polled)\b", behind[:60])
            else "cast"
        )
    if _pattern("of-electorate").match(before) and _pattern("voters").match(after):
        return (
            None
            if re.search(r"\b(?:interviewed|surveyed|asked|questioned|polled)\b", after[:60])
            else "registered"
        )
    if _pattern("registered").match(after):
        return "registered"
    if _pattern("cast").match(after):
        return "cast"
    if _pattern("assembly").search(low):
        return None
    if _pattern("for").match(after) or (
        re.match(r"^ votes?\b(?! (?:that|which|were|had|have))", after)
        and _pattern("won-votes").search(before[-60:])
    ):
        return "votes"
    return None


def _basis(low: str, before: str, after: str, published: dt.date | None) -> Basis:
    """Say what a figure rests on."""
    near = before[-120:]
    ago = _pattern("long-ago").match(after)
    then = _pattern("set-before").search(before)
    current = str(published.year) if published else None
    if _pattern("compared").search(near[-60:]) and not re.search(
        r"\b(?:rose|fell|rising|falling) (?:\w+ )?to $", near
    ):
        return "another vote"
    if (ago and ago["year"] != current) or (ago and not ago["year"]):
        return "another vote"
    if then and (not then["year"] or (current and then["year"] != current)):
        return "another vote"
    if _pattern("poll").search(low):
        return "poll"
    if _pattern("own-count").search(low):
        return "own count"
    if _pattern("forecast").search(near[-70:]):
        return "forecast"
    if _pattern("partial").search(near) or _pattern("partial").search(after[:60]):
        return "partial"
    return "preliminary" if _pattern("preliminary").search(low) else "result"
