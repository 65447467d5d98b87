"""The arithmetic between the columns of a table as it is used: what holds, and in how many rows not."""

from __future__ import annotations

from typing import Any

import polars as pl

from plebiscope.model.returns import Returns

_SUMS = (
    ("cast", ("valid", "invalid")),
    ("received", ("issued", "unused")),
)
_AT_MOST = (("cast", "registered"), ("issued", "registered"), ("cast", "issued"), ("valid", "cast"))


def arithmetic(returns: Returns) -> list[dict[str, Any]]:
    """Check every relation that the published columns allow.

    Returns
    -------
    list of dict
        ``left``, ``sign`` (``=`` or ``≤``), ``right`` (canonical names, or ``options``), in how many rows it
        was checked (``n``) and in how many it ``fails``.
    """
    published = {
        name
        for name in (*returns.quantities, *returns.options)
        if not returns.columns[name].derived and name in returns.table.columns
    }
    found = []
    for whole, parts in _SUMS:
        if {whole, *parts} <= published:
            found.append(_checked(returns, whole, "=", list(parts), pl.sum_horizontal(parts)))
    options = [option for option in returns.options if option in published]
    if len(options) > 1:
        for whole in ("valid", "cast"):
            if whole in published:
                total = pl.sum_horizontal(options)
                found.append(
                    _checked(returns, whole, "=" if whole == "valid" else "≥", options, total)
                    | {"right": "options"}
                )
                break
    for small, large in _AT_MOST:
        if {small, large} <= published:
            found.append(_checked(returns, small, "≤", [large], pl.col(large)))
    return found


def _checked(returns: Returns, left: str, sign: str, right: list[str], value: pl.Expr) -> dict[str, Any]:
    known = returns.table.lazy().drop_nulls([left, *right])
    compared = {"=": pl.col(left) != value, "≤": pl.col(left) > value, "≥": pl.col(left) < value}[sign]
    n, fails = known.select(pl.len(), compared.sum()).collect().row(0)
    return {"left": left, "sign": sign, "right": " + ".join(right), "n": n, "fails": int(fails or 0)}
