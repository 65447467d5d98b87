"""Whether what contests say of groups of stations and of each other can be meant."""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.model.case import Contest
from plebiscope.model.errors import InputError


def check_comparison(contest: Contest, where: str) -> None:
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


def check_pairs(contests: Sequence[Contest], where: str) -> None:
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
