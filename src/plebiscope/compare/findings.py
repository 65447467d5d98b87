"""The findings of several dossiers side by side, question by question; none is weighed again."""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.compare.record import Answer, Question, Range
from plebiscope.compare.sides import Read
from plebiscope.dossier.words.ranks import rank
from plebiscope.model.finding import Finding

_GRADED = {"contradiction", "strong", "notable"}
_Key = tuple[str, str, str | None]


def questions(reads: Sequence[Read]) -> tuple[Question, ...]:
    """Lay the answers beside each other, in the order in which the first dossier asked.

    An answer on the option that is shown of a vote stands beside those on the options shown of the others,
    whatever they are called; one on any other option stands beside those on an option of the same name.
    """
    titles = {method.id: method.title for read in reads for method in read.dossier.methods}
    found = [_by_question(read) for read in reads]
    order: list[str] = list(dict.fromkeys(key[0] for one in found for key in one))
    keys = sorted(dict.fromkeys(key for one in found for key in one), key=lambda key: order.index(key[0]))
    return tuple(
        Question(
            method=key[0],
            title=titles.get(key[0], key[0]),
            quantity=key[1],
            option=key[2],
            answers=tuple(_answer(one[key]) if key in one else None for one in found),
        )
        for key in keys
    )


def _by_question(read: Read) -> dict[_Key, list[Finding]]:
    found: dict[_Key, list[Finding]] = {}
    for finding in read.dossier.findings:
        if finding.contest == read.contest.id:
            option = None if finding.option == read.side.option else finding.option
            found.setdefault((finding.method, finding.quantity, option), []).append(finding)
    return found


def _answer(found: Sequence[Finding]) -> Answer:
    whole = [one for one in found if one.scope.level == "contest"]
    parts = [one for one in found if one.scope.level != "contest"]
    first = min(whole or parts, key=lambda one: rank(one.grade))
    place = first.place
    return Answer(
        finding=first.id,
        status=first.status,
        grade=first.grade,
        reason=first.reason,
        n=first.n,
        effect=first.effect,
        range=None
        if place is None
        else Range(
            figure=place.figure,
            unit=place.unit,
            value=place.value,
            low=place.low,
            high=place.high,
            votes=len(place.votes),
        ),
        limit=first.limit,
        sentence=first.sentence,
        areas=len(parts),
        named=sum(one.grade in _GRADED for one in parts),
    )
