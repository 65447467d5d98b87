"""An estimate of votes divided among the smallest areas of a table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plebiscope.model.affected import Located
from plebiscope.model.method import Subject

NO_AREAS = "the results name no areas"


def smallest_areas(subject: Subject, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Tell which of the smallest areas that the results name each of some stations lies in.

    Parameters
    ----------
    subject
        The vote.
    rows
        Row numbers in the returns' table, shape (n,).

    Returns
    -------
    ndarray of int64, shape (n,)
        Numbers from nought without a gap; all nought where the results name no areas.
    """
    place = np.zeros(len(rows), dtype=np.int64)
    for column in subject.results.areas:
        codes, names = subject.results.area_of(column, rows)
        place = np.unique(place * len(names) + codes, return_inverse=True)[1]
    return place


def located(subject: Subject, rows: NDArray[np.int64], votes: NDArray[np.float64]) -> Located | str:
    """Add up what stations contribute to an estimate, by the smallest areas that the results name.

    Parameters
    ----------
    subject
        The vote.
    rows
        Row numbers in the returns' table, shape (n,).
    votes
        What each of these stations contributes, shape (n,), or (k, n) where the method leaves k choices open,
        the first of them that of the estimate.

    Returns
    -------
    Located or str
        The parts; else why there are none.
    """
    choices = np.atleast_2d(votes)
    if not subject.results.areas or not len(rows):
        return NO_AREAS
    place = smallest_areas(subject, rows)
    first = np.unique(place, return_index=True)[1]
    sums = [np.bincount(place, choice, minlength=len(first)) for choice in choices]
    return Located(rows[first], np.stack(sums))
