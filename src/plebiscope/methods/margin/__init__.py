"""How much would have to be wrong to change what was decided: the outcome, a threshold, the quorum.

Question
--------
How many votes, and at least how many stations, would have to be wrong for the outcome, a threshold or a
quorum to come out otherwise?

Statistic
---------
Whole-number arithmetic on the sums of the results and, apart from them, on every announcement:

* *outcome*: with a lead of ``m`` votes over the runner-up, the lead is gone when ``m / 2`` votes, rounded up,
  were moved from the leader to the runner-up, or when ``m`` were added for the one or withheld from the
  other. A lead that is gone is a tie or a defeat;
* *threshold*: where the case says that an option needs a share of the valid ballots, the ballots cast or the
  registered voters: how many of its votes could go to others, be taken away, or be outvoted, before it is
  missed, or how many are lacking;
* *quorum*: where the case gives one: how many ballots more than needed there are, or how many are lacking;
* *stations*: the smallest number of stations whose results, if they were void or all turned round, would
  undo the lead, those with the largest lead first.

Where an option was announced without its rivals, the lead is bounded by what is left of the ballots.

Fair vote
---------
None: nothing is tested. These numbers are a scale for the other answers. A finding is about the outcome only
where it is of this size, and how much an answer could have missed is to be read beside it.

Assumptions
-----------
* Most votes win, and nothing else is needed, unless the case says so under ``threshold`` and ``quorum``.
* The figures are those that decide: no votes abroad or elsewhere are counted beside them.

Innocent causes
---------------
A narrow margin is no sign of anything, and neither is a turnout just above a quorum: campaigns aim at both.

Blind spots
-----------
Seats, districts, electoral colleges, preferences and second rounds. Whether anything is wrong. Pressure and
exclusion, which change votes and no figure.

References
----------
Magrino, Rivest, Shen and Wagner (2011), EVT/WOTE, on the margin as the number of ballots to be changed.

Example
-------
>>> lead = Lead("yes", 520, "no", 471, unlisted=None)
>>> lead.most, lead.moved
(49, 25)
>>> needed(Threshold(per_cent=50, of="registered"), 1200)
601
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.evidence import chart
from plebiscope.methods.margin.decision import (
    Account,
    Lead,
    accounts,
    enough_taken,
    enough_withheld,
    fewest,
    lead_of,
    needed,
)
from plebiscope.model.case import Contest, Quorum, Threshold
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Effect, Measurement
from plebiscope.model.method import Evidence, Method, Subject, effect
from plebiscope.model.wording import capital, counted, none_of, noun, per_cent, written

Integers = NDArray[np.int64]
Told = str | dict[str, Any]
"""What a question gives: why it cannot be answered, or the fields of its measurement."""


@dataclass(frozen=True)
class Params:
    """What is called near, and how much is drawn."""

    just_above: float = 1.0
    """Percentage points above a quorum within which turnout is said to lie just above it."""
    drawn: int = 200
    """Points of the picture."""


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Answer for the results and for every announcement; ``rng`` is not used."""
    found, figures, contest = [], [], subject.contest
    for account in accounts(subject):
        told: dict[str, Told] = {"outcome": _outcome(account, contest)}
        for place, rule in enumerate(contest.threshold, start=1):
            told[f"threshold {place}" if place > 1 else "threshold"] = _threshold(account, contest, rule)
        if contest.quorum is not None:
            told["quorum"] = _quorum(account, contest.quorum, params)
        if account.number == 0:
            told["stations"] = _stations(account, subject)
        found += [_answer(subject, account, params, quantity, said) for quantity, said in told.items()]
        lead = lead_of(account, contest)
        if lead is not None and found[-1].quantity == "stations" and found[-1].status == "tested":
            figures.append(_figure(found[-1], lead, subject, params))
    found.sort(key=lambda one: one.status != "tested")
    return Evidence(tuple(found), tuple(figures))


