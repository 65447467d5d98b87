"""Several announcements of one vote, and the published results beside them: where do they differ, and why?

Question
--------
Do several announcements of one vote agree with one another, and with the sum of the published results?

Statistic
---------
* *agreement*: every figure that more than one source gives, percentages with what their rounding leaves open:
  in which the sources agree, in which they differ, and by how much;
* *bulletins*: where the order of announcements is known, by the number of the bulletin or by the date, what
  was added to each count from one to the next, and how the added votes are divided;
* *published*: the sum of the published rows against each announcement, with rows that are marked (electronic,
  postal, abroad, special) and without them; where rows are missing, how the missing votes are divided.

Fair vote
---------
None is needed: it is arithmetic. Sources that differ do not contradict themselves, since one may be mistaken,
later, or count something else; so a difference is at most something that needs an explanation. It needs one
where turnouts differ and no count does, where of two sources each has a count above the other's, and where a
count falls from one bulletin to the next. Where the sources say that they count different things, that is the
explanation. Only published rows that add up to more than what was announced for the whole cannot both be
complete and true, unless rows are named twice or the announcement counts something else.

Assumptions
-----------
* The sources speak of the same territory and the same vote.
* Later corrections move a total by less than a thousandth. The limit is a parameter.

Innocent causes
---------------
Two definitions of one word: papers verified when the boxes are opened, and papers counted. A preliminary and
a final count. Slips of the pen in copying a figure; such as would do are named. Territories that one source
counts in. Rows that are published apart, or not at all.

Blind spots
-----------
Sources that copy one another, or that were all told the same. Rows that were never published.

References
----------
Electoral Commission (2016), an official result with papers verified beside papers counted.

Example
-------
>>> slip("1,463,854", "1,463,954"), slip("44.2", "44.02"), slip("94.15", "92.6")
(True, True, False)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import polars as pl

from plebiscope.kernels.rounding import Percent
from plebiscope.model.case import Totals
from plebiscope.model.finding import Effect
from plebiscope.model.method import Evidence, Method, Subject, effect
from plebiscope.model.returns import Returns
from plebiscope.model.wording import capital, counted, listed, noun, per_cent, written

Told = str | dict[str, Any]
"""What a question gives: why it cannot be answered, or the fields of its measurement."""

COUNTS = ("registered", "cast", "valid", "invalid")

DEFINITIONS: Mapping[str, str] = {
    "verified": "papers found when the boxes were opened, before any vote was counted",
    "counted": "papers from which votes were counted, valid and rejected ones",
    "issued": "papers handed to voters, of which some may not be put into a box",
    "preliminary": "a count that was not complete, or not yet checked",
    "provisional": "a count that was not complete, or not yet checked",
}
"""What words in the definition of a count mean."""


@dataclass(frozen=True)
class Params:
    """When a difference is that of a correction."""

    revision: float = 0.001
    """Excess of the published rows over an announced total, as a share of it, that corrections explain."""


@dataclass(frozen=True, slots=True)
class Said:
    """A figure as one source gives it, with what its rounding leaves open."""

    source: int
    """Number of the source, from one."""
    text: str
    low: Fraction
    high: Fraction


def slip(one: str, other: str) -> bool:
    """Tell whether one digit changed, left out or put in, or two neighbours swapped, make one of the other.

    Of figures with fewer than three digits nothing is said.
    """
    short, long = sorted(("".join(c for c in text if c.isdigit()) for text in (one, other)), key=len)
    if len(short) < 3 or short == long or len(long) - len(short) > 1:
        return False
    if len(short) < len(long):
        return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
    apart = [at for at in range(len(long)) if short[at] != long[at]]
    swapped = len(apart) == 2 and apart[1] - apart[0] == 1
    return len(apart) == 1 or (
        swapped and short[apart[0]] + short[apart[1]] == long[apart[1]] + long[apart[0]]
    )


def meaning(definition: str) -> str:
    """Return a definition with what its words mean."""
    known = next((text for word, text in DEFINITIONS.items() if word in definition.casefold()), None)
    return f"{definition} ({known})" if known else definition


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Compare announcements with one another and with the results; ``rng`` is not used."""
    told: dict[str, Told] = {}
    returns = subject.returns
    if returns is None or len(subject.totals) > 1:
        told["agreement"] = _agreement(subject.totals)
    if steps := _steps(subject.totals):
        told["bulletins"] = _bulletins(steps)
    if returns is not None:
        for number, totals in enumerate(subject.totals, start=1):
            # What a report states of one place is set beside the rows of that place, not beside all.
            said = _published(totals, subject, returns, params) if totals.place is None else ""
            if not (isinstance(said, str) and totals.report is not None):
                told[f"published/{number}"] = said
    if not told:
        told["agreement"] = _agreement(subject.totals)
    found = []
    for slug, said in told.items():
        fields = {"status": "not testable", "reason": said} if isinstance(said, str) else said
        quantity = slug.split("/")[0]
        found.append(METHOD.answer(subject, quantity, slug=slug, params=asdict(params), **fields))
    found.sort(key=lambda one: (not one.contradiction, not one.unexplained, one.status != "tested"))
    return Evidence(tuple(found))


