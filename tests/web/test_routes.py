"""Whatever is asked of the workbench, in whatever order: a page or a message, and nothing outside the case.

Requests are made from the routes of the application and from the forms of its own pages, so that a new route
or field is asked without being named here. Nothing is known of what the answers mean; what must hold of each
is in :func:`fitting`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_from_bytes, unquote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from starlette.routing import Mount, Route

from plebiscope import study
from plebiscope.web.folders import CaseFolder
from plebiscope.web.guard import POLICY
from plebiscope.web.jobs import Jobs
from plebiscope.web.tasks.masking import mask
from plebiscope.web.tasks.printing import PDF

from .asking import OURS, Answer, Asker, Form, Page, as_sent, at_hand, strayed
from .conftest import HOST, TOKEN

CANARY = "canary-that-sings-outside"
TABLE = "Polling station,Town,Registered voters,Ballots in the box,Invalid,Valid,For,Against\n" + "".join(
    f"Station {i},{'North' if i % 2 else '<x-fuzz>'},{500 + i},{300 + i},10,{290 + i},{150 + i},140\n"
    for i in range(12)
)
REPORT = """GOSTEL, 14 September 2031 - Armed men carried the ballot box from door to door on Sunday, Anna Merk said.
"Soldiers with rifles stood beside the table where people voted," said Anna Merk <x-fuzz onfuzz=1>, a teacher.
"""
FILES = {
    "votes.csv": TABLE.encode(),
    "more votes.csv": TABLE.replace("Station", "Place").encode(),
    "report.txt": REPORT.encode(),
    "case.toml": b'name = "<x-fuzz>"\n[[contest]]\nid = "c"\nname = "\\" onfuzz=1"\nresults = ["votes.csv"]\n',
    "review.csv": b"statement,decision,note\r\n<x-fuzz>,accept,=1+1\r\n",
    "empty.csv": b"",
    "noise.xlsx": b"PK\x03\x04" + bytes(range(256)),
    "nothing.zip": b"PK\x05\x06" + bytes(18),
    "page.html": b"<p onfuzz=1>Armed men took the ballot box away, Anna Merk said.<x-fuzz>",
}
CASES = ["Second", "Examined", "50% #1? ä\"'<x-fuzz>"]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]
PAGES = [
    "", "/understand", "/understand/result", "/plan", "/run", "/dossier", "/explore", "/reports", "/keep",
]  # fmt: skip
NAMES = [
    "..", "../..", "../outside", "..\\outside", "/etc/passwd", "../../outside/secret.csv", ".", "", "%2e%2e",
    "outside", "secret.csv", ".workbench", "removed", "dossier", "dossier/dossier.json", "case.toml", "review.csv",
    "link", "con", "~root", "a" * 300, "\x00", "secret.csv\x00.csv", "ﾃ/..", "\u202e", "\ud83d", "..;/", "-rf",
]  # fmt: skip
WORDS = [
    "<x-fuzz>", "\"><x-fuzz a='", "' onfuzz=1 x='", "{{7*7}}", "javascript:fuzz()", "&lt;x-fuzz&gt;", "]]><x-fuzz>",
    "accept", "reject", "correct", "undo", "run", "try", "save", "es", "-1", "1e309", "nan", "٣", "9" * 30, "[" * 50,
]  # fmt: skip
odd = st.one_of(
    st.sampled_from([*NAMES, *WORDS, *CASES]),
    st.text(max_size=12),
    st.text(st.characters(codec="latin-1", categories=["Cc", "Po", "Sm", "Nd"]), max_size=8),
)
KINDS = [
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x; charset=nonsense",
    "multipart/form-data; boundary=\"x", "application/x-www-form-urlencoded; charset=utf-7", "text/plain", "\xff",
]  # fmt: skip
BODIES = [
    b"", b"\xff\x00&=&;", b"a=%ff%fe&contest=%00", b"--x\r\n\r\n\r\n--x--", b"--x--", b"&" * 3000,
    b'--x\r\nContent-Disposition: form-data; name="files"; filename="../a"\r\n\r\nx\r\n--x--',
    b'--x\r\nContent-Disposition: form-data; name="files"; filename="a',
]  # fmt: skip
FORM = {"content-type": "application/x-www-form-urlencoded"}
headers = st.fixed_dictionaries(
    {},
    optional={
        "hx-request": st.just("true"),
        "accept-language": st.sampled_from(["es", "*", ";;q=", "\xff", "en" * 500]),
        "content-type": st.sampled_from(KINDS),
        "content-length": st.sampled_from(["-1", "0", "1e3", "9" * 40, "²"]),
        "range": st.sampled_from(["bytes=0-1", "bytes=9-1", "x", "bytes=" + "0-0," * 50]),
        "if-modified-since": st.sampled_from(["x", "Thu, 01 Jan 1970 00:00:00 GMT"]),
    },
)


def fitting(asker: Asker, answer: Answer, mine: set[str], asked: str) -> None:
    """Hold an answer against what must be true of every one of them."""
    head = answer.headers
    assert answer.status < 500, asked
    assert head["x-content-type-options"] == "nosniff"
    assert head["x-frame-options"] == "SAMEORIGIN"
    policy = head["content-security-policy"]
    assert policy == POLICY or "sandbox" in policy, asked
    assert CANARY.encode() not in answer.body, asked
    assert strayed(answer, asker.root, mine) == [], asked
    assert not re.search(r"[\r\n]", "".join(head.values())), asked
    where = head.get("location", "/").removeprefix(f"http://{HOST}")
    assert where.startswith("/"), asked
    assert not where.startswith(("//", "/\\")), asked
    # What a file of style or script says to a part that is not there is no page of ours.
    if answer.status >= 400 and answer.body and "last-modified" not in head:
        assert answer.is_page, asked
        assert Page(answer.text).told, asked
    saved = head.get("content-disposition", "").startswith("attachment")
    if answer.is_page and policy == POLICY and not saved:
        assert Page(answer.text).foreign == [], asked


def put(asker: Asker, method: str, target: str, body: bytes = b"", **more: str) -> Answer:
    """Ask as the browser of whoever started the workbench, and hold the answer against what must be true."""
    before = {path.name for path in asker.root.iterdir()}
    answer = asker.ask(method, target, body, {**OURS, **more})
    new = {path.name for path in asker.root.iterdir()} - before
    path = unquote(target.partition("?")[0])
    assert len(new) <= (path in ("/cases", "/example"))
    parts = path.split("/")
    mine = {parts[2]} if parts[:2] == ["", "cases"] and len(parts) > 2 else set()
    # The first page lists all cases, and pages of no case may compare them; neither may change any.
    changed = {Path(name).relative_to(asker.root).parts[:1] for name in answer.written(asker.root)}
    assert changed <= {(name,) for name in mine | new} | {()}
    fitting(asker, answer, mine | new if mine else before | new, f"{method} {target} {body[:300]!r} {more}")
    return answer


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of cases, one of them examined, as they were; beside it lies what is nobody's business."""
    place = tmp_path_factory.mktemp("fuzzed").resolve()
    (place / "outside").mkdir()
    (place / "outside" / "secret.csv").write_text(f"{CANARY},1\n", "utf-8")
    for name in CASES:
        folder = place / "saved" / name
        folder.mkdir(parents=True)
        (folder / "votes.csv").write_text(TABLE, "utf-8")
        (folder / "report.txt").write_text(REPORT, "utf-8")
    examined = place / "saved" / "Examined"
    study.write(study.examine(examined, methods=["protocol", "fingerprint"]), examined / "dossier")
    mask(
        examined,
        {"stations": True, "speakers": True, "persons": True, "names": (), "key": True},
        lambda **_: None,
    )
    CaseFolder(examined).kept(PDF).write_bytes(b"%PDF-1.7")
    shutil.copytree(examined / "dossier", place / "saved" / "Second" / "dossier")
    (place / "saved" / "link").symlink_to(place / "outside")
    return place


