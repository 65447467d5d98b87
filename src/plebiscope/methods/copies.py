"""Copies against the official count: two records of one station that should be one.

Question
--------
Where copies of protocols, photographs of ballots or a second count exist, do they say what was published?

Statistic
---------
Each copy is joined to its official row by areas and number of the station; how many were, and why others were
not, is said first. For copies of protocols and for a parallel tally: the stations where any figure that both
give differs, by figure; the sum of the differences, official less copy, for each option and for the lead of
the favoured option over its nearest rival. Two exact tests of direction: the number of stations where the
difference favours the favoured option (sign test), and the sum of the differences (all choices of their
signs). Each difference is put into a kind: two figures of the record exchanged, the record shifted by a line,
two neighbouring digits exchanged, one digit different, one digit more or less, or another.

For photographs of ballots, which show only some of the ballots: the stations where more ballots are
photographed for an option than the official count gives it, and how many ballots that is.

Fair vote
---------
Copying and typing go wrong without regard to whom it helps: a difference raises the lead as often as it
lowers it, so its sign is a fair coin whatever its size. Of photographed ballots no station has more than were
counted: where it has, the figures cannot all be true, and no probability is asked for. In Belarus in 2020
that was so in 425 of 1,336 protocols.

Assumptions
-----------
* Copy and official row are of the same station. Rows that could be meant twice are left out and counted.
* Each difference is an error of its own. Checked: the same test on the sums by area, where areas are enough.
* A copy is a faithful copy, and each photograph shows another ballot that was put into the box there. The
  table cannot say.
* The stations with copies stand for themselves. Checked: how their official result compares with the rest.
  What those of a sample drawn by chance tell of the others is asked by :mod:`plebiscope.methods.quick_count`.

Innocent causes
---------------
Slips in copying on either side. A protocol corrected or recounted after the copy was made. A copy of another
vote held on the same day, or of the station next door. A ballot photographed twice, or spoilt afterwards.

Blind spots
-----------
Anything done before the protocol was written. Stations without copies. Copies that were made up.

References
----------
Callen and Long (2015), doi:10.1257/aer.20120427, who photographed tallies before and after aggregation.

Example
-------
In eight stations the published lead is larger than in the copy, by 9 to 60 votes, and in none smaller:

>>> import math
>>> import numpy as np
>>> from plebiscope.kernels import signs
>>> effects = np.array([9, 12, 60, 31, 18, 27, 45, 10])
>>> round(math.exp(signs.log_sign_tail(8, 8)), 4), round(math.exp(signs.log_flip_tail(effects, 212)), 4)
(0.0078, 0.0078)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.evidence import chart, signed
from plebiscope.evidence.slips import KINDS, OTHER, record_slip, slip
from plebiscope.model.beside import Pairs, pair
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Effect, Measurement
from plebiscope.model.method import Evidence, Method, Subject, effect, most_surprising
from plebiscope.model.returns import QUANTITIES
from plebiscope.model.wording import capital, counted, listed, none_of, noun, per_cent, written

Ints = NDArray[np.int64]

_LISTED_BITS = 4.0
"""Given to every station that differs, before the size: enough to be listed, since each difference is."""
_IMPOSSIBLE_BITS = 30.0
"""Given where the figures cannot all be true: above what chance produces in a table of any size."""
_NAMES = 5
"""Copies without an official row that a sentence names."""

WHAT = {
    "protocols": "copies of protocols",
    "ballots": "photographed ballots, counted by station",
    "tally": "a parallel tally",
    "sample": "a quick count of sampled stations",
}
"""What copies are, by kind."""


@dataclass(frozen=True)
class Params:
    """Parameters of the comparison."""

    coverage: float = 0.95
    """Coverage of intervals, as a probability."""
    limit_level: float = 0.05
    """Size of the two-sided test whose detection limit is given, as a probability."""
    listed: int = 2000
    """Most stations named, in stations."""
    drawn: int = 1000
    """Most stations drawn that differ, and most that do not, in stations."""


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Compare every source of copies with the official results; ``rng`` is not used."""
    found: list[Measurement] = []
    figures: list[Figure] = []
    bits, reasons = np.zeros(len(subject.results)), dict[int, list[str]]()
    for number, copies in enumerate(subject.copies, start=1):
        one = _Source(subject, params, pair(subject.results, copies), number)
        answers = list(one.answers())
        found += answers
        figures += one.figures(answers[1])
        for row, size, reason in one.stations():
            bits[row] = max(bits[row], size)
            reasons.setdefault(row, []).append(reason)
    rows = np.arange(len(subject.results))
    scores = most_surprising(rows, bits, params.listed, lambda row: "; ".join(reasons[row]))
    return Evidence(tuple(found), tuple(figures), scores)


