"""Of a web page the report is kept, and what the page says of itself; the rest of the page is not."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from plebiscope.intake.reports import read_report
from plebiscope.intake.web_text import text_of_page

STORY = (
    "Armed men stood at the door of the school in Gostel while people voted on Sunday, observers said.",
    "The box was carried from house to house in Bresk, and the ballots were filled in at the kitchen table.",
    "The commission did not answer questions about the protocol, which nobody outside its office has seen.",
)
NEWS = f"""<!DOCTYPE html><html lang="en"><head><title>Gostel votes | The Marrant Post</title>
<meta content="2031-09-28T06:30:00Z" property="article:published_time">
<meta property="article:modified_time" content="2031-10-02T06:30:00Z">
<meta name="author" content="Ilse Bresker"></head>
<body class="single has-sidebar cookies-accepted">
<div id="cookie-banner" class="banner"><p>We use cookies to rig your experience.</p><div>Accept all</div></div>
<header><a href="/">The Marrant Post</a><ul class="main-menu"><li>World<li>Sport</ul></header>
<main><article class="post share-enabled related"><h1>Gostel votes under guard</h1>
<p class="byline">By Ilse Bresker</p><time datetime="2031-09-28">28 September 2031</time>
<div class="social-share"><span>Share</span> <span>Tweet</span></div>
<figure><img alt="x"><figcaption>Men in uniform beside a box in Bresk.</figcaption></figure>
<p>{STORY[0]}</p>
<div class="ad-slot advertisement">Buy ballots here</div>
<div class="related-articles"><h3>Read more</h3><div><ul><li><a>Ostra vote was a sham, say rebels</a></ul></div></div>
<p>{STORY[1]}</p><p style="display: none">Nobody was stuffed into a box.</p><p hidden>Hidden fraud.</p>
<p>{STORY[2]}</p></article></main>
<section id="comments"><h2>2 comments</h2><div class="comment"><p>It was rigged from the start!</p></div></section>
<div class="newsletterSignup">Get our news</div>
<footer>All rights reserved</footer></body></html>"""


def test_of_a_news_page_the_article_is_kept(tmp_path: Path) -> None:
    (tmp_path / "news.html").write_text(NEWS, encoding="utf-8")
    report = read_report(tmp_path / "news.html")
    for told in (*STORY, "Gostel votes under guard", "Men in uniform beside a box in Bresk."):
        assert told in report.text
    for other in (
        "cookies",
        "Sport",
        "Tweet",
        "Buy ballots",
        "Ostra",
        "stuffed",
        "Hidden",
        "rigged",
        "Get our",
        "rights",
    ):
        assert other not in report.text, other
    assert report.published == dt.date(2031, 9, 28)
    assert report.author == "Ilse Bresker"
    assert report.format == "page"
    assert len(report.notes) == 1


def test_a_page_that_would_lose_nearly_all_its_text_keeps_it() -> None:
    page = "<html><body><div class='share social'>" + "".join(f"<p>{one}</p>" for one in STORY) + "</div>"
    for source in (page, page + "</body></html>"):
        found = text_of_page(source)
        assert found.text == "\n\n".join(STORY)
        assert found.left_out == 0


def linked(**facts: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(facts)}</script>'


class TestLinkedData:
    BODY = "\n".join(STORY) + " Tom &amp; Ida."

    def test_an_article_that_a_script_would_fetch_is_read_from_there(self) -> None:
        article = linked(
            **{"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "Post"}, {
                "@type": ["NewsArticle"], "datePublished": "2031-09-28", "articleBody": self.BODY,
                "author": [{"@type": "Person", "name": "Ilse Bresker"}, {"name": "Jon Ostra"}]}]}
        )  # fmt: skip
        found = text_of_page(f"<html><head>{article}</head><body><div id=app>Loading</div></body></html>")
        assert found.text.split("\n\n") == [*STORY[:2], STORY[2] + " Tom & Ida."]
        assert found.published == "2031-09-28"
        assert found.author == "Ilse Bresker, Jon Ostra"

    def test_what_the_page_shows_goes_before(self) -> None:
        article = linked(**{"@type": "Article", "articleBody": STORY[1]})
        assert text_of_page(f"<html>{article}<p>{STORY[0]}</p></html>").text == STORY[0]

    @pytest.mark.parametrize(
        "said",
        [
            "{",
            "[" * 100_000,
            "null",
            '"x"',
            '{"@type": 3}',
            '{"@type": "Article", "author": {"name": 3}, "datePublished": []}',
        ],
    )
    def test_what_cannot_be_understood_is_passed_over(self, said: str) -> None:
        page = f'<html><script type="application/ld+json">{said}</script><p>{STORY[0]}</p>'
        found = text_of_page(page)
        assert (found.text, found.published, found.author) == (STORY[0], None, None)

    @pytest.mark.timeout(60)
    @pytest.mark.parametrize(
        "unit",
        [
            "application/ld+json>",
            "<script type=application/ld+json>{}</script>",
            "<div class=share>",
            "<div class='a b c-d'>",
        ],
    )
    def test_hostile_pages_take_time_in_proportion(self, unit: str) -> None:
        assert len(text_of_page(unit * (2_000_000 // len(unit))).text) <= 2_000_000


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ('<meta name="pubdate" content="20 May 2031">', "20 May 2031"),
        ("<meta name=DC.date.issued content='2031-05-20'>", "2031-05-20"),
        ('<meta itemprop="datePublished" content="2031-05-20T10:00">', "2031-05-20T10:00"),
        ('<meta name="date" content="2031-01-01"><meta property="article:published_time" content="2031-05-20">', "2031-05-20"),
        ('<time class="x" datetime="2031-05-20">yesterday</time>', "2031-05-20"),
        ('<meta property="article:modified_time" content="2031-05-20">', None),
        ("", None),
    ],
)  # fmt: skip
def test_the_day_of_publication_is_read_from_the_metadata(head: str, day: str | None) -> None:
    assert text_of_page(f"<html><head>{head}</head><p>People voted.</p>").published == day


def test_a_link_is_no_author() -> None:
    assert text_of_page('<meta property="article:author" content="https://example.org/ilse">').author is None


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ('<script>var a="<!--";</script><p>Voters came.</p>', ["Voters came."]),
        ("<p>One.</p><script>if (x<!--y) {}</script><p>Two.</p>", ["One.", "Two."]),
        ('<p>One.</p><svg class="x"/><p>Two.</p>', ["One.", "Two."]),
        ("<p>One.</p><aside><p>Never closed.</p>", ["One.", "Never closed."]),
        ('<p>One.</p><div\nclass="cookie-banner">Cookies.</div><p>Two.</p>', ["One.", "Two."]),
    ],
)
def test_a_forgotten_tag_costs_no_text(page: str, kept: list[str]) -> None:
    assert [line for line in text_of_page(page).text.split("\n") if line.strip()] == kept


class TestHidden:
    """What a page hides is read nowhere, and what stands beside it everywhere."""

    @pytest.mark.parametrize(
        "page",
        [
            "<table><tr><td>Voters came.<td hidden>Fraud.<td>They left.</table>",
            "<table><tr><td>Voters came.</td></tr><tr hidden><td>Fraud.<tr><td>They left.</td></tr></table>",
            '<table><tbody style="display:none"><tr><td>Fraud.<tbody><tr><td>Voters came.<td>They left.</table>',
            '<ul><li>Voters came.<li style="display:none">Fraud.<ul><li>Fraud.</ul>Fraud.<li>They left.</ul>',
            "<dl><dt>Voters came.<dd hidden>Fraud.<dt>They left.</dl>",
            "<p>Voters came.<p hidden>Fraud. <b>Fraud.</b><div>They left.</div>",
            '<p>Voters came. <b STYLE="color: red; Display : NONE !important">Fraud.</b><p>They left.',
            "<p>Voters came. <a title='a > b' hidden=until-found>Fraud.</a><p>They left.",
            '<p style="visibility:hidden">Fraud. <i style="visibility:visible">Voters came.</i> Fraud.</p>They left.',
            '<article style="display:/* at first */none"><p style="visibility:visible">Fraud.</article>'
            "Voters came. They left.",
            "<blockquote hidden><h2>Fraud.</h2><br><img>Fraud.</blockquote>Voters came.<hr hidden>They left.",
            "<section>Voters came.<div hidden>Fraud.</section>They left.",
            "<span hidden><div>Fraud.</span> Fraud.</div></span>Voters came. They left.",
            "<dialog>Fraud.</dialog><dialog open>Voters came.</dialog><my-card hidden>Fraud.</my-card>They left.",
            "<div hidden><table><tr><td>Fraud.</div>Fraud.</table>Fraud.</div>Voters came. They left.",
            "<table hidden><tr><td>Fraud.<p>Fraud.</table>Voters came. They left.",
            "Voters came. They left.<h1 hidden>Fraud.",
        ],
    )  # fmt: skip
    def test_nothing_hidden_is_read(self, page: str) -> None:
        for source in (page, f"<html><body>{page}</body></html>"):
            assert text_of_page(source).text.split() == ["Voters", "came.", "They", "left."]

    @pytest.mark.parametrize(
        "page",
        [
            '<p aria-hidden="true">Voters came.</p>',
            '<p class="hidden-from-print" data-hidden="1">Voters came.</p>',
            '<p style="display:none;display:block">Voters came.</p>',
            '<p hidden style="display:inline">Voters came.</p>',
            '<p style="content-visibility:auto;overflow:hidden">Voters came.</p>',
            '<body style="visibility:hidden"><p>Voters came.</p></body>',
            '<input hidden><br hidden><p title="hidden">Voters came.</p>',
            "<p>Voters came.</p hidden>",
        ],
    )
    def test_what_only_sounds_so_is_read(self, page: str) -> None:
        assert text_of_page(page).text == "Voters came."

    @pytest.mark.parametrize("name", ["nav", "footer", "aside"])
    def test_what_is_left_out_by_its_tag_is_counted(self, name: str, tmp_path: Path) -> None:
        page = f"<p>{STORY[0]}</p><{name}><a href='/'>{'ballot ' * 200}</a></{name}>"
        (tmp_path / "a.html").write_text(f"<html>{page}</html>", encoding="utf-8")
        report = read_report(tmp_path / "a.html")
        assert "ballot" not in report.text
        (note,) = report.notes
        told = int("".join(filter(str.isdigit, note)))
        assert 150 <= told <= 300

    def test_what_is_hidden_is_counted(self) -> None:
        page = f"<p>{STORY[0]}</p><td hidden>{'ballot ' * 200}</td>"
        assert 150 <= text_of_page(page).left_out <= 300

    @pytest.mark.timeout(60)
    @pytest.mark.parametrize(
        "unit",
        [
            "<b hidden>",
            "<li hidden><b></i>",
            "<td hidden><p>",
            "<a b=\"' hidden>",
            "<a b=' hidden=\"",
            "</table><p hidden style='/*'>",
            "<ul hidden></b>",
        ],
    )
    def test_hostile_pages_take_time_in_proportion(self, unit: str) -> None:
        assert len(text_of_page(unit * (2_000_000 // len(unit))).text) <= 2_000_000
