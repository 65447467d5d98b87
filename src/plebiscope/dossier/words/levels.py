"""The levels of q that grades ask for, and how often reference votes are named at them."""

from __future__ import annotations

from plebiscope.calibrate import reference
from plebiscope.dossier.words.weighing import Weighing
from plebiscope.model.finding import FalseAlarm

STRONG = 0.001
NOTABLE = 0.05


def alarm_at(weighing: Weighing, level: float, where: reference.Level | None = None) -> FalseAlarm | None:
    """Look up how often the question, asked of the contest or of areas, names reference votes at a level."""
    where = where or ("contest" if weighing.whole else "area")
    asked, quantity = weighing.method.id, weighing.measurement.quantity
    return reference.false_alarm(asked, quantity, level, weighing.besides, where)
