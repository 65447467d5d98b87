"""The second reading by words: its table, its sums, and what it may do to statements."""

from __future__ import annotations

import hashlib
import math
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plebiscope.conduct import code, codebook, likely
from plebiscope.conduct.clean import clean
from plebiscope.conduct.codebook import Rule
from plebiscope.conduct.lexicon import tokens
from plebiscope.conduct.matching import Match
from plebiscope.conduct.reading import readings
from plebiscope.conduct.segment import sentences
from plebiscope.conduct.wording import CERTAIN, COMPANY, FEWEST, HIGH, LOW, Wording, by_words
from plebiscope.model.report import Report, Statement

TABLE = likely.load()
WEIGHTS = (Path(likely.__file__).with_name("word_weights.tsv")).read_text(encoding="utf-8").splitlines()
WORDS = Path(__file__).parents[2] / "benchmarks" / "coded_words.tsv"
TWO_TERMS = "\n".join((
    "# for the reader",
    "# for the reader",
    "9\tC01\tC02",
    "(bias)\t0\tC01-1.0 C02-2.0",
    "box\t4\tC01+3.0",
    "box open\t1\tC01+2.0 C02-0.5",
    "open\t9\t",
))  # fmt: skip


def chances(text: str) -> dict[str, float]:
    return dict(zip(TABLE.codes, TABLE.chances([tokens(text)])[0].tolist(), strict=True))


def told(text: str) -> tuple[Statement, ...]:
    return code([Report(path="report.txt", text=text)]).statements


class TestTable:
    def test_it_was_made_from_the_words_that_lie_here(self) -> None:
        listed = WORDS.read_bytes()
        assert WEIGHTS[0].endswith(f"SHA-256 {hashlib.sha256(listed).hexdigest()}"), "run make weights"
        assert WEIGHTS[2].split("\t")[0] == str(len(listed.splitlines()) - 1)

    def test_it_weighs_for_every_code_of_the_codebook(self) -> None:
        assert TABLE.codes == tuple(codebook.load().codes)
        assert all((TABLE.weights[:, column] > 1).any() for column in range(len(TABLE.codes)))

    def test_nobody_is_named(self) -> None:
        written = [line.split("\t")[0] for line in WEIGHTS[4:]]
        written += [line.split("\t")[2] for line in WORDS.read_text(encoding="utf-8").splitlines()[1:]]
        for terms in written:
            assert not re.search(r"[A-Z]", terms.replace("NAME", "")), terms

    def test_every_term_is_listed_once_with_weights_that_count(self) -> None:
        rows = [line.split("\t") for line in WEIGHTS[4:]]
        assert len({term for term, *_ in rows}) == len(rows) == len(TABLE.places)
        for _, met, weights in rows:
            assert int(met) >= 3
            assert all(abs(float(one[3:])) >= 0.5 for one in weights.split())

    def test_what_is_written_is_read_again(self) -> None:
        entries = [("(bias)", 0, {"C01": -1.0, "C02": -2.0}), ("box", 4, {"C01": 3.0}), ("open", 9, {})]
        again = likely.parsed(likely.written(9, "0", entries))
        assert again.codes == ("C01", "C02")
        assert again.weights.tolist() == [[3.0, 0.0], [0.0, 0.0], [-1.0, -2.0]]


class TestSums:
    def test_the_formula_by_hand(self) -> None:
        box, pair, opened = (math.log(10 / (1 + met)) + 1 for met in (4, 1, 9))
        norm = math.sqrt(box**2 + pair**2 + opened**2)
        logit = -1 + (3 * box + 2 * pair) / norm
        (row,) = likely.parsed(TWO_TERMS).chances([tokens("Seven boxes opened.")])
        assert row[0] == pytest.approx(1 / (1 + math.exp(-logit)))
        assert row[1] == pytest.approx(1 / (1 + math.exp(2 + 0.5 * pair / norm)))

    def test_without_a_known_word_only_the_bias_is_left(self) -> None:
        rows = likely.parsed(TWO_TERMS).chances([tokens("Xyzzy."), [], tokens("Box.")])
        assert rows[0].tolist() == rows[1].tolist()
        assert rows[0, 0] == pytest.approx(1 / (1 + math.e))
        assert rows[2, 0] > rows[0, 0]

    @pytest.mark.parametrize("named", ["C01", "C25", "P01"])
    def test_what_weighs_adds_up_to_the_chance(self, named: str) -> None:
        text = "In Gostel the observers of Marrant's party were turned away by 12 soldiers, and the observers left."
        bias, weighing = TABLE.weighing(tokens(text), named)
        logit = bias + sum(one.adds for one in weighing)
        assert chances(text)[named] == pytest.approx(1 / (1 + math.exp(-logit)))
        assert [one.adds for one in weighing] == sorted((one.adds for one in weighing), reverse=True)

    def test_a_sentence_counts_the_same_alone_and_among_others(self) -> None:
        listed = [tokens(text) for text in ("A box burned.", "The count took all night in Gostel.", "")]
        together = TABLE.chances(listed)
        for number, words in enumerate(listed):
            assert TABLE.chances([words])[0].tolist() == pytest.approx(together[number].tolist())

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=300))
    def test_any_text_has_chances(self, text: str) -> None:
        (row,) = TABLE.chances([tokens(text)])
        assert ((row > 0) & (row < 1)).all()


