"""Tables that lie on their side: stations next to one another, quantities below one another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from plebiscope.intake import vocabulary
from plebiscope.intake.grid import Sheet
from plebiscope.intake.meaning import COUNT_ROLES, meanings

_DEEPEST = 300
"""Most rows that a table on its side has: one for each quantity and option."""


def upright(sheet: Sheet) -> Sheet:
    """Turn a table upright if it lies on its side; its records are then its columns.

    It does if one of its first columns names several quantities and no line at its head does.
    """
    cells = sheet.cells
    if sheet.names is not None or sheet.broken or cells.width < 4 or not 3 <= cells.height <= _DEEPEST:
        return sheet
    beside = max(_quantities(cells[name].to_list()) for name in cells.columns[:3])
    if beside < 3 or beside <= 2 * max(map(_quantities, cells.head(30).rows())):
        return sheet
    turned = cells.transpose()
    turned.columns = [str(i) for i in range(turned.width)]
    n = turned.height
    return replace(
        sheet,
        cells=turned.with_columns(pl.all().cast(pl.String)),
        lines=np.arange(1, n + 1),
        widths=np.full(n, turned.width),
        format=f"{sheet.format}, turned: stations were side by side",
    )


def _quantities(texts: tuple[str | None, ...] | list[str | None]) -> int:
    """Count the different quantities that texts speak of in so many words."""
    words = [text for text in dict.fromkeys(texts) if text and any(map(str.isalpha, text))][:60]
    if len(words) < 3:
        return 0
    tongues = vocabulary.tongues(words)
    roles = {m[0].role for text in words if (m := meanings(text, tongues)) and m[0].strength > 0.6}
    return len(roles & COUNT_ROLES)
