"""Which columns are the quantities and which are the options: words propose, arithmetic decides.

The sums among the columns (:mod:`plebiscope.intake.scales`) say which columns belong together; the headers
say what they are called. Where nothing adds up, the words are followed, and a note says so. Every decision
keeps its reason. Where nothing decides, the columns in question are named, and how to settle it.
"""

from __future__ import annotations

import re

import numpy as np

from plebiscope.intake import ballots
from plebiscope.intake.columns import Column, Table
from plebiscope.intake.meaning import COUNT_ROLES
from plebiscope.intake.scales import WORDS, Ints, Reading, Scales
from plebiscope.intake.two_votes import refuse_two_votes
from plebiscope.intake.understanding import Choice, Understanding, names, say, share
from plebiscope.model.errors import InputError

_SLIPS = 0.02
"""Share of rows in which figures may contradict each other by mistake."""
_SCALED = re.compile(
    r"\b(?:thousands|hundreds|1,?000s?|in tausend|tsd|(?:en|in) milliers|en miles|miles de|in migliaia"
    r"|migliaia di|em milhares|milhares de|duizend\w*|tusental|i tusen|w tys|tys|v tisících|тыс|тысяч\w*"
    r"|тисяч\w*|bin kişi)\b|(?<!\w)'000|千[人票]"
)
"""Headers of figures in thousands or hundreds."""
_FEW = 20
"""Fewest rows on which it is told whether two columns go together."""
_GOES_WITH, _STRAY = 0.8, 0.3
"""Correlations of voters on the list with ballots: of a list, and at most of a number that is none."""


def weigh(
    table: Table,
    ignored: set[int],
    wanted: dict[str, list[Column]] | None = None,
    wanted_options: dict[str, Column] | None = None,
) -> Understanding:
    """Decide which columns are the quantities and the options.

    Parameters
    ----------
    ignored
        Places of columns that are not to be counted.
    wanted, wanted_options
        What the user has said; it is taken as said.

    Raises
    ------
    InputError
        If the table holds two votes side by side.
    """
    wanted, wanted_options = wanted or {}, wanted_options or {}
    given = {
        c.place: "option"
        for c in table.columns
        if c.place in table.labels and c.role not in COUNT_ROLES and any(map(str.isalpha, c.name))
    }
    given |= {c.place: "option" for c in wanted_options.values()}
    given |= {c.place: name for name, columns in wanted.items() for c in columns}
    s, u = Scales(table, ignored, given), Understanding()
    u.quantities = {name: Choice(tuple(columns), "named by the mapping") for name, columns in wanted.items()}
    u.options = {name: Choice((c,), "named by the mapping") for name, c in wanted_options.items()}
    if not u.options:
        refuse_two_votes(s)
    ballots.by_sums(s, u)
    _registered(s, u)
    if not u.options:
        ballots.by_words(s, u)
    valid = _open(s, u, "valid")
    if "valid" not in u.quantities and valid:
        u.set("valid", valid[0].columns, valid[0].why)
    _cast(s, u)
    _invalid(s, u)
    _by_words(s, u)
    _derive(s, u)
    _refuse_scaled(u)
    return u


def _refuse_scaled(u: Understanding) -> None:
    """Refuse figures in thousands: they are no counts.

    Raises
    ------
    InputError
        If the headers of most columns in use say so.
    """
    used = {c.place: c for choice in (*u.quantities.values(), *u.options.values()) for c in choice.columns}
    scaled = [c for c in used.values() if _SCALED.search(f"{c.group} {c.name}".casefold())]
    if len(scaled) > 1 and 2 * len(scaled) > len(used):
        raise InputError(
            f"the figures are given in thousands or hundreds ({names(scaled)})",
            expected="counts of ballots",
            todo="pass the table that holds the counts",
        )


def _open(s: Scales, u: Understanding, *roles: str) -> list[Reading]:
    """List the readings of a quantity whose columns are not in use yet."""
    used = u.used()
    return [reading for reading in s.readings(*roles) if not reading.places & used]


