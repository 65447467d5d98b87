"""When a method is alarmed, from what it said of fair worlds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plebiscope.calibrate import curve
from plebiscope.calibrate.signals import OWN, Heard, Signal, alarm, kind
from plebiscope.model.method import Method
from plebiscope.model.power import Kind, Threshold
from plebiscope.worlds.fair import Version


def threshold(method: Method, version: Version, heard: Sequence[Heard]) -> Threshold | None:
    """Say when a method is alarmed, from what it said of fair worlds; null where it gives no signal."""
    by: Kind | None = kind(method, heard)
    if by is None:
        return None
    middle = None
    if by == "estimate" and method.tail != "upper":
        known = [one.estimate for one in heard if isinstance(one, Signal) and one.estimate is not None]
        middle = float(np.median(known))
    alarms = np.array([alarm(one, by, middle) for one in heard])
    least = {"p": OWN, "count": 0.0, "estimate": -np.inf}[by]
    value = curve.threshold(alarms, least)
    if not np.isfinite(value):
        return None
    return Threshold(
        method=method.id,
        version=version,
        kind=by,
        value=value,
        middle=middle,
        own=value == least,
        rate=float(np.mean(alarms > value)),
        own_rate=float(np.mean(alarms > least)) if by == "p" else None,
        n=len(alarms),
    )
