"""Data frames of R become tables.

The objects of a file are taken apart by ``rdata``, without its conversion to pandas. Vectors of text are read
here, text for text and not object for object: they are nine tenths of a file of results. What a file says
about lengths is believed only as far as it has bytes.
"""

from __future__ import annotations

import abc
import codecs
import datetime as dt
import re
import struct
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rdata.parser import CharFlags, RObject, RObjectInfo, RObjectType
from rdata.parser._ascii import ParserASCII
from rdata.parser._binary import ParserBinary
from rdata.parser._parser import DEFAULT_ALTREP_MAP, Parser
from rdata.parser._xdr import ParserXDR

from plebiscope.intake.encoding import decode

_MAGIC = re.compile(rb"(?:RD[XAB][23]\r?\n)?([XAB])\r?\n")
_DEPTH = 20
"""How deep lists are looked into."""
_LONGEST = 100_000_000
"""Longest sequence that a file may state by its ends only."""
_PARTS = {RObjectType.VEC, RObjectType.LIST}
_NUMBERS = {RObjectType.LGL, RObjectType.INT, RObjectType.REAL}
_SHORT = "it ends early, or a length in it is wrong"
_STUMBLES = (
    ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError, struct.error,
)  # fmt: skip
"""What rdata meets in a damaged file, because it believes that every file is as R wrote it."""
_EPOCH = dt.datetime(1970, 1, 1)
_DAY = 86_400


class _UnreadError(ValueError):
    """Says why a file is not read."""


@dataclass(frozen=True)
class _Texts:
    """A vector of text: which of the different texts stands in each place, -1 where none does."""

    codes: NDArray[np.int64]
    texts: list[tuple[bytes, int]]
    """Bytes and flags of the different texts."""

    def __len__(self) -> int:
        return len(self.codes)


class _Bounded(Parser):
    """What every reader of R data needs to be told about hostile files."""

    def _parse_array(self, dtype: Any) -> NDArray[Any]:
        return self._parse_array_values(dtype, self.length(np.dtype(dtype)))

    def _parse_vector_value(
        self, reference_list: list[RObject] | None, bytecode_rep_list: list[RObject | None] | None = None
    ) -> Any:
        length = self.length(np.dtype(np.int32))
        texts = self.texts(length)
        if texts is not None:
            return texts
        return [self.parse_R_object(reference_list, bytecode_rep_list) for _ in range(length)]

    def length(self, dtype: np.dtype[Any]) -> int:
        """Read how many values follow, and believe it only as far as there are bytes."""
        length = self.parse_int()
        if not 0 <= length * self.narrowest(dtype) <= self.left():
            raise _UnreadError(_SHORT)
        return length

    @abc.abstractmethod
    def start(self, data: bytes) -> None:
        """Look at the bytes to come."""

    def narrowest(self, dtype: np.dtype[Any]) -> int:
        """Return the fewest bytes that a value takes."""
        return dtype.itemsize

    @abc.abstractmethod
    def left(self) -> int:
        """Return how many bytes are left."""

    @abc.abstractmethod
    def texts(self, length: int) -> _Texts | None:
        """Read so many texts; None where something else comes."""


class _Binary(_Bounded):
    """Values lie behind one another, in one order of bytes."""

    file: Any
    byteorder: Literal["<", ">"]

    def start(self, data: bytes) -> None:
        self.data = data
        order = self.byteorder
        self.head = struct.Struct(order + "ii")
        self.int = struct.Struct(order + "i")

    def left(self) -> int:
        return len(self.data) - int(self.file.tell())

    def parse_int(self) -> int:
        return int(self.int.unpack(self.file.read(4))[0])

    def parse_string(self, length: int) -> bytes:
        if length > self.left():
            raise _UnreadError(_SHORT)
        return bytes(self.file.read(length))

    def texts(self, length: int) -> _Texts | None:
        data, at, head, char = self.data, int(self.file.tell()), self.head.unpack_from, RObjectType.CHAR.value
        if not length or self.left() < 4 or self.int.unpack_from(data, at)[0] & 0x2FF != char:
            return None
        seen: dict[bytes, int] = {}
        texts: list[tuple[bytes, int]] = []
        codes: list[int] = []
        for _ in range(length):
            flags, size = head(data, at)
            if flags & 0x2FF != char or size < -1:
                raise _UnreadError("texts in it are damaged")
            at += 8
            if size < 0:
                codes.append(-1)
                continue
            text = data[at : at + size]
            at += size
            code = seen.get(text)
            if code is None:
                code = seen[text] = len(texts)
                texts.append((text, flags >> 12 & 0xFFFF))
            codes.append(code)
        if at > len(data):
            raise _UnreadError(_SHORT)
        self.file.seek(at)
        return _Texts(np.array(codes, np.int64), texts)


