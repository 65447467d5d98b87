"""Make ``benchmarks/coded_words.tsv``: the sentences from which the weights of words are learnt, reduced.

    python benchmarks/make_coded_words.py FOLDER...

A FOLDER holds reports (NAME.txt) with the statements coded by hand in them (NAME.json), or loose sentences
by code (C01.txt, a sentence on each line; behind "# " one that tells of no code). All were written for
plebiscope: no sentence of others may enter. What is written is no text any more: of each sentence its codes
and its words in base forms, without capitals and marks, with every name as NAME and every figure as "#". The
first column tells the sentences of one report, so that reports can be left out whole. The examples of the
codebook are added as they are now; of those that must not fire, "!C25" says that they do not tell of that
code, and nothing of others.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from plebiscope.conduct import codebook
from plebiscope.conduct.clean import clean
from plebiscope.conduct.lexicon import Token, tokens
from plebiscope.conduct.likely import base, terms
from plebiscope.conduct.segment import fold, sentences
from plebiscope.intake.reports import read_report

TARGET = Path(__file__).with_name("coded_words.tsv")
LOOSE = "loose"
"""In the first column: a sentence of no report."""


def digest(path: Path) -> str:
    """Name a report by its text."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


def coded_sentences(path: Path) -> list[tuple[str, set[str]]]:
    """Split a report as plebiscope does, and give each sentence with the codes it has by hand."""
    report = read_report(path)
    cleaned = clean(report.text, report.body)
    found: list[tuple[str, set[str]]] = []
    gold = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["gold"]
    placed = [(report.text.find(item["evidence"]), item["code"]) for item in gold]
    for one in fold(cleaned, sentences(cleaned)):
        if not one.boilerplate:
            start, end = cleaned.span(one.start, one.end)
            codes = {code for at, code in placed if start <= at < end}
            found.append((cleaned.text[one.start : one.end], codes))
    return found


def loose_sentences(path: Path) -> Iterator[tuple[str, set[str]]]:
    """Give the sentences of a list, with its code or, behind "#", with none."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            text = clean(line.strip().lstrip("# ")).text
            yield text, set() if line.startswith("#") else {path.stem}


def sorted_out(split: list[list[Token]]) -> tuple[frozenset[str], frozenset[str]]:
    """Tell the base forms that are no names, and those that are names even where they are written small.

    No name is what stands in small letters more often than behind a capital within a sentence.
    """
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for words in split:
        capitals = sum(token.written[0].isupper() for token in words)
        if 2 * capitals > len(words):
            continue
        for token in words[1:]:
            (capital if token.written[0].isupper() else small)[base(token.word)] += 1
    plain = frozenset(word for word in small if small[word] >= 2 and small[word] > capital[word])
    return plain, frozenset(word for word in small if capital[word] > 4 * small[word])


def main(folders: list[Path]) -> None:
    """Write the file."""
    listed: list[tuple[str, str, set[str]]] = []
    for folder in folders:
        for path in sorted(folder.glob("*.txt")):
            if path.with_suffix(".json").exists():
                listed += [(digest(path), text, codes) for text, codes in coded_sentences(path)]
            elif re.fullmatch(r"[CP]\d\d", path.stem):
                listed += [(LOOSE, text, codes) for text, codes in loose_sentences(path)]
    for code, rule in codebook.load().rules:
        listed += [(LOOSE, clean(text).text, {code.id}) for text in rule.fires]
        listed += [(LOOSE, clean(text).text, {f"!{code.id}"}) for text in rule.silent]
    known, names = sorted_out([tokens(text) for _, text, _ in listed])
    rows = set()
    for group, text, codes in listed:
        masked = terms(tokens(text), known)
        masked = ["NAME" if word in names else word for word in masked]
        if len(masked) > 1:
            rows.add("\t".join((group, ",".join(sorted(codes)) or "-", " ".join(masked))))
    head = "# Report, codes, words of each coded sentence; made by benchmarks/make_coded_words.py, CC0.\n"
    TARGET.write_text(head + "".join(f"{row}\n" for row in sorted(rows)), "utf-8")


if __name__ == "__main__":
    main([Path(folder) for folder in sys.argv[1:]])
