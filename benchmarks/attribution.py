"""Measure who is found to say what, on attributions that people annotated in news of 2016.

The annotations are the training part of PolNeAR: for each attribution its source, its cue and its content,
as ranges of the text. They are reference data, not part of the repository. The articles are divided by the
hash of their names into those to learn from (``train``), to look at (``tune``) and to measure on (``test``).

Asked is in the middle of what each sentence holds of an annotated content. The source is right if the words
in which the speaker was found lie in the head of the annotated source, or if both have the same last word; a
pronoun can only be right by its place, as nobody annotated whom it stands for. The baseline takes the nearest
words with a capital, of the same sentence or else of the one before; on pronouns it has nothing to say.

Usage: python benchmarks/attribution.py [train|tune|test]
"""

from __future__ import annotations

import hashlib
import re
import sys
import zipfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from plebiscope.conduct.attribute import Voices
from plebiscope.conduct.clean import clean
from plebiscope.conduct.passage import Passage
from plebiscope.conduct.segment import fold, sentences

ARCHIVE = Path(__file__).parents[2] / "shared" / "conduct" / "polnear_train.zip"
PLAIN = frozenset(
    word
    for line in (
        "said says say told tells tell wrote writes added adds noted notes announced argued argues according",
        "claimed claims warned insisted acknowledged declared explained reported suggested confirmed stated",
        "denied accused condemned criticized described called believe believes concluded complained alleged",
    )
    for word in line.split()
)
"""Cues that plainly tell of words; annotated are stances and plans too ("is eager to", "pivots from")."""
PRONOUNS = frozenset(
    ["i", "you", "he", "she", "it", "we", "they", "who", "that", "this", "these", "those", "one"]
)
_HEAD_ENDS = re.compile(r",|\s(?:of|for|in|who|with|from|at|on|to|whose|that)\s")
_RANGE = re.compile(r"(\d+) (\d+)")
_WORD = re.compile(r"\w[\w'-]*")
_NAME = re.compile(r"(?:[A-Z][\w.-]+\s?)+")


@dataclass(frozen=True)
class Attribution:
    """One annotated attribution: half-open ranges of the cleaned text."""

    source: tuple[int, int] | None
    cue: tuple[tuple[int, int], ...]
    content: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Article:
    """An article as the coder sees it, with what people annotated in it."""

    name: str
    text: str
    passages: Sequence[Passage]
    attributions: Sequence[Attribution]


def part_of(name: str) -> str:
    """Say to which part an article belongs, by the hash of its name."""
    place = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 100
    return "train" if place < 60 else "tune" if place < 80 else "test"


def articles(part: str, archive: Path = ARCHIVE) -> Iterator[Article]:
    """Read the articles of a part; of several annotators of one article the first counts."""
    with zipfile.ZipFile(archive) as packed:
        notes: dict[str, str] = {}
        for path in sorted(packed.namelist()):
            if path.endswith(".ann"):
                notes.setdefault(Path(path).stem.rpartition("_")[0], path)
        for name, path in notes.items():
            if part_of(name) == part:
                original = packed.read(f"train/text/{name}.txt").decode("utf-8")
                yield article(name, original, packed.read(path).decode("utf-8"))


def article(name: str, original: str, notes: str) -> Article:
    """Clean and split a text and carry its annotations over to the cleaned copy."""
    cleaned = clean(original)
    ranges: dict[str, tuple[tuple[int, int], ...]] = {}
    found = []
    for line in notes.splitlines():
        key, _, rest = line.partition("\t")
        if key.startswith("T"):
            ranges[key] = tuple(
                (bisect_left(cleaned.starts, int(span[1])), bisect_left(cleaned.starts, int(span[2])))
                for span in _RANGE.finditer(rest.split("\t")[0])
            )
    for line in notes.splitlines():
        key, _, rest = line.partition("\t")
        if key.startswith("E"):
            # A role that several annotations fill is numbered: Content, Content2, ...
            roles = [
                (one.partition(":")[0].rstrip("0123456789"), one.partition(":")[2]) for one in rest.split()
            ]
            held = {
                role: tuple(span for other, mark in roles if other == role for span in ranges.get(mark, ()))
                for role, _ in roles
            }
            source = held.get("Source", ())
            if held.get("Content"):
                found.append(Attribution(source[0] if source else None, held.get("Cue", ()), held["Content"]))
    return Article(name, cleaned.text, fold(cleaned, sentences(cleaned)), found)


