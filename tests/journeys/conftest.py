"""Calling the command line in this process, as a shell would."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from plebiscope import cli

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """How a call ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """``call("examine", path, ...)``: run plebiscope and return exit code, output and complaints."""

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["plebiscope", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = capsys.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0 if code is None else 1, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def marenna() -> Path:
    return ROOT / "examples" / "marenna"


@pytest.fixture(scope="session")
def occupied() -> Path:
    return ROOT / "examples" / "occupied-2022"
