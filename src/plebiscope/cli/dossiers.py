"""The commands on dossiers that there are: side by side, masked, made again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from plebiscope.cli.options import AsJson, Quiet, Verbose
from plebiscope.cli.saying import printable, progress_shown, remark
from plebiscope.model.errors import InputError


def compare(
    dossiers: Annotated[
        list[Path],
        typer.Argument(
            metavar="DOSSIER", help="Two to four dossiers: dossier.json, or the folder in which it lies."
        ),
    ],
    contests: Annotated[
        list[str] | None,
        typer.Option(
            "--contest",
            metavar="ID",
            help="Which contest of each dossier, in their order; by default the first with stations.",
        ),
    ] = None,
    options: Annotated[
        list[str] | None,
        typer.Option(
            "--option",
            help="Option whose share is shown: one for all, or one for each; by default the favoured one.",
        ),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="COLUMN", help="Column by which areas are listed.")
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for the page, the data and the tables.")
    ] = Path("plebiscope-comparison"),
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Put votes side by side as their dossiers tell them, and follow stations from one to the next."""
    from plebiscope.compare import Chosen
    from plebiscope.compare import compare as put_beside
    from plebiscope.compare.write import tables, to_json, write
    from plebiscope.web.compared import alone

    chosen = [
        Chosen(path, contest or None, option or None)
        for path, contest, option in zip(
            dossiers,
            _for_each(contests, dossiers, "--contest"),
            _for_each(options, dossiers, "--option"),
            strict=True,
        )
    ]
    compared = put_beside(chosen, by)
    page = alone(compared.record, {name: f"{name}.csv" for name in tables(compared)})
    files = write(compared, page, out)
    if as_json:
        sys.stdout.write(to_json(compared))
    elif not quiet:
        for sentence in compared.record.sentences:
            print(printable(sentence, " "))
        print("written: " + ", ".join(str(file) for file in files))


def _for_each(given: list[str] | None, dossiers: list[Path], name: str) -> list[str | None]:
    """Give each dossier its value: the same for all where there is one, else one each."""
    if not given:
        return [None] * len(dossiers)
    if name == "--option" and len(given) == 1:
        return [given[0]] * len(dossiers)
    if len(given) != len(dossiers):
        raise InputError(
            f"{name} was given {len(given)} times for {len(dossiers)} dossiers",
            expected="one for each dossier, in their order",
            todo=f'say {name} "" where the usual one is meant',
        )
    return [*given]


def mask(
    dossier: Annotated[
        Path, typer.Argument(metavar="DOSSIER", help="dossier.json, or the folder in which it lies.")
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="DIR", help="Folder for the copy, empty or with an earlier one."),
    ],
    stations: Annotated[
        bool, typer.Option("--stations", help="Mask names and numbers of stations, and where they lie.")
    ] = False,
    speakers: Annotated[
        bool, typer.Option("--speakers", help="Mask everybody whom the reports name as a speaker.")
    ] = False,
    persons: Annotated[
        bool,
        typer.Option(
            "--persons", help="Mask whatever looks like the name of a person in the reports, quoted or not."
        ),
    ] = False,
    names: Annotated[
        Path | None,
        typer.Option(
            "--names",
            metavar="FILE",
            help="Mask the names listed here: one a line, further ways to write it behind semicolons.",
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(
            "--key", metavar="DIR", help="Write there what each pseudonym stands for; by default nowhere."
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Make a copy of a dossier to be shared, in which names are replaced by pseudonyms."""
    from plebiscope import mask as masking
    from plebiscope.mask.names import read as read_names
    from plebiscope.mask.write import check

    wanted = masking.Wanted(stations, speakers, persons, read_names(names) if names is not None else ())
    check(out, key)
    copy = masking.mask(dossier, wanted)
    files = masking.write(copy, out, key)
    if not quiet and copy.dossier.masked is not None:
        print("\n".join(copy.dossier.masked.sentences))
        remark([f"still named in the reports: {one}" for one in copy.still_named])
        print("written: " + ", ".join(str(file) for file in files))


def verify(
    file: Annotated[Path, typer.Argument(metavar="dossier.json", help="The dossier to verify.")],
    sources: Annotated[
        list[Path] | None,
        typer.Option("--sources", help="File or folder where the sources lie; may be given several times."),
    ] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Run a dossier again from its sources and compare; exit code 1 if it differs."""
    from plebiscope import study

    with progress_shown(quiet, verbose) as progress:
        verified = study.verify(file, sources or (), progress)
    if not quiet:
        remark(verified.remarks)
    if not verified.differences:
        if not quiet:
            print("The dossier comes out the same from the same sources.")
        return
    count = len(verified.differences)
    print(f"{count} place{' differs' if count == 1 else 's differ'}:", file=sys.stderr)
    for found in verified.differences[:20]:
        print(f"  {found}", file=sys.stderr)
    raise SystemExit(1)
