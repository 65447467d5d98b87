"""Which columns are the options: those that make up the ballots, by arithmetic first, then by words.

A column that is part of the valid ballots in every row is an option, whatever else its header may mean.
"""

from __future__ import annotations

import numpy as np

from plebiscope.intake.columns import Column
from plebiscope.intake.crossed import crossed
from plebiscope.intake.meaning import COUNT_ROLES
from plebiscope.intake.scales import LOST, Reading, Scales, Sum
from plebiscope.intake.understanding import Choice, Ints, Understanding, names, say, share
from plebiscope.model.errors import InputError

TOTALS = ("valid", "total", "cast", "voted")
"""Roles of what options add up to, with or without the ballots that went to none."""
UNLIKE_OPTIONS = COUNT_ROLES - {"other"}
"""Roles that no option has."""
KEYS = ("station", "area", "code", "name", "place", "constituency", "level", "sequence")
"""Roles of columns that name rows."""
_DOUBTFUL = (*KEYS, "total", "other", "contest", "status", "question", "winner", "mark", "date")
"""Roles of headers that may as well be the name of an option."""
_SILENT = 5
"""Fewest rows on which a sum is believed of which no header speaks."""
_BY_NAME = "its header is the name of an option"
_BY_SILENCE = "it holds counts and its header means nothing else"


def free(s: Scales, found: Sum) -> list[Column]:
    """List the members of a sum that are no quantities by their headers."""
    return [c for c in found.members if s.role(c) not in (*UNLIKE_OPTIONS, "part")]


def is_ballots(s: Scales, found: Sum) -> bool:
    """Tell a sum of options (and of ballots that went to none) from a sum of sums."""
    if _of_ways(s, found):
        return True
    if any(s.role(c) == "part" for c in found.members):
        return False  # "of these early", "of these at home"
    totals = {other.total.places for other in s.sums}
    summed = [c for c in found.members if frozenset([c.place]) in totals]
    # Votes for lists may be summed, each by its candidates; a total and something more is no list of options.
    return (
        bool(free(s, found))
        and not _by_way(s, found)
        and not any(s.role(c) in ("cast", "voted", "valid") for c in found.members)
        and (not summed or (len(summed) > 1 and all(s.role(c) not in UNLIKE_OPTIONS for c in summed)))
    )


def _of_ways(s: Scales, found: Sum) -> bool:
    """Tell a sum of options each of which is itself the sum of the ways in which votes were cast for it."""
    inner = {other.total.places: other for other in s.sums}
    below = [inner.get(frozenset([c.place])) for c in found.members]
    return all(one is not None and _by_way(s, one) for one in below)


def _by_way(s: Scales, found: Sum) -> bool:
    """Tell the votes for one option by the way they were cast: all stand under the name of that option."""
    group = found.total.columns[0].group
    return (
        bool(group)
        and all(c.group == group for c in found.members)
        and any(s.parts(c) for c in found.members)
    )


def first_concepts(column: Column) -> set[str]:
    """Return what the strongest meaning of a header speaks of."""
    return set(column.meanings[0].concepts if column.meanings else ())


# ---------------------------------------------------------------------------------------- by what adds up


