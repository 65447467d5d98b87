"""What a file is: container, format, encoding. Files are hostile until shown otherwise.

Nothing is judged by its name: a PDF called ``results.csv`` is a PDF. Archives are unpacked in memory, member
by member, against a limit that is checked while unpacking, because the size an archive states of itself is a
claim like any other; nothing is ever written to disk, so a path inside an archive leads nowhere.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from plebiscope.intake.outside import take_apart
from plebiscope.model.errors import InputError

MAX_BYTES = 1 << 30
"""Largest file, packed or unpacked, that is read: 1 GiB."""
MAX_MEMBERS = 2000
"""Most files looked at in one archive."""
_CHUNK = 1 << 20
DAMAGED = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    RuntimeError,
    OverflowError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
)
"""What the standard library raises when an archive is damaged, locked or packed in a way it does not know."""


class SupportsRead(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes, none at the end."""
        ...


Format = Literal["text", "workbook", "parquet", "json", "rdata", "page"]


@dataclass(frozen=True, slots=True)
class Part:
    """One table-bearing piece of a file: the file itself, or one member of an archive."""

    name: str
    """Name of the file, with the member's name behind a colon where it came from an archive."""
    container: str
    """``""``, ``zip``, ``7z``, ``gz``, ``bz2`` or ``xz``."""
    format: Format
    data: bytes


READ = "CSV, TSV, xlsx, xls, Parquet, JSON lines, R data or a web page with tables"
_R = re.compile(
    rb"RD[XAB][23]\r?\n[XAB]\r?\n|X\n\0\0\0[\2\3]|B\n[\2\3]\0\0\0|A\r?\n[23]\r?\n\d{5,6}\r?\n\d{5,6}\r?\n"
)
"""How a file of ``save`` or ``saveRDS`` begins once it is unpacked."""
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*+(?:<\?xml\b[^>]{0,200}>\s*+)?(?:<!--.{0,2000}?-->\s*+)*+"
    rb"<(?:!doctype\s+html|html|head|meta|title|link|style|script|body|div|center|p|h[1-6]|font|table)\b",
    re.I | re.S,
)
"""How a web page begins, or the piece of one that is handed out under the name of a workbook."""
_TABLE = re.compile(rb"<table\b", re.I)
_REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF document", "export the table to CSV or xlsx; PDF tables are not read"),
    (b"\x89PNG", "a PNG image", "type the table or export it to CSV; images are not read"),
    (b"\xff\xd8\xff", "a JPEG image", "type the table or export it to CSV; images are not read"),
    (b"GIF8", "a GIF image", "type the table or export it to CSV; images are not read"),
    (b"Rar!", "a RAR archive", "unpack it and pass the table inside"),
    (b"SQLite format 3", "an SQLite database", "export the table to CSV"),
    (b"{\\rtf", "an RTF document", "export the table to CSV or xlsx"),
    (b"\x7fELF", "a program", "pass a table of results"),
    (b"MZ\x90", "a program", "pass a table of results"),
)


def parts(path: Path) -> list[Part]:
    """Open a file and return the pieces that may hold a table.

    Raises
    ------
    InputError
        If the file is missing, empty, too large, damaged, or of a kind that holds no table.
    """
    where = path.name
    data = read_bytes(path)
    found = list(_unpack(where, data, container="", depth=0))
    if not found:
        raise InputError(
            "the archive holds no table",
            where=where,
            expected=f"at least one file in it that holds one: {READ}",
            todo="look inside the archive and pass the results file itself",
        )
    return found


def read_bytes(path: Path) -> bytes:
    """Read a file whole, within the limit.

    Raises
    ------
    InputError
        If it is missing, a folder, unreadable, empty or too large.
    """
    where = path.name or str(path)
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise InputError("this is a folder", where=where, expected="a file")
        if not path.is_file():
            raise InputError("this is not an ordinary file", where=where, expected="a file")
        if size > MAX_BYTES:
            raise InputError(
                f"the file has {size:,} bytes", where=where, expected=f"at most {MAX_BYTES:,} bytes"
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError("there is no such file", where=str(path), todo="check the path") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"the file cannot be read ({reason})", where=where) from None
    if not data.strip():
        raise InputError(
            "the file is empty", where=where, expected="a table of results, announced totals or a report"
        )
    return data


def _unpack(name: str, data: bytes, container: str, depth: int) -> Iterator[Part]:
    kind = format_of(name, data)
    if kind in ("zip", "7z", "gz", "bz2", "xz"):
        if depth >= 2:
            raise InputError(
                "archives are nested too deeply",
                where=name,
                expected="a table inside one archive",
                todo="unpack it and pass the table",
            )
        if kind == "zip":
            yield from _members(name, _unzipped(name, data), kind, depth)
        elif kind == "7z":
            held = take_apart(kind, data, name, MAX_BYTES, MAX_MEMBERS)
            yield from _members(name, held, kind, depth)
        else:
            yield from _unpack_stream(name, data, kind, depth)
        return
    yield Part(name, container, kind, data)  # type: ignore[arg-type]  # narrowed by the lines above


def limited(stream: SupportsRead, name: str, budget: int) -> bytes:
    """Read a stream that may unpack to anything, and stop at the limit.

    Raises
    ------
    InputError
        If it unpacks to more than ``budget`` bytes, or is damaged.
    """
    pieces: list[bytes] = []
    size = 0
    try:
        while piece := stream.read(_CHUNK):
            size += len(piece)
            if size > budget:
                raise InputError(
                    f"it unpacks to more than {MAX_BYTES:,} bytes",
                    where=name,
                    expected="a table of ordinary size",
                    todo="unpack it and pass the part that is needed",
                )
            pieces.append(piece)
    except DAMAGED as error:
        raise InputError(
            f"the archive is damaged or locked ({error})",
            where=name,
            todo="fetch the file again, or unpack it and pass the table",
        ) from None
    return b"".join(pieces)


