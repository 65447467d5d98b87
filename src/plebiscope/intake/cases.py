"""A case, from a case file or inferred from bare files, with every path it names.

A case file may come from anybody, so a path in it must stay inside its own folder.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from plebiscope.intake import totals as announced
from plebiscope.intake.delimited import delimited
from plebiscope.intake.encoding import decode
from plebiscope.intake.reports import holds_counts
from plebiscope.intake.sniff import format_of, read_bytes
from plebiscope.model.case import Case, Contest, Plan, Provenance, Role, Source, Totals
from plebiscope.model.errors import InputError

_TEXTS = {".txt", ".md", ".html", ".htm", ".text"}
_DOCUMENTS = {".pdf", ".docx", ".doc", ".odt", ".rtf"}
_STATES = {"file", "files", "time"}
_COPIES = {"file", "files", "source", "kind", "mapping"}
_TOP = {"name", "contest", "reports", "plan", "simulated"}

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
# reported = "Received at"                # a column: when a station was reported, or its number in the order
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
# ("protocols"), voters' photographs of ballots, counted ("ballots"), or a parallel count ("tally").
# [[contest.copies]]
# file = "observers.csv"
# source = "Observers of the league of voters"
# kind = "protocols"

# How columns are to be understood, where `plebiscope read` got it wrong.
# [contest.mapping.columns]
# registered = "Voters on the list"

# reports = ["report.txt"]                # before the first [[contest]]: texts on how the vote was held

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


def gather(
    paths: Sequence[Path],
    *,
    plan: dict[str, Any] | None = None,
    favoured: str | None = None,
    name: str | None = None,
    copies: Sequence[Path] = (),
) -> Found:
    """Make a case of a case folder or case file, of bare files, or of both.

    Parameters
    ----------
    plan
        Entries of the plan that were given by hand; they win over those of a case file.
    favoured
        Favoured option of the only contest.
    name
        Name of the vote, where no case file says it.
    copies
        Copies of protocols of the only contest, each called after its file.

    Raises
    ------
    InputError
        If a path leads nowhere, a case file is wrong, or files cannot be told to which contest they belong.
    """
    case_file, bare = _sort_paths(paths)
    found = _from_file(case_file) if case_file is not None else None
    if found is not None and name is not None:
        raise InputError(
            "--name names a vote, but the case file does so already",
            where=str(case_file),
            todo="change `name` in the case file",
        )
    kept, repeated = _distinct(bare, found.files if found is not None else ())
    complete = _complete(found, kept, plan or {}, favoured, name)
    return replace(_with_copies(complete, copies), repeated=repeated)


def _distinct(bare: list[Path], known: Sequence[Path]) -> tuple[list[Path], tuple[str, ...]]:
    """Leave out files whose very bytes were given already, by whatever name: votes and voices count once."""
    sizes = Counter(path.stat().st_size for path in (*known, *bare))

    def content(path: Path) -> bytes:
        """Tell equal files: only those of one size need be read."""
        alone = sizes[path.stat().st_size] == 1
        return b"" if alone else hashlib.sha256(read_bytes(path)).digest()

    seen = {content(path) for path in known} - {b""}
    kept: list[Path] = []
    repeated: list[str] = []
    for path in bare:
        digest = content(path)
        if digest in seen:
            repeated.append(path.name)
        else:
            kept.append(path)
        seen |= {digest} - {b""}
    return kept, tuple(repeated)


def _sort_paths(paths: Sequence[Path]) -> tuple[Path | None, list[Path]]:
    case_file: Path | None = None
    bare: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = path / "case.toml"
            if inside.is_file():
                bare_or_case = [inside]
            else:
                bare_or_case = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith("."))
                if not bare_or_case:
                    raise InputError(
                        "there is nothing in this folder",
                        where=str(path),
                        expected="a case.toml, or files of results, totals or reports",
                        todo="write a case to fill in with `plebiscope new DIR`",
                    )
        else:
            if not path.exists():
                raise InputError("there is no such file", where=str(path), todo="check the path")
            bare_or_case = [path]
        for item in bare_or_case:
            if item.suffix.lower() == ".toml" and _is_case(item):
                if case_file is not None:
                    raise InputError(
                        "two case files were given",
                        where=f"{case_file} and {item}",
                        expected="one case at a time",
                    )
                case_file = item
            else:
                bare.append(item)
    return case_file, bare


def _toml(path: Path) -> dict[str, Any]:
    text, _ = decode(read_bytes(path))
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, ArithmeticError) as error:
        raise InputError(
            f"this is no valid TOML ({error})",
            where=path.name,
            todo="compare it with the file that `plebiscope new DIR` writes",
        ) from None


def _is_case(path: Path) -> bool:
    return path.name == "case.toml" or "contest" in _toml(path)


def _inside(folder: Path, name: Any, where: str) -> tuple[str, Path]:
    """Resolve a path named in a case file; it must stay inside the case's folder."""
    text = str(name)
    pure = PurePosixPath(text.replace("\\", "/"))
    target = (folder / Path(*pure.parts)).resolve() if not pure.is_absolute() else Path(text)
    if pure.is_absolute() or re.match(r"^[A-Za-z]:", text) or not target.is_relative_to(folder.resolve()):
        raise InputError(
            f"the case file names a path outside its folder: {text!r}",
            where=where,
            expected="a file in the folder of the case",
            todo="copy the file there, or name it on the command line instead",
        )
    if not target.is_file():
        raise InputError(
            f"the case file names a file that is not there: {text!r}",
            where=where,
            todo="check the spelling; paths are relative to the case file",
        )
    return str(pure), target


