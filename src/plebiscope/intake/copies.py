"""Copies of a contest's results: a table whose options are known before it is read.

Copies are often small and bare (a number of the station, votes for one option), too little for arithmetic to
tell what is a vote. What the official results name is looked for in the headers instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from plebiscope.intake import header, sniff, vocabulary
from plebiscope.intake.mapping import Mapping
from plebiscope.intake.match import alike
from plebiscope.intake.read import Reading, read
from plebiscope.intake.sheets import sheets
from plebiscope.intake.totals import same_names
from plebiscope.intake.turn import upright
from plebiscope.model.errors import InputError
from plebiscope.model.returns import Returns

_TELLING = 4
"""Letters from which the name of an option is told inside a longer header: ``No`` is in ``Station No``."""


def read_copies(
    paths: Sequence[Path], contest: str, official: Returns | None, mapping: Mapping | None = None
) -> tuple[Reading, Returns]:
    """Read copies of one contest's results, and name their options as the official results do.

    Parameters
    ----------
    paths
        One file, or several parts of one table.
    official
        The official results, if there are any.
    mapping
        What the user has said about the columns; then nothing is looked for.

    Raises
    ------
    InputError
        If no votes are found.
    """
    named = _named(paths[0], official.options) if official is not None and mapping is None else {}
    options = official.options if official is not None else ()

    def run(how: Mapping | None) -> tuple[Reading, Returns]:
        found = read(paths, contest, how)
        return found, found.returns if official is None else alike(found.returns, official)

    if not named:
        return run(mapping)
    if len(named) < len(options):
        try:
            plainly = run(None)
        except InputError:
            return run(Mapping(options=named))
        if len({*plainly[1].options} & {*options}) >= len(named):
            return plainly
    return run(Mapping(options=named))


def _named(path: Path, options: Sequence[str]) -> dict[str, str]:
    """Find the header of each official option, where just one names it."""
    grids = [upright(sheet) for part in sniff.parts(path) for sheet in sheets(part)]
    headers = [name for grid in grids for name in header.find(grid).names if name and not _percentage(name)]
    same: dict[str, list[str]] = {}
    for name in dict.fromkeys(headers):
        for option in same_names([name], options).values():
            same.setdefault(option, []).append(name)
    taken = {name for names in same.values() for name in names}
    for option in options:
        if option not in same and len(option) >= _TELLING:
            wanted = f" {' '.join(vocabulary.words(option))} "
            inside = [name for name in headers if wanted in f" {' '.join(vocabulary.words(name))} "]
            same[option] = [name for name in dict.fromkeys(inside) if name not in taken]
    return {option: names[0] for option, names in same.items() if len(names) == 1}


def _percentage(name: str) -> bool:
    return any("percent" in vocabulary.read(name, code).concepts for code in vocabulary.tongues([name]))
