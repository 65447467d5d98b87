"""PDF and Word files become the text that a reader sees in print; what cannot is told, and ends."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import zlib
from collections import Counter
from pathlib import Path

import pytest
from documents import built, content, docx, lines, p, pdf, r

from plebiscope.intake import outside, pdf_text, word_text
from plebiscope.intake.reports import read_report, read_reports
from plebiscope.model.errors import InputError
from plebiscope.model.report import Report

BODY = [
    "The observers visited forty stations in Gostel and in the villages along",
    "the river. In nine of them they were turned away at the door, and no rea-",
    "son was given. Later that day the door-to-door vote went on in Marrant, and",
    "those who carried the boxes came with armed men, the observers say.",
]
NEXT = [
    "In Bresk the chairperson would not show the protocol to anybody who asked",
    "for it, and the count was held behind a locked door.",
]


def read(folder: Path, data: bytes, name: str = "report.pdf") -> Report:
    path = folder / name
    path.write_bytes(data)
    return read_report(path)


def text_of(folder: Path, data: bytes, name: str = "report.pdf") -> list[str]:
    return read(folder, data, name).text.split("\n\n")


class TestPdf:
    def test_lines_become_paragraphs_and_torn_words_are_whole(self, tmp_path: Path) -> None:
        page = lines(BODY) + lines(NEXT, top=720 - 13 * 4 - 12)
        assert text_of(tmp_path, pdf(page)) == [
            " ".join(BODY).replace("rea- son", "reason"),
            " ".join(NEXT),
        ]

    @pytest.mark.parametrize(
        ("first", "second", "whole"),
        [
            ("They went from door-to-", "door with the box, and knocked.", "from door-to-door with"),
            ("The re-", "run of the vote was held, and nobody knew.", "The rerun of"),
            ("In the run-", "off the same happened. A run-off is a second round.", "the run-off the"),
            ("The soft\u00ad", "ness of the law was known to all who voted.", "The softness of"),
            ("It was held in Bresk-", "Marrant and in Gostel, on a Sunday.", "Bresk-Marrant and"),
        ],
    )
    def test_a_hyphen_at_a_line_end_stays_where_it_belongs_to_the_word(
        self, tmp_path: Path, first: str, second: str, whole: str
    ) -> None:
        pages = pdf(lines([first, second]))
        assert whole in text_of(tmp_path, pages)[0]

    def test_page_furniture_goes_and_a_sentence_goes_on_behind_it(self, tmp_path: Path) -> None:
        def page(number: int, body: list[str]) -> list[tuple[float, float, float, str]]:
            return [
                (72, 800, 9, "Observers of Gostel | Final report"),
                *lines(body),
                (290, 40, 9, f"Page {number} of 4"),
            ]

        data = pdf(page(1, BODY[:2]), page(2, BODY[2:]), page(3, NEXT), page(4, ["Nobody was", "punished."]))
        text = "\n\n".join(text_of(tmp_path, data))
        assert "no reason was given. Later that day" in text
        assert "Page" not in text
        assert "Final report" not in text
        assert "Nobody was punished." in text

    def test_a_line_in_the_middle_of_pages_is_no_furniture_though_it_comes_back(self, tmp_path: Path) -> None:
        refrain = "The door was locked."
        body = [*(f"Station number {n} opened at eight, and the box was shown." for n in range(4))]
        pages = [lines([*body, refrain, *body]) for _ in range(4)]
        assert "\n\n".join(text_of(tmp_path, pdf(*pages))).count(refrain) == 4

    def test_columns_are_read_one_after_the_other(self, tmp_path: Path) -> None:
        left, right = lines(BODY, size=9), lines(NEXT, x=330, size=9)
        # Whether a paragraph ends with a column whose last line is full, nobody can say.
        text = " ".join(text_of(tmp_path, pdf(left + right)))
        assert text == " ".join(BODY + NEXT).replace("rea- son", "reason")

    def test_footnotes_wait_until_the_sentence_ends_on_the_next_page(self, tmp_path: Path) -> None:
        note = (72, 80, 8, "1 Interview with a teacher in Bresk.")
        raised = (440, 724, 6, "1")
        first = [*lines(BODY[:1]), raised, *lines(BODY[1:3], top=707), note]
        assert text_of(tmp_path, pdf(first, lines(BODY[3:]))) == [
            " ".join(BODY).replace("rea- son", "reason"),
            note[3],
        ]

    def test_headings_stand_alone(self, tmp_path: Path) -> None:
        page = [(72, 760, 16, "Findings of the mission"), *lines(BODY, top=735)]
        assert text_of(tmp_path, pdf(page))[0] == "Findings of the mission"

    def test_ligatures_are_letters(self) -> None:
        page = pdf_text._Page()
        page.see("The oﬃcials ﬁlled in the forms", [1, 0, 0, 1, 0, 0], [1, 0, 0, 1, 0, 0], None, 11)
        page.end_line()
        assert page.lines[0].text == "The officials filled in the forms"

    def test_the_day_on_which_the_file_was_made_is_only_told(self, tmp_path: Path) -> None:
        report = read(tmp_path, pdf(lines(BODY), made="20310925120000Z"))
        assert report.published is None
        assert any("2031-09-25" in note for note in report.notes)
        said = read(tmp_path, pdf(lines(["Published 27 September 2031", "", *BODY]), made="20310925120000Z"))
        assert said.published == dt.date(2031, 9, 27)

    def test_the_text_has_its_hash(self, tmp_path: Path) -> None:
        report = read(tmp_path, pdf(lines(BODY)))
        assert report.format == "pdf"
        assert report.text_sha256 == hashlib.sha256(report.text.encode()).hexdigest()

    def test_a_pdf_behind_bytes_of_something_else_is_one(self, tmp_path: Path) -> None:
        plain = read(tmp_path, pdf(lines(BODY)))
        sent = read(tmp_path, b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n" + pdf(lines(BODY)))
        assert (sent.format, sent.text) == ("pdf", plain.text)

    def test_a_text_that_speaks_of_a_pdf_is_a_text(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text(
            "The file of the commission begins with %PDF-1.4 and is a picture. Soldiers stood by the box.",
            encoding="utf-8",
        )
        assert read_report(tmp_path / "a.txt").format == "text"

    def test_pages_without_text_are_named(self, tmp_path: Path) -> None:
        report = read(tmp_path, pdf(lines(BODY), [], lines(NEXT), []))
        assert any(note.endswith("not read: 2, 4") for note in report.notes)

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (pdf([], []), ("hold no text", "OCR")),
            (b"%PDF-1.7\nnothing else", ("cannot be read", "pdftotext")),
            (pdf(lines(BODY))[:700], ("cannot be read", "pdftotext")),
            (pdf(lines(["12 344 90 1 22 8 415"] * 30)), ("mostly figures", "CSV")),
        ],
        ids=["scanned", "no more than a head", "cut", "a table"],
    )
    def test_what_holds_no_report_is_told_so(
        self, tmp_path: Path, data: bytes, words: tuple[str, ...]
    ) -> None:
        with pytest.raises(InputError) as refused:
            read(tmp_path, data)
        assert refused.value.where == "report.pdf"
        assert all(word in str(refused.value) for word in words), str(refused.value)

    @pytest.mark.parametrize(("password", "opens"), [("", True), ("secret", False)])
    def test_a_lock_against_changes_is_none_against_reading(
        self, tmp_path: Path, password: str, opens: bool
    ) -> None:
        from pypdf import PdfReader, PdfWriter

        source = tmp_path / "open.pdf"
        source.write_bytes(pdf(lines(BODY)))
        writer = PdfWriter(clone_from=PdfReader(source))
        writer.encrypt(password, "owner", algorithm="RC4-128")
        writer.write(tmp_path / "report.pdf")
        if opens:
            assert read_report(tmp_path / "report.pdf").text.endswith("the observers say.")
        else:
            with pytest.raises(InputError, match="locked with a password"):
                read_report(tmp_path / "report.pdf")

    def test_a_lock_that_is_not_known_is_named(self, tmp_path: Path) -> None:
        catalogue = b"<< /Type /Catalog /Pages 2 0 R >>"
        pages = b"<< /Type /Pages /Kids [] /Count 0 >>"
        lock = b"<< /Filter /Standard /V 5 /R 6 /Length 256 /P -4 /O <%s> /U <%s> >>" % (
            b"6f" * 48,
            b"75" * 48,
        )
        with pytest.raises(InputError, match="locked"):
            read(tmp_path, built([catalogue, pages, lock], "/Encrypt 3 0 R /ID [<61> <61>]"))


BOMB = zlib.compress(b"BT /F1 9 Tf (vote) Tj ET\n" * 8_000_000, 9)
LOOP = built(
    [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 3 0 R] /Count 1 >>",
    ]
)


class TestHostilePdf:
    @pytest.mark.timeout(120)
    @pytest.mark.parametrize(
        "data",
        [pdf(streams=[BOMB]), LOOP, pdf(lines(BODY)).replace(b"/Count 1", b"/Count 1000000000")],
        ids=["a stream that unpacks to 200 MB", "pages that hold themselves", "a count that lies"],
    )
    def test_a_bomb_is_read_in_part_or_refused(self, tmp_path: Path, data: bytes) -> None:
        try:
            report = read(tmp_path, data)
        except InputError as refused:
            assert refused.todo
        else:
            assert len(report.text) < 5_000_000

    def test_what_never_ends_is_not_waited_for(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outside, "_PATIENCE", 0.01)
        with pytest.raises(InputError, match=r"not done after 0\.01 seconds"):
            read(tmp_path, pdf(lines(BODY)))

    def test_too_many_pages_and_too_much_text_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = pdf(lines(BODY), lines(NEXT), lines(BODY))
        with pytest.raises(ValueError, match="more text"):
            pdf_text.text_of_pdf(data, 100)
        monkeypatch.setattr(pdf_text, "MAX_PAGES", 2)
        with pytest.raises(ValueError, match="3 pages"):
            pdf_text.text_of_pdf(data, 10_000)

    def test_damaged_files_are_read_or_refused(self) -> None:
        """In this process, where a reader that breaks down is seen; one that hangs runs into the timeout."""
        chance = random.Random(20310925)
        whole = pdf(lines(BODY), lines(NEXT), made="20310925120000Z")
        ended: Counter[str] = Counter()
        for _ in range(150):
            data = bytearray(whole)
            for _ in range(chance.randrange(1, 6)):
                at = chance.randrange(len(data))
                data[at : at + chance.randrange(1, 9)] = chance.randbytes(chance.randrange(4))
            try:
                pdf_text.text_of_pdf(bytes(data), 10_000)
                ended["read"] += 1
            except Exception:  # whatever the library raises, the child tells as a message
                ended["refused"] += 1
        assert ended["read"] > 10


NOTE = '<w:footnote w:id="2"><w:p><w:r><w:t>Interview with a teacher.</w:t></w:r></w:p></w:footnote>'
BOX = (
    "<mc:AlternateContent><mc:Choice Requires='wps'><wps:txbx><w:txbxContent>{0}</w:txbxContent></wps:txbx></mc:Choice>"
    "<mc:Fallback><v:textbox><w:txbxContent>{0}</w:txbxContent></v:textbox></mc:Fallback></mc:AlternateContent>"
)


class TestWord:
    @pytest.mark.parametrize(
        ("body", "paragraphs"),
        [
            (p("The box was ", "carried") + p("") + p("from door to door."), ["The box was carried", "from door to door."]),
            (
                f"<w:tbl><w:tr><w:tc>{p('Bresk')}</w:tc><w:tc>{p('Turned away')}</w:tc></w:tr></w:tbl>" + p("End."),
                ["Bresk", "Turned away", "End."],
            ),
            (p("Kept ", "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>", "<w:ins>" + r("new") + "</w:ins>"), ["Kept new"]),
            (p("<w:moveFrom>" + r("old place ") + "</w:moveFrom>", "here"), ["here"]),
            (p("Seen", r(" hidden", "<w:rPr><w:vanish/></w:rPr>"), r(" shown", '<w:rPr><w:vanish w:val="0"/></w:rPr>')), ["Seen shown"]),
            (p("Before", "<w:r>" + BOX.format(p("In the box.")) + "</w:r>", " after.") + p("Next."), ["Before after.", "In the box.", "Next."]),
            (p("Told", '<w:r><w:footnoteReference w:id="2"/></w:r>', ".") + p("Next."), ["Told.", "Interview with a teacher.", "Next."]),
            (p("<w:r><w:instrText>HYPERLINK evil</w:instrText></w:r>", "A link"), ["A link"]),
            (p("door<w:r><w:noBreakHyphen/></w:r>".replace("door", "<w:r><w:t>door</w:t></w:r>"), "to<w:br/>".replace("<w:br/>", "")), ["door-to"]),
            (f"<w:sdt><w:sdtContent>{p('In a control.')}</w:sdtContent></w:sdt>", ["In a control."]),
        ],
        ids=["paragraphs", "table", "tracked changes", "moved", "hidden", "text box", "footnote", "field", "hyphen", "control"],
    )  # fmt: skip
    def test_what_a_reader_sees_in_print_is_read(
        self, tmp_path: Path, body: str, paragraphs: list[str]
    ) -> None:
        assert text_of(tmp_path, docx(body, notes=NOTE), "report.docx") == paragraphs

    def test_macros_are_not_looked_at(self, tmp_path: Path) -> None:
        data = docx(p("People voted."), macros=True, word__vbaProject__bin=b"\x00" * 99)
        assert text_of(tmp_path, data, "report.docm") == ["People voted."]

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (docx(p("x"), head='<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'), ("entities",)),
            (docx(""), ("no text",)),
            (docx(p("People voted."))[:-300], ("cannot be read",)),
            (docx("<w:p>" * 5_000), ("cannot be read",)),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ("old Office", ".docx")),
        ],
        ids=["entities", "empty", "cut", "never closed", "old"],
    )
    def test_what_is_no_document_is_told_so(
        self, tmp_path: Path, data: bytes, words: tuple[str, ...]
    ) -> None:
        with pytest.raises(InputError) as refused:
            read(tmp_path, data, "report.docx")
        assert refused.value.todo
        assert all(word in str(refused.value) for word in words), str(refused.value)

    def test_a_zip_bomb_is_not_unpacked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(word_text, "MAX_UNPACKED", 1 << 20)
        data = docx(p("People voted."), word__media__a=bytes(2 << 20))
        assert len(data) < 1 << 16
        with pytest.raises(ValueError, match="unpacks to more"):
            word_text.text_of_document(data, 1000)
        with pytest.raises(ValueError, match="more text"):
            word_text.text_of_document(docx(p("People voted.") * 9), 100)


def test_a_report_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(pdf([]))
    (tmp_path / "good.docx").write_bytes(docx(p("People voted.")))
    names = ["scan.pdf", "good.docx"]
    scan, good = read_reports([(tmp_path / name, name) for name in names])
    assert (scan.read, good.read) == (False, True)
    assert scan.why_unread is not None
    assert "hold no text" in scan.why_unread
    with pytest.raises(InputError, match="hold no text"):
        read_reports([(tmp_path / "scan.pdf", "scan.pdf")])
    with pytest.raises(InputError, match="no such file"):
        read_reports([(tmp_path / "good.docx", "good.docx"), (tmp_path / "none.pdf", "none.pdf")])


def test_the_builder_sets_what_it_is_given() -> None:
    assert b"(a \\(b\\)) Tj" in content([(1, 2, 3, "a (b)")])
