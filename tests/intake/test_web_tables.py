"""Tables of web pages are read like sheets of a workbook, in a program of its own, and reports stay reports."""

from __future__ import annotations

import random
from html import escape
from pathlib import Path

import official
import pytest
from test_bad_input import GOOD

from plebiscope.intake import outside, web_tables
from plebiscope.intake.cases import role_of
from plebiscope.intake.encoding import said_by_page
from plebiscope.intake.read import Reading, read
from plebiscope.intake.web_tables import tables
from plebiscope.model.errors import InputError

PLAIN = [line.split(",") for line in GOOD.splitlines()]
"""A table of results, cell by cell."""


def page(rows: list[list[str]], closed: bool = True, before: str = "<html><body>") -> str:
    shut = "</td>" if closed else ""
    lines = ("".join(f"<td>{escape(cell)}{shut}" for cell in row) for row in rows)
    return f"{before}<table border=1>" + "\n".join(f"<tr>{line}" for line in lines) + "</table>"


def reading(path: Path, text: str | bytes) -> Reading:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read([path], "vote")


def cells(text: str) -> list[list[list[str | None]]]:
    return [[list(row) for row in frame.rows()] for _, frame in tables(text, 100)]


@pytest.mark.parametrize("name", ["results.xls", "results.html", "results.htm", "results.csv"])
@pytest.mark.parametrize(
    "before",
    [
        "<html><body>",
        "",
        "\ufeff<!DOCTYPE html>\n<html><head><title>R</title></head>",
        '<?xml version="1.0"?><!-- made by a portal --><html xmlns="http://www.w3.org/1999/xhtml">',
        "<style>td {mso-number-format: '@'}</style>",
        '<meta charset="utf-8">',
    ],
)
def test_a_page_reads_like_the_same_table_as_text(name: str, before: str, tmp_path: Path) -> None:
    plain = reading(tmp_path / "plain.csv", GOOD)
    found = reading(tmp_path / name, page(PLAIN, closed=name != "results.htm", before=before))
    assert found.returns.table.equals(plain.returns.table)
    assert found.files[0].format == "web page"


@pytest.mark.parametrize(
    ("encoding", "said", "word"),
    [
        ("cp1251", "windows-1251", "Виборці"),
        ("iso8859_7", "ISO-8859-7", "Εκλογείς"),
        ("cp1250", "windows-1250", "Voliči"),
        ("utf-16", "unicode", "Виборці"),
        ("utf-8", "iso-8859-1", "Виборці"),
    ],
)
def test_the_bytes_and_then_the_page_tell_the_encoding(
    encoding: str, said: str, word: str, tmp_path: Path
) -> None:
    head = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={said}"></head>'
    rows = [PLAIN[0], *([f"{word} {row[0]}", *row[1:]] for row in PLAIN[1:])]
    found = reading(tmp_path / "r.xls", page(rows, before=head).encode(encoding))
    assert set(found.returns.table["Region"]) == {f"{word} {row[0]}" for row in PLAIN[1:]}
    assert len(found.returns) == len(PLAIN) - 1


@pytest.mark.parametrize(
    "name", ["punycode", "idna", "unicode_escape", "base64", "rot13", "no-such", "utf-16"]
)
def test_an_encoding_that_is_none_of_a_page_is_not_believed(name: str) -> None:
    assert said_by_page(f'<meta charset="{name}">'.encode()) is None
    assert said_by_page(b'<meta charset="koi8-r">') == "koi8-r"


def test_cells_that_span_others_leave_them_empty_and_shift_the_next() -> None:
    text = """<table><caption>Results of <b>1&nbsp;May</b></caption>
      <tr><th rowspan=2>Area<th colspan="2">Votes<th rowspan=2>Sum</tr>
      <tr><th>A &amp; B</th><th>C<br>D</th></tr>
      <tr><td rowspan=0>N&#111;rth<td>1<td>2<td>3
      <tr><td>4<td>5<td>9</table>"""
    assert cells(text) == [
        [
            ["Results of 1\u00a0May", None, None, None],
            ["Area", "Votes", None, "Sum"],
            [None, "A & B", "C\nD", None],
            ["North", "1", "2", "3"],
            [None, "4", "5", "9"],
        ]
    ]


def test_a_table_in_a_table_is_one_of_its_own_and_what_only_lays_out_is_none() -> None:
    inner = "<table><tr><td>a<td>1<tr><td>b<td>2</table>"
    other = "<table><tr><td>x<td>8<tr><td>y<td>9</table>"
    text = f"<table><tr><td>Menu</td><td><script>if (a<b) '<td>'</script>{inner}Foot</td></tr></table>{other}"
    assert cells(text) == [[["a", "1"], ["b", "2"]], [["x", "8"], ["y", "9"]]]
    assert [name for name, _ in tables(text, 100)] == ["2", "3"]


