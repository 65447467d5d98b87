"""The page: one self-contained HTML file, a function of the dossier's JSON alone.

Nothing is fetched: style, script and pictures are inside, and a content security policy forbids everything
else. Without JavaScript only sorting, filtering, copying and saving are missing. Every text that came from a
file is escaped and cut.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup, escape

from plebiscope.dossier import (
    aside,
    columns,
    likeness,
    magnitude_page,
    numbers,
    reviewed,
)
from plebiscope.dossier.against import votes
from plebiscope.dossier.dossier import Dossier, ReturnsRecord, TotalsRecord
from plebiscope.dossier.draw import dark_rules
from plebiscope.dossier.magnitude import table
from plebiscope.dossier.reading.on_conduct import unread
from plebiscope.dossier.reading.statements import is_conduct, speaker
from plebiscope.dossier.sight.doses import dose
from plebiscope.dossier.sight.picture import PLACE, figure
from plebiscope.dossier.sight.section import Section, section
from plebiscope.dossier.text import LONG, fit, name, plain, without_name
from plebiscope.dossier.told import kinds
from plebiscope.dossier.view.drawings import drawings
from plebiscope.dossier.view.grades import GRADES
from plebiscope.dossier.view.reading_parts import reading_parts
from plebiscope.dossier.view.sections import sections
from plebiscope.model.power import Matrix
from plebiscope.model.report import Statement
from plebiscope.model.wording import counted, listed

PRINTED = 60
"""Stations to inspect that are printed on paper."""

_SEVERITIES = (
    "a reaction",
    "an indicator",
    "an irregularity",
    "a serious breach",
    "defeats free suffrage by itself",
)
_STATUSES = {"norm": "stated as a rule", "prospective": "announced or feared"}
_FIGURES_GLOSS = {
    "contradictory": "At least two published figures cannot both be true.",
    "anomalous": "At least one departure from what a fair vote makes likely.",
    "consistent": "Nothing found that concerns the vote as a whole, as far as the questions could be put.",
    "not testable": "No question that was put can be answered from this case.",
}
_CONDUCT_GLOSS = {
    "not reported": "No report is part of this case.",
    "not read": "No report could be read; the conduct record says why.",
    "no breach reported": "Reports were read; they tell of no breach.",
    "breaches alleged": "Reports tell what others claim.",
    "breaches reported": "Reports tell of breaches of obligations.",
    "grave breaches reported": "Reports tell of something that defeats a free vote by itself.",
}
_LEVELS = {
    "station": ("by polling station", "What each station reported can be examined."),
    "area": ("by area only", "No polling station can be examined."),
    "totals": ("totals only", "This case holds no results below the totals."),
    "none": ("nothing", "This case holds no figures."),
}
_VOTES = {
    "referendum": "referendum",
    "presidential": "presidential election",
    "parliamentary": "parliamentary election",
    "local": "local election",
}
_SET_APART = re.compile(
    "(?P<exponent>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)|[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+(?:[\\s\\d'\"-]+[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+)*"
)
_EXPONENT, _DIRECTION = Markup('<span class="exponent">{}</span>'), Markup("<bdi>{}</bdi>")
_SHOWN_ADDRESS = 60
_LINK = re.compile(r"https?://[^\s<>\"'）)]+")


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
    environment = _environment()
    # Lines are closed up before the policy is computed: its hashes are of the very text on the page.
    style = _closed_up(_asset("style.css").replace("/* drawings */", dark_rules(".canvas")))
    script = _closed_up(_asset("script.js"))
    several = len(dossier.case.contests) > 1
    statements = dossier.conduct.statements if dossier.conduct else ()
    contest_names = {contest.id: contest.name for contest in dossier.case.contests}
    votes_of, without_votes = magnitude_page.sections(dossier)
    text = environment.get_template("page.html").render(
        d=dossier,
        style=Markup(style),  # noqa: S704 - a file of this package, nothing of a case
        script=Markup(script),  # noqa: S704 - a file of this package, nothing of a case
        policy=_policy(style, script),
        source=source_line(dossier),
        facts=_facts(dossier),
        several=several,
        contest_names=contest_names,
        releases=_releases(dossier, contest_names),
        words=_words(dossier),
        grades=[(grade, meaning) for grade, (_, meaning) in GRADES.items()],
        reading=reading_parts(dossier),
        own=lambda sentence: without_name(sentence, None if several else name(dossier.case.contests[0].name)),
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
        plan_methods=_plan_methods(dossier),
        questions=_questions(dossier),
        corrected=_corrected(dossier),
    )
    return _closed_up(text)


def render_power(matrix: Matrix, called: str) -> str:
    """Make a page of its own for what a table could have shown.

    Parameters
    ----------
    matrix
        The matrix of power.
    called
        Name of the vote.
    """
    style = _closed_up(_asset("style.css").replace("/* drawings */", dark_rules(".canvas")))
    script = _closed_up(_asset("script.js"))
    picture = figure(matrix)
    text = (
        _environment()
        .get_template("power-alone.html")
        .render(
            called=called,
            own=lambda sentence: without_name(sentence, name(called)),
            style=Markup(style),  # noqa: S704 - a file of this package, nothing of a case
            script=Markup(script),  # noqa: S704 - a file of this package, nothing of a case
            policy=_policy(style, script),
            source=f"plebiscope {matrix.settings.plebiscope if matrix.settings else ''}, {name(called)}",
            power=section(matrix, called, drawings([picture]) if picture else {}),
        )
    )
    return _closed_up(text)


def source_line(dossier: Dossier) -> str:
    """Return the line that says where a sentence or picture comes from, wherever it is pasted."""
    kind = (
        "simulated, this vote did not happen"
        if dossier.case.simulated
        else f"case {dossier.case.digest[:12]}"
    )
    digest = f", case {dossier.case.digest[:12]}" if dossier.case.simulated else ""
    masked = ", names masked" if dossier.masked is not None else ""
    return f"plebiscope {dossier.plebiscope}, {name(dossier.case.name)}, {kind}{digest}{masked}"


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("plebiscope.dossier"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "plain": _isolated,
        "line": plain,
        "fit": fit,
        "short": name,
        "bdi": lambda text: Markup("<bdi>{}</bdi>").format(name(text)),
        "dash": lambda text: "–" if text in {None, ""} else text,
        "spaced": lambda text: name(text).replace("-", " ").replace("_", " "),
        "json": lambda value: plain(json.dumps(value, ensure_ascii=False, default=str), 2000),
        "capital": lambda text: text[:1].upper() + text[1:],
        "number": numbers.number,
        "counted": counted,
        "effect": numbers.effect_in_words,
        "span": lambda effect: numbers.span(effect) or "–",
        "grade_word": lambda grade: GRADES[grade][0],
        "slug": lambda grade: grade or "open",
        "dose": dose,
        "linked": lambda text: _linked(plain(text)),
        "day": _day,
        "options": _options,
        "accounting": _accounting,
        "columns_in_words": columns.summary,
        "elsewhere": columns.elsewhere,
        "large": numbers.large,
        "votes": lambda range_: votes(range_.low, range_.high),
        "standing": _standing,
        "moment_day": aside.day,
        "sides": lambda one, conduct: aside.sides(conduct, one),
        "stated_figure": aside.figure,
        "stated_standing": aside.standing,
        "proposer": reviewed.proposer,
        "sized_votes": lambda one: table.votes(one.low, one.high, one.value),
        "sized_share": table.share,
        "sized_clean": table.clean,
        "sized_there": table.there,
        "sized_told": table.may_be_told,
    }
    environment.filters.update(filters)
    return environment


@cache
def _asset(file: str) -> str:
    return files("plebiscope.dossier").joinpath("templates", file).read_text("utf-8")


def _closed_up(text: str) -> str:
    return re.sub(r"\n\s*\n", "\n", text)


def _policy(style: str, script: str) -> str:
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        f"img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _power(dossier: Dossier, contest_names: Mapping[str, str]) -> Section | None:
    if dossier.power is None or not dossier.power.cells:
        return None
    called = name(contest_names.get(dossier.power.contest, dossier.power.contest))
    pictures = [one for one in dossier.figures if one.finding == PLACE]
    return section(dossier.power, called, drawings(pictures, "power-"))


def _facts(dossier: Dossier) -> str:
    parts = []
    contests = dossier.case.contests
    if len(contests) > 1:
        parts.append(f"{len(contests)} contests")
    votes = [_VOTES[kind] for kind in dict.fromkeys(contest.kind for contest in contests) if kind in _VOTES]
    if votes:
        parts.append(listed(votes).capitalize())
    parts += [_day(date) for date in sorted({contest.date for contest in contests if contest.date})]
    parts += list(dict.fromkeys(name(contest.country) for contest in contests if contest.country))
    return " · ".join(parts)


def _releases(dossier: Dossier, contest_names: Mapping[str, str]) -> list[tuple[str, str]]:
    grouped: dict[str, list[str]] = {}
    for release in dossier.release:
        grouped.setdefault(release.sentence, []).append(name(contest_names.get(release.contest)))
    return [(listed(names), sentence) for sentence, names in grouped.items()]


def _words(dossier: Dossier) -> list[tuple[str, str, str]]:
    levels = list(dict.fromkeys(release.level for release in dossier.release)) or ["none"]
    gloss = _LEVELS[levels[0]][1] if len(levels) == 1 else "Not the same for all contests."
    if levels == ["totals"] and all("returns" in contest.unpublished for contest in dossier.case.contests):
        gloss = "Nothing else was ever published: nobody outside can check the sums."
    return [
        ("Figures", dossier.reading.figures, _FIGURES_GLOSS[dossier.reading.figures]),
        ("Conduct", dossier.reading.conduct, _CONDUCT_GLOSS.get(dossier.reading.conduct, "")),
        ("Release", listed([_LEVELS[level][0] for level in levels]), gloss),
    ]


def _nouns(dossier: Dossier) -> str:
    """Call the rows of the results what they are: stations or areas."""
    listed_in = {station.contest for station in dossier.stations_to_inspect}
    levels = {release.level for release in dossier.release if release.contest in listed_in}
    return "areas" if levels == {"area"} else "stations"


def _standing(statement: Statement) -> str:
    parts = []
    if is_conduct(statement):
        parts.append(f"severity {statement.severity} ({_SEVERITIES[statement.severity]})")
    speech = "" if statement.mode == "narration" else f" in {statement.mode} speech"
    status = _STATUSES.get(statement.status, statement.status)
    parts.append(f"{status} by {speaker(statement.speaker)}{speech}")
    if statement.strength == "suggested":
        source = "by the wording"
        if statement.rule.startswith("proposed:"):
            source = "by a plug-in"
        elif ".words: " in statement.rule:
            source = "by words alone, no phrase of the codebook stands there"
        parts.append(f"only suggested {source}")
    if statement.inferred:
        parts.append("the speaker is inferred from another sentence")
    if statement.when:
        resolved = plain(statement.when_rule or "as a reviewer says", 120)
        parts.append(f"when: {plain(statement.when.replace('/', ' to '), 60)} ({resolved})")
    if statement.where:
        parts.append(f"where: {plain(reviewed.placed(statement.where), 300)}")
    if statement.review:
        parts.append(reviewed.judgement(statement))
    return "; ".join(parts)


def _isolated(text: object, limit: int = LONG) -> str | Markup:
    """Return text fit to be shown: right-to-left words cannot reorder their neighbours, exponents are even.

    An exponent stays in superscript letters, so that it is still one when the sentence is copied; set apart,
    it is taken from one font, where it would else be pieced together from several.
    """
    line = plain(text, limit)
    parts: list[Markup] = []
    end = 0
    for match in _SET_APART.finditer(line):
        frame = _EXPONENT if match["exponent"] else _DIRECTION
        parts += [escape(line[end : match.start()]), frame.format(match.group())]
        end = match.end()
    if not parts:
        return line
    return Markup("").join([*parts, escape(line[end:])])


def _linked(text: str) -> Markup:
    """Make the web addresses in a text clickable; no other address becomes a link."""
    parts: list[Markup] = []
    end = 0
    for match in _LINK.finditer(text):
        address = match.group().rstrip(".,;")
        parts.append(escape(text[end : match.start()]))
        bare = plain(re.sub(r"^https?://(www\.)?", "", address), _SHOWN_ADDRESS)
        parts.append(Markup('<a href="{}">{}</a>').format(address, bare))
        end = match.start() + len(address)
    parts.append(escape(text[end:]))
    return Markup("").join(parts)


def _day(date: dt.date) -> str:
    return f"{date.day} {date:%B %Y}"


def _options(totals: TotalsRecord) -> list[tuple[str, int | None, str | None]]:
    options = dict.fromkeys([*totals.votes, *totals.shares])
    return [
        (
            option,
            totals.votes.get(option),
            totals.announced.shares.get(option)
            or (numbers.number(totals.shares[option]) if option in totals.shares else None),
        )
        for option in options
    ]


def _accounting(record: ReturnsRecord, noun: str) -> str:
    used = record.used or record.stations
    said = (
        f"Of {counted(record.records, 'records')}, {used:,} went into "
        f"{counted(record.stations, f'{noun}s')}; set aside are {record.aggregates:,} as sums of "
        f"others, {record.furniture:,} as titles, headers and notes, "
        + (f"{record.others:,} of other votes, " if record.others else "")
        + f"and {record.quarantined:,} that could not be used."
    )
    if record.marked:
        marks = listed([f"{count:,} {mark}" for mark, count in record.marked.items()])
        said += f" Kept in every sum and left out of tests by {noun}: {marks}."
    if record.duplicates:
        said += f" {counted(record.duplicates, f'{noun}s')} share area and number with an earlier one."
    return said


def _plan_methods(dossier: Dossier) -> str:
    planned = dossier.case.plan.methods
    return "every method in the catalogue" if planned is None else listed([name(one) for one in planned])


def _corrected(dossier: Dossier) -> str:
    """Say for how many tests each kind of answer was corrected, as the sentences count them."""
    families = dossier.weighing.families
    inner = [family.size for family in families if family.name != "contests"]
    top = sum(family.size for family in families if family.name == "contests")
    if top < 2:
        return ""
    said = f": for a whole contest, the {top:,} tests made"
    if inner:
        low, high = min(inner), max(inner)
        areas = f"{low:,} to {high:,} areas" if low != high else counted(high, "areas")
        ask = f"{len(inner):,} of which {'asks' if len(inner) == 1 else 'ask'}"
        said += (
            f", {ask} whether anything stands out in a group of areas; for an area, besides, the areas of "
            f"its group ({areas})"
        )
    return said


def _questions(dossier: Dossier) -> str:
    families = dossier.weighing.families
    if not families:
        return "no tests with a p"
    inner = [family for family in families if family.name != "contests"]
    top = sum(family.size for family in families if family.name == "contests") - len(inner)
    said = counted(dossier.weighing.questions, "tests")
    said += f" with a p: {top:,} on whole contests (corrected by Holm’s rule"
    said += (
        f", together with one more for each group of areas: {top + len(inner):,} in all)" if inner else ")"
    )
    if inner:
        opened = sum(family.opened for family in inner)
        size = sum(family.size for family in inner)
        said += (
            f", and {size:,} on areas, in {counted(len(inner), 'groups')} of which {opened} gave "
            f"reason to look inside (corrected by the rule of Benjamini and Hochberg)"
        )
    return said
