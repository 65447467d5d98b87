"""How independently a fact is reported."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import islice, product

from plebiscope.conduct.segment import Copies
from plebiscope.conduct.speakers import groups
from plebiscope.conduct.wire import told_by
from plebiscope.model.report import Report, Statement, Support

Heard = tuple[str, str, str]
"""Who says a thing, in which report, and from which agency the report has it; empty where none is named."""
_WAYS = 200
"""How many ways of choosing one thing from each agency are tried out."""


def support(statements: Sequence[Statement], reports: Sequence[Report]) -> tuple[Support, ...]:
    """Count, for each code, who reports it.

    Two reports that are one (see :mod:`plebiscope.conduct.wire`) count as one, and a sentence that an
    earlier report has too, word for word or nearly, is that report's. What a sentence has from an agency that
    it names is the agency's, in however many papers it stands. The voice of a report is a speaker of its own,
    or that of the agency which is credited; the same person quoted in two reports is one speaker, under
    whatever form of the name (:mod:`plebiscope.conduct.speakers`). Denials and norms say that a thing did not
    happen or should not: they support nothing, nor does what a reviewer rejected. What is only
    suggested is counted apart; told firmly by a speaker who is only inferred, a thing has one voice at least.

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
    credit = {report.path: report.agency for report in reports}
    who = groups([(one.report, one.speaker) for one in statements if one.speaker], reports)
    told: dict[str, set[Heard]] = {}
    firm: dict[str, set[Heard]] = {}
    named: dict[str, set[Heard]] = {}
    for one in statements:
        if one.status in ("denied", "norm") or one.review == "rejected":
            continue
        source, agency = origin[one.report, one.sentence]
        agency = agency or credit[source]
        speaker = f"name {who[one.report, one.speaker]}" if one.speaker else f"voice of {agency or source}"
        if one.speaker and told_by(f"{one.speaker} reported"):
            agency = told_by(f"{one.speaker} reported")
            speaker = f"voice of {agency}"
        for heard, belongs in (
            (told, True),
            (firm, one.strength == "firm"),
            (named, not one.suggestion),
        ):
            heard.setdefault(one.code, set()).update({(speaker, source, agency or "")} if belongs else ())
    return tuple(_counted(code, named[code], firm[code], told[code]) for code in sorted(told))


def _counted(code: str, named: set[Heard], firm: set[Heard], told: set[Heard]) -> Support:
    """Count the voices behind a code: speakers who are named, what is told firmly, and all that is told."""
    return Support(
        code=code,
        speakers=max(len({speaker for speaker, _, _ in named}), bool(firm)),
        reports=len({report for _, report, _ in firm}),
        independent=max(independent(named), bool(firm)),
        agencies=tuple(sorted({agency for _, _, agency in firm if agency})),
        with_suggestions=independent(told),
    )


def _origins(reports: Sequence[Report]) -> dict[tuple[str, int], tuple[str, str | None]]:
    """Say for each sentence of each report in which report it stands first, and which agency it names."""
    known = Copies()
    first: list[str] = []
    origins: dict[tuple[str, int], tuple[str, str | None]] = {}
    for report in reports:
        for index, sentence in enumerate(report.sentences):
            number = known.add(sentence.text)
            if number == len(first):
                first.append(report.copy_of or report.path)
            origins[report.path, index] = first[number], told_by(sentence.text)
    return origins


def independent(heard: Collection[Heard]) -> int:
    """Count the most voices that share neither a speaker nor a report nor an agency.

    Without agencies it is the size of a maximum matching of speakers and reports: three voices in one report
    are one, and so is one person quoted in three reports. Of what an agency has told, at most one thing
    counts: which one is tried out, and where there are too many ways, the most found is still a number of
    voices that share nothing.
    """
    free = {(speaker, report) for speaker, report, agency in heard if not agency}
    named = sorted({agency for _, _, agency in heard if agency})
    each = [[*sorted((s, r) for s, r, agency in heard if agency == name), None] for name in named]
    most = 0
    for chosen in islice(product(*each), _WAYS):
        taken = [pair for pair in chosen if pair]
        speakers, places = {speaker for speaker, _ in taken}, {report for _, report in taken}
        if len(speakers) == len(places) == len(taken):
            rest = [pair for pair in free if pair[0] not in speakers and pair[1] not in places]
            most = max(most, len(taken) + _matched(rest))
    return most


def _matched(pairs: Sequence[tuple[str, str]]) -> int:
    """Count the most pairs of which no two have an end in common."""
    if not pairs:
        return 0
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    left = {name: number for number, name in enumerate(dict.fromkeys(one for one, _ in pairs))}
    right = {name: number for number, name in enumerate(dict.fromkeys(other for _, other in pairs))}
    rows, columns = [left[one] for one, _ in pairs], [right[other] for _, other in pairs]
    graph = csr_array(([1] * len(pairs), (rows, columns)), shape=(len(left), len(right)))
    return int((maximum_bipartite_matching(graph, perm_type="column") >= 0).sum())
