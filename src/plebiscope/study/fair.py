"""What fair votes on the stations of a contest look like beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from plebiscope.asking import Known
from plebiscope.dossier.likeness import FairWorlds, likeness
from plebiscope.model.method import Subject
from plebiscope.sharing import Done, Piece
from plebiscope.study.telling import Progress
from plebiscope.worlds.ground import ground
from plebiscope.worlds.look import WORLDS as MOST_WORLDS
from plebiscope.worlds.look import look

_DRAWS = 2_000_000
"""Stations drawn for the fair worlds of one version, as near as whole worlds allow."""
_FEWEST = 50
"""On fewer stations no spread can be read."""
_LENGTH = 0.5
"""How long it takes on a large table, where the longest method takes 1."""


def to_do(subjects: Iterable[Subject]) -> list[Piece]:
    """Return the work of looking at fair votes on the stations of each contest published by station."""
    return [
        Piece(
            (subject.contest.id, "fair votes"),
            f"{subject.contest.name}: fair votes on the same stations",
            looked_at,
            _LENGTH,
        )
        for subject in subjects
        if subject.returns is not None and subject.returns.options and subject.returns.level == "station"
        if int(np.count_nonzero(subject.returns.ordinary)) >= _FEWEST
    ]


def looked_at(known: Known, contest: str, _: str) -> FairWorlds | None:
    """Look at fair votes on the stations of a contest; null where these cannot be imitated."""
    subject = known.subjects[contest]
    try:
        here = ground(subject.results, subject.favoured)
    except LookupError:
        return None
    if len(here) < _FEWEST:
        return None
    worlds = min(MOST_WORLDS, max(20, _DRAWS // len(here)))
    left_out = int(np.count_nonzero(subject.results.ordinary)) - len(here)
    return likeness(contest, here.options[0], worlds, look(here, known.seed, worlds), left_out)


def fair_worlds(contests: Sequence[str], done: Iterable[Done], tell: Progress) -> Iterator[FairWorlds]:
    """Go through what was seen, in the order of the contests."""
    for one in sorted(done, key=lambda one: contests.index(one.piece.key[0])):
        try:
            found = one.result()
        except Exception as error:
            # What is looked at beside the findings must not cost the dossier.
            tell(f"fair votes cannot be simulated here: {type(error).__name__}: {error}")
            continue
        if found is not None:
            yield found