def _figures(announced: Sequence[Totals]) -> dict[str, list[Said]]:
    """Collect the figures that more than one source gives."""
    figures: dict[str, list[Said]] = {}
    for number, totals in enumerate(announced, start=1):
        counts = {noun(name): getattr(totals, name) for name in COUNTS}
        counts |= {f"votes for “{name}”": count for name, count in totals.votes.items()}
        where = f" in {totals.place}" if totals.place else ""
        for name, count in counts.items():
            if count is not None:
                said = Said(number, f"{count:,}", Fraction(count), Fraction(count))
                figures.setdefault(name + where, []).append(said)
        for name, one in totals.rounded.items():
            said = Said(number, f"about {one.count:,}", *map(Fraction, one.bounds))
            figures.setdefault(noun(name) + where, []).append(said)
        shares = {f"per cent for “{name}”": share for name, share in totals.shares.items()}
        for name, printed in {"turnout": totals.turnout, **shares}.items():
            if printed is not None:
                share = Percent.read(printed)
                ends = share.value - share.half_unit, share.value + share.half_unit
                figures.setdefault(name + where, []).append(Said(number, per_cent(printed, ""), *ends))
    return {name: said for name, said in figures.items() if len(said) > 1}


def _agreement(announced: Sequence[Totals]) -> Told:
    """In which figures do the sources agree and differ, and what would explain it?"""
    if len(announced) < 2:
        return "only one announcement is part of this case"
    shared = _figures(announced)
    if not shared:
        return "no figure was announced by more than one source"
    differ = {
        name: said
        for name, said in shared.items()
        if max(one.low for one in said) > min(one.high for one in said)
    }
    same = listed(name for name in shared if name not in differ)
    text = f"Announced by more than one source: {counted(len(shared), 'figures')}"
    if not differ:
        text += f"; they agree ({same})."
    else:
        text += f"; the sources agree in {same}" if same else ""
        text += f"; they differ in {'; '.join(_difference(name, said) for name, said in differ.items())}."
    why, unexplained = _explained(announced, shared, differ) if differ else ("", False)
    cited = "; ".join(f"({number}) {totals.source}" for number, totals in enumerate(announced, start=1))
    return {
        "n": len(shared),
        "observed": float(len(differ)),
        "unexplained": unexplained,
        "describes": bool(differ),
        "effect": effect("figures in which sources differ", float(len(differ)), "figures"),
        "statement": f"{text} {why} Sources: {cited}.".replace("  ", " "),
    }


def _difference(name: str, said: Sequence[Said]) -> str:
    """Write a figure in which sources differ, by how much, and whether a slip of the pen would do."""
    text = f"{name}: " + ", ".join(f"{one.text} ({one.source})" for one in said)
    low, high = min(said, key=lambda one: one.low), max(said, key=lambda one: one.high)
    if low.low == low.high:
        text += f", {int(high.high - low.low):,} apart"
    texts = dict.fromkeys(one.text for one in said)
    if len(texts) == 2 and slip(*texts):
        text += " (one digit, or two that are swapped, make one of the other)"
    return text


def _explained(
    announced: Sequence[Totals], shared: Mapping[str, list[Said]], differ: Mapping[str, list[Said]]
) -> tuple[str, bool]:
    """Say what the differences between sources can be, and whether they need an explanation."""
    definitions = {
        number: meaning(totals.definition)
        for number, totals in enumerate(announced, start=1)
        if totals.definition is not None
    }
    if len({totals.definition for totals in announced}) > 1:
        said = "; ".join(f"({number}) counts {text}" for number, text in definitions.items())
        return f"They count different things, which can explain it: {said}.", False
    counts = {
        name: said
        for name, said in shared.items()
        if name != noun("registered") and said[0].low == said[0].high
    }
    if any(_crossed(counts, *pair) for pair in combinations(range(1, len(announced) + 1), 2)):
        return "Each has a count above the other’s, so they are not two states of one count.", True
    if counts.keys() & differ.keys():
        return "No two sources have each a count above the other’s: they can be states of one count.", False
    return (
        "The counts that several of them give agree."
        if counts
        else "No count was announced by more than one of them."
    ), "turnout" in differ


