"""Looking up the matrix that was computed for a table before."""

from __future__ import annotations

from pathlib import Path

from plebiscope.calibrate import kept
from plebiscope.calibrate.matrix import Expected, checked
from plebiscope.calibrate.power.wanted import WORLDS, Tell, Wanted, settings
from plebiscope.model.power import Matrix
from plebiscope.worlds.ground import ground


def found(wanted: Wanted, cache: Path, tell: Tell | None = None) -> Matrix | None:
    """Return the best matrix that was computed for a table with this code; null where there is none.

    The best has the most worlds, but for those beyond the usual number; then the most cells.

    Parameters
    ----------
    wanted
        The table, and the methods and mechanisms that are to be in it.
    cache
        Folder in which it was kept.
    tell
        Called with a sentence for each that cannot be used.

    Raises
    ------
    LookupError
        If the table cannot be imitated.
    """
    best: tuple[tuple[int, int, int, str], Matrix] | None = None
    expected: Expected | None = None
    for name, matrix in kept.matrices(cache, wanted.prefix):
        if expected is None:
            here = ground(wanted.returns, wanted.contest.favoured)
            expected = Expected(
                contest=wanted.contest.id,
                settings=settings(wanted, here),
                voters=int(here.counts.registered.sum()),
                methods={one.id: one for one in wanted.methods},
                mechanisms={one.id: one for one in wanted.mechanisms},
            )
        one = "it is damaged" if matrix is None else checked(matrix, expected)
        if isinstance(one, str):
            if tell is not None:
                tell(f"what was simulated for this table ({name}) is not used: {one}")
            continue
        worlds = one.settings.worlds if one.settings else 0
        rank = min(worlds, WORLDS), len(one.cells), worlds, name
        best = max(best, (rank, one), key=lambda each: each[0]) if best else (rank, one)
    return best[1] if best else None
