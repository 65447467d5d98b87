"""A text that may be a body's own statement: its sentences, its "we", and which of its names are bodies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from plebiscope.conduct.issuer.patterns import BODY_WORD
from plebiscope.conduct.mentions import Mentions
from plebiscope.conduct.passage import Passage
from plebiscope.conduct.placenames import known
from plebiscope.conduct.quotation import Quotation

_SELF = re.compile(r"\b(?:[Ww]e|[Oo]ur|[Oo]urs|[Uu]s)\b")
_OPENING = 5
"""Sentences at the head of a text among which its heading is sought."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A text whose issuer is sought."""

    text: str
    """As it was cleaned."""
    passages: Sequence[Passage]
    """Its distinct sentences."""
    quotes: Sequence[Sequence[Quotation]]
    """What is quoted in each sentence."""
    mentions: Mentions
    """Who is mentioned in it."""

    def said(self, passages: Sequence[Passage]) -> list[str]:
        """Give the words of sentences."""
        return [self.text[one.start : one.end] for one in passages]

    @property
    def opening(self) -> Sequence[Passage]:
        """The sentences at its head."""
        return self.passages[:_OPENING]

    @property
    def lead(self) -> int:
        """Where its second sentence ends."""
        return self.passages[min(2, len(self.passages)) - 1].end if self.passages else 0

    def quoted(self, place: int, start: int, end: int) -> bool:
        """Tell what stands in a quotation of the sentence at ``place``."""
        return any(quote.holds(start, end) for quote in self.quotes[place])

    def own_voice(self) -> int:
        """Count the sentences in which the text says "we" of itself."""
        return sum(
            any(
                not self.quoted(place, *found.span())
                for found in _SELF.finditer(self.text, one.start, one.end)
                if found[0] != "US"
            )
            for place, one in enumerate(self.passages)
        )

    def is_body(self, name: str, *, shouted: bool = False) -> bool:
        """Tell the name of a body: by a word of it, as a short form, or by capitals in a line not shouted."""
        plain = name.removeprefix("The ").removeprefix("the ")
        return (
            bool(BODY_WORD.search(plain))
            or plain in self.mentions.short
            or (plain.isupper() and plain.replace(" ", "").isalnum() and 2 < len(plain) < 9 and not shouted)
        )

    def is_where(self, name: str) -> bool:
        """Tell a place, "Gostel: first findings", from whoever found something."""
        inside = re.search(rf"\b(?:in|across|throughout) {re.escape(name)}\b", self.text)
        return bool(inside or known(name, heard=False))

    def full(self, name: str) -> str:
        """Give the full name that the text has for a name, without article and endless capitals."""
        name = re.sub(r"(?i)^(?:in|at|by|on|the|a|an|of)\s(?:the\s)?", "", name.strip(" ,.-"))
        if name.isupper() and max(map(len, name.split()), default=0) > 5:
            name = " ".join(
                part if part in ("of", "the", "and", "for") else part.capitalize() for part in name.split()
            )
            name = re.sub(r"\b(?:Of|The|And|For|On|In)\b", lambda found: found[0].lower(), name)
        full = self.mentions.full(name) if name else ""
        return self.mentions.spelled(full) if full.replace(" ", "").isupper() else full


def initials(name: str) -> str:
    """Give the first letters of the words with capitals in a name."""
    return "".join(word[0] for word in name.split() if word[0].isupper())