@pytest.fixture(scope="module")
def asker(prepared: Path) -> Iterator[Asker]:
    with pytest.MonkeyPatch.context() as patch, Asker(prepared / "cases") as made:
        patch.setattr(Jobs, "_attend", at_hand)
        anew(made, prepared)
        yield made


@pytest.fixture(scope="module")
def reached(asker: Asker) -> tuple[list[Form], list[str]]:
    return wander(asker)


def anew(asker: Asker, prepared: Path) -> None:
    """Put the cases back to how they were."""
    asker.forget_work()
    shutil.rmtree(asker.root, ignore_errors=True)
    shutil.copytree(prepared / "saved", asker.root, symlinks=True)


def wander(asker: Asker) -> tuple[list[Form], list[str]]:
    """Return every form and every link of the pages that are reached from the first one.

    Of links that differ in a number or a value only, one is followed.
    """
    forms: dict[Any, Form] = {}
    seen: dict[str, str] = {}
    to_do = ["/"]
    while to_do:
        link = to_do.pop(0).partition("#")[0]
        kind = re.sub(r"\d+|=[^&]*", "", link)
        if kind in seen or not link:
            continue
        seen[kind] = link
        answer = put(asker, "GET", link)
        if b'hx-trigger="load' in answer.body:
            answer = put(asker, "GET", link)  # what was to be read has been
        if answer.is_page and answer.headers["content-security-policy"] == POLICY:
            page = Page(answer.text)
            forms |= {(form.action, *dict(form.fields)): form for form in page.forms}
            to_do += [f"{f.action}?{urlencode(f.fields)}" for f in page.forms if f.method == "GET"]
            to_do += [one if one.startswith("/") else link.partition("?")[0] + one for one in page.links]
    return list(forms.values()), sorted(seen.values())


