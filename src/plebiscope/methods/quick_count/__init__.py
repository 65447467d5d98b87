"""A quick count: a sample of stations against the announced result.

Question
--------
Does a sample of stations, counted by others, give the announced result?

Statistic
---------
The case holds what somebody else counted at stations drawn by chance, in the whole country or inside areas
(strata). With ``M`` stations in a stratum and ``n`` of them sampled, an option's share is estimated by
``sum M / n sum votes`` over ``sum M / n sum of all votes``: a ratio of two totals. Its error follows from how
stations scatter inside strata around that ratio. Compared are the lead and, where there are
more than two options, the share of each, in points.

Of strata of which no station was counted the sample says nothing, nor of rows that are no ordinary stations.
It is then held against the official result of the strata that it has, and without these no number of votes is
told. One counted station does not tell how its stratum scatters: such strata are put together. Where every
station of the strata with a tally was counted and other strata have none, nothing was drawn, and nothing is
asked.

Where the case lists the stations that were drawn, tallies of others are left out and counted. With ``n`` the
stations of a stratum that have a tally, the estimate is the one that fills each missing tally with the mean
of its stratum, and its error is that of so many fewer stations. Nothing is drawn at random in their place: by
the same law it would give the same figures with more noise. Nor is an earlier vote used to fill them, because
who reports may go with what has changed since. Told instead is between what all lies whatever the missing
tallies hold: the share if every ballot of theirs were for the option, and if none were, and the lead if all
were for the one of the two or for the other.
Also told is how many stations would be needed to know the lead to one point, which follows from how stations
scatter. A formula for ballots drawn one by one gives errors that are several times too small.

Fair vote
---------
The official result is that of the ballots at the stations, so that the sample's estimate lies around it as
samples do: ``t = (estimate - official) / error`` with Satterthwaite's degrees of freedom.

Assumptions
-----------
* The stations were drawn by chance inside their strata, each with the same chance. Checked: whether the
  *official* figures of the sampled stations give the official result, and whether larger stations were drawn
  more often.
* What the sample says of a station is what was counted there. The table cannot say; ``copies`` compares both.
* Tallies that are missing are like others of their stratum. Checked: how many are missing, whether they
  could take a difference away, and whether the official figures of the others give the official result.
* The rest of the vote is like the stations from which the sample was drawn. Checked: how many of the official
  votes are of strata without a tally, or of no ordinary station; what is found is told of the others only.
* There are enough tallies for the interval. Checked: as how many tallies of equal size they count.

Innocent causes
---------------
Stations that are hard to reach were replaced by near ones. Votes cast abroad or by post are part of the
announced result and not of the sample. A protocol was corrected after the sample's copy was made.

Blind spots
-----------
Anything done before the count at the station. Stations that were known to be in the sample beforehand.

References
----------
Cochran (1977), Sampling Techniques, sections 5.4 and 6.11; Satterthwaite (1946).

Example
-------
Four of 400 stations give the option 52, 48, 55 and 49 of 100 votes; officially it has 60 per cent:

>>> import numpy as np
>>> from plebiscope.kernels.sampling import estimate
>>> found = estimate(np.array([52.0, 48, 55, 49]), np.full(4, 100.0), np.zeros(4, int), np.array([400.0]))
>>> round(found.value, 3), round(found.error, 4), round(found.p(0.6), 4)
(0.51, 0.0157, 0.0106)
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from scipy.special import stdtr

from plebiscope.evidence.noticed import POWER, least_apart
from plebiscope.kernels import sampling
from plebiscope.methods.quick_count import pictures
from plebiscope.methods.quick_count.checks import checked
from plebiscope.methods.quick_count.missing import lead_bounds, share_bounds
from plebiscope.methods.quick_count.sample import POINTS, Params, Sample
from plebiscope.model import size
from plebiscope.model.affected import Affected
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Effect, Limit, Measurement, Noticing
from plebiscope.model.method import Evidence, Method, Subject, effect, surprise
from plebiscope.model.wording import counted, per_cent, written

__all__ = ["METHOD", "Params", "measure"]


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Compare every sample with the official result; ``rng`` is not used."""
    found: list[Measurement] = []
    figures: list[Figure] = []
    samples = [copies for copies in subject.copies if copies.kind == "sample"]
    for number, copies in enumerate(samples, start=1):
        sample = Sample(subject, params, copies, number)
        reason = sample.closed()
        if reason is not None:
            found.append(METHOD.untestable(subject, "lead", reason, slug=f"{number}/lead"))
            continue
        shares = _shares(sample)
        # Between two options the share tells nothing that the lead does not.
        lead = _lead(sample)
        found += [lead, *(shares if len(sample.options) > 2 else ())]
        if shares:
            figures.append(pictures.shares_beside(lead, shares, copies.source, sample.called("share")))
    return Evidence(tuple(found), tuple(figures))


