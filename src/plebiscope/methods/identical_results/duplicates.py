"""Records that are equal in every count."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from plebiscope.evidence.excess import against_chance
from plebiscope.kernels import coincidence
from plebiscope.methods.identical_results.asking import (
    Asked,
    Bools,
    Floats,
    Found,
    Ints,
    once,
)
from plebiscope.model.method import (
    StationScore,
    too_few,
)
from plebiscope.model.returns import Selection
from plebiscope.model.wording import chance, few, listed, noun, so_many_have


@dataclass(frozen=True)
class _Records:
    """The records that are compared; arrays of shape (n,)."""

    stations: Selection
    whole: Sequence[str]
    """The quantities that they hold, beside the votes for every option."""
    size: Ints
    """The first of the quantities, which is taken as given."""
    log_best: Floats
    """ln of the chance of the other counts, at the rates that fit them best."""

    @property
    def ballots(self) -> Ints:
        """Ballots of each record."""
        return self.stations["cast"] if "cast" in self.whole else self.size


@dataclass(frozen=True)
class _Copies:
    """Which records repeat another one, and the chance of it at most; arrays of shape (n,)."""

    sets: Ints
    """Number of the set of equal records, -1 for records that equal no other."""
    repeats: Bools
    """All of a set but one."""
    chances: Floats


def compare(asked: Asked, found: Found) -> None:
    """Count the records that repeat another one, in their commission and in the contest."""
    subject, params = asked.subject, asked.params
    whole = [name for name in ("registered", "cast", "valid") if name in subject.results.quantities]
    columns = [*whole, *subject.results.options]
    stations = _select(asked, columns)
    reason = too_few(stations, params.least_area, asked.rows_are)
    if len(columns) < 2:
        reason = "records have one count only, or none"
    if reason is not None:
        for quantity in ("duplicates", "duplicates-anywhere"):
            found.heads.append(asked.method.untestable(subject, quantity, reason))
        return
    records = _Records(stations, whole, *_best(stations, whole, subject.results.options))
    codes, names = asked.commission_of(stations.rows)
    sizes = np.unique(records.size, return_inverse=True)[1]
    counts = [stations[name] for name in columns]
    near = _copies(records, codes * (sizes.max() + 1) + sizes, counts, params.rare)
    _answer_whole(asked, found, "duplicates", records, near, params.rare, "in the same area")
    everywhere = _copies(records, sizes, counts, params.rare_anywhere)
    _answer_whole(asked, found, "duplicates-anywhere", records, everywhere, params.rare_anywhere, "anywhere")

    inside = np.bincount(codes[near.repeats], minlength=len(names))
    held = {int(code): np.flatnonzero(codes == code) for code in np.flatnonzero(inside) if names[code]}
    answers = {code: _against(asked, records, near, members) for code, members in held.items()}
    tested = int(np.count_nonzero(np.bincount(codes) >= 2))
    for code in asked.worst({code: answers[code]["log10_p"] for code in answers}):
        answer, area, of_rows = answers[code], names[code], f"{len(held[code]):,} {asked.rows_are}"
        answer["among"], answer["statement"] = (
            tested,
            f"{so_many_have(int(inside[code]), of_rows)} every count of another one; chance "
            f"alone would give {few(answer['expected'])} at most.",
        )
        found.areas.append(asked.method.answer(subject, "duplicates", area=area, **answer))
        for at in held[code][near.sets[held[code]] >= 0].tolist():
            what = f"{int(records.size[at]):,} {noun(whole[0]) if whole else 'votes'}"
            words = f"every count equal to that of another one of its area ({what})"
            bits = -float(records.log_best[at]) / math.log(2.0)
            row = int(stations.rows[at])
            found.scores.append(StationScore(row, bits, words, asked.only_finer(area)))


def _select(asked: Asked, columns: Sequence[str]) -> Selection:
    """Select the records that are complete, each station once."""
    returns = asked.subject.results
    stations = returns.select(*columns)
    if returns.accounting.duplicates:
        key = pl.struct(*returns.areas, "station").is_first_distinct()
        first = returns.table.select(first=key)["first"].to_numpy()
        stations = stations.keep(first[stations.rows], "with the name and area of an earlier one")
    fine = np.ones(len(stations), dtype=bool)
    for name in columns:
        fine &= stations[name] >= 0
    return stations.keep(fine, "with a negative count")


def _copies(records: _Records, group: Ints, counts: Sequence[Ints], rare: float) -> _Copies:
    """Find the records of a group that are equal, among those whose exact counts are rare enough."""
    likely = records.log_best > math.log(rare)
    sets = np.where(likely, -1, coincidence.equal_records(group, counts))
    equal = np.flatnonzero(sets >= 0)
    repeats = np.zeros(len(sets), dtype=bool)
    repeats[np.setdiff1d(equal, equal[np.unique(sets[equal], return_index=True)[1]])] = True
    groups = np.unique(group, return_inverse=True)[1]
    chances = coincidence.repeat_chances(groups, np.where(likely, 0.0, np.exp(records.log_best)))
    return _Copies(sets, repeats, chances)


def _against(
    asked: Asked, records: _Records, copies: _Copies, members: Ints | slice = slice(None)
) -> dict[str, Any]:
    """Compare the number of repetitions with the chances at most."""
    answer = against_chance(
        copies.chances[members],
        int(copies.repeats[members].sum()),
        records.ballots[members],
        of=asked.rows_are,
        mechanism="records copied in every count",
        coverage=asked.params.coverage,
        level=asked.params.limit_level,
    )
    return {**answer, "null": "conditional"}


def _answer_whole(
    asked: Asked, found: Found, quantity: str, records: _Records, copies: _Copies, rare: float, where: str
) -> None:
    """Answer for the contest."""
    if not copies.chances.any():
        reason = (
            f"no two {asked.rows_are} with the same {noun(records.whole[0]) if records.whole else 'votes'} "
            f"have counts whose exact repetition {where} has a probability below {chance(math.log10(rare))}"
        )
        found.heads.append(asked.method.untestable(asked.subject, quantity, reason))
        return
    answer = _against(asked, records, copies)
    seen = so_many_have(answer["observed"], f"{len(records.size):,} {asked.rows_are}")
    compared = f"{listed([*map(noun, records.whole), 'votes for every option'])}"
    found.heads.append(
        asked.method.answer(
            asked.subject,
            quantity,
            **answer,
            statement=f"{seen} the {compared} of another one {where}; chance alone would give "
            f"{few(answer['expected'])} at most. Counted are records whose exact repetition has a "
            f"probability below {chance(math.log10(rare))}.",
            assumptions=(once(asked),),
            params={**asdict(asked.params), "compared": records.whole, "areas": asked.commissions},
        )
    )


def _best(stations: Selection, whole: Sequence[str], options: Sequence[str]) -> tuple[Ints, Floats]:
    """Return the size of each record and ln of the chance of its other counts, at the rates that fit best.

    Voters come or do not, ballots are valid or not, and fall to the options. Where parts exceed their whole,
    that step is left out, which can only raise the chance.
    """
    votes = [stations[name] for name in options]
    steps = [stations[name] for name in whole] or [np.sum(votes, axis=0)]
    log = np.zeros(len(stations))
    for all_of_them, part in itertools.pairwise(steps):
        within = np.minimum(part, all_of_them)
        log += coincidence.log_best_chance(all_of_them, [within, all_of_them - within])
    if votes:
        rest = steps[-1] - np.sum(votes, axis=0)
        split = coincidence.log_best_chance(steps[-1], [*votes, np.maximum(rest, 0)])
        log += np.where(rest >= 0, split, 0.0)
    return steps[0], log
