"""Whether a departure is large enough to matter, whatever its p.

A test on a hundred thousand stations notices what concerns nobody. Stations: at least three of them, and
at least a quarter of one per cent of those tested. Percentage points and per cent: at least half of one.
Other units have no threshold, because there the question is not how much but whether (counts computed from
rounded percentages).
"""

from __future__ import annotations

_SMALLEST_SHARE = 0.0025
_FEWEST_STATIONS = 3
_SMALLEST_PERCENT = 0.5

ROWS = ("stations", "counting areas")
"""Units that count rows of a table."""


def least(unit: str, n: int | None) -> float:
    """Return the smallest effect that matters, by its unit; 0 where there is no threshold.

    Parameters
    ----------
    unit, n
        As for :func:`matters`.
    """
    if unit in ROWS:
        return max(float(_FEWEST_STATIONS), _SMALLEST_SHARE * (n or 0))
    return _SMALLEST_PERCENT if unit.startswith(("per cent", "percentage point")) else 0.0


def matters(value: float | None, unit: str, n: int | None) -> bool:
    """Whether an effect is large enough to matter, by its unit.

    Parameters
    ----------
    value
        The effect; without one, the question is whether and not how much.
    unit
        Its unit.
    n
        Number of stations tested.
    """
    return value is None or abs(value) >= least(unit, n)


def comparable(value: float, unit: str, n: int | None) -> tuple[float, str] | None:
    """Turn an effect into a figure that votes of any size can be compared by.

    Returns
    -------
    tuple of (float, str) or None
        The figure and its unit: what is counted among those tested becomes per cent of them; None for votes,
        ballots and other amounts that grow with the electorate.
    """
    if unit in {*ROWS, "counts"}:
        return (100.0 * value / n, f"per cent of {unit}") if n else None
    if unit.startswith(("per cent", "percentage point", "logit")) or unit in _OF_ANY_SIZE:
        return value, unit.replace("the leader's", "the option's")
    return None


_OF_ANY_SIZE = frozenset(
    {
        "",
        "digits",
        "share of stations",
        "standard deviations cubed",
        "standard deviations of a neighbourhood",
        "times as many",
        "votes for each further ballot",
    }
)
"""Further units that do not grow with the electorate."""
