"""Which reports are one: an agency's text in two papers, reprinted whole, cut or under another headline.

What can be told: that two texts share half of the words of the shorter one in the same order, and that a
dateline, a credit line or the sentence itself names an agency. What cannot: that one paper retold in words of
its own what it had from another, or from an agency that it does not name. So two reports that are not folded
here are distinct, and not proved to be independent.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain

from plebiscope.conduct.language import table
from plebiscope.model.report import Report

_WORDS = re.compile(r"\w+")
_RUN = 6
"""Words in a row that are compared: two reporters seldom choose the same six, unless they quote."""
_SHARED = 0.5
"""Share of the runs of the shorter text that the other has too, from which both are one report. Texts of the
same agency with half of the paragraphs cut keep nine tenths of theirs; what two reporters wrote about one
vote shares its quotations, less than a fifth."""
_FEWEST = 20
"""Fewest runs by which a text is judged; of a shorter one only its sentences are compared."""
_MOST = 20_000
"""Words of a report that are compared: the longest news report has fewer."""
_Run = tuple[str, ...]
_HEAD, _TAIL = 400, 300
"""Letters at the head and at the end of a report in which it is credited."""


def marked(reports: Sequence[Report]) -> list[Report]:
    """Mark the reports that an agency is credited with, and those that are another report again."""
    first = first_of_each(reports)
    return [
        report.model_copy(
            update={
                "agency": credited(report.text[report.body :]),
                "copy_of": None if first[report.path] == report.path else first[report.path],
            }
        )
        for report in reports
    ]


def first_of_each(reports: Sequence[Report]) -> dict[str, str]:
    """Map each report to the earliest one that is the same report: itself, where there is none.

    Parameters
    ----------
    reports
        With their sentences, in the order in which they were given.
    """
    met: defaultdict[_Run, list[int]] = defaultdict(list)
    sizes: list[int] = []
    first: dict[str, str] = {}
    whole: dict[frozenset[_Run], str] = {}
    for place, report in enumerate(reports):
        runs = _runs(report)
        sizes.append(len(runs))
        if runs in whole:
            # Printed again without a change: whatever shares with it shares as much with the first.
            first[report.path] = whole[runs]
            continue
        shared = Counter(chain.from_iterable(met.get(run, ()) for run in runs))
        same = [
            earlier for earlier in sorted(shared) if _one_text(len(runs), sizes[earlier], shared[earlier])
        ]
        first[report.path] = first[reports[same[0]].path] if same else report.path
        if len(runs) >= _FEWEST:
            whole[runs] = first[report.path]
        for run in runs:
            met[run].append(place)
    return first


def _runs(report: Report) -> frozenset[_Run]:
    words = [word for one in report.sentences for word in _WORDS.findall(one.text.casefold())][:_MOST]
    return frozenset(zip(*(words[at:] for at in range(_RUN)), strict=False))


def _one_text(one: int, other: int, shared: int) -> bool:
    shorter = min(one, other)
    return shorter >= _FEWEST and shared >= _SHARED * shorter


def credited(text: str) -> str | None:
    """Name the agency of a report by its dateline or a credit line.

    >>> credited("GOSTEL, Sept 28 (AFP) - The polls closed at eight.")
    'AFP'
    >>> credited("The polls closed at eight, a reader told AFP.") is None
    True
    """
    found = _dateline().search(text[:_HEAD]) or _credit().search(text[-_TAIL:])
    return _canonical()[next(filter(None, found.groups()))] if found else None


@lru_cache(maxsize=1 << 12)
def told_by(sentence: str) -> str | None:
    """Name the agency that a sentence gives as its source: "Tass reported", "a voter told AFP".

    Any other agency is known by being called one: "the Keldale Press Agency", "Marenna news agency".
    """
    # Few sentences name one, and to see that these do not is quicker than to read them.
    found = None if _first_words().isdisjoint(_WORDS.findall(sentence)) else _named().search(sentence)
    if found:
        return _canonical()[next(filter(None, found.groups()))]
    other = _CALLED_AGENCY.search(sentence) if "gency" in sentence or "Service" in sentence else None
    return (other[1] or other[2]) if other else None


_CALLED_AGENCY = re.compile(
    r"\b(?:[Tt]he )?((?!The )(?:[A-Z][\w-]+ ){1,3}(?:Press|News|Telegraph) (?:Agency|Service))\b"
    r"|\b(?:[Tt]he )?((?!The )(?:[A-Z][\w-]+ ){0,2}[A-Z][\w-]+) news agency\b"
)


@cache
def _canonical() -> Mapping[str, str]:
    return {form: name for name, forms in table("agencies").items() for form in forms}


@cache
def _any() -> str:
    return "|".join(re.escape(form) for form in sorted(_canonical(), key=lambda form: (-len(form), form)))


@cache
def _first_words() -> frozenset[str]:
    return frozenset(_WORDS.findall(form)[0] for form in _canonical())


@cache
def _dateline() -> re.Pattern[str]:
    """Find the likes of "GOSTEL, Sept 28 (AFP) -", "By Reuters", and "Reuters" on a line of its own."""
    return re.compile(
        rf"\(({_any()})\)\s{{0,3}}[-–—:]|^\W{{0,3}}(?:[Bb]y |[Ff]rom |[Ss]ource: )?({_any()})\W{{0,3}}$", re.M
    )


@cache
def _credit() -> re.Pattern[str]:
    return re.compile(
        rf"(?:^|[(\[©–—/-]\s?)(?:[Bb]y |[Ss]ource: |[Rr]eporting by )?({_any()})[)\].]?\s*$"
        rf"|\b({_any()}) contributed to this (?:report|story|article)"
    )


@cache
def _named() -> re.Pattern[str]:
    saying = r"(?:report|sa(?:id|ys)|quot|cit|wr[io]te|carri|announc|tell|told)"
    return re.compile(
        rf"\b({_any()})(?: news agency| agency| correspondents?)?,? (?:\w+ ){{0,2}}{saying}"
        rf"|\b(?:told|tells|telling|by|to|according to|quoted by|agency|agencies) (?:the )?({_any()})\b"
    )