def _from_file(path: Path) -> Found:
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
            todo="compare it with the file that `plebiscope new DIR` writes",
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
        fields.setdefault("id", f"contest-{number}")
        fields.setdefault("name", str(fields["id"]))
        try:
            contest = Contest.model_validate(fields)
        except ValidationError as error:
            raise InputError(announced.first_complaint(error), where=f"{where}, contest {number}") from None
        if any(other.id == contest.id for other in contests):
            raise InputError(f"two contests have the id {contest.id!r}", where=where)
        contests.append(contest)
        for name in results if isinstance(results, list) else [results]:
            shown, target = _inside(path.parent, name, where)
            sources.append(Source(path=shown, role="results", contest=contest.id))
            files.append(target)
        if isinstance(said, (str, dict)):
            said = [said]
        for item in said:
            if isinstance(item, str):
                shown, target = _inside(path.parent, item, where)
                sources.append(Source(path=shown, role="totals", contest=contest.id))
                files.append(target)
            else:
                totals.append(announced.from_dict(item | {"contest": contest.id}, where, contest.id))
        if join is not None:
            mapping = {"join": join} | (mapping or {})
        if mapping is not None:
            mappings[contest.id] = _floats(mapping)
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
        for provenance, names, how in _copies(copied, f"{where}, copies of contest {number}"):
            for name in names:
                shown, target = _inside(path.parent, name, where)
                sources.append(Source(path=shown, role="copies", contest=contest.id, copies=provenance))
                files.append(target)
            if how is not None:
                mappings[copies_key(contest.id, provenance.source)] = _floats(how)
    _check_pairs(contests, where)
    for name in raw.get("reports", []):
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
            when = when.astimezone(dt.UTC).replace(tzinfo=None)
        seen.append(when)
        names = entry.get("files", [entry.get("file")])
        if not isinstance(names, list) or not names:
            raise InputError(
                "`files` is no list of files", where=where, expected="names of files in this folder"
            )
        yield when, names


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


