"""Which columns are the quantities and which are the options: words propose, arithmetic decides.

Every decision keeps its reason. Where headers leave several candidates, the one that adds up is taken, and the
reason says on what share of the rows it does. Where nothing decides, the columns in question are named, and how
to settle it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from plebiscope.intake.arithmetic import Identity, members_of
from plebiscope.intake.columns import Column, Table
from plebiscope.intake.meaning import COUNT_ROLES

Ints = NDArray[np.int64]
_SAMPLE = 2500
_WAYS = (
    frozenset({"mobile", "fixed"}),
    frozenset({"early", "premises", "outside", "postal", "electronic", "abroad", "proxy"}),
    frozenset({"male", "female"}),
    frozenset({"objection"}),
)
_WORDS = {
    "registered": "voters on the list",
    "received": "ballots received",
    "issued": "ballots issued",
    "unused": "ballots unused or cancelled",
    "cast": "ballots in the box",
    "voted": "voters who voted",
    "valid": "valid ballots",
    "invalid": "invalid ballots",
    "blank": "blank ballots",
    "total": "a total",
    "contested": "contested ballots",
    "spoilt": "spoilt ballots",
    "abstention": "voters who stayed away",
}


@dataclass(frozen=True)
class Choice:
    """A quantity: the columns that are added to make it (or subtracted, where their sign is -1), and why."""

    columns: tuple[Column, ...]
    why: str
    derived: bool = False
    signs: tuple[int, ...] = ()

    def values(self) -> Ints:
        """Return the counts, missing ones as zero."""
        signs = self.signs or (1,) * len(self.columns)
        total = np.zeros(len(self.columns[0].whole), np.int64)
        for sign, column in zip(signs, self.columns, strict=True):
            total = total + sign * column.whole
        return total

    def known(self) -> NDArray[np.bool_]:
        """Return where every part is known."""
        return np.logical_and.reduce([column.known for column in self.columns])


@dataclass
class Understanding:
    """What the columns of a table were understood to be."""

    quantities: dict[str, Choice] = field(default_factory=dict)
    options: dict[str, Choice] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    checks: list[tuple[str, float]] = field(default_factory=list)
    """Identities that were tried, in words, and the share of rows in which each holds."""
    blank_is_zero: bool = False
    """True where empty option cells were shown to stand for zero."""

    def used(self) -> set[int]:
        """Return the places of all columns in use."""
        choices = [*self.quantities.values(), *self.options.values()]
        return {column.place for choice in choices for column in choice.columns}


class Weighing:
    """One table's columns on the scales. Internal: use :func:`weigh`."""

    def __init__(self, table: Table, keys: set[int]) -> None:
        n = table.height
        self.rows = (
            np.unique(np.linspace(0, n - 1, min(n, _SAMPLE)).astype(np.int64))
            if n
            else np.array([], np.int64)
        )
        # Zeros in front mark a code, unless the file writes its counts that way too.
        padded = any(c.coded and c.role in (COUNT_ROLES | {"votes", "option"}) for c in table.columns)
        self.counting = [
            c
            for c in table.columns
            if c.counts and c.place not in keys and not c.runs_on and (padded or not c.coded)
        ]
        self.result = Understanding()
        self._sampled: dict[int, Ints] = {}
        self.roles = {c.place: c.role for c in self.counting}

    def at(self, column: Column) -> Ints:
        if column.place not in self._sampled:
            self._sampled[column.place] = column.whole[self.rows]
        return self._sampled[column.place]

    def sum_at(self, columns: tuple[Column, ...]) -> Ints:
        return np.sum([self.at(c) for c in columns], axis=0, dtype=np.int64)

    def stack(self, columns: list[Column]) -> Ints:
        if not columns:
            return np.zeros((len(self.rows), 0), np.int64)
        return np.stack([self.at(c) for c in columns], axis=1)

    def having(self, *roles: str) -> list[Column]:
        return [c for c in self.counting if self.roles[c.place] in roles]

    def strength(self, column: Column, role: str) -> float:
        meaning = next((m for m in column.meanings if m.role == role), None)
        return meaning.strength if meaning else 0.0

    def parts(self, column: Column) -> frozenset[str]:
        role = self.roles[column.place]
        meaning = next((m for m in column.meanings if m.role == role), None)
        return meaning.parts if meaning else frozenset()

    def alternatives(self, *roles: str) -> list[tuple[tuple[Column, ...], str]]:
        """List the ways in which a quantity may be read: each whole column, and each sum of parts."""
        found: list[tuple[tuple[Column, ...], str]] = []
        for role in roles:
            columns = self.having(role)
            wholes = sorted((c for c in columns if not self.parts(c)), key=lambda c: -self.strength(c, role))
            found.extend(((c,), f"the header speaks of {_WORDS[role]}") for c in wholes)
            for ways in _WAYS:
                group = tuple(c for c in columns if self.parts(c) & ways)
                if len(group) > 1 and (len({self.parts(c) for c in group}) > 1 or ways == _WAYS[3]):
                    found.append((group, f"the sum of the parts of {_WORDS[role]}"))
            if (
                len(columns) > 1
                and any(self.parts(c) for c in columns)
                and not any(set(columns) == set(g) for g, _ in found)
            ):
                found.append((tuple(columns), f"the sum of all columns that speak of {_WORDS[role]}"))
            if not wholes and len(columns) == 1 and self.parts(columns[0]) <= _WAYS[1] - {"early", "outside"}:
                found.append(((columns[0],), f"the header speaks of {_WORDS[role]}"))
        return found


