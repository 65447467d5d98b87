"""What templates can do with a value."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from plebiscope.dossier import aside, columns, numbers, reviewed
from plebiscope.dossier.against import votes
from plebiscope.dossier.dossier import TotalsRecord
from plebiscope.dossier.magnitude import table
from plebiscope.dossier.page.counts import accounting
from plebiscope.dossier.page.dates import day
from plebiscope.dossier.page.markup import isolated, linked
from plebiscope.dossier.page.standing import standing
from plebiscope.dossier.sight.doses import dose
from plebiscope.dossier.text import fit, name, plain
from plebiscope.dossier.view.grades import GRADES
from plebiscope.model.wording import counted


@cache
def environment() -> jinja2.Environment:
    """Return the environment of the templates, with their filters."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("plebiscope.dossier"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "plain": isolated,
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
        "linked": lambda text: linked(plain(text)),
        "day": day,
        "options": _options,
        "accounting": accounting,
        "columns_in_words": columns.summary,
        "elsewhere": columns.elsewhere,
        "large": numbers.large,
        "votes": lambda range_: votes(range_.low, range_.high),
        "standing": standing,
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
    made.filters.update(filters)
    return made


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
