"""The one road: read, measure, calibrate, assemble.

Everything that a command or the workbench does with a case is a call of a function here.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from plebiscope import catalogue, reviewing, stated
from plebiscope.asking import asking
from plebiscope.asking import generator as generator
from plebiscope.calibrate import curves, kept, power
from plebiscope.dossier import dossier as paper
from plebiscope.dossier import weigh
from plebiscope.dossier.assemble import assemble, making
from plebiscope.dossier.likeness import FairWorlds, likeness
from plebiscope.dossier.page import render
from plebiscope.dossier.stations import stations_table
from plebiscope.dossier.write import DATA, PAGE, STATIONS
from plebiscope.dossier.write import write as write_files
from plebiscope.dossier.write import write_texts as write_report_texts
from plebiscope.intake import cases, circumstances, match
from plebiscope.intake import mapping as mappings
from plebiscope.intake import read as reading
from plebiscope.intake import totals as announced
from plebiscope.intake.case_file import Found, copies_key, only_review
from plebiscope.intake.copies import read_copies
from plebiscope.intake.encoding import decode
from plebiscope.intake.sniff import MAX_BYTES, read_bytes
from plebiscope.model.beside import Beside, Copies, Match, State
from plebiscope.model.case import MARKED, Case, Contest, Plan, Provenance, Source, Totals
from plebiscope.model.errors import InputError
from plebiscope.model.method import Method, Subject, lacking
from plebiscope.worlds.ground import ground
from plebiscope.worlds.look import WORLDS as MOST_WORLDS
from plebiscope.worlds.look import look
from plebiscope.worlds.tamper import MECHANISMS

if TYPE_CHECKING:
    import polars as pl

    from plebiscope.model.power import Matrix
    from plebiscope.model.report import Conduct, Report
    from plebiscope.model.returns import Returns

Progress = Callable[[str], None]
"""Called with a few words at the beginning of each step."""
Heard = Callable[[weigh.Answer], None]
"""Called with the answer of each method as it comes."""


@dataclass(frozen=True)
class Examined:
    """A dossier and the table of all stations that goes with it."""

    dossier: paper.Dossier
    stations: pl.DataFrame
    remarks: tuple[str, ...] = ()
    """What became of files that were not used, in a sentence each."""


def read(
    *paths: str | Path, contest: str = "vote", mapping: str | Path | dict[str, Any] | None = None
) -> reading.Reading:
    """Read results files.

    Parameters
    ----------
    paths
        One file, or several parts of one table.
    contest
        Id of the contest, kept in the returns.
    mapping
        Mapping file, or its content as a dictionary, where columns are to be understood as the user says.

    Returns
    -------
    Reading
        With ``returns``, and how they were understood.

    Raises
    ------
    InputError
        If no votes are found in the files, or columns cannot be told apart.
    """
    return reading.read([Path(p) for p in paths], contest, _mapping(mapping))


def examine(
    paths: Sequence[str | Path] | str | Path,
    *,
    favoured: str | None = None,
    methods: Sequence[str] | None = None,
    seed: int | None = None,
    published: str | None = None,
    mapping: str | Path | dict[str, Any] | None = None,
    name: str | None = None,
    copies: Sequence[str | Path] = (),
    review: str | Path | None = None,
    proposers: Sequence[str] = (),
    cache: str | Path | None = None,
    progress: Progress | None = None,
    heard: Heard | None = None,
) -> Examined:
    """Examine a vote.

    Parameters
    ----------
    paths
        A case folder or ``case.toml``, or any mix of results files, totals files and report texts.
    favoured
        The option that the organisers wanted; by default the leading one.
    methods
        Ids of the methods; by default all.
    seed
        Seed of every random draw.
    published
        Day on which the reports were published (year-month-day), where they do not say so themselves.
    mapping
        Mapping file for the results, or its content.
    name
        Name of the vote, as it stands in every sentence; by default it is called after the first file.
    copies
        Tables of copies of the protocols, each called after its file; a case file can say whose they are.
    review
        File in which people decide on the statements found in reports; lines are added to it for those that
        it lacks, and it is made if it does not exist.
    proposers
        Names of installed plug-ins that are asked for words to look at in reports.
    cache
        Folder in which it is looked up what votes simulated to look like the table showed
        (:func:`plebiscope.powering.power`); by default the user's folder for such things.
    progress
        Called with a few words at the beginning of each step.
    heard
        Called with the answer of each method as it comes, before anything is weighed.

    Returns
    -------
    Examined
        The dossier and the table of stations; :func:`write` writes both.

    Raises
    ------
    InputError
        If something given cannot be used.
    """
    given: dict[str, Any] = {}
    if methods is not None:
        given["methods"] = tuple(methods)
    if seed is not None:
        given["seed"] = seed
    if published is not None:
        given["published"] = cases.day(published)
    if mapping is not None:
        given["mapping"] = _mapping_table(mapping)
    listed = [paths] if isinstance(paths, (str, Path)) else list(paths)
    found = cases.gather(
        [Path(p) for p in listed], plan=given, favoured=favoured, name=name, copies=[Path(p) for p in copies]
    )
    if review is not None:
        known = [found.review] if found.review is not None else []
        found = dataclasses.replace(found, review=only_review([*known, Path(review)]), extends=True)
    where = kept.folder() if cache is None else Path(cache)
    return run(dataclasses.replace(found, proposers=tuple(proposers)), progress, cache=where, heard=heard)


def conduct(
    paths: Sequence[str | Path],
    *,
    published: str | None = None,
    review: str | Path | None = None,
    proposers: Sequence[str] = (),
) -> tuple[Conduct, tuple[str, ...]]:
    """Code reports on how a vote was held.

    Parameters
    ----------
    paths
        Reports, folders with reports, or a case.
    published
        Day on which they were published (year-month-day), where they do not say so themselves.
    review
        Review file; it gains a line for each statement that it lacks. Without it, that of a case is read.
    proposers
        Names of plug-ins that are asked for words to look at.

    Returns
    -------
    Conduct, remarks
        The record, with the texts of the reports; and what became of reports, review and plug-ins, in a
        sentence each.

    Raises
    ------
    InputError
        If a path leads nowhere, no report can be read, or the review file cannot be used.
    """
    from plebiscope.intake.reports import read_reports

    when = None if published is None else cases.day(published)
    found = cases.reports([Path(path) for path in paths])
    named = [Path(review)] if review is not None else []
    known = [found.review] if found.review is not None else []
    record, remarks = reviewing.coded(
        read_reports(found.files, when or found.published),
        only_review([*known, *named]),
        extend=bool(named),
        proposers=proposers,
        held=found.held,
    )
    return record, (*on_reports(record.reports), *remarks)


def imitable(
    paths: Sequence[str | Path] | str | Path,
    favoured: str | None = None,
    mapping: str | Path | dict[str, Any] | None = None,
    methods: Sequence[str] | None = None,
    copies: Sequence[str | Path] = (),
) -> tuple[Contest, Returns, list[Method], dict[str, Any], int, float]:
    """Read what is needed to simulate votes like the first contest of a case that has a table with options.

    Parameters
    ----------
    paths, favoured, mapping, methods, copies
        As for :func:`examine`.

    Returns
    -------
    contest, returns, methods, params, seed, copied
        The contest, its table, the methods with their parameters by id, the seed of the plan, and the share
        of the stations with a copy of what they signed.

    Raises
    ------
    InputError
        If something given cannot be used, or no contest has a table with options.
    """
    given: dict[str, Any] = {}
    if methods is not None:
        given["methods"] = tuple(methods)
    if mapping is not None:
        given["mapping"] = _mapping_table(mapping)
    listed = [paths] if isinstance(paths, (str, Path)) else list(paths)
    found = cases.gather(
        [Path(p) for p in listed], plan=given, favoured=favoured, copies=[Path(p) for p in copies]
    )
    pairs = zip(found.case.sources, found.files, strict=True)
    kept = [(source, path) for source, path in pairs if source.role != "report"]
    bare = found.case.model_copy(update={"sources": tuple(source for source, _ in kept)})
    found = dataclasses.replace(found, case=bare, files=tuple(path for _, path in kept), review=None)
    subjects, _, _ = _read_all(found, lambda step: None)
    for subject in subjects:
        if subject.returns is not None and subject.returns.options:
            chosen = _methods(found.case.plan)
            params = {method.id: _params(method, found.case.plan) for method in chosen}
            seed, copied = found.case.plan.seed, _copied(subject, subject.returns)
            return subject.contest, subject.returns, chosen, params, seed, copied
    raise InputError(
        "there is no table with votes for options to simulate votes from",
        where=found.case.name,
        expected="results by polling station or area",
    )


def checked(found: Found) -> tuple[list[Method], dict[str, Any]]:
    """Return the methods of a plan, and the parameters of each by its id.

    Raises
    ------
    InputError
        If the plan names a method or a parameter that there is not, or a value that cannot be meant.
    """
    chosen = _methods(found.case.plan)
    return chosen, {method.id: _params(method, found.case.plan) for method in chosen}


def run(
    found: Found,
    progress: Progress | None = None,
    *,
    cache: Path | None = None,
    simulated: Matrix | None = None,
    heard: Heard | None = None,
) -> Examined:
    """Go the whole road with a case that was gathered.

    Parameters
    ----------
    found
        The case.
    progress
        Called with a few words at the beginning of each step.
    cache
        Folder in which it is looked up what the table could have shown; null looks nowhere.
    simulated
        The same, where it is known already.
    heard
        Called with the answer of each method as it comes, before anything is weighed.
    """
    started = time.perf_counter()
    tell = progress or (lambda step: None)
    chosen, settings = checked(found)
    if not (found.case.sources or found.case.totals):
        raise InputError(
            "the case names no results, no announced totals and no report",
            where=found.case.name,
            todo="fill in `results`, [[contest.totals]] or `reports` in the case file",
        )
    subjects, inputs, (conduct, told) = _read_all(found, tell)
    figures = conduct.figures if conduct is not None else ()
    homes = [stated.home(figure, subjects) for figure in figures]
    subjects = _with_stated(subjects, stated.totals(figures, homes))
    answers = []

    def hear(given: Iterable[weigh.Answer]) -> None:
        for answer in given:
            answers.append(answer)
            if heard is not None:
                heard(answer)

    with asking(chosen, settings, subjects, found.case.plan.seed, tell) as asked:
        hear(asked.at_once())
        fair = [one for subject in subjects for one in _fair(subject, found.case.plan.seed, tell)]
        hear(asked.waited_for())
    answers = asked.in_order(answers)
    sight, missed = _power(found.case.plan, subjects, chosen, settings, cache, simulated)
    for words in missed:
        tell(words)
    tell("putting the dossier together")
    dossier = assemble(
        found.case,
        subjects=subjects,
        answers=answers,
        inputs=inputs,
        conduct=conduct,
        made=making(found.case.plan.seed, time.perf_counter() - started),
        simulated=found.simulated,
        mappings=found.mappings,
        stated=stated.beside(figures, homes),
        fair=fair,
        power=sight,
    )
    remarks = (*_remarks(found, conduct), *told, *missed)
    return Examined(dossier, stations_table(subjects, answers), remarks)


def _with_stated(subjects: Sequence[Subject], said: Sequence[Totals]) -> list[Subject]:
    """Add what reports state to the announcements of each contest."""
    return [
        dataclasses.replace(
            subject,
            totals=(*subject.totals, *(one for one in said if one.contest == subject.contest.id)),
        )
        for subject in subjects
    ]


def _remarks(found: Found, conduct: Conduct | None) -> tuple[str, ...]:
    reports = conduct.reports if conduct is not None else ()
    return (
        *(f"{name} was given already, with the same content, and is used once" for name in found.repeated),
        *on_reports(reports),
    )


def on_reports(reports: Iterable[Report]) -> Iterator[str]:
    """Say which reports were not read and why, and what else a reader must know of them."""
    for report in reports:
        if not report.read:
            yield f"{report.path} is not read: {report.why_unread}"
        for note in report.notes:
            yield f"{report.path}: {note}"


def example() -> Path:
    """Return the folder of the bundled example, a simulated vote of which the truth is known."""
    here = Path(__file__).parent
    for folder in (here / "example", here.parents[1] / "examples" / "marenna"):
        if (folder / "case.toml").is_file():
            return folder
    raise InputError("the bundled example is missing from this installation", todo="install plebiscope again")


def write(examined: Examined, folder: str | Path) -> tuple[Path, ...]:
    """Write ``dossier.html``, ``dossier.json``, and ``stations.parquet`` where stations were published.

    The texts of reports that are no plain text go into ``report-texts``.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    return write_files(examined.dossier, examined.stations, Path(folder))


