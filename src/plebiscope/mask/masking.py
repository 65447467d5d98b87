"""A dossier becomes a copy without names: every text in it, the table of stations, and texts of reports.

Names are looked for in every text of the dossier, also in pictures, captions and names of files. What could
lead back to a name although it is none is left out: lines of the results file and the order of its rows,
places on a map, digests of what holds a name (a guess could be tried on them). When all is done every text is
searched once more, and a copy in which a name is left is not made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from plebiscope.dossier.dossier import Dossier, Masked
from plebiscope.dossier.explored import PLACES, area_columns, stations_of
from plebiscope.dossier.stored import load
from plebiscope.dossier.write import DATA, text_files
from plebiscope.mask import people, quoted, stations
from plebiscope.mask.finding import PSEUDONYM, Finder, changed
from plebiscope.model.errors import InputError
from plebiscope.model.wording import counted, listed

_PATHS = frozenset({"path", "report", "copy_of"})
"""Keys whose texts are names of files."""
_KEPT = frozenset({"methods", "schema", "plebiscope", "made"})
"""Parts of a dossier that are plebiscope's own words."""
_LINE = "line"


@dataclass(frozen=True)
class Wanted:
    """What is to be masked."""

    stations: bool = False
    speakers: bool = False
    persons: bool = False
    """Whatever looks like the name of a person in the reports, quoted or not."""
    names: tuple[tuple[str, ...], ...] = ()
    """Listed names, each with all the ways in which it is written."""


@dataclass(frozen=True)
class Copy:
    """A masked dossier, its table, and what every pseudonym stands for."""

    dossier: Dossier
    table: pl.DataFrame | None
    key: tuple[tuple[str, str], ...]
    """Each pseudonym with the name; never part of the copy."""
    still_named: tuple[str, ...] = ()
    """What else looks like the name of a person in the reports; for whoever makes the copy."""


@dataclass
class Masker:
    """Replaces names in texts and in everything that holds texts."""

    finder: Finder
    changed: int = 0
    _known: dict[tuple[str, bool], str] = field(default_factory=dict)

    def text(self, text: str, *, loose: bool = False) -> str:
        """Return a text without names."""
        at = text, loose
        if at not in self._known:
            self._known[at] = changed(text, self.finder.edits(text, loose=loose))
        return self._known[at]

    def everything(self, value: Any, key: str = "") -> Any:
        """Return data of which no text holds a name."""
        if isinstance(value, str):
            return self.text(value, loose=key in _PATHS)
        if isinstance(value, Mapping):
            kept_apart([self.text(str(name)) for name in value])
            return {self.text(str(name)): self.everything(item, str(name)) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.everything(item, key) for item in value]
        return value

    def holds_names(self, value: Any) -> bool:
        """Tell whether any text in data would be changed."""
        return bool(self.everything(value) != value)


def kept_apart(names: Sequence[str]) -> None:
    """Refuse names of options or columns of which two have become one.

    Raises
    ------
    InputError
        If two are the same.
    """
    if len(set(names)) < len(names):
        raise InputError(
            "two names that must be kept apart would become one",
            where=", ".join(names)[:200],
            todo="list them as two names",
        )


def mask(path: Path, wanted: Wanted) -> Copy:
    """Make a copy of a dossier in which names are masked.

    Parameters
    ----------
    path
        The ``dossier.json``, or its folder; the table of stations and the texts of reports lie beside it.
    wanted
        What is to be masked.

    Raises
    ------
    InputError
        If nothing is to be masked, there is no dossier, it is a masked copy itself, or a name would be left.
    """
    if not (wanted.stations or wanted.speakers or wanted.persons or wanted.names):
        raise InputError(
            "it is not said what is to be masked", expected="stations, speakers, persons or listed names"
        )
    file = path / DATA if path.is_dir() else path
    old = load(file)
    if old.masked is not None:
        raise InputError(
            "this is a masked copy itself",
            where=str(file),
            todo="make the copy from the dossier that was not masked, with all that is to be masked",
        )
    table = stations_of(file)
    finder = Finder()
    told = people.speakers(old.conduct) if wanted.speakers else people.People({}, {}, 0)
    for number, names in enumerate(wanted.names, 1):
        people.teach(finder, names, f"Name {number}", listed=True)
    for new, names in told.names.items():
        people.teach(finder, names, new)
    others = people.others(old.conduct, finder) if wanted.persons else {}
    areas = area_columns(table) if table is not None else ()
    drawn = stations.draw(old, table, areas) if wanted.stations else None
    if drawn is not None:
        drawn.teach(finder)
    masker = Masker(finder)
    left_out = _left_out(old, table, wanted, masker)
    places = len(drawn.of) if drawn is not None else 0
    record = Masked(
        stations=places,
        speakers=len(told.names),
        persons=len(others),
        names=len(wanted.names),
        unnamed=told.unnamed,
        left_out=left_out,
        sentences=_said(places, len(told.names), len(others), wanted, told.unnamed, left_out),
    )
    new_table = _masked_table(table, drawn, masker)
    if drawn is not None and drawn.areas:
        record = record.model_copy(update={"sentences": (*record.sentences, _of_areas(drawn))})
    dossier = _masked(old, file, masker, drawn, told, new_table, record)
    _searched(dossier, new_table, masker)
    return Copy(
        dossier,
        new_table,
        tuple(_key(wanted, told.names | others, drawn)),
        people.still_named(dossier.conduct),
    )


