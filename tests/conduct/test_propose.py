"""Plug-ins that propose words: what they offer is checked, and whatever they do the run goes on."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from plebiscope.conduct import code
from plebiscope.conduct.propose import MOST, propose
from plebiscope.conduct.review import rows
from plebiscope.conduct.review_file import ReviewFile, extended, read_lines
from plebiscope.model.errors import InputError
from plebiscope.model.report import Conduct, Proposer, Report, Statement

TEXT = (
    "Jon Bresker called the vote in Gostel a sham.\n\n"
    "Ana Torvik said that clerks had read the names of those who stayed at home aloud. "
    "The commission denied that lists of names had been kept.\n\n"
    "If clerks read the names aloud, nobody will dare to stay at home."
)
Install = Callable[[str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a plug-in called ``fake`` where Python finds it, with the body of its function."""
    monkeypatch.syspath_prepend(tmp_path)

    def put(body: str, *, package: str = "fake-plugin", module: str = "fake_plugin") -> None:
        folder = tmp_path / f"{module}-1.2.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n")
        (folder / "entry_points.txt").write_text(f"[plebiscope.proposers]\nfake = {module}:propose\n")
        head = "import os, sys, time\ndef at(text, words, code):\n    start = text.index(words)\n"
        head += "    return start, start + len(words), code\n"
        code = head + "def propose(text, codes):\n" + textwrap.indent(textwrap.dedent(body), "    ")
        (tmp_path / f"{module}.py").write_text(code)

    return put


def record(*, text: str = TEXT) -> Conduct:
    return code([Report(path="report.txt", text=text)], proposers=["fake"])


def proposed(made: Conduct) -> list[Statement]:
    return [one for one in made.statements if one.rule == "proposed:fake"]


def account(made: Conduct) -> Proposer:
    (one,) = made.proposers
    return one


def test_a_proposal_is_a_suggestion_in_the_voice_that_own_code_finds(install: Install) -> None:
    install("""
        start, end, _ = at(text, "read the names", "C04")
        yield {"start": start, "end": end, "code": "C04", "speaker": "Somebody Else", "standing": "denied"}
        yield at(text, "lists of names had been kept", "C04")
    """)
    made = record()
    said, denied = proposed(made)
    assert (said.code, said.strength, said.verbatim) == ("C04", "suggested", "read the names")
    assert (said.speaker, said.status) == ("Ana Torvik", "asserted")
    assert (denied.status, denied.strength) == ("denied", "suggested")
    assert account(made) == Proposer(
        name="fake", package="fake-plugin", version="1.2", offered=2, kept=2, left_out={}, failures=()
    )
    (support,) = [one for one in made.support if one.code == "C04"]
    assert (support.independent, support.with_suggestions) == (0, 1)


def test_what_the_rules_found_stays_as_it_was(install: Install) -> None:
    install("yield at(text, 'called the vote in Gostel a sham', 'C23')")
    made = record()
    assert made.statements == code([Report(path="report.txt", text=TEXT)]).statements
    assert account(made).left_out == {"found already": 1}


@pytest.mark.parametrize(
    ("offer", "why"),
    [
        ("(0, 4, 'C99')", "no such code"),
        ("(-4, 4, 'C04')", "no range of the text"),
        ("(4, 4, 'C04')", "no range of the text"),
        ("(0, len(text) + 1, 'C04')", "no range of the text"),
        ("(0, len(text), 'C04')", "no words inside one distinct sentence"),
        ("at(text, '\\n\\n', 'C04')", "no words inside one distinct sentence"),
        ("at(text, 'clerks read the names aloud', 'C04')", "not told as something that happens"),
        ("('a', 'b', 'C04')", "no start, end and code"),
        ("(0, 4)", "no start, end and code"),
        ("(0, 4, None)", "no start, end and code"),
        ("(0.5, 4, 'C04')", "no start, end and code"),
        ("(0, 10 ** 6000, 'C04')", "no start, end and code"),
        ("{'start': 0}", "no start, end and code"),
        ("None", "no start, end and code"),
        ("'abc'", "no start, end and code"),
    ],
)
def test_what_is_no_proposal_is_left_out_and_counted(install: Install, offer: str, why: str) -> None:
    install(f"return [{offer}, at(text, 'lists of names', 'C04')]")
    made = record()
    assert len(proposed(made)) == 1
    assert account(made).left_out == {why: 1}


def test_the_same_words_are_taken_once(install: Install) -> None:
    install("return [at(text, 'lists of names', 'C04')] * 3 + [at(text, 'lists of names', 'C11')]")
    made = record()
    assert [one.code for one in proposed(made)] == ["C04", "C11"]
    assert account(made).left_out == {"found already": 2}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("raise ValueError('no key \\udcff')", "ValueError: no key"),
        ("sys.exit(3)", "SystemExit"),
        ("os._exit(3)", "ended without an answer"),
        ("import not_there", "ModuleNotFoundError"),
        ("return None", "TypeError"),
        ("return 7", "TypeError"),
        ("return [(0, 4, 'C04')] * 1_000_000", f"more than {MOST:,} proposals"),
        ("while True: yield at(text, 'names', 'C04')", f"more than {MOST:,} proposals"),
    ],
)
def test_a_plug_in_that_fails_is_named_and_the_run_goes_on(install: Install, body: str, why: str) -> None:
    install(body)
    made = record()
    assert not proposed(made)
    assert made.statements == code([Report(path="report.txt", text=TEXT)]).statements
    assert [one.code for one in made.statements if one.strength == "firm"] == ["C23"]
    (failure,) = account(made).failures
    assert failure.startswith("report.txt: ")
    assert why in failure
    made.model_dump_json()


