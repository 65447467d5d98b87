"""Work that is spread over several processes gives what one gives, in the same order, whatever fails."""

from __future__ import annotations

import gc
import subprocess
from unittest.mock import patch

import pytest

from plebiscope.conduct import spread
from plebiscope.conduct.coding import alone
from plebiscope.model.report import Held, Report

REPORTS = [
    Report(
        path=f"{number}.txt", text=f"Station {number} opened late. Armed men watched people vote in Gostel."
    )
    for number in range(7)
]


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take three processes for work that is not worth two."""
    monkeypatch.setattr(spread, "_WORTH", 1)
    monkeypatch.setattr(spread, "_cores", lambda: 3)


@pytest.mark.usefixtures("three")
def test_several_processes_give_what_one_gives() -> None:
    assert spread.spread(alone, REPORTS, Held()) == [alone(report, Held()) for report in REPORTS]


@pytest.mark.usefixtures("three")
def test_what_a_process_cannot_do_is_done_here() -> None:
    with patch.object(spread, "__name__", "plebiscope.no_such_module"):
        assert spread.spread(alone, REPORTS, Held()) == [alone(report, Held()) for report in REPORTS]


@pytest.mark.usefixtures("three")
def test_without_a_python_to_start_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "")
    assert spread.spread(alone, REPORTS, Held()) == [alone(report, Held()) for report in REPORTS]


def test_a_few_reports_start_nothing() -> None:
    with patch.object(subprocess, "Popen", side_effect=AssertionError):
        assert len(spread.spread(alone, REPORTS, Held())) == len(REPORTS)


def test_garbage_is_collected_again_afterwards() -> None:
    def fails(report: Report, held: Held) -> None:
        assert not gc.isenabled()
        raise LookupError(report.path)

    with pytest.raises(LookupError, match=r"0\.txt"):
        spread.spread(fails, REPORTS, Held())
    assert gc.isenabled()
