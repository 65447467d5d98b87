"""Writes R data as R does (R Internals, section 1.8), so that tests need neither R nor the reader's own library."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

NA = -(2**31)
SYMBOL, PAIRS, CHAR, LOGICAL, INTEGER, REAL, TEXT, LIST, RAW, SHORTHAND, NOTHING = (
    1, 2, 9, 10, 13, 14, 16, 19, 24, 238, 254,
)  # fmt: skip
LATIN1, UTF8, ASCII = 4, 8, 64


@dataclass
class R:
    """An object: its type, its content, its attributes."""

    kind: int
    value: Any
    about: dict[str, R] = field(default_factory=dict)


def ints(*values: int | None, **about: R) -> R:
    return R(INTEGER, [NA if v is None else v for v in values], about)


def truths(*values: bool | None) -> R:
    return R(LOGICAL, [NA if v is None else int(v) for v in values])


def reals(*values: float | None, **about: R) -> R:
    return R(REAL, [float("nan") if v is None else float(v) for v in values], about)


def texts(*values: str | bytes | None, flags: int | None = None, **about: R) -> R:
    return R(TEXT, [(v, flags) for v in values], about)


def factor(codes: Sequence[int | None], *levels: str) -> R:
    return ints(*codes, levels=texts(*levels), **{"class": texts("factor")})


def listed(**parts: R) -> R:
    return R(LIST, list(parts.values()), {"names": texts(*parts)})


def frame(rows: Sequence[str] | None = None, kinds: Sequence[str] = ("data.frame",), **columns: R) -> R:
    """A data frame; without names of rows it has R's shorthand for 1, 2, 3 ..."""
    n = len(next(iter(columns.values())).value) if columns else 0
    labels = ints(None, -n) if rows is None else texts(*rows)
    return R(
        LIST, list(columns.values()), {"names": texts(*columns), "row.names": labels, "class": texts(*kinds)}
    )


class _Writer:
    """Lays objects behind one another, in bytes or in lines."""

    def __init__(self, form: str) -> None:
        self.form = form
        self.order = "<" if form == "B" else ">"
        self.out: list[bytes] = []

    def int(self, *values: int) -> None:
        if self.form == "A":
            self.out += [b"NA\n" if v == NA else f"{v}\n".encode() for v in values]
        else:
            self.out.append(struct.pack(f"{self.order}{len(values)}i", *values))

    def real(self, *values: float) -> None:
        if self.form == "A":
            self.out += [b"NA\n" if v != v else f"{v!r}\n".encode() for v in values]
        else:
            self.out.append(struct.pack(f"{self.order}{len(values)}d", *values))

    def char(self, text: str | bytes | None, flags: int | None) -> None:
        if text is None:
            self.int(CHAR, -1)
            return
        data = text.encode() if isinstance(text, str) else text
        if flags is None:
            flags = ASCII if data.isascii() else UTF8
        self.int(CHAR | flags << 12, len(data))
        if self.form == "A":
            plain = "".join(chr(b) if 32 < b < 127 and b != 92 else f"\\{b:03o}" for b in data)
            data = plain.encode() + b"\n"
        self.out.append(data)

    def pairs(self, parts: dict[str, R]) -> None:
        for name, part in parts.items():
            self.int(PAIRS | 1 << 10)
            self.int(SYMBOL)
            self.char(name, ASCII)
            self.object(part)
        self.int(NOTHING)

    def object(self, thing: R) -> None:
        self.int(thing.kind | bool(thing.about) << 9 | ("class" in thing.about) << 8)
        values = list(thing.value)
        if thing.kind != SHORTHAND:
            self.int(len(values))
        if thing.kind in (INTEGER, LOGICAL):
            self.int(*values)
        elif thing.kind == REAL:
            self.real(*values)
        elif thing.kind == TEXT:
            for text, flags in values:
                self.char(text, flags)
        elif thing.kind == RAW:
            self.out.append(bytes(values))
        elif thing.kind == SHORTHAND:
            name, state = values
            self.int(PAIRS)
            self.int(SYMBOL)
            self.char(name, ASCII)
            self.int(NOTHING)
            self.object(state)
            self.int(NOTHING)
        else:
            for part in values:
                self.object(part)
        if thing.about and thing.kind != SHORTHAND:
            self.pairs(thing.about)


def _begun(form: str, version: int) -> _Writer:
    writer = _Writer(form)
    writer.int(version, 0x40201, 0x20300 if version == 2 else 0x30500)
    if version == 3:
        writer.int(5)
        writer.out.append(b"UTF-8\n" if form == "A" else b"UTF-8")
    return writer


def rda(form: str = "X", version: int = 3, **objects: R) -> bytes:
    """A file of ``save``: ``form`` is X (as a rule), A (text) or B (as the machine has it)."""
    writer = _begun(form, version)
    writer.pairs(objects)
    return f"RD{form}{version}\n{form}\n".encode() + b"".join(writer.out)


def rds(thing: R, form: str = "X", version: int = 3) -> bytes:
    """A file of ``saveRDS``."""
    writer = _begun(form, version)
    writer.object(thing)
    return f"{form}\n".encode() + b"".join(writer.out)
