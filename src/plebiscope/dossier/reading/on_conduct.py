"""What reports tell of how the vote was held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plebiscope.dossier.reading.statements import (
    POSITIVE,
    VERDICT,
    is_conduct,
    is_firm,
    is_told,
    speaker,
    told_in,
)
from plebiscope.dossier.reviewed import summary
from plebiscope.dossier.text import lowered, name, plain
from plebiscope.model.report import NOT_ENGLISH, Conduct, Statement
from plebiscope.model.wording import counted, listed

_REASON = 300
"""Letters of the reason why a report was not read."""
_INDICATOR = 1
"""Severity of what is a sign, and no breach by itself."""


def unread(conduct: Conduct) -> str:
    """Name the reports that nobody has read, each with the reason."""
    read = told_in(conduct)
    return listed(
        [
            f"{name(report.path)} ({plain(report.why_unread or NOT_ENGLISH, _REASON)})"
            for report in conduct.reports
            if report not in read
        ]
    )


def on_conduct(subject: str, conduct: Conduct | None) -> list[str]:
    """Say what reports tell of how the vote was held, and what they only suggest, deny or fear."""
    if conduct is None or not conduct.reports:
        return [f"{subject}: no report on how it was held was read, so nothing is said about its conduct."]
    said = []
    read = told_in(conduct)
    if len(read) < len(conduct.reports):
        said.append(f"{subject}: not read: {unread(conduct)}. Nothing follows from that.")
    if not read:
        return said
    voices = {support.code: support.independent for support in conduct.support}
    counted_in = [statement for statement in conduct.statements if statement.review != "rejected"]
    related = [statement for statement in counted_in if is_firm(statement)]
    grave = [statement for statement in related if statement.severity > _INDICATOR]
    reports = counted(len(read), "reports")
    if grave:
        said.append(f"{subject}, conduct as told in {reports}: {_told(grave, voices)}.")
        if len({statement.report for statement in grave}) == 1:
            said.append(f"{subject}: all that is told about conduct comes from one report; it is one source.")
        else:
            said.append(
                f"{subject}: sentences that reports share are counted once; whether the reports draw on each "
                f"other beyond that cannot be told from their texts."
            )
    else:
        said.append(f"{subject}: {reports} read, no breach told; silence is no evidence of good conduct.")
    known = {statement.code for statement in related}
    vague = [s for s in counted_in if is_told(s) and s.code not in known]
    if vague:
        names = listed(list(dict.fromkeys(lowered(s.name) for s in vague)))
        said.append(
            f"{subject}, only suggested by the wording of the reports, so that a person has to read it: "
            f"{names}."
        )
    signs = list(dict.fromkeys(lowered(s.name) for s in related if s.severity <= _INDICATOR))
    if signs:
        said.append(f"{subject}, indicators that are no breach by themselves: {listed(signs)}.")
    for standing, words in (("denied", "denied"), ("prospective", "announced or feared, not told as fact,")):
        others = [s for s in counted_in if is_conduct(s) and s.status == standing]
        if others:
            titles = list(dict.fromkeys(lowered(s.name) for s in others))
            said.append(f"{subject}, {words} in the reports: {listed(titles)}.")
    verdicts = [s for s in counted_in if s.code == VERDICT]
    if verdicts:
        uttered = dict.fromkeys(f"“{plain(s.verbatim, 80)}” ({speaker(s.speaker)})" for s in verdicts)
        said.append(f"{subject}, verdicts and not facts established here: {listed(list(uttered)[:4])}.")
    reactions = [s for s in counted_in if s.severity == 0 and s.code != POSITIVE]
    if reactions:
        titles = list(dict.fromkeys(lowered(s.name) for s in reactions))
        said.append(f"{subject}, reactions that say nothing about how it was held: {listed(titles)}.")
    if conduct.review is not None:
        said.append(f"{subject}, review of the statements: {summary(conduct)}")
    return said


def _told(statements: Sequence[Statement], voices: Mapping[str, int]) -> str:
    """Name what is told, gravest first, with the number of voices that tell it."""
    one_report = len({statement.report for statement in statements}) == 1
    by_voices: dict[int, dict[str, str]] = {}
    for statement in sorted(statements, key=lambda s: (-s.severity, s.code)):
        count = voices.get(statement.code, 1)
        by_voices.setdefault(count, {})[statement.code] = lowered(statement.name)
    told = []
    for count, names in by_voices.items():
        # Inside one report nobody is independent of the one who wrote it.
        said = counted(count, "voices" if one_report else "independent voices")
        told.append(f"{listed(list(names.values()))} ({said}{' each' if len(names) > 1 else ''})")
    return "; ".join(told)