class _Source:
    """What is asked of the copies of one source."""

    def __init__(self, subject: Subject, params: Params, pairs: Pairs, number: int) -> None:
        self.subject, self.params, self.pairs, self.number = subject, params, pairs, number
        self.copies, self.rows_are = pairs.copies, subject.rows_are
        self.name = f"“{pairs.copies.source}”"
        rivals = [option for option in subject.results.options if option != subject.favoured]
        self.rival = max(rivals, key=lambda option: subject.results.sums[option], default=None)

    def answers(self) -> Iterator[Measurement]:
        """Answer every question, how many copies have an official row first."""
        yield self._matched()
        if not self.pairs.compared:
            yield self._untestable("differences", "no figure is given both by a copy and by its official row")
            return
        if self.copies.kind == "ballots":
            yield self._beyond()
        else:
            yield self._differences()
            yield from self._directions()
            if len(self.pairs.differing):
                yield self._kinds()
        yield self._selection()

    def _answer(self, slug: str, quantity: str, **filled: Any) -> Measurement:
        params = {**asdict(self.params), "source": self.copies.source, "kind": self.copies.kind}
        place = f"{self.number}/{slug}"
        return METHOD.answer(self.subject, quantity, slug=place, params=params, **filled)

    def _untestable(self, slug: str, reason: str) -> Measurement:
        return METHOD.untestable(self.subject, slug, reason, slug=f"{self.number}/{slug}")

    def _matched(self) -> Measurement:
        match, table = self.copies.match, self.copies.returns.table
        matched, whole = len(self.pairs.there), len(self.subject.results)
        lost = len(self.copies.returns.accounting.quarantine)
        words = (
            f"{self.name} ({WHAT[self.copies.kind]}): an official row was found for "
            f"{none_of(matched, counted(table.height, 'records'))}, by {match.by}. That is "
            f"{per_cent(100.0 * matched / max(1, whole))} of {counted(whole, self.rows_are)}."
        )
        if lost:
            words += f" {counted(lost, 'further records')} could not be read."
        for reason, rows in match.without.items():
            some = [self._named(row) for row in rows[:_NAMES].tolist()]
            more = " and others" if len(rows) > _NAMES else ""
            words += f" Without one, because {reason}: {len(rows):,} ({listed(some)}{more})."
        return self._answer(
            "matched",
            "copies with an official row",
            n=table.height,
            observed=float(matched),
            effect=effect("copies with an official row", float(matched), self.rows_are),
            effects=tuple(
                effect(reason, float(len(rows)), "records") for reason, rows in match.without.items()
            ),
            describes=True,
            statement=words,
        )

    def _named(self, row: int) -> str:
        """Name a copy by its station and areas, as its own table spells them."""
        table = self.copies.returns
        cells = [table.table[name][row] for name in (*table.areas, "station")]
        return f"“{', '.join(str(cell) for cell in cells if cell is not None)}”"

    def _differences(self) -> Measurement:
        pairs, count, n = self.pairs, len(self.pairs.differing), self.pairs.compared
        parts, effects = [], []
        for name in pairs.columns:
            differences = pairs.difference(name)
            differ, total = int((differences != 0).sum()), int(differences.sum())
            effects.append(effect(f"{noun(name)}, official less copy", float(total), _unit(name)))
            if differ:
                of = f"{int(pairs.both[name].sum()):,}"
                parts.append(f"{noun(name)} in {differ:,} of {of} ({written(total, '+,')} in all)")
        words = f"A figure differs from {self.name} in {none_of(count, counted(n, self.rows_are))}."
        if count:
            words += f" Official less copy: {'; '.join(parts)}."
            if self._lead_is_told:
                moved = int(self._effects().sum())
                words += f" That makes the official {self._lead} {_by(moved)}."
                effects.insert(0, effect(f"{self._lead}, official less copy", float(moved), "votes"))
            words += " A difference shows that two records differ, not which of them is right."
        return self._answer(
            "differences",
            "differences",
            n=n,
            observed=float(count),
            expected=0.0,
            unexplained=count > 0,
            effect=effect(f"{self.rows_are} that differ", float(count), self.rows_are),
            effects=tuple(effects),
            assumptions=(_UNSEEN,),
            statement=words,
        )

    @property
    def _lead_is_told(self) -> bool:
        """Whether the copies give votes that the lead is made of."""
        return bool({self.subject.favoured, self.rival} & {*self.pairs.columns})

    @property
    def _lead(self) -> str:
        """What differences change, in words: the lead of the favoured option, or its votes alone."""
        if self.rival is None:
            return f"number of votes for “{self.subject.favoured}”"
        return f"lead of “{self.subject.favoured}” over “{self.rival}”"

    def _effects(self) -> Ints:
        """Return what each difference adds to the official lead, in votes, shape (n,)."""
        effects = np.zeros(len(self.pairs.there), dtype=np.int64)
        for name, sign in ((self.subject.favoured, 1), (self.rival, -1)):
            if name is not None and name in self.pairs.both:
                effects += sign * self.pairs.difference(name)
        return effects

    def _directions(self) -> Iterator[Measurement]:
        effects, lead = self._effects(), self._lead
        if not self._lead_is_told:
            yield self._untestable("direction", "the copies give no votes for the options that lead")
            return
        codes, _ = self.subject.areas(self.pairs.there)
        told = signed.one_way(
            effects,
            codes,
            of=self.rows_are,
            towards="favour it",
            what="differences that mostly point one way",
            coverage=self.params.coverage,
            level=self.params.limit_level,
        )
        if isinstance(told, str):
            yield self._untestable("direction", told)
            return
        up, n, total = int((effects > 0).sum()), int((effects != 0).sum()), int(effects.sum())
        words = (
            f"The official {lead} differs from {self.name} in {counted(n, self.rows_are)}; it is "
            f"larger officially in {up:,} of them and smaller in {n - up:,}. Errors of copying would point "
            "either way."
        )
        told["assumptions"] = (*told["assumptions"], _UNSEEN)
        yield self._answer("direction", "direction of differences", statement=words, **told)
        told = signed.one_sum(effects, towards="favouring it")
        if isinstance(told, str):
            yield self._untestable("sum", told)
            return
        words = (
            f"The differences from {self.name} in {counted(n, self.rows_are)} make the official {lead} "
            f"{_by(total)} in all. If each pointed either way by chance, they would mostly cancel out."
        )
        yield self._answer("sum", "sum of differences", statement=words, assumptions=(_UNSEEN,), **told)

    def _kinds(self) -> Measurement:
        """Put every difference into a kind of slip."""
        pairs, effects = self.pairs, self._effects()
        names = pairs.columns
        counts, moved = Counter[str](), Counter[str]()
        for at in pairs.differing.tolist():
            one, other = (
                [int(values[name][at]) if pairs.both[name][at] else None for name in names]
                for values in (pairs.official, pairs.copied)
            )
            whole = record_slip(one, other)
            pair_of = zip(one, other, strict=True)
            kinds = (
                [whole]
                if whole
                else [slip(a, b) for a, b in pair_of if a is not None and b is not None and a != b]
            )
            # The votes are those of the station, so they are told once, under its gravest kind.
            counts.update(kinds)
            moved[max(kinds, key=KINDS.index)] += int(effects[at])
        found = [kind for kind in KINDS if counts[kind]]
        told = self._lead_is_told
        words = "; ".join(
            f"{kind}, {counts[kind]:,}" + f" ({written(moved[kind], '+,')})" * told for kind in found
        )
        adds = f" (in brackets what it adds to the official {self._lead})" if told else ""
        return self._answer(
            "kinds",
            "kinds of difference",
            n=len(pairs.differing),
            observed=float(len(found)),
            unexplained=True,
            effect=effect(found[-1], float(counts[found[-1]]), "differences"),
            effects=tuple(
                one
                for kind in found
                for one in (
                    effect(kind, float(counts[kind]), "differences"),
                    effect(f"{kind}: official {self._lead}", float(moved[kind]), "votes"),
                )[: 1 + told]
            ),
            statement=f"Official figures and {self.name}, by kind of difference{adds}: {words}. Figures that "
            f"are “{OTHER}” were not made of each other by one slip of the pen; a recount or a correction "
            "can be of any kind.",
        )

    def _beyond(self) -> Measurement:
        """Hold photographed ballots against the official count of the same option."""
        pairs, n = self.pairs, self.pairs.compared
        beyond = self._excess()
        hits = np.flatnonzero(np.any(list(beyond.values()), axis=0))
        effects, parts = [], []
        for name, excess in beyond.items():
            if not (total := int(excess.sum())):
                continue
            effects.append(
                effect(f"{noun(name)} photographed beyond the official count", float(total), "ballots")
            )
            worst = int(np.argmax(excess))
            parts.append(
                f"{noun(name)} in {int((excess > 0).sum()):,}, {total:,} ballots in all; "
                f"{int(excess[worst]):,} at most in one, where {int(pairs.copied[name][worst]):,} are "
                f"photographed and {int(pairs.official[name][worst]):,} were counted"
            )
        for name in beyond:
            part = 100.0 * int(pairs.copied[name].sum()) / max(1, int(pairs.official[name].sum()))
            effects.append(effect(f"{noun(name)} photographed", part, "per cent of those counted there"))
        # The reading tells a photograph too many in a thousand from what concerns the count as a whole.
        too_many = max(
            (
                100.0 * int(excess.sum()) / max(1, int(self.pairs.official[name].sum()))
                for name, excess in beyond.items()
            ),
            default=0.0,
        )
        effects.append(effect("ballots too many", too_many, "per cent of those counted there"))
        words = (
            f"More ballots are photographed for an option ({self.name}) than the official count gives it in "
            f"{none_of(len(hits), counted(n, self.rows_are))}"
        )
        words += f": {'; '.join(parts)}." if parts else "."
        if parts:
            words += " So many cannot have been put into the box there, if each was photographed once."
        return self._answer(
            "beyond",
            "photographed beyond the count",
            n=n,
            observed=float(len(hits)),
            expected=0.0,
            contradiction=len(hits) > 0,
            effect=effect(
                f"{self.rows_are} with more photographed than counted", float(len(hits)), self.rows_are
            ),
            effects=tuple(effects),
            assumptions=(
                Assumption(
                    name="each photograph shows another ballot that was put into the box there",
                    state="unknown",
                    how="the table gives numbers of photographs, not the photographs",
                ),
            ),
            statement=words,
        )

    def _excess(self) -> dict[str, Ints]:
        """Photographed ballots beyond the official count, by column, each of shape (n,)."""
        return {name: np.maximum(0, -self.pairs.difference(name)) for name in self.pairs.columns}

    def _selection(self) -> Measurement:
        """Compare the official result where there are copies with the official result elsewhere."""
        returns, favoured = self.subject.results, self.subject.favoured
        if favoured is None or len(self.pairs.there) == len(returns):
            reason = "every official row has a copy" if favoured is not None else "no option leads"
            return self._untestable("selection", reason)
        there = np.zeros(len(returns), dtype=bool)
        there[self.pairs.there] = True
        votes = {name: returns.table[name].fill_null(0).to_numpy() for name in returns.options}
        whole = np.sum(list(votes.values()), axis=0)
        here, rest = (
            100.0 * int(votes[favoured][rows].sum()) / max(1, int(whole[rows].sum()))
            for rows in (there, ~there)
        )
        effects: list[Effect] = []
        words = (
            f"Officially “{favoured}” has {per_cent(here, '.2f')} of the votes where there are copies "
            f"({self.name}), and {per_cent(rest, '.2f')} elsewhere."
        )
        options = [name for name in returns.options if name in self.pairs.both]
        if self.copies.kind != "ballots" and len(options) == len(returns.options):
            known = np.all([self.pairs.both[name] for name in options], axis=0)
            copied, counted_there = (
                100.0
                * int(values[favoured][known].sum())
                / max(1, sum(int(values[name][known].sum()) for name in options))
                for values in (self.pairs.copied, self.pairs.official)
            )
            effects.append(
                effect(
                    f"share of “{favoured}”, official less copies",
                    counted_there - copied,
                    "percentage points",
                )
            )
            words += f" The copies give it {per_cent(copied, '.2f')} in the same stations."
        if self.copies.kind == "sample":
            words += (
                f" These {self.rows_are} are given as drawn by chance; what they tell of the others is the "
                "question of the quick count."
            )
        else:
            words += (
                f" {capital(self.rows_are)} with copies are no random sample, so this cannot be carried over "
                "to the others."
            )
        return self._answer(
            "selection",
            "stations with copies and others",
            n=len(returns),
            observed=float(len(self.pairs.there)),
            effect=effect(
                f"official share of “{favoured}”, with copies less without", here - rest, "percentage points"
            ),
            effects=tuple(effects),
            describes=True,
            statement=words,
        )

    def stations(self) -> Iterator[tuple[int, float, str]]:
        """Name every station that differs: official row, bits and both numbers."""
        pairs, ballots = self.pairs, self.copies.kind == "ballots"
        if not pairs.columns:
            return
        sizes = (
            self._excess() if ballots else {name: np.abs(pairs.difference(name)) for name in pairs.columns}
        )
        largest = np.max(list(sizes.values()), axis=0)
        for at in np.flatnonzero(largest).tolist():
            parts = [
                f"{noun(name)} {int(pairs.official[name][at]):,} officially, "
                f"{int(pairs.copied[name][at]):,} {'photographed' if ballots else 'in the copy'}"
                for name in pairs.columns
                if sizes[name][at]
            ]
            bits = _LISTED_BITS + float(np.log2(largest[at])) + (_IMPOSSIBLE_BITS if ballots else 0.0)
            yield int(pairs.there[at]), bits, f"{self.name}: {', '.join(parts)}"

    def figures(self, finding: Measurement) -> Iterator[Figure]:
        """Draw the official figure against the copy, station by station, of the option examined first."""
        pairs, favoured = self.pairs, self.subject.favoured
        options = [name for name in (favoured, *self.subject.results.options) if name in pairs.both]
        if not options or finding.status != "tested":
            return
        option = options[0]
        known = pairs.both[option]
        official, copied = pairs.official[option][known], pairs.copied[option][known]
        ballots = self.copies.kind == "ballots"
        apart = copied > official if ballots else copied != official
        values = [
            {"copy": int(copied[at]), "official": int(official[at]), "differs": bool(apart[at])}
            for flags in (~apart, apart)
            for at in np.flatnonzero(flags)[: self.params.drawn].tolist()
        ]
        if not values:
            return
        end = max(max(row["copy"], row["official"]) for row in values)
        verb = "photographed" if ballots else "in the copy"
        encoding = {
            "x": chart.number("copy", f"{capital(noun(option))}, {verb}"),
            "y": chart.number("official", "Official"),
        }
        layers = [
            chart.layer(
                "line", "reference", encoding, [{"copy": 0, "official": 0}, {"copy": end, "official": end}]
            ),
            chart.layer("point", "observed", encoding, values, where="!datum.differs"),
            chart.layer("point", "outlier", encoding, values, where="datum.differs"),
        ]
        count, n = int(apart.sum()), len(apart)
        beyond = "more are photographed than were counted" if ballots else "the two records differ"
        drawn = "" if len(values) == n else f" Drawn are {len(values):,} of {n:,}."
        yield Figure(
            id=f"{self.subject.contest.id}/copies/{self.number}",
            finding=finding.id,
            title=f"In {count:,} of {counted(n, self.rows_are)} {beyond}",
            caption=f"{capital(noun(option))}: official against {self.name}, one point a row; on the line "
            f"both are equal.{drawn}",
            alt=f"Official {noun(option)} against the number {verb}, from 0 to {end:,}. Of "
            f"{counted(n, 'points')}, {count or 'none'} lie {'below' if ballots else 'off'} the line of "
            "equal numbers.",
            vega_lite=chart.picture(layers, height=320, width=320),
        )


def _by(votes: int) -> str:
    """Say how a lead is changed by a number of votes."""
    return (
        f"{counted(abs(votes), 'votes')} {'larger' if votes > 0 else 'smaller'}"
        if votes
        else "neither larger nor smaller"
    )


def _unit(column: str) -> str:
    return "voters" if column == "registered" else "ballots" if column in QUANTITIES else "votes"


_UNSEEN = Assumption(
    name="each copy is a faithful copy of the record of its station",
    state="unknown",
    how="the table gives figures, not the papers",
)

METHOD = Method(
    id="copies",
    title="Copies against the official count",
    question="Do copies of protocols, photographs of ballots or a second count say what was published?",
    tier="A",
    null="exact",
    needs=(("options", "cast"), "copies"),
    tail="two-sided",
    params=Params,
    measure=measure,
    references=("callen2015",),
    innocent=(
        "Slips in copying, on either side.",
        "A protocol corrected or recounted after the copy was made.",
        "A copy of another vote held on the same day, or of the station next door.",
        "A ballot photographed twice, or spoilt after it was photographed.",
    ),
    blind=(
        "anything done before the protocol was written",
        "stations without copies",
        "copies that were made up",
    ),
)
