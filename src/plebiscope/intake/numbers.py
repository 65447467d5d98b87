"""Cells become whole numbers, column by column.

A single cell cannot say whether ``1.234`` is a thousand or a fraction; its column can. Most columns are
plain digits and are cast at once; only the cells that are not are looked at one by one, and each different
text only once.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal

import polars as pl

MAX_COUNT = 1_000_000_000
"""No vote on Earth has more in one row; a larger number is a code, a date or an error."""

_FEW = 0.2
"""Above this share of fractions a column holds no counts; below it the fractions are wrong counts."""

Kind = Literal["count", "decimal", "percent", "text", "empty"]

_MISSING = frozenset(
    [
        "-",
        "–",
        "—",
        "−",
        ".",
        "..",
        "...",
        "…",
        "n/a",
        "na",
        "n.a.",
        "#n/a",
        "nan",
        "null",
        "none",
        "nil",
        "nd",
        "n.d.",
        "s/d",
        "x",
        "xx",
        "?",
        "??",
        "*",
        "**",
        "#ref!",
        "#value!",
        "#div/0!",
        "b.d.",
        "bd",
        "k.a.",
        "ka",
        "н/д",
        "нд",
        "--",
        "---",
        "nsp",
    ]
)
_GROUPED = re.compile(r"^\d{1,3}(?:([ .,'’´`\u00a0\u2009\u202f])\d{3})(?:\1\d{3})*$")
_INDIAN = re.compile(r"^\d{1,2}(?:,\d{2})+,\d{3}$")
_DECIMAL = re.compile(r"^\d*[.,]\d+$")
_EXACT = re.compile(r"^\d+[.,]00+$")
_BOTH = re.compile(r"^\d{1,3}(?:([.,  '’\u202f])\d{3})+([.,])\d+$")
_EXPONENT = re.compile(r"^\d+(?:[.,]\d+)?e\+?\d{1,2}$", re.IGNORECASE)
_SIGNS = str.maketrans("−－٬٫，．％٪", "--,.,.%%")
"""Signs around digits as they are written in Arabic and in full width."""
_FOOTNOTE = re.compile(r"(?<=\d)\s*(?:[*†‡§#¹²³⁰⁴-⁹]+|\(\w\)|\[\w{1,3}\]|(?<=\d)\s\w\))$")


@dataclass(frozen=True)
class Numbers:
    """A column read as numbers.

    Attributes
    ----------
    kind
        ``count`` where most cells are whole numbers.
    values
        Int64; null where the cell is missing or wrong. All null unless ``kind`` is ``count``.
    wrong
        Text reason per row where a cell of a count column is no usable count; null elsewhere.
    """

    kind: Kind
    values: pl.Series
    wrong: pl.Series | None
    decimals: pl.Series | None = None
    """Float64 values of a ``decimal`` or ``percent`` column."""
    point: str | None = None
    """Sign before the fractions of a ``decimal`` or ``percent`` column."""
    grouping: frozenset[str] = frozenset()
    """Signs that were taken to separate thousands."""

    def keep(self, rows: pl.Series) -> Numbers:
        """Return the numbers of only the wanted rows."""
        return replace(
            self,
            values=self.values.filter(rows),
            wrong=None if self.wrong is None else self.wrong.filter(rows),
            decimals=None if self.decimals is None else self.decimals.filter(rows),
        )

    def take(self, rows: pl.Series) -> Numbers:
        """Return the numbers of the given rows, in their order; null where the row is."""
        return replace(
            self,
            values=self.values.gather(rows),
            wrong=None if self.wrong is None else self.wrong.gather(rows),
            decimals=None if self.decimals is None else self.decimals.gather(rows),
        )


@lru_cache(maxsize=200_000)
def tidy(text: str) -> str:
    """Remove what surrounds a number: footnote marks, exotic digits and spaces, an apostrophe before it."""
    if not text.isascii():
        text = "".join(
            str(unicodedata.decimal(letter)) if unicodedata.category(letter) == "Nd" else letter
            for letter in text
        )
        text = text.translate(_SIGNS).strip("\u200e\u200f\u202a\u202c\ufeff")
    text = text.strip().lstrip("'").strip()
    if text.startswith("=") and text[1:].strip('"').isdigit():
        text = text[1:].strip('"')  # ="0123", the way spreadsheets keep leading zeros
    return _FOOTNOTE.sub("", text).strip()


def is_missing(text: str) -> bool:
    """Tell a sign for "no value" from text."""
    return text.casefold() in _MISSING


def looks_numeric(text: str | None) -> bool | None:
    """Tell whether a cell is a number of any kind; None for an empty or missing one."""
    if text is None:
        return None
    if is_missing(text):
        return None
    core = tidy(text).removesuffix("%").strip().lstrip("+-").strip("()")
    if not core:
        return False
    return bool(
        core.isdigit()
        or _GROUPED.match(core)
        or _DECIMAL.match(core)
        or _BOTH.match(core)
        or _INDIAN.match(core)
        or _EXPONENT.match(core)
    )


def parse(cells: pl.Series, point: str | None = None) -> Numbers:
    """Read a column of text cells (nulls for empty ones) as counts, decimals, percentages or text.

    Parameters
    ----------
    point
        Sign that stands before fractions elsewhere in the file. Where it stands in nearly every cell here, it
        separates no thousands.
    """
    plain = cells.cast(pl.Int64, strict=False)
    unread = plain.is_null() & cells.is_not_null()
    doubtful = cells.filter(unread).unique(maintain_order=True)
    filled = len(cells) - cells.null_count()
    if not filled:
        return Numbers("empty", plain, None)
    if not len(doubtful):
        return _bounded(plain)
    texts = [str(text) for text in doubtful.to_list()]
    if len(texts) > 2000 and not any(looks_numeric(text) for text in texts[:400]):
        return Numbers("text", _nothing(cells), None)
    read = _read_texts(texts, plain, point if plain.count() < 0.05 * filled else None)
    weights = dict(cells.filter(unread).value_counts().iter_rows())
    rows_whole = plain.count() + sum(weights[text] for text in read.counts)
    rows_fraction = sum(weights[text] for text in read.fractions)
    rows_percent = sum(weights[text] for text in read.fractions if "%" in text)
    known = filled - sum(weights[text] for text in texts if is_missing(text))
    if known == 0:
        return Numbers("empty", _nothing(cells), None)
    if rows_percent > known / 2:
        return Numbers("percent", _nothing(cells), None, _floats(cells, plain, read), read.point)
    # Whole numbers written 0,00 among fractions are fractions too; 12.0 is how spreadsheets write a count.
    exact = rows_fraction and rows_fraction + sum(weights[text] for text in read.exact) > known / 2
    if exact or (rows_fraction > _FEW * known and rows_fraction + rows_whole > known / 2):
        return Numbers("decimal", _nothing(cells), None, _floats(cells, plain, read), read.point)
    if rows_whole < known / 2:
        return Numbers("text", _nothing(cells), None)
    table = pl.Series([read.counts.get(text) for text in texts], dtype=pl.Int64)
    parsed = cells.replace_strict(doubtful, table, default=None, return_dtype=pl.Int64)
    wrong = None
    if read.reasons:
        texts, reasons = list(read.reasons), list(read.reasons.values())
        wrong = cells.replace_strict(texts, reasons, default=None, return_dtype=pl.String)
    return replace(_bounded(plain.fill_null(parsed), wrong), grouping=read.grouping)


def _nothing(cells: pl.Series) -> pl.Series:
    return pl.Series(cells.name, [None] * len(cells), pl.Int64)


def _bounded(values: pl.Series, wrong: pl.Series | None = None) -> Numbers:
    """Name negative counts and counts beyond all bounds; both are no counts."""
    too_large = (values > MAX_COUNT).fill_null(value=False)
    negative = (values < 0).fill_null(value=False)
    if too_large.any() or negative.any():
        large_share = too_large.sum() / max(1, len(values) - values.null_count())
        if large_share > 0.5:
            return Numbers("text", pl.Series(values.name, [None] * len(values), pl.Int64), None)
        frame = pl.DataFrame({"large": too_large, "negative": negative})
        named = frame.select(
            pl.when("large")
            .then(pl.lit("a count beyond one thousand million"))
            .when("negative")
            .then(pl.lit("a negative count"))
            .otherwise(None)
            .alias("why")
        )["why"]
        wrong = named if wrong is None else named.fill_null(wrong)
        values = pl.select(
            pl.when(too_large | negative).then(None).otherwise(values).alias(values.name)
        ).to_series()
    return Numbers("count", values, wrong)


@dataclass
class _Read:
    """What the different texts of a column are, apart from plain digits and signs for "no value"."""

    counts: dict[str, int] = field(default_factory=dict)
    fractions: dict[str, Decimal] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    """Why a text is no count."""
    exact: list[str] = field(default_factory=list)
    """Texts of whole numbers that are written with two or more decimals."""
    grouping: frozenset[str] = frozenset()
    point: str | None = None


def _floats(cells: pl.Series, plain: pl.Series, read: _Read) -> pl.Series:
    known = {text: float(value) for text, value in read.counts.items()}
    known |= {text: float(value) for text, value in read.fractions.items()}
    if not known:
        return plain.cast(pl.Float64)
    parsed = cells.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.Float64)
    return plain.cast(pl.Float64).fill_null(parsed)


def _read_texts(texts: list[str], plain: pl.Series, point: str | None) -> _Read:
    """Read each different text that is not plain digits, in the light of the whole column."""
    cores = {text: tidy(text) for text in texts if not is_missing(text)}
    largest = plain.max()
    grouping = _grouping([core.lstrip("+-") for core in cores.values() if core], largest, point)
    read = _Read(grouping=grouping)
    for text, core in cores.items():
        if not core:
            continue
        body = core.removesuffix("%").strip()
        minus = -1 if body.startswith("-") or (body.startswith("(") and body.endswith(")")) else 1
        body = body.lstrip("+-").strip("()").strip()
        number = _number(body, grouping)
        if number is None:
            read.reasons[text] = "text where a count belongs"
        elif core.endswith("%"):
            read.fractions[text] = minus * number
            read.reasons[text] = "a percentage where a count belongs"
        elif number == number.to_integral_value():
            read.counts[text] = minus * min(int(number), 10**18)
            if _EXACT.match(body) and body.rstrip("0")[-1] not in grouping:
                read.exact.append(text)
        else:
            read.fractions[text] = minus * number
            read.reasons[text] = "a fractional count"
            read.point = next((sign for sign in ",." if sign in body[-4:]), read.point)
    return read


def _grouping(cores: list[str], largest: object, point: str | None) -> frozenset[str]:
    """Find the signs that separate thousands in a column: where they stand, three digits follow, always."""
    separators = {match.group(1) for core in cores if (match := _GROUPED.match(core))}
    separators |= {"," for core in cores if _INDIAN.match(core)}
    found = {sign for sign in separators if sign not in ",."}
    for sign in separators & set(",."):
        with_sign = [core for core in cores if sign in core and "%" not in core]
        fits = sum(
            bool(_GROUPED.match(core) or _BOTH.match(core) or _INDIAN.match(core)) for core in with_sign
        )
        # No thousand begins with a zero, and who separates thousands does not write 1234 beside 1.234.
        impossible = sign == point or any(core.startswith("0" + sign) for core in with_sign)
        without = isinstance(largest, int) and largest >= 1000
        most = fits == len(with_sign) or (len(with_sign) > 20 and fits > 0.9 * len(with_sign))
        if most and not without and not impossible:
            found.add(sign)
    return frozenset(found)


def _number(body: str, grouping: frozenset[str]) -> Decimal | None:
    if body.isascii() and body.isdigit():
        return Decimal(body[:40])
    match = _GROUPED.match(body)
    if match and match.group(1) in grouping:
        return Decimal(body.replace(match.group(1), ""))
    if _INDIAN.match(body) and "," in grouping:
        return Decimal(body.replace(",", ""))
    both = _BOTH.match(body)
    if both and both.group(1) != both.group(2):
        body = body.replace(both.group(1), "").replace(both.group(2), ".")
    if _DECIMAL.match(body) or _EXPONENT.match(body) or both:
        try:
            return Decimal(body.replace(",", "."))
        except InvalidOperation:
            return None
    return None
