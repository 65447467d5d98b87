"""Small votes at stations that are known, examined with one quick method."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from plebiscope import study

Row = tuple[str, str, int, int, int]
"""District, station, registered, cast, votes for."""
Examine = Callable[..., Path]


@pytest.fixture(scope="session")
def examine_rows() -> Examine:
    """Write a table and its dossier into a folder, and return the folder."""

    def examined(
        folder: Path,
        rows: Sequence[Row],
        *,
        heads: Mapping[str, str] | None = None,
        name: str = "A vote",
        options: tuple[str, str] = ("For", "Against"),
        methods: Sequence[str] = ("protocol",),
    ) -> Path:
        named = {"area": "District", **(heads or {})}
        folder.mkdir(parents=True)
        lines = [
            f"{named['area']},Polling station,Registered voters,Ballots in the box,Valid,{','.join(options)}"
        ]
        lines += [
            f'{area},"{station}",{registered},{cast},{cast},{votes},{cast - votes}'
            for area, station, registered, cast, votes in rows
        ]
        table = folder / "votes.csv"
        table.write_text("\n".join(lines) + "\n", "utf-8")
        made = study.examine([table], favoured=options[0], methods=list(methods), name=name)
        study.write(made, folder / "dossier")
        return folder / "dossier"

    return examined


def grid(n: int = 40, *, more: int = 0, turnout: int = 50, share: int = 60) -> list[Row]:
    """Stations of very different size in four districts, numbered anew in each."""
    rows = []
    for at in range(n):
        registered = 150 + 53 * at + more
        cast = registered * turnout // 100 + at % 7
        rows.append((f"District {at % 4}", f"{at // 4 + 1}", registered, cast, cast * share // 100 + at % 5))
    return rows
