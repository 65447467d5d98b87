"""Where to look: stations by how much they stand out, over all methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from plebiscope.dossier.weigh import Answer
from plebiscope.model.method import StationScore, Subject

_DECIMALS = 2

Scores = Mapping[str, Mapping[int, list[StationScore]]]
"""For each contest and row, the strongest score of each method."""


def strongest(answers: Sequence[Answer]) -> dict[str, dict[int, list[StationScore]]]:
    """Collect, for each contest and row, the strongest score of each method, most bits first."""
    best: dict[str, dict[int, dict[str, StationScore]]] = {}
    for answer in answers:
        rows = best.setdefault(answer.contest, {})
        for score in answer.evidence.stations:
            of_row = rows.setdefault(score.row, {})
            known = of_row.get(answer.method.id)
            if known is None or score.bits > known.bits:
                of_row[answer.method.id] = score
    return {
        contest: {row: sorted(of_row.values(), key=lambda score: -score.bits) for row, of_row in rows.items()}
        for contest, rows in best.items()
    }


def contradicted(answers: Sequence[Answer]) -> dict[str, set[int]]:
    """Return, for each contest, the rows named by a method that met a contradiction there."""
    rows: dict[str, set[int]] = {}
    for answer in answers:
        if any(measurement.contradiction for measurement in answer.evidence.measurements):
            rows.setdefault(answer.contest, set()).update(score.row for score in answer.evidence.stations)
    return rows


def stations_table(subjects: Sequence[Subject], answers: Sequence[Answer]) -> pl.DataFrame:
    """Return every station of every contest with its counts, its score and the reasons for it.

    Parameters
    ----------
    subjects
        The contests; those without returns add no rows.
    answers
        What the methods brought back.

    Returns
    -------
    polars.DataFrame
        ``contest``, the columns of the returns, ``score`` (bits of surprise, summed over methods; 0 where
        no method named the station) and ``reasons`` (a list of texts).
    """
    scores = strongest(answers)
    parts = []
    for subject in subjects:
        if subject.returns is None:
            continue
        named = scores.get(subject.contest.id, {})
        score = [0.0] * subject.returns.table.height
        reasons: list[list[str]] = [[]] * subject.returns.table.height
        for row, found in named.items():
            score[row] = _score(found)
            reasons[row] = [one.reason for one in found]
        parts.append(
            subject.returns.table.select(
                pl.lit(subject.contest.id).alias("contest"),
                pl.all(),
                pl.Series("score", score, pl.Float64),
                pl.Series("reasons", reasons, pl.List(pl.String)),
            )
        )
    if not parts:
        return pl.DataFrame(schema={"contest": pl.String, "station": pl.String, "score": pl.Float64})
    return pl.concat(parts, how="diagonal_relaxed")


def inspect(
    answers: Sequence[Answer], first: Mapping[str, set[int]], most: int
) -> list[tuple[str, int, float, tuple[str, ...]]]:
    """Choose the stations at which somebody should look.

    Parameters
    ----------
    answers
        What the methods brought back.
    first
        Rows that come before all others, by contest (see :func:`contradicted`).
    most
        How many to name.

    Returns
    -------
    list of (contest, row, score, reasons)
        Those in ``first``, then the others, each by falling score.
    """
    found = [
        (row not in first.get(contest, ()), -_score(named), contest, row, tuple(one.reason for one in named))
        for contest, rows in strongest(answers).items()
        for row, named in rows.items()
    ]
    return [(contest, row, -score, reasons) for _, score, contest, row, reasons in sorted(found)[:most]]


def _score(found: Sequence[StationScore]) -> float:
    return round(sum(score.bits for score in found), _DECIMALS)