def by_sums(s: Scales, u: Understanding) -> None:
    """Find the sum that the options make up, with or without the ballots that went to none."""
    fixed = {place for choice in u.quantities.values() for place in choice.places}
    mine = {place for choice in u.options.values() for place in choice.places}
    sums = [
        found
        for found in s.sums
        if is_ballots(s, found) and not found.places & fixed and mine <= found.places and _rank(s, found)
    ]
    if not fixed and not mine and _by_sum_of_ways(s, u):
        return
    if not sums:
        return
    best = max(sums, key=lambda found: (_rank(s, found), len(free(s, found)), found.identity.rate))
    rate = s.rate(best)
    total = s.whole(best.total)
    role = s.role(total.columns[0])
    words = " + ".join(repr(c.name) for c in total.columns)
    lost = _lost(s, best)
    if role == "valid" and (all(s.role(c) == "blank" for c in lost) or _lost_elsewhere(s, best)):
        lost = ()  # where blank ballots are valid, they are listed like an option
    options = [c for c in best.members if c not in lost and s.role(c) != "abstention"]
    valid = _valid_among(s, u, best, options)
    if valid is not None:
        lost = tuple(c for c in best.members if c is not valid)
        u.set("cast", total.columns, f"{total.why}; it is the sum of {names(best.members)} {say(rate)}")
        u.set("invalid", lost, f"with {valid.name!r} it makes up {words} {say(rate)}")
        u.set("valid", (valid,), f"with {names(lost)} it makes up {words} {say(rate)}")
        u.checks.append((f"{words} = {' + '.join(repr(c.name) for c in best.members)}", rate))
        u.notes.append(f"{valid.name!r} was taken for the valid ballots: the options lie below it.")
        below = [c for c in _free_columns(s, u) if _may_be_option(s, c)]
        _under(s, u, Reading((valid,), u.quantities["valid"].why), below, [])
        return
    u.checks.append((f"{words} = {len(options)} options" + (" + invalid" if lost else ""), rate))
    _take(s, u, options, f"one of the columns that add up to {words} {say(rate)}")
    if lost and "invalid" not in u.quantities:
        u.set("invalid", lost, f"with the options it makes up {words} {say(rate)}")
    if role in ("registered", "issued"):
        return
    if role is None:
        _wordless(s, u, best, options)
    all_ballots = (
        role in ("cast", "voted", None) and not _lost_elsewhere(s, best) and "cast" not in u.quantities
    )
    name = "cast" if lost or all_ballots else "valid"
    if name in u.quantities:
        return
    made_of = "the options and the invalid ballots" if lost else "the options"
    u.set(name, total.columns, f"{total.why}; it is the sum of {made_of} {say(rate)}")
    if lost and role == "valid":
        u.notes.append(f"{words} speaks of valid ballots, but {names(lost)} is contained in it.")
    if name == "cast" and not lost and role is not None:
        u.notes.append(
            f"The options add up to {words} with nothing left for blank or void ballots: either none were "
            "published, or a column of them is among the options."
        )
    if name == "valid" and role != "valid":
        _with_blank(s, u, best)


def _by_sum_of_ways(s: Scales, u: Understanding) -> bool:
    """Find options each of which stands in a column for each way of voting, and add these."""
    for found in s.sums:
        role = s.role(found.total.columns[0])
        lost = _lost(s, found)
        options = crossed([c for c in found.members if c not in lost]) if role in TOTALS else {}
        if not options or any(s.role(c) in UNLIKE_OPTIONS for columns in options.values() for c in columns):
            continue
        words = names(found.total.columns)
        held = say(rate := s.rate(found))
        u.options = {
            name: Choice(columns, f"{names(columns)} added; with the others they make up {words} {held}")
            for name, columns in options.items()
        }
        made_of = f"{len(options)} options by way of voting" + (" + invalid" if lost else "")
        u.checks.append((f"{words} = {made_of}", rate))
        if lost:
            u.set("invalid", lost, f"with the options it makes up {words} {held}")
        name = "valid" if not lost and (role == "valid" or _lost_elsewhere(s, found)) else "cast"
        u.set(name, found.total.columns, f"{found.total.why}; it is the sum of {made_of} {held}")
        return True
    return False


def _lost(s: Scales, found: Sum) -> tuple[Column, ...]:
    """List the members of a sum that went to no option, and those half understood that stand beside them."""
    clear = {c.place for c in found.members if s.role(c) in LOST}

    def beside(column: Column) -> bool:
        hinted = any(m.role in LOST for m in column.meanings)
        return hinted and s.role(column) is None and bool({column.place - 1, column.place + 1} & clear)

    return tuple(c for c in found.members if c.place in clear or beside(c))


def _free_columns(s: Scales, u: Understanding) -> list[Column]:
    """List the columns that are not in use and no quantities by their headers."""
    used = u.used()
    return [
        c
        for c in s.counting
        if c.place not in used
        and (s.role(c) not in UNLIKE_OPTIONS or (s.role(c) == "total" and c.place in s.with_percentage))
    ]


