"""The command line. Heavy imports wait until a command needs them, so that ``--help`` answers at once."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plebiscope.model.errors import InputError

if TYPE_CHECKING:
    from plebiscope.study import Examined

app = typer.Typer(
    name="plebiscope",
    help="How far can this vote be believed, and what exactly is the evidence?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

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


def main() -> None:
    """Run the command line; the exit code is 0, 2 for input that cannot be used, 1 for our own fault."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a letter gets a substitute, not a crash.
            stream.reconfigure(errors="replace")
    # Read when numpy is imported. Its products are small: threads beside the first only wait, and burn the
    # time of a processor that has other work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app(standalone_mode=True)
    except InputError as error:
        _complain(error)
        raise SystemExit(2) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None


def _complain(error: InputError) -> None:
    text = f"plebiscope: {error}"
    # What a file says must not steer the terminal.
    print("".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text), file=sys.stderr)


@contextmanager
def _progress(quiet: bool, verbose: bool) -> Iterator[Callable[[str], None] | None]:
    """Show the step under way: as lines with -v, as one changing line on a terminal, else not at all."""
    if quiet:
        yield None
    elif verbose:
        yield lambda step: print(f"  {step}", file=sys.stderr, flush=True)
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.text import Text

        with Console(stderr=True).status(Text("starting")) as status:
            yield lambda step: status.update(Text(step))
    else:
        yield None


