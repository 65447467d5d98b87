"""Stations in which ballots look added: how many, if the way votes differ between places does not tell.

Question
--------
Do some stations lie where votes would lie if abstainers had been turned into votes for the option, further
than stations of the same place differ by themselves? If so, how many stations and votes would that be?

Statistic
---------
Registered voters of a station divide into abstainers, other ballots and votes for the option. Two accounts of
them are compared:

* *places alone*: turnout and share are spread around the centre of the station's district, on the scale of
  logits. The spread is a mixture of up to ``parts`` normal parts, each with widths, offsets and a slope of
  the share on turnout of its own, as many as the table asks for: over-dispersion, long tails, two kinds of
  place in one district and a share that goes with turnout all count as natural;
* *three classes*: besides, in the class *some* a part u of the abstainers (between ``least`` and ``most``)
  was turned into votes for the option and a part w of the other ballots (below ``most``) moved to it; in the
  class
  *most* both parts lie above ``most``. Neither class may be larger than the natural one. The rates have beta
  laws with free means and are integrated over a fixed grid.

Which class is which is fixed by the rates, so that labels cannot change places. Both accounts are weighed by
the probability that they gave the counts, all parameters integrated out (Laplace); the logarithm of the ratio
is the *log Bayes factor*. With the prior probability ``nothing`` of the account of places alone it becomes a
posterior one. It compares two accounts: that places alone suffice does not say that no ballot was added.
Only where it falls below ``1 / (1 + odds)`` is an estimate told; otherwise it is nought, and beside it stands
the upper end by the account with added ballots: a range over both accounts, no 95 % interval. Votes added and
moved are sums over stations of what their counts lead to expect; intervals hold the error of parameters, of
centres and of each station.

What was added is worked out from the abstainers that are left, so that neither account says anything of a
station without any: these are left out and counted. Where they are more than ``without`` of all, the question
has no answer.

Tables of more than ``sample`` stations are fitted on whole districts taken evenly from the list, and then
applied to all.

Fair vote
---------
The account of places alone. What the log Bayes factor says under it was tried on 200 votes drawn from it, of
which none was called otherwise, and on 1,000 fair votes drawn by another law
(:mod:`plebiscope.worlds.fair`), of which five were (0.5 %; 95 % interval 0.16 to 1.2). There is no p.

In votes drawn from the three classes, 200 at each of three points of the law (15 % and 4 % of 1,200 stations;
23 % and 8 % of them at low rates; 7 % and 1 % of 800; ``benchmarks/mixture_coverage.py``), estimates were off
on average by, and 95 % intervals held the truth in (last, both where places are of two kinds: how many there
are is then found from the table, three in 189 of 200, and the interval does not know that it was):

====================  =================  ================  ================
total                 bias               intervals hold    two kinds
====================  =================  ================  ================
stations, some        +0.1 to +6.8 %     92.5 to 97.5 %    +5.1 %, 93.5 %
stations, most        -1.5 to +13.4 %    96.0 to 97.5 %    -7.5 %, 91.0 %
stations              -0.2 to +7.6 %     93.5 to 96.0 %    +2.5 %, 96.0 %
votes added           -0.0 to +3.6 %     92.0 to 94.0 %    +2.3 %, 91.5 %
votes moved           +0.7 to +1.6 %     95.5 to 96.5 %    -4.7 %, 90.0 %
votes, both           +0.2 to +2.9 %     94.0 to 97.5 %    -0.4 %, 91.5 %
====================  =================  ================  ================

These are votes of the law that is fitted. On real ones it can fail: of five votes held to be clean a number
is told of one, Mexico 2012, and it is more than a quarter of all stations.

Assumptions
-----------
* Districts are small enough that a place is like its neighbours. Checked: stations in a mean district. Where
  there are more than ``largest``, the places inside districts are taken, if the table has them.
* Few stations are without abstainers. Checked: at most one of a hundred; of those that can be asked, votes
  held to be clean have 0.05 % at most (13 of 25,188 in Poland 2007).
* The fitted account looks like the table. Checked on 39 votes drawn from it: cells of turnout by share
  (doubtful where the table lies further from their mean than each of them), correlation of both inside
  districts, and stations in which both exceed 90 %. In 1,000 fair votes drawn by another law it was
  doubtful for 50 of 1,600 options (3 %; 2.5 are so by construction).
* The natural spread does not take in added ballots. Doubtful, always: in simulated votes it did (see Blind
  spots).
* The answer does not hang on the prior. Checked: the prior probability at which it would change.

Innocent causes
---------------
Barracks, hospitals, closed institutions and villages that vote as one, in a district that does not. A
neighbourhood in which an option mobilised its own voters. Lists of registered voters out of date in some
places only. New voters registered on the day.

Blind spots
-----------
Ballots added in a whole district alike: that looks like a district. Rates of adding below ``least``; votes
moved where none was added: both look like places that differ. Votes added in so many ways that they look like
one more natural part: the richer the natural account, the less is left to see. So the upper end of what could
have gone unseen holds under the account only. In simulated votes in which ballots were added at 10 or 20 of
100 stations (``unseen.csv``, made by ``benchmarks/mixture_unseen.py``), a number was told of one in 120, and
the truth often lay above that end.

Votes drawn from the published model of eforensics are among them. It has one kind of spread, and with
``parts`` of 1 its classes are recovered; with the five taken here, stations with added ballots are taken for
further kinds of place, and nothing is told (log Bayes factors from -7.5 to -3.5, 1,000 stations of which 15 %
and 5 % were of the two classes). What this account calls natural at higher turnout and share is told.

References
----------
Mebane, Ferrari, McAlister and Wu (2022), the eforensics model, whose classes, rates and prior order of
classes these are; its package integrates nothing, gives each station 47.7 % prior chance of fraud and has no
account of places. Klimek, Yegorov, Hanel and Thurner (2012), doi:10.1073/pnas.1210722109. Laplace's method:
Tierney and Kadane (1986), doi:10.1080/01621459.1986.10478240. Bayes factors: Kass and Raftery (1995),
doi:10.1080/01621459.1995.10476572.

Example
-------
>>> round(prior_share(), 3)  # of stations that are not natural, if there are any, before looking
0.477
>>> round(probability_of_nothing(0.0, 0.5), 2), round(probability_of_nothing(-10.0, 0.5), 4)
(0.5, 1.0)
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.special import expit, logit

from plebiscope.evidence.located import located
from plebiscope.kernels.class_fit import fit_both
from plebiscope.kernels.class_law import Grid, Ints
from plebiscope.kernels.class_stations import Stations
from plebiscope.kernels.class_totals import some_districts, spread_out, totals
from plebiscope.methods.mixture.answer import BOTH, Answer
from plebiscope.methods.mixture.pictures import cloud, posterior
from plebiscope.model.affected import Affected
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Evidence, Method, Subject, by_option, too_few
from plebiscope.model.returns import Returns, Selection
from plebiscope.model.wording import per_cent

_NOBODY = "nobody abstained"


@dataclass(frozen=True)
class Params:
    """Parameters of the mixture."""

    nothing: float = 0.5
    """Prior probability of the account of places alone, in which no station is of another class."""
    odds: float = 1000.0
    """Posterior odds of the account with such stations, above which their number is told. At 100 it would be
    told of 10 of 1,000 fair votes of another law, at 1,000 of 5."""
    least: float = 0.1
    """Lowest rate of adding: the part of abstainers turned into votes."""
    most: float = 0.7
    """Rate of adding and of moving at which the class *most* begins (0.7 in eforensics)."""
    parts: int = 5
    """Parts of the natural law, at most."""
    sample: int = 6000
    """Stations to which the mixture is fitted, about."""
    rounds: int = 60
    """Passes over the stations in a climb, at most."""
    close: float = 0.005
    """Gain of the log likelihood in one step at which the last climb stops."""
    level: float = 0.95
    """Coverage of the intervals."""
    fewest_stations: int = 300
    """Stations needed."""
    fewest_registered: int = 50
    """Registered voters of a station, at least: the error of smaller counts is not normal."""
    district: int = 20
    """Stations of a district, at least, for half of all stations; else the main areas are the districts."""
    without: float = 0.05
    """Part of stations without abstainers above which nothing is said of the vote."""
    largest: int = 100
    """Stations of a mean district up to which a place counts as like its neighbours."""
    place: int = 5
    """Stations of a place, at least, for half of all stations, where a mean district is larger than that."""

    @property
    def limit(self) -> float:
        """Log Bayes factor above which a number is told."""
        return float(np.log(self.odds) + logit(self.nothing))


def prior_share() -> float:
    """Return the mean share of stations that are not natural, before looking, if there are such classes.

    Each class is a part of the natural one, between nought and one with equal chance; as in eforensics, where
    it is 47.7 % because there is no account without them. Here it is weighed against one without.
    """
    return float(1.0 - (3.0 * np.log(3.0) - 4.0 * np.log(2.0)))


def probability_of_nothing(factor: float, nothing: float) -> float:
    """Return the posterior probability of the account of places alone, of the two that are compared.

    Parameters
    ----------
    factor
        Log Bayes factor for further classes.
    nothing
        Its prior probability.
    """
    return float(expit(logit(nothing) - factor))


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Weigh both accounts for each examined option; ``rng`` draws votes from the fitted one for checking.

    There are no station scores, because a class is a statement about many stations and accuses none.
    """
    return by_option(subject, lambda option: _examine(subject, option, params, rng))


