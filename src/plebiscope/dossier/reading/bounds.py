"""The bounds of a reading: what the evidence cannot tell, and how many comparisons were made.

They stand behind what was found, in the same plain sentences, so that nobody can quote the one and miss that
the other was there to read.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from plebiscope.calibrate.multiplicity import LEVEL, Family, family_name, log10_of
from plebiscope.dossier.limits import chance, limit_size, lost_again
from plebiscope.dossier.text import lowered, name, plain
from plebiscope.model.case import Contest
from plebiscope.model.finding import Finding
from plebiscope.model.wording import listed


def unanswered(
    contests: Sequence[Contest], findings: Sequence[Finding], questions: Mapping[str, str]
) -> list[str]:
    """Say which questions cannot be answered and why, once for the contests that share the reason."""
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for contest in contests:
        found = [finding for finding in findings if finding.contest == contest.id]
        tested = {finding.method for finding in found if finding.status != "not testable"}
        by_reason: dict[str, list[str]] = {}
        for finding in found:
            if finding.method not in tested and finding.method in questions:
                by_reason.setdefault(plain(finding.reason, 600).rstrip("."), []).append(finding.method)
        for reason, methods in by_reason.items():
            key = reason, tuple(dict.fromkeys(methods))
            groups.setdefault(key, []).append(name(contest.name))
    return [
        f"{listed(names)}: cannot be answered, because {reason}: "
        + " ".join(f"“{questions[method]}”" for method in methods)
        for (reason, methods), names in groups.items()
    ]


def unseen(contest: Contest, findings: Sequence[Finding], titles: Mapping[str, str]) -> list[str]:
    """Say what the tests that found nothing could have noticed, and what no test of figures can.

    Parameters
    ----------
    contest
        The contest.
    findings
        The findings on it.
    titles
        The title of each method, by its id.
    """
    subject = name(contest.name)
    asked = [finding for finding in findings if finding.status == "tested" and finding.tier != "D"]
    if not asked:
        return []
    whole = [finding for finding in asked if finding.scope.level == "contest"]
    found = {finding.method for finding in whole if finding.grade != "none"}
    known: dict[str, str] = {}
    unknown: list[str] = []
    for finding in whole:
        if finding.method in found or log10_of(finding) is None or finding.method in known:
            continue
        title = lowered(titles.get(finding.method, finding.method))
        size = None if finding.limit is None else limit_size(finding.limit)
        if finding.limit is None or not size:
            unknown.append(title)
            continue
        known[finding.method] = f"{title}: {size} {chance(finding.limit)}{lost_again(finding.limit)}"
    said = []
    if known:
        said.append(
            f"{subject}, smallest departure that a test which found nothing would have noticed: "
            f"{'; '.join(known.values())}. Anything smaller, or of another kind, can have gone unseen."
        )
    unknown = [title for title in dict.fromkeys(unknown) if not any(title in text for text in known.values())]
    if unknown:
        said.append(f"{subject}: how much can have gone unseen is not known for {listed(unknown)}.")
    said.append(
        f"{subject}: no test of figures can tell whether voters were free, the campaign equal, the list of "
        f"voters right and the ballots in the box those of voters; for that there are observers and reports."
    )
    return said


def comparisons(subject: str, findings: Sequence[Finding], families: Sequence[Family]) -> list[str]:
    """Say how many comparisons were made, and what chance alone would have given.

    Parameters
    ----------
    subject
        What the sentence is about: the case, or its only contest.
    findings
        All findings.
    families
        The families in which their p were corrected.
    """
    counted = [finding for finding in findings if finding.q is not None]
    if not counted:
        return []
    inner = [family for family in families if family.name != "contests"]
    areas = sum(family.size for family in inner)
    whole = sum(_is_whole(finding) for finding in counted)
    reported: dict[str, list[Finding]] = defaultdict(list)
    for finding in counted:
        if not _is_whole(finding):
            reported[_family(finding)].append(finding)
    size = whole + areas
    # Where a method reports only its most unlikely areas, it is not known how many of all lie below a level.
    full = {family.name for family in inner if family.size == len(reported[family.name])}
    open_ = [finding for finding in counted if _is_whole(finding) or _family(finding) in full]
    below = sum((log10_of(finding) or 0.0) < math.log10(LEVEL) for finding in open_)
    seen = whole + sum(family.size for family in inner if family.name in full)
    left = [finding for finding in counted if (finding.q or 0.0) < LEVEL]
    graded = sum(finding.grade in {"strong", "notable"} for finding in left)
    where = f"{whole:,} of whole contests" if whole else ""
    if areas:
        opened = sum(family.opened for family in inner)
        where += f"{' and ' if where else ''}{areas:,} of areas, in {_groups(len(inner))}"
        where += f", {opened or 'none'} of which gave reason to look inside"
    all_told = "these" if seen == size else f"the {seen:,} of which every p is told"
    chance = ""
    if seen:
        chance = (
            f" Of {all_told}, chance alone would put at most about {_few(LEVEL * seen)} below {LEVEL:g} in "
            f"fair votes; here {_so_many(below)}."
        )
    whole_number = "" if seen == size else f" of all {size:,}"
    shown = f" ({graded or 'none'} of these graded strong or notable)" if left else ""
    return [
        f"{subject}: {size:,} comparison{' was' if size == 1 else 's were'} made ({where}).{chance} After "
        f"correction for their number {_so_many(len(left))} left{whole_number}{shown}; chance alone would "
        f"leave any at all in at most one of twenty such dossiers."
    ]


def _is_whole(finding: Finding) -> bool:
    return finding.scope.level == "contest"


def _family(finding: Finding) -> str:
    """Name the family in which the p of an area was corrected."""
    return family_name((finding.contest, finding.method, finding.quantity, finding.option))


def _so_many(count: int) -> str:
    return f"{count:,} {'is' if count == 1 else 'are'}" if count else "none is"


def _few(count: float) -> str:
    return f"{count:.0f}" if count >= 10 else f"{count:.1g}" if count < 1 else f"{count:.2g}"


def _groups(count: int) -> str:
    return "1 group" if count == 1 else f"{count:,} groups"