@app.command()
def demo(
    out: Out = Path("plebiscope-demo"),
    quiet: Quiet = False,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Examine the bundled example: a simulated vote, and labelled so."""
    from plebiscope import study

    with _progress(quiet, verbose) as progress:
        examined = study.examine(study.example(), progress=progress)
    _deliver(examined, out, quiet, as_json)


@app.command()
def examine(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH",
            help="A case folder or case.toml, or any mix of results files, totals files and report texts.",
        ),
    ],
    out: Out = Path("plebiscope-dossier"),
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Seed of every random draw.")] = None,
    methods: Annotated[
        str | None, typer.Option("--methods", help="Ids of methods, with commas between; by default all.")
    ] = None,
    favoured: Annotated[
        str | None,
        typer.Option("--favoured", help="The option the organisers wanted; by default the leader."),
    ] = None,
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

    with _progress(quiet, verbose) as progress:
        examined = study.examine(
            paths,
            favoured=favoured,
            methods=_names(methods),
            seed=seed,
            published=published,
            mapping=mapping,
            name=name,
            copies=copies or (),
            review=review,
            proposers=propose or (),
            progress=progress,
        )
    _deliver(examined, out, quiet, as_json)


def _deliver(examined: Examined, out: Path, quiet: bool, as_json: bool) -> None:
    from plebiscope import study
    from plebiscope.dossier import dossier as paper

    files = study.write(examined, out)
    if not quiet:
        _remark(examined.remarks)
    if as_json:
        sys.stdout.write(paper.to_json(examined.dossier))
    elif not quiet:
        from plebiscope.dossier.terminal import show

        show(examined.dossier, files)


def _remark(remarks: Iterable[str]) -> None:
    for remark in remarks:
        print("note: " + "".join(c if c.isprintable() else "\ufffd" for c in remark), file=sys.stderr)


@app.command()
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
        json.dump(canonical.as_json(found), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        from plebiscope.dossier.terminal import show_reading

        show_reading(canonical.as_json(found))
    if write is not None:
        print(f"written: {write} and {canonical.mapping_path(write)}", file=sys.stderr)


@app.command()
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
    _remark(remarks)
    if as_json:
        sys.stdout.write(record.model_dump_json() + "\n")
    else:
        from plebiscope.dossier.terminal import show_conduct

        show_conduct(record)


@app.command()
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
    from plebiscope.dossier import dossier as paper

    examined = study.examine([file], methods=["totals", "sources"])
    if not any(examined.dossier.totals):
        raise InputError(
            "no announced totals in it",
            where=file.name,
            expected="a totals file",
            todo="for a table of results use `plebiscope examine`",
        )
    files = study.write(examined, out) if out is not None else ()
    if as_json:
        sys.stdout.write(paper.to_json(examined.dossier))
    elif not quiet:
        from plebiscope.dossier.terminal import show

        show(examined.dossier, files)


@app.command()
def power(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Results file, parts of one, or a case.")
    ],
    favoured: Annotated[
        str | None,
        typer.Option("--favoured", help="The option the organisers wanted; by default the leader."),
    ] = None,
    mapping: MappingFile = None,
    methods: Annotated[
        str | None, typer.Option("--methods", help="Ids of methods, with commas between; by default all.")
    ] = None,
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
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Seed of every random draw.")] = None,
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

    with _progress(quiet, verbose) as progress:
        matrix = powering.power(
            paths,
            favoured=favoured,
            mapping=mapping,
            methods=_names(methods),
            mechanisms=_names(mechanisms),
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


def _names(listed: str | None) -> list[str] | None:
    return None if listed is None else [one.strip() for one in listed.split(",") if one.strip()]


@app.command()
def new(folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the case.")]) -> None:
    """Write a commented case.toml to fill in."""
    from plebiscope.intake.case_file import TEMPLATE

    path = folder / "case.toml"
    if path.exists():
        raise InputError("there is a case.toml already", where=str(folder), todo="choose another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(TEMPLATE, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror or error})", where=str(path)) from None
    print(f"written: {path}\nFill it in, put the files beside it, then: plebiscope examine {folder}")


@app.command()
def methods(
    name: Annotated[str | None, typer.Argument(metavar="ID", help="Id of a method, for its page.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the methods, or show one method's page."""
    from plebiscope import catalogue

    if name is not None:
        print(catalogue.page(name))
        return
    found = [catalogue.load(key) for key in catalogue.modules()]
    if as_json:
        rows = [
            {"id": m.id, "title": m.title, "question": m.question, "tier": m.tier, "null": m.null}
            for m in found
        ]
        json.dump(rows, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
        return
    width = max(len(m.id) for m in found)
    for method in found:
        print(f"{method.id:<{width}}  tier {method.tier}  {method.question}")
    print()
    for tier, meaning in catalogue.TIERS.items():
        print(f"{tier}: {meaning}.")
    print("One method's page: plebiscope methods ID")


@app.command()
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
            print("".join(c if c.isprintable() else "\ufffd" for c in line))
        print(f"written: {files.votes}; the truth: {files.truth}")
        if files.totals is not None:
            print(f"announced totals: {files.totals}")
        examined = " ".join(str(path) for path in (files.votes, files.totals) if path is not None)
        if files.copies is not None:
            print(f"copies of some forms: {files.copies}")
            examined += f" --copies {files.copies}"
        print(f"next: plebiscope examine {examined}")


@app.command()
def serve(
    cases: Annotated[
        Path, typer.Option("--cases", metavar="DIR", help="Folder that holds the folders of the cases.")
    ] = Path("plebiscope-cases"),
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="Port of 127.0.0.1; by default 8517, or a free one."),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
) -> None:
    """Open the workbench: the whole road in the browser, on this machine only."""
    from plebiscope.web.serve import serve as start

    def tell(address: str) -> None:
        print(f"The workbench is open, for this machine only:\n  {address}\nStop it with Ctrl+C.", flush=True)

    start(cases, port, tell, browser=browser)


@app.command()
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
            print("".join(c if c.isprintable() else " " for c in sentence))
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


@app.command()
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
        _remark([f"still named in the reports: {one}" for one in copy.still_named])
        print("written: " + ", ".join(str(file) for file in files))


@app.command()
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

    with _progress(quiet, verbose) as progress:
        verified = study.verify(file, sources or (), progress)
    if not quiet:
        _remark(verified.remarks)
    if not verified.differences:
        if not quiet:
            print("The dossier comes out the same from the same sources.")
        return
    count = len(verified.differences)
    print(f"{count} place{' differs' if count == 1 else 's differ'}:", file=sys.stderr)
    for found in verified.differences[:20]:
        print(f"  {found}", file=sys.stderr)
    raise SystemExit(1)


def _version(wanted: bool) -> None:
    if wanted:
        from plebiscope.version import __version__

        print(f"plebiscope {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """How far can this vote be believed, and what exactly is the evidence?"""


if __name__ == "__main__":
    main()
