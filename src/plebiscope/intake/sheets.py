"""Tables as grids of text: every cell as it was written, every record with the line it stood on.

Whatever the format, what comes out is the same: a frame of text cells (null where a cell was empty), the line
of each record, and how many cells it had. Numbers are read later, by the column, when it is known what the
column is.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.intake.encoding import decode
from plebiscope.intake.sniff import MAX_BYTES, Part, limited
from plebiscope.model.errors import InputError
from plebiscope.model.returns import Quarantined

MAX_COLUMNS = 3000
MAX_RECORDS = 6_000_000
_DELIMITERS = (",", ";", "\t", "|", "^", "~", "¦", "\x1f")
_SPAN = 20
"""A quoted cell that runs over more lines than this was not closed."""
_RUNAWAYS = 25
"""After so many cells that were not closed, quotation marks are taken as ordinary characters."""
_BATCH = 20_000


@dataclass(frozen=True)
class Sheet:
    """One grid of cells.

    Attributes
    ----------
    cells
        Text columns ``0``, ``1``, ... in the order of the file; null where a cell was empty.
    lines
        Line (or spreadsheet row) on which each record begins, counted from 1, shape (n,).
    widths
        Number of cells each record had, shape (n,).
    names
        Column names where the format carries them outside the grid (Parquet, JSON lines); else None.
    broken
        Records that could not be taken apart at all.
    encoding, format
        How it was read, in words for a person.
    """

    name: str
    cells: pl.DataFrame
    lines: NDArray[np.int64]
    widths: NDArray[np.int64]
    names: tuple[str, ...] | None = None
    broken: tuple[Quarantined, ...] = ()
    encoding: str = ""
    format: str = ""

    @property
    def records(self) -> int:
        """Number of records that went in, the broken ones included."""
        return self.cells.height + len(self.broken)


def sheets(part: Part) -> list[Sheet]:
    """Read every grid of a part.

    Raises
    ------
    InputError
        If it cannot be taken apart.
    """
    if part.format == "workbook":
        return _workbook(part)
    if part.format == "parquet":
        return [_parquet(part)]
    text, encoding = decode(part.data)
    if part.format == "json":
        return [_json(part, text, encoding)]
    return [delimited(part.name, text, encoding)]


def _grid(
    name: str,
    rows: Iterator[tuple[int, Sequence[str | None]]],
    broken: list[Quarantined],
    **more: Any,
) -> Sheet:
    """Gather records into columns, batch by batch, so that few Python objects live at one time."""
    frames: list[pl.DataFrame] = []
    lines: list[int] = []
    widths: list[int] = []
    batch: list[Sequence[str | None]] = []

    def flush() -> None:
        if not batch:
            return
        width = max(1, max(map(len, batch)))
        if width > MAX_COLUMNS:
            raise InputError(f"a record has {width:,} cells", where=name, expected=f"at most {MAX_COLUMNS:,}")
        for i, row in enumerate(batch):
            if len(row) < width:
                batch[i] = [*row, *([None] * (width - len(row)))]
        columns = zip(*batch, strict=True)
        frames.append(
            pl.DataFrame({str(i): pl.Series(column, dtype=pl.String) for i, column in enumerate(columns)})
        )
        batch.clear()

    for line, row in rows:
        lines.append(line)
        widths.append(len(row))
        batch.append(row)
        if len(batch) >= _BATCH:
            flush()
        if len(lines) > MAX_RECORDS:
            raise InputError(f"more than {MAX_RECORDS:,} records", where=name, expected="one vote's results")
    flush()
    cells = pl.concat(frames, how="diagonal") if frames else pl.DataFrame({"0": []}, schema={"0": pl.String})
    width = max((int(column) for column in cells.columns), default=0) + 1
    cells = cells.select(
        (pl.col(str(i)) if str(i) in cells.columns else pl.lit(None, pl.String).alias(str(i)))
        .str.strip_chars()
        .replace("", None)
        for i in range(width)
    )
    return Sheet(
        name=name,
        cells=cells,
        lines=np.array(lines, np.int64),
        widths=np.array(widths, np.int64),
        broken=tuple(broken),
        **more,
    )


# ---------------------------------------------------------------------------------------- delimited text


def delimited(name: str, text: str, encoding: str) -> Sheet:
    """Take a delimited text apart: any delimiter, quoting and line end."""
    if "\0" in text:
        text = text.replace("\0", "")
    if "\r" in text:
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    delimiter, quote = _dialect(lines)
    broken: list[Quarantined] = []
    rows = _records(lines, delimiter, quote, broken)
    words = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar"}.get(delimiter, repr(delimiter))
    return _grid(name, rows, broken, encoding=encoding, format=f"text, {words} between cells")


def _records(
    lines: list[str], delimiter: str, quote: str | None, broken: list[Quarantined]
) -> Iterator[tuple[int, list[str]]]:
    """Yield the records and their lines; a cell that is never closed costs one line, not the file."""
    start, runaways, total = 0, 0, len(lines)
    while start < total:
        reader = csv.reader(
            (line + "\n" for line in lines[start:]) if start else (line + "\n" for line in lines),
            delimiter=delimiter,
            quotechar=quote,
            quoting=csv.QUOTE_MINIMAL if quote and runaways < _RUNAWAYS else csv.QUOTE_NONE,
        )
        before = 0
        restart = None
        while True:
            try:
                row = next(reader)
            except StopIteration:
                break
            except csv.Error:
                restart = start + before
                break
            after = reader.line_num
            if after - before > _SPAN:
                restart = start + before
                break
            yield start + before + 1, row
            before = after
        if restart is None:
            return
        broken.append(
            Quarantined(restart + 1, "a quotation mark is opened and never closed", lines[restart][:500])
        )
        runaways += 1
        start = restart + 1


def _dialect(lines: list[str]) -> tuple[str, str | None]:
    """Choose delimiter and quotation mark: those under which most records have one same, large width."""
    sample = [line for line in lines[:600] if line.strip()]
    if sample and sample[0].lower().startswith("sep=") and len(sample[0]) == 5:
        return sample[0][4], '"'
    quote: str | None = '"'
    if sum(line.count("'") for line in sample) > 4 * max(1, sum(line.count('"') for line in sample)):
        edges = sum(line.startswith("'") + line.rstrip().endswith("'") for line in sample)
        if edges > len(sample):
            quote = "'"
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        if not any(delimiter in line for line in sample):
            continue
        widths = [len(row) for _, row in _records(sample, delimiter, quote, [])]
        width, count = Counter(w for w in widths if w > 0).most_common(1)[0] if any(widths) else (1, 0)
        if width < 2:
            # A long title block can outnumber a short table: judge by the widest frequent record.
            wide = Counter(w for w in widths if w > 1).most_common(1)
            width, count = wide[0] if wide else (1, 0)
        score = (count / max(1, len(widths))) ** 2 * min(width, 60)
        if width >= 2 and score > best_score:
            best, best_score = delimiter, score
    return best, quote


# ---------------------------------------------------------------------------------------- workbooks


def _workbook(part: Part) -> list[Sheet]:
    if part.data.startswith(b"PK"):
        _check_unpacked(part)
    import fastexcel

    found: list[Sheet] = []
    try:
        book = fastexcel.read_excel(part.data)
        for sheet_name in book.sheet_names:
            raw = book.load_sheet(sheet_name, header_row=None, dtypes="string")
            if getattr(raw, "visible", "visible") == "veryhidden" or not raw.total_height:
                continue
            frame = raw.to_polars()
            if not frame.width:
                continue
            found.append(_from_frame(f"{part.name}, sheet {sheet_name}", frame, "workbook"))
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit, InputError)):
            raise
        # The reader is written in Rust; on a damaged file it may panic, which is no ordinary Exception.
        raise InputError(
            f"the workbook cannot be read ({str(error).splitlines()[0][:200] if str(error) else 'damaged'})",
            where=part.name,
            todo="open it in a spreadsheet program and save it again, or export CSV",
        ) from None
    if not found:
        raise InputError("the workbook has no sheet with cells in it", where=part.name)
    return found


def _check_unpacked(part: Part) -> None:
    """Refuse a workbook that unpacks to more than we are ready to hold."""
    budget = MAX_BYTES
    try:
        archive = zipfile.ZipFile(io.BytesIO(part.data))
        for info in archive.infolist():
            with archive.open(info) as stream:
                budget -= len(limited(stream, part.name, budget))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError) as error:
        raise InputError(f"the workbook is damaged or locked ({error})", where=part.name) from None


def _from_frame(name: str, frame: pl.DataFrame, kind: str) -> Sheet:
    if frame.height > MAX_RECORDS:
        raise InputError(f"more than {MAX_RECORDS:,} records", where=name, expected="one vote's results")
    cells = frame.rename(dict(zip(frame.columns, map(str, range(frame.width)), strict=True))).select(
        pl.all().cast(pl.String).str.strip_chars().replace("", None)
    )
    n = cells.height
    return Sheet(
        name=name,
        cells=cells,
        lines=np.arange(1, n + 1),
        widths=np.full(n, cells.width),
        format=kind,
    )


# ---------------------------------------------------------------------------------------- Parquet and JSON


def _parquet(part: Part) -> Sheet:
    try:
        frame = pl.read_parquet(io.BytesIO(part.data))
        columns = []
        for column in frame.get_columns():
            if column.dtype.is_nested():
                column = column.map_elements(str, return_dtype=pl.String)
            elif column.dtype.is_float():
                whole = column.cast(pl.Int64, strict=False)
                same = (whole == column).fill_null(value=True).all()
                column = whole if same else column
            elif column.dtype == pl.Binary:
                column = column.cast(pl.String, strict=False)
            columns.append(column.cast(pl.String))
        sheet = _from_frame(part.name, pl.DataFrame(columns), "Parquet")
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit, InputError)):
            raise
        raise InputError(
            f"the Parquet file cannot be read ({str(error).splitlines()[0][:200] if str(error) else 'damaged'})",
            where=part.name,
        ) from None
    return Sheet(
        sheet.name, sheet.cells, sheet.lines, sheet.widths, names=tuple(frame.columns), format="Parquet"
    )


def _json(part: Part, text: str, encoding: str) -> Sheet:
    """Read JSON lines, or one JSON value with a list of records somewhere in it."""
    records: list[tuple[int, dict[str, Any]]] = []
    broken: list[Quarantined] = []
    whole = _whole_json(text)
    if whole is not None:
        records = [(i + 1, record) for i, record in enumerate(whole)]
        kind = "JSON"
    else:
        kind = "JSON lines"
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                value = None
            if isinstance(value, dict):
                records.append((number, value))
            else:
                broken.append(Quarantined(number, "this line is no JSON record", line[:500]))
    if not records:
        raise InputError("no JSON record in the file", where=part.name, expected="one JSON object per line")
    names: dict[str, int] = {}
    flat: list[tuple[int, dict[str, str | None]]] = []
    for line_number, record in records:
        row: dict[str, str | None] = {}
        _flatten(record, "", row, 0)
        for key in row:
            names.setdefault(key, len(names))
        if len(names) > MAX_COLUMNS:
            raise InputError(f"the records have more than {MAX_COLUMNS:,} fields", where=part.name)
        flat.append((line_number, row))
    order = list(names)
    grid = _grid(
        part.name,
        ((line, [row.get(key) for key in order]) for line, row in flat),
        broken,
        encoding=encoding,
        format=kind,
    )
    return Sheet(grid.name, grid.cells, grid.lines, grid.widths, tuple(order), grid.broken, encoding, kind)


def _whole_json(text: str) -> list[dict[str, Any]] | None:
    """Parse the text as one JSON value and return its longest list of records."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    best: list[dict[str, Any]] = []
    queue: list[Any] = [value]
    for _ in range(10_000):
        if not queue:
            break
        item = queue.pop(0)
        if isinstance(item, list):
            found = [entry for entry in item if isinstance(entry, dict)]
            if len(found) > len(best):
                best = found
        elif isinstance(item, dict):
            queue.extend(entry for entry in item.values() if isinstance(entry, (list, dict)))
    if best and all("properties" in record for record in best[:5]):
        best = [record["properties"] for record in best if isinstance(record.get("properties"), dict)]
    return best or ([value] if isinstance(value, dict) else None)