def _filled_up(values: Ints, voters: Ints, counted: list[Ints]) -> bool:
    """Tell a list of voters that was filled up with ballots where there is none: it gives no turnout."""
    filled = values != voters
    if not 0 < share(filled) < 0.5:
        return False
    return any(share(((voters == 0) & (values == ballots))[filled]) > 1 - _SLIPS for ballots in counted)


def _no_numbers(s: Scales, choices: list[Reading], ballots: Ints) -> list[Reading]:
    """Leave out numbers of places where another column goes with the ballots, as lists of voters do."""
    if len(ballots) < _FEW or not ballots.any():
        return choices
    with np.errstate(invalid="ignore", divide="ignore"):
        alike = [float(np.nan_to_num(np.corrcoef(s.at(*r.columns), ballots)[0, 1])) for r in choices]
    if not max(alike) > _GOES_WITH:
        return choices
    return [r for r, a in zip(choices, alike, strict=True) if a > _STRAY or len(r.columns) > 1]


def _registered(s: Scales, u: Understanding) -> None:
    """Choose the voters on the list."""
    choices = _open(s, u, "registered")
    if "registered" in u.quantities or not choices:
        return
    busiest = np.zeros(len(s.rows), np.int64)
    for column in s.having("cast", "voted", "valid"):
        busiest = np.maximum(busiest, s.at(column))
    counted = [s.at(column) for column in s.having("cast", "voted", "valid", "total")]
    lists = [s.at(*reading.columns) for reading in choices]
    filled = [r for r in choices if any(_filled_up(s.at(*r.columns), other, counted) for other in lists)]
    choices = [reading for reading in choices if reading not in filled]
    choices = _no_numbers(s, choices, busiest)

    def rank(reading: Reading) -> tuple[float, bool, float, int]:
        values = s.at(*reading.columns)
        strength = max(s.strength(c, "registered") for c in reading.columns)
        return round(strength, 1), len(reading.columns) == 1, share(values >= busiest), int(values.sum())

    best = max(choices, key=rank)
    whole = [reading.columns[0] for reading in choices if reading is not best and len(reading.columns) == 1]
    rivals = [c for c in whole if round(s.strength(c, "registered"), 1) >= rank(best)[0]]
    why = best.why
    for reading in filled:
        why += f"; {names(reading.columns)} is the same, filled up with ballots where there is no list"
    if rivals:
        why += f"; preferred to {names(rivals)}: never below the ballots more often, or the larger list"
        u.notes.append(
            f"Several columns may hold the registered voters; {best.columns[0].name!r} was taken rather than "
            f"{names(rivals)}."
        )
    u.set("registered", best.columns, why)


def _cast(s: Scales, u: Understanding) -> None:
    """Choose the ballots in the box, by what valid and invalid ones add up to."""
    valid = u.quantities.get("valid")
    base = valid.places if valid else {c.place for c in u.chosen}
    readings = _open(s, u, "cast", "voted", "total")
    if "cast" in u.quantities:
        return
    if not readings:
        _last_of_the_day(s, u)
        return
    if not base:
        u.set("cast", readings[0].columns, readings[0].why)
        return
    fitting = [(found, r) for r in readings for found in s.sums_of(r) if base < found.places]
    if not fitting:
        columns = valid.columns if valid else u.chosen
        fits = [round(share(s.at(*r.columns) >= s.at(*columns)), 2) for r in readings]
        if max(fits) >= 0.5:
            above = readings[fits.index(max(fits))]
            u.set("cast", above.columns, above.why)
        return
    best, reading = max(fitting, key=lambda item: round(item[0].identity.rate, 2))
    rate = s.rate(best)
    lost = tuple(c for c in best.members if c.place not in base)
    u.checks.append((f"{names(reading.columns)} = valid + {' + '.join(repr(c.name) for c in lost)}", rate))
    silent = [c for c in lost if s.role(c) is None]
    apart = tuple(c for c in lost if s.role(c) == "other")
    if 0 < len(apart) < len(lost):
        lost = tuple(c for c in lost if c not in apart)
        u.notes.append(
            f"{names(apart)} is between {names(reading.columns)} and the valid and invalid ballots."
        )
    if silent and len(silent) < len(lost):
        u.notes.append(f"{names(silent)} is counted with the invalid ballots because the sum then fits.")
    others = [r.columns[0] for r in readings if r is not reading and len(r.columns) == 1]
    why = f"{reading.why}; it is valid + invalid {say(rate)}"
    u.set("cast", reading.columns, why + (f", unlike {names(others)}" if others else ""))
    if "invalid" not in u.quantities:
        u.set("invalid", lost, f"with the valid ballots it makes up {names(reading.columns)} {say(rate)}")


