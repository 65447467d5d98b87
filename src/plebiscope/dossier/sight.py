"""What this table could have shown, in words and in one picture, from the matrix of power alone.

Doses are told for the version of a fair vote in which a mechanism is harder to see; both stand in the table
and in the picture. Methods that are shown and never judged (tier D) are named only where no other sees it.
Shares are of all stations, also where a method's design spares some, so that methods can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plebiscope.calibrate.curve import FEWEST, POWER
from plebiscope.dossier.draw import Drawing
from plebiscope.dossier.numbers import large, number
from plebiscope.dossier.text import lowered, plain
from plebiscope.evidence import chart
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Limit
from plebiscope.model.power import Cell, Matrix
from plebiscope.model.wording import capital, counted, listed, per_cent
from plebiscope.worlds.papers import SLIPS

PLACE = "power"
"""Stands for a finding: to it belongs the picture."""
VERSIONS = ("tight", "loose")
MEANING = {
    "tight": "Tight: fair votes as alike as the middle half of the table",
    "loose": "Loose: fair votes that scatter as four fifths of the table do",
}
CELL = 42
"""Width of a cell of the picture, in pixels."""
NOT_SPARED = "done only at stations that its design does not spare"
_SHORT = 60


@dataclass(frozen=True, slots=True)
class Line:
    """What can be noticed of one mechanism.

    Attributes
    ----------
    mechanism, title
        Its id, and what it is called.
    method, judged
        Who notices it first, by title, and whether what that method finds is judged; null where nobody does.
    cells
        What that method sees, by version.
    until
        Share of the stations from which on no such method notices it any more, whatever fair is; null where
        one does up to the whole.
    control
        Whether it is an honest mishap, so that noticing it is a false alarm.
    spared
        Whether that method is asked about votes in which what is done spares the stations of its design.
    """

    mechanism: str
    title: str
    method: str | None
    judged: bool
    cells: dict[str, Cell]
    until: float | None
    control: bool
    spared: bool

    @property
    def harder(self) -> Cell | None:
        """The version in which more of it is needed; null where no share of stations is seen in both."""
        return _harder(self.cells)


def lines(matrix: Matrix) -> list[Line]:
    """Return what can be noticed of each mechanism, in their order; too few worlds tell nothing."""
    return [] if _few(matrix) else [_line(matrix, mechanism) for mechanism in matrix.mechanisms]


def _few(matrix: Matrix) -> str:
    """Say that so few worlds tell no dose; empty where they are enough."""
    worlds = matrix.settings.worlds if matrix.settings is not None else FEWEST
    if worlds >= FEWEST:
        return ""
    return (
        f"only {counted(worlds, 'votes')} were simulated for each mechanism and share of stations, and fewer "
        f"than {FEWEST} cannot tell what is seen in {100 * POWER:.0f} of 100"
    )


def _line(matrix: Matrix, mechanism: str) -> Line:
    best: tuple[tuple[bool, bool, float], str] | None = None
    by_method = {name: _cells(matrix, name, mechanism) for name in matrix.methods}
    for name, cells in by_method.items():
        doses = [cell.dose for cell in cells.values() if cell.dose is not None]
        if doses:
            rank = (matrix.tiers.get(name) == "D", _span(cells) is None, max(doses))
            best = min(best, (rank, name), key=lambda one: one[0]) if best else (rank, name)
    judged = best is not None and not best[0][0]
    alike = [cells for name, cells in by_method.items() if (matrix.tiers.get(name) != "D") == judged]
    return Line(
        mechanism=mechanism,
        title=matrix.titles.get(mechanism, mechanism),
        method=matrix.titles.get(best[1], best[1]) if best else None,
        judged=judged,
        cells=by_method[best[1]] if best else {},
        until=_until([span for cells in alike if (span := _span(cells)) is not None]),
        control=matrix.kinds.get(mechanism) == "control",
        spared=best is not None and any(matrix.open_part(best[1], mechanism, one) < 1.0 for one in VERSIONS),
    )


def _harder(cells: Mapping[str, Cell]) -> Cell | None:
    if _span(cells) is None:
        return None
    return max(cells.values(), key=lambda cell: cell.dose or 0.0)


def _span(cells: Mapping[str, Cell]) -> tuple[float, float | None] | None:
    """Return from and up to which share of stations a method sees a mechanism in both versions."""
    doses = [cell.dose for cell in cells.values() if cell.dose is not None]
    if len(doses) < len(VERSIONS):
        return None
    lost = min((cell.lost for cell in cells.values() if cell.lost is not None), default=None)
    return None if lost is not None and lost <= max(doses) else (max(doses), lost)


def _until(spans: list[tuple[float, float | None]]) -> float | None:
    """Return where sight is lost for good after the smallest dose, going on from method to method."""
    end: float | None = 0.0
    for at, (dose, lost) in enumerate(sorted(spans, key=lambda span: span[0])):
        if end is None or (at and dose > end):
            break
        end = None if lost is None else max(end, lost)
    return end or None


def _cells(matrix: Matrix, method: str, mechanism: str) -> dict[str, Cell]:
    found = ((version, matrix.cell(method, mechanism, version)) for version in VERSIONS)
    return {version: _of_all(cell) for version, cell in found if cell is not None}


def _of_all(cell: Cell) -> Cell:
    """Tell a cell in shares of all stations, where some were spared."""
    if cell.open_part == 1.0:
        return cell
    shares = {name: getattr(cell, name) for name in ("dose", "low", "high", "lost")}
    scaled = {name: None if value is None else cell.open_part * value for name, value in shares.items()}
    return cell.model_copy(update={**scaled, "open_part": 1.0})


def dose(cell: Cell | None) -> str:
    """Say from which share of the stations on a mechanism is seen, with its error."""
    if cell is None or cell.dose is None:
        return "not seen"
    if cell.whole:
        return "seen"
    lost = f", not from {share(cell.lost)} on" if cell.lost is not None else ""
    if cell.at_most and (cell.high is None or cell.high <= cell.dose):
        return f"{share(cell.dose)} or less{lost}"
    return f"{share(cell.dose)}{' or less' if cell.at_most else ''} ({_ends(cell)}){lost}"


def _ends(cell: Cell) -> str:
    """Write the interval of a dose."""
    low, high = (None if end is None else share(end) for end in (cell.low, cell.high))
    if low is not None and high is not None:
        return f"{low} to {high}"
    if high is not None:
        return f"at most {high}"
    return "no interval is known" if low is None else f"at least {low}"


def share(part: float) -> str:
    """Write a share of stations in per cent, with two digits."""
    return per_cent(100.0 * part, ",.2f" if part < 0.001 else ",.1f" if part < 0.0995 else ",.0f")


@dataclass(frozen=True, slots=True)
class Section:
    """What a page needs to show a matrix."""

    matrix: Matrix
    lines: list[Line]
    sentences: list[str]
    drawings: list[Drawing]
    notes: list[str]
    """How it was computed, and what is not in it."""


def section(matrix: Matrix, subject: str, drawn: Mapping[str, list[Drawing]]) -> Section:
    """Put together what a page needs.

    Parameters
    ----------
    matrix
        The matrix of power.
    subject
        What it is about: the contest.
    drawn
        Pictures by the id under which they stand.
    """
    return Section(matrix, lines(matrix), sentences(matrix, subject), drawn.get(PLACE, []), notes(matrix))


def notes(matrix: Matrix) -> list[str]:
    """Say how a matrix was made, and what is not in it."""
    settings = matrix.settings
    if settings is not None:
        said = [
            f"Simulated on {counted(settings.stations, 'stations')}, favoured option "
            f"“{plain(settings.favoured, 100)}”, seed {settings.seed}: {settings.fair_worlds:,} fair votes "
            f"for the thresholds of each version, and at most {settings.worlds:,} votes for each mechanism "
            f"and share of stations. Intensities are the defaults of each mechanism."
        ]
        if settings.copied:
            said.append(
                f"Each simulated vote has copies of what {share(settings.copied)} of the stations signed, as "
                f"many as this case has; in {per_cent(100 * SLIPS, '.0f')} of them is a slip of the pen."
            )
        if settings.designs:
            said.append(
                "Groups, times of report and samples are those of the case, whatever figures stations have; "
                "other votes at the same stations are simulated too, and are fair. Nothing but size ties who "
                "is in a group, or late, to how people vote there."
            )
            said += _spared(matrix)
    else:
        said = [
            f"Read off curves that come with plebiscope, made on fair votes of an invented country with "
            f"{listed(matrix.like.split(', '), 'to')} stations; this table has {matrix.stations:,}. How "
            f"alike its districts are and how large its stations is not taken into account; `plebiscope "
            f"power` simulates votes that look like this table."
        ]
    reasons: dict[str, list[str]] = {}
    for left, why in matrix.left_out.items():
        reasons.setdefault(plain(why, 300), []).append(plain(left, 60))
    said += [f"Not in it, because {why}: {listed(left)}." for why, left in reasons.items()]
    said += [
        f"In {counted(count, 'simulated votes')} something went wrong: {plain(what, 300)}. It counts as "
        f"nothing noticed."
        for what, count in matrix.faults.items()
    ]
    return said


def _spared(matrix: Matrix) -> Iterator[str]:
    """Say of each method whose design spares stations how many are left."""
    parts = {cell.method: cell.open_part for cell in matrix.cells if cell.open_part < 1.0}
    for method, part in parts.items():
        left = counted(round(part * matrix.stations), "stations")
        yield (
            f"“{plain(matrix.titles.get(method, method), 100)}” is asked about votes in which what is done "
            f"spares the stations that its design would spare, because they are watched or had reported: it "
            f"is done in {left} at most. Shares of stations are of all {matrix.stations:,}."
        )


def sentences(matrix: Matrix, subject: str) -> list[str]:
    """Say what this table could have shown, in sentences that can be quoted alone.

    Parameters
    ----------
    matrix
        The matrix of power.
    subject
        What it is about: the contest.
    """
    if few := _few(matrix):
        return [f"{subject}: what this table could have shown is not told, because {few}."]
    told = list(_noticed(line for line in lines(matrix) if line.judged and not line.control))
    if not told:
        return blind(matrix, subject)
    first = (
        f"{subject}: in {_votes_of(matrix)}, at least one method notices, with a chance of "
        f"{per_cent(100 * POWER, '.0f')} (the 90 % interval of each smallest share in brackets): "
        f"{'; '.join(told)}. Done with less intensity than simulated, or in stations fewer or more than "
        f"that, each can have gone unseen."
    )
    return [first, *blind(matrix, subject)]


def blind(matrix: Matrix, subject: str) -> list[str]:
    """Say what no method that is judged would have noticed, in sentences that can be quoted alone.

    Parameters
    ----------
    matrix, subject
        As for :func:`sentences`.
    """
    found = [line for line in lines(matrix) if not line.control]
    where = _votes_of(matrix)
    said = []
    of = f"of the {counted(len(matrix.methods), 'methods')} that were tried on {where},"
    only = [lowered(line.title) for line in found if line.harder and not line.judged]
    if only:
        said.append(
            f"{subject}: {of} only such as are shown and never judged notice: {listed(only)}. Whether "
            f"another method would is not known from this."
        )
    never = [lowered(line.title) for line in found if line.method is None]
    if never:
        said.append(
            f"{subject}: {of} none notices, at whatever share of the stations: {listed(never)}. That nothing "
            f"of the kind happened cannot be read from them."
        )
    half = [lowered(line.title) for line in found if line.method is not None and line.harder is None]
    if half:
        said.append(
            f"{subject}: whether {listed(half)} would be noticed depends on how much fair votes are taken to "
            f"scatter."
        )
    return said


def limit(matrix: Matrix, method: str) -> Limit | str:
    """Return what a method notices first, or say why it has no limit.

    Parameters
    ----------
    matrix
        The matrix of power.
    method
        Its id.
    """
    if method not in matrix.methods:
        why = matrix.left_out.get(method)
        return f"it was not asked about simulated votes{f' ({plain(why, 200)})' if why else ''}"
    if few := _few(matrix):
        return few
    real = (name for name in matrix.mechanisms if matrix.kinds.get(name) != "control")
    by_mechanism = [_cells(matrix, method, name) for name in real]
    harder = [(cell, _span(cells)) for cells in by_mechanism if (cell := _harder(cells)) is not None]
    if not harder:
        return f"in {_votes_of(matrix)} it noticed none of the mechanisms that were tried"
    cell, span = min(harder, key=lambda one: one[0].votes or 0.0)
    dose = cell.votes if cell.whole else cell.stations
    # The share of stations that is asked for and the stations touched go together.
    scale = None if cell.whole or dose is None or cell.dose is None else dose / cell.dose
    ends = cell.low, cell.high, span[1] if span is not None else None
    low, high, end = (None if at is None or scale is None else scale * at for at in ends)
    done = lowered(matrix.titles.get(cell.mechanism, cell.mechanism))
    spared = any(matrix.open_part(method, cell.mechanism, one) < 1.0 for one in VERSIONS)
    return Limit(
        mechanism=f"{done}, {NOT_SPARED}," if spared else done,
        dose=dose,
        unit="votes" if cell.whole else "stations",
        low=low,
        high=high,
        lost=end,
        stations=None if cell.whole else cell.stations,
        votes=cell.votes,
        power=POWER,
        how=matrix.how,
    )


def _votes_of(matrix: Matrix) -> str:
    if matrix.how == "table":
        sizes = listed(matrix.like.split(", "), "to")
        return f"simulated votes of an invented country with {sizes} stations"
    return "votes simulated to look like this table"


def _noticed(found: Iterator[Line]) -> Iterator[str]:
    ranked = [(line, line.harder) for line in found]
    for line, cell in sorted(
        ((line, cell) for line, cell in ranked if cell is not None), key=lambda one: one[1].dose or 0.0
    ):
        method = lowered(plain(line.method, 100)) + (f", {NOT_SPARED}" if line.spared else "")
        if cell.whole:
            yield f"{lowered(line.title)} ({_votes(cell)}; {method})"
        else:
            least = share(cell.dose or 0.0)
            where = f"from {least} of the stations on"
            if line.until is not None:
                where = f"between {least} and {share(line.until)} of the stations"
            yield f"{lowered(line.title)} {where} ({_ends(cell)}; {_size(cell)}; {method})"


def _size(cell: Cell) -> str:
    stations = counted(max(1, round(cell.stations or 0.0)), "stations")
    return f"{stations}, {_votes(cell)}"


def _votes(cell: Cell) -> str:
    return f"{large(cell.votes or 0.0)} votes published otherwise than cast"


def figure(matrix: Matrix) -> Figure | None:
    """Draw methods against mechanisms, one panel for each version; null where there is nothing to draw."""
    if not matrix.cells or _few(matrix):
        return None
    cells = [_of_all(cell) for cell in matrix.cells]
    rows = [
        {
            "version": cell.version,
            "mechanism": _row(matrix, cell.mechanism),
            "method": _column(cell.method),
            "dose": None if cell.dose is None else round(100.0 * cell.dose, 3),
            "shown": _cell_text(cell),
        }
        for cell in cells
    ]
    least = 100.0 * min((cell.dose for cell in cells if cell.dose is not None), default=0.1)
    x = chart.category("method", labelAngle=-50, labelLimit=220, labelOverlap=False, orient="top")
    y = chart.category("mechanism", labelLimit=330, labelOverlap=False)
    # Where nothing is seen in a panel, its order would else be another.
    x["sort"] = [_column(name) for name in matrix.methods]
    y["sort"] = [_row(matrix, name) for name in matrix.mechanisms]
    shade = {
        "field": "dose",
        "type": "quantitative",
        "scale": {"type": "log", "domain": [min(least, 10.0), 100.0], "range": [0.45, 0.08]},
        "legend": None,
    }
    panels = []
    for version in VERSIONS:
        only = {"field": "version", "equal": version}
        seen = {"and": [only, "isValid(datum.dose)"]}
        layers = [
            chart.layer("rect", "observed", {"x": x, "y": y, "fillOpacity": shade}, where=seen),
            chart.label("shown", "expected", {"x": x, "y": y}),
        ]
        layers[-1]["transform"] = [{"filter": only}]
        panels.append(
            chart.plot(
                layers,
                width=CELL * len(matrix.methods),
                height=22 * len(matrix.mechanisms),
                title=MEANING[version],
            )
        )
    found = lines(matrix)
    noticed = sum(line.harder is not None for line in found)
    told = "; ".join(
        f"{line.title}: {dose(line.cells.get('tight'))} if tight, {dose(line.cells.get('loose'))} if loose"
        + (f" ({lowered(plain(line.method, 100))})" if line.method else "")
        for line in found
    )
    raised = list(
        dict.fromkeys(
            matrix.titles.get(one.method, one.method)
            for one in matrix.thresholds
            if one.kind == "p" and not one.own
        )
    )
    beyond = (
        f" More than their own level is asked of {listed(map(lowered, raised))}, because more than one in "
        f"twenty fair votes of a version exceeded it."
        if raised
        else ""
    )
    return Figure(
        id=f"{PLACE}/matrix",
        finding=PLACE,
        title=f"{noticed} of {len(found)} mechanisms would be noticed, each from a share of the stations on",
        caption=f"Smallest share of the stations, in per cent, at which a method (column) notices a "
        f"mechanism (row) in {per_cent(100 * POWER, '.0f')} of {_votes_of(matrix)}, in "
        f"two versions of what fair looks like. Darker is less; a dot means not noticed at "
        f"any share, a star no longer noticed where it is done in many more. A method counts as alarmed "
        f"above what one in twenty fair votes exceeds.{beyond}",
        alt=f"Two tables of shares of stations, mechanisms by methods. First to notice: {told}.",
        vega_lite=chart.panels(panels, rows),
    )


def _row(matrix: Matrix, mechanism: str) -> str:
    return capital(plain(matrix.titles.get(mechanism, mechanism), _SHORT))


def _column(method: str) -> str:
    return capital(plain(method, _SHORT).replace("-", " "))


def _cell_text(cell: Cell) -> str:
    if cell.dose is None:
        return "·"
    if cell.whole:
        return "seen"
    value = number(float(f"{100.0 * cell.dose:.2g}"))
    return f"≤{value}" if cell.at_most else f"{value}*" if cell.lost is not None else value
