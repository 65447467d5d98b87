"""A workbench with an empty folder of cases, and a browser that knows it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient

from plebiscope.web.app import workbench
from plebiscope.web.limits import Limits

HOST = "127.0.0.1:8517"
TOKEN = "a-token-of-the-tests"
ORIGIN = {"origin": f"http://{HOST}"}


def open_workbench(root: Path, limits: Limits | None = None) -> TestClient:
    """Start a workbench; its client is a browser that has no cookie yet."""
    return TestClient(workbench(root, TOKEN, [HOST], limits), base_url=f"http://{HOST}")


@pytest.fixture
def visitor(tmp_path: Path) -> Generator[TestClient]:
    """A browser that has the cookie, and says where its forms come from."""
    with open_workbench(tmp_path / "cases") as client:
        assert client.get("/", params={"token": TOKEN}).status_code == 200
        client.headers.update(ORIGIN)
        yield client


Upload = Callable[..., httpx.Response]


@pytest.fixture
def upload(visitor: TestClient) -> Upload:
    """Put files into a new case."""

    def put(files: dict[str, bytes], called: str = "A vote") -> httpx.Response:
        return visitor.post(
            "/cases",
            data={"called": called},
            files=[("files", (name, content)) for name, content in files.items()],
        )

    return put