@dataclass(frozen=True)
class Chosen:
    """The stations that can be asked about an option.

    Attributes
    ----------
    picked
        These stations.
    without
        How many more there are in which nobody abstained.
    reason
        Why the question has no answer; null where it has one.
    """

    subject: Subject
    option: str
    picked: Selection
    without: int
    reason: str | None

    def sorted(self, params: Params) -> tuple[Stations, Ints, str]:
        """Return the stations by district, their row numbers, and what the districts are."""
        return _stations(self.subject, self.picked.rows, self.picked, self.option, params)


def chosen(subject: Subject, option: str, params: Params) -> Chosen:
    """Choose the stations that can be asked about an option, or say why none can.

    What was added is worked out from the abstainers that are left. Where none is, neither account says
    anything; a second kind of place, at 100 per cent, would take such stations in and call them natural.
    """
    picked = subject.possible(option)
    large = picked["registered"] >= params.fewest_registered
    picked = picked.keep(large, f"fewer than {params.fewest_registered} registered voters")
    asked, quiet = len(picked), picked["cast"] == picked["registered"]
    without = int(np.count_nonzero(quiet))
    picked = picked.keep(~quiet, _NOBODY)
    reason = too_few(picked, params.fewest_stations, subject.rows_are)
    if without > params.without * asked:
        reason = (
            f"{_NOBODY} in {without:,} of {asked:,} {subject.rows_are} "
            f"({per_cent(100.0 * without / asked)}), and it is from the abstainers left that the number of "
            f"ballots added is worked out; ballots may have been added in all of these, so that what the "
            f"others look like would say little of the vote"
        )
    if reason is None and np.ptp(picked["cast"] / picked["registered"]) == 0.0:
        reason = "turnout is the same everywhere, so that nothing can be told apart"
    if reason is None and np.ptp(picked[option] / picked["cast"]) == 0.0:
        reason = "the option's share is the same everywhere, so that nothing can be told apart"
    return Chosen(subject, option, picked, without, reason)