def test_tables_with_the_same_header_are_parts_of_one(tmp_path: Path) -> None:
    parts = [[PLAIN[0], *PLAIN[1:21]], [PLAIN[0], *PLAIN[21:]]]
    text = "<html>" + "<h2>Results</h2>".join(page(rows, before="") for rows in parts)
    assert len(reading(tmp_path / "r.html", text).returns) == len(PLAIN) - 1


def test_in_an_archive_a_page_beside_a_table_is_a_read_me(tmp_path: Path) -> None:
    codes = page([["Code", "Name", "Number"], *([f"{i}", f"Town {i}", f"{i * 7}"] for i in range(30))])
    packed = official.zipped({"about.html": codes.encode(), "results.csv": GOOD.encode()})
    assert reading(tmp_path / "r.zip", packed).sheet == "r.zip:results.csv"
    packed = official.zipped({"results.html": page(PLAIN).encode()})
    assert len(reading(tmp_path / "r2.zip", packed).returns) == len(PLAIN) - 1


REPORT = "<p>" + "The vote was held under conditions that nobody could watch. " * 40


@pytest.mark.parametrize(
    ("name", "text", "role"),
    [
        ("r.html", page(PLAIN), "results"),
        ("r.txt", page(PLAIN), "results"),
        ("r.xls", page(PLAIN), "results"),
        ("r.xls", page(PLAIN, before=f"<html>{REPORT * 9}"), "results"),
        ("r.html", page(PLAIN, before=f"<html>{REPORT * 9}"), "report"),
        ("r.txt", page(PLAIN, before=f"<html>{REPORT * 9}"), "report"),
        ("r.htm", f"<html>{REPORT}", "report"),
        # Old pages are laid out with tables.
        ("r.html", f"<html><table><tr><td>Home<td>{REPORT}<tr><td>1<td>2</table>", "report"),
        ("r.html", page([["Town", "Observer"], *([f"Town {i}", "Mary Poll"] for i in range(40))]), "report"),
    ],
)
def test_a_page_is_results_where_counts_in_tables_are_most_of_it(
    name: str, text: str, role: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert role_of(tmp_path / name) == role


HEAD = "<table><tr><td>a<td>b<tr><td>1<td>2"
HOSTILE = {
    "a million cells": (HEAD + "<td>" * 1_000_000, "more than 3,000 cells"),
    "a million tables": (HEAD + "<table>" * 1_000_000, "inside one another"),
    "many tables": (HEAD + "</table><table>" * 5_000, "more than 2,000 tables"),
    "wide and long": (HEAD + "<tr><td colspan=1000>x" * 30_000, "more than 20,000,000 cells"),
    "spanned wide": (HEAD + "<tr><td colspan=1000 rowspan=65000>x" * 9, "more than 3,000 cells"),
    "one wide row": (HEAD + "<td>" * 2_900 + "<tr><td>x" * 30_000, "cells wide"),
    "an endless number": (HEAD + "&#" + "9" * 100_000 + ";", "cannot be read"),
    "a torn declaration": (HEAD + "<![" * 1_000, "cannot be read"),
    "no table": ("<html><p>See you at the polls.", "web page"),
    "small tables": ("<html><table><tr><td>Home<td>Results</table>", "without a table"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_pages_are_refused_in_one_message(case: str, tmp_path: Path) -> None:
    text, words = HOSTILE[case]
    with pytest.raises(InputError, match=words) as refused:
        reading(tmp_path / "r.xls", text)
    assert refused.value.where


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", ["<!--", "<td a='", "<td a=\"'", "<?", "</", "<td a "])
def test_a_page_over_which_the_parser_takes_hours_is_given_up(
    piece: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "_PATIENCE", 1)
    with pytest.raises(InputError, match=r"the web page cannot be read .*not done after 1 seconds"):
        reading(tmp_path / "r.xls", HEAD + piece * 1_000_000)
    # To say whether it is a report takes no parser.
    (tmp_path / "r.html").write_text(HEAD + piece * 100_000)
    assert role_of(tmp_path / "r.html") == "report"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", ["<div>", "<b>x", "<tr>", "&lt", "</td>", "</table>", "<select>"])
def test_much_of_the_same_is_read_in_linear_time(piece: str) -> None:
    """Where it is linear, a second or two; where it is quadratic, minutes."""
    assert cells(HEAD + piece * 300_000)[0][0] == ["a", "b"]


def test_damaged_pages_are_read_or_refused() -> None:
    chance = random.Random(20260301)
    whole = "<html><table><caption>C</caption><tr><th colspan=2>x" + page(PLAIN[:9]) + HEAD
    for _ in range(400):
        start, length = chance.randrange(len(whole)), chance.randrange(40)
        text = whole[:start] + chance.choice(["", "<", '"', "<!--", "\0", "&#"]) + whole[start + length :]
        try:
            found = tables(text, 50)
        except ValueError as error:
            assert str(error)
        except AssertionError as error:
            assert "declaration" in str(error) or "expected" in str(error) or "unknown" in str(error)
        else:
            assert all(0 < frame.width <= web_tables.WIDEST for _, frame in found)
