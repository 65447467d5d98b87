"""What fair votes on these very stations would look like, and where this vote looks otherwise.

Fair worlds are fitted to the table (``worlds/fair.py``) in two versions, because everything hangs on what
fair looks like. Nothing is graded here: where the table lies outside, either something was done to it, or
fair looks different there than the worlds assume, and whatever is made with such worlds must be read with
that in mind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from plebiscope.dossier.text import name, plain
from plebiscope.model.base import Record
from plebiscope.model.wording import listed

if TYPE_CHECKING:
    from plebiscope.worlds.look import Band, Look

_WIDTH, _HEIGHT, _MARGIN = 260.0, 22.0, 8.0


class Range(Record):
    """What 95 of 100 fair worlds give, and the middle of them."""

    low: float
    middle: float
    high: float


class Likeness(Record):
    """One plain figure of the vote, and what fair worlds of both versions give."""

    id: str
    figure: str
    unit: str
    observed: float
    tight: Range
    loose: Range
    outside: tuple[str, ...] = ()
    """The versions of the fair world that do not look like this."""

    @property
    def beyond(self) -> bool:
        """Whether it lies to one side of what either version gives, and not between the two."""
        low, high = min(self.tight.low, self.loose.low), max(self.tight.high, self.loose.high)
        return not low <= self.observed <= high


class FairWorlds(Record):
    """How far fair worlds look like the vote that they were fitted to."""

    contest: str
    option: str
    """The option whose share is meant."""
    worlds: int
    """Fair worlds of each version."""
    left_out: int = 0
    """Stations that are in no figure here, because theirs are missing or cannot be true."""
    figures: tuple[Likeness, ...]


def likeness(contest: str, option: str, worlds: int, looks: Iterable[Look], left_out: int = 0) -> FairWorlds:
    """Record what :func:`plebiscope.worlds.look.look` found."""
    return FairWorlds(
        left_out=left_out,
        contest=contest,
        option=option,
        worlds=worlds,
        figures=tuple(
            Likeness(
                id=one.trait.id,
                figure=one.trait.title,
                unit=one.trait.unit,
                observed=one.observed,
                tight=_range(one.bands["tight"]),
                loose=_range(one.bands["loose"]),
                outside=one.outside,
            )
            for one in looks
        ),
    )


def _range(band: Band) -> Range:
    return Range(low=band.low, middle=band.middle, high=band.high)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table on the page."""

    figure: str
    observed: str
    tight: str
    loose: str
    said: str
    picture: Markup


@dataclass(frozen=True, slots=True)
class Section:
    """The part of the page on the fair votes of one contest."""

    contest: str
    option: str
    worlds: int
    summary: str
    lines: tuple[Line, ...]


def sections(found: Iterable[FairWorlds], names: Mapping[str, str]) -> list[Section]:
    """Put what fair votes look like into words and pictures, a part for each contest.

    Parameters
    ----------
    found
        As recorded in the dossier.
    names
        Name of each contest, by its id.
    """
    return [
        Section(
            contest=name(names.get(one.contest, one.contest)),
            option=name(one.option),
            worlds=one.worlds,
            summary=summary(one),
            lines=tuple(_line(figure) for figure in one.figures),
        )
        for one in found
    ]


def summary(found: FairWorlds) -> str:
    """Say in a sentence or two how far fair worlds look like this vote."""
    apart = ""
    if found.left_out:
        several = "station is" if found.left_out == 1 else "stations are"
        apart = (
            f" {found.left_out:,} {several} in none of the figures: their own are missing or cannot be true."
        )
    far = [one for one in found.figures if one.beyond]
    near = [one for one in found.figures if one.outside and not one.beyond]
    if not far and not near:
        return (
            f"In all of {len(found.figures)} plain figures this vote looks like fair votes on its stations. "
            f"That is no proof that it was fair: what leaves these figures alone cannot be seen in them."
            f"{apart}"
        )
    parts = []
    for figures, where in ((far, "both ranges"), (near, "one of the two ranges, or between them")):
        if figures:
            lie = "one lies" if len(figures) == 1 else f"{len(figures)} lie"
            parts.append(f"{lie} outside {where} ({_figures(figures)})")
    return (
        f"Of {len(found.figures)} plain figures of this vote, {listed(parts)}. There, either something was "
        f"done to the vote, or voters here differ in ways that the simulation does not know, as a place with "
        f"a barracks or a university does. The figures do not tell which, and nothing is concluded from them "
        f"alone.{apart}"
    )


def _figures(found: Iterable[Likeness]) -> str:
    return "; ".join(plain(one.figure, 120) for one in found)


def _written(value: float, unit: str) -> str:
    """Write all figures of a line alike: stations whole, anything else with two decimals."""
    text = f"{round(value):,}" if unit == "stations" else f"{abs(value):,.2f}"
    return f"\N{MINUS SIGN}{text}" if value < 0 and text.strip("0.") and unit != "stations" else text


def _line(one: Likeness) -> Line:
    where = {
        (): "inside both",
        ("tight",): "outside the tight range",
        ("loose",): "outside the loose range",
    }.get(one.outside, "outside both" if one.beyond else "between the two")
    observed = _written(one.observed, one.unit)
    tight, loose = (
        f"{_written(band.low, one.unit)} to {_written(band.high, one.unit)}"
        for band in (one.tight, one.loose)
    )
    said = (
        f"{plain(one.figure, 120)}: this vote {observed}, tight fair votes {tight}, "
        f"loose ones {loose}; {where}"
    )
    unit = f", {one.unit}" if one.unit else ""
    return Line(plain(one.figure + unit, 160), observed, tight, loose, where, _picture(one, said))


def _picture(one: Likeness, said: str) -> Markup:
    """Draw both bands and this vote on one line: shapes differ, so that no colour is needed."""
    ends = [one.observed, one.tight.low, one.tight.high, one.loose.low, one.loose.high]
    low, high = min(ends), max(ends)
    room = (_WIDTH - 2 * _MARGIN) / ((high - low) or 1.0)

    def across(value: float) -> float:
        return _MARGIN + (value - low) * room

    middle = _HEIGHT / 2
    bars = Markup("").join(
        Markup('<path class="{}" d="M{:.1f} {:.1f}H{:.1f}"/>').format(
            version, across(band.low), middle, max(across(band.high), across(band.low) + 1)
        )
        for version, band in (("loose", one.loose), ("tight", one.tight))
    )
    here = Markup('<path class="here" d="M{:.1f} {:.1f}l5 -7l-5 -7l-5 7z"/>').format(
        across(one.observed), middle + 7
    )
    return Markup(
        '<svg class="bands" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">{}{}</svg>'
    ).format(_WIDTH, _HEIGHT, said, bars, here)
