"""Whether an effect is large enough to be told: it matters, and it is not perhaps nothing at all."""

from __future__ import annotations

from plebiscope.model.finding import Effect, Measurement
from plebiscope.model.size import matters


def matters_here(measurement: Measurement) -> bool:
    """Whether the effect of a measurement is large enough to matter; where it has none, it is."""
    effect = measurement.effect
    return effect is None or matters(effect.value, effect.unit, measurement.n)


def holds_nought(effect: Effect) -> bool:
    """Tell whether the range of an effect is known and holds 0, so that it may be no effect at all."""
    return effect.low is not None and effect.high is not None and effect.low <= 0.0 <= effect.high