def _valid_among(s: Scales, u: Understanding, found: Sum, options: list[Column]) -> Column | None:
    """Find the valid ballots among the members of a sum: several columns left over lie below that one.

    So it is where one of the options is not in the table, and no header speaks of valid ballots.
    """
    largest = max(options, key=lambda c: int(s.at(c).sum()), default=None)
    if largest is None or len(options) > 3 or s.role(largest) is not None:
        return None
    rest = sum(int(s.at(c).sum()) for c in found.members if c is not largest)
    if rest > 0.15 * int(s.at(*found.total.columns).sum()):
        return None  # more than are ever blank or void
    outside = found.places | found.total.places
    top = s.at(largest)
    below = [
        c
        for c in _free_columns(s, u)
        if c.place not in outside
        and c.largest
        and _may_be_option(s, c)
        and not s.parts(c)
        and share(s.at(c) <= top) > 0.98
    ]
    together = s.at(*below) if below else np.zeros_like(top)
    inside = share(together <= top) > 0.98 and 2 * together.sum() > top.sum()
    return largest if len(below) > 1 and inside else None


def _rank(s: Scales, found: Sum) -> int:
    """Say how far a header speaks for its being the total: 3 in so many words, 1 by silence, 0 against."""
    role = s.role(found.total.columns[0])
    if role in TOTALS or _of_ways(s, found):
        return 3
    if role in ("registered", "issued", "votes"):
        return 2
    return int(role is None and found.identity.rows >= _SILENT)


def _lost_elsewhere(s: Scales, found: Sum) -> bool:
    """Tell whether ballots that went to no option are published outside this sum."""
    return any(c.place not in found.places and c.largest for c in s.having(*LOST))


def _with_blank(s: Scales, u: Understanding, found: Sum) -> None:
    """Follow an authority for which blank ballots are valid: they are then listed like an option."""
    for above in s.sums:
        more = [c for c in above.members if c.place not in found.total.places]
        blank = more and all(s.role(c) == "blank" for c in more) and found.total.places < above.places
        if blank and s.role(above.total.columns[0]) == "valid":
            u.set("valid", above.total.columns, f"{above.total.why}; it is the options and blank ballots")
            for column in more:
                u.options[column.name] = Choice((column,), "blank ballots, which are counted as valid here")
            return


def _wordless(s: Scales, u: Understanding, found: Sum, options: list[Column]) -> None:
    """Say that headers said nothing, and tell what stands above the sum of the options by arithmetic.

    What is the sum of that total and a little more are the ballots in the box; a column that is never below
    all of them is the list of voters.
    """
    total = found.total.columns[0]
    told = any(s.having("option", "votes", *UNLIKE_OPTIONS - {"registered"}))
    if not told and len(options) < 3 and all(len(c.name) < 4 for c in options):
        raise InputError(
            f"no header speaks of votes; {total.name!r} is the sum of {names(options)}, but of what?",
            expected="a column of votes for each option",
            todo="say which columns are which in a mapping file and pass it with --mapping",
        )
    said = f"{total.name!r} for the ballots, which are the sum of {len(options)} columns"
    top, inside = total, found.places | found.total.places
    for above in s.sums:
        more = [c for c in above.members if c.place != total.place]
        if total.place in above.places and len(above.total.columns) == 1 and 1 <= len(more) <= 3:
            top, inside = above.total.columns[0], inside | above.places | above.total.places
            u.set("cast", (top,), f"it is the sum of {names(above.members)}")
            u.set("invalid", tuple(more), f"with the valid ballots it makes up {top.name!r}")
            said = f"{total.name!r} for the valid ballots, the sum of {len(options)} columns"
            said += f", {top.name!r} for all ballots"
            break
    above_all = [
        c for c in s.counting if c.place not in inside and c.headed and share(s.at(c) >= s.at(top)) > 0.98
    ]
    if len(above_all) == 1 and "registered" not in u.quantities:
        u.set("registered", (above_all[0],), f"it is part of no sum and never below {top.name!r}")
        said += f", {above_all[0].name!r} for the voters on the list, which are never fewer"
    u.notes.append(
        "No header could be read that speaks of all ballots or of the valid ones; arithmetic alone took "
        f"{said}. Blank or void ballots may be among the options; a mapping file can name them."
    )


