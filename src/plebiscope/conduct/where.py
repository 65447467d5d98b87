"""Where: which of the places in a sentence is the place of a fact, and in which country it lies.

The place of a fact stands in its own words or its clause. Where somebody said it ("said in Berlin", the
dateline of an agency) is no place of the fact. What a neighbouring sentence names is not carried over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from plebiscope.conduct.clean import Cleaned
from plebiscope.conduct.language import table
from plebiscope.conduct.localities import CAPITAL, DIRECTION, Localities, Named
from plebiscope.conduct.passage import Passage
from plebiscope.conduct.placenames import KIND, Known, demonym, known, plain, sound
from plebiscope.conduct.setting import elsewhere, frames
from plebiscope.conduct.standing import clause
from plebiscope.model.report import Place

_TO_BE_THERE = 9
"""Letters behind a fact from which "to" is its own: "soldiers came to Gostel"."""
_TO = re.compile(r"\b(?:to|toward|towards|for)\s(?:the\s)?$")
_MONTH = "|".join(map(str.title, table("months")))
_DATELINE = re.compile(
    r"[\"'(]?(?P<place>[A-Z][A-Z'. -]{2,40}(?:,\s[A-Z][\w. ]{1,30}?){0,2}|"
    rf"{CAPITAL}[\w'. -]{{2,30}}(?:,\s[A-Z][\w. ]{{1,30}}?)?"
    rf"(?=,?\s\([A-Z]|,\s(?:{_MONTH})|,\s\d))[^–—\n]{{0,60}}?\s?(?:[–—]|\s-\s|--)",
)
_SAID_BY = {
    "town": frozenset(("city", "cities", "town", "towns", "village", "villages")),
    "state": frozenset(("state", "region", "republic", "province", "territory")),
}
_WELL_KNOWN = 300
"""Thousands of inhabitants from which a town is a sign of its country, and meant in any report."""
_LEADING = 10
"""Times as many people as any namesake: a name alone then means that town."""


@dataclass
class Where:
    """The places of one report.

    Parameters
    ----------
    cleaned
        The text.
    passages
        Its distinct sentences, in order.
    country
        Country of the vote, where the case says it: of several places of one name, the one there is meant.
    """

    cleaned: Cleaned
    passages: Sequence[Passage]
    country: str | None = None

    def __post_init__(self) -> None:
        self._lowered = self.cleaned.lowered
        self.places = Localities(self.cleaned.text, self._lowered, self.passages)

    def of_fact(
        self,
        index: int,
        start: int,
        end: int,
        said: Sequence[tuple[int, int]],
        *,
        is_speech: bool = False,
    ) -> tuple[Place, ...]:
        """Find the place of a fact: all that are named together, in their order.

        Parameters
        ----------
        index
            The sentence that tells it.
        start, end
            Half-open range of the fact in the cleaned text.
        said
            Ranges of the cleaned text that hold words of saying and who says.
        is_speech
            The fact is that somebody said it: then the place of speaking is its place.
        """
        passage = self.passages[index]
        sentence = self._lowered[passage.start : passage.end]
        offset = passage.start
        cues = [(first - offset, last - offset) for first, last in said]
        first, last = clause(sentence, start - offset, end - offset)
        dateline = self._dateline(index)
        found: list[tuple[tuple[bool, bool, int], Named]] = []
        for one in self.places.of(index):
            a, b = one.start - offset, one.end - offset
            own = start <= one.start and one.end <= end
            near = (first <= a and b <= last) or (one.inside and frames(sentence, a, b))
            if one.bare or one.end <= dateline or not (own or near):
                continue
            if not own and _TO.search(sentence, end - offset, a) and a - (end - offset) > _TO_BE_THERE:
                continue  # where somebody goes next is not where it happened
            if (
                not own
                and not is_speech
                and elsewhere(sentence, (a, b), (start - offset, end - offset), cues)
            ):
                continue
            found.append(((not own, not one.inside, max(one.start - end, start - one.end, 0)), one))
        if not found:
            return ()
        nearest = min(found, key=lambda scored: scored[0])[1]
        return tuple(self.place(one) for _, one in found if one.group == nearest.group)

    def place(self, named: Named) -> Place:
        """Give a place its canonical name and its country, where they are not in doubt."""
        written = self.cleaned.text[named.start : named.end]
        bare = _bare(written)
        start, end = self.cleaned.span(named.start, named.end)
        meant = self._meant(bare, named.within, named.kind)
        name = written
        country = None
        if meant:
            country = meant.country or None
            same = {one.name for one in known(bare) if one.country == meant.country}
            if len(same) == 1 or _same(meant.name, bare):
                name = meant.name + (
                    f" {_singular(named.kind)}" if named.kind and not _said_already(meant, named.kind) else ""
                )
        elif named.within:
            around = self._meant(named.within)
            country = around.country if around else None
        return Place(written=written, name=name, country=country, start=start, end=end)

    def _meant(self, name: str, within: str | None = None, kind: str | None = None) -> Known | None:
        """Choose among the places of one name; null where the report leaves it open."""
        candidates = known(name)
        if kind == "republic":
            candidates = tuple(one for one in candidates if one.kind == "country") or candidates
        by_country: dict[str, Known] = {}
        # A place of just this name before one that is also called so, a large one before a small one.
        for one in sorted(candidates, key=lambda one: (not _same(one.name, name), -one.thousands)):
            by_country.setdefault(one.country, one)
        if within:
            countries = {one.country for one in known(within)} & set(by_country)
            return by_country[countries.pop()] if len(countries) == 1 else None
        if len(by_country) < 2:
            only = next(iter(by_country.values()), None)
            return only if only and self._is_likely(only, name) else None
        ranked = sorted(by_country.values(), key=lambda one: -one.thousands)
        leading = ranked[0].thousands > _LEADING * ranked[1].thousands and ranked[1].kind == "town"
        if self.country:
            case = {one.country for one in known(self.country) if one.kind == "country"} & set(by_country)
            if len(case) == 1:
                return by_country[case.pop()]
        heard = {country for country in by_country if self._evidence.get(country, set()) - {name}}
        if len(heard) == 1:
            only = by_country[heard.pop()]
            return only if only == ranked[0] or not leading else None
        return ranked[0] if leading and (not heard or ranked[0].country in heard) else None

    def _is_likely(self, one: Known, name: str) -> bool:
        """Tell whether a small town is meant although the report speaks of other countries only."""
        others = self._evidence.get(one.country, set()) - {name}
        if one.kind != "town" or others:
            return True
        return one in known(name, heard=False) and (one.thousands >= _WELL_KNOWN or not self._evidence)

    @cached_property
    def _evidence(self) -> dict[str, set[str]]:
        """Countries that the report speaks of, with the names that point to each."""
        found: dict[str, set[str]] = {}
        for name in self.places.names():
            for part in {name, *name.split()}:
                country = demonym(part)
                if country:
                    found.setdefault(country, set()).add(part)
                found_country = [one.country for one in known(part) if one.kind == "country"]
                if len(found_country) == 1 and len(known(part)) == 1:
                    found.setdefault(found_country[0], set()).add(part)
            countries = {one.country for one in known(name)}
            well_known = any(one.thousands >= _WELL_KNOWN for one in known(name))
            if len(countries) == 1 and well_known:
                found.setdefault(countries.pop(), set()).add(name)
        return found

    def _dateline(self, index: int) -> int:
        """Give the end of the dateline that a paragraph opens with, or its start where it has none."""
        passage = self.passages[index]
        if index and self.passages[index - 1].paragraph == passage.paragraph:
            return passage.start
        found = _DATELINE.match(self.cleaned.text, passage.start, min(passage.end, passage.start + 140))
        return found.end() if found else passage.start


def _bare(written: str) -> str:
    """Give a place's name without the word that says what it is and without a direction."""
    parts = written.split()
    while len(parts) > 1 and re.fullmatch(KIND, parts[-1].casefold()):
        parts.pop()
    name = " ".join(parts)
    return name if known(name) else DIRECTION.sub("", name, count=1)


def _singular(kind: str) -> str:
    return kind.removesuffix("ies") + "y" if kind.endswith("ies") else kind.removesuffix("s")


def _same(name: str, written: str) -> bool:
    """Tell whether a place is called just so, or so in another transliteration."""
    return plain(name) == plain(written) or (bool(sound(name)) and sound(name) == sound(written))


def _said_already(meant: Known, kind: str) -> bool:
    """Tell a word that says only what the gazetteer says: the city of Gostel is the town, not a district."""
    return meant.kind == "country" or kind in _SAID_BY.get(meant.kind, ())
