"""Measure the coding of reports on texts that were coded by hand, with plain baselines beside it.

Usage: python benchmarks/conduct.py TEXTS [CODEBOOK]

``TEXTS`` is a folder of reports (``.txt``), each with its gold beside it (``.json``, a list ``gold`` of
code, status, source and evidence) or in ``tests/conduct/dev_gold.toml`` (code, status, speaker, offsets).
``CODEBOOK`` is a list of codes with their typical words, from which the keyword baseline is made.
Prints Markdown, as it stands in ``docs/conduct.md``.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from plebiscope import conduct
from plebiscope.conduct import codebook
from plebiscope.intake.reports import read_report
from plebiscope.model.report import Report, Sentence, Statement

OURS = Path(__file__).parent.parent / "tests" / "conduct" / "dev_gold.toml"
NAME = re.compile(r"[A-Z][\w'-]+(?:\s[A-Z][\w'-]+)*")


@dataclass(frozen=True)
class Item:
    """A statement as a person coded it; offsets are those of the report."""

    code: str
    status: str
    speaker: str | None
    start: int
    end: int
    optional: bool


def gold_of(path: Path, text: str, ours: Mapping[str, Sequence[Mapping[str, object]]]) -> list[Item] | None:
    """Read what was coded by hand, beside the text or in our own file."""
    beside = path.with_suffix(".json")
    told = json.loads(beside.read_text(encoding="utf-8")).get("gold") if beside.exists() else None
    if told is not None:
        found = []
        for one in told:
            at = text.find(one["evidence"])
            speaker = None if one["source"].startswith("article") else one["source"]
            if at >= 0:
                end = at + len(one["evidence"])
                found.append(Item(one["code"], one["status"], speaker, at, end, bool(one.get("optional"))))
        return found
    if path.stem not in ours:
        return None
    return [
        Item(
            str(one["code"]), str(one["status"]), str(one["speaker"]) if one.get("speaker") else None,
            int(str(one["start"])), int(str(one["end"])), bool(one.get("optional", False)),
        )
        for one in ours[path.stem]
    ]  # fmt: skip


def same(one: str | None, other: str | None, text: str = "") -> bool:
    """Tell whether two names are of one speaker: equal without article, by the last word, or by initials.

    Letters that are no initials, "GEWA", are those of the name behind which the text has them in brackets.
    """
    if one is None or other is None:
        return one is other
    for name, short in ((one, other), (other, one)):
        if re.sub(r"\W", "", short) == initials(name) or f"{name} ({short})".casefold() in text.casefold():
            return True
    plain = [
        re.sub(r"^(?:the|an?) ", "", re.sub(r"[^\w\s]", "", name.casefold())).split() for name in (one, other)
    ]
    if not all(plain):
        return False
    return plain[0] == plain[1] or plain[0][-1] == plain[1][-1] or set(plain[0]) <= set(plain[1])


def initials(name: str) -> str:
    """Give the initials of a body's name, small words left out; words in capitals stay: "UN High Board"."""
    parts = [word for word in name.split() if word[0].isupper()]
    return "".join(word if len(word) > 1 and word.isupper() else word[0] for word in parts)


def keywords(codes: Path) -> dict[str, re.Pattern[str]]:
    """Make the keyword baseline: the typical words of each code, wherever they stand."""
    return {
        one["id"]: re.compile("|".join(rf"\b{re.escape(word)}" for word in one["typical"]), re.IGNORECASE)
        for one in json.loads(codes.read_text(encoding="utf-8"))
    }


def nearest_name(sentence: Sentence, at: int) -> str | None:
    """Find the capitalised name that stands nearest to a place of a sentence; the baseline of speakers."""
    names = [found for found in NAME.finditer(sentence.text) if found.start()]
    nearest = min(names, key=lambda found: abs(found.start() - (at - sentence.start)), default=None)
    return nearest[0] if nearest else None


def counted(folder: Path) -> Counter[str]:
    """Count over all reports of a folder that have gold; codes per report are of firm statements."""
    counts, by_code, _ = _measured(folder, None)
    for found in by_code.values():
        counts.update(found)
    return counts


