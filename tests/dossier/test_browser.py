"""The page in a browser that is not allowed to reach anything: what a reader meets."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.page.rendering import PRINTED, render
from plebiscope.dossier.page.source import source_line
from plebiscope.dossier.text import without_name

pytestmark = pytest.mark.browser

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
if CHROMIUM is None:
    pytest.skip("no Chromium on this machine", allow_module_level=True)

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"]
        )
        yield running
        running.close()


@pytest.fixture(scope="module")
def files(
    dossier: Dossier,
    totals_dossier: Dossier,
    nasty_dossier: Dossier,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    made = {"vote": dossier, "totals": totals_dossier, "nasty": nasty_dossier}
    for name, one in made.items():
        (folder / f"{name}.html").write_text(render(one), "utf-8")
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture(scope="module")
def opened(browser: Any, files: dict[str, Path]) -> Open:
    """``opened(name, ...)``: a page, with the network cut and every complaint kept in ``complaints``."""

    @contextmanager
    def open_page(
        name: str, *, width: int = 1280, scheme: str = "light", script: bool = True
    ) -> Iterator[Any]:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=script,
            accept_downloads=True,
        )
        complaints: list[str] = []

        def watch(route: Any) -> None:
            if route.request.url.startswith(("file:", "data:", "blob:")):
                route.continue_()
            else:
                complaints.append(f"wants {route.request.url}")
                route.abort()

        context.route("**/*", watch)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append("a dialog opened"), dialog.dismiss()))
        page.goto(files[name].as_uri())
        yield page
        context.close()
        assert complaints == []

    return open_page


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        ("vote", 1280, "light"),
        ("vote", 360, "dark"),
        ("totals", 360, "light"),
        ("nasty", 1280, "dark"),
        ("nasty", 360, "light"),
    ],
)
def test_axe_finds_nothing_and_nothing_sticks_out(opened: Open, name: str, width: int, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with opened(name, width=width, scheme=scheme) as page:
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []


def test_without_javascript_the_argument_is_all_there(opened: Open, dossier: Dossier) -> None:
    with opened("vote", script=False) as page:
        text = page.inner_text("main")
        vote = dossier.case.contests[0].name
        assert all(without_name(sentence, vote) in text for sentence in dossier.reading.sentences)
        assert page.locator(".plot svg").count() == len(dossier.figures)
        assert page.locator("button:visible").count() == 0
        assert page.locator("#inspect tbody tr").count() == len(dossier.stations_to_inspect)


def test_the_first_screen_says_what_this_is_and_what_was_found(opened: Open, dossier: Dossier) -> None:
    with opened("vote") as page:
        for selector in ("h1", ".banner", ".release", ".three"):
            box = page.locator(selector).first.bounding_box()
            assert box["y"] + box["height"] <= 900
        assert page.inner_text(".three").split("\n")[:2] == ["Figures", "contradictory"]


def test_stations_are_sorted_and_filtered_by_keyboard(opened: Open) -> None:
    with opened("vote") as page:
        ranks = page.locator("#inspect tbody tr td:first-child")
        page.locator("#inspect th button", has_text="Rank").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        assert ranks.first.inner_text() == "500"
        assert page.locator("#inspect th[aria-sort=descending]").inner_text().startswith("Rank")
        page.locator("#filter").fill("voters on the list")
        assert page.locator("#inspect tbody tr:visible").count() == 1
        assert page.inner_text("#shown") == "1 of 500"


def test_a_copied_sentence_carries_its_source(opened: Open, dossier: Dossier) -> None:
    with opened("vote") as page:
        page.evaluate(
            "navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }"
        )
        page.locator(".finding .copy").first.click()
        page.wait_for_function("() => window.copied")
        copied = page.evaluate("window.copied")
        lead = next(f for f in dossier.findings if f.grade == "contradiction")
        assert copied.startswith(lead.sentence)
        assert source_line(dossier) in copied
        assert lead.id in copied
        assert page.inner_text("#live") == "Sentence copied with its source."


def test_a_saved_picture_carries_title_and_source(opened: Open, dossier: Dossier, tmp_path: Path) -> None:
    with opened("vote", scheme="dark") as page:
        figure = page.locator("figure.plot").first
        with page.expect_download() as waiting:
            figure.locator("button[data-save=svg]").click()
        waiting.value.save_as(tmp_path / "picture.svg")
        root = ElementTree.fromstring((tmp_path / "picture.svg").read_text("utf-8"))
        words = " ".join(" ".join(root.itertext()).split())
        assert dossier.figures[0].title in words
        assert dossier.figures[0].caption in words
        assert source_line(dossier) in words
        assert "#ffffff" in (tmp_path / "picture.svg").read_text("utf-8")
        with page.expect_download() as waiting:
            figure.locator("button[data-save=png]").click()
        waiting.value.save_as(tmp_path / "picture.png")
        assert (tmp_path / "picture.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        assert (tmp_path / "picture.png").stat().st_size > 10_000


def test_marks_are_mapped_to_the_dark_ground(opened: Open) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        with opened("vote", scheme=scheme) as page:
            colours[scheme] = page.evaluate(
                "getComputedStyle(document.querySelector('.canvas [stroke=\"#0072b2\"]')).stroke"
            )
    assert colours == {"light": "rgb(0, 114, 178)", "dark": "rgb(88, 180, 232)"}


def test_on_paper_everything_is_open_light_and_whole(opened: Open) -> None:
    with opened("vote", scheme="dark") as page:
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(29, 31, 33)"
        assert page.locator("nav:visible, .copy:visible, .tools:visible, .filter:visible").count() == 0
        assert page.locator("#inspect tbody tr:visible").count() == PRINTED
        assert page.pdf(prefer_css_page_size=True)[:5] == b"%PDF-"
        assert page.locator("details:not([open])").count() == 0


def test_hostile_text_does_nothing(opened: Open) -> None:
    with opened("nasty") as page:
        assert page.locator("img, iframe, object").count() == 0
        assert page.locator("script").count() == 1
        assert "<script>alert(1)</script>" in page.inner_text("h1")
        assert "<script>alert(1)</script>" in page.inner_text("#inspect")
