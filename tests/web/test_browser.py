"""The workbench in a real browser: by keyboard, on a phone, in the dark, and with axe looking on.

With PLEBISCOPE_SCREENSHOTS naming a folder, every page is saved there, light and dark (`make screenshots`).
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import uvicorn

from plebiscope import study
from plebiscope.mask import Wanted, mask, write
from plebiscope.web import jobs
from plebiscope.web.app import workbench
from plebiscope.web.guard import going_on

pytestmark = pytest.mark.browser

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
if CHROMIUM is None:
    pytest.skip("no Chromium on this machine", allow_module_level=True)

TOKEN = "a-token-of-the-tests"
CASE = "/cases/Marenna"
AGAIN = "Marenna a year later"
PAGES = {
    "cases": "/",
    "files": CASE,
    "understand": f"{CASE}/understand",
    "plan": f"{CASE}/plan",
    "run": f"{CASE}/run",
    "read": f"{CASE}/dossier",
    "explore": f"{CASE}/explore?t0=85&t1=95",
    "station": f"{CASE}/station/2357",
    "judge": f"{CASE}/reports",
    "keep": f"{CASE}/keep",
    "compare": f"/compare?of=Marenna/marenna&of={AGAIN}/marenna",
    "missing": "/cases/nobody",
}
READY = {"understand": "table.menus", "judge": "[data-statement]"}
SCREENSHOTS = os.environ.get("PLEBISCOPE_SCREENSHOTS")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a workbench that serves one examined case, with its token."""
    root = tmp_path_factory.mktemp("cases")
    shutil.copytree(study.example(), root / "Marenna")
    study.write(
        study.examine(root / "Marenna", methods=["protocol", "straddle"]), root / "Marenna" / "dossier"
    )
    write(
        mask(root / "Marenna" / "dossier", Wanted(stations=True, speakers=True)), root / "Marenna" / "masked"
    )
    repeated(root / AGAIN)
    listening = socket.create_server(("127.0.0.1", 0))
    host = f"127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(
        uvicorn.Config(workbench(root, TOKEN, [host]), log_level="error", access_log=False)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://{host}"
    server.should_exit = True
    thread.join(20)
    listening.close()


def repeated(folder: Path) -> None:
    """Hold the vote again at the same stations: fewer come, and one district turns round."""
    shutil.copytree(study.example(), folder)
    yes, no = pl.col("Yes") * 4 // 5, pl.col("No") * 9 // 10
    turned = pl.col("District") == "Fenina"
    table = pl.read_csv(folder / "stations.csv")
    table = table.with_columns(
        pl.when(turned).then(no).otherwise(yes).alias("Yes"),
        pl.when(turned).then(yes).otherwise(no).alias("No"),
    )
    valid, box = pl.col("Yes") + pl.col("No"), pl.col("Valid ballots") + pl.col("Invalid ballots")
    table = table.with_columns(valid.alias("Valid ballots")).with_columns(box.alias("Ballots in the box"))
    table.with_columns(pl.col("Ballots in the box").alias("Ballots issued")).write_csv(
        folder / "stations.csv"
    )
    case = folder / "case.toml"
    case.write_text(case.read_text("utf-8").replace("date = 2031-09-14", "date = 2032-09-12"), "utf-8")
    study.write(study.examine(folder, methods=["protocol"]), folder / "dossier")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"]
        )
        yield running
        running.close()