def _answer(
    sample: Sample,
    quantity: str,
    found: sampling.Ratio,
    truth: float,
    effects: Sequence[Effect],
    **filled: Any,
) -> Measurement:
    p = found.p(truth)
    log10_p = math.log10(max(p, 1e-300))
    low, high = (100.0 * (end - truth) for end in found.interval(sample.params.coverage))
    apart = 100.0 * (found.value - truth)
    called = sample.called(quantity)
    in_votes = f"{called} less that of the sample, in votes"
    beyond, *ends = (-end / 100.0 * sample.official_total for end in (apart, high, low))
    return METHOD.answer(
        sample.subject,
        quantity,
        slug=f"{sample.number}/{quantity}",
        n=int(sample.told.sum()),
        observed=100.0 * found.value,
        expected=100.0 * truth,
        null="conditional",
        p=10.0**log10_p,
        log10_p=log10_p,
        bits=surprise(log10_p),
        effect=effect(
            f"{quantity}, sample less {'announced' if sample.announced else 'official'}",
            apart,
            POINTS,
            (low, high),
            sample.params.coverage,
        ),
        effects=(
            *effects,
            effect(in_votes, beyond, "votes", (ends[0], ends[1]), sample.params.coverage),
        ),
        affected=(
            Affected(
                in_votes,
                "a sample speaks of all stations together",
                lead=quantity == "lead",
                than=f"by the sample of “{sample.copies.source}”",
                withheld=_withheld(sample, quantity),
            ),
        ),
        noticing=Noticing(partial(_limit, found, called, sample.official_total)),
        assumptions=tuple(checked(sample)),
        params={
            **asdict(sample.params),
            "source": sample.copies.source,
            "strata": list(sample.copies.strata),
        },
        **filled,
    )


def _limit(found: sampling.Ratio, called: str, ballots: float, level: float) -> Limit:
    """Say which difference from the official result would be noticed."""
    error, least = 100.0 * found.error, size.least(POINTS, None)
    dose = least_apart(error, least, level=level, free=found.free)
    return Limit(
        mechanism=f"a difference between the {called} and the stations'",
        dose=dose,
        unit=POINTS,
        votes=dose / 100.0 * ballots,
        floor=least if dose > least_apart(error, level=level, free=found.free) else None,
        power=POWER,
        how="analytic",
    )


def _lead(sample: Sample) -> Measurement:
    """Compare the lead of the official winner over the next."""
    first, second = sample.options[:2]
    found = sample.ratio(sample.votes[first] - sample.votes[second], sample.whole, sample.told)
    reason = sample.unclear(found)
    if found is None or reason is not None:
        return METHOD.untestable(sample.subject, "lead", str(reason), slug=f"{sample.number}/lead")
    truth = (sample.official[first] - sample.official[second]) / sample.official_total
    low, high = (100.0 * end for end in found.interval(sample.params.coverage))
    leads, by, ends, the = "leads", 100.0 * found.value, (low, high), "the"
    if by < 0.0:
        leads, by, ends, the = "trails", -by, (-high, -low), "its"
    words = (
        f"In {counted(int(sample.told.sum()), 'stations')} of a sample ({sample.where}, "
        f"“{sample.copies.source}”), “{first}” {leads} “{second}” by {written(by, '.2f')} "
        f"points ({written(ends[0], '.2f')} to {written(ends[1], '.2f')}); {the} "
        f"{sample.called('lead')} is {written(100.0 * truth, '.2f')} points."
    )
    missing = sample.drawn - int(sample.told.sum())
    have = "has" if missing == 1 else "have"
    if missing or sample.lost:
        words += f" Of {counted(sample.drawn + sample.lost, 'sampled stations')}, {missing:,} {have} no tally"
        words += f" and {sample.lost:,} are no station of the results." if sample.lost else "."
    if sample.undrawn:
        words += f" Tallies of stations that were not drawn, left out: {sample.undrawn:,}."
    words += _left_out(sample, first, second)
    effects = [
        effect("lead in the sample", 100.0 * found.value, POINTS, (low, high), sample.params.coverage),
        effect(sample.called("lead"), 100.0 * truth, POINTS),
        *_if_level(found),
        *lead_bounds(sample, first, second),
        *share_bounds(sample, first),
        *_needed(sample, first, second),
    ]
    return _answer(sample, "lead", found, truth, effects, statement=words)


