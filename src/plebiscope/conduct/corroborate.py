"""How independently a fact is reported, and in which order things happened."""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.conduct.names import bare
from plebiscope.model.report import Moment, Statement, Support


def support(statements: Sequence[Statement]) -> tuple[Support, ...]:
    """Count, for each code, who reports it.

    The voice of a report is a speaker of its own; the same person quoted in two reports is one speaker in
    two reports. Denials and norms say that a thing did not happen or should not: they support nothing.

    Returns
    -------
    tuple of Support
        In the order of the codes.
    """
    pairs: dict[str, set[tuple[str, str]]] = {}
    for one in statements:
        if one.status not in ("denied", "norm"):
            speaker = f"name {bare(one.speaker)}" if one.speaker else f"voice {one.report}"
            pairs.setdefault(one.code, set()).add((speaker, one.report))
    return tuple(
        Support(
            code=code,
            speakers=len({speaker for speaker, _ in found}),
            reports=len({report for _, report in found}),
            independent=len(found),
        )
        for code, found in sorted(pairs.items())
    )


def timeline(statements: Sequence[Statement]) -> tuple[Moment, ...]:
    """Put the dated statements in the order of what they tell; of one day, in the order of the text."""
    dated = [(one.when, index) for index, one in enumerate(statements) if one.when and one.status != "denied"]
    return tuple(
        Moment(when=when, what=f"{statements[index].name}: {statements[index].verbatim}", statement=index)
        for when, index in sorted(dated)
    )