def weigh(
    table: Table,
    keys: set[int],
    wanted: dict[str, list[Column]] | None = None,
    wanted_options: dict[str, Column] | None = None,
) -> Understanding:
    """Decide which columns are the quantities and the options.

    Parameters
    ----------
    keys
        Places of columns that name stations and areas.
    wanted, wanted_options
        What the user has said; it is taken as said.
    """
    scales = Weighing(table, keys)
    _choose_registered(scales)
    _choose_options_and_valid(scales, wanted_options)
    _choose_cast_and_invalid(scales)
    _choose_words_only(scales)
    for name, columns in (wanted or {}).items():
        scales.result.quantities[name] = Choice(tuple(columns), "named by the mapping")
    _derive(scales)
    return scales.result


def _share(condition: NDArray[np.bool_]) -> float:
    return float(np.mean(condition)) if len(condition) else 0.0


def _say(rate: float) -> str:
    return "in every row" if rate == 1.0 else f"in {100 * rate:.1f} % of the rows"


def _choose_registered(s: Weighing) -> None:
    choices = s.alternatives("registered")
    if not choices:
        return
    busiest = np.zeros(len(s.rows), np.int64)
    for column in s.having("cast", "voted", "valid"):
        busiest = np.maximum(busiest, s.at(column))
    ranked = []
    for columns, why in choices:
        values = s.sum_at(columns)
        strength = max(s.strength(c, "registered") for c in columns) - 0.02 * (len(columns) - 1)
        ranked.append((round(strength, 1), _share(values >= busiest), int(values.sum()), columns, why))
    ranked.sort(key=lambda item: item[:3], reverse=True)
    best = ranked[0]
    why = best[4]
    rivals = [item for item in ranked[1:] if len(item[3]) == 1 and item[0] >= best[0] and item[3] != best[3]]
    if rivals:
        others = ", ".join(f"{c.name!r}" for item in rivals for c in item[3])
        why += (
            f"; preferred to {others}, because it is never below the ballots more often or is the larger list"
        )
        s.result.notes.append(
            f"Several columns may hold the registered voters; {best[3][0].name!r} was taken rather than {others}. "
            "Another choice can be named in a mapping file."
        )
    s.result.quantities["registered"] = Choice(best[3], why)


def _plausible_options(s: Weighing) -> tuple[list[Column], list[Column]]:
    """List the columns that may be options: those that surely may, and those whose header says otherwise."""
    registered = s.result.quantities.get("registered")
    roof = s.sum_at(registered.columns) if registered else None
    taken = {c.place for c in registered.columns} if registered else set()
    sure: list[Column] = []
    doubtful: list[Column] = []
    for column in s.counting:
        role = s.roles[column.place]
        if column.place in taken:
            continue
        fits = roof is None or _share((s.at(column) <= roof) | (roof == 0)) >= 0.95
        if not fits:
            continue
        if role == "option" or (role in ("label", "votes") and column.headed):
            sure.append(column)
        elif role is None and column.distinct > 1:
            # A constant column, or one that numbers things, is no option; an all-zero one may be.
            (sure if column.headed else doubtful).append(column)
        elif role is None and column.largest == 0:
            sure.append(column)
        elif role in (
            "area",
            "place",
            "name",
            "contest",
            "status",
            "question",
            "winner",
            "mark",
            "level",
            "other",
        ):
            doubtful.append(column)
    return sure, doubtful


