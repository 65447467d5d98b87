"""Early and late votes by place, and what follows for the lead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from plebiscope.kernels.resampling import again, left_out, ratio_left_out

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


_MANY = 200
"""Places with late stations above which they are drawn again for an interval."""


class Places:
    """Early and late votes by place, and what follows for the lead.

    Attributes
    ----------
    lead, votes
        Votes that an option leads by and votes for all options, shape (n,).
    early
        Which stations are early, shape (n,).
    levels
        Area of each station, numbered from 0 and minus one for none, from large to small, each of shape (n,);
        the last are the places.
    """

    def __init__(self, lead: Floats, votes: Floats, early: Flags, levels: Sequence[Ints]) -> None:
        # A station that is said to be nowhere is a place of its own.
        place = np.where(levels[-1] >= 0, levels[-1], -1 - np.arange(len(levels[-1])))
        self.code = np.unique(place, return_inverse=True)[1]
        self.n = int(self.code.max(initial=-1)) + 1
        self.lead, self.votes, self.early = lead, votes, early
        self.early_lead, self.late_lead = (self._sum(lead * which) for which in (early, ~early))
        self.early_votes, self.late_votes = (self._sum(votes * which) for which in (early, ~early))
        self.known = self.early_votes > 0.0
        self.both = self.known & (self.late_votes > 0.0)
        first = np.zeros(self.n, dtype=np.int64)
        first[self.code[::-1]] = np.arange(len(self.code))[::-1]
        self.larger = [codes[first] for codes in levels[:-1]]

    def _sum(self, values: Floats) -> Floats:
        return np.asarray(np.bincount(self.code, values, minlength=self.n), dtype=np.float64)

    def expected(self, draws: Floats) -> Floats:
        """Return the late lead of each place as its early stations, or those around it, let expect.

        Parameters
        ----------
        draws
            How often each place counts, shape (k, places).

        Returns
        -------
        ndarray of float64, shape (k, places)
            In votes.
        """
        early = draws @ self.early_votes
        told = np.divide(draws @ self.early_lead, early, out=np.zeros_like(early), where=early > 0.0)
        alone = np.flatnonzero(~self.known & (self.late_votes > 0.0))
        rates = np.repeat(told[:, None], len(alone), axis=1)
        for codes in self.larger:
            held = np.flatnonzero((codes >= 0) & self.known)
            size = int(codes.max(initial=-1)) + 1
            within = csr_array((np.ones(len(held)), (held, codes[held])), shape=(self.n, size))
            lead, votes = (draws * self.early_lead) @ within, (draws * self.early_votes) @ within
            rate = np.divide(lead, votes, out=np.full(votes.shape, np.nan), where=votes > 0.0)[
                :, codes[alone]
            ]
            rates = np.where(np.isnan(rate) | (codes[alone] < 0), rates, rate)
        own = np.divide(self.early_lead, self.early_votes, out=np.zeros(self.n), where=self.known)
        found = np.repeat(own[None, :], len(draws), axis=0)
        found[:, alone] = rates
        expected: Floats = found * self.late_votes
        return expected

    def beyond(self, draws: Floats) -> Floats:
        """Return the final lead less the lead predicted from early stations, in points, shape (k,)."""
        votes = draws @ (self.early_votes + self.late_votes)
        late = draws @ self.late_lead - (draws * self.expected(draws)).sum(axis=1)
        found: Floats = np.divide(100.0 * late, votes, out=np.zeros_like(votes), where=votes > 0.0)
        return found

    def interval(
        self, value: float, replicates: int, coverage: float, rng: np.random.Generator
    ) -> tuple[float, float]:
        """Return the interval of :meth:`beyond`: few places with late stations are left out in turn.

        Parameters
        ----------
        value
            What place does not explain, in points.
        replicates
            Times that places are drawn again, where they are many.
        coverage
            As a probability.
        rng
            Source of randomness.
        """
        late = np.flatnonzero(self.late_votes > 0.0)
        if len(late) > _MANY:
            return again(self.beyond, self.n, replicates, coverage, value, rng)
        every, left = np.ones((1, self.n)), np.empty(len(late))
        for at, place in enumerate(late):
            every[0, place] = 0.0
            left[at] = self.beyond(every)[0]
            every[0, place] = 1.0
        return left_out(left, value, coverage, self.late_votes[late])

    @property
    def apart(self) -> tuple[Floats, Floats]:
        """Late lead beyond what the early rate gives, and late votes, each of shape (places,).

        Both in votes, and 0 in places that have not both early and late votes.
        """
        own = np.divide(self.early_lead, self.early_votes, out=np.zeros(self.n), where=self.both)
        beyond = np.where(self.both, self.late_lead - self.late_votes * own, 0.0)
        return beyond, np.where(self.both, self.late_votes, 0.0)

    def contrast(self, draws: Floats) -> Floats:
        """Return the late lead less the early lead of places that have both, in points, shape (k,)."""
        beyond, votes = self.apart
        late = draws @ votes
        return np.divide(100.0 * (draws @ beyond), late, out=np.zeros_like(late), where=late > 0.0)

    def contrast_interval(self, coverage: float) -> tuple[float, float]:
        """Return the interval of :meth:`contrast`, leaving out each place in turn; it takes two or more."""
        beyond, votes = (one[self.both] for one in self.apart)
        return ratio_left_out(100.0 * beyond, votes, coverage)

    def within(self) -> tuple[Flags, Floats]:
        """Pick the stations of places with both, and tell the lead of each beyond its place, in votes.

        Returns
        -------
        which : ndarray of bool, shape (n,)
        beyond : ndarray of float64, shape (n,)
            Summed over late stations, enlarged by :attr:`enlarged`, it is about what the contrast compares.
        """
        votes = self.early_votes + self.late_votes
        lead = self.early_lead + self.late_lead
        own = np.divide(lead, votes, out=np.zeros(self.n), where=votes > 0.0)
        return self.both[self.code], self.lead - self.votes * own[self.code]

    @property
    def enlarged(self) -> Floats:
        """Stations of a place for each early one, of the place of each station, shape (n,).

        Late stations are part of what the lead of their place is made of, the more so the more there are.
        """
        early = np.bincount(self.code, self.early, minlength=self.n)
        return (np.bincount(self.code, minlength=self.n) / np.maximum(early, 1.0))[self.code]

    def now(self) -> tuple[float, float]:
        """Return the lead of the early stations and the final lead, in points."""
        early, whole = self.early_votes.sum(), self.votes.sum()
        return 100.0 * self.early_lead.sum() / max(1.0, early), 100.0 * self.lead.sum() / max(1.0, whole)