def _examine(
    subject: Subject, option: str, params: Params, rng: np.random.Generator
) -> tuple[Measurement, list[Figure]]:
    asked = chosen(subject, option, params)
    dropped = dict(asked.picked.dropped)
    said: dict[str, Any] = {"n": len(asked.picked), "params": {**asdict(params), "dropped": dropped}}
    if asked.reason is not None:
        return METHOD.untestable(subject, "classes", asked.reason, option=option, **said), []
    stations, rows, named = asked.sorted(params)
    grid = Grid(params.least, params.most)
    fitted_to, kept = some_districts(stations, params.sample)
    rounds, close = params.rounds, params.close
    (natural, before), (classes, after) = fit_both(
        fitted_to, grid, most=params.parts, rounds=rounds, close=close
    )
    whole = classes
    if len(fitted_to) < len(stations):
        whole = spread_out(stations, classes, kept, grid, rounds=2)
    answer = Answer(
        option=option,
        unit=f"per cent of the {'leader' if option == subject.results.leader else 'option'}'s votes",
        rows_are=subject.rows_are,
        stations=stations,
        fitted_to=fitted_to,
        natural=natural,
        classes=classes,
        whole=whole,
        totals=totals(fitted_to, classes, stations, whole, grid),
        factor=after - before,
        nothing=probability_of_nothing(after - before, params.nothing),
        prior=params.nothing,
        odds=params.odds,
        limit=params.limit,
        level=params.level,
        grid=grid,
        districts=named,
        largest=params.largest,
        without=asked.without,
    )
    filled = METHOD.answer(
        subject,
        "classes",
        option=option,
        observed=answer.head.value,
        expected=0.0,
        effect=answer.head,
        effects=answer.effects(),
        affected=(
            Affected(
                BOTH,
                located(subject, rows, whole.passed.expected[:, 2:].sum(axis=1))
                if answer.told
                else "no number is told",
            ),
        ),
        assumptions=answer.assumptions(rng),
        statement=answer.statement(),
        **said,
    )
    return filled, [cloud(filled.id, answer), posterior(filled.id, answer)]