def _choose_options_and_valid(s: Weighing, wanted: dict[str, Column] | None) -> None:
    result = s.result
    sure, doubtful = _plausible_options(s)
    blanks = s.having("blank")
    if wanted:
        result.options = {name: Choice((c,), "named by the mapping") for name, c in wanted.items()}
        sure, doubtful, blanks = list(wanted.values()), [], []
    best: tuple[float, Identity, list[Column], tuple[Column, ...], str] | None = None
    for pool in ([*sure, *blanks], [*sure, *blanks, *doubtful]):
        if not pool or (best is not None and best[1].holds):
            continue
        for columns, why in s.alternatives("valid", "total", "cast", "voted"):
            rest = [c for c in pool if c not in columns]
            found = members_of(s.sum_at(columns), s.stack(rest))
            real = [rest[i] for i in found.members if rest[i] not in blanks]
            if len(real) < 1 or found.rate < 0.5:
                continue
            if (
                s.roles[columns[0].place] != "valid"
                and s.having("invalid", "blank")
                and not s.having("valid")
            ):
                # "Total" may be the ballots in the box, blank and invalid ones included; that is tried next.
                whole = members_of(
                    s.sum_at(columns), s.stack([*rest, *s.having("invalid", "contested", "spoilt")])
                )
                if whole.rate > found.rate:
                    continue
            if best is None or found.rate > best[0] + 0.02:
                best = (found.rate, found, rest, columns, why)
    if best is not None and best[1].holds:
        rate, found, rest, columns, why = best
        chosen = [rest[i] for i in found.members]
        role = s.roles[columns[0].place]
        words = " + ".join(repr(c.name) for c in columns)
        result.checks.append((f"{words} = sum of {len(chosen)} options", rate))
        if role in ("valid", "total") or (role in ("cast", "voted") and not s.having("invalid", "blank")):
            if role != "cast" or not s.having("invalid"):
                result.quantities["valid" if role in ("valid", "total") else "cast"] = Choice(
                    columns, f"{why}; it is the sum of the options {_say(rate)}"
                )
            _take_options(s, chosen, f"one of the columns that add up to {words} {_say(rate)}", wanted)
            return
        _take_options(s, chosen, f"one of the columns that add up to {words} {_say(rate)}", wanted)
        return
    _options_through_cast(s, sure, doubtful, wanted)


def _options_through_cast(
    s: Weighing, sure: list[Column], doubtful: list[Column], wanted: dict[str, Column] | None
) -> None:
    """Find the options as what is left of the ballots in the box when the invalid ones are taken out."""
    result = s.result
    spoilt = s.having("invalid", "blank", "contested", "spoilt")
    best: tuple[float, list[Column], tuple[Column, ...], str] | None = None
    for pool in (sure, [*sure, *doubtful]):
        if best is not None or not pool:
            continue
        for columns, why in s.alternatives("cast", "total", "voted"):
            rest = [c for c in (*pool, *spoilt) if c not in columns]
            found = members_of(s.sum_at(columns), s.stack(rest))
            members = [rest[i] for i in found.members]
            if found.holds and any(c in pool for c in members) and (best is None or found.rate > best[0]):
                best = (found.rate, members, columns, why)
    if best is not None:
        rate, members, columns, why = best
        words = " + ".join(repr(c.name) for c in columns)
        chosen = [c for c in members if c not in spoilt]
        lost = tuple(c for c in members if c in spoilt)
        result.checks.append((f"{words} = options + invalid", rate))
        result.quantities["cast"] = Choice(
            columns, f"{why}; it is the sum of the options and the invalid ballots {_say(rate)}"
        )
        if lost:
            result.quantities["invalid"] = Choice(lost, f"with the options it makes up {words} {_say(rate)}")
        _take_options(s, chosen, f"one of the columns that make up {words} {_say(rate)}", wanted)
        return
    valid = s.alternatives("valid")
    if valid:
        columns, why = valid[0]
        result.quantities["valid"] = Choice(columns, why)
    explicit = [c for c in sure if s.roles[c.place] == "option"]
    chosen = explicit if len(explicit) >= 2 else sure
    if not chosen:
        return
    roof = (
        valid[0][0]
        if valid
        else next((columns for columns, _ in s.alternatives("cast", "voted", "total", "registered")), None)
    )
    if roof is None and len(explicit) < 2:
        # Neither a word nor a total to hold on to: only what adds up can speak.
        _by_sums_alone(s, sure)
        return
    if roof is not None:
        total = s.sum_at(roof)
        chosen = [c for c in chosen if _share(s.at(c) <= total) >= 0.95]
        if _share(s.sum_at(tuple(chosen)) <= total) < 0.9 and len(explicit) < 2:
            return
        if valid:
            result.checks.append(("options = valid ballots", _share(s.sum_at(tuple(chosen)) == total)))
            result.notes.append(
                "The options listed do not add up to the valid ballots: not every option is in this table, or some of "
                "its columns are no options."
            )
    if not valid and len(explicit) < 2 and chosen:
        result.notes.append(
            "No total was published that the options could be checked against: they were taken because their "
            "columns hold counts and their headers mean nothing else."
        )
    _take_options(
        s,
        chosen,
        "its header is the name of an option"
        if explicit == chosen
        else "it holds counts and its header means nothing else",
        wanted,
    )