@contextmanager
def opened(browser: Any, site: str, name: str, **how: Any) -> Iterator[Any]:
    """A page of the workbench; what the browser complains of, and what it asks of others, is kept."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on(
        "request",
        lambda asked: None if asked.url.startswith((site, "data:")) else page.complaints.append(asked.url),
    )
    page.goto(f"{site}/?token={TOKEN}")
    page.goto(site + PAGES[name])
    if name in READY:
        page.wait_for_selector(READY[name], timeout=120_000)
        page.wait_for_load_state("load")  # until then its script has not run
    yield page
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_fit_for_everybody(browser: Any, site: str, name: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for scheme in ("light", "dark"):
        with opened(browser, site, name, color_scheme=scheme) as page:
            # The dossier in its frame is looked at by tests of its own.
            rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
            context = {"exclude": ["iframe"]}
            found = Axe().run(page, context=context, options={"runOnly": {"type": "tag", "values": rules}})
            assert found.violations_count == 0, found.generate_report()
            missing = ["status of 404"] if name == "missing" else []
            assert [c for c in page.complaints if not any(m in c for m in missing)] == []
            if SCREENSHOTS:
                page.screenshot(path=str(Path(SCREENSHOTS) / f"{name}-{scheme}.png"))


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_a_phone_or_a_page_at_twice_its_size(
    browser: Any, site: str, name: str
) -> None:
    with opened(browser, site, name, viewport={"width": 360, "height": 740}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_file_that_is_opened_leads_to_the_workbench(browser: Any, site: str, tmp_path: Path) -> None:
    (tmp_path / "open.html").write_text(going_on(f"{site}/?token={TOKEN}"), "utf-8")
    context = browser.new_context()
    page = context.new_page()
    page.goto((tmp_path / "open.html").as_uri())
    page.wait_for_url(f"{site}/")
    page.get_by_role("link", name="Marenna", exact=True).click()
    page.wait_for_url(f"{site}{CASE}")
    context.close()


def test_statements_are_judged_by_keyboard_alone(browser: Any, site: str) -> None:
    with opened(browser, site, "judge") as page:
        page.keyboard.press("j")
        first = page.evaluate("document.activeElement.id")
        page.keyboard.press("a")
        page.wait_for_selector(f"#{first}.accept")
        assert page.evaluate("document.activeElement.id") == first
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.id") != first
        page.keyboard.press("k")
        page.keyboard.press("u")
        page.wait_for_selector(f"#{first}.open")
        assert page.complaints == []


def test_keys_of_a_single_letter_can_be_switched_off(browser: Any, site: str) -> None:
    with opened(browser, site, "judge") as page:
        page.get_by_label("Keys of a single letter").uncheck()
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.id") == ""
        page.reload()
        page.wait_for_selector(READY["judge"])
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.id") == ""
        page.get_by_label("Keys of a single letter").check()
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.id").startswith("s-")
        assert page.complaints == []


def test_words_that_are_marked_are_filled_in_with_their_place(browser: Any, site: str) -> None:
    with opened(browser, site, "judge") as page:
        page.get_by_text("Add a statement that was missed").click()
        page.evaluate(
            """() => {
                const walker = document.createTreeWalker(document.querySelector(".report"), NodeFilter.SHOW_TEXT);
                const node = (walker.nextNode(), walker.nextNode());
                const range = document.createRange();
                range.setStart(node, 2);
                range.setEnd(node, 9);
                document.getSelection().removeAllRanges();
                document.getSelection().addRange(range);
            }"""
        )
        page.wait_for_function("() => document.querySelector('[data-start]').value !== ''")
        text, start = page.text_content(".report"), int(page.input_value("[data-start]"))
        assert text[start:].startswith(page.input_value("[data-selection]"))


def test_the_keyboard_stays_on_cancel_while_the_page_tells_how_far_it_is(browser: Any, site: str) -> None:
    with opened(browser, site, "cases") as page:
        page.get_by_role("button", name="Open the bundled example").click()
        page.wait_for_url(lambda url: "simulated" in url)
        page.get_by_role("button", name="Examine").click()
        page.wait_for_selector("#now .help")
        page.focus("#cancel")
        page.evaluate("document.getElementById('cancel').mine = true")
        before = page.text_content("#now")
        page.wait_for_function(
            "(before) => document.querySelector('#now').textContent !== before", arg=before
        )
        assert page.evaluate("document.activeElement.mine") is True
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-over]")
        assert page.complaints == []


def test_a_box_drawn_over_the_picture_chooses_stations(browser: Any, site: str) -> None:
    with opened(browser, site, "explore") as page:
        page.get_by_role("link", name="Choose all again").click()
        page.wait_for_selector("text=2,996 of 2,996 stations")
        page.locator("[data-brush]").scroll_into_view_if_needed()
        svg = page.locator("[data-brush] svg").bounding_box()
        scale = svg["width"] / float(page.locator("[data-brush] svg").get_attribute("width"))
        at = [
            (svg["x"] + (46 + 4 * x) * scale, svg["y"] + (24 + 400 - 4 * y) * scale)
            for x, y in ((80, 60), (99, 99))
        ]
        page.mouse.move(*at[0])
        page.mouse.down()
        page.mouse.move(*at[1])
        page.mouse.up()
        page.wait_for_selector(".sum strong:not(:has-text('2,996 of'))")
        assert float(page.input_value("#t0")) == pytest.approx(80, abs=0.5)
        assert page.locator("svg .box").count() == 1
        assert "t0=" in page.url
        assert page.complaints == []


def test_files_are_brought_in_and_a_menu_changes_the_sums_at_once(
    browser: Any, site: str, tmp_path: Path
) -> None:
    table = tmp_path / "votes.csv"
    lines = [f"Gostel {i},{500 + i},{300 + i},10,{290 + i},{150 + i},140" for i in range(30)]
    head = "Polling station,Registered voters,Ballots in the box,Invalid,Valid,For,Against"
    table.write_text("\n".join([head, *lines]), "utf-8")
    with opened(browser, site, "cases") as page:
        page.set_input_files("#files", str(table))
        page.fill("#called", "Gostel")
        page.get_by_role("button", name="Put them in").click()
        page.wait_for_url("**/cases/Gostel")
        page.get_by_role("link", name="See how it was understood").click()
        page.wait_for_selector("table.menus", timeout=120_000)
        assert page.locator("tr.fails").count() == 0
        page.locator("table.menus select").nth(1).select_option("cast")
        page.locator("table.menus select").nth(2).select_option("registered")
        page.wait_for_selector("tr.fails", timeout=120_000)
        assert page.complaints == []


def test_votes_are_chosen_and_put_side_by_side_by_keyboard(browser: Any, site: str) -> None:
    with opened(browser, site, "cases") as page:
        page.get_by_role("link", name="Compare cases").press("Enter")
        for name in ("Marenna", AGAIN):
            box = page.get_by_label(name, exact=True)
            box.focus()
            page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.wait_for_selector("#joined-1")
        # In one district all turned round: its stations are those that changed most.
        assert page.locator(".places tbody tr").first.inner_text().count("Fenina") == 1
        page.get_by_label("List areas by").select_option("District")
        page.get_by_role("button", name="Put them side by side").click()
        page.wait_for_selector("h3:has-text('By District')")
        with page.expect_download() as taken:
            page.get_by_role("link", name="All joined stations (CSV)").click()
        assert pl.read_csv(taken.value.path()).height == 2996
        assert page.complaints == []


def test_a_copy_without_names_is_made_by_keyboard(browser: Any, site: str) -> None:
    with opened(browser, site, "cases") as page:
        page.goto(f"{site}/cases/{AGAIN}/keep")
        page.get_by_label("Names and numbers of stations").focus()
        page.keyboard.press("Space")
        page.get_by_label("Further names, one a line").focus()
        page.keyboard.type("Keldale")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=1 listed name", timeout=120_000)
        assert page.get_by_role("link", name="masked.zip (The masked copy)").count() == 1
        assert page.complaints == []


GATED = """
import pathlib, time
print('{{"step": "one step"}}', flush=True)
while not pathlib.Path({gate!r}).exists():
    time.sleep(0.05)
