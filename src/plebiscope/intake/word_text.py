"""The text of a Word document: what a reader sees in print, paragraph by paragraph.

Deleted text is not text, inserted text is; text boxes and notes follow the paragraph they hang on; running
heads, comments, field codes and hidden text are left out. Macros are never looked at.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.opc.package import OpcPackage

MAX_UNPACKED = 300_000_000
"""Bytes of all parts together, pictures included."""
MAX_PARTS = 5_000

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_UNREAD = frozenset(("del", "moveFrom", "delText", "instrText", "rt", "comment", "pPr"))
_BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "noBreakHyphen": "-", "ptab": " "}
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}
_OFF = ("0", "false", "off")


def text_of_document(data: bytes, limit: int) -> tuple[str, dict[str, Any]]:
    """Read the text of a Word document (``.docx``, or ``.docm``, whose macros are not looked at).

    Parameters
    ----------
    limit
        Most letters that may come out.

    Returns
    -------
    text, facts
        Paragraphs are separated by an empty line; each cell of a table is a paragraph. ``facts`` holds
        ``made``, the day on which the file was made, where it says so.

    Raises
    ------
    ValueError
        If it unpacks to too much, declares entities, or holds no text; what else can go wrong is of the
        libraries' making.
    """
    from docx.oxml.parser import parse_xml
    from docx.package import Package

    _check(data)
    package = Package.open(io.BytesIO(data))
    main = package.main_document_part
    notes = dict(_notes(package))
    found: list[str] = []
    for paragraph in _Paragraphs(notes).of(parse_xml(main.blob)):
        found.append(paragraph)
        limit -= len(paragraph)
        if limit < 0:
            raise ValueError("it holds more text than any report")
    if not found:
        raise ValueError("it holds no text")
    return "\n\n".join(found), {"made": _made(package)}


def _check(data: bytes) -> None:
    """Refuse what unpacks to too much, and entities, which no word processor writes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        # zipfile never unpacks more of a member than its stated size.
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise ValueError("it unpacks to more than any report")
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels")):
                with archive.open(part) as stream:
                    head = stream.read(4096).replace(b"\0", b"")
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    raise ValueError("it declares entities, which no word processor does")


def _notes(package: OpcPackage) -> Iterator[tuple[tuple[str, str], Any]]:
    """Find the footnotes and endnotes by their kind and number."""
    from docx.oxml.parser import parse_xml

    for relation in package.main_document_part.rels.values():
        kind = relation.reltype.rsplit("/", 1)[-1]
        if kind in _NOTES.values() and not relation.is_external:
            for note in parse_xml(relation.target_part.blob):
                number = note.get(f"{_W}id") or note.get(f"{_STRICT}id")
                if number:
                    yield (kind, number), note


def _made(package: OpcPackage) -> str | None:
    try:
        made = package.core_properties.created
    except (KeyError, ValueError):
        return None
    return made.date().isoformat() if made else None


class _Paragraphs:
    """Walks through a document; a paragraph is told when it ends, and what hangs on it after it."""

    def __init__(self, notes: dict[tuple[str, str], Any]) -> None:
        self._notes = notes

    def of(self, element: Any) -> Iterator[str]:
        """Tell the paragraphs inside an element in their order."""
        for child in element:
            name = _name(child)
            if name == "p":
                pieces: list[str] = []
                hanging: list[Any] = []
                self._read(child, pieces, hanging)
                text = "\n".join(" ".join(line.split()) for line in "".join(pieces).split("\n")).strip()
                if text:
                    yield text
                for one in hanging:
                    yield from self.of(one)
            elif name and name not in _UNREAD:
                yield from self.of(child)

    def _read(self, element: Any, pieces: list[str], hanging: list[Any]) -> None:
        for child in element:
            name = _name(child)
            if not name or name in _UNREAD or (name == "r" and _hidden(child)):
                continue
            if name == "t":
                pieces.append(child.text or "")
            elif name in _BREAKS:
                pieces.append(_BREAKS[name])
            elif name == "txbxContent":
                hanging.append(child)
            elif name in _NOTES:
                note = self._notes.pop(
                    (_NOTES[name], child.get(f"{_W}id") or child.get(f"{_STRICT}id")), None
                )
                if note is not None:
                    hanging.append(note)
            else:
                self._read(child, pieces, hanging)


def _name(element: Any) -> str:
    """Give the bare name of an element; none for comments, entities and what is there for older programs."""
    tag = element.tag
    if not isinstance(tag, str) or tag == _FALLBACK:
        return ""
    return tag.rsplit("}", 1)[-1]


def _hidden(run: Any) -> bool:
    """Tell text that is marked not to be shown."""
    for properties in run:
        if _name(properties) == "rPr":
            for one in properties:
                if _name(one) == "vanish":
                    return (one.get(f"{_W}val") or "1") not in _OFF
    return False