def _if_level(found: sampling.Ratio) -> Iterator[Effect]:
    """Return the chance of such a lead in a sample; where all stations were counted there is none to tell."""
    if found.error > 0.0:
        level = 1.0 - float(stdtr(found.free, found.value / found.error))
        yield effect("chance of so large a lead in the sample, were the two level", level, "probability")


def _left_out(sample: Sample, first: str, second: str) -> str:
    """Say of which part of the vote the sample says nothing."""
    words = ""
    if sample.open:
        words = (
            f" Strata without a tally, left out on both sides: {sample.open:,}, with "
            f"{per_cent(100.0 * sample.beyond)} of the official votes. Of these, and so of the whole vote, "
            "the sample says nothing."
        )
    if sample.beyond > 0.0:
        lead = sample.everywhere[first] - sample.everywhere[second]
        whole = written(100.0 * lead / sum(sample.everywhere.values()), ".2f")
        words += f" In all official results together that lead is {whole} points."
    return words


def _withheld(sample: Sample, quantity: str) -> str:
    """Say why no number of votes is told of it."""
    if quantity != "lead":
        return "of a sample only the lead is told"
    return "the sample says nothing of the strata without a tally" if sample.open else ""


def _needed(sample: Sample, first: str, second: str) -> Iterator[Effect]:
    """Tell how many stations it takes to know the lead, from the official figures of all of its strata."""
    if sample.subject.returns is None:
        return
    picked = sample.subject.results.select(*sample.official)
    picked = picked.keep(sample.frame[picked.rows], "in a stratum without a tally")
    votes = np.sum([picked[name] for name in sample.official], axis=0).astype(np.float64)
    strata = np.unique(sample.codes[picked.rows], return_inverse=True)[1]
    lead = (picked[first] - picked[second]).astype(np.float64)
    if len(votes) < 2 or not votes.sum():
        return
    goal = sample.params.exact_to / 100.0 / 1.96
    # Of each stratum two at least are drawn, where there are: these count too.
    shared = sampling.allocated(np.bincount(strata), sampling.stations_needed(lead, votes, strata, goal))
    where = " of these strata" if sample.open else ""
    what = f"stations needed to know the lead{where} to {sample.params.exact_to:g} point either way"
    yield effect(what, float(shared.sum()), "sampled stations")


def _shares(sample: Sample) -> list[Measurement]:
    """Compare the share of each option."""
    found = []
    for option in sample.options:
        ratio = sample.ratio(sample.votes[option], sample.whole, sample.told)
        if ratio is None or sample.unclear(ratio) is not None:
            continue
        truth = sample.official[option] / sample.official_total
        low, high = (100.0 * end for end in ratio.interval(sample.params.coverage))
        found.append(
            _answer(
                sample,
                "share",
                ratio,
                truth,
                tuple(share_bounds(sample, option)),
                option=option,
                statement=f"In the sample of “{sample.copies.source}”, “{option}” has "
                f"{per_cent(100.0 * ratio.value, '.2f')} of the votes ({written(low, '.2f')} to "
                f"{written(high, '.2f')}); the {sample.called('share')} is "
                f"{per_cent(100.0 * truth, '.2f')}.",
            )
        )
    return found


METHOD = Method(
    id="quick-count",
    title="Quick count against the announced result",
    question="Does a sample of stations, counted by others, give the announced result?",
    tier="B",
    null="conditional",
    needs=("sample", ("options", "totals")),
    tail="two-sided",
    params=Params,
    measure=measure,
    references=("cochran1977", "satterthwaite1946"),
    assumes="the sampled stations were drawn by chance and that their tallies are what was counted there",
    innocent=(
        "Stations that are hard to reach were replaced by near ones.",
        "Votes cast abroad or by post are part of the announced result and not of the sample.",
        "A protocol was corrected after the copy was made.",
    ),
    blind=(
        "anything done before the count at the station",
        "stations that were known beforehand to be in the sample",
    ),
)
