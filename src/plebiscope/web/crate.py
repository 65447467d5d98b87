"""A case as one archive that anybody can open and any archive can keep: an RO-Crate, zipped.

The archive holds the files of the case, its dossier, and ``ro-crate-metadata.json``, which says in the terms
of schema.org what each file is, with its SHA-256 (RO-Crate 1.1, doi:10.5281/zenodo.4541002).
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from plebiscope.dossier.dossier import Dossier, load
from plebiscope.dossier.write import DATA, PAGE, STATIONS, TEXTS
from plebiscope.model.errors import InputError
from plebiscope.version import __version__
from plebiscope.web.folders import DOSSIER, MASKED, CaseFolder

_TYPES = {
    ".html": "text/html", ".json": "application/json", ".csv": "text/csv", ".txt": "text/plain",
    ".toml": "application/toml", ".parquet": "application/vnd.apache.parquet", ".pdf": "application/pdf",
}  # fmt: skip
_OURS = frozenset({DATA, PAGE, STATIONS, TEXTS})
_SOFTWARE = "#plebiscope"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time given to every member, so that the same case gives the same archive."""


def archive(case: CaseFolder) -> bytes:
    """Pack a case and its dossier.

    Raises
    ------
    InputError
        If it was not examined.
    """
    made = case.dossier
    if made is None:
        raise InputError("this case was not examined yet", todo="run it first")
    made_of = {path.name: path for path in case.files}
    return _packed(load(made), made_of, _inside(case.path / DOSSIER, case.path))


def masked_archive(case: CaseFolder) -> bytes:
    """Pack the copy of a dossier in which names are masked, and nothing else of the case.

    Raises
    ------
    InputError
        If there is none.
    """
    folder = case.path / MASKED
    dossier = load(folder / DATA)
    if dossier.masked is None:
        raise InputError(
            "names are not masked in the dossier that lies there",
            where=MASKED,
            todo="remove the folder, and make the copy again",
        )
    files = {name: path for name, path in _inside(folder, folder).items() if name.split("/")[0] in _OURS}
    return _packed(dossier, {}, files)


def _inside(folder: Path, root: Path) -> dict[str, Path]:
    """Name every file of a folder by its place below another."""
    inside = sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    return {path.relative_to(root).as_posix(): path for path in inside}


def _packed(dossier: Dossier, sources: Mapping[str, Path], made: Mapping[str, Path]) -> bytes:
    """Pack a dossier with what each file is: what it was made of, or part of what was made."""
    members = {**sources, **made}
    said = dossier.masked.sentences if dossier.masked is not None else ()
    contents = {name: path.read_bytes() for name, path in members.items()}
    described = [_file(name, data) for name, data in contents.items()]
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": dossier.case.name,
        "description": " ".join([*said, *dossier.reading.sentences]),
        "identifier": f"sha256:{dossier.case.digest}",
        "hasPart": [{"@id": one["@id"]} for one in described],
        "mentions": {"@id": "#examination"},
    }
    graph = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            "about": {"@id": "./"},
        },
        root,
        {
            "@id": "#examination",
            "@type": "CreateAction",
            "name": "Examination of the case",
            "instrument": {"@id": _SOFTWARE},
            "object": [{"@id": one["@id"]} for one in described if one["@id"] not in made],
            "result": [{"@id": one["@id"]} for one in described if one["@id"] in made],
        },
        {
            "@id": _SOFTWARE,
            "@type": "SoftwareApplication",
            "name": "plebiscope",
            "version": dossier.plebiscope or __version__,
        },
        *described,
    ]
    metadata = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        text = json.dumps(metadata, ensure_ascii=False, indent=1)
        file.writestr(zipfile.ZipInfo("ro-crate-metadata.json", _EPOCH), text)
        for name, data in contents.items():
            file.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _file(name: str, data: bytes) -> dict[str, Any]:
    return {
        "@id": name,
        "@type": "File",
        "name": Path(name).name,
        "encodingFormat": _TYPES.get(Path(name).suffix.lower(), "application/octet-stream"),
        "contentSize": str(len(data)),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