def write_texts(record: Conduct, folder: str | Path) -> tuple[Path, ...]:
    """Write the texts that were taken out of reports which are no plain text, into which offsets point.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    return write_report_texts(record.reports, Path(folder))


# ---------------------------------------------------------------------------------------- reading a case


def _mapping_table(mapping: str | Path | dict[str, Any]) -> dict[str, Any]:
    if isinstance(mapping, dict):
        mappings.from_dict(mapping, "mapping")
        return mapping
    path = Path(mapping)
    text, _ = decode(read_bytes(path))
    return mappings.load(text, path.name)


def _mapping(mapping: str | Path | dict[str, Any] | None) -> mappings.Mapping | None:
    return None if mapping is None else mappings.from_dict(_mapping_table(mapping), "mapping")


def _methods(plan: Plan) -> list[Method]:
    if plan.methods is not None and not plan.methods:
        raise InputError(
            "the plan names no method, so nothing would be asked",
            expected="ids as `plebiscope methods` lists them, or no choice for every method",
        )
    names = catalogue.modules() if plan.methods is None else dict.fromkeys(plan.methods)
    unknown = set(plan.params) - set(catalogue.modules())
    if unknown:
        raise InputError(
            f"the plan has parameters for methods that do not exist: {', '.join(sorted(unknown))}",
            expected="ids as `plebiscope methods` lists them",
        )
    return [catalogue.load(name) for name in names]


def _read_all(
    found: Found, tell: Progress
) -> tuple[list[Subject], list[paper.Input], tuple[Conduct | None, tuple[str, ...]]]:
    case = found.case
    inputs: list[paper.Input] = []
    lists = _announcements(found, inputs)
    subjects: list[Subject] = []
    for contest in case.contests:
        pairs = [
            (source, path)
            for source, path in zip(case.sources, found.files, strict=True)
            if source.role == "results" and source.contest == contest.id
        ]
        returns = None
        if pairs:
            tell(f"reading {', '.join(source.path for source, _ in pairs)}")
            said = _said(found, contest)
            read_one = reading.read([path for _, path in pairs], contest.id, _mapping(said))
            returns = read_one.returns
            inputs.extend(_read_inputs([source for source, _ in pairs], read_one))
            if isinstance(contest.groups, dict):
                returns = circumstances.with_groups(returns, contest.groups)
            elif contest.groups == MARKED:
                returns = circumstances.with_marks(returns)
            circumstances.check_comparison(returns, contest.comparison)
        elif contest.groups or contest.reported or _has_states(found, contest):
            raise InputError(
                "the case speaks of stations (`groups`, `reported` or `states`) and names no results",
                where=contest.id,
                expected="`results`: the files with the stations",
            )
        states = _states(found, contest.id, returns, inputs, tell)
        if returns is not None and states:
            returns = circumstances.with_states(returns, states)
        options = returns.options if returns is not None else contest.options
        totals = tuple(announced.align(item, options) for item in lists if item.contest == contest.id)
        copies = _copies(found, contest.id, returns, inputs, tell)
        named = _filled_in(contest, options, totals)
        subjects.append(Subject(named, returns, totals, copies, states=states))
    subjects = [_beside(subject, subjects[number:]) for number, subject in enumerate(subjects, start=1)]
    subjects = [_paired(subject, subjects) for subject in subjects]
    conduct = _reports(found, inputs, tell)
    return subjects, inputs, conduct


def _read_inputs(sources: Sequence[Source], read_one: reading.Reading) -> Iterator[paper.Input]:
    """Describe the files from which one table was read."""
    for source, file in zip(sources, read_one.files, strict=True):
        yield paper.Input(
            path=source.path,
            role=source.role,
            contest=source.contest,
            sha256=file.sha256,
            bytes=file.bytes,
            format=file.format,
            encoding=file.encoding or None,
        )


def _copies(
    found: Found, contest: str, official: Returns | None, inputs: list[paper.Input], tell: Progress
) -> tuple[Copies, ...]:
    """Read the second records of a contest's stations, and find the official row of each."""
    by_source: dict[Provenance, list[tuple[Source, Path]]] = {}
    for source, path in zip(found.case.sources, found.files, strict=True):
        if source.copies is not None and source.contest == contest:
            by_source.setdefault(source.copies, []).append((source, path))
    copies = []
    for provenance, pairs in by_source.items():
        tell(f"reading {', '.join(source.path for source, _ in pairs)}")
        said = found.mappings.get(copies_key(contest, provenance.source))
        read_one, returns = read_copies([path for _, path in pairs], contest, official, _mapping(said))
        inputs.extend(_read_inputs([source for source, _ in pairs], read_one))
        if official is None:
            nowhere = np.arange(len(returns), dtype=np.int64)
            matched = Match(
                np.full(len(returns), -1), {"no official results are part of this case": nowhere}, ""
            )
        else:
            matched = match.match(returns, official)
        silent = circumstances.silent(official, provenance, matched)
        copies.append(Copies(provenance.source, provenance.kind, returns, matched, provenance.strata, silent))
    return tuple(copies)