def _masked_table(
    table: pl.DataFrame | None, drawn: stations.Stations | None, masker: Masker
) -> pl.DataFrame | None:
    if table is None:
        return None
    texts: set[str] = set(table.columns)
    for name, kind in table.schema.items():
        if kind == pl.String and not (drawn is not None and name == "station"):
            texts |= set(table[name].drop_nulls().unique())
        elif kind == pl.List(pl.String):
            texts |= set(table[name].explode().drop_nulls().unique())
    changes = {text: new for text in texts if (new := masker.text(text)) != text}
    kept_apart([changes.get(name, name) for name in table.columns])
    if drawn is None:
        return stations.replaced(table, changes, set())
    return stations.masked_table(table, drawn, changes, [_LINE, *PLACES])


def _masked(
    old: Dossier,
    file: Path,
    masker: Masker,
    drawn: stations.Stations | None,
    told: people.People,
    table: pl.DataFrame | None,
    record: Masked,
) -> Dossier:
    """Make the masked dossier; its texts of reports are filled in, so that they are written beside it."""
    data = old.model_dump(mode="json", by_alias=True)
    made = {key: value if key in _KEPT else masker.everything(value) for key, value in data.items()}
    if data["conduct"] is not None:
        quoted.Moved(masker.finder, data["conduct"], text_files(old, file.parent)).into(made["conduct"])
        quoted.without_speakers(made["conduct"], data["conduct"], told)
    if drawn is not None:
        _without_ways_back(made, data, drawn)
    _digests(made, old, masker, drawn, table)
    made["masked"] = record.model_dump(mode="json")
    try:
        return Dossier.model_validate(made)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise InputError(
            "a name that is to be masked is also a word that the dossier needs",
            where=place,
            todo="take it from the list of names",
        ) from None


def _without_ways_back(made: dict[str, Any], old: dict[str, Any], drawn: stations.Stations) -> None:
    """Name stations by pseudonyms, and leave out what says where in the file they stood."""
    for one, was in zip(made["stations_to_inspect"], old["stations_to_inspect"], strict=True):
        one["station"] = drawn.called({**was["areas"], "station": was["station"]})
        one["line"] = None
    made["stations_to_inspect"].sort(key=lambda one: (-one["score"], str(one["station"])))
    for returns in made["returns"]:
        returns["quarantine_rows"] = []
    made["figures"] = [one for one in made["figures"] if not _on_map(one["vega_lite"])]


def _on_map(value: Any) -> bool:
    if isinstance(value, Mapping):
        return bool(set(PLACES) & set(value)) or any(map(_on_map, value.values()))
    if isinstance(value, list):
        return any(map(_on_map, value))
    return False


def _digests(
    made: dict[str, Any],
    old: Dossier,
    masker: Masker,
    drawn: stations.Stations | None,
    table: pl.DataFrame | None,
) -> None:
    """Leave out digests of what holds a name, and make that of the table anew."""
    case = made["case"]
    case["written"], case["mappings"] = None, {}
    case["plan"]["mapping"] = {}
    if old.case.written is None or masker.holds_names(old.case.written.model_dump(mode="json")):
        body = {key: value for key, value in case.items() if key != "digest"}
        case["digest"] = hashlib.sha256(repr(body).encode()).hexdigest()
    for one in made["inputs"]:
        one["sha256"] = ""
    for returns in made["returns"]:
        if drawn is not None and table is not None:
            rows = table.filter(pl.col("contest") == returns["contest"]).drop(
                "reasons", "score", strict=False
            )
            returns["digest"] = hashlib.sha256(rows.write_csv().encode()).hexdigest()


