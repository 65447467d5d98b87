"""In which form cells and headers are compared, so that one name written in two ways is one."""

from __future__ import annotations

import polars as pl

from plebiscope.intake.columns import Column
from plebiscope.intake.vocabulary import words

_NUMBERED = r"^(\D*?)(\d+)(\D*)$"
"""A name with one number in it."""
_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
"""Letters that are written without their strokes where there are only plain ones."""


def normal(cells: pl.Series) -> pl.Series:
    """Return texts in the form in which they are compared.

    Accents, and words that stand around the number in every row, are left out where names stay different.
    """
    name = cells.name or "cells"
    known = cells.rename(name).to_frame()
    made = (
        pl.col(name)
        .str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all("ß", "ss", literal=True)
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
        .str.replace(r"^0+(\d)", "$1")
        .str.replace(r"^(\d+)[.,]0+$", "$1")
    )
    few = known.unique().with_columns(made.alias("normal"))
    plain = _bare(few["normal"])
    few = few.with_columns(plain.alias("normal"))
    return known.join(few, on=name, how="left", maintain_order="left", nulls_equal=True)["normal"]


def _bare(names: pl.Series) -> pl.Series:
    """Leave out accents, and what surrounds the only number of each name, if names that differ still do."""
    plain = without_accents(names)
    plain = plain if plain.n_unique() == names.n_unique() else names
    if around(plain) in (None, ("", "")):
        return plain
    numbers = plain.str.extract(_NUMBERED, 2).str.replace(r"^0+(\d)", "$1")
    return numbers if numbers.n_unique() == plain.n_unique() else plain


def without_accents(names: pl.Series) -> pl.Series:
    """Return names in plain letters."""
    bare = names.str.normalize("NFKD").str.replace_all(r"[\u0300-\u036f]", "").str.normalize("NFKC")
    return bare.str.replace_many(_LETTERS)


def around(names: pl.Series) -> tuple[str, str] | None:
    """Return what stands before and behind the only number of a name, if it is the same in all names."""
    parts = names.drop_nulls().to_frame("name").select(
        before=pl.col("name").str.extract(_NUMBERED, 1), behind=pl.col("name").str.extract(_NUMBERED, 3)
    )  # fmt: skip
    found = parts.unique().rows()
    return found[0] if len(found) == 1 and None not in found[0] else None


def header(column: Column) -> str:
    """Return a header in the form in which headers are compared."""
    return " ".join(words(column.name)) if column.headed else ""
