"""The case file: what it may say, and how it is read.

A case file may come from anybody, so a path in it must stay inside its own folder.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from plebiscope.intake import totals as announced
from plebiscope.intake.encoding import decode
from plebiscope.intake.sniff import read_bytes
from plebiscope.intake.toml_text import parsed
from plebiscope.model.case import Case, Contest, Plan, Provenance, Source, Totals
from plebiscope.model.errors import InputError

_MODEL = "the file that `plebiscope new DIR` writes"
_STATES = {"file", "files", "time"}


_COPIES = {"file", "files", "source", "kind", "mapping", "strata", "drawn"}


REVIEWS = ("review.csv", "review.toml")
"""Names under which a review file is found beside a case file."""


_TOP = {"name", "contest", "reports", "totals", "plan", "simulated"}


TEMPLATE = """# A case: the vote under scrutiny, what was published on it, and how it is to be examined.
# Written before anyone looks at the results, this file is a pre-registration: its digest stands on every
# page of the dossier. Lines that begin with # are comments.

name = "Referendum of 1 January 2030"

[[contest]]                               # one table for each question that was put
id = "referendum"                         # a short name
name = "Referendum on the constitution"
kind = "referendum"                       # referendum, presidential, parliamentary, local or other
# date = 2030-01-01
# country = "..."
# question = "..."
# favoured = "Yes"                        # the option the organisers wanted; by default the leader
# quorum = { of = "registered", per_cent = 50, counts = "cast" }     # who must take part (cast, issued or
#                                         # valid): more than that, or at least that with more_than = false
# threshold = { option = "Yes", per_cent = 60, of = "valid" }        # what an option needs of valid, cast or
#                                         # registered, beside the most votes; [{ ... }, { ... }] for several
# unpublished = ["returns"]               # what was never published, if known: returns, station, issued ...
#                                         # (of anything else missing it is only said that it is not here)
results = []                              # files in this folder, e.g. ["stations.csv"]; several are parts of
#                                         # one table, or complete one another (turnout here, votes there)
# join = ["Code", ["No.", "Precinct"]]    # columns by which such files belong together, if that is not found;
#                                         # both headers where they differ
# groups = "Machine"                      # a column that tells groups of stations; or the stations of each:
# groups = { observed = ["12", "District 4 / 7"] }     # with areas in front where it takes that
# groups = { observed = "observed.txt" }  # or a file in this folder with one station a line; or "marks", for
#                                         # electronic, postal and other marked stations against the rest
# comparison = { group = "observed", by_lot = true, within = "District" }    # which group is compared, with
#                                         # all others or with `against = "..."`; whether chance decided which
#                                         # stations are in it (by_lot) or, if not, why the choice is as good
#                                         # as that (as_by_lot = "every tenth station of the list"), inside
#                                         # which areas (within), and which group was drawn too and left it
#                                         # (lost = "sent away")
# reported = "Received at"                # a column: when a station was reported, or its number in the order
# late_as_by_lot = "voters of a building are dealt out to its rooms by lot"    # why which stations of a place
#                                         # report late is as good as chance, if somebody holds that
# pairs = "first-round"                   # id of a contest of this case that was held at the same stations

# Announced totals, one table for each source. Leave out what was not announced; write percentages with the
# decimals that were announced.
# [[contest.totals]]
# source = "Election commission, bulletin of 2 January 2030"
# date = 2030-01-02
# bulletin = 1                            # where the count was still going on: which of its announcements
# definition = "papers counted"           # what was counted, where the source says so
# registered = 1234567
# cast = 1000000
# votes = { Yes = 600000, No = 390000 }
# shares = { Yes = 60.61, No = 39.39 }
# turnout = 81.00

# The count as it stood at earlier times, where such files were published; `results` is how it ended.
# [[contest.states]]
# file = "at-midnight.csv"
# time = 2030-01-02T00:00:00

# Second records of the stations, one table for each source: observers' or voters' copies of protocols
# ("protocols"), voters' photographs of ballots, counted ("ballots"), a parallel count ("tally"), or the same
# at stations drawn by chance ("sample": a quick count).
# [[contest.copies]]
# file = "observers.csv"
# source = "Observers of the league of voters"
# kind = "protocols"
# strata = "District"                     # of a sample: inside which areas of the results it was drawn
# drawn = "drawn.txt"                     # of a sample: all stations drawn, one a line, if some have no tally

# How columns are to be understood, where `plebiscope read` got it wrong.
# [contest.mapping.columns]
# registered = "Voters on the list"

# reports = ["report.txt"]                # before the first [[contest]]: texts on how the vote was held
# totals = ["announced.csv"]              # there too: a file that announces totals of several contests, by id