def _stations(
    subject: Subject, rows: Ints, counts: Any, option: str, params: Params
) -> tuple[Stations, Ints, str]:
    """Sort stations by district, and both by their counts alone, so that neither names nor order matter."""
    results = subject.results
    column = results.finest_area(params.district) or results.main_area
    code = _codes(results, column, rows)
    if len(rows) > params.largest * (code.max() + 1):
        # Districts so large are made of places that differ; what lies inside them is taken if it is known.
        column = results.finest_area(params.place) or column
        code = _codes(results, column, rows)
    registered, cast, votes = counts["registered"], counts["cast"], counts[option]
    sums = [np.bincount(code, values) for values in (votes, cast, registered)]
    rank = np.argsort(np.lexsort(sums))
    order = np.lexsort((votes, cast, registered, rank[code]))
    columns = (registered - cast, cast - votes, votes, rank[code])
    found = Stations.counted(*(one[order] for one in columns))
    name = "no areas to compare" if column is None else f"{found.districts:,} districts ({column})"
    return found, rows[order], name


def _codes(results: Returns, column: str | None, rows: Ints) -> Ints:
    if column is None:
        return np.zeros(len(rows), dtype=np.int64)
    return np.unique(results.places(column)[0][rows], return_inverse=True)[1].astype(np.int64)


METHOD = Method(
    id="mixture",
    title="Stations in which ballots look added",
    question="Do some stations lie where added ballots would put them, and how many votes would that be?",
    tier="C",
    null="none",
    needs=("returns", "station", "registered", "cast", "options"),
    tail="upper",
    params=Params,
    measure=measure,
    slow=True,
    longest=1.0,
    references=("mebane2022", "klimek2012", "tierney1986", "kass1995"),
    assumes="stations of one district differ by no more than a natural spread fitted to them, and that those "
    "beyond it had ballots added or moved",
    innocent=(
        "Barracks, hospitals and villages that vote as one, in a district that does not.",
        "Neighbourhoods in which one option mobilised its own voters.",
        "Lists of registered voters that are out of date in some places only.",
    ),
    blind=(
        "ballots added alike in a whole district",
        "few ballots added, or votes moved where none was added",
        "ballots added in so many ways that they look like places that differ: then there can be more "
        "than the most that is told",
        "pressure on voters",
    ),
)