print('{{"done": {{"differences": []}}}}', flush=True)
"""
"""A program that is done when a file is there."""


def test_the_keyboard_stays_on_cancel_beside_a_verification_and_goes_on_at_its_result(
    browser: Any, site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = tmp_path / "gate"
    monkeypatch.setattr(jobs, "_PROGRAM", GATED.format(gate=str(gate)))
    with opened(browser, site, "keep") as page:
        for ends in ("cancelled", "done"):
            page.get_by_role("button", name="Verify").click()
            page.wait_for_selector("#verified-now:has-text('one step')")
            page.focus("#cancel")
            page.evaluate("document.getElementById('cancel').mine = true")
            page.evaluate("document.getElementById('verified-now').old = true")
            page.wait_for_function("() => !document.getElementById('verified-now').old")
            assert page.evaluate("document.activeElement.mine") is True
            if ends == "cancelled":
                page.keyboard.press("Enter")
                page.wait_for_selector("#verified [data-over]:has-text('Cancelled.')")
            else:
                gate.touch()
                page.wait_for_selector("#verified [data-over]:has-text('comes out the same')")
                page.wait_for_function("() => document.activeElement.matches('[data-over]')")
        assert page.complaints == []


HELD = """
import pathlib, time
from plebiscope.web.tasks import examining
gates, told, write = pathlib.Path({gates!r}), examining._told, examining.study.write
numbers = iter(range(1, 100))
def wait(name):
    while not (gates / name).exists():
        time.sleep(0.05)
def held(answer):
    wait(str(next(numbers)))
    return told(answer)
def last(*given):
    wait("end")
    return write(*given)
examining._told, examining.study.write = held, last
from plebiscope.web.worker import main; main()
"""
"""A program that tells its next answer when a file of that number is there, and ends when one called end is."""


def test_answers_come_one_by_one_and_outlive_a_reload(
    browser: Any, site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gates = tmp_path / "gates"
    gates.mkdir()
    monkeypatch.setattr(jobs, "_PROGRAM", HELD.format(gates=str(gates)))
    asked = ["protocol", "straddle", "fingerprint"]
    case = f'name = "Held"\n[[contest]]\nid = "c"\nname = "C"\nresults = ["votes.csv"]\n[plan]\nmethods = {asked}\n'
    (tmp_path / "case.toml").write_text(case, "utf-8")
    lines = [f"Gostel {i},{500 + i},{300 + i},10,{290 + i},{150 + i},140" for i in range(30)]
    head = "Polling station,Registered voters,Ballots in the box,Invalid,Valid,For,Against"
    (tmp_path / "votes.csv").write_text("\n".join([head, *lines]), "utf-8")
    with opened(browser, site, "cases") as page:
        page.set_input_files("#files", [str(tmp_path / "votes.csv"), str(tmp_path / "case.toml")])
        page.fill("#called", "Held")
        page.get_by_role("button", name="Put them in").click()
        page.wait_for_url("**/cases/Held")
        page.locator("form[action='/cases/Held/run/start'] button").click()
        page.wait_for_selector("#progress progress")
        for number in range(1, len(asked) + 1):
            (gates / str(number)).touch()
            page.wait_for_selector(f".answers li:nth-child({number})", timeout=120_000)
            first = page.locator(".answers li").first.inner_text()
            for _ in range(2):
                assert page.locator(".answers li").count() == number
                assert page.locator(".answers li").first.inner_text() == first
                assert page.locator("#progress progress").count() == 1
                page.reload()
        (gates / "end").touch()
        page.wait_for_selector("#progress >> text=Done in", timeout=120_000)
        assert page.complaints == []
