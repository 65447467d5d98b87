"""How likely a sentence tells of each code, by its words alone: a second reading, which decides nothing.

The table ``word_weights.tsv`` gives every term (a word in its base form, or two that follow each other) a
weight for each code. It was fitted on sentences coded by hand (``benchmarks/make_word_weights.py``), belongs
to the codebook, and can be checked with pencil and paper::

    share of a term = its idf / square root of the sum of idf² over the distinct terms of the sentence
    chance of a code = 1 / (1 + exp(-(bias + sum of share × weight over the distinct terms)))
    idf of a term = ln((1 + sentences) / (1 + sentences that hold it)) + 1

Terms that are not in the table count nowhere. Names are masked, so that no person, party or country weighs.
The classes were balanced in fitting: a chance is a mark on a scale from 0 to 1, and no frequency.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plebiscope.conduct.forms import bases
from plebiscope.conduct.lexicon import Token

NAME, NUMBER, BIAS = "NAME", "#", "(bias)"
"""What stands in the table for names, for figures, and for what every sentence begins with."""
_CAPITALISED = frozenset(("i", "the", "they", "we", "he", "she", "it", "this", "that", "there", "no", "a"))
"""Words that are no names though they begin a quotation within a sentence."""
_IN_HEADLINE = 0.6
"""Share of capitals from which a sentence is a headline, whose capitals tell no names."""


def terms(words: Sequence[Token], known: Collection[str]) -> list[str]:
    """Give the words of a sentence in their base forms, with names and figures masked.

    Parameters
    ----------
    words
        As :func:`plebiscope.conduct.lexicon.tokens` splits a sentence.
    known
        Base forms that are no names: at the head of a sentence, and in a headline, a capital tells nothing.

    Returns
    -------
    list of str
        In their order; a name of several words is one term.
    """
    return [term for term, _ in _placed(words, known)]


def _placed(words: Sequence[Token], known: Collection[str]) -> list[tuple[str, int]]:
    """Give the terms of one word, each with the place of its word."""
    capital = [token.written[0].isupper() for token in words]
    headline = sum(capital) > 3 and sum(capital) >= _IN_HEADLINE * len(words)
    found: list[tuple[str, int]] = []
    for at, (word, _, _, _, _) in enumerate(words):
        if word[0].isdigit():
            found.append((NUMBER, at))
            continue
        term = base(word)
        if capital[at] and word not in _CAPITALISED and ((at and not headline) or term not in known):
            if found and found[-1][0] == NAME:
                continue
            term = NAME
        found.append((term, at))
    return found


@lru_cache(maxsize=1 << 16)
def base(word: str) -> str:
    """Choose the shortest base form a word may have, cut so that all forms give the same: "carri", "vot"."""
    shortest = min(bases(word), key=lambda one: (len(one), one))
    if len(shortest) < 4:
        return shortest
    if shortest.endswith("y") and shortest[-2] not in "aeiou":
        return shortest[:-1] + "i"
    return shortest.removesuffix("e")


def pairs(listed: Sequence[str]) -> Iterable[str]:
    """Give each two terms that follow each other."""
    return (f"{one} {other}" for one, other in itertools.pairwise(listed))


class Weighing(NamedTuple):
    """A term of a sentence, what it adds to the logit of a code, and the half-open range of its words."""

    term: str
    adds: float
    start: int
    end: int


@dataclass(frozen=True)
class Table:
    """The weights of all terms for all codes.

    Attributes
    ----------
    codes
        In the order of the columns.
    places
        Row of each term.
    idf
        By row.
    weights
        Rows by codes, and the bias as the last row.
    known
        The terms of one word.
    """

    codes: tuple[str, ...]
    places: dict[str, int]
    idf: NDArray[np.float64]
    weights: NDArray[np.float64]
    known: frozenset[str]

    def chances(self, sentences: Sequence[Sequence[Token]]) -> NDArray[np.float64]:
        """Say how likely each sentence tells of each code.

        Returns
        -------
        numpy.ndarray
            Sentences by codes, between 0 and 1; see the head of this module for the formula.
        """
        rows = [self._rows(words) for words in sentences]
        logits = np.tile(self.weights[-1], (len(rows), 1))
        held = [number for number, own in enumerate(rows) if own]
        if held:
            lengths = np.array([len(rows[number]) for number in held])
            firsts = np.cumsum(lengths) - lengths
            flat = np.fromiter(itertools.chain.from_iterable(rows), dtype=np.intp, count=int(lengths.sum()))
            idf = self.idf[flat]
            norms = np.sqrt(np.add.reduceat(idf * idf, firsts))
            sums = np.add.reduceat(self.weights[flat] * idf[:, None], firsts, axis=0)
            logits[held] += sums / norms[:, None]
        chances: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-logits))
        return chances

    def weighing(self, words: Sequence[Token], code: str) -> tuple[float, list[Weighing]]:
        """Say what each term of a sentence adds to the logit of a code.

        Returns
        -------
        float
            The bias, with which what the terms add makes up the logit of the chance.
        list of Weighing
            The largest first.
        """
        column = self.codes.index(code)
        placed = _placed(words, self.known)
        ranges: dict[str, tuple[int, int]] = {}
        for term, at in placed:
            ranges.setdefault(term, (at, at + 1))
        for (one, at), (other, last) in itertools.pairwise(placed):
            ranges.setdefault(f"{one} {other}", (at, last + 1))
        rows = {term: self.places[term] for term in ranges if term in self.places}
        norm = math.sqrt(sum(float(self.idf[row]) ** 2 for row in rows.values()))
        found = [
            Weighing(term, float(self.idf[row] * self.weights[row, column]) / norm, *ranges[term])
            for term, row in rows.items()
        ]
        return float(self.weights[-1, column]), sorted(found, key=lambda one: (-one.adds, one.start, one.end))

    def _rows(self, words: Sequence[Token]) -> list[int]:
        """Give the rows of the distinct terms of a sentence."""
        single = terms(words, self.known)
        return [self.places[one] for one in dict.fromkeys((*single, *pairs(single))) if one in self.places]


@cache
def load() -> Table:
    """Read the table that comes with the package.

    Raises
    ------
    ValueError
        If it is not a table of weights.
    """
    file = resources.files("plebiscope.conduct") / "word_weights.tsv"
    return parsed(file.read_text("utf-8"))


def parsed(told: str) -> Table:
    """Read a table of weights, as :func:`written` writes it.

    Parameters
    ----------
    told
        Behind two lines for the reader and one with the number of sentences and the codes, every line holds a
        term, the number of sentences in which it was met, and its weights: "C25+3.1 C27-0.6".
    """
    _, _, head, *lines = told.splitlines()
    count, *codes = head.split("\t")
    column = {code: place for place, code in enumerate(codes)}
    bias, *listed = (line.split("\t") for line in lines)
    weights = np.zeros((len(listed) + 1, len(codes)))
    for row, entry in enumerate((*listed, bias)):
        for weight in entry[2].split():
            weights[row, column[weight[:3]]] = float(weight[3:])
    return Table(
        codes=tuple(codes),
        places={term: row for row, (term, *_) in enumerate(listed)},
        idf=np.array([idf(int(count), int(met)) for _, met, _ in listed]),
        weights=weights,
        known=frozenset(term for term, *_ in listed if " " not in term),
    )


def written(sentences: int, digest: str, listed: Sequence[tuple[str, int, Mapping[str, float]]]) -> str:
    """Write a table of weights.

    Parameters
    ----------
    sentences
        How many were learnt from.
    digest
        SHA-256 of the file that holds them.
    listed
        Terms, the bias first: each with the number of sentences that hold it and its weights by code.
    """
    codes = tuple(listed[0][2])
    lines = [
        f"# Weights of words by code, learnt from {sentences:,} coded sentences (make weights, needs"
        f" scikit-learn): coded_words.tsv, SHA-256 {digest}",
        "# Term, sentences that hold it, weights; how they add up stands in plebiscope.conduct.likely.",
        "\t".join((str(sentences), *codes)),
    ]
    for term, met, weights in listed:
        lines.append(f"{term}\t{met}\t{' '.join(f'{code}{weight:+.1f}' for code, weight in weights.items())}")
    return "".join(f"{line}\n" for line in lines)


def idf(sentences: int, met: int) -> float:
    """Say how rare a term is that stands in so many of the sentences."""
    return math.log((1 + sentences) / (1 + met)) + 1