def _crossed(counts: Mapping[str, list[Said]], one: int, other: int) -> bool:
    """Tell whether of two sources each has a count above the other's."""
    given = [{said.source: said.low for said in figures} for figures in counts.values()]
    steps = [told[other] - told[one] for told in given if one in told and other in told]
    return any(step > 0 for step in steps) and any(step < 0 for step in steps)


def _steps(announced: Sequence[Totals]) -> list[tuple[Totals, Totals]]:
    """Pair each announcement whose place is known with the next, by bulletin or else by date."""
    numbered = [(one.bulletin, one) for one in announced if one.bulletin is not None]
    dated = [(one.date, one) for one in announced if one.date is not None]
    known: list[tuple[Any, Totals]] = [*(numbered if len(numbered) > 1 else dated)]
    known.sort(key=lambda pair: pair[0])
    return [
        (one, other)
        for (place, one), (later, other) in pairwise(known)
        if place < later and one.definition == other.definition and one.place == other.place
    ]


def _bulletins(steps: Sequence[tuple[Totals, Totals]]) -> Told:
    """Say what was added to each count from one announcement to the next, and what fell."""
    sentences: list[str] = []
    added: list[int] = []
    falls: list[int] = []
    for first, second in steps:
        counts = {
            noun(name): (getattr(first, name), getattr(second, name))
            for name in COUNTS
            if name != "registered"
        }
        counts |= {
            f"votes for “{name}”": (votes, second.votes.get(name)) for name, votes in first.votes.items()
        }
        changes = {
            name: later - earlier
            for name, (earlier, later) in counts.items()
            if earlier is not None and later is not None
        }
        if not changes:
            continue
        lost = [name for name, change in changes.items() if change < 0]
        told = "; ".join(f"{name} {written(change, '+,')}" for name, change in changes.items())
        sentence = f"From “{first.source}” to “{second.source}”: {told}."
        if lost:
            sentence += f" Fewer than before: {listed(lost)}."
        else:
            sentence += _divided(first.votes, second.votes)
        sentences.append(sentence)
        added += changes.values()
        falls += [-changes[name] for name in lost]
    if not added:
        return "no count is in two announcements whose order is known"
    return {
        "n": len(added),
        "observed": float(len(falls)),
        "expected": 0.0,
        "unexplained": bool(falls),
        "effect": effect("largest fall of a count", float(max(falls, default=0)), "ballots"),
        "statement": " ".join(sentences),
    }


def _divided(first: Mapping[str, int], second: Mapping[str, int]) -> str:
    """Say how the votes that were added are divided, beside those before."""
    both = [name for name in first if name in second]
    added = {name: second[name] - first[name] for name in both}
    whole, before = sum(added.values()), sum(first[name] for name in both)
    if len(both) < 2 or whole <= 0 or before <= 0:
        return ""
    leader = max(both, key=lambda name: second[name])
    return (
        f" Of the votes added for them, “{leader}” has {per_cent(100 * added[leader] / whole, '.2f')}; "
        f"of those before, {per_cent(100 * first[leader] / before, '.2f')}."
    )


