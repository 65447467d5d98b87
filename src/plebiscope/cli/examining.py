"""The commands that examine a vote, or announced totals alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plebiscope.cli.options import (
    AsJson,
    Copies,
    Favoured,
    MappingFile,
    MethodIds,
    Out,
    Propose,
    Published,
    Quiet,
    Review,
    Seed,
    Verbose,
    names,
)
from plebiscope.cli.saying import deliver, progress_shown, remark
from plebiscope.model.errors import InputError

if TYPE_CHECKING:
    from plebiscope.study import Examined


def demo(
    out: Out = Path("plebiscope-demo"),
    quiet: Quiet = False,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Examine the bundled example: a simulated vote, and labelled so."""
    from plebiscope import study

    with progress_shown(quiet, verbose) as progress:
        examined = study.examine(study.example(), progress=progress)
    _write_and_deliver(examined, out, quiet, as_json)


def examine(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH",
            help="A case folder or case.toml, or any mix of results files, totals files and report texts.",
        ),
    ],
    out: Out = Path("plebiscope-dossier"),
    seed: Seed = None,
    methods: MethodIds = None,
    favoured: Favoured = None,
    mapping: MappingFile = None,
    published: Published = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--name", help="Name of the vote, as every sentence says it; by default the first file."
        ),
    ] = None,
    copies: Copies = None,
    review: Review = None,
    propose: Propose = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Examine a vote and write its dossier: a page, a JSON and a table of stations."""
    from plebiscope import study

    with progress_shown(quiet, verbose) as progress:
        examined = study.examine(
            paths,
            favoured=favoured,
            methods=names(methods),
            seed=seed,
            published=published,
            mapping=mapping,
            name=name,
            copies=copies or (),
            review=review,
            proposers=propose or (),
            progress=progress,
        )
    _write_and_deliver(examined, out, quiet, as_json)


def _write_and_deliver(examined: Examined, out: Path, quiet: bool, as_json: bool) -> None:
    from plebiscope import study

    files = study.write(examined, out)
    if not quiet:
        remark(examined.remarks)
    deliver(examined, files, quiet, as_json)


def totals(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Announced totals: TOML, or CSV.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Also write the dossier into this folder.")
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Test announced totals alone: can they all be true together?"""
    from plebiscope import study

    examined = study.examine([file], methods=["totals", "sources"])
    if not any(examined.dossier.totals):
        raise InputError(
            "no announced totals in it",
            where=file.name,
            expected="a totals file",
            todo="for a table of results use `plebiscope examine`",
        )
    files = study.write(examined, out) if out is not None else ()
    deliver(examined, files, quiet, as_json)
