"""The catalogue of methods: id to module, imported when it is asked for.

A method of one's own joins by an entry point in the group ``plebiscope.methods`` whose name is the id and
whose value names a module with a ``METHOD``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import import_module, metadata, resources

from plebiscope.model.errors import InputError
from plebiscope.model.finding import Tier
from plebiscope.model.method import Method

_HOUSE = {
    "protocol": "plebiscope.methods.protocol",
    "integer-percentages": "plebiscope.methods.integer_percentages",
    "straddle": "plebiscope.methods.straddle",
    "dispersion": "plebiscope.methods.dispersion",
    "identical-results": "plebiscope.methods.identical_results",
    "near-unanimity": "plebiscope.methods.near_unanimity",
    "spikes": "plebiscope.methods.spikes",
    "neighbours": "plebiscope.methods.neighbours",
    "fingerprint": "plebiscope.methods.fingerprint",
    "anomalous-votes": "plebiscope.methods.anomalous_votes",
    "klimek": "plebiscope.methods.klimek",
    "small-stations": "plebiscope.methods.small_stations",
    "mixture": "plebiscope.methods.mixture",
    "totals": "plebiscope.methods.totals",
    "sources": "plebiscope.methods.sources",
    "copies": "plebiscope.methods.copies",
    "contrast": "plebiscope.methods.contrast",
    "late-count": "plebiscope.methods.late_count",
    "quick-count": "plebiscope.methods.quick_count",
    "margin": "plebiscope.methods.margin",
    "digits": "plebiscope.methods.digits",
    "shape": "plebiscope.methods.shape",
}


TIERS: Mapping[Tier, str] = {
    "A": "hard to explain without invented figures",
    "B": "identified by a design",
    "C": "depends on a model, so it counts only where it lies outside what reference votes gave",
    "D": "shown, never counted",
}
"""What each tier means."""


@cache
def modules() -> dict[str, str]:
    """Return the module of every method, the house's own first, then guests, by id."""
    guests = {entry.name: entry.value for entry in metadata.entry_points(group="plebiscope.methods")}
    return {**_HOUSE, **{name: module for name, module in sorted(guests.items()) if name not in _HOUSE}}


def load(name: str) -> Method:
    """Import one method.

    Raises
    ------
    InputError
        If there is no such method.
    """
    if name not in modules():
        raise InputError(
            f"there is no method {name!r}",
            expected="one of " + ", ".join(modules()),
            todo="list the methods with `plebiscope methods`",
        )
    method: Method = import_module(modules()[name]).METHOD
    return method


def page(name: str) -> str:
    """Return a method's page: the docstring of its module."""
    load(name)
    return (import_module(modules()[name]).__doc__ or "").strip()


@cache
def bibliography() -> dict[str, dict[str, str]]:
    """Return every reference by key: ``text``, and ``doi`` or ``url``."""
    text = resources.files("plebiscope.methods").joinpath("references.toml").read_text("utf-8")
    entries: dict[str, dict[str, str]] = tomllib.loads(text)
    return entries


def cite(keys: tuple[str, ...]) -> str:
    """Write out references, each with its DOI or address where it has one."""
    lines = []
    for key in keys:
        entry = bibliography()[key]
        link = f"https://doi.org/{entry['doi']}" if "doi" in entry else entry.get("url", "")
        lines.append(f"{entry['text']} {link}".strip())
    return " ".join(lines)
