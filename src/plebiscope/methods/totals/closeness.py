"""How close announced counts lie to those that rounded percentages give: what a measurement says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10
from typing import Any

from plebiscope.evidence import chart
from plebiscope.kernels.rounding import Lattice, lattice
from plebiscope.methods.totals.announced import Base
from plebiscope.model.case import Totals
from plebiscope.model.figure import Figure
from plebiscope.model.method import checked, effect, surprise
from plebiscope.model.wording import chance, counted, listed, per_cent, written


@dataclass(frozen=True, slots=True)
class Search:
    """What could have been tried before one combination was found to be the closest."""

    decimals: tuple[int, ...]
    """Numbers of decimals, in per cent."""
    bases: int
    bulletins: int
    """Announcements of counts."""

    @property
    def combinations(self) -> int:
        """By how many p is multiplied."""
        return len(self.decimals) * self.bases * self.bulletins


@dataclass(frozen=True, slots=True)
class Closeness:
    """The base and the number of decimals to which counts lie closest, by chance."""

    base: str
    best: Lattice
    names: tuple[str, ...]
    """What each count is a count of."""
    search: Search
    least: float
    """Base-ten logarithm of the smallest p that could have come out, after what could have been tried."""

    @property
    def log10_p(self) -> float:
        """Chance of lying as close, as a base-ten logarithm, after what could have been tried."""
        return min(0.0, self.best.log10_p + log10(self.search.combinations))

    @property
    def percentages(self) -> str:
        """Name the percentages that the counts are held against."""
        decimals = self.best.decimals
        return f"percentages with {counted(decimals, 'decimals')}" if decimals else "whole percentages"

    @property
    def within(self) -> str:
        """Say how close the counts lie; rounded up, since they lie no further away."""
        away = self.best.distance
        return f"{ceil(100 * away) / 100:,.2f}" if away < 100 else f"{ceil(away):,}"

    def told(self, likelier: float) -> dict[str, Any]:
        """Return the fields of a measurement.

        Parameters
        ----------
        likelier
            How many times likelier worked out than counted, for the chance that this asks for.
        """
        best, log10_p, step = self.best, self.log10_p, float(self.best.step)
        free, family, search = sum(best.free), self.search.combinations, self.search
        lies, such = ("count lies", "a count") if free == 1 else ("counts lie", "counts")
        text = (
            f"Counts worked out from {self.percentages} of the {best.base:,} {self.base} would be "
            f"{step:,.1f} votes apart; the announced {lies} within {self.within} votes of such "
            f"{such}{self._remainder()}. Counted votes do that with a chance of {chance(best.log10_p)}; "
            f"of {chance(log10_p)}, when the {family} combinations of base, decimals and announcement that "
            "could be tried are counted."
        )
        effects = [
            effect("votes between the counts of neighbouring percentages", step, "votes"),
            effect("chance before counting what was tried", 10**best.log10_p, "probability"),
            effect("smallest p that could have come out", 10**self.least, "probability"),
            effect("combinations that could have been tried", float(family), "combinations"),
        ]
        asked = log10_p + log10(likelier)
        if asked <= 0.0:
            times = f"{likelier:,.0f} times likelier"
            name = f"chance of lying so close if worked out, from which worked out is {times}"
            effects.append(effect(name, 10**asked, "probability"))
            text += (
                f" Such counts are {times} worked out than counted, if those that are worked out lie "
                f"so close in {chance(asked)} of cases or more."
            )
        distance = float(best.distance)
        closest_by = "largest distance of a free count from one that a percentage gives"
        return {
            "n": free,
            "observed": distance,
            "null": "exact",
            "p": 10**log10_p,
            "log10_p": log10_p,
            "bits": surprise(log10_p),
            "effect": effect(closest_by, distance, "votes"),
            "effects": tuple(effects),
            "assumptions": (
                checked(
                    "a count lies anywhere in its rounding cell with equal chance",
                    best.decimals > 0,
                    f"the cell is {step:,.0f} votes wide, {per_cent(10.0**-best.decimals, 'g')} of the base",
                ),
                checked(
                    "what was tried is counted",
                    True,
                    f"p is multiplied by {family}: {counted(len(search.decimals), 'numbers')} of decimals "
                    f"({listed(map(str, search.decimals))}), {search.bases} bases, "
                    f"{counted(search.bulletins, 'announcements')} of counts",
                ),
            ),
            "statement": text,
        }

    def _remainder(self) -> str:
        """Say which counts are not free."""
        rest = [f"“{name}”" for name, free in zip(self.names, self.best.free, strict=True) if not free]
        if len(rest) == 1:
            return f" ({rest[0]} follows from the others, or is small, and is left out)"
        return f" ({len(rest)} that are small or follow from the others are left out)" if rest else ""

    def figure(self, finding: str) -> Figure:
        """Draw how far each count lies from the nearest count that a percentage gives."""
        best, percentages = self.best, self.percentages
        values = [
            {
                "option": name,
                "distance": round(float(residual), 3),
                "label": f"{written(float(residual), '+,.2f')} votes",
            }
            for name, residual in zip(self.names, best.residuals, strict=True)
        ]
        half = float(best.step) / 2
        x = chart.number(
            "distance",
            f"Votes from the nearest count that {percentages} give",
            scale={"domain": [-half, half], "nice": False},
        )
        places = {"x": x, "y": chart.category("option", labelLimit=240)}
        cell = chart.layer("rect", "band", chart.span("x", x, "from", "to"), [{"from": -half, "to": half}])
        given = "; ".join(f"{value['option']} {value['label']}" for value in values)
        return Figure(
            id=f"{finding}/lattice",
            finding=finding,
            title=f"Within {self.within} votes of {percentages}",
            caption=f"Distance of each count from the nearest multiple of {float(best.step):,.1f} votes "
            f"({percentages} of the {best.base:,} {self.base}). Counted votes would lie anywhere in the "
            "shaded width.",
            alt=f"Points on a scale from {written(-half, ',.0f')} to {half:,.0f} votes, near zero: {given}.",
            vega_lite=chart.picture(
                [cell, *chart.named_points(places, values, "label")], width=480, height=40 + 36 * len(values)
            ),
        )


def closest(totals: Totals, bases: Sequence[Base], search: Search) -> Closeness | None:
    """Find the base and the number of decimals to which the counts of a source lie closest.

    Parameters
    ----------
    totals : Totals
        With counts for options.
    bases : sequence of Base
        Those that are known.
    search : Search
        What could have been tried; where more bases are known, they are counted.

    Returns
    -------
    Closeness or None
        None where neighbouring percentages of every base give the same count, or none is free.
    """
    found = []
    for base in bases:
        counts = dict(totals.votes)
        names, values = list(counts), list(counts.values())
        if base.name == "ballots cast" and totals.invalid is not None:
            names, values = [*names, "invalid ballots"], [*values, totals.invalid]
        tried = (lattice(values, base.low, decimals) for decimals in search.decimals)
        found += [(base.name, one, tuple(names)) for one in tried if one is not None]
    if not found:
        return None
    known = max(search.bases, len({name for name, _, _ in found}))
    counted_in = Search(search.decimals, known, search.bulletins)
    name, best, names_of = min(found, key=lambda one: one[1].log10_p)
    least = min(one.log10_least for _, one, _ in found) + log10(counted_in.combinations)
    return Closeness(name, best, names_of, counted_in, least)
