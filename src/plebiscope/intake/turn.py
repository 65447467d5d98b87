"""Tables that lie on their side: stations next to one another, quantities below one another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from plebiscope.intake import vocabulary
from plebiscope.intake.grid import Sheet
from plebiscope.intake.meaning import COUNT_ROLES, meanings

_DEEPEST = 3000
"""Most rows that a table on its side has: one for each quantity, option and candidate."""
_FEWEST = 3
"""Fewest stations side by side."""
_LABELS = 6
"""Most columns that name the rows of a table on its side."""


def upright(sheet: Sheet) -> Sheet:
    """Turn a table upright if it lies on its side; its records are then its columns.

    It does if one of its first columns names several quantities and no line at its head does.
    """
    cells = sheet.cells
    if sheet.names is not None or sheet.broken or cells.width < 4 or not 3 <= cells.height <= _DEEPEST:
        return sheet
    counted = _counted(cells)
    said = [_quantities(_once(cells[name].filter(counted))) for name in cells.columns[:_LABELS]]
    named = said.index(max(said))
    if _counting(cells, named) < _FEWEST or _years(cells, named):
        return sheet
    if max(said) < 3 or max(said) <= 2 * max(map(_quantities, cells.head(30).rows())):
        return sheet
    turned = _one_header(cells, named).transpose()
    turned.columns = [str(i) for i in range(turned.width)]
    n = turned.height
    return replace(
        sheet,
        cells=turned.with_columns(pl.all().cast(pl.String)),
        lines=np.arange(1, n + 1),
        widths=np.full(n, turned.width),
        format=f"{sheet.format}, turned: stations were side by side",
    )


def _counted(cells: pl.DataFrame) -> pl.Series:
    """Tell the rows that hold numbers: footnotes that explain abbreviations speak of quantities too."""
    numbers = pl.sum_horizontal(pl.all().str.contains(r"^\s*\d").fill_null(value=False))
    return cells.select(numbers >= 2).to_series()


def _counting(cells: pl.DataFrame, named: int) -> int:
    """Count the columns of numbers beside the labels."""
    numbers = cells[:, named + 1 :].select(pl.all().str.contains(r"^\s*\d").mean())
    return sum((share or 0.0) > 0.5 for share in numbers.row(0)) if numbers.width else 0


def _years(cells: pl.DataFrame, named: int) -> bool:
    """Tell a summary of several votes, headed by years, from stations side by side."""
    heads = cells.head(5).select(pl.all().str.contains(r"^\D{0,12}(?:19|20)\d\d\D{0,12}$").any())
    return 2 * sum(bool(year) for year in heads.row(0)[named + 1 :]) > cells.width - named - 1


def _one_header(cells: pl.DataFrame, named: int) -> pl.DataFrame:
    """Put into one column what names the rows: lists in one column, their candidates in another."""
    labels = cells.columns[: named + 1]
    wordy = [pl.when(pl.col(name).str.contains(r"\p{L}")).then(pl.col(name)) for name in labels]
    return cells.select(
        pl.concat_str(wordy, separator=" ", ignore_nulls=True).replace("", None).alias(labels[-1]),
        *[pl.col(name) for name in cells.columns[named + 1 :]],
    )


def _once(labels: pl.Series) -> list[str | None]:
    """Return the labels that stand once; in a long table each comes again for each station."""
    return labels.filter(labels.is_unique()).to_list()


def _quantities(texts: tuple[str | None, ...] | list[str | None]) -> int:
    """Count the different quantities that texts speak of in so many words."""
    words = [text for text in dict.fromkeys(texts) if text and any(map(str.isalpha, text))]
    words = [*words[:60], *words[60:][-60:]]
    if len(words) < 3:
        return 0
    tongues = vocabulary.tongues(words)
    roles = {m[0].role for text in words if (m := meanings(text, tongues)) and m[0].strength > 0.6}
    return len(roles & COUNT_ROLES)
