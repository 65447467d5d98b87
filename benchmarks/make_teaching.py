"""Write docs/worlds.md: one fair vote, and the same vote with each thing done to it, side by side.

    python benchmarks/make_teaching.py [--only NAME ...] [--stations N] [--out FOLDER]

Every number on the page is computed here, from the shipped recipes in an invented country. What the dossier
says is read off the dossier; what is true is known, because the vote is simulated. Of four of them it is said
at the head of the page what the dossier makes of them, and whether that is right.
"""

from __future__ import annotations

import argparse
import dataclasses
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

import plebiscope
from plebiscope import simulated
from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.draw import draw
from plebiscope.model.figure import Figure
from plebiscope.worlds.ground import Counts, World
from plebiscope.worlds.invented import Country
from plebiscope.worlds.recipe import Recipe, shipped
from plebiscope.worlds.tamper import MECHANISMS

DOCS = Path(__file__).parents[1] / "docs"
FOUR = ("stuffing", "targets", "dictated", "coercion")
"""The recipes that are summed up at the head of the page."""
NAMED = {"notable", "strong", "contradiction"}
ESTIMATES = (
    (
        "anomalous-votes",
        "votes",
        "anomalous votes, any core and slope",
        "votes without a counterpart, whatever core and slope",
    ),
    (
        "mixture",
        "classes",
        "stations in which ballots look added",
        "stations in which ballots look added, by a model",
    ),
    (
        "integer-percentages",
        "either",
        "stations written from whole percentages, at least, if that is the cause",
        "stations written from whole percentages, per cent, at least",
    ),
)
"""Method, quantity, effect and, for the reader, what the dossier estimates."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page and its pictures."""
    said = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    said.add_argument("--only", nargs="+", metavar="NAME")
    said.add_argument("--stations", type=int, default=10_000)
    said.add_argument("--out", type=Path, default=DOCS)
    given = said.parse_args(arguments)
    (given.out / "worlds").mkdir(parents=True, exist_ok=True)
    country = Country(stations=given.stations, districts=max(8, given.stations // 50))
    recipes = {
        name: dataclasses.replace(recipe, country=_settled(recipe.country, country))
        for name, recipe in shipped().items()
        if not given.only or name in given.only or name == "fair"
    }
    head = _head(recipes.pop("fair").simulate())
    parts, answers = [], {}
    for name in sorted(recipes, key=lambda name: _number(recipes[name])):
        world = recipes[name].simulate()
        dossier = examined(world)
        parts.append("\n".join(_part(name, recipes[name], world, dossier, given.out / "worlds")))
        if name in FOUR:
            answers[name] = answered(world, dossier)
        print(name, file=sys.stderr)
    chosen = {recipes[name].title: answers[name] for name in FOUR if name in answers}
    (given.out / "worlds.md").write_text("\n".join([head, *_summed(chosen), *parts]), "utf-8")
    return 0


def _settled(own: Country, size: Country) -> Country:
    return dataclasses.replace(own, stations=size.stations, districts=size.districts)


def _head(fair: World) -> str:
    found = named(examined(fair))
    said = "; ".join(found) if found else "nothing"
    return f"""# One fair vote, and the same vote with something done to it

Made by `python benchmarks/make_teaching.py`; every number is computed. Nothing here happened: the country is
invented, the votes are simulated, and what is true is therefore known.

The country has {len(fair.fair):,} stations in {_districts(fair)} districts. Its stations differ as those of
Poland did in 2007, a vote that is held to be clean (`worlds/clean.toml`). For each recipe the vote is held
once as voters cast it and once with the deed done, on the same stations with the same voters. On the left the
fair vote, in the middle what was published: each square is a turnout (upward) and a share of Yes (to the
right), the darker the more voters. On the right the comb: how many stations have each percentage, the fair
vote in grey, what was published in blue.

On the fair vote the dossier names: {said}.

Cook any of them yourself: `plebiscope simulate NAME --out votes.csv`, then `plebiscope examine votes.csv`.
The truth lies beside the table, in `votes.truth.csv`. How fair votes are drawn stands in
[decisions/0009](decisions/0009-fair-worlds.md).
"""


def _districts(world: World) -> int:
    return int(world.ground.district.max()) + 1


def _number(recipe: Recipe) -> tuple[int, str]:
    """Order recipes as the specification does, those that do several things last."""
    codes = {int(MECHANISMS[step.mechanism].code[1:]) for step in recipe.steps}
    return (max(codes) if len(codes) == 1 else 99), recipe.title


def _line(text: str) -> str:
    return " ".join(text.split())


def _part(name: str, recipe: Recipe, world: World, dossier: Dossier, folder: Path) -> Iterator[str]:
    (folder / f"{name}.svg").write_text(picture(world, recipe.title), "utf-8")
    yield f"## {recipe.title}\n"
    yield f"{_line(recipe.about)}\n"
    yield f"![{recipe.title}: {_line(recipe.shows)}](worlds/{name}.svg)\n"
    yield f"*Changes:* {_line(recipe.shows)}\n"
    yield f"*Does not change:* {_line(recipe.hides)}\n"
    yield f"*True:* {truth(world)}\n"
    found = named(dossier)
    yield f"*The dossier names:* {'; '.join(found) if found else 'nothing'}.\n"


def truth(world: World) -> str:
    """Say what was done, in stations and votes."""
    fair, held, first = world.fair, world.counts, world.ground.options[0]
    kinds = {MECHANISMS[deed.mechanism].kind for deed in world.deeds}
    if kinds == {"announcement"}:
        (said,) = world.totals
        moved = said.votes[first] - int(fair.favoured.sum())
        return f"no station was touched; the announced total of {first} is off by {moved:,} votes."
    honest = " Nobody meant harm." if kinds == {"control"} else ""
    before, after = (100 * one.favoured.sum() / one.valid.sum() for one in (fair, held))
    forms = world.forms
    signed = (
        f" The forms that were signed give it {100 * forms.favoured.sum() / forms.valid.sum():.2f}."
        if world.rewritten
        else ""
    )
    return (
        f"{np.count_nonzero(world.touched):,} of {len(fair):,} stations; {world.added.sum():+,} votes for "
        f"{first}, whose share goes from {before:.2f} to {after:.2f} per cent.{signed}{honest}"
    )


def named(dossier: Dossier) -> list[str]:
    """Return what a dossier names: method, grade and area or size of each finding above none."""
    titles = {method.id: method.title for method in dossier.methods}
    found: dict[tuple[str, str], list[str]] = {}
    for finding in dossier.findings:
        if finding.grade in NAMED:
            where = "the contest" if finding.scope.level == "contest" else str(finding.scope.area)
            found.setdefault((titles[finding.method], finding.grade), []).append(where)
    return [
        f"{title.lower()} ({grade}; {_where(list(dict.fromkeys(places)))})"
        for (title, grade), places in found.items()
    ]


def answered(world: World, dossier: Dossier) -> list[tuple[str, str]]:
    """Hold what a dossier says against the truth, a question and its answer at a time."""
    touched, count = world.touched, len(world.fair)
    table = world.ground.returns.table[world.ground.rows]
    findings = [finding for finding in dossier.findings if finding.grade in NAMED]
    areas = {finding.scope.area for finding in findings} - {None}
    names = {str(area) for column in world.ground.returns.areas for area in table[column].filter(touched)}
    stations = set(table["station"].filter(touched))
    listed = [one.station in stations for one in dossier.stations_to_inspect]
    found = named(dossier)
    estimated = list(_estimated(world, dossier))
    missed = [what for what, told in estimated if MISSES in told]
    return [
        ("true", f"{touched.sum():,} of {count:,} stations, {world.added.sum():+,} votes"),
        ("named", "; ".join(found) or "nothing"),
        ("areas named in which it was done", _of(len(areas & names), len(areas))),
        ("stations listed at which it was done", _of(sum(listed), len(listed))),
        *estimated,
        ("right?", _right(world, dossier, bool(found), areas <= names, missed)),
    ]


def _of(some: int, all_of: int) -> str:
    return f"{some:,} of {all_of:,}" if all_of else "none is named"


def _estimated(world: World, dossier: Dossier) -> Iterator[tuple[str, str]]:
    """Hold each estimate of the vote as a whole against the truth."""
    written = sum(int(deed.stations.sum()) for deed in world.deeds if deed.mechanism == "targets")
    true = (world.added.sum(), np.count_nonzero(world.added > 0), 100 * written / len(world.fair))
    for (method, quantity, name, what), known in zip(ESTIMATES, true, strict=True):
        sizes = (
            size
            for finding in dossier.findings
            if (finding.method, finding.quantity, finding.scope.level) == (method, quantity, "contest")
            and finding.option in {None, world.ground.options[0]}
            for size in (finding.effect, *finding.effects)
            if size is not None and size.name == name and size.low is not None and size.high is not None
        )
        for size in list(sizes)[:1]:
            low, high = (float(end or 0.0) for end in (size.low, size.high))
            digits = ",.1f" if size.unit.startswith("per cent") else ",.0f"
            holds = "holds" if low <= known <= high else MISSES
            true_of = ""
            if method == "mixture" and known != (touched := np.count_nonzero(world.touched)):
                true_of = f" (of the {touched:,} those where {world.ground.options[0]} gained votes)"
            yield (
                what,
                f"{low:{digits}} to {high:{digits}}; {holds} the truth, {float(known):{digits}}{true_of}",
            )


def _right(world: World, dossier: Dossier, anything: bool, places: bool, missed: Sequence[str] = ()) -> str:
    """Say whether a dossier is right in what it names, in what it is silent of, and in its estimates."""
    said = _named_rightly(world, dossier, anything, places)
    if not missed:
        return said
    told = "; ".join(missed)
    return f"{said.replace('yes', 'in part', 1)}; but the truth lies outside of what is told of: {told}"


def _named_rightly(world: World, dossier: Dossier, anything: bool, places: bool) -> str:
    deeds = [MECHANISMS[deed.mechanism] for deed in world.deeds]
    if any(deed.kind == "paper" for deed in deeds):
        if not anything:
            return "no: figures were written without a count, and nothing is named"
        return (
            "yes: figures were written without a count, and what is named lies where they were"
            if places
            else "in part: figures were written without a count, and some areas are named where none were"
        )
    if anything:
        return "no: every figure was counted, and something is named"
    told = [line for line in dossier.reading.sentences if NOT_SEEN.search(line)]
    owned = all(any(deed.title in line for line in told) for deed in deeds)
    return "yes, and blind: every figure was counted and nothing is named; what was done is not seen, " + (
        "and the dossier says that it would not be" if owned else "and the dossier does not say so"
    )


MISSES = "does not hold"
NOT_SEEN = re.compile(r"none notices|never judged notice|would be noticed depends")
"""How a dossier says that it does not see a mechanism, or not for certain."""


def _summed(answers: Mapping[str, Sequence[tuple[str, str]]]) -> Iterator[str]:
    """Set what was answered of each recipe side by side."""
    if not answers:
        return
    yield "## In short: four things done, and what the dossier makes of them\n"
    yield f"| | {' | '.join(answers)} |"
    yield "| --- |" + " --- |" * len(answers)
    for (question, _), *cells in zip(next(iter(answers.values())), *answers.values(), strict=True):
        yield f"| {question} | {' | '.join(answer for _, answer in cells)} |"
    yield "\nNone of the three estimates is called a number of wrong votes by any dossier.\n"


def _where(places: list[str]) -> str:
    return ", ".join(places) if len(places) <= 3 else f"{', '.join(places[:3])} and {len(places) - 3} more"


def examined(world: World) -> Dossier:
    """Examine the files of a world, as anybody would who finds them."""
    with tempfile.TemporaryDirectory() as folder:
        files = simulated.write(world, Path(folder) / "votes.csv")
        paths = [path for path in (files.votes, files.totals) if path is not None]
        copies = [files.copies] if files.copies is not None else []
        return plebiscope.examine(paths, favoured=world.ground.options[0], copies=copies).dossier


def picture(world: World, title: str) -> str:
    """Draw fair vote, published vote and comb side by side."""
    panels = [_cloud(world.fair, "as cast"), _cloud(world.counts, "as published")]
    combs = {
        "vconcat": [_comb(world, "turnout", "turnout, %"), _comb(world, "share", "share of Yes, %")],
        "spacing": 8,
    }
    figure = Figure(
        id="worlds",
        finding="worlds",
        title="",
        caption="",
        alt=title,
        vega_lite={"hconcat": [*panels, combs], "spacing": 14},
    )
    svg = draw(figure, "w")
    if svg is None:
        raise RuntimeError(f"the picture of {title} cannot be drawn")
    return svg


def _rates(counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    return (
        100 * counts.cast / np.maximum(counts.registered, 1),
        100 * counts.favoured / np.maximum(counts.valid, 1),
    )


def _cloud(counts: Counts, title: str) -> dict[str, object]:
    turnout, share = _rates(counts)
    edges = np.linspace(0, 100, 34)
    heat = np.histogram2d(share, turnout, (edges, edges), weights=counts.registered)[0]
    heat = np.sqrt(heat / heat.max())
    values = [
        {"x": round(edges[i], 1), "x2": round(edges[i + 1], 1), "y": round(edges[j], 1),
         "y2": round(edges[j + 1], 1), "n": round(float(heat[i, j]), 2)}
        for i, j in zip(*np.nonzero(heat > 0.02), strict=True)
    ]  # fmt: skip
    scale = {"domain": [0, 100]}
    return {
        "title": title,
        "width": 200,
        "height": 200,
        "data": {"values": values},
        "mark": {"type": "rect"},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", "scale": scale, "title": "share of Yes, %"},
            "x2": {"field": "x2"},
            "y": {"field": "y", "type": "quantitative", "scale": scale, "title": "turnout, %"},
            "y2": {"field": "y2"},
            "color": {"field": "n", "type": "quantitative", "legend": None},
        },
    }


def _comb(world: World, of: str, title: str) -> dict[str, object]:
    place = 0 if of == "turnout" else 1
    edges = np.arange(-0.25, 100.5, 0.5)
    middles = (edges[:-1] + edges[1:]) / 2
    rows = []
    for style, counts in (("band", world.fair), ("observed", world.counts)):
        many = np.histogram(_rates(counts)[place], edges)[0]
        rows.append((style, [{"x": float(x), "n": int(n)} for x, n in zip(middles, many, strict=True)]))
    encoding = {
        "x": {"field": "x", "type": "quantitative", "scale": {"domain": [0, 100]}, "title": title},
        "y": {"field": "n", "type": "quantitative", "title": "stations"},
    }
    return {
        "width": 260,
        "height": 78,
        "layer": [
            {"data": {"values": rows[0][1]}, "mark": {"type": "area", "style": "band"}, "encoding": encoding},
            {
                "data": {"values": rows[1][1]},
                "mark": {"type": "line", "style": "observed", "strokeWidth": 1},
                "encoding": encoding,
            },
        ],
    }


if __name__ == "__main__":
    raise SystemExit(main())