def _by_sums_alone(s: Weighing, columns: list[Column]) -> None:
    """Read a table whose headers say nothing by what adds up, and say so.

    The column that is the sum of most others is the total of the ballots; a column that is part of no sum and
    never below it holds the voters on the list.
    """
    order = sorted(columns, key=lambda c: -int(s.at(c).sum()))
    best: tuple[int, float, Column, list[Column]] | None = None
    for total in order[:5]:
        rest = [c for c in columns if c is not total and int(s.at(c).sum()) <= int(s.at(total).sum())]
        found = members_of(s.at(total), s.stack(rest))
        busy = [rest[i] for i in found.members if rest[i].largest]
        if found.holds and len(busy) >= 2 and (best is None or len(busy) > best[0]):
            best = (len(busy), found.rate, total, [rest[i] for i in found.members])
    if best is None:
        return
    _, rate, total, members = best
    s.result.checks.append((f"{total.name!r} = sum of {len(members)} columns", rate))
    s.result.quantities["cast"] = Choice(
        (total,), f"it is the sum of {len(members)} other columns {_say(rate)}"
    )
    _take_options(s, members, f"one of the columns that add up to {total.name!r} {_say(rate)}", None)
    above = [
        c for c in order if c is not total and c not in members and _share(s.at(c) >= s.at(total)) > 0.98
    ]
    said = f"{total.name!r} for the ballots, because it is their sum {_say(rate)}"
    if len(above) == 1:
        s.result.quantities["registered"] = Choice(
            (above[0],), f"it is part of no sum and never below {total.name!r}"
        )
        said += f"; {above[0].name!r} for the voters on the list, because it is never below them"
    s.result.notes.append(
        f"The headers say nothing that could be read, so the columns were told apart by arithmetic alone: {said}. Some of "
        "the columns taken for options may be blank or void ballots; name them in a mapping file."
    )


def _take_options(s: Weighing, chosen: list[Column], why: str, wanted: dict[str, Column] | None) -> None:
    if wanted:
        return
    s.result.options = {c.name: Choice((c,), why) for c in chosen}


def _choose_cast_and_invalid(s: Weighing) -> None:
    result = s.result
    taken = result.used()
    valid = result.quantities.get("valid")
    lost = [c for c in s.having("invalid", "blank", "contested", "spoilt") if c.place not in taken]
    candidates = [
        (columns, why)
        for columns, why in s.alternatives("cast", "total", "voted")
        if not any(c.place in taken for c in columns)
    ]
    base = (
        s.sum_at(valid.columns)
        if valid
        else (
            s.sum_at(tuple(c for o in result.options.values() for c in o.columns)) if result.options else None
        )
    )
    if "cast" not in result.quantities and candidates and base is not None:
        ranked = []
        for order, (columns, why) in enumerate(candidates):
            values = s.sum_at(columns)
            if lost:
                found = members_of(values - base, s.stack(lost))
                members = tuple(lost[i] for i in found.members)
                rate, holds = found.rate, found.holds
            else:
                members, rate, holds = (), _share(values >= base), False
            ranked.append((rate, -order, columns, why, members, holds))
        ranked.sort(key=lambda item: (round(item[0], 2), item[1]), reverse=True)
        rate, _, columns, why, members, holds = ranked[0]
        if rate >= 0.5 or len(ranked) == 1:
            if holds:
                words = " + ".join(repr(c.name) for c in members)
                result.checks.append((f"{columns[0].name!r} = valid + {words}", rate))
                why += f"; it is valid + invalid {_say(rate)}"
                others = [c.name for item in ranked[1:] for c in item[2] if item[0] < rate]
                if others:
                    why += (
                        f", which {', '.join(map(repr, others))} "
                        + ("is" if len(others) == 1 else "are")
                        + " not"
                    )
                if "invalid" not in result.quantities and members:
                    result.quantities["invalid"] = Choice(
                        members, f"with the valid ballots it makes up {columns[0].name!r} {_say(rate)}"
                    )
            result.quantities["cast"] = Choice(columns, why)
    elif "cast" not in result.quantities and len(candidates) >= 1 and base is None:
        columns, why = candidates[0]
        result.quantities["cast"] = Choice(columns, why)
    if "invalid" not in result.quantities:
        _choose_invalid_by_words(s, lost)


