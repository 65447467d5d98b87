"""Which case is meant: what a person named, with what was said about it, or the bundled example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from plebiscope.intake import cases
from plebiscope.intake.case_file import Found
from plebiscope.model.errors import InputError
from plebiscope.study.columns import mapping_table


def gathered(
    paths: Sequence[str | Path] | str | Path,
    *,
    plan: Mapping[str, Any],
    mapping: str | Path | dict[str, Any] | None,
    favoured: str | None,
    name: str | None = None,
    copies: Sequence[str | Path] = (),
) -> Found:
    """Put together the case that a person named.

    Parameters
    ----------
    plan
        What was said about methods, seed and days, by name of the entry; null stands for nothing said.
    paths, mapping, favoured, name, copies
        As for :func:`plebiscope.study.examine`.

    Raises
    ------
    InputError
        If something given cannot be used.
    """
    given = {entry: said for entry, said in plan.items() if said is not None}
    if mapping is not None:
        given["mapping"] = mapping_table(mapping)
    listed = [paths] if isinstance(paths, (str, Path)) else paths
    return cases.gather(
        [Path(p) for p in listed], plan=given, favoured=favoured, name=name, copies=[Path(p) for p in copies]
    )


def example() -> Path:
    """Return the folder of the bundled example, a simulated vote of which the truth is known."""
    here = Path(__file__).parents[1]
    for folder in (here / "example", here.parents[1] / "examples" / "marenna"):
        if (folder / "case.toml").is_file():
            return folder
    raise InputError("the bundled example is missing from this installation", todo="install plebiscope again")
