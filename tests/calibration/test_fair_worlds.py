"""On fair votes no method rejects more often than its level allows.

Sixty worlds of 800 stations in the ordinary suite: what is allowed is a twentieth and four standard errors,
which is nine of sixty; a test that keeps its level is above that less than once in 1,000 questions, and one that rejects a
quarter of fair votes is found 19 times in 20. What is told about each method rests on the thousands of
larger worlds of `make calibration`.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.stats import binom

from plebiscope import catalogue

LEVEL = 0.05


def too_often(rejected: int, worlds: int) -> bool:
    return rejected > worlds * LEVEL + 4 * np.sqrt(worlds * LEVEL * (1 - LEVEL))


def test_the_promises_of_this_file_hold():
    most = next(count for count in range(60) if too_often(count, 60)) - 1
    assert most == 9
    assert binom.sf(most, 60, LEVEL) < 1 / 1000
    assert binom.sf(most, 60, 0.25) > 0.95


@pytest.fixture(scope="module")
def worlds(asked, quick):
    return asked(quick, 30)


def test_no_method_rejects_fair_votes_too_often(worlds, alarms):
    counts = alarms(worlds)
    assert len(counts) >= 20
    assert {question: said for question, said in counts.items() if too_often(*said)} == {}


def test_no_arithmetic_finds_a_contradiction_in_a_fair_vote(worlds):
    assert [one.id for answers in worlds for one in answers if one.contradiction] == []


def test_every_method_is_asked_about_fair_worlds(worlds, quick):
    answered = {one.method for answers in worlds for one in answers if one.status == "tested"}
    # What rests on a design (groups, states of the count, a sample) has nothing to rest on in a fair world.
    assert answered == {method.id for method in quick if method.tier != "B"}


def test_a_p_that_is_a_quarter_of_what_it_should_be_is_caught(asked, alarms):
    method = catalogue.load("straddle")

    def broken(subject, params, rng):
        evidence = method.measure(subject, params, rng)
        wrong = [
            one.model_copy(update={"p": one.p / 4, "log10_p": None}) if one.p is not None else one
            for one in evidence.measurements
        ]
        return dataclasses.replace(evidence, measurements=tuple(wrong))

    counts = alarms(asked([dataclasses.replace(method, measure=broken)], 30))
    assert any(too_often(*said) for said in counts.values())


@pytest.mark.slow
def test_no_method_rejects_five_hundred_fair_votes_too_often(asked, quick, alarms):
    """Eight of a hundred is what 500 worlds allow."""
    counts = alarms(asked(quick, 250))
    assert {question: said for question, said in counts.items() if too_often(*said)} == {}