[plan]
# methods = ["protocol", "integer-percentages"]   # by default all of `plebiscope methods`
# seed = 20200701
# [plan.params.integer-percentages]
# least_registered = 100
"""


@dataclass(frozen=True)
class Found:
    """A case, and where each of its sources lies.

    Attributes
    ----------
    files
        Path of each source, in the order of ``case.sources``.
    mappings
        What the user has said about the columns, by contest; about those of copies, by contest and whose
        they are (:func:`copies_key`).
    inferred
        True where no case file was given.
    """

    case: Case
    files: tuple[Path, ...]
    mappings: dict[str, dict[str, Any]]
    inferred: bool
    simulated: bool | None = None
    repeated: tuple[str, ...] = ()
    """Names of files given twice, by content; they are used once."""
    review: Path | None = None
    """File with what people decided on statements. It is no source of the case, whose digest stays as it was
    before anybody read the reports."""
    extends: bool = False
    """True where it was named by hand: lines are added to it for statements that it lacks."""
    proposers: tuple[str, ...] = ()
    """Names of plug-ins that are asked for words to look at."""


def _toml(path: Path) -> dict[str, Any]:
    return parsed(decode(read_bytes(path))[0], path.name, f"compare it with {_MODEL}")


def is_review(path: Path) -> bool:
    """Tell a file with decisions on statements by its content: a list of them, or the header of a table."""
    if path.suffix.lower() == ".toml":
        return "decision" in _toml(path)
    if path.suffix.lower() not in (".csv", ".tsv", ".txt") or not path.is_file():
        return False
    with path.open("rb") as file:
        text, _ = decode(file.read(4096))
    first = next((line for line in text.lower().splitlines() if line.strip(" ,;\t")), "")
    header = {cell.strip(' "') for cell in re.split(r"[,;\t]", first.strip())}
    return {"decision", "words", "statement", "new_code"} <= header


def only_review(paths: Sequence[Path]) -> Path | None:
    """Return the review file.

    Raises
    ------
    InputError
        If there are two.
    """
    if len({path.resolve() for path in paths}) > 1:
        raise InputError(
            "there are two review files",
            where=" and ".join(str(path) for path in paths),
            expected="one file with the decisions on all reports",
        )
    return paths[0] if paths else None


def is_case(path: Path) -> bool:
    """Tell a case file from another TOML file."""
    return path.name == "case.toml" or "contest" in _toml(path)


def _inside(folder: Path, name: Any, where: str) -> tuple[str, Path]:
    """Resolve a path named in a case file; it must stay inside the case's folder."""
    text = str(name)
    pure = PurePosixPath(text.replace("\\", "/"))
    try:
        target = (folder / Path(*pure.parts)).resolve() if not pure.is_absolute() else Path(text)
        there = target.is_file()
    except (OSError, ValueError):
        raise InputError(
            f"no file can be called {text[:60]!r}", where=where, expected="a file in the folder of the case"
        ) from None
    if pure.is_absolute() or re.match(r"^[A-Za-z]:", text) or not target.is_relative_to(folder.resolve()):
        raise InputError(
            f"the case holds a path that leads outside its folder: {text!r}",
            where=where,
            expected="a file in the folder of the case",
            todo="copy the file there, or name it on the command line instead",
        )
    if not there:
        raise InputError(
            f"the case file names a file that is not there: {text!r}",
            where=where,
            todo="check the spelling; paths are relative to the case file",
        )
    return str(pure), target


def _names(entries: Any, what: str, where: str) -> list[str]:
    """Check a list of files; one file alone may stand without brackets."""
    listed = entries if isinstance(entries, list) else [entries]
    if not all(isinstance(name, str) for name in listed):
        raise InputError(
            f"`{what}` is no list of files", where=where, expected=f'{what} = ["one.csv", "other.csv"]'
        )
    return listed


def _mapping(said: Any, where: str) -> dict[str, Any]:
    """See that what is said about columns is a table; what stands in it is checked when it is needed."""
    if not isinstance(said, dict):
        raise InputError(
            "what is said about the columns is no table",
            where=where,
            expected="[contest.mapping.columns] with canonical name = header",
        )
    return {name: _floats(value) for name, value in said.items()}


