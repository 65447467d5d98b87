"""The commands that show how files are understood, before any method is asked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from plebiscope.cli.options import AsJson, MappingFile, Propose, Published, Review
from plebiscope.cli.saying import print_json, remark


def read(
    file: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="Results file; or parts of one table, or files to be joined."),
    ],
    write: Annotated[
        Path | None,
        typer.Option(
            "--write",
            metavar="OUT",
            help="Write the canonical table (.parquet or .csv), and beside it a mapping file to edit.",
        ),
    ] = None,
    mapping: MappingFile = None,
    as_json: AsJson = False,
) -> None:
    """Show how a results file is understood: format, columns and why, arithmetic, what was set aside.

    A mapping file (TOML) says which column is which where this got it wrong:

    \b
        [columns]
        registered = "Voters on the list"
        issued = ["Issued early", "Issued on the day"]   # added
        station = "Precinct"
        areas = ["Region", "District"]                    # from large to small
        options = ["Yes", "No"]
    """  # noqa: D301  # the escape keeps the lines of the example apart
    from plebiscope import canonical, study

    found = study.read(*file, mapping=mapping)
    if write is not None:
        canonical.write_table(found, write)
    if as_json:
        print_json(canonical.as_json(found))
    else:
        from plebiscope.dossier.terminal import show_reading

        show_reading(canonical.as_json(found))
    if write is not None:
        print(f"written: {write} and {canonical.mapping_path(write)}", file=sys.stderr)


def conduct(
    reports: Annotated[
        list[Path],
        typer.Argument(
            metavar="REPORT", help="Reports (text, HTML, PDF, .docx), or folders or a case with reports."
        ),
    ],
    published: Published = None,
    texts: Annotated[
        Path | None,
        typer.Option("--texts", metavar="DIR", help="Write there the texts taken out of PDF, Word and HTML."),
    ] = None,
    review: Review = None,
    propose: Propose = None,
    as_json: AsJson = False,
) -> None:
    """Code reports on how a vote was held: which facts, in whose words, with what standing."""
    from plebiscope import study

    record, remarks = study.conduct(reports, published=published, review=review, proposers=propose or ())
    if texts is not None:
        study.write_texts(record, texts)
    remark(remarks)
    if as_json:
        sys.stdout.write(record.model_dump_json() + "\n")
    else:
        from plebiscope.dossier.terminal import show_conduct

        show_conduct(record)
