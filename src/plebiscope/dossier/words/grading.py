"""The grade of a measurement: which part of the policy applies to it."""

from __future__ import annotations

import math
from dataclasses import replace

from plebiscope.calibrate import reference
from plebiscope.dossier.words.by_chance import by_chance, not_unusual
from plebiscope.dossier.words.by_design import by_design
from plebiscope.dossier.words.by_range import by_range
from plebiscope.dossier.words.levels import NOTABLE
from plebiscope.dossier.words.weighing import Judgement, Weighing
from plebiscope.dossier.yardstick import standing


def judge(weighing: Weighing) -> Judgement:
    """Grade a measurement by the policy of this package, and say where it stands among reference votes."""
    place = None
    if not weighing.method.arithmetic:  # a large lead is no sign of anything
        place = reference.place(weighing.measurement, weighing.besides)
    judgement = replace(_grade(weighing), place=place)
    # A range over assumptions is compared as a whole, in words of its own.
    told = weighing.method.tier == "C" or judgement.grade not in {"strong", "notable", "display"}
    if place is None or told:
        return judgement
    return replace(judgement, words=f"{judgement.words} {standing(place)}")


def _grade(weighing: Weighing) -> Judgement:
    """Apply the first part of the policy that fits."""
    measurement = weighing.measurement
    if measurement.status != "tested":
        return Judgement(None)
    if measurement.contradiction:
        return Judgement(
            "contradiction",
            "These figures cannot all be true as published. That does not show which is wrong, or why.",
        )
    if measurement.unexplained:
        return Judgement(
            "display", "Such figures can be true, and they need an explanation. They are shown, not judged."
        )
    if weighing.method.arithmetic:
        return Judgement(
            "display",
            "This is arithmetic on the figures as published; it does not say that any of them is wrong.",
        )
    if weighing.method.tier == "D":
        return Judgement(
            "display",
            "This is shown, not judged: such patterns vary widely between votes that nobody doubts.",
        )
    if weighing.log10_q is not None and weighing.log10_q >= math.log10(NOTABLE):
        return not_unusual(weighing, weighing.log10_q)
    if weighing.method.tier == "C":
        return by_range(weighing)
    if weighing.log10_q is None:
        if weighing.method.tier == "B":
            return by_design(measurement)
        if measurement.describes:
            return Judgement(
                "none",
                "This describes the figures, and nothing is judged by it. There is no smallest size that is "
                "noticed: what is there is told, be it large or small.",
            )
        return Judgement(
            "none",
            "Nothing here contradicts itself. That does not show that the figures are right. There is no "
            "smallest size that is noticed: a figure that contradicts another would have been named, be it "
            "alone and by one vote, and figures made to agree never are.",
        )
    return by_chance(weighing, weighing.log10_q)
