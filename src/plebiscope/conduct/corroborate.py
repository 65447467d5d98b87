"""How independently a fact is reported, and in which order things happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plebiscope.conduct.names import bare
from plebiscope.conduct.segment import Copies
from plebiscope.model.report import Moment, Report, Statement, Support


def support(statements: Sequence[Statement], reports: Sequence[Report]) -> tuple[Support, ...]:
    """Count, for each code, who reports it.

    A sentence that an earlier report has too, word for word or nearly, is that report's: a text given twice,
    or an agency's text in two papers, is one report. The voice of a report is a speaker of its own; the same
    person quoted in two reports is one speaker. Denials and norms say that a thing did not happen or should
    not: they support nothing.

    Parameters
    ----------
    statements
        Those found in the reports.
    reports
        With their sentences, in the order in which they were given.

    Returns
    -------
    tuple of Support
        In the order of the codes.
    """
    origin = _origins(reports)
    pairs: dict[str, dict[str, set[str]]] = {}
    for one in statements:
        if one.status not in ("denied", "norm"):
            report = origin[one.report, one.sentence]
            speaker = f"name {bare(one.speaker)}" if one.speaker else f"voice {report}"
            pairs.setdefault(one.code, {}).setdefault(speaker, set()).add(report)
    return tuple(
        Support(
            code=code,
            speakers=len(found),
            reports=len(set().union(*found.values())),
            independent=_independent(found),
        )
        for code, found in sorted(pairs.items())
    )


def _origins(reports: Sequence[Report]) -> dict[tuple[str, int], str]:
    """Say for each sentence of each report in which report it stands first."""
    known = Copies()
    first: list[str] = []
    origins: dict[tuple[str, int], str] = {}
    for report in reports:
        for index, sentence in enumerate(report.sentences):
            number = known.add(sentence.text)
            if number == len(first):
                first.append(report.path)
            origins[report.path, index] = first[number]
    return origins


def _independent(heard: Mapping[str, set[str]]) -> int:
    """Count the most voices that share neither a speaker nor a report.

    It is the size of a maximum matching of speakers and reports: three voices in one report are one, and so
    is one person quoted in three reports.
    """
    speaker_in: dict[str, str] = {}

    def placed(speaker: str, tried: set[str]) -> bool:
        for report in sorted(heard[speaker] - tried):
            tried.add(report)
            if report not in speaker_in or placed(speaker_in[report], tried):
                speaker_in[report] = speaker
                return True
        return False

    return sum(placed(speaker, set()) for speaker in sorted(heard))


def timeline(statements: Sequence[Statement]) -> tuple[Moment, ...]:
    """Put the dated statements in the order of what they tell; of one day, in the order of the text."""
    dated = [(one.when, index) for index, one in enumerate(statements) if one.when and one.status != "denied"]
    return tuple(
        Moment(when=when, what=f"{statements[index].name}: {statements[index].verbatim}", statement=index)
        for when, index in sorted(dated)
    )
