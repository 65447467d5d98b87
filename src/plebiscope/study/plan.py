"""Which methods a plan asks, and with which parameters."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from pydantic import TypeAdapter, ValidationError

from plebiscope import catalogue
from plebiscope.intake.case_file import Found
from plebiscope.model.case import Plan
from plebiscope.model.errors import InputError
from plebiscope.model.method import Method


def checked(found: Found) -> tuple[list[Method], dict[str, Any]]:
    """Return the methods of a plan, and the parameters of each by its id.

    Raises
    ------
    InputError
        If the plan names a method or a parameter that there is not, or a value that cannot be meant.
    """
    chosen = _methods(found.case.plan)
    return chosen, {method.id: _params(method, found.case.plan) for method in chosen}


def _methods(plan: Plan) -> list[Method]:
    if plan.methods is not None and not plan.methods:
        raise InputError(
            "the plan names no method, so nothing would be asked",
            expected="ids as `plebiscope methods` lists them, or no choice for every method",
        )
    names = catalogue.modules() if plan.methods is None else dict.fromkeys(plan.methods)
    unknown = set(plan.params) - set(catalogue.modules())
    if unknown:
        raise InputError(
            f"the plan has parameters for methods that do not exist: {', '.join(sorted(unknown))}",
            expected="ids as `plebiscope methods` lists them",
        )
    return [catalogue.load(name) for name in names]


def _params(method: Method, plan: Plan) -> Any:
    given = plan.params.get(method.id, {})
    known = {field.name: field for field in dataclasses.fields(method.params)}
    unknown = set(given) - set(known)
    if unknown:
        raise InputError(
            f"{method.id} has no parameter {', '.join(sorted(unknown))}",
            expected=", ".join(known),
            todo=f"see `plebiscope methods {method.id}`",
        )
    where = f"[plan.params.{method.id}]"
    try:
        params: Any = TypeAdapter(method.params).validate_python(given)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"{key} is {first['input']!r} ({first['msg']})",
            where=where,
            todo=f"see `plebiscope methods {method.id}`",
        ) from None
    for key in given:
        _check_range(key, getattr(params, key), known[key].default, where)
    return params


def _check_range(key: str, value: Any, default: Any, where: str) -> None:
    """Refuse what no parameter can be: a negative number, or a proportion that is none.

    A parameter is a proportion where its default lies between 0 and 1.
    """
    numbers = [
        one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, int | float)
    ]
    proportion = isinstance(default, float) and 0.0 < default < 1.0
    if proportion and not all(0.0 < one < 1.0 for one in numbers):
        raise InputError(f"{key} is {value!r}", where=where, expected="a number above 0 and below 1")
    if not all(0 <= one < math.inf for one in numbers):
        raise InputError(f"{key} is {value!r}", where=where, expected="no negative or endless number")
