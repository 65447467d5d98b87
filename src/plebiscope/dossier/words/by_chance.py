"""Graded by chance: an answer with a p."""

from __future__ import annotations

import math

from plebiscope.calibrate import reference
from plebiscope.dossier.numbers import digits, odds
from plebiscope.dossier.words.hindrances import hindrance
from plebiscope.dossier.words.levels import NOTABLE, STRONG, alarm_at
from plebiscope.dossier.words.unnoticed import missed
from plebiscope.dossier.words.weighing import Judgement, Weighing
from plebiscope.dossier.yardstick import alarms


def by_chance(weighing: Weighing, log10_q: float) -> Judgement:
    """Grade a measurement that chance does not explain."""
    notable, strong = alarm_at(weighing, NOTABLE), alarm_at(weighing, STRONG)
    chance = _chance(weighing, log10_q)
    hindered = hindrance(weighing, chance)
    if hindered is not None:
        return hindered
    words = f"{chance} This does not show who or what caused it, nor what the true result is."
    if log10_q < math.log10(STRONG) and reference.small(strong):
        if weighing.method.tier == "A":
            words = words.replace(chance, f"{chance} Such figures are hard to explain by counting alone.")
        return Judgement("strong", words, strong)
    if reference.small(notable):
        return Judgement("notable", words, notable)
    above, behind = weighing.log10_q_above, alarm_at(weighing, STRONG, "contest")
    if above is not None and above < math.log10(STRONG) and reference.small(behind):
        # The rate is that of the answer for the whole contest, behind which areas are looked at.
        return Judgement("notable", words, behind)
    if reference.too_common(notable):
        words = f"{chance} This is shown, not judged: at this level that is too common. {alarms(notable)}"
        return Judgement("display", words, notable)
    return Judgement("notable", words, notable)


def not_unusual(weighing: Weighing, log10_q: float) -> Judgement:
    """Grade a measurement that chance explains."""
    least, unseen = missed(weighing)
    words = f"{_chance(weighing, log10_q)} {_usual(weighing)} {unseen}"
    return Judgement("none", words, alarm_at(weighing, NOTABLE), least)


def _chance(weighing: Weighing, log10_q: float) -> str:
    """Say how often chance alone would give as much, before and after correction."""
    log10_p = weighing.measurement.log10_p
    log10_p = log10_q if log10_p is None else log10_p
    shown = f"p = {digits(log10_p)}"
    if not weighing.whole:
        shown += f"; q = {digits(log10_q)}, corrected for the number of areas looked at"
    elif weighing.tests > 1:
        shown += f"; q = {digits(log10_q)}, corrected for the {weighing.tests} tests made"
    else:
        shown += ", the only test made"
    return (
        f"Chance alone would give something at least as extreme in {odds(log10_p)} fair votes that meet the "
        f"method's assumptions ({shown})."
    )


def _usual(weighing: Weighing) -> str:
    """Say that an answer is not unusual, and whether it is so by itself or only among all that was asked."""
    log10_p = weighing.measurement.log10_p
    if log10_p is None or log10_p >= math.log10(NOTABLE):
        return "That is not unusual."
    among = f"the {weighing.tests} tests made" if weighing.whole else "all the areas looked at"
    return f"By itself that would be unusual; among {among} it is not."
