"""The workbench is started, and its token is seen by nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from plebiscope.web import serve as serving
from plebiscope.web.serve import serve


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, int]]:
    """What the browser is given, with content and mode of the file; no server runs."""
    given: list[tuple[str, str, int]] = []

    def look(address: str) -> bool:
        page = Path(unquote(urlsplit(address).path))
        given.append((address, page.read_text("utf-8"), page.stat().st_mode & 0o777))
        return True

    monkeypatch.setattr(serving.webbrowser, "open", look)
    monkeypatch.setattr(serving.uvicorn.Server, "run", lambda *args, **more: None)
    return given


def test_the_token_is_not_on_the_command_line_of_the_browser(
    opened: list[tuple[str, str, int]], tmp_path: Path
) -> None:
    told: list[str] = []
    serve(tmp_path / "my cases", 0, told.append, browser=True)
    ((address, content, mode),) = opened
    token = told[0].partition("token=")[2]
    assert len(token) > 20
    assert token not in address
    assert address.startswith("file://")
    assert token in content
    assert mode == 0o600
    assert list((tmp_path / "my cases").iterdir()) == []


def test_it_is_removed_whatever_happens(
    opened: list[tuple[str, str, int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*args: Any, **more: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(serving.uvicorn.Server, "run", stop)
    with pytest.raises(KeyboardInterrupt):
        serve(tmp_path, 0, lambda address: None, browser=True)
    assert list(tmp_path.iterdir()) == []


def test_where_no_file_can_be_made_the_address_is_told(
    opened: list[tuple[str, str, int]], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    told: list[str] = []
    serve(tmp_path / "file" / "cases", 0, told.append, browser=True)
    assert opened == []
    assert "token=" in told[0]


def test_without_a_browser_nothing_is_made(opened: list[tuple[str, str, int]], tmp_path: Path) -> None:
    serve(tmp_path / "cases", 0, lambda address: None)
    assert not (tmp_path / "cases").exists()
    assert opened == []