class _Xdr(_Binary, ParserXDR):
    """The usual format."""

    byteorder: Literal["<", ">"] = ">"


class _Native(_Binary, ParserBinary):
    """The format of the machine that wrote it."""


class _Ascii(_Bounded, ParserASCII):
    """A value on each line."""

    def start(self, data: bytes) -> None:
        self.size = len(data)

    def left(self) -> int:
        # The position in a text is expensive to ask for; a length can never exceed the whole.
        return self.size

    def narrowest(self, dtype: np.dtype[Any]) -> int:
        return 2

    def texts(self, length: int) -> _Texts | None:
        return None


def _sequence(kind: RObjectType) -> Any:
    def expand(state: RObject) -> tuple[RObjectInfo, Any]:
        n, start, step = (float(x) for x in state.value)
        if not (0 <= n <= _LONGEST and abs(start) + n * abs(step) < 2**53):
            raise _UnreadError(_SHORT)
        values = start + step * np.arange(int(n))
        return _plain(kind), values.astype(np.int64) if kind is RObjectType.INT else values

    return expand


def _numbers_as_text(state: RObject) -> tuple[RObjectInfo, Any]:
    """Write out numbers that R was asked to take for text and had not done yet."""
    cells = [None if x is None else f"{x:.15g}" for x in _numbers(state.value[0]).to_list()]
    codes = np.array([-1 if cell is None else i for i, cell in enumerate(cells)], np.int64)
    return _plain(RObjectType.STR), _Texts(codes, [((cell or "").encode(), 0) for cell in cells])


def _plain(kind: RObjectType) -> RObjectInfo:
    return RObjectInfo(kind, object=False, attributes=False, tag=False, gp=0, reference=0)


_SHORTHAND = {
    **DEFAULT_ALTREP_MAP,
    b"compact_intseq": _sequence(RObjectType.INT),
    b"compact_realseq": _sequence(RObjectType.REAL),
    b"deferred_string": _numbers_as_text,
}
"""How vectors are written out of which a file holds the recipe only."""


def _parse(data: bytes) -> tuple[RObject, str | None]:
    """Return the object of a file, and the encoding that it was written under."""
    magic = _MAGIC.match(data)
    if magic is None:
        raise _UnreadError("it does not begin like one")
    body = data[magic.end() :]
    readers: dict[bytes, Callable[..., _Bounded]] = {b"X": _Xdr, b"B": _Native, b"A": _Ascii}
    parser = readers[magic[1]](memoryview(body), expand_altrep=True, altrep_constructor_dict=_SHORTHAND)
    parser.start(body)
    found = parser.parse_all()
    return found.object, found.extra.encoding


