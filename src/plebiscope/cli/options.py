"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Out = Annotated[Path, typer.Option("--out", "-o", help="Folder for the dossier; it is made if need be.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Print every step.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print JSON on standard output, everything else on standard error.")
]
MappingFile = Annotated[
    Path | None,
    typer.Option(
        "--mapping", help="Mapping file that says which column is which; `read --write` writes one to edit."
    ),
]
Copies = Annotated[
    list[Path] | None,
    typer.Option(
        "--copies", help="Table of copies of the protocols, by station; may be given several times."
    ),
]
Published = Annotated[
    str | None,
    typer.Option(
        "--published", help="Day on which the reports were published (2022-09-29), if they do not say so."
    ),
]

Review = Annotated[
    Path | None,
    typer.Option(
        "--review",
        metavar="FILE",
        help="File (.csv or .toml) in which people decide on statements; lines are added for new ones.",
    ),
]
Propose = Annotated[
    list[str] | None,
    typer.Option(
        "--propose",
        metavar="NAME",
        help="Ask an installed plug-in for words to look at; may be given several times.",
    ),
]
Favoured = Annotated[
    str | None,
    typer.Option("--favoured", help="The option the organisers wanted; by default the leader."),
]
MethodIds = Annotated[
    str | None, typer.Option("--methods", help="Ids of methods, with commas between; by default all.")
]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="Seed of every random draw.")]


def names(listed: str | None) -> list[str] | None:
    """Part ids with commas between."""
    return None if listed is None else [one.strip() for one in listed.split(",") if one.strip()]
