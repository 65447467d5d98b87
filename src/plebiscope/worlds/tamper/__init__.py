"""Ways in which a vote departs from what its voters wanted, each doing its work on a fair world.

Fourteen families, after the specification of the project (F1 to F14). Whatever is done, the truth stays
known: :attr:`plebiscope.worlds.ground.World.fair` is what the voters cast. Several can be done one after the
other; each works on what the one before it left. ``control`` mechanisms are honest mishaps.
"""

from __future__ import annotations

from collections.abc import Mapping

from plebiscope.worlds.tamper import announcement, ballots, controls, paper, voters
from plebiscope.worlds.tamper.mechanism import Mechanism

MECHANISMS: Mapping[str, Mechanism] = {
    mechanism.id: mechanism
    for mechanism in (
        ballots.STUFFING,
        ballots.MOBILE,
        ballots.SWITCHING,
        ballots.ANNULMENT,
        paper.TARGETS,
        paper.AT_LEAST,
        paper.DICTATED,
        paper.INVENTED,
        announcement.REWRITTEN,
        announcement.CHANGED,
        announcement.FROM_PERCENTAGES,
        voters.COERCION,
        ballots.GHOSTS,
        ballots.CAROUSEL,
        voters.SUPPRESSION,
        controls.TYPOS,
        controls.SWAPPED,
        controls.ROUNDED,
        controls.ALPHABETICAL,
        controls.LOYAL,
        controls.POOLED,
        controls.MERGED,
    )
}
"""Every mechanism by its id, in the order of the specification."""


def mechanism(name: str) -> Mechanism:
    """Return a mechanism by its id.

    Raises
    ------
    LookupError
        If there is none of that name.
    """
    if name not in MECHANISMS:
        raise LookupError(f"there is no mechanism {name!r}; there are {', '.join(MECHANISMS)}")
    return MECHANISMS[name]
