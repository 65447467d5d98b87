"""What reports say against one another, or one report against itself, put side by side; nothing is decided.

The same code, told by one and denied by another, where place and day are not known to differ; a praise and a
fault of the same thing; and different figures for the same thing, further apart than their rounding.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from plebiscope.conduct.patterns import pattern
from plebiscope.conduct.placenames import Alike
from plebiscope.model.report import Contradiction, StatedFigure, Statement
from plebiscope.model.wording import QUANTITIES

_FAULTS = {
    "order": {"C01", "C02", "C04", "C12", "C13"},
    "secrecy": {"C08", "C09"},
    "count": {"C29", "C30", "C31", "C32"},
    "observation": {"C24", "C25"},
    "freedom": {"C02", "C04", "C05", "C14", "C23"},
    "running": {"C26", "C27", "C28"},
}
_CALLED = {
    "order": "calm and order",
    "secrecy": "secrecy of the ballot",
    "count": "the count",
    "observation": "observation",
    "freedom": "freedom of choice",
    "running": "the running of the vote",
}
_SAME = re.compile(r"\W+")
_TOLD = ("asserted", "alleged")
_Setting = tuple[str | None, frozenset[str]]
_COMPARED = ("result", "preliminary", "own count")


def contradictions(
    statements: Sequence[Statement], figures: Sequence[StatedFigure]
) -> tuple[Contradiction, ...]:
    """Find what stands against each other.

    Parameters
    ----------
    statements
        Those found in the reports; what a reviewer rejected is left out.
    figures
        The figures that the reports state.

    Returns
    -------
    tuple of Contradiction
        Denials first, in the order of the codes, then praise against fault, then figures.
    """
    return (*_denied(statements), *_praised(statements), *_figures(figures))


def _denied(statements: Sequence[Statement]) -> Iterator[Contradiction]:
    told: defaultdict[str, list[int]] = defaultdict(list)
    denied: defaultdict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(statements):
        if one.review != "rejected" and one.code != "P01":
            (denied if one.status == "denied" else told if one.status in _TOLD else {}).setdefault(
                one.code, []
            ).append(index)
    for code in sorted(denied.keys() & told.keys()):
        settings: defaultdict[_Setting, list[int]] = defaultdict(list)
        for yes in told[code]:
            settings[_setting(statements[yes])].append(yes)
        groups: dict[tuple[tuple[int, ...], str], list[int]] = {}
        for no in denied[code]:
            for how, against in _against(statements, settings, no):
                groups.setdefault((against, how), []).append(no)
        for (against, how), nos in groups.items():
            yield Contradiction(
                kind="denied", about=statements[nos[0]].name, one=against, other=tuple(nos), told=how
            )


def _setting(one: Statement) -> _Setting:
    """Say when and where something is told to have happened."""
    return one.when, frozenset(_plain(place.name) for place in one.where)


def _against(
    statements: Sequence[Statement], settings: Mapping[_Setting, Sequence[int]], no: int
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Give what a denial stands against, by how well places and days go together."""
    denial = statements[no]
    against: dict[str, list[int]] = {"same place and day": [], "place or day not told by both": []}
    for setting, told in settings.items():
        how = _going_together(setting, _setting(denial))
        if how is not None:
            against[how] += told
    for how, told in against.items():
        other = sorted(yes for yes in told if not _one_sentence(statements[yes], denial))
        if other:
            yield how, tuple(other)


def _one_sentence(one: Statement, other: Statement) -> bool:
    """Tell whether the same speaker says both in one sentence."""
    return one.report == other.report and one.speaker == other.speaker and one.sentence == other.sentence


def _going_together(one: _Setting, other: _Setting) -> str | None:
    """Say how well day and place of two statements go together; null where they do not."""
    (when, here), (then, there) = one, other
    days = _overlap(when, then)
    places = bool(here & there) if here and there else None
    if days is False or places is False:
        return None
    return "same place and day" if days and places else "place or day not told by both"


def _overlap(one: str | None, other: str | None) -> bool | None:
    if not one or not other:
        return None
    (first, _, last), (start, _, end) = one.partition("/"), other.partition("/")
    return first <= (end or start) and start <= (last or first)


def _praised(statements: Sequence[Statement]) -> Iterator[Contradiction]:
    praise: defaultdict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(statements):
        if one.code == "P01" and one.status in _TOLD and one.review != "rejected" and one.strength == "firm":
            for subject in _FAULTS:
                if pattern("events", "subjects", subject).search(one.verbatim.lower()):
                    praise[subject].append(index)
    for subject, praising in praise.items():
        faults = tuple(
            index
            for index, one in enumerate(statements)
            if one.code in _FAULTS[subject]
            and one.status in _TOLD
            and one.review != "rejected"
            and one.strength == "firm"
        )
        if faults:
            how = "the praise may speak of other places than the fault"
            yield Contradiction(
                kind="praised", about=_CALLED[subject], one=faults, other=tuple(praising), told=how
            )


def _figures(figures: Sequence[StatedFigure]) -> Iterator[Contradiction]:
    groups: defaultdict[tuple[str | None, ...], list[int]] = defaultdict(list)
    places = _first_names(one.place for one in figures if one.place)
    for index, one in enumerate(figures):
        nameless = one.option is None and (one.kind == "share" or one.of == "votes")
        if one.basis in _COMPARED and one.status in _TOLD and not nameless:
            groups[one.kind, one.of, _last(one.option), places.get(one.place or "")].append(index)
    for (kind, of, _, place), several in groups.items():
        first = several[0]
        other = tuple(index for index in several if _apart(figures[first], figures[index]))
        if other:
            option = figures[first].option
            about = (
                (QUANTITIES.get(of or "", of or kind or ""))
                + (f" for {option}" if option else "")
                + (f" in {figures[first].place}" if place else "")
            )
            same = tuple(index for index in several if index not in other)
            yield Contradiction(
                kind="figures", about=about, one=same, other=other, told="further apart than rounding"
            )


def _first_names(names: Iterable[str]) -> dict[str, str]:
    """Give each name of a place the first of those that mean it: Luhansk region for the Lugansk region."""
    met = Alike()
    first: dict[str, str] = {}
    for name in names:
        if name not in first:
            first[name] = next((first[other] for other in met.same(name)), name)
            met.add(name)
    return first


def _apart(one: StatedFigure, other: StatedFigure) -> bool:
    if one.contest and other.contest and one.contest != other.contest:
        return False
    (low, high), (least, most) = _ends(one), _ends(other)
    return high < least or most < low


def _ends(figure: StatedFigure) -> tuple[Decimal, Decimal]:
    """Give the range that a figure may mean, rounded or with further digits cut off."""
    low, high = figure.value - figure.unit / 2, figure.value + figure.unit
    if figure.bound == "more than":
        return low, Decimal("Infinity")
    if figure.bound == "less than":
        return Decimal(0), high
    wide = figure.unit if figure.bound == "about" else Decimal(0)
    return low - wide, high + wide


def _plain(name: str | None) -> str:
    return _SAME.sub(" ", (name or "").casefold()).removeprefix("the ").strip()


def _last(option: str | None) -> str:
    """Name an option by its last word: "Ilse Marrant" is "Marrant"."""
    return (_plain(option).split() or [""])[-1]