def _choose_invalid_by_words(s: Weighing, lost: list[Column]) -> None:
    """Choose the invalid ballots where no total decides: the whole, or null and blank ones together."""
    result = s.result
    whole = s.alternatives("invalid")
    blank = [c for c in lost if s.roles[c.place] == "blank"]
    contested = [c for c in lost if s.roles[c.place] == "contested"]
    if not whole and not blank and not contested:
        spoilt = [c for c in lost if s.roles[c.place] == "spoilt"]
        if spoilt:
            result.quantities["invalid"] = Choice((spoilt[0],), "the header speaks of spoilt ballots")
        return
    columns, why = whole[0] if whole else ((), "")
    more = tuple(c for c in (*blank, *contested) if c not in columns)
    cast, valid = result.quantities.get("cast"), result.quantities.get("valid")
    if more and cast is not None and valid is not None and columns:
        gap = s.sum_at(cast.columns) - s.sum_at(valid.columns)
        alone = _share(gap == s.sum_at(columns))
        together = _share(gap == s.sum_at((*columns, *more)))
        if alone >= together:
            more = ()
    if more:
        why = "invalid ballots are those counted as null, blank or contested"
    result.quantities["invalid"] = Choice((*columns, *more), why)


def _choose_words_only(s: Weighing) -> None:
    """Choose what only words can tell, and see that the figures do not contradict them."""
    result = s.result
    cast = result.quantities.get("cast")
    near = s.sum_at(cast.columns) if cast else None
    taken = result.used()
    for name in ("issued", "received", "unused"):
        choices = [
            (columns, why)
            for columns, why in s.alternatives(name)
            if not any(c.place in taken for c in columns)
        ]
        if not choices:
            continue
        columns, why = choices[0]
        if near is not None and name == "issued" and len(choices) > 1:
            columns, why = min(choices, key=lambda item: float(np.mean(np.abs(s.sum_at(item[0]) - near))))
            why += "; of the ways to read them it comes nearest to the ballots in the box"
        result.quantities[name] = Choice(columns, why)
    voted = [c for c in s.having("voted") if c.place not in taken and not s.parts(c)]
    if "issued" not in result.quantities and voted and cast is not None:
        values = s.at(voted[0])
        registered = result.quantities.get("registered")
        if registered is None or _share(values <= s.sum_at(registered.columns)) > 0.9:
            result.quantities["issued"] = Choice(
                (voted[0],),
                "voters who voted by the list, each of whom was handed a ballot; ballots in the box "
                "are published beside it",
            )


def _derive(s: Weighing) -> None:
    """Compute what was not published but follows from what was."""
    q = s.result.quantities
    options = tuple(c for choice in s.result.options.values() for c in choice.columns)
    away = s.having("abstention")
    if "cast" not in q and "valid" in q and "invalid" in q:
        q["cast"] = Choice(
            (*q["valid"].columns, *q["invalid"].columns), "derived: valid + invalid", derived=True
        )
    if "valid" not in q and "cast" in q and "invalid" in q:
        plus, minus = q["cast"].columns, q["invalid"].columns
        q["valid"] = Choice(
            (*plus, *minus),
            "derived: ballots in the box less the invalid ones",
            derived=True,
            signs=(1,) * len(plus) + (-1,) * len(minus),
        )
    if "valid" not in q and "cast" not in q and options:
        q["valid"] = Choice(options, "derived: the sum of the options", derived=True)
        if "invalid" in q:
            q["cast"] = Choice(
                (*options, *q["invalid"].columns),
                "derived: the options and the invalid ballots",
                derived=True,
            )
    if (
        "invalid" not in q
        and "cast" in q
        and "valid" in q
        and not q["valid"].derived
        and not q["cast"].derived
    ):
        plus, minus = q["cast"].columns, q["valid"].columns
        gap = s.sum_at(plus) - s.sum_at(minus)
        if _share(gap >= 0) > 0.99 and gap.any():
            q["invalid"] = Choice(
                (*plus, *minus),
                "derived: ballots in the box less the valid ones",
                derived=True,
                signs=(1,) * len(plus) + (-1,) * len(minus),
            )
    if "registered" not in q and "cast" in q and away and not q["cast"].derived:
        q["registered"] = Choice(
            (*q["cast"].columns, away[0]), "derived: those who voted and those who stayed away", derived=True
        )
    if "cast" not in q and "registered" in q and away:
        q["cast"] = Choice(
            (*q["registered"].columns, away[0]),
            "derived: registered voters less those who stayed away",
            derived=True,
            signs=(1,) * len(q["registered"].columns) + (-1,),
        )
