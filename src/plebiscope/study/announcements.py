"""What was announced of each contest, and which options that and the results name."""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.dossier import dossier as paper
from plebiscope.intake import totals as announced
from plebiscope.intake.case_file import Found
from plebiscope.model.case import Contest, Totals
from plebiscope.model.errors import InputError
from plebiscope.study import inputs as read_from


def announcements(found: Found, inputs: list[paper.Input]) -> list[Totals]:
    """Read the totals files, and say to which contest each announcement belongs."""
    case = found.case
    ids = {contest.id for contest in case.contests}
    lists = list(case.totals)
    for source, path in found.placed:
        if source.role != "totals":
            continue
        inputs.append(read_from.of_file(path, source.path, "totals", source.contest, "announced totals"))
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


def filled_in(contest: Contest, options: Sequence[str], totals: Sequence[Totals]) -> Contest:
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
