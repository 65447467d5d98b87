"""The templates, filled with what a dossier holds."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from plebiscope.dossier import aside, likeness, reviewed
from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.draw import dark_rules
from plebiscope.dossier.page import how_many
from plebiscope.dossier.page.counts import corrected, plan_methods, questions
from plebiscope.dossier.page.filters import environment
from plebiscope.dossier.page.head import facts, releases, words
from plebiscope.dossier.page.self_contained import asset, closed_up, policy_of
from plebiscope.dossier.page.source import source_line
from plebiscope.dossier.reading.on_conduct import unread
from plebiscope.dossier.sight.picture import PLACE, figure
from plebiscope.dossier.sight.section import Section, section
from plebiscope.dossier.text import name, without_name
from plebiscope.dossier.told import kinds
from plebiscope.dossier.view.drawings import drawings
from plebiscope.dossier.view.grades import GRADES
from plebiscope.dossier.view.reading_parts import reading_parts
from plebiscope.dossier.view.sections import sections
from plebiscope.model.power import Matrix

PRINTED = 60
"""Stations to inspect that are printed on paper."""


def render(dossier: Dossier) -> str:
    """Make the page.

    Parameters
    ----------
    dossier
        The dossier, just made or loaded from a file of an older version.

    Returns
    -------
    str
        A complete HTML document without references to anything outside.
    """
    # Lines are closed up before the policy is computed: its hashes are of the very text on the page.
    style = closed_up(asset("style.css").replace("/* drawings */", dark_rules(".canvas")))
    script = closed_up(asset("script.js"))
    several = len(dossier.case.contests) > 1
    statements = dossier.conduct.statements if dossier.conduct else ()
    contest_names = {contest.id: contest.name for contest in dossier.case.contests}
    votes_of, without_votes = how_many.sections(dossier)
    text = (
        environment()
        .get_template("page.html")
        .render(
            d=dossier,
            style=Markup(style),  # noqa: S704 - a file of this package, nothing of a case
            script=Markup(script),  # noqa: S704 - a file of this package, nothing of a case
            policy=policy_of(style, script),
            source=source_line(dossier),
            facts=facts(dossier),
            several=several,
            contest_names=contest_names,
            releases=releases(dossier, contest_names),
            words=words(dossier),
            grades=[(grade, meaning) for grade, (_, meaning) in GRADES.items()],
            reading=reading_parts(dossier),
            own=lambda sentence: without_name(
                sentence, None if several else name(dossier.case.contests[0].name)
            ),
            sections=sections(dossier),
            printed=PRINTED,
            nouns=_nouns(dossier),
            levels={release.contest: release.level for release in dossier.release},
            named_stations=any(s.station for s in dossier.stations_to_inspect),
            area_columns=list(dict.fromkeys(area for s in dossier.stations_to_inspect for area in s.areas)),
            fair=likeness.sections(dossier.fair, contest_names),
            power=_power(dossier, contest_names),
            votes_of=votes_of,
            without_votes=without_votes,
            conduct=kinds(dossier.conduct),
            compared=aside.compared(dossier.stated, dossier.conduct.figures if dossier.conduct else ()),
            unread=unread(dossier.conduct) if dossier.conduct else "",
            review=reviewed.summary(dossier.conduct) if dossier.conduct else "",
            code_names={s.code: s.name for s in statements},
            code_obligations=dict(sorted({s.code: s.obligation for s in statements}.items())),
            plan_methods=plan_methods(dossier),
            questions=questions(dossier),
            corrected=corrected(dossier),
        )
    )
    return closed_up(text)


def render_power(matrix: Matrix, called: str) -> str:
    """Make a page of its own for what a table could have shown.

    Parameters
    ----------
    matrix
        The matrix of power.
    called
        Name of the vote.
    """
    style = closed_up(asset("style.css").replace("/* drawings */", dark_rules(".canvas")))
    script = closed_up(asset("script.js"))
    picture = figure(matrix)
    text = (
        environment()
        .get_template("power-alone.html")
        .render(
            called=called,
            own=lambda sentence: without_name(sentence, name(called)),
            style=Markup(style),  # noqa: S704 - a file of this package, nothing of a case
            script=Markup(script),  # noqa: S704 - a file of this package, nothing of a case
            policy=policy_of(style, script),
            source=f"plebiscope {matrix.settings.plebiscope if matrix.settings else ''}, {name(called)}",
            power=section(matrix, called, drawings([picture]) if picture else {}),
        )
    )
    return closed_up(text)


def _power(dossier: Dossier, contest_names: Mapping[str, str]) -> Section | None:
    if dossier.power is None or not dossier.power.cells:
        return None
    called = name(contest_names.get(dossier.power.contest, dossier.power.contest))
    pictures = [one for one in dossier.figures if one.finding == PLACE]
    return section(dossier.power, called, drawings(pictures, "power-"))


def _nouns(dossier: Dossier) -> str:
    """Call the rows of the results what they are: stations or areas."""
    listed_in = {station.contest for station in dossier.stations_to_inspect}
    levels = {release.level for release in dossier.release if release.contest in listed_in}
    return "areas" if levels == {"area"} else "stations"
