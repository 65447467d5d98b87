"""What this table could have shown, and what it could not, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from plebiscope.calibrate.curve import POWER
from plebiscope.dossier.numbers import large
from plebiscope.dossier.sight.doses import NOT_SPARED, interval, share
from plebiscope.dossier.sight.lines import Line, lines
from plebiscope.dossier.sight.tried import too_few, votes_of
from plebiscope.dossier.text import lowered, plain
from plebiscope.model.power import Cell, Matrix
from plebiscope.model.wording import counted, listed, per_cent


def sentences(matrix: Matrix, subject: str) -> list[str]:
    """Say what this table could have shown, in sentences that can be quoted alone.

    Parameters
    ----------
    matrix
        The matrix of power.
    subject
        What it is about: the contest.
    """
    if why := too_few(matrix):
        return [f"{subject}: what this table could have shown is not told, because {why}."]
    told = list(_noticed(line for line in lines(matrix) if line.judged and not line.control))
    if not told:
        return blind(matrix, subject)
    first = (
        f"{subject}: in {votes_of(matrix)}, at least one method notices, with a chance of "
        f"{per_cent(100 * POWER, '.0f')} (the 90 % interval of each smallest share in brackets): "
        f"{'; '.join(told)}. Done with less intensity than simulated, or in stations fewer or more than "
        f"that, each can have gone unseen."
    )
    return [first, *blind(matrix, subject)]


def blind(matrix: Matrix, subject: str) -> list[str]:
    """Say what no method that is judged would have noticed, in sentences that can be quoted alone.

    Parameters
    ----------
    matrix, subject
        As for :func:`sentences`.
    """
    found = [line for line in lines(matrix) if not line.control]
    where = votes_of(matrix)
    said = []
    of = f"of the {counted(len(matrix.methods), 'methods')} that were tried on {where},"
    only = [lowered(line.title) for line in found if line.harder and not line.judged]
    if only:
        said.append(
            f"{subject}: {of} only such as are shown and never judged notice: {listed(only)}. Whether "
            f"another method would is not known from this."
        )
    never = [lowered(line.title) for line in found if line.method is None]
    if never:
        said.append(
            f"{subject}: {of} none notices, at whatever share of the stations: {listed(never)}. That nothing "
            f"of the kind happened cannot be read from them."
        )
    half = [lowered(line.title) for line in found if line.method is not None and line.harder is None]
    if half:
        said.append(
            f"{subject}: whether {listed(half)} would be noticed depends on how much fair votes are taken to "
            f"scatter."
        )
    return said


def _noticed(found: Iterator[Line]) -> Iterator[str]:
    ranked = [(line, line.harder) for line in found]
    for line, cell in sorted(
        ((line, cell) for line, cell in ranked if cell is not None), key=lambda one: one[1].dose or 0.0
    ):
        method = lowered(plain(line.method, 100)) + (f", {NOT_SPARED}" if line.spared else "")
        if cell.whole:
            yield f"{lowered(line.title)} ({_votes(cell)}; {method})"
        else:
            least = share(cell.dose or 0.0)
            where = f"from {least} of the stations on"
            if line.until is not None:
                where = f"between {least} and {share(line.until)} of the stations"
            yield f"{lowered(line.title)} {where} ({interval(cell)}; {_size(cell)}; {method})"


def _size(cell: Cell) -> str:
    stations = counted(max(1, round(cell.stations or 0.0)), "stations")
    return f"{stations}, {_votes(cell)}"


def _votes(cell: Cell) -> str:
    return f"{large(cell.votes or 0.0)} votes published otherwise than cast"