def from_file(path: Path) -> Found:
    """Read a case file and find every file that it names."""
    raw = _toml(path)
    where = path.name
    unknown = set(raw) - _TOP
    if unknown:
        raise InputError(
            f"unknown entries: {', '.join(sorted(unknown))}", where=where, expected=", ".join(sorted(_TOP))
        )
    entries = raw.get("contest")
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise InputError(
            "the case has no contest",
            where=where,
            expected="at least one [[contest]]",
            todo=f"compare it with {_MODEL}",
        )
    contests: list[Contest] = []
    sources: list[Source] = []
    files: list[Path] = []
    totals: list[Totals] = []
    mappings: dict[str, dict[str, Any]] = {}
    for number, entry in enumerate(entries, start=1):
        fields = dict(entry)
        results = fields.pop("results", [])
        said = fields.pop("totals", [])
        copied = fields.pop("copies", [])
        states = fields.pop("states", [])
        join = fields.pop("join", None)
        mapping = fields.pop("mapping", None)
        if isinstance(fields.get("groups"), dict):
            fields["groups"] = {
                label: _listed(path.parent, stations, where) if isinstance(stations, str) else stations
                for label, stations in fields["groups"].items()
            }
        fields.setdefault("id", f"contest-{number}")
        fields.setdefault("name", str(fields["id"]))
        try:
            contest = Contest.model_validate(fields)
        except ValidationError as error:
            raise InputError(announced.first_complaint(error), where=f"{where}, contest {number}") from None
        if any(other.id == contest.id for other in contests):
            raise InputError(f"two contests have the id {contest.id!r}", where=where)
        _check_comparison(contest, f"{where}, contest {number}")
        contests.append(contest)
        for name in _names(results, "results", where):
            shown, target = _inside(path.parent, name, where)
            sources.append(Source(path=shown, role="results", contest=contest.id))
            files.append(target)
        for item in said if isinstance(said, list) else [said]:
            if isinstance(item, str):
                shown, target = _inside(path.parent, item, where)
                sources.append(Source(path=shown, role="totals", contest=contest.id))
                files.append(target)
            else:
                item = item | {"contest": contest.id} if isinstance(item, dict) else item
                totals.append(announced.from_dict(item, where, contest.id))
        if mapping is not None or join is not None:
            told = _mapping({} if mapping is None else mapping, f"{where}, contest {number}")
            mappings[contest.id] = ({} if join is None else {"join": _floats(join)}) | told
        for when, names in _states(states, f"{where}, states of contest {number}"):
            for name in names:
                shown, target = _inside(path.parent, name, where)
                sources.append(Source(path=shown, role="state", contest=contest.id, reported=when))
                files.append(target)
        if states and contest.reported is not None:
            raise InputError(
                "the order of reporting is said twice: by a column (`reported`) and by `states`",
                where=f"{where}, contest {number}",
                expected="one of the two",
            )
        for provenance, names, how in _copies(copied, path.parent, f"{where}, copies of contest {number}"):
            for name in names:
                shown, target = _inside(path.parent, name, where)
                sources.append(Source(path=shown, role="copies", contest=contest.id, copies=provenance))
                files.append(target)
            if how is not None:
                mappings[copies_key(contest.id, provenance.source)] = _mapping(how, where)
    _check_pairs(contests, where)
    for name in _names(raw.get("totals", []), "totals", where):
        shown, target = _inside(path.parent, name, where)
        sources.append(Source(path=shown, role="totals"))
        files.append(target)
    for name in _names(raw.get("reports", []), "reports", where):
        shown, target = _inside(path.parent, name, where)
        sources.append(Source(path=shown, role="report"))
        files.append(target)
    try:
        plan = Plan.model_validate(_floats(raw.get("plan", {})))
    except ValidationError as error:
        raise InputError(announced.first_complaint(error), where=f"{where}, [plan]") from None
    simulated = raw.get("simulated")
    case = Case(
        name=str(raw.get("name") or contests[0].name),
        contests=tuple(contests),
        sources=tuple(sources),
        totals=tuple(totals),
        plan=plan,
    )
    return Found(
        case,
        tuple(files),
        mappings,
        inferred=False,
        simulated=simulated if isinstance(simulated, bool) else None,
        review=only_review(
            [_inside(path.parent, name, where)[1] for name in REVIEWS if (path.parent / name).is_file()]
        ),
    )


def _states(entries: Any, where: str) -> Iterator[tuple[dt.datetime, list[Any]]]:
    """Check each ``[[contest.states]]``: the files of an earlier state of the count, and its time."""
    seen: list[dt.datetime] = []
    for entry in entries if isinstance(entries, list) else [entries]:
        if (
            not isinstance(entry, dict)
            or not set(entry) <= _STATES
            or ("file" in entry) == ("files" in entry)
        ):
            raise InputError(
                "earlier states of a count are given as tables [[contest.states]], each with file and time",
                where=where,
                expected="`file` (or `files`, parts of one table) and `time`",
            )
        when = entry.get("time")
        if not isinstance(when, dt.datetime) or when in seen:
            raise InputError(
                "two states of the count have the same time" if when in seen
                else f"the time of a state of the count is {when!r}",
                where=where,
                expected="a day and a time, without quotation marks: time = 2030-01-02T00:00:00",
            )  # fmt: skip
        if when.tzinfo is not None:
            try:
                when = when.astimezone(dt.UTC).replace(tzinfo=None)
            except OverflowError:
                raise InputError(f"the time of a state of the count is {when}", where=where) from None
        seen.append(when)
        names = entry.get("files", [entry.get("file")])
        if not isinstance(names, list) or not names:
            raise InputError(
                "`files` is no list of files", where=where, expected="names of files in this folder"
            )
        yield when, names


