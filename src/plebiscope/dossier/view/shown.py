"""A finding with its place on the page, and the areas of one question."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from plebiscope.calibrate.multiplicity import log10_of
from plebiscope.dossier import numbers, strip, yardstick
from plebiscope.dossier.words import sentences
from plebiscope.model.finding import Finding
from plebiscope.model.wording import counted


@dataclass
class Shown:
    """A finding with its place on the page; everything else is the finding's own."""

    finding: Finding
    anchor: str

    def __getattr__(self, key: str) -> Any:
        return getattr(self.finding, key)

    @property
    def called(self) -> str:
        """Its quantity and option, in words."""
        return sentences.called(self.finding)

    @property
    def p_digits(self) -> str:
        """The p in digits."""
        return numbers.digits(log10_of(self.finding))

    @property
    def p_words(self) -> str:
        """The p as odds."""
        log10_p = log10_of(self.finding)
        return "" if log10_p is None else numbers.odds(log10_p)

    @property
    def q_digits(self) -> str:
        """The q in digits; where it is the smallest float, it is below that."""
        q = self.finding.q
        if q is None:
            return "–"
        least = q <= sys.float_info.min
        return ("below " if least else "") + numbers.digits(math.log10(q))

    @property
    def strip(self) -> Markup | None:
        """The picture of where it stands among reference votes."""
        place = self.finding.place
        return None if place is None else strip.strip(place, yardstick.standing(place))

    @property
    def standing(self) -> str:
        """Where it stands among reference votes, in words; in short where its sentence says so already."""
        place = self.finding.place
        if place is None:
            return ""
        votes = counted(len(place.votes), "reference votes")
        short = f"{self.called}: {yardstick.rank(place, votes)}."
        said = short if place.on in self.finding.sentence else yardstick.standing(place)
        return f"{said} The axis shows {strip.axis(place)}."


@dataclass
class Areas:
    """The areas of one question."""

    heading: str
    summary: str
    effect: str
    level: str
    """What the interval of the effects is called."""
    named: list[Shown]
    others: list[Shown]
