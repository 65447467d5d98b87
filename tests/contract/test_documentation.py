"""The documentation is under test: commands, options and examples are what they are said to be."""

from __future__ import annotations

import re
import shlex
import textwrap
from pathlib import Path

import pytest
import typer

import plebiscope
from plebiscope import catalogue, cli

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = typer.main.get_command(cli.app).commands


def test_every_command_and_option_is_described() -> None:
    for name, command in COMMANDS.items():
        assert command.help, name
        for parameter in command.params:
            if parameter.name != "help":
                assert parameter.help, f"{name} {parameter.name}"


@pytest.mark.parametrize("line", re.findall(r"^plebiscope .*$", README, re.MULTILINE))
def test_the_commands_of_the_readme_exist(line: str) -> None:
    words = shlex.split(line.split("#")[0])
    command = COMMANDS[words[1]]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


IN_README = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
IN_PACKAGE = re.findall(r"::\n\n((?:    .*\n|\n)+)", plebiscope.__doc__ or "")


@pytest.mark.parametrize("code", [*IN_README, *IN_PACKAGE], ids=["README", "package"])
def test_the_python_of_the_readme_and_of_the_package_runs(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = ROOT / "examples" / "marenna"
    # Whether the lines run hangs on no number of stations, and few are examined sooner.
    lines = (example / "stations.csv").read_bytes().splitlines(keepends=True)
    (tmp_path / "results.csv").write_bytes(b"".join(lines[:301]))
    (tmp_path / "report.txt").write_bytes((example / "report.txt").read_bytes())
    monkeypatch.chdir(tmp_path)
    exec(textwrap.dedent(code), {})
    assert (tmp_path / "dossier" / "dossier.html").exists()


def test_the_set_up_of_the_readme_is_what_ci_runs() -> None:
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    assert len(commands) == 2
    assert commands[1] in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize("page", ["CHANGELOG.md", "README.md"])
def test_the_changelog_and_the_readme_name_every_method(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert [name for name in catalogue.modules() if f"`{name}`" not in text] == []


def test_links_between_pages_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
