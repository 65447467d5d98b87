"""What a vote was decided by, in whole numbers: the lead by every source, and what a rule asks for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from plebiscope.model.case import Contest, Quorum, Threshold
from plebiscope.model.method import Subject

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Account:
    """The figures of one source: the sums of the results, or an announcement."""

    number: int
    """Of the announcement, from one; 0 for the sums of the results."""
    source: str
    counts: Mapping[str, int]
    """Registered voters, ballots issued, cast, valid and invalid, as far as they are known."""
    votes: Mapping[str, int]
    shares: Mapping[str, Decimal]
    """Per cent for each option, as announced."""
    turnout: Decimal | None

    @property
    def wholes(self) -> dict[str, int]:
        """What a number of votes can be a share of: ballots cast and registered voters, if known."""
        return {name: count for name in ("cast", "registered") if (count := self.counts.get(name))}


@dataclass(frozen=True)
class Lead:
    """The lead of one option over its nearest rival."""

    leader: str
    votes: int
    rival: str | None
    """Null where no rival's votes were announced."""
    rival_votes: int
    unlisted: int | None
    """Votes that were not listed and may all be one rival's; null where their number is not known."""

    @property
    def least(self) -> int:
        """The lead, if all that was not listed is one rival's."""
        return self.votes - max(self.rival_votes, self.unlisted or 0)

    @property
    def most(self) -> int:
        """The lead over the rival that was listed."""
        return self.votes - self.rival_votes

    @property
    def moved(self) -> int:
        """Votes that would have to be moved from the leader to the rival to undo the smallest lead."""
        return -(-self.least // 2)


def accounts(subject: Subject) -> list[Account]:
    """Collect the figures of every source: the results' sums first, then the announcements handed in."""
    found = []
    returns = subject.returns
    if returns is not None:
        sums = returns.sums
        counts = {name: sums[name] for name in returns.quantities}
        votes = {option: sums[option] for option in returns.options}
        found.append(Account(0, f"sum of {subject.rows_are}", counts, votes, {}, None))
    for number, totals in enumerate(subject.totals, start=1):
        if totals.report is not None:
            continue  # a report names a winner's votes, and seldom everybody's
        told = {name: getattr(totals, name) for name in ("registered", "cast", "valid", "invalid")}
        known = {name: count for name, count in told.items() if count is not None}
        if {"valid", "invalid"} <= set(known):
            known.setdefault("cast", known["valid"] + known["invalid"])
        if {"cast", "invalid"} <= set(known):
            known.setdefault("valid", max(0, known["cast"] - known["invalid"]))
        found.append(Account(number, totals.source, known, totals.votes, totals.shares, totals.turnout))
    return found


def lead_of(account: Account, contest: Contest) -> Lead | None:
    """Find the leader and its nearest rival; null where nobody has votes."""
    ranked = sorted(account.votes.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] <= 0:
        return None
    (leader, votes), (rival, rival_votes) = ranked[0], (ranked[1] if len(ranked) > 1 else (None, 0))
    counts, together = account.counts, sum(account.votes.values())
    valid = counts.get("valid")
    if len(ranked) == 1 or not set(contest.options) <= set(account.votes):
        # An option is missing; otherwise what is left of the ballots cast is invalid ballots.
        valid = counts.get("cast") if valid is None else valid
    unlisted = None if valid is None else max(0, valid - together)
    return Lead(leader, votes, rival, rival_votes, unlisted)


def needed(rule: Quorum | Threshold, whole: int) -> int:
    """Return the smallest count that meets a rule on a share of a whole."""
    share = Fraction(rule.per_cent) * whole / 100
    return math.floor(share) + 1 if rule.more_than else math.ceil(share)


def enough_taken(rule: Threshold, votes: int, whole: int) -> int | None:
    """Return how many votes that were never cast an option that meets a threshold must lose to miss it.

    They leave the whole, too, where it is made of ballots. Null where no number of them suffices.
    """
    if rule.of == "registered":
        return votes - needed(rule, whole) + 1
    share = Fraction(rule.per_cent) / 100
    if share == 1:
        return None
    bound = (votes - share * whole) / (1 - share)
    return math.ceil(bound) if rule.more_than else math.floor(bound) + 1


def enough_withheld(rule: Threshold, votes: int, whole: int) -> int:
    """Return how many further votes for others make an option that meets a threshold miss it."""
    bound = votes / (Fraction(rule.per_cent) / 100) - whole
    return math.ceil(bound) if rule.more_than else math.floor(bound) + 1


def fewest(leads: Integers, needed: int) -> int:
    """Return the smallest number of stations whose leads together reach a number of votes.

    Parameters
    ----------
    leads : ndarray of int64, shape (stations,)
    needed : int
        Positive, and at most the sum of those that are.
    """
    return int(np.argmax(np.cumsum(-np.sort(-leads)) >= needed)) + 1
