"""A case, from a case file or inferred from bare files, with every path it names."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from plebiscope.intake import totals as announced
from plebiscope.intake.case_file import Found, from_file, is_case, is_review, only_review
from plebiscope.intake.delimited import delimited
from plebiscope.intake.encoding import decode
from plebiscope.intake.reports import SUFFIXES
from plebiscope.intake.sniff import format_of, read_bytes
from plebiscope.intake.web_text import holds_counts
from plebiscope.model.case import Case, Contest, Plan, Provenance, Role, Source
from plebiscope.model.errors import InputError
from plebiscope.model.report import Held

_TEXTS = {".txt", ".md", ".html", ".htm", ".text"}
_DOCUMENTS = SUFFIXES - _TEXTS
METADATA = "ro-crate-metadata.json"
"""What describes an archived case, and is made anew for each archive."""
LITTER = (".", "~$", METADATA)
"""How names begin of what systems, word processors and archives leave in folders."""


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
    found = from_file(case_file) if case_file is not None else None
    if found is not None and name is not None:
        raise InputError(
            "--name names a vote, but the case file does so already",
            where=str(case_file),
            todo="change `name` in the case file",
        )
    reviews = [path for path in bare if is_review(path)]
    bare = [path for path in bare if path not in reviews]
    kept, repeated = _distinct(bare, found.files if found is not None else ())
    complete = _complete(found, kept, plan or {}, favoured, name)
    if found is not None and found.review is not None:
        reviews.append(found.review)
    return replace(_with_copies(complete, copies), repeated=repeated, review=only_review(reviews))


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
                bare_or_case = _files(path)
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
            if item.suffix.lower() == ".toml" and is_case(item):
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


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith(LITTER))


@dataclass(frozen=True, slots=True)
class GivenReports:
    """Reports that were found among files, in folders and in cases, and what the cases say of them."""

    files: Sequence[tuple[Path, str]]
    """Each with the name that it is shown under."""
    published: dt.date | None
    """Day of publication of those that do not say it."""
    held: Held
    """Country and day of the vote."""
    review: Path | None
    """File with decisions on their statements."""


def reports(paths: Sequence[Path]) -> GivenReports:
    """Find the reports among files, in folders, and in cases.

    Raises
    ------
    InputError
        If a path leads nowhere, a folder or a case holds no report, or two cases have a review file.
    """
    found: list[tuple[Path, str]] = []
    published = None
    contests: list[Contest] = []
    reviews: list[Path] = []
    for path in paths:
        case_file, bare = _sort_paths([path])
        if case_file is not None:
            case = from_file(case_file)
            published = published or case.case.plan.published
            contests += case.case.contests
            reviews += [case.review] if case.review is not None else []
            here = [(file, source.path) for source, file in case.placed if source.role == "report"]
        elif path.is_dir():
            here = [(p, p.name) for p in bare if p.suffix.lower() in SUFFIXES and role_of(p) == "report"]
        else:
            here = [(path, path.name if path.is_absolute() else path.as_posix())]
        if not here:
            raise InputError(
                "there is no report in it",
                where=str(path),
                expected="reports as .txt, .md, .html, .pdf or .docx, or a case with `reports`",
            )
        found += here
    return GivenReports(found, published, held(contests), only_review(reviews))


def held(contests: Iterable[Contest]) -> Held:
    """Say in which country and on which day contests were held, as far as they agree."""
    countries = {one.country for one in contests}
    days = {one.date for one in contests}
    return Held(
        country=countries.pop() if len(countries) == 1 else None, day=days.pop() if len(days) == 1 else None
    )


def role_of(path: Path) -> Role:
    """Say what a bare file is: results, announced totals, or a report.

    What goes by the name of a report and cannot be read is a report: it is told so, and stops nothing.

    Raises
    ------
    InputError
        If it is missing, or empty or of a kind that cannot be read and not called like a report.
    """
    try:
        return _role(path)
    except InputError:
        if path.suffix.lower() in SUFFIXES and path.is_file():
            return "report"
        raise


def _role(path: Path) -> Role:
    suffix = path.suffix.lower()
    if suffix == ".toml":
        return "totals"
    if suffix in _DOCUMENTS:
        return "report"
    data = read_bytes(path)
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
