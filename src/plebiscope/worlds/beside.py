"""What a case has beside its table, made anew for every simulated vote on its stations.

Which stations are in which group, and when each was reported, stand in the table, and simulated tables keep
both (:meth:`plebiscope.worlds.ground.Ground.table`). What tells figures has to be made anew: samples and
earlier states of the count tell those of the simulated vote, at the stations at which they told them in the
case, as the stations signed them; other votes at the same stations are simulated beside it
(:mod:`plebiscope.worlds.earlier`).

All of it hides nothing in a fair vote: places are drawn without regard to who is in a group, in a sample, or
late. What goes with the size of stations goes with it in simulated votes too (:mod:`plebiscope.worlds.fair`),
so that a group of large stations, or a late count of them, differs there as it may in the case.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plebiscope.model.beside import Beside, Copies, Match, State
from plebiscope.model.case import MARKED, Comparison
from plebiscope.model.method import Subject
from plebiscope.model.returns import Returns
from plebiscope.worlds.ground import World
from plebiscope.worlds.papers import signed


@dataclass(frozen=True)
class Designs:
    """What a case has beside its table, by which stations are compared.

    Attributes
    ----------
    samples
        Copies at stations that were drawn by chance.
    states
        Earlier states of the count.
    pairs
        Other votes at the same stations.
    """

    samples: tuple[Copies, ...] = ()
    states: tuple[State, ...] = ()
    pairs: tuple[Beside, ...] = ()

    @classmethod
    def of(cls, subject: Subject) -> Designs:
        """Pick them out of a contest with everything that its case holds on it."""
        samples = tuple(one for one in subject.copies if one.kind == "sample")
        return cls(samples, subject.states, subject.pairs)

    def put(self, subject: Subject, world: World, pairs: tuple[Beside, ...] = ()) -> Subject:
        """Add to a simulated vote what its case has beside the table.

        Parameters
        ----------
        subject, world
            The vote, and the world it was made from.
        pairs
            Other votes at the same stations, as they were simulated beside it.
        """
        subject = _without_marks(subject)
        if not (self.samples or self.states or pairs):
            return subject
        forms = signed(world)
        return dataclasses.replace(
            subject,
            copies=(*subject.copies, *(_tallied(forms, one) for one in self.samples)),
            states=tuple(_as_it_stood(forms, one) for one in self.states),
            pairs=pairs,
        )

    def digest(self, returns: Returns, comparison: Comparison | None) -> str:
        """Return a digest of all of this, and of the groups and the order of reporting in a table.

        Empty where there is nothing.
        """
        columns = [name for name in ("group", "reported") if name in returns.extras]
        parts: list[object] = [returns.table.select(name).write_csv() for name in columns]
        parts += [
            (one.match.rows, one.strata, one.silent, one.undrawn, _told(one.returns)) for one in self.samples
        ]
        parts += [(one.reported, one.match.rows, _told(one.returns)) for one in self.states]
        parts += [
            (one.contest.id, one.contest.favoured, one.returns.digest, one.match.rows) for one in self.pairs
        ]
        if not parts:
            return ""
        told = json.dumps([comparison and comparison.model_dump(), parts], default=_plain)
        return hashlib.sha256(told.encode()).hexdigest()[:20]


def _plain(part: object) -> object:
    return part.tolist() if isinstance(part, np.ndarray) else str(part)


def _without_marks(subject: Subject) -> Subject:
    """Take away groups that are told by marks: marked stations are not imitated, but stand as published."""
    returns = subject.results
    if subject.contest.groups != MARKED or "group" not in returns.extras:
        return subject
    extras = tuple(name for name in returns.extras if name != "group")
    return dataclasses.replace(subject, returns=dataclasses.replace(returns, extras=extras))


def _told(returns: Returns) -> NDArray[np.bool_]:
    """Tell which rows of a table give votes for every option, shape (rows,)."""
    known = [returns.table[name].is_not_null().to_numpy() for name in returns.options]
    return np.asarray(np.all(known, axis=0) if known else np.zeros(len(returns), dtype=bool))


def _at(forms: Returns, known: Returns, rows: NDArray[np.int64]) -> Returns:
    """Return some rows of a table with the options that another one has."""
    options = tuple(name for name in forms.options if name in known.options)
    return dataclasses.replace(forms, table=forms.table[rows.tolist()], options=options)


def _tallied(forms: Returns, sample: Copies) -> Copies:
    """Tally the same stations anew; those of which there was no tally have none."""
    own, rows = sample.match.pairs
    told = _told(sample.returns)[own]
    silent = tuple(sorted({*sample.silent, *rows[~told].tolist()}))
    match = Match(rows[told], {}, sample.match.by)
    return dataclasses.replace(
        sample, returns=_at(forms, sample.returns, rows[told]), match=match, silent=silent
    )


def _as_it_stood(forms: Returns, state: State) -> State:
    """Let the stations that a state gave be given by it again, with what they signed."""
    own, rows = state.match.pairs
    rows = rows[_told(state.returns)[own]]
    return State(state.reported, _at(forms, state.returns, rows), Match(rows, {}, state.match.by))
