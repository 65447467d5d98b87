"""Only the browser of whoever started the workbench is answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from plebiscope.web.guard import POLICY
from plebiscope.web.limits import Limits

from .conftest import HOST, ORIGIN, TOKEN, open_workbench


@pytest.fixture
def stranger(tmp_path: Path) -> TestClient:
    return open_workbench(tmp_path)


def test_without_the_token_nothing_is_shown(stranger: TestClient) -> None:
    with stranger as client:
        assert client.get("/").status_code == 403
        assert client.get("/static/style.css").status_code == 403
        assert client.get("/", params={"token": TOKEN + "x"}).status_code == 403
        assert client.get("/", params={"token": "ü"}).status_code == 403
        assert client.post("/example", headers=ORIGIN).status_code == 403


def test_the_token_leaves_the_address_and_stays_in_a_cookie_no_script_reads(stranger: TestClient) -> None:
    with stranger as client:
        answer = client.get("/", params={"token": TOKEN, "x": "1"}, follow_redirects=False)
        assert answer.headers["location"] == "/?x=1"
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert client.get("/").status_code == 200


def test_whoever_comes_from_the_file_that_was_opened_is_sent_on_by_our_own_page(stranger: TestClient) -> None:
    with stranger as client:
        answer = client.get(
            "/",
            params={"token": TOKEN, "x": '"><b>'},
            headers={"sec-fetch-site": "cross-site"},
            follow_redirects=False,
        )
        assert answer.status_code == 200
        assert 'http-equiv="refresh" content="0; url=/?x=' in answer.text
        assert TOKEN not in answer.text
        assert "<b>" not in answer.text
        assert client.get("/", headers={"sec-fetch-site": "same-origin"}).status_code == 200


def test_the_token_sends_nobody_to_another_site(stranger: TestClient) -> None:
    with stranger as client:
        for path in ("//elsewhere.example/", "/\\elsewhere.example/", "///elsewhere.example"):
            answer = client.get(f"http://{HOST}{path}", params={"token": TOKEN}, follow_redirects=False)
            assert not answer.headers.get("location", "/").startswith(("//", "/\\", "http"))


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "127.0.0.1", "127.0.0.1:1", f"{HOST}.elsewhere.example", ""]
)
def test_a_name_that_somebody_points_here_is_not_answered(visitor: TestClient, host: str) -> None:
    assert visitor.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://elsewhere.example"},
        {"origin": "null"},
        {"origin": f"https://{HOST}"},
        {"origin": "", "sec-fetch-site": "same-origin"},
        {"origin": "http://127.0.0.1:9999"},
    ],
)
def test_another_site_changes_nothing(visitor: TestClient, headers: dict[str, str]) -> None:
    assert visitor.post("/example", headers=headers).status_code == 403
    assert "Marenna" not in visitor.get("/").text


def test_without_an_origin_the_browser_must_say_it_is_ours(visitor: TestClient) -> None:
    del visitor.headers["origin"]
    assert visitor.post("/example").status_code == 403
    assert visitor.post("/example", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert visitor.post("/example", headers={"sec-fetch-site": "same-origin"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/cases/nobody", "/static/style.css", "/nowhere"])
def test_every_answer_forbids_what_is_not_ours(visitor: TestClient, path: str) -> None:
    headers = visitor.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "unsafe" not in POLICY


def test_more_bytes_than_allowed_are_refused_whatever_the_request_says(tmp_path: Path) -> None:
    with open_workbench(tmp_path, Limits(upload=1000)) as client:
        client.get("/", params={"token": TOKEN})
        files = [("files", ("a.csv", b"x" * (3 << 20)))]
        answer = client.post("/cases", files=files, headers=ORIGIN)
        assert answer.status_code == 413
        assert "1,000 bytes" in answer.text
        for size in ("many", "\u00b2", "-1", "9" * 5000):
            assert client.get("/", headers={"content-length": size.encode("latin-1")}).status_code == 413
        # A body in pieces says nothing of its length before.
        kind = {"content-type": "multipart/form-data; boundary=x"}
        answer = client.post("/cases", content=iter([b"--x\r\n", b"y" * (3 << 20)]), headers=ORIGIN | kind)
        assert answer.status_code == 413
        assert "1,000 bytes" in answer.text
        assert not any(tmp_path.iterdir())
