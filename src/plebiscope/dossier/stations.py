"""Where to look: stations by how much they stand out, over all methods."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from plebiscope.dossier.weigh import Answer
from plebiscope.model.finding import Finding
from plebiscope.model.method import StationScore, Subject
from plebiscope.model.returns import Returns

LEAST_BITS = math.log2(10)
"""Least surprise, in bits, of a station that is listed: chance alone puts one in ten fair stations there."""
SHOWN = "shown, not judged: "
"""Put before the reason where the answer is shown and not judged."""
_DECIMALS = 2
_JUDGED = {"contradiction", "strong", "notable"}

Scores = Mapping[str, Mapping[int, list[StationScore]]]
"""For each contest and row, the strongest score of each method."""


def strongest(answers: Sequence[Answer]) -> dict[str, dict[int, list[StationScore]]]:
    """Collect, for each contest and row, the strongest score of each method: graded ones first, by bits."""
    best: dict[str, dict[int, dict[str, StationScore]]] = {}
    for answer in answers:
        rows = best.setdefault(answer.contest, {})
        for score in answer.evidence.stations:
            of_row = rows.setdefault(score.row, {})
            known = of_row.get(answer.method.id)
            if known is None or score.bits > known.bits:
                of_row[answer.method.id] = score
    return {
        contest: {row: sorted(of_row.values(), key=_order) for row, of_row in rows.items()}
        for contest, rows in best.items()
    }


def contradicted(answers: Sequence[Answer]) -> dict[str, set[int]]:
    """Return, for each contest, the rows named by a method that met a contradiction there."""
    rows: dict[str, set[int]] = {}
    for answer in answers:
        if any(measurement.contradiction for measurement in answer.evidence.measurements):
            rows.setdefault(answer.contest, set()).update(score.row for score in answer.evidence.stations)
    return rows


def found(
    answers: Sequence[Answer], findings: Iterable[Finding], subjects: Sequence[Subject]
) -> list[Answer]:
    """Keep the station scores of questions that found something, in the contest or in the station's area.

    A station is a place to look at only where its question found more than chance explains: where a finding
    is graded, or shown and not judged, which the reason then says.

    Parameters
    ----------
    answers
        What the methods brought back.
    findings
        The same, weighed.
    subjects
        The contests.

    Returns
    -------
    list of Answer
        The same answers with fewer scores.
    """
    graded: dict[tuple[str, str], dict[str | None, set[str]]] = {}
    for finding in findings:
        if finding.grade is not None:
            places = graded.setdefault((finding.contest, finding.method), {})
            places.setdefault(finding.scope.area, set()).add(finding.grade)
    returns = {subject.contest.id: subject.returns for subject in subjects}
    kept = []
    for answer in answers:
        places = graded.get((answer.contest, answer.method.id), {})
        table = returns[answer.contest]
        stations = answer.evidence.stations
        areas = _areas(table, stations) if table is not None and stations else [""] * len(stations)
        scores = []
        for score, area in zip(stations, areas, strict=True):
            grades = places.get(None, set()) | places.get(score.area or area, set())
            if grades & _JUDGED:
                scores.append(score)
            elif "display" in grades:
                scores.append(replace(score, reason=SHOWN + score.reason))
        kept.append(replace(answer, evidence=replace(answer.evidence, stations=tuple(scores))))
    return kept


def _areas(returns: Returns, stations: Sequence[StationScore]) -> list[str]:
    """Name the main area of each station."""
    if returns.main_area is None:
        return [""] * len(stations)
    codes, names = returns.area_of(returns.main_area, np.array([score.row for score in stations]))
    return [names[code] for code in codes]


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
        for row, found in named.items():
            score[row] = _score(found)
        parts.append(
            subject.returns.table.select(
                pl.lit(subject.contest.id).alias("contest"),
                pl.all(),
                pl.Series("score", score, pl.Float64),
                _reasons(named, subject.returns.table.height),
            )
        )
    if not parts:
        return pl.DataFrame(schema={"contest": pl.String, "station": pl.String, "score": pl.Float64})
    return pl.concat(parts, how="diagonal_relaxed")


def _reasons(named: Mapping[int, Sequence[StationScore]], rows: int) -> pl.Series:
    """Return the reasons for each row, put together from all of them: a list for each row takes long."""
    every = [(row, one.reason) for row, found in named.items() for one in found]
    said = pl.DataFrame(every, schema={"row": pl.Int64, "reasons": pl.String}, orient="row")
    lists = said.group_by("row", maintain_order=True).agg("reasons")
    each = pl.DataFrame({"row": pl.int_range(rows, eager=True)}).join(
        lists, "row", "left", maintain_order="left"
    )
    return each["reasons"].fill_null(pl.Series([[]], dtype=pl.List(pl.String)))


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
        Those in ``first``; then, with :data:`LEAST_BITS` or more, those of graded findings, then those of
        findings that are only shown; each by falling score.
    """
    listed = [
        (
            row not in first.get(contest, ()),
            all(one.reason.startswith(SHOWN) for one in named),
            -_score(named),
            contest,
            row,
            tuple(one.reason for one in named),
        )
        for contest, rows in strongest(answers).items()
        for row, named in rows.items()
        if row in first.get(contest, ()) or _score(named) >= LEAST_BITS
    ]
    return [(contest, row, -score, reasons) for *_, score, contest, row, reasons in sorted(listed)[:most]]


def _order(score: StationScore) -> tuple[bool, float]:
    return score.reason.startswith(SHOWN), -score.bits


def _score(found: Sequence[StationScore]) -> float:
    return round(sum(score.bits for score in found), _DECIMALS)