def _left_out(old: Dossier, table: pl.DataFrame | None, wanted: Wanted, masker: Masker) -> tuple[str, ...]:
    """Name what the copy lacks."""
    found = ["the case as it was written", "digests of the files and texts that it rests on"]
    if wanted.stations:
        found += ["lines and order of the results file", "records that could not be used"]
        if table is not None and set(PLACES) & set(table.columns):
            found.append("places on the map")
    if old.case.written is None or masker.holds_names(old.case.written.model_dump(mode="json")):
        found.append("the digest of the case")
    return tuple(found)


def _said(
    places: int, speakers: int, persons: int, wanted: Wanted, unnamed: int, left_out: Sequence[str]
) -> tuple[str, ...]:
    """Say what was masked, and what that cannot promise."""
    parts = []
    if wanted.stations:
        parts.append(counted(places, "stations"))
    if wanted.speakers:
        parts.append(counted(speakers, "speakers"))
    if wanted.persons:
        parts.append(f"{counted(persons, 'names')} that look like those of persons")
    if wanted.names:
        parts.append(counted(len(wanted.names), "listed names"))
    said = [f"In this copy {listed(parts)} were given pseudonyms, the same in every file of it."]
    if unnamed:
        said.append(
            f"Speakers left as they are, because they have no name or are a country or a place: {unnamed:,}."
        )
    if wanted.speakers and not wanted.persons:
        said.append("Whoever the reports name without quoting them stays as they are, unless listed.")
    said.append(f"Left out, because it could lead back to a name: {listed(left_out)}.")
    said.append(
        "It cannot be made again byte for byte from its sources; only the dossier that it was made from can."
    )
    cannot = []
    if wanted.stations:
        cannot.append("a station with unique figures can be found again in published results")
    if wanted.speakers or wanted.persons or wanted.names:
        cannot.append(
            "a person can be known by their office, by what is told of them, or by words that can be looked "
            "up where they were published"
        )
    return (*said, f"Masking cannot promise that nobody is found: {listed(cannot)}.")


def _of_areas(drawn: stations.Stations) -> str:
    """Say that areas keep their names, and what follows where they are small."""
    if not drawn.sparse:
        return "Areas keep their names."
    return (
        f"Areas keep their names; {drawn.sparse:,} of them hold fewer than {stations.FEW} stations, which "
        "the name of the area nearly tells."
    )


def _searched(dossier: Dossier, table: pl.DataFrame | None, masker: Masker) -> None:
    """Search the copy once more.

    Raises
    ------
    InputError
        If a name is left in it.
    """
    data = dossier.model_dump(mode="json", by_alias=True)
    texts = [text for key, value in data.items() if key not in {*_KEPT, "masked"} for text in _texts(value)]
    if table is not None:
        texts += [*table.columns, *_texts([table[name].unique().to_list() for name in _textual(table)])]
    if dossier.conduct is not None:
        texts += [report.text for report in dossier.conduct.reports]
    for text in texts:
        ours = [match.span() for match in PSEUDONYM.finditer(text)]
        for edit in masker.finder.edits(text):
            if not any(start <= edit.start and edit.end <= end for start, end in ours):
                raise InputError(
                    f"a name could not be masked everywhere, so no copy was made: it is still in a text of "
                    f"{len(text):,} letters, as {edit.new}",
                    todo="list the name in all the ways in which it is written, and mask again",
                )


def _textual(table: pl.DataFrame) -> list[str]:
    return [name for name, kind in table.schema.items() if kind in (pl.String, pl.List(pl.String))]


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [*map(str, value), *(text for item in value.values() for text in _texts(item))]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _texts(item)]
    return []


def _key(
    wanted: Wanted, named: Mapping[str, Sequence[str]], drawn: stations.Stations | None
) -> list[tuple[str, str]]:
    found = [(f"Name {number}", "; ".join(names)) for number, names in enumerate(wanted.names, 1)]
    found += [(new, "; ".join(names)) for new, names in named.items()]
    if drawn is not None:
        found += [(new, ", ".join(part for part in place if part)) for place, new in drawn.of.items()]
    return found
