"""What this table could have shown: the smallest prevalence of each mechanism that each method sees.

Fair votes are drawn that look like the table, in two versions of what fair looks like
(:mod:`plebiscope.worlds.fair`), and mechanisms are set to work in them
(:mod:`plebiscope.worlds.tamper`) at their default intensity, in a share of the stations that grows from one
in a thousand, or one station, to all of them. Every method reads the same worlds
(:mod:`plebiscope.calibrate.signals`).

**Alarm.** In each version a method is alarmed above what one in twenty of its fair worlds exceeds, and
never below its own level (q = 0.05 for its own questions). So a method that cries wolf on votes like this one
gains no power from it. That is a little less strict than a dossier, which corrects for all methods together
and asks that an effect matters.

**Designs.** Votes have the groups, times of report, samples and other votes of their case
(:mod:`plebiscope.worlds.beside`). What a design prevents, or what comes too late for it, spares its
stations: a method that says which (``Method.spares``) is asked about worlds in which nothing is done there,
and its shares are of the others. Fair worlds are the same for all.

**Dose.** The smallest prevalence that is seen in 80 worlds of 100, from the best monotone curve through the
detections, interpolated in the logarithm of prevalence. Where more is tried and seen less (figures that are
strange everywhere can look usual), the curve ends at its peak, and the cell says where sight is lost again.
No dose is told from fewer than :data:`plebiscope.calibrate.curve.FEWEST` worlds at each prevalence.

**Economy.** Only prevalences near the dose need many worlds, and each method has its own
(:func:`plebiscope.calibrate.curve.wanted`). The search goes in rounds; what a round asks for depends on
detections alone, so that neither the number of processes nor an interruption changes the result.
"""

from __future__ import annotations

from plebiscope.calibrate.power.computing import compute
from plebiscope.calibrate.power.lookup import found
from plebiscope.calibrate.power.wanted import WORLDS, Wanted

__all__ = ["WORLDS", "Wanted", "compute", "found"]
