"""What became of everything that went in: every record, and every column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from plebiscope.intake import rows, unread
from plebiscope.intake.columns import Column
from plebiscope.intake.draft import Draft
from plebiscope.intake.gather import Pile, name_of
from plebiscope.intake.join import KEY, Joined, Partner
from plebiscope.intake.understanding import Use
from plebiscope.model.returns import Accounting, FileColumn, Origin, Quarantined

Bools = NDArray[np.bool_]


def account(
    joined: Joined,
    outcome: rows.Sorted,
    origins: Mapping[str, Origin],
    made_of: Mapping[str, Sequence[Column]],
) -> Accounting:
    """Say what became of every record and every column.

    Parameters
    ----------
    outcome
        What the rows of the table are.
    origins, made_of
        Where each canonical column comes from, and the columns of the table behind it.
    """
    draft = joined.draft
    table = draft.table
    several = len(joined.pile.pieces) > 1 or bool(joined.partners)
    entries = _entries(joined.pile, draft, outcome.quarantine, several)
    records, used = draft.sheet.records, int(table.records[outcome.station].sum())
    sums = int(table.records[outcome.aggregate].sum())
    furniture = len(draft.layout.furniture) + int(table.records[outcome.furniture].sum())
    for partner in joined.partners:
        theirs = partner.half.draft
        n = theirs.table.records
        station, aggregate, rest, quarantine = _fate(partner, outcome)
        entries += _entries(partner.half.pile, theirs, quarantine, several)
        records += theirs.sheet.records
        used += int(n[station].sum())
        sums += int(n[aggregate].sum())
        furniture += len(theirs.layout.furniture) + int(n[rest].sum())
    others = draft.others + sum(partner.half.draft.others for partner in joined.partners)
    return Accounting(
        records=records,
        used=used,
        aggregates=sums,
        furniture=furniture,
        quarantine=tuple(sorted(entries, key=lambda q: q.line)),
        duplicates=outcome.duplicates,
        others=others,
        columns=tuple(_columns(joined, origins, made_of)),
    )


def _columns(
    joined: Joined, origins: Mapping[str, Origin], made_of: Mapping[str, Sequence[Column]]
) -> list[FileColumn]:
    """Say of each column of each file what it was read as, or why it was not read."""
    whole = joined.draft
    uses = _uses(joined, origins, made_of)
    areas = [c.name for c in whole.keys.areas]
    joint = {c.place: c for c in whole.table.columns}
    found: list[FileColumn] = []
    halves = [(joined.pile, whole, None), *((p.half.pile, p.half.draft, p) for p in joined.partners)]
    for pile, own, partner in halves:
        here = {c.place: c for c in own.table.columns}
        base = {old: new for new, old in enumerate(own.base)}
        for place, header in enumerate(pile.pieces[0].layout.names):
            column = here.get(base.get(place, -1))
            use = own.spent.get(place)
            if column is None:
                name, use = header or f"#{place + 1}", use or Use((), "it is empty")
            elif partner is None:
                name, use = column.name, uses.get(column.place) or use
                use = use or unread.reason(column, whole.understood)
            else:
                name, laid = column.name, partner.places.get(column.place, ())
                known = [uses[new] for new in laid if new in uses]
                read_as = tuple(dict.fromkeys(one for each in known for one in each.read_as))
                if known:
                    use = Use(read_as, known[0].why)
                elif laid:
                    use = unread.reason(joint[laid[0]], whole.understood)
                else:
                    use = use or partner.spent.get(column.place) or unread.reason(column, own.understood)
            found.append(
                FileColumn(
                    place + 1,
                    name,
                    use.read_as,
                    use.why,
                    unread.line(name, use.can_be, areas),
                    name_of(pile.sheet) if joined.partners else "",
                    use.can_be,
                )
            )
    return found


def _uses(
    joined: Joined, origins: Mapping[str, Origin], made_of: Mapping[str, Sequence[Column]]
) -> dict[int, Use]:
    """Say what each column of the table is used for, by its place; what is computed from it comes last."""
    keys = joined.draft.keys
    found: dict[int, Use] = {}
    for name in sorted(made_of, key=lambda name: name in origins and origins[name].derived):
        derived = name in origins and origins[name].derived
        for column in made_of[name]:
            known = found.get(column.place)
            if known is None:
                why = origins[name].why if name in origins else "its header says so"
                found[column.place] = Use((name,), why)
            elif not derived:
                found[column.place] = Use((*known.read_as, name), known.why)
    for column in keys.twins:
        found.setdefault(
            column.place,
            Use(("another name of a place",), "it says the same as a name beside it"),
        )
    for column in keys.kinds:
        found.setdefault(column.place, Use(("kind of row",), "its few labels come again in every area"))
    named = {name for group in joined.keys for name in group}
    for column in joined.draft.table.columns:
        if column.role == "mark" and not column.counts:
            found.setdefault(column.place, Use(("mark",), "its header speaks of the kind of a row"))
        if column.name in named:
            found.setdefault(column.place, Use((KEY,), "the other file has the same values"))
    return found


def _entries(pile: Pile, draft: Draft, quarantine: Mapping[int, str], several: bool) -> list[Quarantined]:
    """List the records of a file that could not be used; ``quarantine`` says so of rows of its table."""
    sheet = draft.sheet

    def entry(position: int, reason: str) -> Quarantined:
        text = " | ".join(cell or "" for cell in sheet.cells.row(position))[:500]
        place = f"{name_of(pile.pieces[pile.origin[position]].sheet)}: " if several else ""
        return Quarantined(int(sheet.lines[position]), reason, place + text)

    reasons = dict(draft.quarantine)
    for row, reason in quarantine.items():
        reasons |= dict.fromkeys(draft.behind(row), reason)
    return [*sheet.broken, *(entry(position, reason) for position, reason in sorted(reasons.items()))]


def _fate(partner: Partner, outcome: rows.Sorted) -> tuple[Bools, Bools, Bools, dict[int, str]]:
    """Say what became of the records of a joined file: the same as of the best of the rows that they serve.

    Returns
    -------
    station, aggregate, furniture
        Masks over the rows of its table.
    quarantine
        Reason by row.
    """
    left = np.ones(partner.half.draft.table.height, dtype=bool)
    left[[*partner.aggregate, *partner.quarantine]] = False
    fates = []
    for mask in (outcome.station, outcome.aggregate, outcome.furniture):
        served = partner.rows[mask]
        fate = np.zeros_like(left)
        fate[served[served >= 0]] = True
        fates.append(fate & left)
        left &= ~fate
    station, aggregate, furniture = fates
    aggregate[list(partner.aggregate)] = True
    quarantine = dict(partner.quarantine)
    for row, reason in outcome.quarantine.items():
        quarantine |= {int(i): reason for i in partner.rows[row] if i >= 0 and left[i]}
    return station, aggregate, furniture, quarantine
