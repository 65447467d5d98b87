"""The head of the page: what the vote was, what was released, and what it comes to in three words."""

from __future__ import annotations

from collections.abc import Mapping

from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.page.dates import day
from plebiscope.dossier.text import name
from plebiscope.model.wording import listed

_FIGURES_GLOSS = {
    "contradictory": "At least two published figures cannot both be true.",
    "anomalous": "At least one departure from what a fair vote makes likely.",
    "consistent": "Nothing found that concerns the vote as a whole, as far as the questions could be put.",
    "not testable": "No question that was put can be answered from this case.",
}
_CONDUCT_GLOSS = {
    "not reported": "No report is part of this case.",
    "not read": "No report could be read; the conduct record says why.",
    "no breach reported": "Reports were read; they tell of no breach.",
    "breaches alleged": "Reports tell what others claim.",
    "breaches reported": "Reports tell of breaches of obligations.",
    "grave breaches reported": "Reports tell of something that defeats a free vote by itself.",
}
_LEVELS = {
    "station": ("by polling station", "What each station reported can be examined."),
    "area": ("by area only", "No polling station can be examined."),
    "totals": ("totals only", "This case holds no results below the totals."),
    "none": ("nothing", "This case holds no figures."),
}
_VOTES = {
    "referendum": "referendum",
    "presidential": "presidential election",
    "parliamentary": "parliamentary election",
    "local": "local election",
}


def facts(dossier: Dossier) -> str:
    """Say what kind of votes these were, when and where."""
    parts = []
    contests = dossier.case.contests
    if len(contests) > 1:
        parts.append(f"{len(contests)} contests")
    votes = [_VOTES[kind] for kind in dict.fromkeys(contest.kind for contest in contests) if kind in _VOTES]
    if votes:
        parts.append(listed(votes).capitalize())
    parts += [day(date) for date in sorted({contest.date for contest in contests if contest.date})]
    parts += list(dict.fromkeys(name(contest.country) for contest in contests if contest.country))
    return " · ".join(parts)


def releases(dossier: Dossier, contest_names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what was released, each sentence with the contests of which it is true."""
    grouped: dict[str, list[str]] = {}
    for release in dossier.release:
        grouped.setdefault(release.sentence, []).append(name(contest_names.get(release.contest)))
    return [(listed(names), sentence) for sentence, names in grouped.items()]


def words(dossier: Dossier) -> list[tuple[str, str, str]]:
    """Return figures, conduct and release, each in a word, and what the word means."""
    levels = list(dict.fromkeys(release.level for release in dossier.release)) or ["none"]
    gloss = _LEVELS[levels[0]][1] if len(levels) == 1 else "Not the same for all contests."
    if levels == ["totals"] and all("returns" in contest.unpublished for contest in dossier.case.contests):
        gloss = "Nothing else was ever published: nobody outside can check the sums."
    return [
        ("Figures", dossier.reading.figures, _FIGURES_GLOSS[dossier.reading.figures]),
        ("Conduct", dossier.reading.conduct, _CONDUCT_GLOSS.get(dossier.reading.conduct, "")),
        ("Release", listed([_LEVELS[level][0] for level in levels]), gloss),
    ]