def _unpack_stream(name: str, data: bytes, kind: str, depth: int) -> Iterator[Part]:
    packed = io.BytesIO(data)
    with (
        gzip.GzipFile(fileobj=packed)
        if kind == "gz"
        else bz2.BZ2File(packed)
        if kind == "bz2"
        else lzma.LZMAFile(packed)
    ) as stream:
        body = limited(stream, name, MAX_BYTES)
    inner = name.rsplit(".", 1)[0] if name.lower().endswith("." + kind) else name
    if not body.strip():
        raise InputError("the archive is empty", where=name)
    yield from _unpack(inner, body, kind, depth + 1)


def _members(name: str, held: Iterable[tuple[str, bytes]], container: str, depth: int) -> Iterator[Part]:
    """Look into the members of an archive, each a path and its bytes."""
    refusals: list[InputError] = []
    pages: list[Part] = []
    found = 0
    tables = 0
    for path, body in held:
        base = Path(path.replace("\\", "/")).name
        if _is_litter(path) or not body.strip():
            continue
        found += 1
        try:
            for part in _unpack(f"{name}:{base}", body, container, depth + 1):
                if part.format == "page":
                    pages.append(part)
                else:
                    tables += 1
                    yield part
        except InputError as refused:
            # A read-me, a picture or a PDF beside the table is no reason to refuse the table.
            refusals.append(refused)
    if not tables:
        yield from pages  # beside other tables they are read-mes
    if found == 1 and refusals:
        raise refusals[0]


def _is_litter(path: str) -> bool:
    """Tell what systems leave in archives of their own accord."""
    return Path(path.replace("\\", "/")).name.startswith((".", "~$")) or "__MACOSX" in path


def _unzipped(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = [info for info in archive.infolist() if not info.is_dir()]
    except DAMAGED as error:
        raise InputError(
            f"the archive is damaged ({error})", where=name, todo="fetch the file again"
        ) from None
    if len(members) > MAX_MEMBERS:
        raise InputError(
            f"the archive holds {len(members):,} files", where=name, expected=f"at most {MAX_MEMBERS:,}"
        )
    budget = MAX_BYTES
    for info in members:
        if _is_litter(info.filename):
            continue
        where = f"{name}:{Path(info.filename.replace(chr(92), '/')).name}"
        try:
            with archive.open(info) as stream:
                body = limited(stream, where, budget)
        except DAMAGED as error:
            raise InputError(f"the archive is damaged or locked ({error})", where=where) from None
        budget -= len(body)
        yield info.filename, body


def format_of(name: str, data: bytes) -> str:
    """Say what the bytes are, by their first ones.

    Returns
    -------
    str
        ``zip``, ``7z``, ``gz``, ``bz2``, ``xz``, ``workbook``, ``parquet``, ``rdata``, ``page``, ``json`` or
        ``text``.

    Raises
    ------
    InputError
        If they are of a kind that holds no table we can read.
    """
    head = data[:4096]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "workbook" if _is_workbook(data) else "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "workbook"
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith(b"BZh"):
        return "bz2"
    if head.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    if head.startswith(b"7z\xbc\xaf\x27\x1c"):
        return "7z"
    if head.startswith(b"PAR1"):
        return "parquet"
    if _R.match(head):
        return "rdata"
    for magic, what, todo in _REFUSED:
        if head.startswith(magic):
            raise InputError(
                f"this is {what}",
                where=name,
                expected=f"{READ}, plain or in a zip, 7z or gz",
                todo=todo,
            )
    text_start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text_start[:1] in (b"{", b"[") and _is_json(text_start):
        return "json"
    if _is_page(data):
        return "page"
    if text_start[:14].lower().startswith((b"<!doctype html", b"<html", b"<?xml", b"<svg")):
        raise InputError(
            "this is a web page or XML, not a table",
            where=name,
            expected=READ,
            todo="save the table behind the page, not the page",
        )
    if _is_binary(data):
        raise InputError(
            "this is a binary file of an unknown kind",
            where=name,
            expected=READ,
        )
    return "text"


def _is_workbook(data: bytes) -> bool:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except DAMAGED:
        return False
    return (
        "xl/workbook.xml" in names
        or "xl/workbook.bin" in names
        or ("content.xml" in names and "mimetype" in names)
    )


def _is_json(head: bytes) -> bool:
    body = head[1:].lstrip()
    return body[:1] in (b'"', b"{", b"}", b"[") and (head[:1] == b"{" or body[:1] == b"{")


def _is_page(data: bytes) -> bool:
    """Tell a web page, or a piece of one, with a table in it."""
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or utf16_without_mark(head):
        data = data.replace(b"\0", b"")  # a tag is plain ASCII in every other byte
    return bool(_PAGE.match(data[:4096])) and bool(_TABLE.search(data))


def _is_binary(data: bytes) -> bool:
    """Tell bytes that are no text in any encoding: many control characters that are not UTF-16."""
    sample = data[:65536]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")) or utf16_without_mark(sample):
        return False
    control = sum(sample.count(bytes([code])) for code in (*range(9), 11, 12, *range(14, 32)) if code != 26)
    return control > max(16, len(sample) // 20)


def utf16_without_mark(sample: bytes) -> str | None:
    """Recognise UTF-16 without a byte-order mark by its zero bytes on every other place."""
    if len(sample) < 8:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.05:
        return "utf-16-be"
    return None
