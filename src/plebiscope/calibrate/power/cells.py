"""The cells of a matrix, from what a search found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from plebiscope.calibrate import curve
from plebiscope.calibrate.jobs import faults
from plebiscope.calibrate.matrix import placed, summarised
from plebiscope.calibrate.power.search import Search
from plebiscope.calibrate.power.wanted import Wanted, settings
from plebiscope.calibrate.signals import key
from plebiscope.model.power import Cell, Matrix, Step
from plebiscope.worlds.fair import VERSIONS, Version


def matrix_of(search: Search, wanted: Wanted, left_out: Mapping[str, str]) -> Matrix:
    """Put the matrix together from what a search found.

    Parameters
    ----------
    search
        Done.
    wanted
        What was to be computed.
    left_out
        Why methods were not asked, by id.
    """
    setting = search.setting
    broken = _broken(search)
    mechanisms = tuple(name for name in setting.mechanisms if name not in broken)
    methods = tuple(name for name in setting.methods if any((name, v) in search.thresholds for v in VERSIONS))
    silent = {name: "it gives no signal in fair votes" for name in setting.methods if name not in methods}
    cells = tuple(
        _cell(search, version, mechanism, name)
        for version, mechanism, name in search.seen
        if mechanism in mechanisms
    )
    went_wrong: dict[str, int] = {}
    for name, what in faults(search.used):
        went_wrong[f"{name}: {what}"] = went_wrong.get(f"{name}: {what}", 0) + 1
    return summarised(
        cells,
        {name: setting.methods[name] for name in methods},
        {name: setting.mechanisms[name] for name in mechanisms},
        contest=wanted.contest.id,
        thresholds=tuple(search.thresholds.values()),
        left_out={**left_out, **silent, **broken},
        faults=dict(sorted(went_wrong.items())),
        stations=len(setting.fair["tight"].ground),
        settings=settings(wanted, setting.fair["tight"].ground),
    )


def _broken(search: Search) -> dict[str, str]:
    """Name the mechanisms that did not work in any world, each with the error."""
    found: dict[str, list[str | None]] = {}
    for job, outcome in search.used.items():
        if job.mechanism is not None:
            found.setdefault(job.mechanism, []).append(outcome.fault)
    return {name: str(all_of[0]) for name, all_of in found.items() if all(all_of)}


def _cell(search: Search, version: Version, mechanism: str, method: str) -> Cell:
    seen = search.seen[version, mechanism, method]
    steps = sorted(seen)
    grid = [search.grid(mechanism)[step] for step in steps]
    found = [np.array(seen[step], dtype=bool) for step in steps]
    sizes = [search.sizes(version, mechanism, method, step, len(seen[step])) for step in steps]
    told = tuple(
        Step(prevalence=at, detected=int(one.sum()), worlds=len(one), stations=size[0], votes=size[1])
        for at, one, size in zip(grid, found, sizes, strict=True)
    )
    named: dict[str, Any] = {"method": method, "mechanism": mechanism, "version": version, "curve": told}
    named["whole"] = search.setting.mechanisms[mechanism].place == "vote"
    if (spared := search.spared(mechanism, method)) is not None:
        named["open_part"] = float(np.mean(~search.setting.spared[spared]))
    place = placed(told)
    if not place:
        return Cell(**named)
    names = key(version), key(mechanism), key(method)
    rng = np.random.default_rng(np.random.SeedSequence(search.setting.seed, spawn_key=names))
    low, high = curve.error(grid, found, rng)
    return Cell(**named, **place, low=low, high=high)