def _said(found: Found, contest: Contest) -> dict[str, Any] | None:
    """Put together what the user has said about the columns of a contest's results."""
    columns = {"reported": contest.reported, "group": None if contest.groups == MARKED else contest.groups}
    named = {name: header for name, header in columns.items() if isinstance(header, str)}
    return {**(found.mappings.get(contest.id) or found.case.plan.mapping), **named} or None


def _has_states(found: Found, contest: Contest) -> bool:
    return any(source.role == "state" and source.contest == contest.id for source in found.case.sources)


def _states(
    found: Found, contest: str, final: Returns | None, inputs: list[paper.Input], tell: Progress
) -> tuple[State, ...]:
    """Read the earlier states of a count, and find the final row of each of their stations."""
    by_time: dict[dt.datetime, list[tuple[Source, Path]]] = {}
    for source, path in zip(found.case.sources, found.files, strict=True):
        if source.reported is not None and source.contest == contest:
            by_time.setdefault(source.reported, []).append((source, path))
    states = []
    for when, pairs in sorted(by_time.items()):
        tell(f"reading {', '.join(source.path for source, _ in pairs)}")
        read_one, returns = read_copies([path for _, path in pairs], contest, final)
        inputs.extend(_read_inputs([source for source, _ in pairs], read_one))
        if final is not None:
            states.append(State(when, returns, circumstances.same_stations(returns, final)))
    return tuple(states)