def _listed(folder: Path, name: str, where: str) -> list[str]:
    """Read a list of stations, one a line; what follows ``#`` at the start of a line is a comment.

    Raises
    ------
    InputError
        If the file lies outside the folder of the case, is not there or names no station.
    """
    text, _ = decode(read_bytes(_inside(folder, name, where)[1]))
    lines = [line.strip() for line in text.splitlines()]
    stations = [line for line in lines if line and not line.startswith("#")]
    if not stations:
        raise InputError(
            f"the list of stations {name!r} is empty", where=where, expected="one station a line"
        )
    return stations


def _check_comparison(contest: Contest, where: str) -> None:
    """See that the groups that are compared are said.

    Raises
    ------
    InputError
        If there are none, a list of stations has not that name, or a group is compared with itself.
    """
    comparison, groups = contest.comparison, contest.groups
    if comparison is None:
        return
    if groups is None:
        raise InputError(
            "`comparison` speaks of a group of stations, and `groups` does not say which stations are in it",
            where=where,
            expected='groups = "header of a column", or groups = { observed = ["12", "13"] }',
        )
    if comparison.group == comparison.against:
        raise InputError(f"the group {comparison.group!r} is compared with itself", where=where)
    if comparison.lost is not None and comparison.lost in {comparison.group, comparison.against}:
        raise InputError(f"the group {comparison.lost!r} is compared and said to be lost", where=where)
    if comparison.lost is not None and not comparison.designed:
        raise InputError(
            "`lost` speaks of stations that were drawn, and the case does not say that chance drew them",
            where=where,
            expected='by_lot = true, as_by_lot = "why it is as good as chance", or no `lost`',
        )
    for label in (comparison.group, comparison.against, comparison.lost):
        if isinstance(groups, dict) and label is not None and label not in groups:
            raise InputError(
                f"`comparison` speaks of the group {label!r}, which `groups` does not name",
                where=where,
                expected=" or ".join(map(repr, groups)),
            )


def _check_pairs(contests: Sequence[Contest], where: str) -> None:
    """See that contests held at the same stations are contests of the case.

    Raises
    ------
    InputError
        If one is not.
    """
    ids = [contest.id for contest in contests]
    for contest in contests:
        for other in contest.pairs:
            if other not in ids or other == contest.id:
                raise InputError(
                    f"the contest {contest.id!r} is said to be held at the same stations as {other!r}, "
                    + ("which is itself" if other == contest.id else "which is no contest of the case"),
                    where=where,
                    expected="one of " + ", ".join(i for i in ids if i != contest.id)
                    if len(ids) > 1
                    else "the `id` of another [[contest]] of the case",
                )


def copies_key(contest: str, source: str) -> str:
    """Return the key of what the user has said about the columns of copies."""
    return f"{contest}/copies/{source}"


def _copies(entries: Any, folder: Path, where: str) -> Iterator[tuple[Provenance, list[Any], Any]]:
    """Check each ``[[contest.copies]]``: whose copies of what, the files they are in, and their mapping."""
    seen: set[str] = set()
    for entry in entries if isinstance(entries, list) else [entries]:
        if (
            not isinstance(entry, dict)
            or not set(entry) <= _COPIES
            or ("file" in entry) == ("files" in entry)
        ):
            raise InputError(
                "copies are given as tables [[contest.copies]] with a file each",
                where=where,
                expected="`file` (or `files`, parts of one table), `source`, `kind`; `mapping` and, of a "
                "sample, `strata` if need be",
            )
        drawn = {"drawn": entry["drawn"]} if "drawn" in entry else {}
        if isinstance(entry.get("drawn"), str):
            drawn = {"drawn": _listed(folder, entry["drawn"], where)}
        try:
            provenance = Provenance.model_validate(
                {key: entry[key] for key in ("source", "kind", "strata") if key in entry} | drawn
            )
        except ValidationError as error:
            raise InputError(announced.first_complaint(error), where=where) from None
        names = entry.get("files", [entry.get("file")])
        if not isinstance(names, list) or not names:
            raise InputError(
                "`files` is no list of files", where=where, expected="names of files in this folder"
            )
        if provenance.source in seen:
            raise InputError(
                f"two copies have the source {provenance.source!r}",
                where=where,
                expected="one table for each source, with all its `files`",
            )
        seen.add(provenance.source)
        yield provenance, names, entry.get("mapping")


def _floats(value: Any) -> Any:
    """Turn the decimals that TOML was read with back into floats where they are parameters."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: _floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_floats(item) for item in value]
    return value
