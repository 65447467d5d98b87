"""The voice of each sentence of a text where nobody is said to speak."""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.conduct.issuer.deciding import issuer
from plebiscope.conduct.issuer.statement import Statement
from plebiscope.conduct.issuer.turns import Turn, turns_of
from plebiscope.conduct.mentions import Mentions
from plebiscope.conduct.passage import Passage
from plebiscope.conduct.quotation import Quotation


class Defaults:
    """Say for each sentence of a report whose voice it has where nobody is said to speak.

    Parameters
    ----------
    text, passages
        The cleaned text and its distinct sentences.
    quotes
        What is quoted in each sentence.
    mentions
        Who is mentioned in the text.
    head
        The metadata block that stood before the text, where there was one.
    """

    def __init__(
        self,
        text: str,
        passages: Sequence[Passage],
        quotes: Sequence[Sequence[Quotation]],
        mentions: Mentions,
        head: str = "",
    ) -> None:
        statement = Statement(text, passages, quotes, mentions)
        found = issuer(statement, head)
        self.body = found.body if found else None
        self.aliases = found.aliases if found else frozenset()
        """Other names of the body whose statement the text is, without article and capitals."""
        self.observes = found is not None and found.observes
        """True where the body had observers of its own, whose findings are its words."""
        self._turns = turns_of(statement)

    def of(self, index: int) -> Turn | None:
        """Give whoever speaks in a sentence by default, with the place of the label; null for the report."""
        return self._turns.get(index)