def _paired(subject: Subject, subjects: Sequence[Subject]) -> Subject:
    """Put beside a contest those that were held at the same stations, and note what came of it."""
    if subject.returns is None:
        return subject
    named = [other for other in subjects if other.contest.id in subject.contest.pairs]
    pairs = tuple(
        Beside(other.contest, other.returns, match.match(other.returns, subject.returns))
        for other in named
        if other.returns is not None
    )
    bare = [other.contest.name for other in named if other.returns is None]
    returns = circumstances.in_words(subject.returns, pairs, bare)
    return dataclasses.replace(subject, returns=returns, pairs=pairs)


def _beside(subject: Subject, later: Sequence[Subject]) -> Subject:
    """Put beside a contest those later in the case that were held on the same day."""
    if subject.returns is None or subject.contest.date is None:
        return subject
    beside = tuple(
        Beside(other.contest, other.returns, match.match(other.returns, subject.returns))
        for other in later
        if other.returns is not None and other.contest.date == subject.contest.date
    )
    return dataclasses.replace(subject, beside=beside)


def _announcements(found: Found, inputs: list[paper.Input]) -> list[Totals]:
    """Read the totals files, and say to which contest each announcement belongs."""
    case = found.case
    ids = {contest.id for contest in case.contests}
    lists = list(case.totals)
    for source, path in zip(case.sources, found.files, strict=True):
        if source.role != "totals":
            continue
        inputs.append(_input(path, source.path, "totals", source.contest, "announced totals"))
        for item in announced.read(path):
            home = source.contest or (item.contest if item.contest in ids else None)
            if home is None and len(case.contests) == 1:
                home = case.contests[0].id
            if home is None:
                raise InputError(
                    f"the announcement for {item.contest!r} belongs to no contest of the case",
                    where=path.name,
                    expected="one of " + ", ".join(sorted(ids)),
                )
            lists.append(item.model_copy(update={"contest": home}))
    return lists