def frames(data: bytes, most: int) -> list[tuple[str, pl.DataFrame]]:
    """Find every data frame of a file, in lists as well.

    Parameters
    ----------
    data
        A file of ``save`` or ``saveRDS``, unpacked.
    most
        Most data frames that may be in it.

    Returns
    -------
    list of (str, polars.DataFrame)
        Each with its place among the objects as R writes it (``output$data``); ``""`` for one that is alone.

    Raises
    ------
    ValueError
        If the file is damaged, holds something that is not read, or no data frame.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # rdata tells of tags that it leaves out; no data frame has such
            return _frames(*_parse(data), most)
    except (_UnreadError, MemoryError):
        raise
    except RecursionError:
        raise _UnreadError("its objects are nested too deeply") from None
    except NotImplementedError as error:  # so rdata names a kind of object that it does not know
        raise _UnreadError(f"it holds something that is not read: {error}") from None
    except _STUMBLES as error:
        raise _UnreadError("it is damaged or ends early") from error


def _frames(top: RObject, encoding: str | None, most: int) -> list[tuple[str, pl.DataFrame]]:
    found: list[tuple[str, pl.DataFrame]] = []
    met: list[str] = []
    waiting: list[tuple[str, RObject, int]] = [("", top, 0)]
    while waiting:
        path, thing, depth = waiting.pop()
        about = _attributes(thing)
        kinds = _words(about.get("class"), encoding)
        names, parts = _parts(thing, about, encoding)
        met = names if depth == 0 else met
        if thing.info.type is RObjectType.VEC and "data.frame" in kinds:
            if len(found) == most:
                raise _UnreadError(f"it holds more than {most:,} data frames")
            if parts:
                shown = "".join(letter if letter.isprintable() else " " for letter in path)
                found.append((shown, _frame(names, parts, about, encoding)))
        if depth < _DEPTH:
            inner = [
                (name, part) for name, part in zip(names, parts, strict=True) if part.info.type in _PARTS
            ]
            waiting += [(f"{path}${name}" if path else name, part, depth + 1) for name, part in inner[::-1]]
    if not found:
        held = f"; its objects are {', '.join(met[:8])}" if met else ""
        raise _UnreadError(f"no data frame with columns is in it{held}")
    return found


def _parts(
    thing: RObject, about: dict[str, RObject], encoding: str | None
) -> tuple[list[str], list[RObject]]:
    """Name the parts of a list; those without a name are numbered."""
    if thing.info.type is RObjectType.LIST:
        links = list(_links(thing))
        names, parts = [name for name, _ in links], [part for _, part in links]
    elif thing.info.type is RObjectType.VEC:
        names, parts = _words(about.get("names"), encoding), list(thing.value)
    else:
        return [], []
    names += [""] * (len(parts) - len(names))
    return [name or f"[[{i}]]" for i, name in enumerate(names[: len(parts)], start=1)], parts


def _links(chain: RObject | None) -> Iterator[tuple[str, RObject]]:
    """Go through a chain of objects, each with its name."""
    while chain is not None and chain.info.type is RObjectType.LIST:
        yield _symbol(chain.tag), chain.value[0]
        chain = chain.value[1]


def _symbol(tag: RObject | None) -> str:
    while tag is not None and tag.info.type is RObjectType.REF:
        tag = tag.referenced_object
    text = tag.value.value if tag is not None and tag.info.type is RObjectType.SYM else None
    return text.decode("utf-8", errors="replace") if isinstance(text, bytes) else ""


def _attributes(thing: RObject) -> dict[str, RObject]:
    return dict(_links(thing.attributes))


def _words(thing: RObject | None, encoding: str | None) -> list[str]:
    if thing is None or thing.info.type is not RObjectType.STR:
        return []
    return [text or "" for text in _text(thing, encoding).to_list()]


def _frame(
    names: list[str], parts: list[RObject], about: dict[str, RObject], encoding: str | None
) -> pl.DataFrame:
    """Make a table of a data frame; names of rows that say something become its first column."""
    columns = [(name, _column(part, encoding)) for name, part in zip(names, parts, strict=True)]
    sizes = [len(column) for _, column in columns if column is not None]
    height = max(set(sizes), key=sizes.count) if sizes else 0
    rows = about.get("row.names")
    if rows is not None and rows.info.type is RObjectType.STR:
        labels = _text(rows, encoding)
        if not labels.str.contains(r"^\d*$").all():
            columns.insert(0, ("row names", labels))
    table: dict[str, pl.Series] = {}
    for name, column in columns:
        told, number = name, 1
        while told in table:
            number += 1
            told = f"{name} ({number})"
        if column is None:
            column = pl.Series([None] * height, dtype=pl.String)
        if len(column) != height:
            raise _UnreadError(
                f"its columns differ in length ({name!r} has {len(column):,} values, not {height:,})"
            )
        table[told] = column
    return pl.DataFrame(table)


def _column(thing: RObject, encoding: str | None) -> pl.Series | None:
    """Read a column; None where it holds no single values (lists, geometries)."""
    about = _attributes(thing)
    if "dim" in about and len(about["dim"].value) > 1:
        return None
    if thing.info.type is RObjectType.STR:
        return _text(thing, encoding)
    if thing.info.type not in _NUMBERS:
        return None
    kinds = _words(about.get("class"), encoding)
    if "integer64" in kinds and thing.info.type is RObjectType.REAL:
        whole = np.ascontiguousarray(thing.value).view(np.int64)
        return pl.Series(whole).replace(np.iinfo(np.int64).min, None)
    numbers = _numbers(thing)
    if "levels" in about and thing.info.type is RObjectType.INT:
        levels = pl.Series(_words(about["levels"], encoding), dtype=pl.String)
        place = pl.select(pl.when(numbers.is_between(1, len(levels))).then(numbers - 1)).to_series()
        return levels.gather(place) if len(levels) else pl.Series([None] * len(place), dtype=pl.String)
    if "Date" in kinds:
        return _moments(numbers, _DAY, "%Y-%m-%d")
    if "POSIXct" in kinds:
        return _moments(numbers, 1, "%Y-%m-%d %H:%M:%S")
    return numbers


def _moments(numbers: pl.Series, seconds: int, form: str) -> pl.Series:
    """Write days or seconds since 1970 as dates."""
    cells: list[str | None] = []
    for number in numbers.to_list():
        try:
            moment = None if number is None else _EPOCH + dt.timedelta(seconds=seconds * number)
            cells.append(None if moment is None else moment.strftime(form))
        except (OverflowError, ValueError):
            cells.append(str(number))
    return pl.Series(cells, dtype=pl.String)


def _numbers(thing: RObject) -> pl.Series:
    """Read numbers and truth values; NA and NaN are no values."""
    missing = np.ma.getmaskarray(thing.value) if np.ma.isMaskedArray(thing.value) else None
    column = pl.Series(np.ma.getdata(thing.value), nan_to_null=True)
    if missing is None:
        return column
    return pl.select(pl.when(pl.Series(~missing)).then(column)).to_series()


def _text(thing: RObject, encoding: str | None) -> pl.Series:
    """Read a vector of text. Where its letters do not say in what they are written, their look decides."""
    if isinstance(thing.value, _Texts):
        codes, texts = thing.value.codes, thing.value.texts
    else:
        texts = [(c.value or b"", c.info.gp) for c in thing.value]
        codes = np.array([-1 if c.value is None else i for i, c in enumerate(thing.value)], np.int64)
    plain: list[str] = []
    unclear: list[int] = []
    for i, (text, flags) in enumerate(texts):
        try:
            plain.append(text.decode("utf-8"))
        except UnicodeDecodeError:
            plain.append("")
            if flags & CharFlags.LATIN1:
                plain[i] = text.decode("cp1252", errors="replace")
            else:
                unclear.append(i)
    if unclear:
        # Format 3 names the code page of the machine; before, nobody did.
        page = _known(encoding) or decode(b"\n".join(texts[i][0] for i in unclear))[1].split(" ")[0]
        for i in unclear:
            plain[i] = texts[i][0].decode(page, errors="replace")
    place = pl.Series(codes)
    return pl.Series(plain, dtype=pl.String).gather(pl.select(pl.when(place >= 0).then(place)).to_series())


def _known(encoding: str | None) -> str | None:
    try:
        return codecs.lookup(encoding).name if encoding and encoding.upper() != "UTF-8" else None
    except LookupError:
        return None