def test_a_plug_in_that_hangs_is_stopped(install: Install) -> None:
    install("time.sleep(100_000)")
    reports = [Report(path=f"{number}.txt", text=TEXT) for number in range(3)]
    (made,) = propose(["fake"], reports, seconds=3).record()
    assert made.failures == (
        "0.txt: it gave no answer within 3 seconds and was stopped",
        "1.txt, 2.txt: it had been stopped before",
    )


def test_one_bad_report_does_not_cost_the_others(install: Install) -> None:
    install("return 1 / text.count('names') and [at(text, 'names', 'C04')]")
    reports = [
        Report(path="a.txt", text="It rained in Gostel on the day of the vote."),
        Report(path="b.txt", text=TEXT),
    ]
    made = code(reports, proposers=["fake"])
    assert [one.report for one in proposed(made)] == ["b.txt"]
    assert [failure.split(":")[0] for failure in account(made).failures] == ["a.txt"]


def test_what_it_prints_is_no_answer(install: Install, capfd: pytest.CaptureFixture[str]) -> None:
    install("""
        print('[[0, 4, "C04"]]', flush=True)
        os.write(1, b'[[0, 4, "C04"]]')
        return [at(text, "lists of names", "C04")]
    """)
    assert len(proposed(record())) == 1
    assert capfd.readouterr() == ("", "")


def test_it_gets_the_text_as_it_is_and_the_codes(install: Install) -> None:
    text = "\ufeff“Clerks”\u00a0read 𝄞 the names aloud in Gostel during the referendum."
    install("""
        assert codes["C04"]["name"] and codes["C04"]["definition"] and codes["C04"]["near_misses"]
        return [at(text, "“Clerks”\\u00a0read 𝄞 the names", "C04")]
    """)
    (one,) = proposed(record(text=text))
    assert one.verbatim == text[one.start : one.end] == "“Clerks”\u00a0read 𝄞 the names"


def test_nothing_in_the_current_folder_is_run(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("return []")
    here = tmp_path / "here"
    here.mkdir()
    (here / "json.py").write_text("raise SystemExit")
    monkeypatch.chdir(here)
    assert account(record()).failures == ()


def test_the_example_of_the_documentation(install: Install, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "using.md").read_text("utf-8")
    (example,) = [
        block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "def propose" in block
    ]
    install("")
    (tmp_path / "fake_plugin.py").write_text(example)
    made = record(text="In Gostel the repeat voters came by bus on the day of the referendum.")
    assert [(one.verbatim, one.code) for one in made.statements if "repeat" in one.verbatim] == [
        ("repeat voters", "C29")
    ]
    assert account(made).offered == 1


def test_the_head_of_a_report_is_no_part_of_it(install: Install) -> None:
    install("return [at(text, 'names of all', 'C04')]")
    head = "---\ntitle: names of all\n---\n"
    made = code([Report(path="report.txt", text=head + TEXT, body=len(head))], proposers=["fake"])
    assert account(made).left_out == {"no range of the text": 1}


def test_nobody_is_asked_unless_the_user_says_so(install: Install) -> None:
    install("raise ValueError")
    made = code([Report(path="report.txt", text=TEXT)])
    assert made.proposers == ()


def test_a_name_that_is_not_installed_or_installed_twice(install: Install) -> None:
    with pytest.raises(InputError, match="no plug-in called 'fake' is installed"):
        record()
    install("return []")
    install("return []", package="other-plugin", module="other_plugin")
    with pytest.raises(InputError, match="two plug-ins are called 'fake'"):
        record()


def test_what_a_person_decided_on_a_proposal_stays_without_the_plug_in(install: Install) -> None:
    install("return [at(text, 'read the names', 'C04'), at(text, 'lists of names', 'C11')]")
    made = record()
    text = extended("", "review.toml", rows(made, []))
    first, second = text.split('rule = "proposed:fake"')[:2]
    assert 'code = "C04"' in first
    assert 'code = "C11"' in second
    accept = first[::-1].replace('"" = noisiced', '"tpecca" = noisiced', 1)[::-1]
    text = text.replace(first, accept)
    file = ReviewFile("review.toml", "0" * 64, read_lines(text, "review.toml"))
    (kept,) = proposed(code([Report(path="report.txt", text=TEXT)], file))
    assert (kept.code, kept.verbatim, kept.review, kept.strength) == (
        "C04",
        "read the names",
        "accepted",
        "firm",
    )
    assert kept.judgement.coder.strength == "suggested"
    changed = code([Report(path="report.txt", text="Yes. " + TEXT)], file)
    assert not proposed(changed)
    assert [one.code for one in changed.review.unmatched] == ["C04"]