def _filled_in(contest: Contest, options: Sequence[str], totals: Sequence[Totals]) -> Contest:
    """Fill in the options that the results name, and check those that the case names against them."""
    if not options:
        options = tuple(dict.fromkeys(name for item in totals for name in (*item.votes, *item.shares)))
    favoured = _among(options, contest.favoured, "the favoured option", contest)
    threshold = tuple(
        one.model_copy(
            update={"option": _among(options, one.option, "the option that needs a threshold", contest)}
        )
        for one in contest.threshold
    )
    return contest.model_copy(
        update={"options": tuple(options), "favoured": favoured, "threshold": threshold}
    )


def _among(options: Sequence[str], named: str | None, what: str, contest: Contest) -> str | None:
    """Return an option that the case names, spelled as in the results."""
    if named is None or not options or named in options:
        return named
    same = [option for option in options if option.casefold() == named.casefold()]
    if len(same) != 1:
        probe = Totals(contest=contest.id, source="", votes={named: 0})
        same = [name for name in announced.align(probe, options).votes if name in options]
    if len(same) != 1:
        raise InputError(
            f"{what} {named!r} is not among those of {contest.name!r}",
            expected="one of " + ", ".join(repr(option) for option in options[:30]),
        )
    return same[0]


def _reports(
    found: Found, inputs: list[paper.Input], tell: Progress
) -> tuple[Conduct | None, tuple[str, ...]]:
    """Code the reports, and say what a person should know of their review."""
    pairs = [
        (source, path)
        for source, path in zip(found.case.sources, found.files, strict=True)
        if source.role == "report"
    ]
    if not pairs and (found.review or found.proposers):
        raise InputError(
            "there is no report in this case to review",
            where=found.review.name if found.review else None,
            expected="`reports` in the case file, or a report beside the other files",
        )
    if not pairs:
        return None, ()
    from plebiscope.intake.reports import read_reports

    tell(f"reading {len(pairs)} report{'s' if len(pairs) > 1 else ''}")
    others = len(pairs) < len(found.case.sources) or bool(found.case.totals)
    reports = read_reports(
        [(path, source.path) for source, path in pairs], found.case.plan.published, needed=not others
    )
    for (source, path), report in zip(pairs, reports, strict=True):
        inputs.append(_input(path, source.path, "report", source.contest, report.format or "unread"))
    told = reviewing.coded(
        reports,
        found.review,
        extend=found.extends,
        proposers=found.proposers,
        held=cases.held(found.case.contests),
    )
    if found.review is not None:
        inputs.append(_input(found.review, found.review.name, "review", None, "decisions"))
    return told


