"""The reading: what the case as a whole is said to show, in plain sentences.

Figures, conduct and the completeness of the release stand side by side and are not added up. What the
evidence supports comes first, the strongest first; then what it cannot tell, and how many comparisons were
made (:mod:`plebiscope.dossier.bounds`).

- figures: ``contradictory`` if announced totals contradict themselves, or the records of stations,
  or photographs of their ballots, do so on at least half a per cent of the ballots there (a slip of the pen
  in a few records is told, and does not name the vote); ``anomalous`` if anything is strong or notable;
  ``consistent`` if at least one question was tested and none of this; else ``not testable``.
- conduct, on statements whose wording firmly asserts or alleges a fact about how the vote was held (severity
  1 or more; no verdicts, no reactions, no denials, nothing that a reviewer rejected): ``not reported`` if the
  case has no report; ``not read`` if it has none in English; ``grave breaches reported`` if an asserted one
  has severity 4; ``breaches reported`` if an asserted one has severity 2 or 3; ``breaches alleged`` if only
  alleged ones have severity 2 or more; else ``no breach reported``. What the wording only suggests is told
  apart, and weighs nothing.

What found nothing is told apart by what that is worth: a test says how large a departure it would have
noticed; an estimate by a model can only lie where reference votes lie too, and so shows nothing; and where
nobody knows what was missed, an answer reassures nobody. None of the last two is called usual. An estimate
outside what reference votes gave is told with the reason why it is not graded. How many votes a model puts at
stake is told nowhere here.

A verdict word in a report is a verdict with a speaker, not a fact. Recognition, lawsuits and protest are
reactions to the vote, not conduct. What one report repeats is one report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from plebiscope.calibrate.multiplicity import Family, log10_of
from plebiscope.dossier.bounds import comparisons, unanswered, unseen
from plebiscope.dossier.reviewed import OWN_VOICE, summary
from plebiscope.dossier.text import lowered, name, plain
from plebiscope.dossier.words.ranks import rank
from plebiscope.dossier.words.unanswered import NEEDS, needed
from plebiscope.model.case import Contest
from plebiscope.model.finding import Finding, Grade
from plebiscope.model.report import NOT_ENGLISH, Conduct, Report, Statement
from plebiscope.model.wording import counted, listed

VERDICT = "C23"
"""The code of verdict words on the whole vote."""
POSITIVE = "P01"
"""The code of positive assessments."""

Figures = Literal["consistent", "anomalous", "contradictory", "not testable"]

_QUOTED = 3
"""How many findings are quoted whole; the others are named, and stand below."""
_SLIP = 0.5
"""Per cent of the ballots below which contradictory records are slips."""
_REASON = 300
"""Letters of the reason why a report was not read."""
_INDICATOR = 1
"""Severity of what is a sign, and no breach by itself."""

_FOUND = {
    "contradiction": "met figures that cannot all be true",
    "strong": "found a strong departure from what a fair vote makes likely",
    "notable": "found a notable departure from what a fair vote makes likely",
    "display": "met figures that are shown and not judged",
    "none": "found nothing unusual",
    "within": "gave only estimates by a model that show nothing either way",
    "undecided": "left open whether there is any difference",
    "open": "found nothing in a way that reassures nobody, because what was missed is not known",
}
"""What the questions of each grade met; those graded ``none``, by what that is worth."""
_WORTH = ("open", "undecided", "within", "none")
"""What an answer graded ``none`` can be worth, the least first."""


def figures_word(findings: Iterable[Finding]) -> Figures:
    """Sum up the figures in one word."""
    found = list(findings)
    grades = {finding.grade for finding in found}
    if any(finding.grade == "contradiction" and not is_slip(finding) for finding in found):
        return "contradictory"
    if grades & {"strong", "notable"}:
        return "anomalous"
    return "consistent" if grades & {"none", "contradiction"} else "not testable"


def is_slip(finding: Finding) -> bool:
    """Whether a contradiction concerns too small a part of the ballots to speak of the vote as a whole."""
    concerned = [e.value for e in finding.effects if e.name == "ballots too many" and e.value is not None]
    return bool(concerned) and max(concerned) < _SLIP


def conduct_word(conduct: Conduct | None) -> str:
    """Sum up the conduct record in a few words."""
    if conduct is None or not conduct.reports:
        return "not reported"
    if not told_in(conduct):
        return "not read"
    related = [statement for statement in conduct.statements if is_firm(statement)]
    asserted = max((s.severity for s in related if s.status == "asserted"), default=0)
    alleged = max((s.severity for s in related if s.status == "alleged"), default=0)
    if asserted >= 4:
        return "grave breaches reported"
    if asserted >= 2:
        return "breaches reported"
    return "breaches alleged" if alleged >= 2 else "no breach reported"


def told_in(conduct: Conduct) -> list[Report]:
    """Return the reports that were read, by us or by a person who added statements of theirs."""
    read = {statement.report for statement in conduct.statements}
    return [report for report in conduct.reports if report.read or report.path in read]


def is_conduct(statement: Statement) -> bool:
    """Whether a statement is about how the vote was held: no verdict, no reaction, no praise."""
    return statement.code not in {VERDICT, POSITIVE} and statement.severity > 0


def is_told(statement: Statement) -> bool:
    """Whether a statement asserts or alleges a fact about how the vote was held."""
    reported = statement.status in {"asserted", "alleged"} and statement.review != "rejected"
    return is_conduct(statement) and reported


def is_firm(statement: Statement) -> bool:
    """Whether it is told, in words that say so rather than suggest it, or a reviewer has settled that."""
    settled = statement.review in {"accepted", "corrected", "added"}
    return is_told(statement) and (statement.strength == "firm" or settled)


def release_sentence(
    level: str,
    rows: int,
    held: Sequence[str],
    lacking: Sequence[str],
    sources: int,
    closed_for: Mapping[str, Sequence[str]],
    unpublished: Sequence[str] = (),
) -> str:
    """Say which figures the case holds, which it does not, and what follows.

    Parameters
    ----------
    level
        ``station``, ``area``, ``totals`` or ``none``.
    rows
        Number of stations or areas.
    held, lacking
        What is and is not part of the case: quantities and ``options``, ``areas``, ``station``, ``returns``.
    sources
        Number of announced totals.
    closed_for
        Titles of the methods that cannot be asked, each with what it lacks. Nobody need have been able to
        publish that: groups of stations, for instance.
    unpublished
        What is known never to have been published. Nothing else may be said not to have been.
    """
    parts = []
    if level in {"station", "area"}:
        columns = listed([NEEDS[key] for key in held])
        kind = counted(rows, "polling stations" if level == "station" else "areas")
        parts.append(f"the results of {kind}" + (f" ({columns})" if columns else ""))
    if sources:
        parts.append(f"announced totals from {counted(sources, 'sources')}")
    said = f"This case holds {listed(parts, 'and also') or 'no figures'}."
    closed = level in {"totals", "none"}
    if closed and "returns" in unpublished:
        return (
            f"{said} {NEEDS['returns'].capitalize()} were never published; so nothing that rests on stations "
            f"can be tested, and nobody outside can check whether the totals are what was counted."
        )
    if lacking:
        said += f" Not part of it: {listed([NEEDS[key] for key in lacking], 'or')}"
        said += "; so nothing that rests on stations can be tested here." if closed else "."
    if closed_for and not closed:
        by_need: dict[str, list[str]] = {}
        for title, lacks in closed_for.items():
            by_need.setdefault(needed(lacks), []).append(lowered(title))
        wanting = [f"{listed(titles)} for want of {needs}" for needs, titles in by_need.items()]
        said += f" Cannot be tested here: {'; '.join(wanting)}."
    never = [key for key in lacking if key in unpublished]
    return said + (f" Never published: {listed([NEEDS[key] for key in never])}." if never else "")


@dataclass(frozen=True, slots=True)
class Part:
    """Sentences of the reading under one heading."""

    heading: str
    sentences: tuple[str, ...]


def parts(
    case: str,
    contests: Sequence[Contest],
    findings: Sequence[Finding],
    conduct: Conduct | None,
    releases: Mapping[str, str],
    questions: Mapping[str, str],
    titles: Mapping[str, str],
    families: Sequence[Family] = (),
    against: Mapping[str, Sequence[str]] = MappingProxyType({}),
    blind: Mapping[str, Sequence[str]] = MappingProxyType({}),
    how_many: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[Part, ...]:
    """Say what the evidence supports, strongest first, what it cannot tell, and how much was compared.

    Each sentence can be quoted alone.

    Parameters
    ----------
    case
        Name of the case.
    contests
        The contests of the case.
    findings
        All findings.
    conduct
        The conduct record, if there is one.
    releases
        What was released: one text for each contest id.
    questions, titles
        The question and the title of each method, by its id.
    families
        The families in which p were corrected.
    against
        How the findings compare with what would change the outcome, by contest.
    blind
        What no method would have noticed in simulated votes, by contest.
    how_many
        How many votes are concerned, or why that cannot be stated, by contest.
    """
    subject = name(case if len(contests) > 1 else contests[0].name)
    on = {contest.id: [f for f in findings if f.contest == contest.id] for contest in contests}
    supported = []
    for contest in contests:
        supported += _on_figures(contest, on[contest.id], titles)
        supported += (*how_many.get(contest.id, ()), *against.get(contest.id, ()))
    supported += _on_conduct(subject, conduct)
    released: dict[str, list[str]] = {}
    for contest in contests:
        released.setdefault(releases[contest.id], []).append(name(contest.name))
    open_ = [f"{listed(names)}, release: {lowered(release)}" for release, names in released.items()]
    open_ += unanswered(contests, findings, questions)
    for contest in contests:
        open_ += (*unseen(contest, on[contest.id], titles), *blind.get(contest.id, ()))
    made = (
        Part("What the evidence supports", tuple(supported)),
        Part("What it cannot tell", tuple(open_)),
        Part("How many comparisons were made", tuple(comparisons(subject, findings, families))),
    )
    return tuple(part for part in made if part.sentences)


def _on_figures(contest: Contest, findings: Sequence[Finding], titles: Mapping[str, str]) -> list[str]:
    subject = name(contest.name)
    grades: dict[str, Grade] = {}
    for finding in findings:
        whole = finding.scope.level == "contest"
        if whole and finding.grade in _FOUND and rank(finding.grade) < rank(grades.get(finding.method)):
            grades[finding.method] = finding.grade
    descriptive = {finding.method for finding in findings if finding.tier == "D"}
    asked = {method: grade for method, grade in grades.items() if method not in descriptive}
    if not asked:
        shown = listed([lowered(titles.get(method, method)) for method in grades])
        apart = f"; shown and not judged: {shown}" if shown else ""
        return [f"{subject}: no question that was put to its figures can be answered from this case{apart}."]
    met = {method: _worth(method, findings) if grade == "none" else grade for method, grade in asked.items()}
    groups = []
    for kind, words in _FOUND.items():
        methods = [lowered(titles.get(method, method)) for method, found in met.items() if found == kind]
        if methods:
            groups.append(f"{len(methods)} {words} ({listed(methods)})")
    if set(met.values()) == {"none"}:
        said = [
            f"{subject}: {counted(len(met), 'questions')} could be put to its figures, and nothing unusual "
            f"was found; what each answer could have missed is said with it, where it is known."
        ]
    elif len(met) == 1:
        one = _FOUND[next(iter(met.values()))]
        said = [f"{subject}: the one question that could be put to its figures {one}."]
    else:
        said = [f"{subject}: of {len(met)} questions that could be put to its figures, {listed(groups)}."]
    said += [finding.sentence for finding in _leads(findings)]
    said += [finding.sentence for finding in findings if finding.unexplained][:1]
    return said + _by_model(subject, [one for one in findings if one.method in asked], asked, titles)


def _worth(method: str, findings: Sequence[Finding]) -> str:
    """Say what it is worth that a method found nothing: as much as the least of its answers.

    Of a design that tests, the answers without a test do not count: what it could have found is known.
    """
    kinds = set()
    answers = [
        one
        for one in findings
        if one.method == method and one.scope.level == "contest" and one.grade == "none"
    ]
    tests = [one for one in answers if log10_of(one) is not None]
    for finding in tests if tests and tests[0].tier == "B" else answers:
        by_model = finding.tier == "C" and log10_of(finding) is None
        if finding.limit is None and (by_model or log10_of(finding) is not None):
            kinds.add("open")
        elif finding.tier == "B" and log10_of(finding) is None:
            kinds.add("undecided")
        else:
            kinds.add("none" if finding.beside is None else "within")
    return next(kind for kind in _WORTH if kind in kinds)


def _by_model(
    subject: str, findings: Sequence[Finding], grades: Mapping[str, Grade], titles: Mapping[str, str]
) -> list[str]:
    """Tell where estimates by a model lie beside reference votes, where no grade tells it.

    What they came to is told too, unless they estimate how many votes are concerned: such numbers are told by
    the rule for them only (:mod:`plebiscope.dossier.magnitude`).
    """
    outside: list[str] = []
    within: dict[str, str] = {}
    for finding in findings:
        beside = finding.beside
        if beside is None or finding.grade not in {"none", "display"}:
            continue
        title = lowered(titles.get(finding.method, finding.method))
        about = plain(finding.quantity, 80) + (f", {name(finding.option)}" if finding.option else "")
        came = "" if finding.affected else f": {beside.words}"
        if beside.where == "outside":
            outside.append(
                f"{subject}: “{title}” ({about}{came}) lies outside what the same estimate gave on reference "
                f"votes; it is not graded, because {beside.why}."
            )
        elif grades[finding.method] == "none":
            within.setdefault(finding.method, f"{title} ({about}{came})")
    if within:
        outside.append(
            f"{subject}, estimates by a model that lie within or below what reference votes gave and so show "
            f"nothing either way, the first of each question: {'; '.join(within.values())}."
        )
    return outside


def _leads(findings: Sequence[Finding]) -> list[Finding]:
    """Choose what is quoted: one answer of each method that found something, the strongest first.

    Contradictions lead, unless they are slips; then p decides. Where the strongest answer of a method is one
    of many of its grade, the one that the method gives first is quoted.
    """
    by_method: dict[str, list[Finding]] = {}
    for finding in findings:
        # Votes by a model are told by the rule for them only (:mod:`plebiscope.dossier.magnitude`).
        by_model = finding.tier == "C" and finding.affected
        if finding.grade in {"contradiction", "strong", "notable"} and not by_model:
            by_method.setdefault(finding.method, []).append(finding)
    leads = [_lead(graded) for graded in by_method.values()]
    return sorted(leads, key=lambda f: (is_slip(f), rank(f.grade), f.log10_p or 0.0))[:_QUOTED]


def _lead(graded: Sequence[Finding]) -> Finding:
    best = min(graded, key=lambda f: (rank(f.grade), f.scope.level != "contest", f.log10_p or 0.0))
    alike = (f for f in graded if f.grade == best.grade and f.scope.level == best.scope.level)
    return next(alike)


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


def _on_conduct(subject: str, conduct: Conduct | None) -> list[str]:
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


def speaker(who: str | None) -> str:
    """Name who speaks; null is the report's own voice."""
    return OWN_VOICE if who is None else name(who)
