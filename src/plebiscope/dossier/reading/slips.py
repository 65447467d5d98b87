"""Contradictions that are slips of the pen: told, and not what names the vote."""

from __future__ import annotations

from plebiscope.model.finding import Finding

_SLIP = 0.5
"""Per cent of the ballots below which contradictory records are slips."""


def is_slip(finding: Finding) -> bool:
    """Whether a contradiction concerns too small a part of the ballots to speak of the vote as a whole."""
    concerned = [e.value for e in finding.effects if e.name == "ballots too many" and e.value is not None]
    return bool(concerned) and max(concerned) < _SLIP