def _input(path: Path, shown: str, role: str, contest: str | None, kind: str) -> paper.Input:
    data = path.read_bytes()
    return paper.Input.model_validate(
        {
            "path": shown,
            "role": role,
            "contest": contest,
            "sha256": hashlib.sha256(data).hexdigest(),
            "bytes": len(data),
            "format": kind,
        }
    )


# ---------------------------------------------------------------------------------------- asking the methods


def _copied(subject: Subject, returns: Returns) -> float:
    """Return the share of a table's rows of which there is a copy, not only photographs of some ballots."""
    rows = [one.match.rows for one in subject.copies if one.kind in {"protocols", "tally"}]
    there = np.unique(np.concatenate(rows)) if rows else np.empty(0, dtype=np.int64)
    return float(np.count_nonzero(there >= 0) / max(1, len(returns)))


def _power(
    plan: Plan,
    subjects: Sequence[Subject],
    methods: Sequence[Method],
    params: Mapping[str, Any],
    cache: Path | None,
    simulated: Matrix | None,
) -> tuple[Matrix | None, list[str]]:
    """Say what the table of the first contest that was published by station could have shown.

    Simulated for this table where somebody did so, else read off the curves for tables of about its size.
    What went wrong is returned beside it, in a sentence each; it must not cost the dossier.
    """
    missed: list[str] = []
    if simulated is not None:
        return simulated, missed
    for subject in subjects:
        returns = subject.returns
        if returns is None or returns.level != "station" or not returns.options:
            continue
        try:
            return _shown(subject, returns, methods, params, plan.seed, cache, missed.append), missed
        except LookupError:
            continue
        except Exception as error:
            missed.append(
                f"what this table could have shown cannot be said, because something went wrong: "
                f"{type(error).__name__}: {error}"[:400]
            )
            break
    return None, missed


