"""Cells become whole numbers in the light of their column."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.intake.numbers import MAX_COUNT, looks_numeric, parse

SEPARATORS = [",", ".", " ", "'", "\u2019", "\u00a0", "\u202f", "\u2009"]
counts = st.lists(st.integers(0, 9_999_999), min_size=3, max_size=40)


def grouped(value: int, separator: str) -> str:
    return f"{value:,}".replace(",", separator)


def indian(value: int) -> str:
    text = str(value)
    head, tail = text[:-3], text[-3:]
    pairs = [head[max(0, i - 2) : i] for i in range(len(head), 0, -2)][::-1]
    return ",".join([*pairs, tail]) if head else tail


@given(counts, st.sampled_from(SEPARATORS))
def test_every_thousands_separator_gives_the_same_counts(values: list[int], separator: str) -> None:
    read = parse(pl.Series([grouped(v, separator) for v in values]))
    assert read.kind == "count"
    assert read.values.to_list() == values
    assert read.wrong is None


@given(counts)
def test_indian_grouping_and_zero_padding(values: list[int]) -> None:
    assert parse(pl.Series([indian(v) for v in values])).values.to_list() == values
    assert parse(pl.Series([f"{v:09d}" for v in values])).values.to_list() == values


@given(counts, st.sampled_from(["*", "¹", " (a)", "[1]", "†", " 2)"]), st.integers(0, 2))
def test_footnote_marks_are_no_digits(values: list[int], mark: str, at: int) -> None:
    texts = [str(v) for v in values]
    texts[at] += mark
    assert parse(pl.Series(texts)).values.to_list() == values


@given(
    st.lists(st.floats(0, 100), min_size=5, max_size=40),
    st.sampled_from([",", "."]),
    st.sampled_from(["", "%", " %"]),
)
def test_percentages_are_no_counts(values: list[float], point: str, sign: str) -> None:
    texts = [f"{v:.2f}".replace(".", point) + sign for v in values]
    read = parse(pl.Series(texts))
    if all(text.rstrip(" %").endswith("00") for text in texts) and not sign:
        return  # 12.00 is a whole number where nothing else is said
    assert read.kind in ("decimal", "percent")
    assert read.values.null_count() == len(values)
    assert read.decimals is not None
    assert read.decimals.to_list() == pytest.approx([float(f"{v:.2f}") for v in values])


def test_one_fraction_among_counts_written_as_spreadsheets_do_is_a_wrong_count() -> None:
    read = parse(pl.Series(["12.0", "7.0", "100.0", "5.5", "31.0"]))
    assert read.kind == "count"
    assert read.values.to_list() == [12, 7, 100, None, 31]
    assert read.wrong is not None
    assert read.wrong.to_list() == [None, None, None, "a fractional count", None]


@given(st.lists(st.one_of(st.integers(0, 5000).map(str), st.sampled_from(["-", "n/a", "..", "x", "?", "—"]), st.none()),
                min_size=1, max_size=30))  # fmt: skip
def test_signs_for_no_value_are_missing_never_zero(texts: list[str | None]) -> None:
    read = parse(pl.Series(texts, dtype=pl.String))
    for text, value in zip(texts, read.values.to_list(), strict=True):
        assert value == (int(text) if text is not None and text.isdigit() else None)
    assert read.wrong is None or read.wrong.null_count() == len(texts)


@given(st.lists(st.text(max_size=12), max_size=30))
def test_any_text_is_read_as_something_and_every_cell_is_a_count_missing_or_named(texts: list[str]) -> None:
    read = parse(pl.Series(texts, dtype=pl.String))
    assert len(read.values) == len(texts)
    values = read.values.drop_nulls()
    assert all(0 <= value <= MAX_COUNT for value in values)
    if read.kind == "count" and read.wrong is not None:
        assert not (read.wrong.is_not_null() & read.values.is_not_null()).any()


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("-5", "a negative count"), ("(5)", "a negative count"), ("2.5", "a fractional count"), ("seven", "text"),
     ("12 %", "a percentage"), ("2000000000", "beyond one thousand million"), ("1e3x", "text")],
)  # fmt: skip
def test_what_is_no_count_says_why(cell: str, reason: str) -> None:
    read = parse(pl.Series([*map(str, range(40)), cell]))
    assert read.kind == "count"
    assert read.values[40] is None
    assert read.wrong is not None
    assert reason in read.wrong[40]


def test_a_thousand_written_by_a_spreadsheet_stays_a_thousand() -> None:
    assert parse(pl.Series(["1e+05", "100000", "1E5"])).values.to_list() == [100_000] * 3
    assert parse(pl.Series(['="0123"', "'45", "٣٤"])).values.to_list() == [123, 45, 34]
    assert parse(pl.Series(["223.0", "51.0", "7.0"])).values.to_list() == [223, 51, 7]


def test_proportions_of_three_decimals_are_not_taken_for_thousands() -> None:
    assert parse(pl.Series(["0.123", "0.456", "1.000"])).kind == "decimal"
    assert parse(pl.Series(["12.345", "45.678", "99.999"]), point=".").kind == "decimal"
    # Without percentages beside it, and where small counts stand without it, a dot separates thousands.
    assert parse(pl.Series(["12.345", "678", "99.999"]), point=".").kind == "count"


def test_one_thousand_is_not_written_in_two_ways_in_one_column() -> None:
    column = [*map(str, range(1200, 1240)), "1.234"]
    read = parse(pl.Series(column))
    assert read.values[40] is None
    assert read.wrong is not None
    assert read.wrong[40] == "a fractional count"


@pytest.mark.parametrize("text", ["1", "1,234", "1 234", "0.5", "12,5 %", "(7)", "-3", "1e5", "1'234'567"])
def test_numbers_look_like_numbers(text: str) -> None:
    assert looks_numeric(text) is True


@pytest.mark.parametrize("text", ["Region", "1a", "12-13", "2024-03-01", "A1", "№"])
def test_words_do_not(text: str) -> None:
    assert looks_numeric(text) is False


def test_nothing_is_neither() -> None:
    assert looks_numeric(None) is None
    assert looks_numeric("n/a") is None


@given(counts)
def test_full_width_and_arabic_digits_and_separators(values: list[int]) -> None:
    wide = str.maketrans("0123456789,", "０１２３４５６７８９，")
    arabic = str.maketrans("0123456789,", "٠١٢٣٤٥٦٧٨٩٬")
    for signs in (wide, arabic):
        assert parse(pl.Series([f"{v:,}".translate(signs) for v in values])).values.to_list() == values
