"""A comparison as a page: within the workbench, or alone as one file that fetches nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from plebiscope.calibrate.reference import CHANCE
from plebiscope.compare.record import Comparison, Joined, Question, Range, Side
from plebiscope.dossier import numbers
from plebiscope.dossier.limits import limit_size
from plebiscope.dossier.text import name, plain
from plebiscope.dossier.view.grades import GRADES
from plebiscope.model.wording import written
from plebiscope.version import __version__
from plebiscope.web import multiples
from plebiscope.web.words import speaker


def filled(record: Comparison, language: str, files: Mapping[str, str]) -> dict[str, Any]:
    """Return what the template of a comparison shows.

    Parameters
    ----------
    record
        The comparison.
    language
        Of the headings; what dossiers say is in English.
    files
        Addresses of the tables to take away, by their names.
    """
    t = speaker(language)
    titles = [(_turnout(side, t), _share(side, t)) for side in record.votes]
    return {
        "found": record,
        "files": files,
        "fingerprints": multiples.fingerprints(record.votes, titles),
        "combs": {
            "turnout": multiples.combs([one.turnouts for one in record.votes], [one for one, _ in titles]),
            "share": multiples.combs([one.teeth for one in record.votes], [one for _, one in titles]),
        },
        "changes": [_changes(one, record, t) for one in record.joined],
        "telling": [one for one in record.questions if _tells(one)],
        "quiet": [one for one in record.questions if not _tells(one)],
        "grade_word": lambda grade: GRADES[grade][0],
        "effect": numbers.effect_in_words,
        "range_of": range_of,
        "limit_size": limit_size,
        "points": points,
        "short": name,
        "plain": plain,
    }


def _tells(question: Question) -> bool:
    """Whether any of the votes has a graded answer."""
    graded = {"contradiction", "strong", "notable"}
    return any(one is not None and (one.grade in graded or one.named) for one in question.answers)


def range_of(found: Range) -> str:
    """Write what reference votes gave, and what this vote gives."""
    if found.unit == CHANCE:
        low, high, here = (numbers.digits(min(one, 0.0)) for one in (found.low, found.high, found.value))
        return f"p {low} to {high}; here {here}"
    low, high, here = (numbers.number(one, found.unit) for one in (found.low, found.high, found.value))
    return f"{low} to {high} {found.unit}; here {here}"


def _turnout(side: Side, t: Any) -> str:
    return str(Markup(t(f"explore.turnout_{side.turnout_of or 'cast'}")).unescape())  # noqa: S704 - back to text


def _share(side: Side, t: Any) -> str:
    said = t(f"explore.share_{side.share_of or 'valid'}", option=name(side.option))
    return str(Markup(said).unescape())  # noqa: S704 - back to text


def _changes(one: Joined, record: Comparison, t: Any) -> Markup | None:
    if one.changes is None:
        return None
    options = list(dict.fromkeys(name(record.votes[at].option) for at in (one.before, one.after)))
    share = Markup(t("compare.change_share", option=" / ".join(options))).unescape()  # noqa: S704 - back to text
    return multiples.changes(one.changes, (str(t("compare.change_turnout")), str(share)))


def points(values: tuple[float | None, float | None]) -> str:
    """Write a change in points; a dash where it is not known.

    >>> points((50.0, 48.75)), points((None, 3.0))
    ('−1.2', '–')
    """
    before, after = values
    return "–" if before is None or after is None else written(after - before, "+.1f")


def alone(record: Comparison, files: Mapping[str, str], language: str = "en") -> str:
    """Make one page that stands by itself, beside the tables that it names.

    Parameters
    ----------
    record
        The comparison; the page is made from it alone.
    files
        File names of the tables beside it, by their names.
    language
        Of the headings.
    """
    style = resources.files("plebiscope.web").joinpath("static/style.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        _environment()
        .get_template("compared_alone.html")
        .render(
            t=speaker(language),
            language=language,
            style=Markup(style),  # noqa: S704 - our own
            policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
            version=__version__,
            **filled(record, language, files),
        )
    )


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("plebiscope.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
