"""What a statement is, in short: how grave, in whose words, how certain, when and where."""

from __future__ import annotations

from plebiscope.dossier import reviewed
from plebiscope.dossier.reading.statements import is_conduct, speaker
from plebiscope.dossier.text import plain
from plebiscope.model.report import Statement

_SEVERITIES = (
    "a reaction",
    "an indicator",
    "an irregularity",
    "a serious breach",
    "defeats free suffrage by itself",
)
_STATUSES = {"norm": "stated as a rule", "prospective": "announced or feared"}


def standing(statement: Statement) -> str:
    """Say what a statement is."""
    parts = []
    if is_conduct(statement):
        parts.append(f"severity {statement.severity} ({_SEVERITIES[statement.severity]})")
    speech = "" if statement.mode == "narration" else f" in {statement.mode} speech"
    status = _STATUSES.get(statement.status, statement.status)
    parts.append(f"{status} by {speaker(statement.speaker)}{speech}")
    if statement.strength == "suggested":
        source = "by the wording"
        if statement.rule.startswith("proposed:"):
            source = "by a plug-in"
        elif ".words: " in statement.rule:
            source = "by words alone, no phrase of the codebook stands there"
        parts.append(f"only suggested {source}")
    if statement.inferred:
        parts.append("the speaker is inferred from another sentence")
    if statement.when:
        resolved = plain(statement.when_rule or "as a reviewer says", 120)
        parts.append(f"when: {plain(statement.when.replace('/', ' to '), 60)} ({resolved})")
    if statement.where:
        parts.append(f"where: {plain(reviewed.placed(statement.where), 300)}")
    if statement.review:
        parts.append(reviewed.judgement(statement))
    return "; ".join(parts)