def _shown(
    subject: Subject,
    returns: Returns,
    methods: Sequence[Method],
    params: Mapping[str, Any],
    seed: int,
    cache: Path | None,
    tell: Progress,
) -> Matrix | None:
    """Say what one table could have shown; a LookupError where it cannot be imitated."""
    copied = _copied(subject, returns)
    if cache is not None:
        wanted = power.Wanted(
            subject.contest, returns, methods, [*MECHANISMS.values()], params, seed=seed, copied=copied
        )
        known = power.found(wanted, cache, tell)
        if known is not None:
            return known
    here = ground(returns, subject.favoured)
    asked = [method for method in methods if not lacking(method, subject)]
    ballots = int(here.counts.cast.sum())
    return curves.matrix(subject.contest.id, len(here), ballots, asked, MECHANISMS, copied)


_DRAWS = 2_000_000
"""Stations drawn for the fair worlds of one version, as near as whole worlds allow."""
_FEWEST = 50
"""On fewer stations no spread can be read."""


def _fair(subject: Subject, seed: int, tell: Progress) -> Iterator[FairWorlds]:
    """Look at fair votes on the stations of a contest, where it was published by station."""
    returns = subject.returns
    if returns is None or returns.level != "station":
        return
    try:
        here = ground(returns, subject.favoured)
    except LookupError:
        return
    if len(here) < _FEWEST:
        return
    tell(f"{subject.contest.name}: fair votes on the same stations")
    worlds = min(MOST_WORLDS, max(20, _DRAWS // len(here)))
    left_out = int(np.count_nonzero(returns.ordinary)) - len(here)
    try:
        looks = look(here, seed, worlds)
    except Exception as error:
        # What is looked at beside the findings must not cost the dossier.
        tell(f"fair votes cannot be simulated here: {type(error).__name__}: {error}")
        return
    yield likeness(subject.contest.id, here.options[0], worlds, looks, left_out)


def _params(method: Method, plan: Plan) -> Any:
    given = plan.params.get(method.id, {})
    known = {field.name: field for field in dataclasses.fields(method.params)}
    unknown = set(given) - set(known)
    if unknown:
        raise InputError(
            f"{method.id} has no parameter {', '.join(sorted(unknown))}",
            expected=", ".join(known),
            todo=f"see `plebiscope methods {method.id}`",
        )
    where = f"[plan.params.{method.id}]"
    try:
        params: Any = TypeAdapter(method.params).validate_python(given)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"{key} is {first['input']!r} ({first['msg']})",
            where=where,
            todo=f"see `plebiscope methods {method.id}`",
        ) from None
    for key in given:
        _check_range(key, getattr(params, key), known[key].default, where)
    return params


def _check_range(key: str, value: Any, default: Any, where: str) -> None:
    """Refuse what no parameter can be: a negative number, or a proportion that is none.

    A parameter is a proportion where its default lies between 0 and 1.
    """
    numbers = [
        one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, int | float)
    ]
    proportion = isinstance(default, float) and 0.0 < default < 1.0
    if proportion and not all(0.0 < one < 1.0 for one in numbers):
        raise InputError(f"{key} is {value!r}", where=where, expected="a number above 0 and below 1")
    if not all(0 <= one < math.inf for one in numbers):
        raise InputError(f"{key} is {value!r}", where=where, expected="no negative or endless number")


# ---------------------------------------------------------------------------------------- verifying


@dataclass(frozen=True)
class Verified:
    """What making a dossier again showed."""

    differences: tuple[str, ...]
    """One line for each place that differs, in the data, on the page or in the table of stations."""
    remarks: tuple[str, ...]
    """Versions other than those the dossier was made with, and what was therefore not compared."""