def _flatten(value: Any, path: str, into: dict[str, str | None], depth: int) -> None:
    """Lay nested fields side by side; a list of (name, count) pairs becomes one field per name."""
    if isinstance(value, dict) and depth < 6:
        for key, inner in value.items():
            _flatten(inner, f"{path}.{key}" if path else str(key), into, depth + 1)
    elif isinstance(value, list) and depth < 6:
        for i, inner in enumerate(value[:500]):
            label, rest = _named(inner)
            if label is not None:
                for key, number in rest.items():
                    _flatten(number, label if len(rest) == 1 else f"{label}.{key}", into, depth + 1)
            else:
                _flatten(inner, f"{path}.{i + 1}", into, depth + 1)
    elif value is None or isinstance(value, bool):
        into[path] = None if value is None else str(value).lower()
    elif isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        into[path] = str(int(value))
    else:
        into[path] = str(value).strip()[:2000] or None


def _named(value: Any) -> tuple[str | None, dict[str, Any]]:
    """Recognise ``{"name": "Yes", "votes": 12}``: one text and numbers beside it."""
    if not isinstance(value, dict):
        return None, {}
    texts = [v for v in value.values() if isinstance(v, str) and not v.replace(".", "").isdigit()]
    numbers = {k: v for k, v in value.items() if isinstance(v, (int, float)) and not isinstance(v, bool)}
    return (texts[0], numbers) if len(texts) == 1 and numbers else (None, {})
