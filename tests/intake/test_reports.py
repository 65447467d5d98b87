"""Reports are read as text with offsets that hold, whatever they come as; what is no report is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.intake.reports import MAX_REPORT_BYTES, read_report
from plebiscope.intake.web_text import text_of_page
from plebiscope.model.errors import InputError

TEXT = "Voting in Gostel.\n\nThe board’s box – “a glass one” – was carried from door to door.\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("cp1252"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16", "windows-1252"],
)
def test_a_text_is_the_same_in_every_encoding(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(data)
    report = read_report(path)
    assert report.text == TEXT
    assert report.path == "report.txt"
    assert report.body == 0
    assert report.sentences == ()


def test_a_cyrillic_code_page_is_told_from_a_western_one(tmp_path: Path) -> None:
    text = "Голосование прошло в школе. Избиратели и члены комиссии были на участке весь день.\n" * 4
    path = tmp_path / "report.txt"
    path.write_bytes(text.encode("cp1251"))
    assert read_report(path).text == text


def test_line_ends_are_left_as_they_are_because_offsets_count_them(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(b"One.\r\n\r\nTwo.\r\n")
    assert read_report(path).text == "One.\r\n\r\nTwo.\r\n"


class TestMetadata:
    def test_a_block_at_the_head_gives_the_day_and_is_no_body(self, tmp_path: Path) -> None:
        path = tmp_path / "report.md"
        path.write_text(
            "---\ntitle: A vote: told\npublished: 2031-09-15\n---\nPeople voted.\n", encoding="utf-8"
        )
        report = read_report(path, published=dt.date(1999, 1, 1))
        assert report.published == dt.date(2031, 9, 15)
        assert report.text[report.body :] == "People voted.\n"

    @pytest.mark.parametrize("said", ["29 September 2022", "September 29, 2022", '"2022-09-29T10:00:00Z"'])
    def test_a_day_is_read_in_several_spellings(self, tmp_path: Path, said: str) -> None:
        path = tmp_path / "report.md"
        path.write_text(f"---\r\ndate: {said}\r\n---\r\nPeople voted.\n", encoding="utf-8", newline="")
        assert read_report(path).published == dt.date(2022, 9, 29)

    def test_without_a_day_of_its_own_the_given_one_holds(self, tmp_path: Path) -> None:
        path = tmp_path / "report.md"
        path.write_text("---\ndate: 2005-02\n---\nPeople voted.\n", encoding="utf-8")
        assert read_report(path, published=dt.date(2005, 2, 14)).published == dt.date(2005, 2, 14)
        assert read_report(path).published is None

    @pytest.mark.parametrize(
        "text",
        [
            "---\nPeople voted in Bresk\n---\nand Gostel.\n",
            "---\ntitle: never closed\nPeople voted.\n",
            "--- \n",
        ],
    )
    def test_a_rule_that_is_no_block_stays_text(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "report.md"
        path.write_text(text + "People voted.", encoding="utf-8")
        assert read_report(path).body == 0


class TestPages:
    PAGE = (
        "<!DOCTYPE html><html><head><title>T</title>"
        '<meta property="article:published_time" content="2022-09-29T08:00:00+02:00"></head><body>'
        "<nav>Home</nav><script>document.write('sham referendum')</script><!-- armed soldiers -->"
        "<h1>Vote in Gostel</h1><p>The box was carried\n from door to <b>door</b> &amp; back.</p>"
        "<p>It was <i>a sham</i>,<br>she said.</p><footer>All rights</footer></body></html>"
    )

    def test_the_visible_text_is_kept_and_nothing_else(self, tmp_path: Path) -> None:
        path = tmp_path / "page.html"
        path.write_text(self.PAGE, encoding="utf-8")
        report = read_report(path)
        assert report.text == (
            "Vote in Gostel\n\nThe box was carried from door to door & back.\n\nIt was a sham,\nshe said."
        )
        assert report.published == dt.date(2022, 9, 29)

    def test_a_page_is_known_by_its_head_not_its_name(self, tmp_path: Path) -> None:
        path = tmp_path / "page.txt"
        path.write_text(self.PAGE, encoding="utf-8")
        assert "<" not in read_report(path).text

    def test_the_charset_of_the_page_is_heeded(self, tmp_path: Path) -> None:
        path = tmp_path / "page.html"
        path.write_bytes('<html><meta charset="windows-1250"><p>Volby v Břesku byly klidné.'.encode("cp1250"))
        assert read_report(path).text == "Volby v Břesku byly klidné."

    @pytest.mark.parametrize(
        "unit", ["<!--", "<", "<p", "<script>", "<a href='", "&#", "<nav>", "</p", "&#99999999999;", "<!"]
    )
    @pytest.mark.timeout(60)
    def test_hostile_pages_take_time_in_proportion(self, unit: str) -> None:
        # Where the time grows with the square of the length, as in html.parser, this takes hours.
        source = unit * (2_000_000 // len(unit))
        assert len(text_of_page(source).text) <= len(source)

    @given(st.text(alphabet="<>/!-abp &;#1 \n'\"", max_size=80))
    def test_no_markup_is_too_broken(self, source: str) -> None:
        text = text_of_page(source).text
        assert text == text.strip()
        assert "\n\n\n" not in text
        if not set(source) & set("<>&"):
            assert text.split() == source.split()


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "data", "met", "todo"),
        [
            ("a.pdf", b"%PDF-1.7\n...", "PDF", "pdftotext"),
            ("a.txt", b"%PDF-1.7\n...", "PDF", "pdftotext"),
            ("a.docx", b"PK\x03\x04...", "archive", ".txt"),
            ("a.docx", b"PK\x03\x04... word/document.xml", "Word document cannot be read", ".docx"),
            ("a.rtf", b"{\\rtf1 \\ansi People voted.}", "RTF", ".docx"),
            ("a.doc", b"\xd0\xcf\x11\xe0...", "old Office document", ".txt"),
            ("a.png", b"\x89PNG\r\n...", "image", "type"),
            ("a.txt", b"", "empty", None),
            ("a.txt", b" \n\n\t ", "empty", None),
            ("a.txt", b"...\n--- !!\n", "no words", None),
            ("a.txt", bytes(range(256)) * 8, "binary", None),
            ("a.html", b"<html><script>alert(1)</script></html>", "no words", None),
        ],
    )
    def test_what_is_no_report_is_refused_with_a_way_out(
        self, tmp_path: Path, name: str, data: bytes, met: str, todo: str | None
    ) -> None:
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(InputError, match=met) as caught:
            read_report(path)
        assert caught.value.where is not None
        assert caught.value.expected is not None
        assert todo is None or todo in str(caught.value)

    def test_a_missing_file_and_a_folder_are_named(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="no such file"):
            read_report(tmp_path / "none.txt")
        with pytest.raises(InputError, match="folder"):
            read_report(tmp_path)

    def test_a_file_beyond_the_limit_is_not_read(self, tmp_path: Path) -> None:
        path = tmp_path / "long.txt"
        path.write_bytes(b"vote " * (MAX_REPORT_BYTES // 5 + 1))
        with pytest.raises(InputError, match="bytes"):
            read_report(path)


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_end_in_a_report_or_a_message(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(data)
    try:
        report = read_report(path)
    except InputError:
        return
    assert any(letter.isalnum() for letter in report.text)