def verify(
    path: str | Path, sources: Sequence[str | Path] = (), progress: Progress | None = None
) -> Verified:
    """Make a dossier again from its sources and compare.

    Parameters
    ----------
    path
        The ``dossier.json``. Page and table are compared too where they lie beside it.
    sources
        Files or folders in which the sources lie; by default the folder of the dossier, the one above it, the
        current one and, for a simulated vote, the bundled example.

    Returns
    -------
    Verified
        Without differences where the same comes out, apart from the time it took and the versions used.

    Raises
    ------
    InputError
        If the dossier is none, or a source is missing or not the same file.
    """
    path = Path(path)
    old = paper.load(path)
    if old.masked is not None:
        raise InputError(
            "this is a copy in which names were masked, so it does not come out again from its sources",
            where=str(path),
            expected="the dossier that the copy was made from",
            todo="ask whoever made the copy to verify their own; both have the same case digest, unless the "
            "copy says that it was left out",
        )
    folders = [Path(p) for p in sources] or [path.parent, path.parent.parent, Path.cwd()]
    if old.case.simulated and not sources:
        folders.append(example())
    case = old.case.written
    if case is None:
        raise InputError(
            "the dossier does not hold the case as it was written",
            where=str(path),
            expected="a dossier made by this version or a later one",
            todo="make the dossier again with `plebiscope examine`",
        )
    found = Found(
        case,
        tuple(_same_file(entry, folders) for entry in _entries(case, old.inputs, path)),
        dict(old.case.mappings),
        inferred=True,
        simulated=old.case.simulated,
        review=next((_same_file(one, folders) for one in old.inputs if one.role == "review"), None),
        proposers=tuple(one.name for one in old.conduct.proposers) if old.conduct else (),
    )
    simulated = old.power if old.power is not None and old.power.how == "simulated" else None
    new = run(found, progress, simulated=simulated)
    remarks = paper.other_versions(old, new.dossier)
    if simulated is not None:
        remarks.append("what votes simulated to look like the table showed is taken from the dossier")
    differences = paper.differences(old, new.dossier)
    if path.name == DATA:
        if (path.parent / STATIONS).is_file() and not _same_table(path.parent / STATIONS, new.stations):
            differences.append(f"{STATIONS}: not the table that comes out")
        if (path.parent / PAGE).is_file():
            if remarks:
                remarks.append(f"{PAGE} was not compared, because other versions may draw it otherwise")
            elif (path.parent / PAGE).read_bytes() != render(old).encode():
                differences.append(f"{PAGE}: not the page that {DATA} gives")
    return Verified(tuple(differences), tuple(remarks))


def _same_table(path: Path, table: pl.DataFrame) -> bool:
    import polars as pl

    try:
        return pl.read_parquet(path).equals(table)
    except (OSError, pl.exceptions.PolarsError):
        return False


def _entries(case: Case, inputs: Sequence[paper.Input], path: Path) -> list[paper.Input]:
    """Find the entry of each source; where several have the same name, they come in the same order."""
    left: dict[tuple[str, str, str | None], list[paper.Input]] = {}
    for entry in inputs:
        left.setdefault((entry.path, entry.role, entry.contest), []).append(entry)
    entries = []
    for source in case.sources:
        same = left.get((source.path, source.role, source.contest))
        if not same:
            raise InputError(
                f"the dossier does not say from which file {source.path} was read",
                where=str(path),
                expected="an entry under `inputs` for each source of the case",
            )
        entries.append(same.pop(0))
    return entries


def _same_file(entry: paper.Input, folders: Sequence[Path]) -> Path:
    met = []
    for folder in folders:
        places = [folder] if folder.is_file() else [folder / entry.path, folder / Path(entry.path).name]
        for place in places:
            if not place.is_file() or place.stat().st_size > MAX_BYTES:
                continue
            if hashlib.sha256(place.read_bytes()).hexdigest() == entry.sha256:
                return place
            met.append(str(place))
    if met:
        raise InputError(
            f"{entry.path} is not the file that the dossier was made from",
            where=met[0],
            expected=f"a file with SHA-256 {entry.sha256}",
        )
    raise InputError(
        f"the source {entry.path} was not found",
        expected=f"a file with SHA-256 {entry.sha256}",
        todo="say where the sources lie with --sources FOLDER",
    )
