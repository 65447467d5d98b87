"""Section 4 of the methods specification: Rozenas's stored example, Canada 2011, with his mixtures."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import rdata

from plebiscope import study
from plebiscope.kernels.beta_mixture import Mixture, bin_of
from plebiscope.methods.spikes import METHOD, Params, drawn_again
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def canada(shared):
    mapping = {"columns": {"registered": "N", "cast": "t", "options": {"leader": "v"}}}
    return study.read(
        shared / "data" / "canada-2011" / "output.rda", contest="canada", mapping=mapping
    ).returns


@pytest.fixture(scope="module")
def mixtures(shared):
    """The mixtures that the authors fitted, as they are stored with their result: turnout, then share."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stored = rdata.read_rda(shared / "data" / "canada-2011" / "output.rda")
    (whole,) = stored.values()
    return [
        Mixture(*(np.asarray(part[name], dtype=float) for name in ("alpha", "beta", "w")))
        for part in whole["out"].values()
    ]


def test_canada_2011_by_the_authors_convention(canada, mixtures):
    """Only the bin of 28.0 per cent rises above their envelope; there it is 0.0389 per cent of stations.

    The figure stored is 0.03888, with a mean of 1,000 draws whose own error is 0.0004.
    """
    turnout, share = mixtures
    assert [len(turnout), len(share)] == [2, 4]
    assert turnout.first == pytest.approx([21.676, 8.878], abs=5e-4)
    picked = canada.select("registered", "cast", "leader")
    registered, cast, votes = (picked[name] for name in ("registered", "cast", "leader"))
    assert len(picked) == 66_111
    expected = drawn_again.chances(registered, cast, votes, 280, turnout, share).sum()
    seen = int(np.count_nonzero(bin_of(votes, cast) == 280))
    assert round(100 * (seen - expected) / 66_111, 4) == 0.0389


def test_canada_2011_has_no_peak_when_all_bins_are_asked_at_once(canada):
    subject = Subject(Contest(id="canada", name="canada"), canada, ())
    evidence = METHOD.measure(subject, Params(), np.random.default_rng(0))
    heads = {m.quantity: m for m in evidence.measurements}
    for quantity in ("share peaks", "turnout peaks"):
        assert heads[quantity].observed == 0
        assert heads[quantity].p > 0.05