def pieces(one: Article, attribution: Attribution) -> Iterator[tuple[int, int, int]]:
    """Give the index of each sentence that holds some of the content, and which range of it."""
    for index, passage in enumerate(one.passages):
        held = [
            (max(passage.start, start), min(passage.end, end))
            for start, end in attribution.content
            if start < passage.end and passage.start < end
        ]
        if held:
            start, end = max(held, key=lambda span: span[1] - span[0])
            if len(_WORD.findall(one.text, start, end)) >= 2:
                yield index, start, end


def probe(text: str, start: int, end: int) -> tuple[int, int]:
    """Give the range of the four words in the middle of a range."""
    found = list(_WORD.finditer(text, start, end))
    first = max(0, len(found) // 2 - 2)
    return found[first].start(), found[min(len(found), first + 4) - 1].end()


def same(text: str, source: tuple[int, int], speaker: str | None, place: tuple[int, int] | None) -> bool:
    """Tell whether a speaker is the annotated source."""
    start, end = source
    head = _HEAD_ENDS.search(text, start, end)
    if place and place[0] < (head.start() if head else end) and start < place[1]:
        return True
    gold = [word.removesuffix("'s") for word in _WORD.findall(text.casefold(), start, end)]
    ours = [word.removesuffix("'s") for word in _WORD.findall((speaker or "").casefold())]
    return bool(ours and gold and (ours[-1] == gold[-1]))


def manner(voices: Voices, index: int, start: int, end: int) -> str:
    """Say whether a range is quoted wholly, in part, or not at all."""
    inside = sum(
        max(0, min(end, quote.end + 1) - max(start, quote.start - 1)) for quote in voices.quotes[index]
    )
    return "direct" if inside >= 0.9 * (end - start) else "mixed" if inside else "indirect"


def nearest_name(one: Article, index: int, start: int, end: int) -> tuple[int, int] | None:
    """Find the nearest words with a capital outside a range: the baseline."""
    passage = one.passages[index]
    found = [match.span() for match in _NAME.finditer(one.text, passage.start, start)]
    found += [match.span() for match in _NAME.finditer(one.text, end, passage.end)]
    if not found and index:
        before = one.passages[index - 1]
        found = [match.span() for match in _NAME.finditer(one.text, before.start, before.end)]
    return min(found, key=lambda span: max(span[0] - end, start - span[1]), default=None)


def measure(part: str) -> Counter[str]:
    """Count what is right in one part."""
    count: Counter[str] = Counter()
    for one in articles(part):
        voices = Voices(one.text, one.passages)
        touched = set()
        for attribution in one.attributions:
            for index, start, end in pieces(one, attribution):
                touched.add(index)
                if attribution.source is None:
                    continue
                first, last = probe(one.text, start, end)
                voice = voices.ask(index, first, last)
                mode = manner(voices, index, start, end)
                accepted = [
                    other.source
                    for other in one.attributions
                    if other.source and any(a <= first and last <= b for a, b in other.content)
                ]
                right = any(same(one.text, source, voice.speaker, voice.place) for source in accepted)
                named = one.text[slice(*attribution.source)].casefold() not in PRONOUNS
                nearest = nearest_name(one, index, start, end)
                cue = {word for span in attribution.cue for word in one.text[slice(*span)].casefold().split()}
                kinds = [mode]
                kinds += [f"{mode}, no pronoun"] if named else []
                kinds += [f"{mode}, plainly said"] if cue & PLAIN else []
                for kind in kinds:
                    count[f"{kind}: asked"] += 1
                    count[f"{kind}: right"] += right
                    count[f"{kind}: baseline"] += nearest is not None and same(
                        one.text, attribution.source, one.text[slice(*nearest)], nearest
                    )
        for index, passage in enumerate(one.passages):
            said = any(
                voices.ask(index, *word.span()).mode != "narration"
                for word in _WORD.finditer(one.text, passage.start, passage.end)
            )
            count["given to a speaker"] += said
            count["given to a speaker: right"] += said and index in touched
            count["nobody's"] += index not in touched
            count["nobody's: right"] += index not in touched and not said
    return count


def main(part: str) -> None:
    count = measure(part)
    print(f"{'source right, ' + part:28}{'asked':>8}{'right':>8}{'baseline':>10}")
    for mode in ("direct", "indirect", "mixed"):
        for kind in (mode, f"{mode}, no pronoun", f"{mode}, plainly said"):
            asked = count[f"{kind}: asked"]
            right, baseline = (count[f"{kind}: {what}"] / asked for what in ("right", "baseline"))
            print(f"{kind:28}{asked:8}{right:8.2f}{baseline:10.2f}")
    for kind in ("given to a speaker", "nobody's"):
        print(f"sentences {kind:18}{count[kind]:8}{count[f'{kind}: right'] / count[kind]:8.2f}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tune")
