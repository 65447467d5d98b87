"""Which body issued a text, if any did: by the points of all signs together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from plebiscope.conduct.issuer.deeds import in_sentences, in_title, today
from plebiscope.conduct.issuer.first_named import first_named
from plebiscope.conduct.issuer.headings import entitled, facts_of, headings_of, label_of, named, publishers
from plebiscope.conduct.issuer.patterns import DOCUMENT
from plebiscope.conduct.issuer.statement import Statement
from plebiscope.conduct.issuer.tally import Tally
from plebiscope.conduct.names import bare

_OBSERVERS = re.compile(r"\b([\w-]{1,40})(?:'s?)?\s(?:[a-z-]{1,20}\s)?(?:observers|monitors)\b")
_OBSERVATION = re.compile(
    r"\bobserv(?:er|ers|ation)\s(?:mission|group|team|delegation|coalition|network)\b", re.IGNORECASE
)
_ENOUGH = 4
"""Points from which on a text is a body's own."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """The body whose statement a text is."""

    body: str
    aliases: frozenset[str]
    """Its names, without article and capitals."""
    observes: bool
    """True where the body had observers of its own, whose findings are its words."""


def issuer(statement: Statement, head: str) -> Issuer | None:
    """Find the body whose statement a text is; null where it is nobody's.

    Parameters
    ----------
    statement
        The text.
    head
        The metadata block that stood before it, where there was one.
    """
    facts = facts_of(head)
    title = facts.get("title", "")
    headings = headings_of(statement, title)
    tally = Tally(statement)
    for name in publishers(statement, facts):
        tally.count(name, 4)
    label = label_of(statement, title)
    for name, points in chain([label] if label else [], named(statement, headings)):
        tally.count(name, points)
    issued = label[0] if label else ""
    deeds = [
        *in_title(statement, title),
        *today(statement),
        *first_named(statement, headings),
        *in_sentences(statement),
    ]
    for name, points in deeds:
        tally.count_deed(name, points, issued)
    tally.join()
    if not tally.points:
        return None
    best, own = tally.most(), statement.own_voice()
    score = tally.points[best] + min(own, 2) + any(DOCUMENT.search(line) for line in headings)
    titled = bool(issued) and bare(statement.full(issued)) == best and bool(DOCUMENT.search(title))
    if best in entitled(statement, headings):
        titled, score = True, score + 1
    if score < _ENOUGH or not (own or deeds or titled):
        return None
    body, aliases = tally.form[best], tally.aliases(best)
    return Issuer(
        body, frozenset(aliases), _sends_observers(statement, headings, {body, *body.split(), *aliases})
    )


def _sends_observers(statement: Statement, headings: Sequence[str], names: set[str]) -> bool:
    """Tell a body that observed itself: "our observers", "the Centre's observers"."""
    ours = {"our", "its", *(name.lower() for name in names)}
    return any(_OBSERVATION.search(line) for line in headings) or any(
        found[1].lower() in ours for found in _OBSERVERS.finditer(statement.text)
    )