class TestTerms:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Parties carried 1,200 ballots", "parti carri # ballot"),
            ("On Sunday Ana Torvik voted in Gostel", "on NAME vot in NAME"),
            ("Torvik voted", "NAME vot"),
            ("Voters Wait For Boxes In Gostel", "NAME wait for box NAME"),
            ('She said: "They carried the box"', "she say they carri the box"),
        ],
    )
    def test_bases_names_and_figures(self, text: str, expected: str) -> None:
        known = {"parti", "on", "she", "wait", "for", "box"}
        found = " ".join(likely.terms(tokens(text), known))
        assert found == expected

    @pytest.mark.parametrize(
        "forms", ["carry carries carried carrying", "vote votes voted voting", "bar bars barred barring"]
    )
    def test_all_forms_of_a_word_are_one_term(self, forms: str) -> None:
        assert len({likely.base(form) for form in forms.split()}) == 1


class TestStatements:
    def test_words_speak_for_what_they_tell(self) -> None:
        told_of = chances("Our monitors were kept outside the station, and party agents were told to leave.")
        assert told_of["C25"] > HIGH
        assert told_of["C16"] < LOW

    def test_a_rule_is_doubted_where_the_words_tell_of_something_else(self) -> None:
        text = "In Gostel monitors were kept outside the station, and the agents of two parties were told to leave."
        cleaned = clean(text)
        wording = Wording(readings(cleaned, sentences(cleaned)))
        start = text.index("kept")
        doubted = {
            named: wording.doubts(
                Match(codebook.load().codes[named], Rule(f"{named}.any", "firm"), 0, start, start + 12)
            )
            for named in ("C16", "C25")
        }
        assert doubted == {"C16": True, "C25": False}

    def test_what_is_doubted_is_kept_as_a_suggestion(self, monkeypatch: pytest.MonkeyPatch) -> None:
        text = "The vote in Gostel was a sham."
        (one,) = [one for one in told(text) if one.code == "C23"]
        monkeypatch.setattr("plebiscope.conduct.wording.LOW", 1.0)
        (other,) = [one for one in told(text) if one.code == "C23"]
        assert (one.strength, other.strength) == ("firm", "suggested")
        assert one.model_copy(update={"strength": "suggested"}) == other

    def test_words_alone_suggest_and_say_which(self) -> None:
        text = (
            "The vote was held in Gostel on Sunday. "
            "Nurses at the hospital in Marrant said their wages would be held back unless they showed a photo of it."
        )
        (one,) = [one for one in told(text) if by_words(one.rule)]
        assert (one.strength, one.speaker) == ("suggested", "Nurses at the hospital in Marrant")
        named, _, words = one.rule.partition(".words: ")
        assert named == one.code
        assert len(one.rule) <= 80
        assert all(
            word in text.lower() or word in ("NAME", "#")
            for part in words.split(", ")
            for word in part.split()
        )
        assert text[one.start : one.end] == one.verbatim

    LOUD = "Nurses at the hospital in Marrant said their wages would be held back unless they showed a photo of it."
    COMPANY_OF_RULES = (
        "The vote in Gostel was a sham.",
        "Ballot boxes were stuffed in Bresk.",
        "Observers were barred from the polling station in Marenna.",
    )

    @pytest.mark.parametrize("rules", range(len(COMPANY_OF_RULES) + 1))
    def test_loud_words_are_believed_where_rules_found_enough(self, rules: int) -> None:
        text = " ".join(("The vote was held on Sunday.", *self.COMPANY_OF_RULES[:rules], self.LOUD))
        found = told(text)
        assert len({one.code for one in found if one.strength == "firm" and not by_words(one.rule)}) == rules
        (loud,) = [one for one in found if by_words(one.rule)]
        assert chances(self.LOUD)[loud.code] > CERTAIN
        assert loud.strength == ("firm" if rules >= COMPANY else "suggested")

    def test_words_that_are_not_loud_enough_suggest_in_any_company(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("plebiscope.conduct.wording.CERTAIN", 1.0)
        (loud,) = [one for one in told(" ".join((*self.COMPANY_OF_RULES, self.LOUD))) if by_words(one.rule)]
        assert loud.strength == "suggested"

    def test_what_words_suggest_supports_nothing(self) -> None:
        text = "The vote was held in Gostel. Nurses said their wages would be held back unless they showed a photo of it."
        record = code([Report(path="report.txt", text=text)])
        suggested = {one.code for one in record.statements if by_words(one.rule)}
        assert suggested
        for support in record.support:
            assert support.code not in suggested or support.independent == 0

    @pytest.mark.parametrize(
        "text",
        [
            "Nurses said their wages would be held back unless they showed a photo of it.",
            "The vote. Photos were shown.",
        ],
    )
    def test_no_vote_or_hardly_a_word_suggests_nothing(self, text: str) -> None:
        assert len(tokens("Photos were shown.")) < FEWEST
        assert not [one for one in told(text) if by_words(one.rule)]

    @pytest.mark.parametrize(
        "text", ["a " * 50_000, "vote " * 30_000, "box-" * 20_000, "\u202e\u200b vote" * 5_000]
    )
    def test_hostile_text_ends(self, text: str) -> None:
        assert told(text) == told(text)
