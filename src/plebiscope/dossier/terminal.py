"""The summary on the terminal: case, release, reading, findings, and where the files are.

Text from files is shown as text: no markup, no control characters. Without colour nothing is lost.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plebiscope.dossier import aside, columns
from plebiscope.dossier.magnitude.records import COUNTED
from plebiscope.dossier.numbers import effect_in_words, number
from plebiscope.dossier.reading.statements import told_in
from plebiscope.dossier.reviewed import judgement, placed, proposer
from plebiscope.dossier.reviewed import summary as summary_of_review
from plebiscope.dossier.sight import noticed
from plebiscope.dossier.sight.doses import NOT_SPARED, dose
from plebiscope.dossier.sight.lines import lines
from plebiscope.dossier.sight.notes import notes
from plebiscope.dossier.sight.versions import VERSIONS
from plebiscope.dossier.text import name, plain, without_name
from plebiscope.dossier.view.grades import GRADES
from plebiscope.dossier.view.group import Group
from plebiscope.dossier.view.reading_parts import reading_parts
from plebiscope.dossier.view.sections import sections
from plebiscope.dossier.view.shown import Shown
from plebiscope.model.report import NOT_ENGLISH
from plebiscope.model.returns import FileColumn
from plebiscope.model.wording import counted, listed

_QUIET = 2
"""Answers of one method without a finding that are still listed one by one."""

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from plebiscope.dossier.dossier import Dossier
    from plebiscope.model.power import Matrix
    from plebiscope.model.report import Conduct


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
    from rich.text import Text

    out = console or Console(highlight=False)
    for part in summary(dossier):
        out.print(part, markup=False, highlight=False)
    if files:
        out.print()
        for file in files:
            # A path broken over two lines cannot be copied.
            out.print(Text(f"  {file}"), soft_wrap=True)


def show_power(
    matrix: Matrix, called: str, files: Sequence[Path] = (), console: Console | None = None
) -> None:
    """Print what a table could have shown.

    Parameters
    ----------
    matrix
        The matrix of power.
    called
        Name of the vote.
    files
        The files that were written.
    console
        Where to print; by default the standard output.
    """
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = console or Console(highlight=False)
    table = Table(box=SIMPLE, pad_edge=False, title_justify="left", title_style="bold")
    table.title = f"{name(called)}: noticed in 80 of 100 simulated votes, from this share of the stations on"
    for heading in ("what is done", "noticed first by", "if fair is tight", "if fair is loose", "votes"):
        table.add_column(heading, justify="right" if heading == "votes" else "left")
    for line in lines(matrix):
        by = plain(line.method, 60) if line.method else "no method"
        harder = line.harder
        table.add_row(
            Text(line.title + (" (an honest mishap)" if line.control else "")),
            Text(
                by
                + ("" if line.judged or not line.method else " (shown, not judged)")
                + (f" ({NOT_SPARED})" if line.spared else "")
            ),
            *(Text(dose(line.cells.get(version))) for version in VERSIONS),
            Text("" if harder is None else number(harder.votes, "votes")),
        )
    out.print(table)
    for sentence in (*noticed.sentences(matrix, name(called)), *notes(matrix)):
        out.print(Text(f"• {plain(sentence)}"))
    for file in files:
        out.print(Text(f"  {file}"), soft_wrap=True)


def summary(dossier: Dossier) -> list[RenderableType]:
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
    # What is quoted from findings beyond the first stands in the table below.
    contests = dossier.case.contests
    vote = name(contests[0].name) if len(contests) == 1 else None
    found = {finding.sentence for finding in dossier.findings}
    quoted = [sentence for sentence in dossier.reading.sentences if sentence in found][1:]
    for heading, sentences in reading_parts(dossier):
        parts += [Text(), Text(heading, style="bold")] if heading else [Text()]
        told = [plain(without_name(sentence, vote)) for sentence in sentences if sentence not in quoted]
        parts += [Padding(Text(f"• {sentence}"), (0, 0, 0, 2)) for sentence in told]
    beside = [one.sentence for one in dossier.stated if one.agrees is not None]
    if beside:
        parts += [Text(), Text("What reports state, beside the table", style="bold")]
        parts += [Padding(Text(f"• {plain(sentence)}"), (0, 0, 0, 2)) for sentence in beside]
    for section in sections(dossier, draw_them=False):
        parts += [Text(), _table(name(section.contest.name), section.groups)]
        for reason, entries in section.open:
            titles = ", ".join(plain(entry["title"], 100) for entry in entries)
            parts.append(Padding(Text(f"not testable, because {reason}: {titles}"), (0, 0, 0, 2)))
        for finding in section.failed:
            parts.append(Padding(Text(plain(finding.sentence)), (0, 0, 0, 2)))
    return parts


def _table(title: str, groups: Sequence[Group]) -> RenderableType:
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title), title_justify="left", title_style="bold", box=SIMPLE, pad_edge=False)
    table.add_column("grade", no_wrap=True)
    table.add_column("finding")
    for group in groups:
        counts = Counter(finding.grade for finding in group.findings)
        for grade, alike in itertools.groupby(group.findings, key=lambda finding: finding.grade):
            style = "bold" if grade in {"contradiction", "strong", "notable"} else ""
            word = Text(GRADES[grade][0], style=style)
            if not style and counts[grade] > _QUIET:
                table.add_row(word, Text(f"{_title(group)}: {counts[grade]} answers"))
                continue
            for finding in alike:
                table.add_row(word, Text(_line(group, finding)))
        for areas in group.areas:
            if not areas.named and group.grade == "none":
                continue
            table.add_row(
                "", Text(f"{_title(group)}, {plain(areas.heading, 80).lower()}: {plain(areas.summary, 160)}")
            )
    return table


def _title(group: Group) -> str:
    return plain(group.method.title, 60)


def _line(group: Group, finding: Shown) -> str:
    line = f"{_title(group)}: {plain(finding.called, 80)}"
    # How many votes an estimate comes to is told in the reading, where it may be told.
    if finding.effect is not None and (finding.tier not in {"B", "C"} or finding.effect.unit not in COUNTED):
        line += f", {effect_in_words(finding.effect)}"
    return f"{line}, p = {finding.p_digits}" if finding.p_words else line


def show_reading(said: Mapping[str, Any], console: Console | None = None) -> None:
    """Print how a results file was understood.

    Parameters
    ----------
    said
        What ``plebiscope read --json`` prints.
    console
        Where to print; by default the standard output.
    """
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = console or Console(highlight=False)
    for file in said["files"]:
        encoding = f", {file['encoding']}" if file["encoding"] else ""
        out.print(Text(f"{plain(file['path'])}: {file['format']}{encoding}", style="bold"))
    if said["sheet"] not in {file["path"] for file in said["files"]}:
        out.print(Text(f"used: {plain(said['sheet'])}"))
    kind = "stations" if said["level"] == "station" else "areas"
    marked = listed([f"{count:,} marked {mark}" for mark, count in said["marked"].items()])
    out.print(
        Text(
            f"{counted(said['records'], 'records')}: {said['used']:,} used for "
            f"{counted(said['stations'], kind)}"
            + (f" ({marked})" if marked else "")
            + f", {said['aggregates']:,} sums of others, {said['furniture']:,} titles, headers and notes, "
            + (f"{said['others']:,} of other votes, " if said["others"] else "")
            + f"{said['quarantined']:,} quarantined"
        )
    )
    for reason, count in said["quarantine"].items():
        out.print(Text(f"  quarantined, {count:,}: {plain(reason)}"))
    if said["duplicates"]:
        out.print(Text(f"  {said['duplicates']:,} share their name with another one"))
    table = Table(box=SIMPLE, pad_edge=False)
    for heading in ("is", "from", "sum", "why"):
        table.add_column(heading, justify="right" if heading == "sum" else "left", overflow="fold")
    for key, column in said["columns"].items():
        total = said["sums"].get(key)
        table.add_row(
            Text(plain(key, 60)),
            Text(plain(" + ".join(column["from"]), 160)),
            Text("" if total is None else f"{total:,}"),
            Text(plain(column["why"], 300)),
        )
    out.print(table)
    met = [FileColumn(**column) for column in said["file_columns"]]
    out.print(Text(f"{columns.summary(met)}."))
    others = columns.elsewhere(met, said["columns"])
    for one in others:
        place = f" of {name(one.file)}" if one.file else ""
        called = plain(listed(map(repr, one.names)), 300)
        out.print(Text(f"  {one.became}{place}: {called}, because {plain(one.why, 300)}"))
        if one.todo:
            out.print(Text(f"    to have it read: {plain(one.todo, 600)}"))
    if any(one.todo for one in others):
        out.print(
            Text(
                "To have a column read, put its line into a mapping file (`plebiscope read FILE --write OUT` "
                "writes one to edit) and pass it with --mapping, or under [contest.mapping] in a case file."
            )
        )
    if said["unused"]:
        out.print(Text(f"not read, without votes or of other votes: {plain(', '.join(said['unused']), 600)}"))
    for check in said["checks"]:
        out.print(Text(f"holds in {100 * check['holds']:.1f} % of the rows: {plain(check['identity'], 300)}"))
    for note in said["notes"]:
        out.print(Text(f"note: {plain(note, 600)}"))


def show_conduct(record: Conduct, console: Console | None = None) -> None:
    """Print the conduct record: every statement with its words, speaker, standing and rule."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = console or Console(highlight=False)
    for report in record.reports:
        day = f", {report.published}" if report.published else ""
        said = counted(len(report.sentences), "sentences")
        if report.copies_folded:
            said += f", {report.copies_folded:,} printed again"
        boilerplate = sum(sentence.boilerplate for sentence in report.sentences)
        if boilerplate:
            said += f", {boilerplate:,} of them boilerplate"
        if not report.read:
            why = plain(report.why_unread or NOT_ENGLISH, 300)
            said = f"not read, because {why}; nothing follows from that"
        out.print(Text(f"{plain(report.path)}{day}: {said}", style="bold"))
    if not told_in(record):
        return
    if not record.statements:
        out.print(Text("No statement on how the vote was held was found; silence is no evidence."))
        _show_beside(record, out)
        return
    table = Table(box=SIMPLE, pad_edge=False)
    reviewed = any(statement.review for statement in record.statements)
    headings = ["code", "what", "words", "who", "standing", "when and where", "rule"]
    headings += ["review"] if reviewed else []
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for statement in record.statements:
        standing = statement.status + (", suggested" if statement.strength == "suggested" else "")
        standing += ", speaker inferred" if statement.inferred else ""
        decided = (judgement(statement),) if reviewed else ()
        table.add_row(
            *(
                Text(plain(text, 300))
                for text in (
                    statement.code,
                    statement.name,
                    statement.verbatim,
                    statement.speaker or "the report itself",
                    standing,
                    "; ".join(filter(None, (statement.when, placed(statement.where)))),
                    statement.rule,
                    *decided,
                )
            )
        )
    out.print(table)
    for support in record.support:
        said = f"({counted(support.speakers, 'speakers')}, {counted(support.reports, 'reports')})"
        if support.with_suggestions not in (None, support.independent):
            said += f"; {support.with_suggestions} if all suggestions are confirmed"
        voices = counted(support.independent, "voices")
        out.print(Text(f"{support.code}: {voices} in distinct reports {said}"))
    _show_beside(record, out)
    if record.review is not None:
        out.print(Text(f"Review: {summary_of_review(record)}"))
    for one in record.proposers:
        out.print(Text(f"Plug-in {proposer(one)}"))


def _show_beside(record: Conduct, out: Console) -> None:
    """Print the timeline, what is told against one another, and the figures that are stated."""
    from rich.text import Text

    for moment in record.timeline:
        out.print(Text(f"{aside.day(moment)}: {plain(moment.what, 200)}"))
    for one in record.contradictions:
        both = [
            f"{side.heading.lower()}: "
            + "; ".join(f"“{plain(words, 160)}” ({who})" for words, who in side.words)
            for side in aside.sides(record, one)
        ]
        out.print(Text(f"Told against one another, {plain(one.about, 120)}: {' / '.join(both)}"))
    for stated in record.figures:
        how = aside.standing(stated)
        who = plain(stated.speaker or "its own voice", 120)
        out.print(
            Text(f"Stated: {plain(aside.figure(stated), 200)}" + (f" ({how})" if how else "") + f", {who}")
        )