def _last_of_the_day(s: Scales, u: Understanding) -> None:
    """Take for the ballots the last of several counts of voters during the day, never below the others."""
    hourly = [c for c in s.counting if any({"hour", "vote"} <= set(m.concepts) for m in c.meanings[:1])]
    used = u.used()
    chosen = u.chosen
    votes = s.at(*chosen) if chosen else np.zeros(len(s.rows), np.int64)
    for last in hourly:
        others = [c for c in hourly if c is not last]
        floor = np.maximum.reduce([votes, *(s.at(c) for c in others)])
        if others and last.place not in used and share(s.at(last) >= floor) > 0.98:
            u.set(
                "cast",
                (last,),
                f"of {len(hourly)} counts of voters during the day the last: never below the others",
            )
            return


def _invalid(s: Scales, u: Understanding) -> None:
    """Choose the invalid ballots where no sum tells them: null and blank ones together."""
    if "invalid" in u.quantities:
        return
    room = _left_over(s, u)
    fits = [
        r for r in _open(s, u, "invalid") if room is None or share(s.at(*r.columns) <= room) >= 1 - _SLIPS
    ]
    whole = _reasons(s, fits, room) or next(iter(fits), None)
    columns = whole.columns if whole else ()
    used = u.used()
    more = tuple(
        c
        for c in s.having("blank", "contested")
        if c.place not in used and c not in columns and (room is None or share(s.at(c) <= room) >= 1 - _SLIPS)
    )
    cast, chosen = u.quantities.get("cast"), u.quantities.get("valid")
    if more and columns and cast is not None and chosen is not None:
        gap = s.at(*cast.columns) - s.at(*chosen.columns)
        if share(gap == s.at(*columns)) >= share(gap == s.at(*columns, *more)):
            more = ()
    if more:
        u.set("invalid", (*columns, *more), "invalid ballots are those counted as null, blank or contested")
    elif whole or (whole := next(iter(_open(s, u, "spoilt")), None)):
        u.set("invalid", whole.columns, whole.why)


def _reasons(s: Scales, readings: list[Reading], room: Ints | None) -> Reading | None:
    """Add up ballots rejected for one reason and for another, where no column is the total of the rest."""
    columns = tuple(r.columns[0] for r in readings if len(r.columns) == 1 and r.columns[0].largest)
    if len(columns) < 2:
        return None
    together = s.at(*columns)
    largest = max(columns, key=lambda c: int(s.at(c).sum()))
    if share(2 * s.at(largest) >= together) > 0.95 or (
        room is not None and share(together <= room) < 1 - _SLIPS
    ):
        return None
    return Reading(columns, "ballots invalid for several reasons, added up")


def _left_over(s: Scales, u: Understanding) -> Ints | None:
    """Return the ballots that went to no option, or the most that they can be."""
    cast, registered = u.quantities.get("cast"), u.quantities.get("registered")
    top = cast or registered
    if top is None or not u.chosen:
        return None
    return s.at(*top.columns) - s.at(*u.chosen)


