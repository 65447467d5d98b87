"""How figures of an estimate are rounded."""

from __future__ import annotations


def three_digits(value: float) -> float:
    """Keep three digits."""
    return float(f"{value:.3g}")