def _copies(entries: Any, where: str) -> Iterator[tuple[Provenance, list[Any], Any]]:
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
                expected="`file` (or `files`, parts of one table), `source`, `kind`; `mapping` if need be",
            )
        try:
            provenance = Provenance.model_validate(
                {key: entry[key] for key in ("source", "kind") if key in entry}
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


def _with_copies(found: Found, copies: Sequence[Path]) -> Found:
    """Add copies of protocols that were named on the command line."""
    if not copies:
        return found
    if len(found.case.contests) != 1:
        raise InputError(
            "the case has several contests, and it is not said to which these copies belong",
            where=", ".join(path.name for path in copies),
            expected="[[contest.copies]] in the case file",
        )
    missing = [path for path in copies if not path.is_file()]
    if missing:
        raise InputError("there is no such file", where=str(missing[0]), todo="check the path")
    contest = found.case.contests[0].id
    taken = {source.copies.source for source in found.case.sources if source.copies is not None}
    sources = [
        Source(path=path.name, role="copies", contest=contest, copies=Provenance(source=path.name))
        for path in copies
    ]
    twice = [source.path for source, count in Counter(sources).items() if count > 1 or source.path in taken]
    if twice:
        raise InputError(
            f"copies are called after their file, and {twice[0]!r} is there twice",
            todo="name the source of each with [[contest.copies]] in a case file",
        )
    case = found.case.model_copy(update={"sources": (*found.case.sources, *sources)})
    return replace(found, case=case, files=(*found.files, *copies))


def _floats(value: Any) -> Any:
    """Turn the decimals that TOML was read with back into floats where they are parameters."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: _floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_floats(item) for item in value]
    return value


def role_of(path: Path) -> Role:
    """Say what a bare file is: results, announced totals, or a report.

    Raises
    ------
    InputError
        If it is missing, empty, or of a kind that cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix == ".toml":
        return "totals"
    data = read_bytes(path)
    if suffix in _DOCUMENTS and suffix != ".csv":
        return "report"
    if suffix in (".html", ".htm"):
        return "results" if holds_counts(data) else "report"
    kind = format_of(path.name, data)
    if kind == "page" and suffix in _TEXTS and not holds_counts(data):
        return "report"
    if kind != "text":
        return "results"
    text, _ = decode(data[: 1 << 20])
    if announced.is_totals(text):
        return "totals"
    if suffix in _TEXTS and not _tabular(path.name, text):
        return "report"
    return "results"


def _tabular(name: str, text: str) -> bool:
    """Tell a table called .txt from prose: most lines have the same number of cells, three or more."""
    sheet = delimited(name, text.splitlines()[:200], "")
    widths = [int(w) for w in sheet.widths if w > 0]
    if len(widths) < 3:
        return False
    usual = max(set(widths), key=widths.count)
    return usual >= 3 and widths.count(usual) >= 0.8 * len(widths)


def _complete(
    found: Found | None, bare: list[Path], plan: dict[str, Any], favoured: str | None, name: str | None
) -> Found:
    """Add bare files to a case, or make a case of them."""
    roles = [(path, role_of(path)) for path in bare]
    results = [path for path, role in roles if role == "results"]
    lists = [path for path, role in roles if role == "totals"]
    reports = [path for path, role in roles if role == "report"]
    if found is None:
        found = _infer(results, lists, reports, name)
    else:
        if results and len(found.case.contests) > 1:
            raise InputError(
                "the case has several contests, and it is not said to which this file belongs",
                where=", ".join(p.name for p in results),
                expected="its path under `results` of a [[contest]]",
            )
        contest = found.case.contests[0].id
        more = [
            *((p, Source(path=p.name, role="results", contest=contest)) for p in results),
            *((p, Source(path=p.name, role="totals")) for p in lists),
            *((p, Source(path=p.name, role="report")) for p in reports),
        ]
        case = found.case.model_copy(update={"sources": (*found.case.sources, *(s for _, s in more))})
        found = Found(
            case, (*found.files, *(p for p, _ in more)), found.mappings, found.inferred, found.simulated
        )
    case = found.case
    if plan:
        try:
            merged = Plan.model_validate(case.plan.model_dump() | plan)
        except ValidationError as error:
            raise InputError(announced.first_complaint(error), where="the options of the command") from None
        case = case.model_copy(update={"plan": merged})
    if favoured is not None:
        if len(case.contests) > 1:
            raise InputError(
                "--favoured names an option, but the case has several contests",
                expected="`favoured` in each [[contest]] of the case file",
            )
        case = case.model_copy(
            update={"contests": (case.contests[0].model_copy(update={"favoured": favoured}),)}
        )
    return Found(case, found.files, found.mappings, found.inferred, found.simulated)


def _infer(results: list[Path], lists: list[Path], reports: list[Path], name: str | None) -> Found:
    if not (results or lists or reports):
        raise InputError("nothing to examine", expected="results, announced totals or reports")
    first = (results or lists or reports)[0].name
    stem = first.split(".")[0]
    called = name or f"The vote in {first}"
    contests: list[Contest] = []
    if results or not lists:
        contests.append(Contest(id=_slug(stem), name=called))
    main = contests[0].id if contests else None
    if lists:
        ids = list(dict.fromkeys(t.contest for path in lists for t in announced.read(path)))
        if main is not None and len(ids) == 1:
            pass  # one announcement beside one table: it is the same vote
        else:
            contests += [Contest(id=i, name=i) for i in ids if i != main]
    sources = [
        *(Source(path=p.name, role="results", contest=main) for p in results),
        *(Source(path=p.name, role="totals", contest=None) for p in lists),
        *(Source(path=p.name, role="report") for p in reports),
    ]
    case = Case(name=called, contests=tuple(contests), sources=tuple(sources))
    return Found(case, (*results, *lists, *reports), {}, inferred=True)


def _slug(text: str) -> str:
    return re.sub(r"[^\w-]+", "-", text).strip("-").lower() or "vote"


def day(text: str) -> dt.date:
    """Read a date given on the command line.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no date", expected="year-month-day, like 2022-09-29") from None