def percent(text: str, raw: bytes = b"") -> str:
    """Write a part of a path as a browser, or somebody by hand, may write it."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="") + quote_from_bytes(raw, safe="")


@st.composite
def part(draw: Any) -> str:
    """A part of a path: percent-encoded once, twice or in part, and not always UTF-8."""
    text = draw(odd)
    raw = draw(st.sampled_from([b"", b"", b"\xff\xfe", b"\x00", b"%"]))
    how = draw(st.sampled_from(["once", "once", "twice", "in part"]))
    if how == "twice":
        return percent(percent(text))
    if how == "in part":
        return quote(text.encode("utf-8", "replace"), safe="/.\\:;@&=+$,~!*'()")
    return percent(text, raw)


@st.composite
def requests(
    draw: Any, paths: list[str], links: list[str], fields: list[str]
) -> tuple[str, str, bytes, dict[str, str]]:
    """A request by itself: a route with odd names in it, or a link of a page with another query."""
    known = [
        *CASES,
        "case.zip",
        "dossier.json",
        "svg",
        "png",
        "csv",
        "parquet",
        "fingerprint",
        "map",
        "0",
        "9" * 20,
    ]
    if draw(st.integers(0, 3)):
        path = draw(st.sampled_from(paths))
        while "{" in path:
            before, _, after = path.partition("{")
            name = draw(st.one_of(st.sampled_from(known).map(percent), part()))
            path = before + name.replace("{", "%7B") + after.partition("}")[2]
    else:
        path = draw(st.sampled_from(links)).partition("?")[0]
    query = draw(st.lists(st.tuples(st.one_of(st.sampled_from(fields), odd), odd), max_size=4))
    target = path + ("?" + urlencode(query, errors="replace") if query else "")
    method = draw(st.sampled_from(["GET", "GET", "GET", "POST", *METHODS]))
    return method, target, draw(st.sampled_from(BODIES)), draw(headers)


class Visit(RuleBasedStateMachine):
    """Somebody goes through the pages, fills in their forms rightly and wrongly, and comes back."""

    asker: Asker
    prepared: Path

    @initialize()
    def begin(self) -> None:
        anew(self.asker, self.prepared)
        self.forms: list[Form] = []
        self.links = ["/"]

    def go(self, method: str, target: str, body: bytes = b"", **more: str) -> None:
        """Ask, follow where that leads, and keep the forms and links of the page, the new ones in front."""
        answer = put(self.asker, method, target.partition("#")[0], body, **more)
        where = answer.headers.get("location") or answer.headers.get("hx-redirect")
        if where:
            self.go("GET", where)
        elif answer.is_page and "content-disposition" not in answer.headers:
            page = Page(answer.text)
            self.forms = [*page.forms, *self.forms][:60]
            self.links = [*(link for link in page.links if link.startswith("/")), *self.links][:60]

    @rule(which=st.integers(0, 59), piece=st.booleans())
    def follow(self, which: int, piece: bool) -> None:
        self.go("GET", self.links[which % len(self.links)], **({"hx-request": "true"} if piece else {}))

    @rule(case=st.sampled_from(CASES), page=st.sampled_from(PAGES))
    def turn_to(self, case: str, page: str) -> None:
        self.go("GET", f"/cases/{percent(case)}{page}")

    @rule(data=st.data(), which=st.integers(0, 59), piece=st.booleans())
    def fill_in(self, data: st.DataObject, which: int, piece: bool) -> None:
        if not self.forms:
            return
        form = self.forms[which % len(self.forms)]
        values: dict[str, list[str]] = {}
        for name, value in form.fields:
            values.setdefault(name, []).append(value)
        files, fields = [], []
        if "files" in values:
            chosen = data.draw(st.lists(st.sampled_from(sorted(FILES)), max_size=2))
            files = [(data.draw(st.one_of(st.just(one), odd)), FILES[one]) for one in chosen]
        for name in values.keys() - {"files"}:
            said = data.draw(st.one_of(st.none(), *[st.sampled_from(values[name])] * 2, odd), name)
            fields += [(name, said)] if said is not None else []
        if form.method == "GET":
            self.go("GET", f"{form.action}?{urlencode(fields, errors='replace')}")
            return
        body, kind = as_sent(fields, files)
        self.go(
            "POST", form.action, body, **{"content-type": kind, **({"hx-request": "true"} if piece else {})}
        )


ROUNDS = [pytest.param(1, id="some"), pytest.param(40, id="many", marks=pytest.mark.slow)]
"""How many times as many examples are tried as in the ordinary suite."""


def test_every_route_is_reached_from_the_first_page(
    asker: Asker, reached: tuple[list[Form], list[str]]
) -> None:
    forms, links = reached
    paths = {unquote(one.partition("?")[0]) for one in (*links, *(form.action for form in forms))}
    # Seen only while work goes on, or framed.
    passing = {"cancel", "cancel_kept", "understood", "masked", "printing", "page"}
    for route in asker.app.routes:
        if isinstance(route, Route) and route.name not in passing:
            assert any(map(route.path_regex.fullmatch, paths)), route.name


def test_no_odd_name_in_an_address_leads_anywhere(asker: Asker, prepared: Path) -> None:
    anew(asker, prepared)
    known = {"case": "Examined", "picture": "fingerprint", "kind": "svg", "number:int": "0", "row:int": "0"}
    for route in asker.app.routes:
        for name in re.findall(r"{(.*?)}", route.path if isinstance(route, Route) else "{file}"):
            path = route.path if isinstance(route, Route) else f"{route.path}/{{file}}"
            for other, value in known.items():
                path = path.replace(f"{{{other}}}", value) if other != name else path
            method = "POST" if isinstance(route, Route) and "POST" in (route.methods or ()) else "GET"
            for one in NAMES:
                for written in {percent(one), quote(one.encode("utf-8", "replace"), safe="/.\\:;")}:
                    answer = put(asker, method, path.replace(f"{{{name}}}", written))
                    assert answer.status in (303, 307, 404, 405, 422), f"{path} {one!r}"


def test_no_odd_name_of_a_file_leads_anywhere(asker: Asker, prepared: Path) -> None:
    anew(asker, prepared)
    for one in NAMES:
        body, kind = as_sent([("called", one)], [(one, b"x")])
        for target in ("/cases", "/cases/Second/files"):
            put(asker, "POST", target, body, **{"content-type": kind})
        put(
            asker, "POST", "/cases/Second/remove", urlencode({"file": one}, errors="replace").encode(), **FORM
        )
        assert (asker.root / "Second" / "dossier" / "dossier.json").is_file()
    anew(asker, prepared)


@pytest.mark.parametrize("times", ROUNDS)
def test_one_request_by_itself(
    asker: Asker, prepared: Path, reached: tuple[list[Form], list[str]], times: int
) -> None:
    forms, links = reached
    anew(asker, prepared)
    fields = sorted(
        {name for form in forms for name, _ in form.fields} | {"area:Town", "then", "report", "token"}
    )
    paths = [
        r.path if isinstance(r, Route) else f"{r.path}/{{file}}"
        for r in asker.app.routes
        if isinstance(r, Route | Mount)
    ]

    @settings(max_examples=60 * times, suppress_health_check=list(HealthCheck))
    @given(requests(paths, links, fields))
    def ask(request: tuple[str, str, bytes, dict[str, str]]) -> None:
        method, target, body, more = request
        put(asker, method, target, body, **more)
        if method == "POST":
            anew(asker, prepared)

    ask()


@pytest.mark.parametrize("times", ROUNDS)
def test_a_visit_in_any_order(asker: Asker, prepared: Path, times: int) -> None:
    machine = type("Visited", (Visit,), {"asker": asker, "prepared": prepared})
    several = settings(
        max_examples=12 * times, stateful_step_count=25, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine, settings=several)


@pytest.mark.parametrize("times", ROUNDS)
def test_who_has_no_token_reaches_nothing(
    asker: Asker, reached: tuple[list[Form], list[str]], times: int
) -> None:
    _, links = reached
    wrong = {
        "host": st.one_of(
            st.just(HOST), st.sampled_from(["elsewhere.example", "", f"{HOST}@x", "127.0.0.1:1"])
        ),
        "cookie": st.one_of(odd, st.just(f"plebiscope-1={TOKEN}"), st.just(f"plebiscope-8517={TOKEN[:-1]}")),
        "origin": st.sampled_from([f"http://{HOST}", "null", "http://elsewhere.example"]),
    }

    @settings(max_examples=50 * times)
    @given(st.sampled_from(METHODS), st.sampled_from(links), st.fixed_dictionaries({}, optional=wrong), odd)
    def ask(method: str, link: str, given: dict[str, str], token: str) -> None:
        latin = {name: value.encode("utf-8", "replace").decode("latin-1") for name, value in given.items()}
        query = urlencode({"token": token}, errors="replace")
        answer = asker.ask(method, f"{link.partition('?')[0]}?{query}", b"", latin)
        assert answer.status in (403, 421)
        assert answer.touched == ()
        fitting(asker, answer, set(), f"{method} {link} {given}")

    ask()
