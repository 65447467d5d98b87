"""The summary on the terminal: case, release, reading, findings, and where the files are.

Text from files is shown as text: no markup, no control characters. Without colour nothing is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from plebiscope.dossier.numbers import effect_in_words
from plebiscope.dossier.text import name, plain
from plebiscope.dossier.view import GRADES, Group, Shown, sections

_QUIET = 2
"""Answers of one method without a finding that are still listed one by one."""

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from plebiscope.dossier.dossier import Dossier


def show(dossier: Dossier, files: Sequence[Path] = (), console: Console | None = None) -> None:
    """Print the summary.

    Parameters
    ----------
    dossier
        The dossier.
    files
        The files that were written.
    console
        Where to print; by default the standard output.
    """
    from rich.console import Console

    out = console or Console(highlight=False)
    for part in summary(dossier, files):
        out.print(part, markup=False, highlight=False)


def summary(dossier: Dossier, files: Sequence[Path] = ()) -> list[RenderableType]:
    """Return the summary as parts to print."""
    from rich.padding import Padding
    from rich.text import Text

    parts: list[RenderableType] = [Text(name(dossier.case.name), style="bold")]
    if dossier.case.simulated:
        parts.append(Text("Simulated: this vote did not happen.", style="bold"))
    parts.append(Text(f"case {dossier.case.digest[:12]}"))
    parts.append(Text())
    for term, word in (("figures", dossier.reading.figures), ("conduct", dossier.reading.conduct)):
        parts.append(Text.assemble(f"  {term}  ", (word, "bold")))
    parts.append(Text())
    parts += [Padding(Text(f"• {plain(sentence)}"), (0, 0, 0, 2)) for sentence in dossier.reading.sentences]
    for section in sections(dossier, draw_them=False):
        parts += [Text(), _table(name(section.contest.name), section.groups)]
        for reason, entries in section.open:
            titles = ", ".join(plain(entry["title"], 100) for entry in entries)
            parts.append(Padding(Text(f"not testable, because {reason}: {titles}"), (0, 0, 0, 2)))
        for finding in section.failed:
            parts.append(Padding(Text(plain(finding.sentence)), (0, 0, 0, 2)))
    if files:
        parts.append(Text())
        parts += [Text(f"  {file}") for file in files]
    return parts


def _table(title: str, groups: Sequence[Group]) -> RenderableType:
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title), title_justify="left", title_style="bold", box=SIMPLE, pad_edge=False)
    table.add_column("grade", no_wrap=True)
    table.add_column("finding")
    for group in groups:
        quiet = [finding for finding in group.findings if finding.grade == "none"]
        for finding in group.findings:
            if finding.grade != "none" or len(quiet) <= _QUIET:
                style = "bold" if finding.grade in {"contradiction", "strong", "notable"} else ""
                table.add_row(Text(GRADES[finding.grade][0], style=style), Text(_line(group, finding)))
        if len(quiet) > _QUIET:
            table.add_row(GRADES["none"][0], Text(f"{_title(group)}: {len(quiet)} answers"))
        for areas in group.areas:
            table.add_row(
                "", Text(f"{_title(group)}, {plain(areas.heading, 80).lower()}: {plain(areas.summary, 160)}")
            )
    return table


def _title(group: Group) -> str:
    return plain(group.method.title, 60)


def _line(group: Group, finding: Shown) -> str:
    line = f"{_title(group)}: {plain(finding.called, 80)}"
    if finding.effect is not None:
        line += f", {effect_in_words(finding.effect)}"
    return f"{line}, p = {finding.p_digits}" if finding.p_words else line
