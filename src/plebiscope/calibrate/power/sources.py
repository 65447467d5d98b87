"""The state of the code that a matrix was computed with."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from pathlib import Path

from plebiscope.calibrate import kept
from plebiscope.model.method import Method

_ROOMS = ("calibrate", "evidence", "kernels", "methods", "model", "worlds")


def code(methods: Iterable[Method] = ()) -> str:
    """Return a digest of the code that a matrix depends on: worlds, methods, and what they stand on.

    Parameters
    ----------
    methods
        Those that may have come from outside the house.
    """
    house = Path(__file__).parents[2]
    files = [path for room in _ROOMS for path in sorted((house / room).rglob("*.py"))]
    guests = {inspect.getsourcefile(method.measure) for method in methods}
    files += sorted(Path(name) for name in guests if name and house not in Path(name).parents)
    return kept.sources(path.read_bytes() for path in files)
