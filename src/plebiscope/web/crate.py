"""A case as one archive that anybody can open and any archive can keep: an RO-Crate, zipped.

The archive holds the files of the case, its dossier, and ``ro-crate-metadata.json``, which says in the terms
of schema.org what each file is, with its SHA-256 (RO-Crate 1.1, doi:10.5281/zenodo.4541002).
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.stored import load
from plebiscope.dossier.write import DATA, PAGE, STATIONS, TEXTS
from plebiscope.intake.cases import LITTER, METADATA
from plebiscope.model.errors import InputError
from plebiscope.version import __version__
from plebiscope.web.folders import APART, DOSSIER, MASKED, CaseFolder

_TYPES = {
    ".html": "text/html", ".json": "application/json", ".csv": "text/csv", ".txt": "text/plain",
    ".toml": "application/toml", ".parquet": "application/vnd.apache.parquet", ".pdf": "application/pdf",
}  # fmt: skip
_OURS = frozenset({DATA, PAGE, STATIONS, TEXTS})
_SOFTWARE = "#plebiscope"
_PIECE = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time given to every member, so that the same case gives the same archive."""


def archive(case: CaseFolder) -> Iterator[bytes]:
    """Pack a case and its dossier, piece by piece, so that the size of the files does not matter.

    Raises
    ------
    InputError
        If it was not examined.
    """
    made = case.dossier
    if made is None:
        raise InputError("this case was not examined yet", todo="run it first")
    made_of = [path for path in _kept(case.path) if not path.is_relative_to(case.path / DOSSIER)]
    result = _kept(case.path / DOSSIER)
    return _packed(load(made), _under(case.path, made_of), _under(case.path, result))


def masked_archive(case: CaseFolder) -> Iterator[bytes]:
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
    files = {
        name: path for name, path in _under(folder, _kept(folder)).items() if name.split("/")[0] in _OURS
    }
    return _packed(dossier, {}, files)


def _kept(folder: Path) -> list[Path]:
    """Return every file of a folder, also in folders of its own, apart from litter."""
    mine = (
        path
        for inside in sorted(folder.iterdir())
        if inside.name not in APART and not inside.is_symlink()
        for path in ([inside] if inside.is_file() else sorted(inside.rglob("*")))
    )
    return [
        path
        for path in mine
        if path.is_file()
        and not any(p.is_symlink() for p in (path, *path.parents) if p.is_relative_to(folder))
        and not any(part.startswith(LITTER) for part in path.relative_to(folder).parts)
    ]


def _under(folder: Path, paths: Iterable[Path]) -> dict[str, Path]:
    """Name files by their place below a folder."""
    return {path.relative_to(folder).as_posix(): path for path in paths}


def _packed(dossier: Dossier, sources: Mapping[str, Path], made: Mapping[str, Path]) -> Iterator[bytes]:
    """Say what each file is: what a dossier was made of, or part of what was made; and then pack them."""
    members = {**sources, **made}
    said = dossier.masked.sentences if dossier.masked is not None else ()
    described = [_file(name, path) for name, path in members.items()]
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
            "@id": METADATA,
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
    text = json.dumps(metadata, ensure_ascii=False, indent=1)
    return _zipped(text, members)


def _zipped(text: str, members: Mapping[str, Path]) -> Iterator[bytes]:
    packed = _Pieces()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo(METADATA, _EPOCH), text, zipfile.ZIP_DEFLATED)
        for name, path in members.items():
            about = zipfile.ZipInfo(name, _EPOCH)
            about.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as content, file.open(about, "w", force_zip64=True) as member:
                while piece := content.read(_PIECE):
                    member.write(piece)
                    yield packed.taken()
            yield packed.taken()
    yield packed.taken()


class _Pieces(io.RawIOBase):
    """A file that is only written, and handed on as it grows."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.held += data
        return len(data)

    def taken(self) -> bytes:
        """Return what was written since this was last asked."""
        piece = bytes(self.held)
        self.held.clear()
        return piece


def _file(name: str, path: Path) -> dict[str, Any]:
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return {
        "@id": name,
        "@type": "File",
        "name": path.name,
        "encodingFormat": _TYPES.get(path.suffix.lower(), "application/octet-stream"),
        "contentSize": str(path.stat().st_size),
        "sha256": digest,
    }
