"""The codebook is whole, and every rule does what its examples say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from plebiscope import conduct
from plebiscope.conduct import codebook
from plebiscope.conduct.clean import clean
from plebiscope.conduct.codebook import Code, Rule
from plebiscope.conduct.matching import Match, matches
from plebiscope.conduct.reading import readings
from plebiscope.conduct.segment import fold, sentences
from plebiscope.model.report import Report

BOOK = codebook.load()
SEVERITY = {
    "C01": 3, "C02": 4, "C03": 3, "C04": 3, "C05": 3, "C06": 2, "C07": 2, "C08": 1, "C09": 3, "C10": 2,
    "C11": 3, "C12": 3, "C13": 3, "C14": 3, "C15": 2, "C16": 2, "C17": 2, "C18": 3, "C19": 3, "C20": 2,
    "C21": 2, "C22": 3, "C23": 2, "C24": 2, "C25": 3, "C26": 2, "C27": 3, "C28": 2, "C29": 3, "C30": 3,
    "C31": 3, "C32": 2, "C33": 0, "C34": 0, "P01": 0,
}  # fmt: skip
EXAMPLES = [
    *((code, rule, text, True) for code, rule in BOOK.rules for text in rule.fires),
    *((code, rule, text, False) for code, rule in BOOK.rules for text in rule.silent),
]


def found(text: str) -> list[Match]:
    cleaned = clean(text)
    return list(matches(readings(cleaned, fold(cleaned, sentences(cleaned)))))


def test_all_codes_are_there_with_their_severity() -> None:
    assert {code.id: code.severity for code in BOOK.codes.values()} == SEVERITY


def test_what_is_no_breach_is_kept_apart() -> None:
    kinds = {code.id: code.kind for code in BOOK.codes.values() if code.kind != "conduct"}
    assert kinds == {
        "C08": "indicator",
        "C23": "verdict",
        "C33": "reception",
        "C34": "reception",
        "P01": "positive",
    }


def test_no_unchecked_paragraph_is_printed() -> None:
    unchecked = re.compile(
        r"General Comment 25, §(?!19)|Copenhagen Document 1990, (?:5\.4|7\.[6-9]|8)|Article 41"
    )
    for code in BOOK.codes.values():
        assert code.obligation, code.id
        assert not unchecked.search(code.obligation), code.obligation


def test_editions_are_named() -> None:
    for code in BOOK.codes.values():
        for part in code.obligation.split("; "):
            assert "Code of Good Practice" not in part or "CDL-AD(" in part


@pytest.mark.parametrize("rule", [rule for _, rule in BOOK.rules], ids=lambda rule: rule.id)
def test_every_rule_has_examples_of_both_kinds(rule: Rule) -> None:
    assert rule.fires
    assert rule.silent


@pytest.mark.parametrize(
    ("code", "rule", "text", "fires"), EXAMPLES, ids=lambda part: getattr(part, "id", None)
)
def test_examples(code: Code, rule: Rule, text: str, fires: bool) -> None:
    if fires:
        assert rule.id in {match.rule.id for match in found(text)}
    else:
        assert code.id not in {match.code.id for match in found(text)}


@pytest.mark.parametrize("code", BOOK.codes.values(), ids=lambda code: code.id)
def test_names_are_words_with_one_space_between_them(code: Code) -> None:
    assert code.name == " ".join(code.name.split())
    assert "/" not in code.name


@pytest.mark.parametrize("code", BOOK.codes.values(), ids=lambda code: code.id)
def test_definitions_and_near_misses_are_given(code: Code) -> None:
    assert len(code.definition) > 30
    assert code.near_misses


NEGATED = [
    ("Soldiers did not force anyone to vote.", "C02"),
    ("Votes were not bought in the election.", "C06"),
    ("The internet was not shut down on the day of the vote.", "C18"),
    ("Opposition candidates were not barred from the ballot.", "C14"),
    ("Observers were not turned away from polling stations.", "C25"),
    ("Voters were never threatened before the election.", "C04"),
    ("The vote was not a sham.", "C23"),
]


@pytest.mark.parametrize(("text", "wanted"), NEGATED)
def test_a_negation_between_the_words_denies_them(text: str, wanted: str) -> None:
    record = conduct.code([Report(path="r", text=f"The election was held in the town on Sunday. {text}")])
    assert {one.status for one in record.statements if one.code == wanted} == {"denied"}


def test_every_notion_is_used() -> None:
    written = " ".join(phrase for phrases in BOOK.phrases.notions.values() for phrase in phrases)
    used = set(re.findall(r"<([a-z0-9-]+)>", written))
    used |= {slot for _, rule in BOOK.rules for slot in rule.slots}
    told = {name for name in BOOK.phrases.notions if name[0].islower()}
    by_name = {"vote", "another-time", "another-vote", "private-vote", "public-vote"}
    assert told - used - by_name - set(BOOK.persons) == set()


def test_rule_ids_are_unique() -> None:
    ids = [rule.id for _, rule in BOOK.rules]
    assert len(ids) == len(set(ids))


@pytest.mark.shared
def test_no_sentence_is_anybody_elses(shared: Path) -> None:
    def shingles(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text.lower())
        return set(zip(*(words[i:] for i in range(6)), strict=False))

    theirs: set[tuple[str, ...]] = set()
    for path in [*shared.glob("seed/*.txt"), *shared.glob("conduct/dev/*.txt")]:
        theirs |= shingles(path.read_text(encoding="utf-8"))
    for code in json.loads((shared / "conduct" / "codebook.json").read_text(encoding="utf-8")):
        theirs |= shingles(code["definition"])
    for code in BOOK.codes.values():
        ours = [code.definition, *code.near_misses]
        ours += [text for rule in code.rules for text in (*rule.fires, *rule.silent)]
        for text in ours:
            assert not shingles(text) & theirs, text


@pytest.mark.shared
def test_codes_and_severities_agree_with_the_reference(shared: Path) -> None:
    reference = json.loads((shared / "conduct" / "codebook.json").read_text(encoding="utf-8"))
    assert {one["id"]: one["severity"] for one in reference} == SEVERITY
    assert [one["id"] for one in reference] == list(BOOK.codes)
