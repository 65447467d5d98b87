"""What a case file says: its contests, their files and announcements, and the plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from plebiscope.intake import totals as announced
from plebiscope.intake.case_file.beside import copies, states
from plebiscope.intake.case_file.checks import check_comparison, check_pairs
from plebiscope.intake.case_file.columns import floats, mapping
from plebiscope.intake.case_file.found import Found, copies_key
from plebiscope.intake.case_file.kinds import MODEL, REVIEWS, only_review, toml
from plebiscope.intake.case_file.named import Named, inside, listed, names
from plebiscope.model.case import Case, Contest, Plan, Totals
from plebiscope.model.errors import InputError

_TOP = {"name", "contest", "reports", "totals", "plan", "simulated"}
_TABLES = {"results", "totals", "copies", "states", "join", "mapping"}
"""What a contest says of its files; everything else it says of itself."""


@dataclass(frozen=True)
class _Read:
    """What was read of a case file so far."""

    named: Named
    contests: list[Contest] = field(default_factory=list)
    totals: list[Totals] = field(default_factory=list)
    mappings: dict[str, dict[str, Any]] = field(default_factory=dict)


def from_file(path: Path) -> Found:
    """Read a case file and find every file that it names."""
    raw = toml(path)
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
            todo=f"compare it with {MODEL}",
        )
    read = _Read(Named(path.parent, where))
    for number, entry in enumerate(entries, start=1):
        contest = _contest(entry, number, read)
        read.contests.append(contest)
        _tables(contest, entry, number, read)
    check_pairs(read.contests, where)
    for name in names(raw.get("totals", []), "totals", where):
        read.named.add(name, "totals")
    for name in names(raw.get("reports", []), "reports", where):
        read.named.add(name, "report")
    try:
        plan = Plan.model_validate(floats(raw.get("plan", {})))
    except ValidationError as error:
        raise InputError(announced.first_complaint(error), where=f"{where}, [plan]") from None
    simulated = raw.get("simulated")
    case = Case(
        name=str(raw.get("name") or read.contests[0].name),
        contests=tuple(read.contests),
        sources=tuple(read.named.sources),
        totals=tuple(read.totals),
        plan=plan,
    )
    return Found(
        case,
        tuple(read.named.files),
        read.mappings,
        inferred=False,
        simulated=simulated if isinstance(simulated, bool) else None,
        review=only_review(
            [inside(path.parent, name, where)[1] for name in REVIEWS if (path.parent / name).is_file()]
        ),
    )


def _contest(entry: dict[str, Any], number: int, read: _Read) -> Contest:
    """Read what a contest says of itself."""
    folder, where = read.named.folder, read.named.where
    fields = {name: said for name, said in entry.items() if name not in _TABLES}
    if isinstance(fields.get("groups"), dict):
        fields["groups"] = {
            label: listed(folder, stations, where) if isinstance(stations, str) else stations
            for label, stations in fields["groups"].items()
        }
    fields.setdefault("id", f"contest-{number}")
    fields.setdefault("name", str(fields["id"]))
    try:
        contest = Contest.model_validate(fields)
    except ValidationError as error:
        raise InputError(announced.first_complaint(error), where=f"{where}, contest {number}") from None
    if any(other.id == contest.id for other in read.contests):
        raise InputError(f"two contests have the id {contest.id!r}", where=where)
    check_comparison(contest, f"{where}, contest {number}")
    return contest


def _tables(contest: Contest, entry: dict[str, Any], number: int, read: _Read) -> None:
    """Read which files and announcements belong to a contest, and what is said about their columns."""
    named, where = read.named, read.named.where
    for name in names(entry.get("results", []), "results", where):
        named.add(name, "results", contest.id)
    said = entry.get("totals", [])
    for item in said if isinstance(said, list) else [said]:
        if isinstance(item, str):
            named.add(item, "totals", contest.id)
        else:
            item = item | {"contest": contest.id} if isinstance(item, dict) else item
            read.totals.append(announced.from_dict(item, where, contest.id))
    join = entry.get("join")
    if "mapping" in entry or join is not None:
        told = mapping(entry.get("mapping", {}), f"{where}, contest {number}")
        read.mappings[contest.id] = ({} if join is None else {"join": floats(join)}) | told
    earlier = entry.get("states", [])
    for when, files in states(earlier, f"{where}, states of contest {number}"):
        for name in files:
            named.add(name, "state", contest.id, reported=when)
    if earlier and contest.reported is not None:
        raise InputError(
            "the order of reporting is said twice: by a column (`reported`) and by `states`",
            where=f"{where}, contest {number}",
            expected="one of the two",
        )
    place = f"{where}, copies of contest {number}"
    for provenance, files, how in copies(entry.get("copies", []), named.folder, place):
        for name in files:
            named.add(name, "copies", contest.id, copies=provenance)
        if how is not None:
            read.mappings[copies_key(contest.id, provenance.source)] = mapping(how, where)