def _by_words(s: Scales, u: Understanding) -> None:
    """Choose what only words can tell, and see that the figures do not contradict them."""
    cast = u.quantities.get("cast")
    near = s.at(*cast.columns) if cast else None
    for name in ("issued", "received", "unused"):
        choices = _open(s, u, name) or _by_second_meaning(s, u, name)
        if name in u.quantities or not choices:
            continue
        best, why = choices[0], choices[0].why
        if near is not None and name == "issued" and len(choices) > 1:
            # "Issued on the day" names no part of anything, yet those issued early come on top of it.
            every = tuple(dict.fromkeys(c for reading in choices for c in reading.columns))
            choices = [*choices, Reading(every, f"the sum of the columns that speak of {WORDS[name]}")]
            best = min(choices, key=lambda r: float(np.mean(np.abs(s.at(*r.columns) - near))))
            why = f"{best.why}; of the ways to read them it comes nearest to the ballots in the box"
        u.set(name, best.columns, why)
    voted = [r for r in _open(s, u, "voted") if len(r.columns) == 1 and not s.parts(r.columns[0])]
    registered = u.quantities.get("registered")
    if "issued" not in u.quantities and voted and near is not None:
        # Those who voted by the list alone may be fewer than the ballots; all who voted are not.
        whole = max(voted, key=lambda r: share(s.at(*r.columns) >= near))
        values = s.at(*whole.columns)
        listed = registered is None or share(values <= s.at(*registered.columns)) > 0.9
        if listed and share(values >= near) > 0.9:
            u.set(
                "issued",
                whole.columns,
                "voters who voted by the list, each of whom was handed a ballot; ballots in the box are "
                "published beside it",
            )


def _by_second_meaning(s: Scales, u: Understanding, name: str) -> list[Reading]:
    """List columns left over whose header may as well speak of a quantity (half understood)."""
    used = u.used()
    left = [c for c in s.counting if c.place not in used and s.strength(c, name) > 0.6]
    return [Reading((c,), f"the header may speak of {WORDS[name]}") for c in left[:1]]


def _derive(s: Scales, u: Understanding) -> None:
    """Compute what was not published but follows from what was."""
    q, options = u.quantities, u.chosen
    away = s.having("abstention")
    if "cast" not in q and {"valid", "invalid"} <= set(q):
        u.set("cast", (*q["valid"].columns, *q["invalid"].columns), "derived: valid + invalid", derived=True)
    if "valid" not in q and {"cast", "invalid"} <= set(q):
        lost = q["invalid"].columns
        gap = s.at(*q["cast"].columns) - s.at(*lost)
        if options and share(gap == s.at(*options)) > 0.8:
            u.set("valid", options, "derived: the sum of the options", derived=True)
        elif options and share(gap < s.at(*options)) > _SLIPS:
            u.notes.append(
                f"{names(q['cast'].columns)} less {names(lost)} is below the votes for the options: "
                "no number of valid ballots was derived."
            )
        else:
            why = "derived: ballots in the box less the invalid ones"
            u.set("valid", (*q["cast"].columns, *lost), why, derived=True, less=len(lost))
    if "valid" not in q and "cast" not in q and options:
        u.set("valid", options, "derived: the sum of the options", derived=True)
        if "invalid" in q:
            why = "derived: the options and the invalid ballots"
            u.set("cast", (*options, *q["invalid"].columns), why, derived=True)
    if "invalid" not in q and {"cast", "valid"} <= set(q) and not q["valid"].derived | q["cast"].derived:
        plus, minus = q["cast"].columns, q["valid"].columns
        gap = s.at(*plus) - s.at(*minus)
        if share(gap >= 0) > 0.99 and gap.any():
            why = "derived: ballots in the box less the valid ones"
            u.set("invalid", (*plus, *minus), why, derived=True, less=len(minus))
    if "registered" not in q and "cast" in q and away and not q["cast"].derived:
        why = "derived: those who voted and those who stayed away"
        u.set("registered", (*q["cast"].columns, away[0]), why, derived=True)
    if "cast" not in q and "registered" in q and away:
        why = "derived: registered voters less those who stayed away"
        u.set("cast", (*q["registered"].columns, away[0]), why, derived=True, less=1)
