"""Files that hold several votes, told by the look of their columns: elections of several years, two ballots.

Places and parties come again from election to election, so that added up their votes would look like those of
one. Ways of voting are parts of one vote, and are no matter of this page.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

import polars as pl

from plebiscope.intake.columns import Column, Table
from plebiscope.model.errors import InputError

_FIRST, _LAST = 1900, 2100
"""Years in which there are votes to be told apart."""
_MOST = 20
"""Most elections that one file holds below one another."""
_BALLOTS = 6
"""Most ballots that one voter is given."""
_CLEAR = 0.75
"""A header that speaks of a year and of nothing else reads this clearly; "year built" does not."""
_AGAIN = 0.5
"""Share of the years in which a place or party is met, on average, where the years are those of votes."""
_PARTIES = 3
"""Fewest parties on a ballot; blank ballots and voters on the list are no ballot of their own."""
_NAMED = 0.95
"""Share of the records of a ballot of candidates that name one."""
_SHOWN = 12


def refuse(table: Table, named: Collection[int]) -> None:
    """Ask which vote is meant where a file holds those of several years, or several ballots of one day.

    Parameters
    ----------
    named
        Places of columns by which the user has chosen already.

    Raises
    ------
    InputError
        Naming the votes, and what to write to choose one.
    """
    columns = [c for c in table.columns if c.place not in named]
    years = next((c for c in columns if _of_votes(table, c)), None)
    ballots = next((c for c in columns if _of_ballots(table, c)), None)
    found = [c for c in (years, ballots) if c is not None]
    if found:
        raise which(found)


def which(columns: Sequence[Column]) -> InputError:
    """Ask which of the votes is meant that columns tell apart."""
    frame = pl.DataFrame({c.name: c.cells for c in columns}).drop_nulls()
    votes = frame.group_by(c.name for c in columns).agg(pl.len().alias("\0records")).sort(pl.all()).rows()
    shown = [f"{', '.join(map(repr, vote[:-1]))} ({vote[-1]:,} records)" for vote in votes[:_SHOWN]]
    more = f"; and {len(votes) - _SHOWN} more" if len(votes) > _SHOWN else ""
    example = ", ".join(
        f"{json.dumps(c.name, ensure_ascii=False)} = {json.dumps(value, ensure_ascii=False)}"
        for c, value in zip(columns, votes[-1], strict=False)
    )
    return InputError(
        f"the file holds {len(votes)} votes, told apart by {' and '.join(repr(c.name) for c in columns)}",
        expected=f"one vote, or a mapping that names the one that is meant: {'; '.join(shown)}{more}",
        todo=f"pass a file with the line `where = {{ {example} }}` as --mapping, or write the line under "
        "[contest.mapping] in a case file, a [[contest]] for each vote",
    )


def _of_votes(table: Table, column: Column) -> bool:
    """Tell a column of the years of elections: under each come the same places or parties."""
    clear = any(m.role == "date" and m.strength >= _CLEAR for m in column.meanings)
    if not clear or not column.counts or not 2 <= column.distinct <= _MOST or column.cells.null_count():
        return False
    if not column.numbers.values.is_between(_FIRST, _LAST).all():
        return False
    for other in table.columns:
        if other.numbers.kind == "text" and 3 <= other.distinct <= table.height / column.distinct / 3:
            met = pl.DataFrame({"year": column.cells, "name": other.cells}).drop_nulls().n_unique()
            if met >= _AGAIN * column.distinct * other.distinct:
                return True
    return False


def _of_ballots(table: Table, column: Column) -> bool:
    """Tell a column of kinds of ballots: on one stand candidates, on another parties and no candidate."""
    if column.counts or not 2 <= column.distinct <= _BALLOTS or column.cells.null_count():
        return False
    labels = [c for c in table.columns if c.role == "label" and c is not column]
    for person in labels:
        if not 0 < person.cells.null_count() < table.height:
            continue
        frame = pl.DataFrame({"kind": column.cells} | {str(c.place): c.cells for c in labels})
        kinds = frame.group_by("kind").agg(
            pl.col(str(person.place)).is_not_null().mean().alias("named"),
            *[pl.col(str(c.place)).drop_nulls().n_unique().alias(str(c.place)) for c in labels],
        )
        without = kinds.filter(pl.col("named") == 0)
        parties = without.select(pl.max_horizontal(str(c.place) for c in labels)).to_series()
        whole = kinds["named"].is_in([0.0]) | (kinds["named"] > _NAMED)
        if 0 < without.height < kinds.height and whole.all() and (parties >= _PARTIES).all():
            return True
    return False
