"""Whoever hears the pages hears what matters, in the language that it is in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from starlette.testclient import TestClient

from plebiscope import catalogue
from plebiscope.conduct import codebook

from .conftest import Upload
from .test_understanding import VOTES, understood

CASE = "/cases/Marenna (simulated)"
EMPTY = {"meta", "link", "input", "br", "img", "hr"}
REPORT = b"""GOSTEL, 14 September 2031 - Armed men carried the ballot box from door to door in Gostel, Anna Merk said.
"Soldiers with rifles stood beside the table where people voted," said Anna Merk, a teacher.
"""


class Heard(HTMLParser):
    """Each text of a page with the language and the role that it is in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.within: list[tuple[str, str, str]] = []
        self.texts: list[tuple[str, str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in EMPTY:
            given = {name: value or "" for name, value in attrs}
            _, language, role = self.within[-1] if self.within else ("", "", "")
            self.within.append((tag, given.get("lang", language), given.get("role", role)))

    def handle_endtag(self, tag: str) -> None:
        while self.within and self.within.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and self.within:
            _, language, role = self.within[-1]
            self.texts.append((" ".join(data.split()), language, role))

    def languages(self, text: str) -> set[str]:
        """Return the languages in which a text stands; the page must hold it."""
        found = {language for said, language, _ in self.texts if text in said}
        assert found, text
        return found


def in_spanish(visitor: TestClient, page: str) -> Heard:
    return Heard(visitor.get(page, headers={"accept-language": "es"}).text)


def test_english_texts_in_a_spanish_page_are_marked_as_english(visitor: TestClient, upload: Upload) -> None:
    visitor.post("/example")
    plan = in_spanish(visitor, f"{CASE}/plan")
    method = catalogue.load("straddle")
    assert plan.languages(method.title) == {"en"}
    assert plan.languages(" ".join(method.question.split())) == {"en"}
    assert plan.languages("Preguntas") == {"es"}
    refused = in_spanish(visitor, f"{CASE}/stations.csv")
    assert refused.languages("this case was not examined yet") == {"en"}
    upload({"votes.csv": VOTES}, "V")
    understood(visitor, "V")
    page = Heard(visitor.get("/cases/V/understand", headers={"accept-language": "es"}).text)
    assert page.languages("header") == {"en"}


def test_statements_are_in_english_and_what_is_asked_of_them_is_not(
    visitor: TestClient, upload: Upload
) -> None:
    upload({"report.txt": REPORT}, "R")
    for _ in range(3000):
        text = visitor.get("/cases/R/reports", headers={"accept-language": "es"}).text
        if 'hx-trigger="load' not in text:
            break
        time.sleep(0.1)
    page = Heard(text)
    codes = codebook.load().codes
    assert page.languages(codes["C25"].name) == {"en"}
    assert page.languages("Soldiers with rifles stood") == {"en"}
    assert page.languages("Aceptar") == {"es"}


def running(visitor: TestClient) -> Iterator[str]:
    while 'id="cancel"' in (page := visitor.get(f"{CASE}/run").text):
        yield page


def test_seconds_are_shown_and_not_announced_and_the_button_stays(
    visitor: TestClient, tmp_path: Path
) -> None:
    visitor.post("/example")
    visitor.post(f"{CASE}/run/start")
    asked = {"hx-request": "true"}
    page = next(page for page in running(visitor) if "seconds" in page)
    announced = [text for text, _, role in Heard(page).texts if role == "status"]
    assert announced == ["Under way."]
    piece = visitor.get(f"{CASE}/run?state=running", headers=asked)
    assert 'id="now"' in piece.text
    assert 'id="cancel"' not in piece.text
    assert "role=" not in piece.text
    assert "hx-retarget" not in piece.headers
    whole = visitor.get(f"{CASE}/run?state=waiting", headers=asked)
    assert 'id="cancel"' in whole.text
    assert whole.headers["hx-retarget"] == "#progress"
    visitor.post(f"{CASE}/run/cancel")
    over = visitor.get(f"{CASE}/run?state=running", headers=asked)
    assert over.headers["hx-retarget"] == "#progress"
    assert "data-over" in over.text
