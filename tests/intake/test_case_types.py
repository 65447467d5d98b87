"""Whatever stands in a case file, it ends in a case or in a message."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from plebiscope.intake import cases
from plebiscope.intake.case_writing import changed
from plebiscope.intake.toml_text import parsed
from plebiscope.model.errors import InputError

CONTEST = '[[contest]]\nid = "a"\nresults = ["a.csv"]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text("Station,Yes,No\nGostel,1,2\n", "utf-8")
    return tmp_path


def gathered(folder: Path, text: str) -> cases.Found:
    (folder / "case.toml").write_text(text, "utf-8")
    return cases.gather([folder])


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("totals = 5\n" + CONTEST, "`totals` is no list"),
        ("reports = 5\n" + CONTEST, "`reports` is no list"),
        ("reports = [5]\n" + CONTEST, "`reports` is no list"),
        ("[[contest]]\nresults = { a = 1 }\n", "`results` is no list"),
        ("[[contest]]\ntotals = 5\n", "an announcement is no table"),
        ("[[contest]]\ntotals = [5]\n", "an announcement is no table"),
        (CONTEST + 'join = "Code"\nmapping = 5\n', "about the columns is no table"),
        (CONTEST + 'mapping = "m.toml"\n', "about the columns is no table"),
        (CONTEST + 'copies = [{ file = "a.csv", source = "s", mapping = 5 }]\n', "about the columns"),
        ('[[contest]]\nresults = ["a\\u0000.csv"]\n', "no file can be called"),
        (f'[[contest]]\nresults = ["{"a" * 5000}"]\n', "no file can be called"),
        (CONTEST + 'groups = { a = "a\\u0000" }\n', "no file can be called"),
        (CONTEST + "mapping" + ".a" * 3000 + " = 1\n", "too deeply"),
        (CONTEST + "mapping = " + "{ a = " * 3000 + "1" + "}" * 3000 + "\n", "too deeply"),
        (CONTEST + "[plan.params.straddle]\nmost" + ".a" * 400 + " = 1\n", "too deeply"),
        (
            CONTEST + 'states = [{ file = "a.csv", time = 0001-01-01T00:00:00+14:00 }]\n',
            "the time of a state",
        ),
    ],
)
def test_what_cannot_be_meant_is_said(folder: Path, text: str, about: str) -> None:
    with pytest.raises(InputError, match=about):
        gathered(folder, text)


VALUES = st.recursive(
    st.one_of(
        st.booleans(), st.integers(-(10**30), 10**30), st.floats(), st.text(max_size=8), st.just("a.csv"),
        st.datetimes(min_value=dt.datetime(1, 1, 1)), st.dates(),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["file", "source", "time", "columns", "of", "group", "x"]), inner, max_size=3),
    ),
    max_leaves=6,
)  # fmt: skip
TOP = st.sampled_from(["name", "reports", "totals", "plan", "simulated", "contest"])
INNER = st.sampled_from(
    ["id", "name", "results", "totals", "copies", "states", "join", "mapping", "groups", "comparison", "date",
     "reported", "pairs", "quorum", "threshold", "unpublished", "options", "favoured"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(TOP, VALUES, max_size=2), st.dictionaries(INNER, VALUES, max_size=3))
def test_values_of_any_kind_end_in_a_case_or_in_a_message(
    tmp_path_factory: pytest.TempPathFactory, top: dict[str, Any], inner: dict[str, Any]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "odd"
    folder.mkdir(exist_ok=True)
    (folder / "a.csv").write_text("Station,Yes,No\nGostel,1,2\n", "utf-8")
    try:
        text = tomlkit.dumps({"contest": [{"id": "a", "results": ["a.csv"], **inner}], **top})
        text.encode()
    except (ValueError, TypeError):
        return  # what TOML cannot say nobody writes
    with contextlib.suppress(InputError):
        assert gathered(folder, text).case.digest


@pytest.mark.parametrize(
    "text",
    [
        'contest = [{ id = "a", results = ["a.csv"] }]\n',
        'contest = [{ id = "a", results = ["a.csv"] }, { id = "b" }]\nplan = { seed = 1 }\n',
        '[[contest]]\nid = "a"\n[contest.mapping.columns]\ncast = "C"\n[[contest]]\nid = "b"\n',
    ],
)
def test_contests_written_in_any_way_are_changed(text: str) -> None:
    mapping = {"columns": {"registered": ["R"], "options": {"Yes, or no": "Y"}}, "sheet": "S"}
    said = parsed(changed(text, plan={"seed": 7}, contests={"a": {"mapping": mapping}}), "case.toml")
    assert said["plan"]["seed"] == 7
    assert said["contest"][0] == parsed(text, "")["contest"][0] | {"mapping": mapping}
    assert said["contest"][1:] == parsed(text, "")["contest"][1:]


@pytest.mark.parametrize(
    "text", ["plan = 5\n" + CONTEST, "plan = [1]\n" + CONTEST, "contest = [5]\n", "x" + ".a" * 3000 + " = 1"]
)
def test_what_cannot_be_changed_is_said(text: str) -> None:
    with pytest.raises(InputError):
        changed(text, plan={"seed": 7}, contests={"a": {"name": "x"}})
