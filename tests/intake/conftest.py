"""What the tests of the reader share: a short way to read, and the generator of official files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from plebiscope.intake.mapping import Mapping, from_dict
from plebiscope.intake.read import read
from plebiscope.model.returns import Returns

sys.path.insert(0, str(Path(__file__).parent))  # the generator of official files lies beside the tests

Given = str | bytes | Path


@pytest.fixture
def returns_of(tmp_path: Path) -> Callable[..., Returns]:
    """``returns_of(content, ..., name="results.csv", **mapping)``: write contents to files and read them as one vote."""

    def run(*contents: Given, name: str = "results.csv", **mapping: object) -> Returns:
        paths = []
        for number, content in enumerate(contents):
            if isinstance(content, Path):
                paths.append(content)
                continue
            path = tmp_path / (name if not number else f"{number}-{name}")
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            paths.append(path)
        return read(paths, "vote", from_dict(mapping, "test") if mapping else Mapping()).returns

    return run
