"""Explore: pictures that are linked, the stations of a choice, a station by itself, all to take away."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from plebiscope.dossier import dossier as paper
from plebiscope.dossier.draw import draw as draw_figure
from plebiscope.dossier.explored import ROW, Choice, Vote, vote
from plebiscope.dossier.page.source import source_line
from plebiscope.dossier.stored import load
from plebiscope.dossier.text import fit
from plebiscope.dossier.write import DATA
from plebiscope.model.errors import InputError
from plebiscope.model.figure import Figure
from plebiscope.model.returns import QUANTITIES
from plebiscope.model.wording import plain_cell
from plebiscope.web import draw
from plebiscope.web.desk import address, case_of, language_of, show
from plebiscope.web.folders import CaseFolder
from plebiscope.web.words import speaker

_LIMITS = (("t0", "t1"), ("s0", "s1"))
_LONGEST = 5000
"""Letters of a text below a picture."""
_LARGEST_SIDE = 4000
"""Longest side of a picture in pixels that is made as PNG."""
_PICTURES = ("fingerprint", "turnout", "share", "map")


@dataclass(frozen=True)
class View:
    """What is looked at: a dossier, one contest of it, one option, and a choice of stations."""

    dossier: paper.Dossier
    contest: paper.ContestRecord
    vote: Vote
    choice: Choice
    by: str
    """Column whose areas are listed."""

    @property
    def asked(self) -> dict[str, str]:
        """The same as the parameters of an address."""
        (t0, t1), (s0, s1) = self.choice.turnout, self.choice.share
        numbers = {"t0": (t0, 0.0), "t1": (t1, 100.0), "s0": (s0, 0.0), "s1": (s1, 100.0)}
        given = {name: f"{value:g}" for name, (value, usual) in numbers.items() if value != usual}
        given |= {f"area:{column}": area for column, area in self.choice.areas.items()}
        if self.choice.named:
            given["named"] = self.choice.named
        if self.choice.least_score:
            given["score"] = f"{self.choice.least_score:g}"
        return {"contest": self.contest.id, "option": self.vote.option, "by": self.by, **given}


def _view(case: CaseFolder, asked: Mapping[str, str]) -> View:
    """Read what an address asks for; what it asks wrongly is left out.

    Raises
    ------
    InputError
        If the case was not examined, or has no stations, or its dossier is damaged.
    """
    made = case.dossier
    if made is None:
        raise InputError("this case was not examined yet", todo="run it on the page 'Plan and run'")
    dossier = _dossier(made, made.stat().st_mtime_ns)
    known = {contest.id: contest for contest in dossier.case.contests}
    with_table = (r.contest for r in dossier.returns if r.stations and r.contest in known)
    first = next(with_table, next(iter(known), None))
    if first is None:
        raise InputError("the dossier names no vote", where=DATA, todo="examine the case again")
    contest = known.get(asked.get("contest", ""), known[first])
    options = list(contest.options)
    if contest.favoured in options:
        options = [contest.favoured, *(one for one in options if one != contest.favoured)]
    found = vote(made, contest.id, options, asked.get("option"))
    (t0, t1), (s0, s1) = (
        (_number(asked.get(low), 0.0), _number(asked.get(high), 100.0)) for low, high in _LIMITS
    )
    choice = Choice(
        turnout=(min(t0, t1), max(t0, t1)),
        share=(min(s0, s1), max(s0, s1)),
        areas={
            key.removeprefix("area:"): value
            for key, value in asked.items()
            if key.startswith("area:") and value and key.removeprefix("area:") in found.areas
        },
        named=asked.get("named", "").strip()[:100],
        least_score=_number(asked.get("score"), 0.0, 1e6),
    )
    by = asked.get("by", "")
    return View(dossier, contest, found, choice, by if by in found.areas else next(iter(found.areas), ""))


def _number(text: str | None, otherwise: float, most: float = 100.0) -> float:
    try:
        value = float((text or "").replace(",", "."))
    except ValueError:
        return otherwise
    return min(max(value, 0.0), most) if value == value else otherwise


@lru_cache(maxsize=4)
def _dossier(path: Path, changed: int) -> paper.Dossier:
    """Load a dossier; the time of its last change makes an old one be forgotten."""
    return load(path)


async def explore(request: Request) -> Response:
    """Show the linked pictures; htmx asks for what changes with the choice only."""
    case = case_of(request)
    if case.dossier is None:
        return show(request, "explore.html", case=case, view=None)
    filled = await run_in_threadpool(_filled, case, dict(request.query_params), language_of(request))
    piece = request.headers.get("hx-request")
    answer = show(request, "explored.html" if piece else "explore.html", case=case, **filled)
    if piece:
        answer.headers["HX-Push-Url"] = f"{address(request, 'explore', case=case.name)}?{request.url.query}"
    return answer


def _filled(case: CaseFolder, asked: Mapping[str, str], language: str) -> dict[str, Any]:
    view = _view(case, asked)
    wanted = view.vote.chosen(view.choice)
    listed = view.vote.listed(wanted)
    return {
        "view": view,
        "sums": view.vote.sums(wanted),
        "whole": view.vote.sums(wanted | True),
        "pictures": {name: _picture(view, name, language) for name in _PICTURES},
        "areas": view.vote.by_area(view.by, wanted),
        "rows": listed.to_dicts(),
        "number": ROW,
        "record": next((r for r in view.dossier.returns if r.contest == view.contest.id), None),
    }


def _picture(view: View, name: str, language: str) -> Markup | None:
    t = speaker(language)
    wanted = view.vote.chosen(view.choice)
    turnout = str(t(f"explore.turnout_{view.vote.of[0] or 'cast'}"))
    share = str(t(f"explore.share_{view.vote.of[1] or 'valid'}", option=view.vote.option))
    if name == "map":
        found = view.vote.places(wanted)
        return draw.places(found) if found else None
    if name == "fingerprint":
        cells = view.vote.cells(wanted)
        box = (*view.choice.turnout, *view.choice.share)
        shown = None if box == (0.0, 100.0, 0.0, 100.0) else box
        return draw.fingerprint(cells, (turnout, share), shown) if cells else None
    counts = view.vote.comb(name, wanted)
    return draw.comb(counts, turnout if name == "turnout" else share) if sum(counts[0]) else None


def _said(view: View, language: str) -> str:
    """Return the sentence that may be said about a choice: what it is, and no more."""
    t = speaker(language)
    wanted = view.vote.chosen(view.choice)
    sums, whole = view.vote.sums(wanted), view.vote.sums(wanted | True)
    limits = []
    (t0, t1), (s0, s1) = view.choice.turnout, view.choice.share
    if (t0, t1) != (0.0, 100.0):
        limits.append(t("explore.said_turnout", low=f"{t0:g}", high=f"{t1:g}"))
    if (s0, s1) != (0.0, 100.0):
        limits.append(t("explore.said_share", option=view.vote.option, low=f"{s0:g}", high=f"{s1:g}"))
    limits += [t("explore.said_area", column=column, area=area) for column, area in view.choice.areas.items()]
    if view.choice.named:
        limits.append(t("explore.said_named", text=view.choice.named))
    if view.choice.least_score:
        limits.append(t("explore.said_score", bits=f"{view.choice.least_score:g}"))
    chosen = Markup(", ").join(limits) if limits else t("explore.said_all")
    sentence = t(
        "explore.said", name=view.contest.name, n=sums["stations"], all=whole["stations"], chosen=chosen
    )
    if sums["turnout"] is not None and whole["turnout"] is not None:
        sentence += " " + t(
            "explore.said_turnouts", mine=f"{sums['turnout']:.1f}", whole=f"{whole['turnout']:.1f}"
        )
    if sums["share"] is not None and whole["share"] is not None:
        sentence += " " + t(
            "explore.said_shares",
            option=view.vote.option,
            mine=f"{sums['share']:.1f}",
            whole=f"{whole['share']:.1f}",
        )
    return Markup(sentence).unescape()  # noqa: S704 - back to plain text


async def picture(request: Request) -> Response:
    """Hand out one of the linked pictures with what may be said about it."""
    case, name, kind = case_of(request), request.path_params["picture"], request.path_params["kind"]
    if name not in _PICTURES or kind not in ("svg", "png"):
        raise HTTPException(404)

    def make() -> str | None:
        view = _view(case, dict(request.query_params))
        language = language_of(request)
        drawn = _picture(view, name, language)
        lines = [*_lines(_said(view, language)), source_line(view.dossier)]
        return draw.alone(drawn, lines) if drawn is not None else None

    svg = await run_in_threadpool(make)
    if svg is None:
        raise HTTPException(404)
    return await _saved(svg, f"{case.name} {name}", kind)


async def figure(request: Request) -> Response:
    """Hand out a picture of the dossier, with its title, its caption and where it comes from."""
    case, kind = case_of(request), request.path_params["kind"]
    if case.dossier is None or kind not in ("svg", "png"):
        raise HTTPException(404)
    dossier = await run_in_threadpool(_dossier, case.dossier, case.dossier.stat().st_mtime_ns)
    number = request.path_params["number"]
    if number >= len(dossier.figures):
        raise HTTPException(404)
    one = dossier.figures[number]
    drawn = await run_in_threadpool(draw_figure, one, "f")
    if drawn is None:
        raise HTTPException(404)
    lines = [*_lines(one.title), *_lines(_sentence(dossier, one)), *_lines(one.caption), source_line(dossier)]
    return await _saved(draw.alone(Markup(drawn), lines), f"{case.name} {number + 1}", kind)  # noqa: S704 - ours


def _sentence(dossier: paper.Dossier, one: Figure) -> str:
    return next((finding.sentence for finding in dossier.findings if finding.id == one.finding), "")


def _lines(text: str, width: int = 100) -> list[str]:
    lines = [""]
    for word in fit(text[:_LONGEST]).split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return [line for line in lines if line]


async def _saved(svg: str, called: str, kind: str) -> Response:
    body: bytes = svg.encode()
    if kind == "png":
        body = await run_in_threadpool(_png, svg)
    media = "image/svg+xml" if kind == "svg" else "image/png"
    # An SVG that is opened by itself is a page: it may run nothing.
    policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return download(body, f"{called}.{kind}", media, {"Content-Security-Policy": policy})


def _png(svg: str) -> bytes:
    """Turn a picture into points.

    Raises
    ------
    InputError
        If it is too large for that, or the library cannot do it.
    """
    import vl_convert

    sides = [float(value) for value in re.findall(r'(?:width|height)="([\d.e+]+)"', svg.partition(">")[0])]
    try:
        if max(sides) <= _LARGEST_SIDE:
            return vl_convert.svg_to_png(svg, scale=2)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: S110 - a panic of the drawing library is no Exception
        pass
    raise InputError("this picture cannot be made as PNG", todo="save it as SVG")


async def table(request: Request) -> Response:
    """Hand out the stations of a choice as CSV or Parquet."""
    case, kind = case_of(request), request.path_params["kind"]
    if kind not in ("csv", "parquet"):
        raise HTTPException(404)
    return await run_in_threadpool(_table, case, dict(request.query_params), kind)


def _table(case: CaseFolder, asked: Mapping[str, str], kind: str) -> Response:
    view = _view(case, asked)
    rows = view.vote.full().filter(pl.Series(view.vote.chosen(view.choice))).drop(ROW)
    file = io.BytesIO()
    if kind == "parquet":
        rows.write_parquet(file)
        return download(file.getvalue(), f"{case.name} stations.parquet", "application/vnd.apache.parquet")
    rows = rows.with_columns(pl.col("reasons").list.join("; ")) if "reasons" in rows.columns else rows
    texts = [name for name, type_ in rows.schema.items() if type_ == pl.String]
    # What begins like a formula would be one in a spreadsheet.
    rows = rows.with_columns(pl.col(name).map_elements(plain_cell, return_dtype=pl.String) for name in texts)
    rows.rename({name: plain_cell(name) for name in rows.columns}).write_csv(file)
    return download(file.getvalue(), f"{case.name} stations.csv", "text/csv; charset=utf-8")


def download(body: bytes, called: str, media: str, headers: Mapping[str, str] | None = None) -> Response:
    """Hand out a file under a name that no browser takes for anything else."""
    return Response(body, media_type=media, headers={**attached(called), **(headers or {})})


def attached(called: str) -> dict[str, str]:
    """Return the header under which a file is saved and not opened."""
    plain = re.sub(r'[^ -~]|["\\?]', "_", called)
    return {"Content-Disposition": f'attachment; filename="{plain}"'}


async def station(request: Request) -> Response:
    """Show one station: its protocol, why it stands out, and the stations of its area."""
    case = case_of(request)
    filled = await run_in_threadpool(_station, case, dict(request.query_params), request.path_params["row"])
    return show(request, "station.html", case=case, **filled)


def _station(case: CaseFolder, asked: Mapping[str, str], row: int) -> dict[str, Any]:
    view = _view(case, asked)
    rows = view.vote.full()
    if row >= rows.height:
        raise HTTPException(404)
    one = rows.row(row, named=True)
    column = next(iter(reversed(view.vote.areas)), "")
    around = rows.filter(pl.col(column).fill_null("") == (one[column] or "")) if column else rows.head(0)
    counts = [name for name in (*QUANTITIES, *view.vote.options) if name in rows.columns]
    ranks = {}
    for name in ("turnout %", "share %"):
        values = around[name].drop_nulls() if name in around.columns else pl.Series([], dtype=pl.Float64)
        if one.get(name) is not None and values.len() > 1:
            ranks[name] = (int((values > one[name]).sum()) + 1, values.len(), values.median())
    finding = {f.method for f in view.dossier.findings if f.grade not in (None, "none")}
    return {
        "view": view,
        "one": one,
        "row": row,
        "number": ROW,
        "counts": counts,
        "column": column,
        "ranks": ranks,
        "around": around.sort(ROW).head(60).to_dicts(),
        "graded": finding,
    }


ROUTES = [
    Route("/cases/{case}/explore", explore, name="explore"),
    Route("/cases/{case}/explore/{picture}.{kind}", picture, name="picture"),
    Route("/cases/{case}/stations.{kind}", table, name="stations_table"),
    Route("/cases/{case}/station/{row:int}", station, name="station"),
    Route("/cases/{case}/figures/{number:int}.{kind}", figure, name="figure"),
]
