"""Each grade as it is shown, and what it means."""

from __future__ import annotations

from collections.abc import Mapping

from plebiscope.dossier.words import levels
from plebiscope.model.finding import Grade

GRADES: Mapping[Grade | None, tuple[str, str]] = {
    "contradiction": ("contradiction", "Figures that cannot all be true. Arithmetic, not probability."),
    "strong": (
        "strong",
        f"q below {levels.STRONG}, an effect large enough to matter, no assumption that fails, and a known "
        "and small rate of false alarms on reference votes.",
    ),
    "notable": (
        "notable",
        f"q below {levels.NOTABLE} with the same care, or a model-dependent estimate wholly outside what the "
        "same estimate gave on reference votes.",
    ),
    "none": ("none", "Nothing found; worth as much as the smallest departure that would have been noticed."),
    "display": (
        "shown, not judged",
        "Descriptive, or something was found that may not be graded; the sentence says why.",
    ),
    None: ("not answered", "Not testable from this case, or the method stopped with an error."),
}
"""Each grade as it is shown, and what it means."""
