"""Why no key puts two tables together, in words that help to give one."""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.intake.matching.alike import header
from plebiscope.intake.matching.keying import APART, Coded
from plebiscope.intake.matching.pairing import NEARLY, Pair, Side, numbers_rows
from plebiscope.model.errors import InputError


def no_key(base: Side, other: Side, pairs: Sequence[Pair], once: bool) -> InputError:
    """Say of pairs that were found, or of none, what keeps them from being a key."""
    where = f"{base.name} and {other.name}"
    todo = 'name the columns that both have, join = ["..."], in a mapping file, or join the files yourself'
    expected = "columns that name each row once in both files, with the same values"
    if not pairs:
        same = [
            (c, o) for c in base.candidates for o in other.candidates if header(c) and header(c) == header(o)
        ]
        running = [repr(mine.name) for mine, theirs in same if numbers_rows(mine, theirs)]
        shared = [repr(mine.name) for mine, theirs in same if repr(mine.name) not in running]
        if shared:
            trouble = f"the columns {', '.join(shared[:6])} hold different values"
        elif running:
            trouble = f"{', '.join(running)} may number the rows of each file anew"
        else:
            trouble = "no column of one holds the values of a column of the other"
        trouble = f"nothing tells which rows of these files belong together: {trouble}"
        return InputError(trouble, where=where, expected=expected, todo=todo)
    coded = Coded(base, other, pairs)
    every = _one_for_each_column(pairs)
    said = " and ".join(pairs[i].said for i in every)
    met = coded.met(every, once)
    here, there = coded.apart(every, base=True), coded.apart(every, base=False)
    if met < NEARLY:
        here, there = coded.shares(every)
        trouble = (
            f"by {said} {100 * here:.0f} % of the rows of {base.name} are met in {other.name}, and "
            f"{100 * there:.0f} % of the rows of {other.name} in {base.name}"
        )
    elif there < APART and (here < APART or not once):
        trouble = f"even by {said} several rows bear the same names"
    else:
        fine, coarse = (base, other) if here < APART else (other, base)
        trouble = (
            f"by {said} a row of {coarse.name} would be used for several rows of {fine.name}, and its counts "
            "several times"
        )
    return InputError(trouble, where=where, expected=expected, todo=todo)


def _one_for_each_column(pairs: Sequence[Pair]) -> tuple[int, ...]:
    """Choose of the pairs those with most evidence, so that no column is in two."""
    chosen: list[int] = []
    for i, pair in enumerate(pairs):
        if not any(pair.base is pairs[k].base or pair.other is pairs[k].other for k in chosen):
            chosen.append(i)
    return tuple(chosen)