def _published(totals: Totals, subject: Subject, returns: Returns, params: Params) -> Told:
    """Hold the sum of the published rows against what was announced."""
    names = {option.strip().casefold(): option for option in returns.options}
    announced = {name: count for name in COUNTS if (count := getattr(totals, name)) is not None}
    announced = {name: count for name, count in announced.items() if name in returns.quantities}
    votes = {
        names[key]: count for name, count in totals.votes.items() if (key := name.strip().casefold()) in names
    }
    announced |= votes
    if not announced:
        return f"it gives no count that the published {subject.rows_are} give, too (source: {totals.source})"
    sums = {name: returns.sums[name] for name in announced}
    gaps = {name: sums[name] - count for name, count in announced.items()}
    table = "; ".join(
        f"{noun(name)} {sums[name]:,}, {announced[name]:,} announced"
        + (f" ({written(gap, '+,')})" if gap else "")
        for name, gap in gaps.items()
    )
    over = [
        name for name, gap in gaps.items() if name != "registered" and gap > params.revision * announced[name]
    ]
    twice = returns.accounting.duplicates
    nowhere = "" if over or totals.definition is not None else _nowhere(gaps, votes)
    text = f"Sum of all published {subject.rows_are}: {table}."
    if not any(gaps.values()):
        text += " They add up to what was announced."
    elif marks := _without(returns, sums, announced):
        text += f" Without the rows marked {marks} they add up to what was announced."
        over, nowhere = [], ""
    elif over and totals.definition is not None:
        text += f" What was announced is a count of {meaning(totals.definition)}."
    elif over and twice:
        text += f" {counted(twice, subject.rows_are)} are named twice."
    elif over:
        text += f" They hold more than was announced for the whole: {listed(noun(name) for name in over)}."
    elif nowhere:
        text += f" {capital(subject.rows_are)} that are not in the table cannot be why: {nowhere}."
    elif min(gaps.values()) < 0:
        text += _missing(votes, returns, subject)
    # A report may have misprinted what was announced.
    contradiction = bool(over) and totals.definition is None and not twice and totals.report is None
    sizes = [
        effect(
            f"{noun(name)}, published less announced",
            float(gap),
            "voters" if name == "registered" else "ballots",
        )
        for name, gap in gaps.items()
    ]
    sizes.sort(key=lambda size: -abs(size.value or 0.0))
    largest = max((100.0 * gaps[name] / max(1, announced[name]) for name in over), default=0.0)
    too_many: tuple[Effect, ...] = (effect("ballots too many", largest, "per cent"),) if contradiction else ()
    return {
        "n": len(announced),
        "observed": float(sum(gap != 0 for gap in gaps.values())),
        "contradiction": contradiction,
        "unexplained": bool(nowhere) or (bool(over) and totals.report is not None),
        "describes": any(gaps.values()),
        "effect": sizes[0],
        "effects": (*sizes[1:], *too_many),
        "statement": f"{text} The announcement is from: {totals.source}.",
    }


def _without(returns: Returns, sums: Mapping[str, int], announced: Mapping[str, int]) -> str | None:
    """Name the marks without whose rows the sums are those announced; null where none does it."""
    by_mark = returns.table.filter(pl.col("mark").is_not_null()).group_by("mark").agg(pl.col(*sums).sum())
    parts = {str(row["mark"]): row for row in by_mark.sort("mark").iter_rows(named=True)}
    for size in range(1, len(parts) + 1):
        for marks in combinations(parts, size):
            if all(sums[name] - sum(parts[mark][name] for mark in marks) == announced[name] for name in sums):
                return listed(marks)
    return None


def _nowhere(gaps: Mapping[str, int], votes: Mapping[str, int]) -> str:
    """Say which parts are missing more than the whole that holds them; empty where there are none.

    Registered voters are no such whole: some rows, as a rule abroad, have no register.
    """
    wholes = {"cast": ("valid", "invalid", *votes), "valid": tuple(votes)}
    for whole, parts in wholes.items():
        short = {part: -gaps[part] for part in parts if part in gaps and whole in gaps}
        most = max(short, key=lambda part: short[part], default=None)
        if most is not None and short[most] > max(0, -gaps[whole]):
            return (
                f"they would hold {short[most]:,} {noun(most)}, and {max(0, -gaps[whole]) or 'no'} "
                f"{noun(whole)}"
            )
    return ""


def _missing(votes: Mapping[str, int], returns: Returns, subject: Subject) -> str:
    """Say how the votes that are not in the published rows are divided."""
    lacking = {name: count - returns.sums[name] for name, count in votes.items()}
    unread = len(returns.accounting.quarantine)
    text = f" What is missing may lie in {subject.rows_are} that are not in the table"
    text += f", or among {counted(unread, 'records')} that could not be used." if unread else "."
    whole = sum(lacking.values())
    if len(lacking) < 2 or whole <= 0 or min(lacking.values()) < 0:
        return text
    leader = max(votes, key=lambda name: votes[name])
    published = sum(returns.sums[name] for name in votes)
    parts = (
        (published, returns.sums[leader], "published"),
        (whole, lacking[leader], "missing"),
        (sum(votes.values()), votes[leader], "announced"),
    )
    shares = ", ".join(
        f"{per_cent(100 * part / max(1, of), '.2f')} of those {what}" for of, part, what in parts
    )
    return f"{text} “{leader}” has {shares}."


METHOD = Method(
    id="sources",
    title="Announcements compared",
    question="Do several announcements agree with one another, and with the sum of the published results?",
    tier="A",
    null="none",
    needs=("totals",),
    tail="none",
    params=Params,
    measure=measure,
    references=("ec2016",),
    innocent=(
        "Totals that count different things, or different states of one count.",
        "Slips of the pen in copying a figure.",
        "Territories or kinds of votes that one source counts in and another does not.",
    ),
    blind=(
        "sources that copy one another, or were all told the same",
        "rows that were never published",
    ),
)