def _take(s: Scales, u: Understanding, columns: list[Column], why: str) -> None:
    """Take columns for the options, and beside them those for which nobody voted."""
    if u.options:
        return
    used = u.used() | {c.place for c in columns}
    beside = {place + step for place in used for step in (-1, 1)}
    empty = []
    for c in s.counting:
        nobody = not c.largest and c.headed and s.role(c) in (None, "option", "votes", "label")
        if nobody and c.place not in used and (c.place in beside or s.role(c) == "option"):
            empty.append(c)
            beside.add(c.place + 1)
    chosen = sorted({c.place: c for c in (*columns, *empty)}.values(), key=lambda c: c.place)
    # "Votes" under the name of each candidate: the candidates are the options.
    groups = len({c.group for c in chosen}) == len(chosen) > 1 and len({c.label for c in chosen}) == 1
    for column in chosen:
        shown = column.group if groups else column.name
        u.options[shown] = Choice((column,), why if column.largest else "nobody voted for it")


# ---------------------------------------------------------------------------------------- by words


def by_words(s: Scales, u: Understanding) -> None:
    """Choose the options where no sum tells them: by their headers, and under the roof of a total."""
    used = u.used()
    plain = [c for c in s.counting if c.place not in used and s.role(c) not in UNLIKE_OPTIONS]
    by_way = crossed([c for c in plain if s.role(c) not in KEYS])
    if by_way:
        u.options = {name: Choice(each, f"the sum of {names(each)}") for name, each in by_way.items()}
        u.notes.append(
            "No total was published that the options could be checked against: each was added up from its "
            f"columns by way of voting, as {names(next(iter(by_way.values())))}."
        )
        return
    free = _free_columns(s, u)
    explicit = [c for c in free if s.role(c) == "option"]
    answers = [c for c in explicit if {"yes", "no"} & first_concepts(c)]
    both = {"yes", "no"} <= {answer for c in answers for answer in first_concepts(c)}
    chosen = answers if both and len(answers) > 1 else [c for c in free if _may_be_option(s, c)]
    chosen = _among(s, u, _without_their_sum(s, u, chosen))
    roofs = [reading for reading in s.readings(*TOTALS) if not reading.places & used]
    if roofs:
        # A party may be called "Total Change": the total is what most options are not larger than.
        below = {r: sum(_below(s, c, s.at(*r.columns)) for c in chosen) for r in roofs}
        roof = max(roofs, key=lambda r: below[r])
        if below[roof] >= 0.9 * len(chosen) or s.role(roof.columns[0]) != "total":
            for other in sorted(roofs, key=lambda r: r is not roof):
                _under(s, u, other, chosen, explicit)
                if u.options:
                    return
            return
        chosen = sorted([*chosen, *(c for r in roofs for c in r.columns)], key=lambda c: c.place)
    lists = s.readings("registered")
    if lists:
        chosen = [c for c in chosen if _below(s, c, s.at(*lists[0].columns))]
    elif len(explicit) < 2 and not s.having("votes"):
        return
    if len(chosen) < 3 and not explicit and all(len(c.name) < 4 for c in chosen):
        return  # two abbreviations may be anything
    if chosen:
        _take(s, u, chosen, _BY_NAME if chosen == explicit else _BY_SILENCE)
        u.notes.append(
            "No total was published that the options could be checked against: they were taken because their "
            "columns hold counts and their headers mean nothing else."
        )


def _without_their_sum(s: Scales, u: Understanding, chosen: list[Column]) -> list[Column]:
    """Leave out a column that is about as large as all the others together, row by row: it is their total."""
    if len(chosen) < 4:
        return chosen
    everything = s.at(*chosen)

    def sums_up(column: Column) -> bool:
        own = s.at(column)
        others = everything - own
        return share((others <= own) & (50 * others >= 49 * own)) > 0.95

    totals = [c for c in chosen if sums_up(c)]
    if totals:
        u.notes.append(f"{names(totals)} is about the sum of the others, and was taken for no option.")
    return [c for c in chosen if c not in totals]


