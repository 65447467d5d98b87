"""Make ``src/plebiscope/conduct/word_weights.tsv``: how much each word tells of each code.

    pip install scikit-learn==1.9.1 && make weights
    python benchmarks/make_word_weights.py FOLDER...

Learnt from ``benchmarks/coded_words.tsv``: for each code one logistic regression with an L2 penalty over
terms of one and two words (see :mod:`plebiscope.conduct.likely` for the formula). Weights below half a unit
are left out, the others rounded to a tenth, so that the table can be read.

With FOLDERs (reports NAME.txt with NAME.json, those from which the file of words was made) nothing is
written: the reports are parted into five, each part is read with weights learnt without it, and what the
thresholds of :mod:`plebiscope.conduct.wording` do to the statements is printed.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from make_coded_words import TARGET, digest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from plebiscope import conduct
from plebiscope.conduct import codebook, likely, wording
from plebiscope.conduct.clean import clean
from plebiscope.conduct.lexicon import tokens
from plebiscope.intake.reports import read_report

WEIGHTS = Path(likely.__file__).with_name("word_weights.tsv")
LEAST = 3
"""Sentences in which a term must stand to get a weight."""
SMALLEST = 0.5
"""Weight below which a term says too little of a code to be listed."""
PENALTY = 30.0
"""Inverse strength of the L2 penalty; 10 and 100 find as much."""
FOLDS = 5


class Row(NamedTuple):
    """A coded sentence."""

    group: str
    codes: frozenset[str]
    words: tuple[str, ...]
    only: str | None = None
    """The code of which it is known that it is not told, where nothing is known of the others."""


def rows() -> list[Row]:
    """Read the file of words."""
    found = []
    for line in TARGET.read_text(encoding="utf-8").splitlines()[1:]:
        group, codes, words = line.split("\t")
        only = codes[1:] if codes.startswith("!") else None
        told = frozenset() if only or codes == "-" else frozenset(codes.split(","))
        found.append(Row(group, told, tuple(words.split(" ")), only))
    return found


def fitted(learnt: Sequence[Row]) -> str:
    """Learn the weights, and write them as the table that plebiscope reads."""
    held = [list(dict.fromkeys((*row.words, *likely.pairs(row.words)))) for row in learnt]
    counts = Counter(term for listed in held for term in listed)
    vocabulary = sorted(term for term, count in counts.items() if count >= LEAST)
    places = {term: place for place, term in enumerate(vocabulary)}
    idf = {term: likely.idf(len(learnt), counts[term]) for term in vocabulary}
    columns, values, ends = [], [], [0]
    for listed in held:
        kept = [term for term in listed if term in places]
        norm = math.sqrt(sum(idf[term] ** 2 for term in kept)) or 1.0
        columns += [places[term] for term in kept]
        values += [idf[term] / norm for term in kept]
        ends.append(len(columns))
    shares = csr_matrix((values, columns, ends), shape=(len(learnt), len(vocabulary)))
    weights: dict[str, dict[str, float]] = {term: {} for term in (likely.BIAS, *vocabulary)}
    for code in codebook.load().codes:
        use = [number for number, row in enumerate(learnt) if row.only in (None, code)]
        told = [code in learnt[number].codes for number in use]
        model = LogisticRegression(C=PENALTY, solver="liblinear", class_weight="balanced", max_iter=300)
        model.fit(shares[use], told)
        weights[likely.BIAS][code] = round(float(model.intercept_[0]), 1)
        for term, weight in zip(vocabulary, model.coef_[0], strict=True):
            if abs(weight) >= SMALLEST:
                weights[term][code] = round(float(weight), 1)
    listed = [(term, counts[term], own) for term, own in weights.items()]
    return likely.written(len(learnt), hashlib.sha256(TARGET.read_bytes()).hexdigest(), listed)


def main() -> None:
    """Write the table."""
    WEIGHTS.write_text(fitted(rows()), "utf-8")


# ------------------------------------------------------------------------------ what the weights are good for


class Told(NamedTuple):
    """A sentence of a report: what it tells, what rules found, and how likely that is."""

    must: frozenset[str]
    may: frozenset[str]
    firm: dict[str, float]
    """By code: the chance that decides whether it stays firm."""
    suggested: frozenset[str]
    chances: dict[str, float]


def crossed(folders: Sequence[Path]) -> list[tuple[Path, list[Told]]]:
    """Read every report by the rules, and by weights that were learnt without it."""
    paths = [
        path
        for folder in folders
        for path in sorted(folder.glob("*.txt"))
        if path.with_suffix(".json").exists()
    ]
    groups = {path: digest(path) for path in paths}
    fold = {group: number % FOLDS for number, group in enumerate(sorted(set(groups.values())))}
    every = rows()
    tables = [
        likely.parsed(fitted([row for row in every if fold.get(row.group) != number]))
        for number in range(FOLDS)
    ]
    return [(path, told(path, tables[fold[groups[path]]])) for path in paths]


def told(path: Path, table: likely.Table) -> list[Told]:
    """Compare what stands in a report by hand, by the rules and by the words."""
    report = read_report(path)
    with patch.multiple(wording, LOW=-1.0, HIGH=2.0):
        record = conduct.code([report])
    gold = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["gold"]
    placed = [
        (report.text.find(item["evidence"]), item["code"], item.get("optional", False)) for item in gold
    ]
    found = []
    for number, one in enumerate(record.reports[0].sentences):
        here = [(code, optional) for at, code, optional in placed if one.start <= at < one.end]
        words = tokens(clean(one.text).text)
        chances = dict(zip(table.codes, map(float, table.chances([words])[0]), strict=True))
        firm: dict[str, float] = {}
        by_rule = [statement for statement in record.statements if statement.sentence == number]
        for statement in by_rule:
            if statement.strength == "firm":
                near = wording.around(words, statement.start - one.start, statement.end - one.start)
                chance = float(table.chances([near])[0, table.codes.index(statement.code)])
                firm[statement.code] = max(firm.get(statement.code, 0.0), chance, chances[statement.code])
        found.append(
            Told(
                frozenset(code for code, optional in here if not optional),
                frozenset(code for code, _ in here),
                firm,
                frozenset(statement.code for statement in by_rule),
                {} if one.boilerplate or len(words) < wording.FEWEST else chances,
            )
        )
    return found


def compare(read: Sequence[list[Told]]) -> None:
    """Print what becomes of the statements for several thresholds."""
    print("| low | precision | recall | F1 | demoted, true | demoted, false |")
    print("| --- " * 6 + "|")
    for low in (0.0, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3):
        counts: Counter[str] = Counter()
        for report in read:
            must, may, firm = set(), set(), set()
            for one in report:
                must |= one.must
                may |= one.may
                kept = {code for code, chance in one.firm.items() if chance >= low}
                firm |= kept
                counts["demoted true"] += len((one.firm.keys() - kept) & one.may)
                counts["demoted false"] += len(one.firm.keys() - kept - one.may)
            counts["right"] += len(firm & may)
            counts["false"] += len(firm - may)
            counts["missed"] += len(must - firm)
        precision = counts["right"] / (counts["right"] + counts["false"])
        recall = counts["right"] / (counts["right"] + counts["missed"])
        both = 2 * precision * recall / (precision + recall)
        demoted = f"{counts['demoted true']} | {counts['demoted false']}"
        print(f"| {low} | {precision:.3f} | {recall:.3f} | {both:.3f} | {demoted} |")
    print("\n| high | in place | more, true | more, not in gold |\n| --- | --- | --- | --- |")
    for high in (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5):
        gold = hit = true = false = 0
        for one in (one for report in read for one in report):
            by_words = {code for code, chance in one.chances.items() if chance > high} - one.suggested
            gold += len(one.must)
            hit += len(one.must & (one.suggested | by_words))
            true += len(by_words & one.must)
            false += len(by_words - one.may)
        print(f"| {high} | {hit / gold:.3f} | {true} | {false} |")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        by_folder = defaultdict(list)
        for path, sentences in crossed([Path(folder) for folder in sys.argv[1:]]):
            by_folder[path.parent.name].append(sentences)
        for name, read in by_folder.items():
            print(f"\n{name}\n")
            compare(read)
        print("\nall\n")
        compare([one for read in by_folder.values() for one in read])
