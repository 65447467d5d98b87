"""One count out of another at every station: turnout, or the share of an option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plebiscope.model.finding import Assumption, State
from plebiscope.model.method import Subject
from plebiscope.model.returns import Returns
from plebiscope.model.wording import noun, per_cent

_NAMED = 3
"""Most columns named that were not read."""


@dataclass(frozen=True)
class Columns:
    """The columns whose ratio is a turnout or a share."""

    quantity: str
    """``turnout`` or ``share``."""
    option: str | None
    numerator: str
    denominator: str

    @property
    def label(self) -> str:
        """What it is, and of what."""
        if self.option is None:
            return f"turnout ({noun(self.numerator)} of {noun(self.denominator)})"
        return f"share of “{self.option}” (of {noun(self.denominator)})"


@dataclass(frozen=True)
class CountRatio:
    """The two counts of n stations, each of shape (n,)."""

    quantity: str
    option: str | None
    label: str
    successes: NDArray[np.int64]
    trials: NDArray[np.int64]

    @property
    def name(self) -> str:
        """What it is, in short."""
        return self.quantity if self.option is None else f"share of “{self.option}”"


def ballots_of(ratios: Sequence[CountRatio]) -> NDArray[np.int64]:
    """Return the ballots of each station: what the share is of, or else the numerator of turnout."""
    last = ratios[-1]
    return last.trials if last.quantity == "share" else last.successes


def differing(
    ratios: Sequence[CountRatio], members: Sequence[NDArray[np.bool_]], rows_are: str
) -> Assumption:
    """Check that the stations which decide are not one result many times over.

    Parameters
    ----------
    ratios
        Counts of n stations.
    members
        Which stations decide, for each ratio, each of shape (n,).
    rows_are
        What the rows are, in the plural.
    """
    worst, parts = 0.0, []
    for one, chosen in zip(ratios, members, strict=True):
        pairs = np.sort(one.successes[chosen] * (int(one.trials.max(initial=0)) + 1) + one.trials[chosen])
        begins = np.flatnonzero(np.concatenate([[True], pairs[1:] != pairs[:-1]])) if len(pairs) else pairs
        most = int(np.diff(np.append(begins, len(pairs))).max(initial=0))
        rate = most / max(1, len(pairs))
        worst = max(worst, rate)
        parts.append(f"{one.quantity}: {most:,} of {len(pairs):,} ({per_cent(100 * rate)})")
    state: State = "holds" if worst <= 0.1 else "doubtful" if worst <= 0.5 else "fails"
    how = f"{rows_are} that count and have the commonest pair of counts: {'; '.join(parts)}"
    return Assumption(name="results are not copies of one another", state=state, how=how)


def not_read(returns: Returns, *wanted: str) -> str:
    """Name the columns that may hold what is missing and were not read, and say why; empty without any."""
    columns = returns.unread(*wanted)
    told = "; ".join(f"“{one.name}” was not read, because {one.why}" for one in columns[:_NAMED])
    more = f"; and {len(columns) - _NAMED:,} more" if len(columns) > _NAMED else ""
    return f" as it was read ({told}{more})" if columns else ""


def ratio_columns(
    subject: Subject, turnout: Sequence[str], share: Sequence[str], option: str | None
) -> tuple[list[Columns], Mapping[str, str]]:
    """Choose the columns of turnout and of the share of an option, as far as the returns have them.

    Parameters
    ----------
    subject
        With returns.
    turnout
        Numerators of turnout, of which the first that is known is taken.
    share
        Denominators of the share, likewise.
    option
        Numerator of the share; none where there are no options.

    Returns
    -------
    columns : list of Columns
        Turnout first.
    missing : mapping of str to str
        Quantities that cannot be formed, with the reason.
    """
    returns = subject.results
    known = returns.quantities
    numerator = next((name for name in turnout if name in known), None)
    base = next((name for name in share if name in known), None)
    columns, missing = [], {}
    if numerator is not None and "registered" in known:
        columns.append(Columns("turnout", None, numerator, "registered"))
    else:
        missing["turnout"] = (
            "turnout cannot be formed, because its counts are not part of this case"
            f"{not_read(returns, *turnout, 'registered')}"
        )
    if option is not None and base is not None:
        columns.append(Columns("share", option, option, base))
    else:
        missing["share"] = (
            "no share can be formed, because its counts are not part of this case"
            f"{not_read(returns, *share, 'options')}"
        )
    return columns, missing
