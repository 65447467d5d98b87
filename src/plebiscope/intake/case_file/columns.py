"""What a case file says about columns, with its decimals as plain numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from plebiscope.model.errors import InputError


def mapping(said: Any, where: str) -> dict[str, Any]:
    """See that what is said about columns is a table; what stands in it is checked when it is needed."""
    if not isinstance(said, dict):
        raise InputError(
            "what is said about the columns is no table",
            where=where,
            expected="[contest.mapping.columns] with canonical name = header",
        )
    return {name: floats(value) for name, value in said.items()}


def floats(value: Any) -> Any:
    """Turn the decimals that TOML was read with back into floats where they are parameters."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [floats(item) for item in value]
    return value
