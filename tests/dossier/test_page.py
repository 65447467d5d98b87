"""The page as text; what a browser makes of it is in test_browser.py."""

from __future__ import annotations

import base64
import hashlib
import html
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from plebiscope.dossier.dossier import Dossier, FamilyRecord, Reference, WeighingRecord
from plebiscope.dossier.page.rendering import render
from plebiscope.dossier.page.source import source_line
from plebiscope.dossier.stored import from_json, to_json
from plebiscope.dossier.text import without_name
from plebiscope.dossier.told import marked
from plebiscope.dossier.view import drawings
from plebiscope.dossier.view.sections import sections
from plebiscope.dossier.words.ranks import rank
from plebiscope.model.finding import Scope
from plebiscope.model.report import Statement


class Page(HTMLParser):
    """Collects elements, visible text and what the page would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.hidden = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.hidden += tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"[ \n]+", " ", "".join(self.words))


@pytest.fixture(scope="module")
def page(dossier: Dossier) -> str:
    return render(dossier)


def test_the_page_is_a_function_of_the_json_alone(dossier: Dossier, page: str) -> None:
    assert render(from_json(to_json(dossier))) == page


def test_every_process_makes_the_same_page(dossier: Dossier, tmp_path: Path) -> None:
    file = tmp_path / "dossier.json"
    file.write_text(to_json(dossier), "utf-8")
    code = (
        "import sys; from pathlib import Path; from plebiscope.dossier import stored\n"
        "from plebiscope.dossier.page.rendering import render\n"
        "sys.stdout.buffer.write(render(stored.load(Path(sys.argv[1]))).encode())"
    )
    pages = {
        subprocess.run(
            [sys.executable, "-c", code, file],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert pages == {render(dossier).encode()}


def test_nothing_is_fetched(page: str) -> None:
    parsed = Page(page)
    assert not [a for tag, a in parsed.elements if "src" in a or tag in {"link", "iframe", "object", "embed"}]
    assert not [a for _, a in parsed.elements if "style" in a or any(name.startswith("on") for name in a)]
    outside = [a["href"] for _, a in parsed.elements if (a.get("href") or "").startswith("http")]
    assert outside == [
        href for tag, a in parsed.elements if tag == "a" and (href := a.get("href") or "").startswith("http")
    ]
    assert "@import" not in page
    assert "url(http" not in page


def test_the_policy_allows_the_style_and_script_on_the_page_and_nothing_else(page: str) -> None:
    policy = next(
        a["content"] for tag, a in Page(page).elements if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    for tag in ("style", "script"):
        inside = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert len(inside) == 1
        digest = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_every_sentence_number_and_reference_is_on_the_page(dossier: Dossier, page: str) -> None:
    text = Page(page).text
    vote = dossier.case.contests[0].name
    for finding in dossier.findings:
        if finding.scope.level == "contest" and finding.status == "tested":
            assert without_name(finding.sentence, vote) in text
            assert finding.sentence in html.unescape(page)  # what the button copies
        if finding.scope.area:
            assert finding.scope.area in text
    assert all(without_name(sentence, vote) in text for sentence in dossier.reading.sentences)
    assert "https://doi.org/10.1214/16-AOAS904" in page
    for one in (dossier.case.digest, dossier.returns[0].digest, dossier.inputs[0].sha256):
        assert one in text
    assert "62.50 %" in text
    assert "plebiscope verify dossier.json" in text


def test_the_sizes_of_families_are_those_that_the_sentences_name(dossier: Dossier, page: str) -> None:
    top, *inner = dossier.weighing.families
    assert (top.name, len(inner), inner[0].size) == ("contests", 1, 18)
    assert f"corrected for the {top.size} tests made" in page
    assert f"for a whole contest, the {top.size} tests made, 1 of which asks whether anything stands" in page
    assert "the areas of its group (18 areas)" in page

    def told(*families: FamilyRecord) -> str:
        return render(dossier.model_copy(update={"weighing": WeighingRecord(families=families)}))

    several = told(top, *inner, inner[0].model_copy(update={"name": "another", "size": 3}))
    assert "2 of which ask whether" in several
    assert "the areas of its group (3 to 18 areas)" in several
    assert "for the number of tests.</p>" in told(top.model_copy(update={"size": 1}))


def test_contradictions_come_first_and_what_cannot_be_answered_last(page: str) -> None:
    text = Page(page).text
    places = [text.index(f"{title} {grade}") for title, grade in [
        ("Protocol arithmetic", "contradiction"),
        ("Integer percentages", "strong"),
        ("Fingerprint", "shown, not judged"),
        ("Anomalous votes", "none"),
    ]]  # fmt: skip
    assert places == sorted(places)
    assert text.index("Questions that cannot be answered") > places[-1]


def test_anchors_are_unique_and_every_inner_link_has_its_place(page: str) -> None:
    elements = Page(page).elements
    ids = [a["id"] for _, a in elements if "id" in a]
    assert len(ids) == len(set(ids))
    inner = {href[1:] for _, a in elements if (href := a.get("href") or "").startswith("#")}
    assert inner <= set(ids)
    labels = {word for _, a in elements for word in (a.get("aria-labelledby") or "").split()}
    assert labels <= set(ids)


def test_hostile_text_is_text(nasty_dossier: Dossier) -> None:
    page = render(nasty_dossier)
    parsed = Page(page)
    assert len(re.findall(r"<script\b", page)) == 1
    assert not [tag for tag, _ in parsed.elements if tag == "img"]
    for shown in (
        "<script>alert(1)</script>",
        "=cmd()",
        "[red]x",
        "]]><img src=x onerror=alert(1)>",
        "{{7*7}}",
    ):
        assert shown in parsed.text
    assert "\u202e" not in page
    assert "\u0000" not in page
    assert "x" * 300 not in page
    assert "49" not in re.findall(r"\{\{7\*7\}\}|49\$", parsed.text)
    assert "told instead" in parsed.text  # the figure that could not be drawn
    assert len(page.encode()) < 3_000_000


def test_right_to_left_names_cannot_reorder_the_sentence(nasty_dossier: Dossier) -> None:
    contest = nasty_dossier.case.contests[0]
    # Of one vote its name does not stand before each sentence; of two it does.
    case = nasty_dossier.case.model_copy(
        update={"contests": (contest, contest.model_copy(update={"id": "b"}))}
    )
    page = render(nasty_dossier.model_copy(update={"case": case}))
    assert re.search(
        r"<p>[^<]*<bdi>שלום ת+</bdi>…: of \d questions", page.replace("&lt;", "(").replace("&gt;", ")")
    )


def test_only_web_addresses_become_links(dossier: Dossier) -> None:
    references = (
        Reference(text="a", link="javascript:alert(1)"),
        Reference(text="b", link="https://b.org/x"),
    )
    methods = tuple(m.model_copy(update={"references": references}) for m in dossier.methods)
    page = render(dossier.model_copy(update={"methods": methods}))
    links = {
        a["href"] for tag, a in Page(page).elements if tag == "a" and not (a["href"] or "").startswith("#")
    }
    assert links == {"https://b.org/x"}


def test_pictures_beyond_the_budget_are_told_in_words(
    dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawings, "PICTURES", 10_000)
    page = render(dossier)
    assert html.escape(dossier.figures[0].alt) in page
    assert page.count("<svg") - page.count('<svg class="strip"') < len(dossier.figures)


def test_the_source_line_says_what_it_is(dossier: Dossier, totals_dossier: Dossier) -> None:
    assert "this vote did not happen" in source_line(dossier)
    assert dossier.case.digest[:12] in source_line(dossier)
    assert "did not happen" not in source_line(totals_dossier)
    assert "Four votes, September 2022" in source_line(totals_dossier)


def statement(code: str, start: int, end: int) -> Statement:
    return Statement(
        code=code, name="n", obligation="o", severity=3, verbatim="v", start=start, end=end, sentence=0,
        report="r", rule="x",
    )  # fmt: skip


@given(
    st.text(min_size=1, max_size=60),
    st.integers(0, 1000),
    st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=6),
)
def test_marking_never_changes_a_sentence(text: str, offset: int, spans: list[tuple[int, int]]) -> None:
    found = [statement(f"C{i:02d}", offset + min(s), offset + max(s)) for i, s in enumerate(spans)]
    segments = marked(text, offset, found)
    assert "".join(one.text for one in segments) == text
    spans = [(s.start - offset, min(s.end - offset, len(text)), s.code) for s in found]
    spans = [span for span in spans if span[0] < span[1]]
    position = 0
    for one in segments:
        end = position + len(one.text)
        for place in range(position, end):
            assert one.inside == any(low <= place < high for low, high, _ in spans)
        assert set(one.codes.split(", ")) - {""} == {code for _, high, code in spans if high == end and end}
        position = end


def test_a_dossier_with_nothing_but_totals_is_drawn(totals_dossier: Dossier) -> None:
    text = Page(render(totals_dossier)).text
    assert "Findings on Northmark 2022" in text
    assert "totals only" in text
    assert "Stations to inspect" not in text


def test_areas_are_not_called_stations(dossier: Dossier) -> None:
    release = dossier.release[0].model_copy(update={"level": "area"})
    rows = tuple(row.model_copy(update={"station": None}) for row in dossier.stations_to_inspect[:12])
    page = render(dossier.model_copy(update={"release": (release,), "stations_to_inspect": rows}))
    part = page[page.index('<section id="stations"') :]
    text = Page(part[: part.index("</section>")]).text
    assert text.startswith(" Areas to inspect Where to look first: 12 areas")
    assert "tations" not in text.replace("stations.parquet", "").replace("stations that", "")
    assert "12 rows, scroll for more" in text


def test_nobody_is_called_honest_or_guilty(page: str) -> None:
    assert not re.search("guilt|honest", Page(page).text)


def test_a_method_that_the_dossier_does_not_describe_is_still_shown(dossier: Dossier) -> None:
    bare = dossier.model_copy(update={"methods": ()})
    assert "Integer percentages" in Page(render(bare)).text


def test_every_place_among_reference_votes_is_drawn_and_told(dossier: Dossier, page: str) -> None:
    placed = [finding for finding in dossier.findings if finding.place is not None]
    assert placed
    assert page.count('<svg class="strip"') == len(placed)
    assert "The axis shows p, the less likely in a fair vote the further left." in page


def test_a_dossier_without_parts_or_places_is_still_drawn(dossier: Dossier) -> None:
    findings = tuple(finding.model_copy(update={"place": None}) for finding in dossier.findings)
    told = dossier.reading.model_copy(update={"parts": {}})
    drawn = render(dossier.model_copy(update={"findings": findings, "reading": told}))
    assert '<svg class="strip"' not in drawn
    assert "What the evidence supports" not in drawn
    assert str(escape(dossier.reading.sentences[0])).split(":")[0] in drawn


def test_pictures_of_what_was_found_come_before_those_of_what_was_not(dossier: Dossier) -> None:
    for section in sections(dossier):
        for group in section.groups:
            grades = {finding.id: finding.grade for finding in dossier.findings}
            ranks = [rank(grades[drawing.figure.finding]) for drawing in group.drawings]
            assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("area", "seen"), [("display", "none"), ("none", "none"), ("notable", "notable"), ("strong", "strong")]
)
def test_what_is_only_shown_of_an_area_makes_no_more_of_the_answer_for_the_whole(dossier, area, seen) -> None:
    one = next(finding for finding in dossier.findings if finding.scope.level == "contest" and finding.grade)
    whole = one.model_copy(update={"grade": "none"})
    part = one.model_copy(
        update={"id": f"{one.id}/x", "grade": area, "scope": Scope(level="area", area="Land")}
    )
    made = dossier.model_copy(update={"findings": (whole, part)})
    groups = [group for section in sections(made, draw_them=False) for group in section.groups]
    assert [group.grade for group in groups] == [seen]


def test_every_column_of_the_files_is_told_of(dossier: Dossier) -> None:
    words = " ".join(Page(render(dossier)).words)
    assert "2 columns: 1 read, 1 not read." in words
    assert '[columns], areas = ["Land"]' in words
    earlier = dossier.model_copy(
        update={"returns": tuple(one.model_copy(update={"file_columns": ()}) for one in dossier.returns)}
    )
    assert "not read." not in " ".join(Page(render(earlier)).words)
