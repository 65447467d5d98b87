"""How a matrix of power was made, and what is not in it."""

from __future__ import annotations

from collections.abc import Iterator

from plebiscope.dossier.sight.doses import share
from plebiscope.dossier.text import plain
from plebiscope.model.power import Matrix
from plebiscope.model.wording import counted, listed, per_cent
from plebiscope.worlds.papers import SLIPS


def notes(matrix: Matrix) -> list[str]:
    """Say how a matrix was made, and what is not in it."""
    settings = matrix.settings
    if settings is not None:
        said = [
            f"Simulated on {counted(settings.stations, 'stations')}, favoured option "
            f"“{plain(settings.favoured, 100)}”, seed {settings.seed}: {settings.fair_worlds:,} fair votes "
            f"for the thresholds of each version, and at most {settings.worlds:,} votes for each mechanism "
            f"and share of stations. Intensities are the defaults of each mechanism."
        ]
        if settings.copied:
            said.append(
                f"Each simulated vote has copies of what {share(settings.copied)} of the stations signed, as "
                f"many as this case has; in {per_cent(100 * SLIPS, '.0f')} of them is a slip of the pen."
            )
        if settings.designs:
            said.append(
                "Groups, times of report and samples are those of the case, whatever figures stations have; "
                "other votes at the same stations are simulated too, and are fair. Nothing but size ties who "
                "is in a group, or late, to how people vote there."
            )
            said += _spared(matrix)
    else:
        said = [
            f"Read off curves that come with plebiscope, made on fair votes of an invented country with "
            f"{listed(matrix.like.split(', '), 'to')} stations; this table has {matrix.stations:,}. How "
            f"alike its districts are and how large its stations is not taken into account; `plebiscope "
            f"power` simulates votes that look like this table."
        ]
    reasons: dict[str, list[str]] = {}
    for left, why in matrix.left_out.items():
        reasons.setdefault(plain(why, 300), []).append(plain(left, 60))
    said += [f"Not in it, because {why}: {listed(left)}." for why, left in reasons.items()]
    said += [
        f"In {counted(count, 'simulated votes')} something went wrong: {plain(what, 300)}. It counts as "
        f"nothing noticed."
        for what, count in matrix.faults.items()
    ]
    return said


def _spared(matrix: Matrix) -> Iterator[str]:
    """Say of each method whose design spares stations how many are left."""
    parts = {cell.method: cell.open_part for cell in matrix.cells if cell.open_part < 1.0}
    for method, part in parts.items():
        left = counted(round(part * matrix.stations), "stations")
        yield (
            f"“{plain(matrix.titles.get(method, method), 100)}” is asked about votes in which what is done "
            f"spares the stations that its design would spare, because they are watched or had reported: it "
            f"is done in {left} at most. Shares of stations are of all {matrix.stations:,}."
        )
