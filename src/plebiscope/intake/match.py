"""The stations of one table found in another: copies in the official results, one vote's in another's.

Two tables rarely spell a station alike: ``No. 12``, ``012`` and ``Polling station 12`` are one number. A row
is matched only where exactly one official row can be meant. What cannot be told is left without and counted
by reason: a wrong pair would show a difference that nobody made.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.intake import vocabulary
from plebiscope.intake.totals import same_names
from plebiscope.model.beside import Match
from plebiscope.model.returns import Returns

UNNAMED = "no station is named"
UNKNOWN = "no official station has this name"
ELSEWHERE = "no official station of its area has this name"
SEVERAL = "several official stations can be meant"
STRANGE_AREA = "its areas are not those of the official results, and stations of other areas share its name"
REPEATED = "the same record was met before"
TWICE = "records of one station differ from one another"

_KNOWN = 0.5
"""Part of the names in a column of areas that the official column must have for the two to be the same."""
_SHARED = 0.01
"""Part of the official stations that may share their name before a name alone no longer tells a station."""
_WORDINGS = 20
"""Wordings around a number that are looked up, the commonest ones of a column."""
_DIGITS = re.compile(r"\d+")
_GENERIC = frozenset(["station", "number", "code", "no"])
"""Concepts of words that are no part of a station's name; ``no`` also stands for number."""


def match(some: Returns, official: Returns) -> Match:
    """Find the official row of each row of another table, by areas and station.

    Parameters
    ----------
    some
        A table that may cover a few stations only, may lack areas, and may spell names otherwise.
    official
        The official results.

    Returns
    -------
    Match
        No official row is matched twice.
    """
    areas = _areas_in_common(some, official)
    left, right = _keys(some, [own for own, _ in areas]), _keys(official, [theirs for _, theirs in areas])
    names = [f"area {number}" for number in range(len(areas))]
    # Copies that name areas which the official results do not know can only be told by a name that is unique.
    shared = right.select(pl.struct("key", *names).is_duplicated().mean()).item() or 0.0
    strange = set(_own_areas(some)) - {own for own, _ in areas}
    guess = bool(strange) and shared > _SHARED
    rows = np.full(some.table.height, -1, dtype=np.int64)
    reasons = np.full(some.table.height, "", dtype=object)
    given = pl.concat_list(
        pl.lit(""), *(pl.when(pl.col(name).is_not_null()).then(pl.lit(name)) for name in names)
    )
    for (known,), part in left.group_by(
        given.list.drop_nulls().list.join(",").alias("known"), maintain_order=True
    ):
        on = [name for name in str(known).split(",") if name]
        _find(part, right, ["key", *on], rows, reasons, guess)
    _once(some, rows, reasons)
    without = {
        str(reason): np.flatnonzero(reasons == reason) for reason in dict.fromkeys(reasons.tolist()) if reason
    }
    by = " and ".join(
        [*(theirs for _, theirs in areas), "station" if official.level == "station" else "area"]
    )
    return Match(rows, without, by)


def _find(
    part: pl.DataFrame,
    right: pl.DataFrame,
    on: Sequence[str],
    rows: NDArray[np.int64],
    reasons: NDArray[np.object_],
    guess: bool,
) -> None:
    """Fill in the official row, or the reason why there is none, of the rows in a part of the table."""
    candidates = right.drop_nulls("key").group_by(on).agg(pl.col("row").first(), pl.len())
    found = part.join(candidates, on=list(on), how="left", suffix=" there", maintain_order="left")
    own, there = found["row"].to_numpy(), found["row there"].fill_null(-1).to_numpy()
    many = found["len"].fill_null(0).to_numpy()
    rows[own] = np.where((many == 1) & (not guess), there, -1)
    anywhere = (
        found["key"].is_in(right["key"].drop_nulls().unique().implode()).fill_null(value=False).to_numpy()
    )
    said = np.where(anywhere, ELSEWHERE, UNKNOWN).astype(object)
    said[many > 1] = SEVERAL
    said[(many == 1) & guess] = STRANGE_AREA
    said[found["key"].is_null().to_numpy()] = UNNAMED
    said[rows[own] >= 0] = ""
    reasons[own] = said


def _once(some: Returns, rows: NDArray[np.int64], reasons: NDArray[np.object_]) -> None:
    """Let only one record speak of a station: repetitions are left out, and records that disagree."""
    named = np.flatnonzero(rows >= 0)
    _, place, times = np.unique(rows[named], return_inverse=True, return_counts=True)
    twice = named[times[place] > 1]
    if not len(twice):
        return
    counts = some.table[twice.tolist()].select(*some.quantities, *some.options)
    records = counts.with_columns(pl.Series("row there", rows[twice]))
    per_station = records.unique().group_by("row there").len()
    agreeing = set(per_station.filter(pl.col("len") == 1)["row there"].to_list())
    seen: set[int] = set()
    for row in twice.tolist():
        there = int(rows[row])
        if there in agreeing and there not in seen:
            seen.add(there)
            continue
        reasons[row] = REPEATED if there in agreeing else TWICE
    rows[reasons != ""] = -1


