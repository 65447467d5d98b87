"""Who is named in the reports of a dossier, and every way in which the reports write that name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plebiscope.conduct.language import words
from plebiscope.conduct.names import persons, untitled
from plebiscope.conduct.placenames import known
from plebiscope.conduct.speakers import groups
from plebiscope.mask.finding import PSEUDONYM, Finder, Form, changed
from plebiscope.mask.tokens import keys, tokens
from plebiscope.model.report import Conduct, StatedFigure, Statement

_LISTS = (
    "anybody",
    "voices",
    "roles",
    "titles",
    "issuers",
    "kinds",
    "not-persons",
    "not-names",
    "determiners",
)
_COMMON = frozenset(word.casefold() for name in _LISTS for word in words("people", name))
_IN_BRACKETS = re.compile(r"\(([A-Z][\w-]{1,11})\)")
_ARTICLE = re.compile(r"(?i)^(?:the|an?)\s+")
_PARTICLES = frozenset(
    "al bin da de del della der di dos du el la le van von zu".split()  # noqa: SIM905 - forty quotation marks would hide the words
)
_ROUNDS = 3
_MOST = 4
"""Words of the name of a person at most."""
_TIED = 6
"""Letters of a name that is looked for written as one word."""
_FIRST = 3
"""Letters of a first name that is looked for alone."""


@dataclass(frozen=True)
class People:
    """The pseudonym of each speaker.

    Attributes
    ----------
    of
        By report and name, as statements have it.
    names
        By pseudonym, every name that it stands for.
    unnamed
        Speakers who have no name, and countries and places that speak: they stay as they are.
    """

    of: dict[tuple[str, str], str]
    names: dict[str, tuple[str, ...]]
    unnamed: int


def speakers(conduct: Conduct | None) -> People:
    """Give every speaker who has a name a pseudonym, the same under all forms that reports tie together."""
    if conduct is None:
        return People({}, {}, 0)
    spoken = list(dict.fromkeys(_spoken(conduct)))
    found = groups(spoken, conduct.reports)
    members: dict[str, list[tuple[str, str]]] = {}
    for pair in spoken:
        members.setdefault(found[pair], []).append(pair)
    of: dict[tuple[str, str], str] = {}
    names: dict[str, tuple[str, ...]] = {}
    for who, pairs in members.items():
        written = list(dict.fromkeys(speaker for _, speaker in pairs))
        if not any(_named(one) for one in written):
            continue
        new = f"Speaker {len(names) + 1}"
        # A name may be known in full only where somebody else is quoted: "ilse marrant".
        names[new] = tuple(dict.fromkeys([*written, *([who] if _is_person(who, written) else [])]))
        of |= dict.fromkeys(pairs, new)
    return People(of, names, len(members) - len(names))


def others(conduct: Conduct | None, finder: Finder) -> dict[str, tuple[str, ...]]:
    """Give whoever else the reports seem to name a pseudonym, and let a finder know it.

    Parameters
    ----------
    finder
        What is masked already.
    """
    found: dict[str, tuple[str, ...]] = {}
    # What stood between two names may be one when they are gone.
    for _ in range(_ROUNDS):
        names = sorted(still_named(conduct, finder), key=lambda name: -len(name.split()))
        for name in names:
            if not finder.edits(name):
                new = f"Person {len(found) + 1}"
                found[new] = (name,)
                teach(finder, [name], new, listed=True)
        if not names:
            break
    return found


def still_named(conduct: Conduct | None, finder: Finder | None = None) -> tuple[str, ...]:
    """Return what else looks like the name of a person in the reports, the most frequent first.

    Parameters
    ----------
    finder
        What is masked before; by default nothing.
    """
    found: Counter[str] = Counter()
    for report in conduct.reports if conduct is not None else ():
        for sentence in report.sentences:
            text = changed(sentence.text, finder.edits(sentence.text)) if finder else sentence.text
            text = " ".join(PSEUDONYM.sub(" — ", text).split())
            found.update(one for one in persons(text, 0, len(text), {}) if _named(one))
    return tuple(name for name, _ in found.most_common())


def _spoken(conduct: Conduct) -> Iterable[tuple[str, str]]:
    several: tuple[Statement | StatedFigure, ...] = (*conduct.statements, *conduct.figures)
    for said in several:
        if said.speaker:
            yield said.report, said.speaker
    for statement in conduct.statements:
        coder = statement.judgement.coder if statement.judgement is not None else None
        if coder is not None and coder.speaker:
            yield statement.report, coder.speaker
    for report in conduct.reports:
        if report.author:
            yield report.path, report.author


def _is_person(who: str, written: Sequence[str]) -> bool:
    last = who.split()[-1:] or [""]
    return len(who.split()) <= _MOST and any(last[0] in one.casefold() for one in written)


def _named(speaker: str) -> bool:
    """Tell a name from "a voter", "officials", and from a country or place that speaks."""
    bare = _ARTICLE.sub("", speaker.strip())
    if not any(token.capital and token.key not in _COMMON for token in tokens(bare)):
        return False
    return not any(
        plain_place.kind in ("country", "state", "town") for plain_place in known(bare, heard=False)
    )


def teach(finder: Finder, names: Iterable[str], new: str, *, listed: bool = False) -> None:
    """Let a finder know every form of a name: with titles, last name, first name, initials.

    Parameters
    ----------
    names
        All that stand for one person, body or place.
    new
        The pseudonym.
    listed
        Whether somebody has listed it: it is a name, then, whatever it looks like.
    """
    for name in names:
        bare = _ARTICLE.sub("", name.strip())
        person = _person(bare)
        if person:
            for parts, form in _forms(person, new):
                finder.add(parts, form)
            finder.add(bare, Form(new, person=True))
        elif listed or _named(bare):
            for letters in _IN_BRACKETS.findall(bare):
                finder.add(letters, Form(new, capital=True))
            for whole in (bare, _IN_BRACKETS.sub("", bare)):
                finder.add(whole, Form(new, capital=len(keys(whole)) == 1))


def _forms(person: Sequence[str], new: str) -> Iterable[tuple[tuple[str, ...], Form]]:
    """Give every way to write the name of a person, without titles."""

    def joined(some: Sequence[str]) -> tuple[str, ...]:
        return tuple(part for word in some for part in keys(word))

    whole, alone = Form(new, person=True), Form(new, capital=True, person=True)
    at = len(person) - 1
    while at > 1 and person[at - 1].casefold() in _PARTICLES:
        at -= 1
    if len(person) == 1:
        yield joined(person), alone
        return
    first, last = joined(person[:1]), joined(person[at:])
    yield joined(person), whole
    yield (first[0][:1], *joined(person[1:])), whole
    yield (first[0][:1], *last), whole
    yield (*first, *last), whole
    yield (*last, *joined(person[:at])), whole
    for start in range(1, at):
        yield joined(person[start:]), whole
    # As a hashtag, an account or a file has it: "IlsebetMarrantova", "imarrantova".
    for tied in ("".join(joined(person)), "".join((*first, *last)), first[0][:1] + "".join(last)):
        if len(tied) >= _TIED:
            yield (tied,), alone
    yield last, alone if len(last) == 1 else whole
    yield joined(person[-1:]), alone
    if len(first[0]) >= _FIRST and first[0] not in _COMMON:
        yield first, Form(new, capital=True, person=True, alone=True)


def _person(name: str) -> tuple[str, ...]:
    """Give the words of a person's name without titles; none where it is no such name."""
    with_title, _ = untitled(name)
    parts = tuple(part.strip(",.;") for part in (with_title or name.split()))
    parts = tuple(part.removesuffix("'s").removesuffix("’s") for part in parts)
    known = [keys(part) for part in parts]
    if not 1 <= len(parts) <= _MOST or any(not one or any(p.isdigit() for p in one) for one in known):
        return ()
    if with_title:
        return parts
    capitals = [part[:1].isupper() or part.casefold() in _PARTICLES for part in parts]
    if not (all(capitals) or not any(capitals)) or any(part.casefold() in _COMMON for part in parts):
        return ()
    if len(parts) == 1 and name.isupper():
        return ()
    return parts
