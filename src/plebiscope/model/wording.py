"""How the sentences of methods print numbers and nouns: as a newspaper does, and true for one as for many."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal

QUANTITIES: Mapping[str, str] = {
    "registered": "registered voters",
    "received": "ballots received",
    "issued": "ballots issued",
    "unused": "unused ballots",
    "cast": "ballots cast",
    "valid": "valid ballots",
    "invalid": "invalid ballots",
}
"""The canonical quantities as a sentence names them."""
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_NOUNS: Mapping[str, str] = {
    **QUANTITIES,
    "options": "votes",
    "largest option": "votes for one option",
}


def noun(column: str) -> str:
    """Say what a column counts: a quantity, or else the votes for an option."""
    return _NOUNS.get(column, f"votes for “{column}”")


def written(value: float | Decimal, form: str = ",") -> str:
    """Write a number by a format, with a minus sign for a hyphen, and never minus nothing.

    >>> written(-1234.56, ",.1f"), written(-0.001, ".2f"), written(3, "+,")
    ('−1,234.6', '0.00', '+3')
    """
    text = format(value, form)
    if not text.strip("-+0.,"):
        return text.lstrip("-+")
    return text.replace("-", "\N{MINUS SIGN}")


def per_cent(value: float | Decimal, form: str = ",.1f") -> str:
    """Write a number of per cent, with a blank before the sign at which no line breaks."""
    return f"{written(value, form)}\N{NO-BREAK SPACE}%"


def part(value: float) -> str:
    """Write a part of a whole in per cent; of less than can be printed, that it is little."""
    return per_cent(value) if value == 0.0 or value >= 0.05 else f"under {per_cent(0.1)}"


def few(expected: float) -> str:
    """Write how many are expected; of less than one in ten, that it is less."""
    return "under 0.1" if expected < 0.1 else f"{expected:,.1f}"


def chance(log10_p: float) -> str:
    """Write a probability from its base-ten logarithm, however small.

    >>> chance(-206.6), chance(-1.5), chance(0.0)
    ('2.5 × 10⁻²⁰⁷', '0.0316', '1')
    """
    return f"{10**log10_p:.3g}" if log10_p > -3 else scientific(log10_p)


def scientific(log10: float) -> str:
    """Write a positive number with two digits and a power of ten, from its base-ten logarithm."""
    exponent = math.floor(log10)
    mantissa = f"{10 ** (log10 - exponent):.1f}"
    if mantissa == "10.0":
        mantissa, exponent = "1.0", exponent + 1
    return f"{mantissa} × 10{str(exponent).translate(_SUPERSCRIPT)}"


def counted(count: int, things: str) -> str:
    """Write how many there are of something that is given in the plural.

    >>> counted(1, "counting areas"), counted(2000, "stations")
    ('1 counting area', '2,000 stations')
    """
    return f"{count:,} {things.removesuffix('s') if count == 1 else things}"


def none_of(count: int, whole: str) -> str:
    """Write how many of the whole it is, where none is said in words."""
    return f"{count:,} of {whole}" if count else f"none of {whole}"


def listed(parts: Iterable[str], last: str = "and") -> str:
    """Join parts as one writes them: ``a``, ``a and b``, ``a, b and c``."""
    several = list(parts)
    if len(several) < 2:
        return "".join(several)
    return f"{', '.join(several[:-1])} {last} {several[-1]}"


def so_many_have(count: int, whole: str) -> str:
    """Begin a sentence on so many of a whole.

    >>> so_many_have(0, "9 stations"), so_many_have(1, "9 stations"), so_many_have(2, "9 stations")
    ('None of 9 stations has', '1 of 9 stations has', '2 of 9 stations have')
    """
    return f"{capital(none_of(count, whole))} {'has' if count < 2 else 'have'}"


def capital(text: str) -> str:
    """Begin with a capital, and leave the rest as it is."""
    return text[:1].upper() + text[1:]


def plain_cell(text: object) -> str:
    """Return text for a cell of a CSV file that no spreadsheet takes for a formula.

    A leading ``=``, ``+``, ``-``, ``@``, tab or carriage return is preceded by an apostrophe. Numbers are to
    be written as numbers and need no such care.
    """
    cell = "" if text is None else str(text)
    return "'" + cell if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