def alike(some: Returns, official: Returns) -> Returns:
    """Name the options of a table as the official results do, where it is plain which is which."""
    same = same_names(some.options, official.options)
    short = _without_common_words(some.options)
    if len(same) < len(some.options) and len({*short}) == len(short):
        meant = same_names(short, official.options)
        shorter = {own: meant[name] for own, name in zip(some.options, short, strict=True) if name in meant}
        same = max(same, shorter, key=len)
    if not same or all(own == theirs for own, theirs in same.items()):
        return some
    return replace(
        some,
        table=some.table.rename(same),
        options=tuple(same.get(option, option) for option in some.options),
        columns={same.get(name, name): origin for name, origin in some.columns.items()},
    )


def _without_common_words(options: Sequence[str]) -> list[str]:
    """Leave out the words with which all options begin or end: ``Photos of Yes``, ``Photos of No``."""
    split = [option.split() for option in options]
    least = min((len(words) for words in split), default=0) - 1 if len(split) > 1 else 0
    first = next((at for at in range(least) if len({words[at] for words in split}) > 1), max(least, 0))
    left = least - first
    last = next((at for at in range(left) if len({words[-1 - at] for words in split}) > 1), max(left, 0))
    return [" ".join(words[first : len(words) - last]) for words in split]


def _own_areas(returns: Returns) -> tuple[str, ...]:
    """Return the columns of areas around the rows: where rows are areas, the last column names the row."""
    return returns.areas if returns.level == "station" else returns.areas[:-1]


def _areas_in_common(some: Returns, official: Returns) -> list[tuple[str, str]]:
    """Pair columns of areas that hold the same names, whatever their headers and order."""
    theirs = {
        column: set(_plain(official.table[column], area=True).drop_nulls()) for column in _own_areas(official)
    }
    pairs: list[tuple[str, str]] = []
    for column in _own_areas(some):
        own = set(_plain(some.table[column], area=True).drop_nulls())
        known = {name: len(own & names) / len(own) for name, names in theirs.items()} if own else {}
        best = max(known, key=lambda name: known[name], default=None)
        if best is not None and known[best] >= _KNOWN:
            pairs.append((column, best))
    return pairs


def _keys(returns: Returns, areas: Sequence[str]) -> pl.DataFrame:
    """Return the row number, the folded name of the station and those of its areas."""
    table = returns.table
    last = "station" if returns.level == "station" else returns.areas[-1] if returns.areas else "station"
    names = {f"area {number}": _plain(table[column], area=True) for number, column in enumerate(areas)}
    rows = pl.Series("row", np.arange(table.height, dtype=np.int64))
    return pl.DataFrame(
        [rows, _plain(table[last]).alias("key"), *(one.alias(name) for name, one in names.items())]
    )


def _plain(labels: pl.Series, *, area: bool = False) -> pl.Series:
    """Fold names, each different one once; most are plain numbers and need no looking at."""
    texts = labels.cast(pl.String).str.strip_chars()
    different = texts.drop_nulls().unique()
    usual = set() if area else _usual(different)
    folded = {}
    for text in different.to_list():
        # Where a name occurs in several larger areas, the reader has put the larger one in front.
        name = text.split(" / ")[-1] if area else text
        folded[text] = _fold(name, generic=_DIGITS.sub(" ", text) in usual)
    return texts.replace_strict(list(folded), list(folded.values()), return_dtype=pl.String, default=None)


def _usual(labels: pl.Series) -> set[str]:
    """Find what stands around the number in many labels and says only that it is one of a station.

    Looking up words in every language takes long, and names of schools are thousands: so only the commonest.
    """
    around = Counter(_DIGITS.sub(" ", label) for label in labels.to_list())
    commonest = sorted(around, key=lambda text: (-around[text], text))[:_WORDINGS]
    return {text for text in commonest if _says_only_station(text)}


def fold(label: str) -> str | None:
    """Fold the name of a station, so that its spellings compare equal; null where nothing is left.

    >>> fold("Polling station No. 012"), fold("12"), fold("School  Nr 3, LENINGRAD street")
    ('12', '12', 'school nr 3 leningrad street')
    """
    return _fold(label, generic=_says_only_station(_DIGITS.sub(" ", label)))


def _fold(label: str, *, generic: bool) -> str | None:
    """Fold a name; of a generic one only the number is left, if there is one number."""
    parts = [_digits(part) if part.isdecimal() else part for part in vocabulary.words(label)]
    numbers = [part for part in parts if part.isdecimal()]
    return numbers[0] if generic and len(numbers) == 1 else " ".join(parts) or None


def _digits(number: str) -> str:
    """Write a number of any length and script in plain digits without leading zeros."""
    return "".join(str(unicodedata.decimal(digit)) for digit in number).lstrip("0") or "0"


@lru_cache(maxsize=20_000)
def _says_only_station(text: str) -> bool:
    """Tell words such as ``polling station no.``, in any language, from a name."""
    if not vocabulary.words(text):
        return True
    readings = (vocabulary.read(text, language.code) for language in vocabulary.languages())
    return any(one.total and one.known == one.total and {*one.concepts} <= _GENERIC for one in readings)
