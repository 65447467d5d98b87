"""The commands that hold votes which did not happen: like one that did, or by a recipe."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from plebiscope.cli.options import (
    AsJson,
    Copies,
    Favoured,
    MappingFile,
    MethodIds,
    Quiet,
    Seed,
    Verbose,
    names,
)
from plebiscope.cli.saying import printable, progress_shown


def power(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Results file, parts of one, or a case.")
    ],
    favoured: Favoured = None,
    mapping: MappingFile = None,
    methods: MethodIds = None,
    mechanisms: Annotated[
        str | None,
        typer.Option(
            "--mechanisms",
            help="Ids of mechanisms, with commas between; by default all that are no honest mishap.",
        ),
    ] = None,
    copies: Copies = None,
    worlds: Annotated[
        int | None,
        typer.Option(
            "--worlds", min=20, help="Simulated votes for each mechanism and share of stations; default 40."
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes; by default one for each processor.")
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", metavar="ADDRESS", help="Let the workers of a Dask scheduler do it."),
    ] = None,
    slow: Annotated[
        bool, typer.Option("--slow", help="Ask methods too that take long for one vote.")
    ] = False,
    seed: Seed = None,
    cache: Annotated[
        Path | None,
        typer.Option("--cache", metavar="DIR", help="Folder in which simulated votes are kept."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Write power.json, power.html and power.svg there."),
    ] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Simulate votes like this one: which method would notice what, from which share of stations on.

    Minutes for some thousand stations. A run that was cut off goes on where it stopped, and `examine` shows
    what was computed.
    """
    from plebiscope import powering
    from plebiscope.dossier.terminal import show_power
    from plebiscope.dossier.write import write_power

    with progress_shown(quiet, verbose) as progress:
        matrix = powering.power(
            paths,
            favoured=favoured,
            mapping=mapping,
            methods=names(methods),
            mechanisms=names(mechanisms),
            copies=copies or (),
            worlds=worlds,
            workers=workers,
            scheduler=scheduler,
            slow=slow,
            seed=seed,
            cache=cache,
            progress=progress,
        )
    files = write_power(matrix, paths[0].stem, out) if out is not None else ()
    if as_json:
        sys.stdout.write(matrix.model_dump_json(indent=1) + "\n")
    elif not quiet:
        show_power(matrix, paths[0].stem, files)


def simulate(
    recipe: Annotated[
        str | None,
        typer.Argument(metavar="RECIPE", help="A recipe (.toml), or the name of one that is shipped."),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="Where the table goes, .csv or .parquet.")
    ] = Path("simulated.csv"),
    on: Annotated[
        list[Path] | None,
        typer.Option(
            "--on",
            metavar="TABLE",
            help="Hold the vote on the stations of this table; parts of one, repeated.",
        ),
    ] = None,
    favoured: Annotated[
        str | None,
        typer.Option("--favoured", help="The option favoured on that table; by default the leader."),
    ] = None,
    mapping: MappingFile = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="Of every draw, before the recipe's.")
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="List the recipes that are shipped, and stop.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Hold a vote that did not happen: fair, or with something done to it and the truth beside it."""
    from plebiscope import simulated, study
    from plebiscope.worlds.recipe import shipped

    if listed or recipe is None:
        known = shipped()
        width = max(map(len, known))
        for name, one in known.items():
            print(f"{name:<{width}}  {one.title}")
        print("Cook one: plebiscope simulate NAME --out votes.csv")
        return
    found = simulated.recipe(recipe)
    ground = None
    simulated.keep_apart(out, [*(on or ()), *([mapping] if mapping else ()), Path(recipe)])
    if on:
        ground = simulated.ground_of(study.read(*on, mapping=mapping), favoured)
    world = found.simulate(ground, seed)
    files = simulated.write(world, out, found.seed if seed is None else seed)
    if not quiet:
        for line in simulated.told(world, found.title):
            print(printable(line))
        print(f"written: {files.votes}; the truth: {files.truth}")
        if files.totals is not None:
            print(f"announced totals: {files.totals}")
        examined = " ".join(str(path) for path in (files.votes, files.totals) if path is not None)
        if files.copies is not None:
            print(f"copies of some forms: {files.copies}")
            examined += f" --copies {files.copies}"
        print(f"next: plebiscope examine {examined}")