def _answer(subject: Subject, account: Account, params: Params, quantity: str, told: Told) -> Measurement:
    slug = f"{quantity}/{account.number}" if account.number else quantity
    if isinstance(told, str):
        reason = told + (f" (source: {account.source})" if account.number else "")
        return METHOD.untestable(subject, quantity, reason, slug=slug)
    if account.number:
        told["statement"] += f" Source: {account.source}."
    return METHOD.answer(
        subject, quantity, slug=slug, params={**asdict(params), "source": account.source}, **told
    )


def _outcome(account: Account, contest: Contest) -> Told:
    """How many votes would have to be wrong for the leader not to lead?"""
    lead = lead_of(account, contest)
    if lead is None:
        if account.votes:
            return "no option has a vote" + _by_shares(account)
        return "no votes for the options are known" + _by_shares(account)
    if lead.rival is None and lead.unlisted is None:
        return f"only the votes for “{lead.leader}” are known, and not how many were cast for others"
    if lead.least < 0:
        return (
            f"the votes that were not listed ({lead.unlisted:,}) are more than those for “{lead.leader}” "
            f"({lead.votes:,})"
        )
    least = "" if lead.least == lead.most else "at least "
    text = f"“{lead.leader}” has {counted(lead.votes, 'votes')}"
    text += f", “{lead.rival}” {lead.rival_votes:,}" if lead.rival is not None else ""
    text += f"; up to {lead.unlisted:,} may be another’s" if least else ""
    if lead.least == 0:
        text += ": a tie." if not least else ": no lead is certain."
    else:
        part = " and ".join(
            f"{per_cent(100 * lead.least / whole, '.2f')} of {noun(name)}"
            for name, whole in account.wholes.items()
        )
        text += (
            f". The lead is {least}{lead.least:,}{f' ({part})' if part else ''}. It is undone if {least}"
            f"{lead.moved:,} votes counted for the one belong to the other, or if {least}{lead.least:,} were "
            f"added to the one or withheld from the other."
        )
    if not contest.threshold and contest.quorum is None:
        text += " No quorum or threshold is given in the case, so here most votes decide."
    if contest.kind == "parliamentary":
        text += " How votes become seats is not modelled: this is the lead of the largest list."
    parts = [
        effect(f"lead, in per cent of {noun(name)}", 100 * lead.least / whole, f"per cent of {noun(name)}")
        for name, whole in account.wholes.items()
    ]
    halves = (lead.moved, -(-lead.most // 2))
    return {
        "n": len(account.votes),
        "observed": float(lead.least),
        "effect": _votes("votes moved that undo the lead", *halves),
        "effects": (_votes("votes added or withheld that undo the lead", lead.least, lead.most), *parts),
        "assumptions": (_rules(contest),),
        "statement": text,
    }


def _by_shares(account: Account) -> str:
    """Say what lead the percentages give, where nothing else was announced."""
    if len(account.shares) < 2:
        return ""
    (leader, most), (_, second), *_ = sorted(account.shares.items(), key=lambda item: -item[1])
    return f"; by the percentages announced “{leader}” leads by {most - second} points"


def _votes(name: str, least: int, most: int) -> Effect:
    """Return a number of votes, with its range where what was not listed leaves one."""
    return effect(name, float(least), "votes", (None, None) if least == most else (float(least), float(most)))


def _rules(contest: Contest) -> Assumption:
    given = [f"a threshold for {counted(len(contest.threshold), 'options')}"] if contest.threshold else []
    given += ["a quorum"] if contest.quorum is not None else []
    return Assumption(
        name="most votes win, and nothing else is needed but what the case gives",
        state="unknown",
        how=f"the case gives {' and '.join(given) or 'no quorum and no threshold'}",
    )


def _threshold(account: Account, contest: Contest, rule: Threshold) -> Told:
    """How many votes would have to be wrong for a threshold to come out otherwise?"""
    lead = lead_of(account, contest)
    option = rule.option or (lead.leader if lead is not None else None)
    votes, whole = account.votes.get(option or ""), account.counts.get(rule.of)
    if option is None or votes is None:
        return f"the votes for {f'“{option}”' if option else 'the options'} are not known"
    if not whole:
        return f"{noun(rule.of)} are not known"
    least = needed(rule, whole)
    text = (
        f"“{option}” has {votes:,} votes, {per_cent(100 * votes / whole, '.2f')} of {whole:,} "
        f"{noun(rule.of)}; {_asked(rule)} takes {least:,}. "
    )
    if votes < least:
        apart = least - votes
        text += f"{apart:,} are lacking."
        return _bar(f"votes for “{option}” lacking", apart, account, text)
    moved = votes - least + 1
    text += f"It is missed if {moved:,} of them"
    effects: tuple[Effect, ...] = ()
    if rule.of == "registered":
        text += " were not cast for it."
    else:
        text += " belong to others"
        taken, withheld = enough_taken(rule, votes, whole), enough_withheld(rule, votes, whole)
        if taken is not None:
            text += f", if {taken:,} were never cast"
            effects += (effect("votes never cast that make it miss the threshold", float(taken), "votes"),)
        text += f", or if {withheld:,} votes for others were withheld."
        effects += (effect("votes withheld from others that make it miss", float(withheld), "votes"),)
    return _bar("votes moved that make it miss the threshold", moved, account, text, effects)


def _asked(rule: Quorum | Threshold) -> str:
    what = "quorum" if isinstance(rule, Quorum) else "threshold"
    bound = "more than" if rule.more_than else "at least"
    return f"a {what} of {bound} {per_cent(rule.per_cent.normalize(), 'f')}"


def _bar(
    name: str, votes: int, account: Account, text: str, effects: tuple[Effect, ...] = (), unit: str = "votes"
) -> dict[str, Any]:
    parts = [
        effect(f"{name}, in per cent of {noun(of)}", 100 * votes / whole, f"per cent of {noun(of)}")
        for of, whole in account.wholes.items()
    ]
    return {
        "n": 1,
        "observed": float(votes),
        "effect": effect(name, float(votes), unit),
        "effects": (*effects, *parts),
        "statement": text,
    }


def _quorum(account: Account, rule: Quorum, params: Params) -> Told:
    """How many ballots would have to be wrong for the quorum to come out otherwise?"""
    came, whole = account.counts.get(rule.counts), account.counts.get(rule.of)
    if came is None or not whole:
        if account.turnout is None:
            absent = [noun(name) for name in (rule.counts, rule.of) if not account.counts.get(name)]
            return f"{' and '.join(absent)} are not known"
        apart = account.turnout - rule.per_cent
        where = f"{written(abs(apart))} points {'above' if apart > 0 else 'below'}" if apart else "exactly at"
        return {
            "n": 1,
            "observed": float(account.turnout),
            "expected": float(rule.per_cent),
            "effect": effect("turnout announced less quorum", float(apart), "percentage points"),
            "statement": f"The turnout announced, {per_cent(account.turnout, '')}, is {where} "
            f"{_asked(rule)}; how many ballots that are was not announced.",
        }
    least, turnout = needed(rule, whole), Fraction(100 * came, whole)
    text = (
        f"{capital(noun(rule.counts))}: {came:,}, {per_cent(float(turnout), '.2f')} of {whole:,} "
        f"{noun(rule.of)}; {_asked(rule)} takes {least:,}. "
    )
    if came < least:
        text += f"{counted(least - came, 'ballots')} more would have been needed."
        return _bar("ballots lacking for the quorum", least - came, account, text, unit="ballots")
    above = float(turnout) - float(rule.per_cent)
    text += f"It would be missed with {counted(came - least + 1, 'ballots')} fewer."
    if above <= params.just_above:
        text += f" Turnout lies {written(above, '.2f')} points above it."
    name = "ballots too many that would have made the quorum"
    return _bar(name, came - least + 1, account, text, unit="ballots")


def _leads(lead: Lead, rival: str, subject: Subject) -> Integers:
    """Return the lead at every station where both counts are known, shape (rows,)."""
    both = subject.results.table.select(lead.leader, rival).drop_nulls().to_numpy().astype(np.int64)
    found: Integers = both[:, 0] - both[:, 1]
    return found


def _stations(account: Account, subject: Subject) -> Told:
    """How few stations could undo the lead?"""
    lead, rows_are = lead_of(account, subject.contest), subject.rows_are
    if lead is None or lead.rival is None:
        return "the votes of fewer than two options are known"
    if lead.most == 0:
        return "there is no lead to undo"
    leads, rows = _leads(lead, lead.rival, subject), len(subject.results)
    if int(leads[leads > 0].sum()) < lead.most:
        return f"both counts are known in {none_of(len(leads), counted(rows, rows_are))}, too few to tell"
    void, turned = fewest(leads, lead.most), fewest(2 * leads, lead.most)
    whole = counted(len(leads), rows_are) + (" where both counts are known" if len(leads) < rows else "")
    return {
        "n": len(leads),
        "observed": float(turned),
        "effect": effect(f"{rows_are} turned round that undo the lead", float(turned), rows_are),
        "effects": (
            effect(f"{rows_are} void that undo the lead", float(void), rows_are),
            effect(
                f"{rows_are} turned round, in per cent", 100 * turned / len(leads), f"per cent of {rows_are}"
            ),
        ),
        "statement": f"The lead of {lead.most:,} votes over “{lead.rival}” is undone if the results of "
        f"{turned:,} of {whole}, those with the largest leads, are turned round, or if those of {void:,} are "
        "void; no other choice takes fewer. This is a scale and says nothing about any of them.",
    }


def _figure(found: Measurement, lead: Lead, subject: Subject, params: Params) -> Figure:
    """Draw how the lead adds up over stations, those with the largest lead first."""
    leads, rows_are = _leads(lead, lead.rival or lead.leader, subject), subject.rows_are
    total, turned, void = np.cumsum(-np.sort(-leads)), fewest(2 * leads, lead.most), fewest(leads, lead.most)
    places = np.unique(np.linspace(0, len(total) - 1, params.drawn).astype(np.int64))
    values = [{"rows": int(at) + 1, "lead": int(total[at])} for at in places]
    marks: list[dict[str, Any]] = [
        {"rows": turned, "lead": int(total[turned - 1]), "label": f"{turned:,} turned round"},
        {"rows": void, "lead": int(total[void - 1]), "label": f"{void:,} void"},
    ]
    x = chart.number("rows", f"{capital(rows_are)}, those with the largest lead first")
    y = chart.number("lead", "Lead together, in votes")
    layers = [
        chart.layer("rule", "expected", {"y": y}, [{"lead": lead.most}]),
        chart.layer("line", "observed", {"x": x, "y": y}),
        *_named(x, y, [mark for mark in marks if 2 * mark["rows"] <= len(total)], 8, "left"),
        *_named(x, y, [mark for mark in marks if 2 * mark["rows"] > len(total)], -8, "right"),
    ]
    return Figure(
        id=f"{found.id}/lead",
        finding=found.id,
        title=f"{turned:,} of {len(total):,} {rows_are}, turned round, would undo the lead",
        caption=f"Lead of “{lead.leader}” over “{lead.rival}”, added up from the {rows_are} where it is "
        f"largest. The line is the whole lead, {lead.most:,} votes. It falls where “{lead.rival}” is ahead.",
        alt=f"A curve that rises and falls back to {total[-1]:,} votes at {len(total):,} {rows_are}; "
        f"half the lead is reached at {turned:,}, the whole lead at {void:,}.",
        vega_lite=chart.picture(layers, values),
    )


def _named(x: chart.Part, y: chart.Part, marks: chart.Rows, dx: int, align: str) -> list[chart.Part]:
    """Name points on the side where there is room."""
    return chart.named_points({"x": x, "y": y}, marks, "label", dx=dx, dy=14, align=align)


METHOD = Method(
    id="margin",
    title="What would change the outcome",
    question="How much would have to be wrong for the outcome, a threshold or a quorum to change?",
    tier="D",
    null="none",
    needs=(("returns", "totals"),),
    tail="none",
    params=Params,
    measure=measure,
    references=("magrino2011",),
    innocent=(
        "A narrow margin is no sign of anything.",
        "A turnout just above a quorum, at which campaigns aim.",
    ),
    blind=(
        "seats, districts, preferences and second rounds",
        "whether anything is wrong",
        "pressure and exclusion, which change votes and no figure",
    ),
    arithmetic=True,
)