def _among(s: Scales, u: Understanding, chosen: list[Column]) -> list[Column]:
    """Add what stands among the options in the file: a party may be called by a word of headers."""
    if len(chosen) < 3:
        return chosen
    first, last = min(c.place for c in chosen), max(c.place for c in chosen)
    have = {c.place for c in chosen} | u.used()
    sizes = [int(s.at(c).sum()) for c in chosen]
    added = [
        c
        for c in s.counting
        if c.place not in have
        and c.headed
        and c.largest
        and not (s.parts(c) or c.coded or _numbers_places(c))
        and s.role(c) not in (*UNLIKE_OPTIONS, "other")
        and (
            (
                first < c.place < last
                and {c.place - 1, c.place + 1} <= have
                and int(s.at(c).sum()) <= max(sizes)
            )
            or (
                c.place in (first - 1, last + 1)
                and 0 < max((m.strength for m in c.meanings), default=0) < 0.6
            )
        )
    ]
    if added:
        u.notes.append(f"Taken for options because they stand among them: {names(added)}.")
    return sorted([*chosen, *added], key=lambda c: c.place)


def _run(chosen: list[Column]) -> list[Column]:
    """Return the longest run of neighbours."""
    runs: list[list[Column]] = []
    for column in chosen:
        if runs and column.place == runs[-1][-1].place + 1:
            runs[-1].append(column)
        else:
            runs.append([column])
    return max(runs, key=len, default=[])


def _under(s: Scales, u: Understanding, roof: Reading, chosen: list[Column], explicit: list[Column]) -> None:
    """Take for options what lies under the roof of a total, though it does not make it up."""
    total = s.at(*roof.columns)
    chosen = _completed(s, u, [c for c in chosen if _below(s, c, total)], total)
    together = s.at(*chosen) if chosen else np.zeros_like(total)
    if share(together <= total) < 0.9 and len(run := _run(chosen)) > 1:
        # Something that is no option stands apart from the others.
        chosen, together = run, s.at(*run)
    if not chosen or share(together <= total) < 0.9:
        return
    if together.sum() < 0.95 * total.sum():
        u.notes.append(
            f"The options listed make up {100 * together.sum() / max(1, total.sum()):.1f} % of "
            f"{names(roof.columns)}: not every option is in this table, or other ballots are counted there."
        )
    if s.role(roof.columns[0]) == "valid":
        u.set("valid", roof.columns, roof.why)
    _take(s, u, chosen, _BY_NAME if chosen == explicit else _BY_SILENCE)


def _below(s: Scales, column: Column, total: Ints) -> bool:
    return share(s.at(column) <= total) >= 0.95


def _may_be_option(s: Scales, column: Column) -> bool:
    if not column.headed or column.distinct < 2:
        return False
    role = s.role(column)
    if role == "option" or column.place in s.with_percentage:
        return True
    return role in (None, "label", "votes") and not _numbers_places(column)


def _numbers_places(column: Column) -> bool:
    return column.in_runs or column.counts_up


def _completed(s: Scales, u: Understanding, chosen: list[Column], total: Ints) -> list[Column]:
    """Add columns whose headers mean something else, if the sum then comes near the total and never above."""
    used = u.used() | {c.place for c in chosen}
    together = s.at(*chosen) if chosen else np.zeros_like(total)
    added: list[Column] = []
    for column in s.counting:
        open_to_doubt = s.role(column) in _DOUBTFUL and column.headed and not _numbers_places(column)
        values = s.at(column)
        if column.place in used or not open_to_doubt or 1000 * values.sum() < total.sum():
            continue
        if share(together + values <= total) > 0.99 and not bool((values == total).all()):
            added.append(column)
            together = together + values
    if not added or together.sum() < 0.9 * total.sum():
        return chosen
    u.notes.append(f"{names(added)} were taken for options because the sum then fits the total.")
    return sorted([*chosen, *added], key=lambda c: c.place)