def measure(folder: Path, codes: Path | None) -> None:
    """Code every report of a folder that has gold, and print what came of it."""
    counts, by_code, plain = _measured(folder, codes)
    _print(by_code, counts, plain if codes else None)


def _measured(
    folder: Path, codes: Path | None
) -> tuple[Counter[str], defaultdict[str, Counter[str]], Counter[str]]:
    ours = tomllib.loads(OURS.read_text(encoding="utf-8"))
    by_code: defaultdict[str, Counter[str]] = defaultdict(Counter)
    counts: Counter[str] = Counter()
    plain: Counter[str] = Counter()
    words = keywords(codes) if codes else {}
    for path in sorted(folder.glob("*.txt")):
        report = read_report(path)
        gold = gold_of(path, report.text, ours)
        if gold is None:
            continue
        counts["reports"] += 1
        record = conduct.code([report])
        may, must = {one.code for one in gold}, {one.code for one in gold if not one.optional}
        firm = {one.code for one in record.statements if one.strength == "firm"}
        _compare(by_code, firm, may, must)
        said = {code for code, pattern in words.items() if pattern.search(report.text)}
        _compare(defaultdict(lambda: plain), said, may, must)
        for item in gold:
            if not item.optional:
                _place(counts, item, record.reports[0], record.statements)
    return counts, by_code, plain


def _compare(scores: Mapping[str, Counter[str]], found: set[str], may: set[str], must: set[str]) -> None:
    for code in found | must:
        scores[code]["right" if code in found & may else "false" if code in found else "missed"] += 1


def _place(counts: Counter[str], item: Item, report: Report, statements: Sequence[Statement]) -> None:
    """Count whether a statement was found in its sentence, with its standing and its speaker."""
    counts["statements"] += 1
    sentences = report.sentences
    place = next((i for i, one in enumerate(sentences) if one.start <= item.start < one.end), None)
    if place is None:
        return
    here = [one for one in statements if one.sentence == place and one.code == item.code]
    if not here:
        return
    counts["in place"] += 1
    one = min(here, key=lambda one: abs(one.start - item.start))
    counts["standing"] += one.status == item.status
    kind = "named" if item.speaker else "own voice"
    counts[kind] += 1
    counts[f"{kind} right"] += same(one.speaker, item.speaker, report.text)
    if item.speaker:
        counts["named, nearest name"] += same(
            nearest_name(sentences[place], item.start), item.speaker, report.text
        )


def _figures(counts: Mapping[str, int]) -> tuple[float, float, float]:
    precision = counts["right"] / max(1, counts["right"] + counts["false"])
    recall = counts["right"] / max(1, counts["right"] + counts["missed"])
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def _print(by_code: Mapping[str, Counter[str]], counts: Counter[str], plain: Counter[str] | None) -> None:
    total: Counter[str] = Counter()
    for found in by_code.values():
        total.update(found)
    print(f"{counts['reports']} reports, {counts['statements']} statements coded by hand\n")
    print("| codes per report | precision | recall | F1 |\n| --- | --- | --- | --- |")
    print("| firm statements | {:.2f} | {:.2f} | {:.2f} |".format(*_figures(total)))
    if plain:
        print("| baseline: a list of keywords | {:.2f} | {:.2f} | {:.2f} |".format(*_figures(plain)))
    print("\n| of the statements | right | of |\n| --- | --- | --- |")
    print(f"| in their sentence with their code | {counts['in place']} | {counts['statements']} |")
    print(f"| standing, of those in place | {counts['standing']} | {counts['in place']} |")
    print(f"| named speaker | {counts['named right']} | {counts['named']} |")
    print(f"| baseline: the nearest capitalised name | {counts['named, nearest name']} | {counts['named']} |")
    print(f"| the report's own voice | {counts['own voice right']} | {counts['own voice']} |")
    print("\n| code | name | precision | recall | right | false | missed |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for code in codebook.load().codes.values():
        found = by_code.get(code.id)
        if found:
            precision, recall, _ = _figures(found)
            told = f"{precision:.2f} | {recall:.2f} | {found['right']} | {found['false']} | {found['missed']}"
            print(f"| {code.id} | {code.name} | {told} |")


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    measure(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else None)
