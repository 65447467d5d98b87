"""A case as one archive that anybody can open and any archive can keep: an RO-Crate, zipped.

The archive holds the files of the case, its dossier, and ``ro-crate-metadata.json``, which says in the terms
of schema.org what each file is, with its SHA-256 (RO-Crate 1.1, doi:10.5281/zenodo.4541002).
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from plebiscope.dossier.dossier import load
from plebiscope.model.errors import InputError
from plebiscope.version import __version__
from plebiscope.web.folders import DOSSIER, CaseFolder

_TYPES = {
    ".html": "text/html", ".json": "application/json", ".csv": "text/csv", ".txt": "text/plain",
    ".toml": "application/toml", ".parquet": "application/vnd.apache.parquet", ".pdf": "application/pdf",
}  # fmt: skip
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
    dossier = load(made)
    members = {path.name: path for path in case.files}
    folder = case.path / DOSSIER
    inside = sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    members |= {path.relative_to(case.path).as_posix(): path for path in inside}
    contents = {name: path.read_bytes() for name, path in members.items()}
    described = [_file(name, data) for name, data in contents.items()]
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": dossier.case.name,
        "description": " ".join(dossier.reading.sentences),
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
            "object": [{"@id": one["@id"]} for one in described if not one["@id"].startswith(DOSSIER)],
            "result": [{"@id": one["@id"]} for one in described if one["@id"].startswith(DOSSIER)],
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
