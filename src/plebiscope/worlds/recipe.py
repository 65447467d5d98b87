"""Recipes: a fair vote and what is done to it, written down so that anybody can cook it again.

A recipe is TOML::

    title = "Ballots stuffed in one station of ten"
    about = "What is done, for whoever reads it; shows and hides: what it changes in the pictures, what not."
    seed = 1                      # of every draw; --seed on the command line goes before it
    fair = "tight"                # or "loose": see worlds/fair.py
    # like = "mexico-2012"        # let stations differ as in a clean vote, not as in the table

    [country]                     # where no table is given; every line may be left out
    stations = 3000
    turnout = 0.6

    [[deed]]                      # as many as wanted, done in this order; none for a fair vote
    mechanism = "stuffing"
    prevalence = 0.1              # share of the stations, 0 to 1
    share = 0.3                   # parameters of the mechanism
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, get_args

import numpy as np
from pydantic import TypeAdapter, ValidationError

from plebiscope.model.errors import InputError
from plebiscope.worlds.clean import like, vote
from plebiscope.worlds.fair import Fair, Version, fit
from plebiscope.worlds.ground import Ground, World
from plebiscope.worlds.invented import Country, invent
from plebiscope.worlds.tamper import MECHANISMS, mechanism

_TOP = {"title", "about", "shows", "hides", "seed", "fair", "like", "country", "deed"}
_TODO = "compare it with a shipped recipe: `plebiscope simulate --list`"


@dataclass(frozen=True)
class Step:
    """One mechanism at work, and how much of it."""

    mechanism: str
    prevalence: float
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipe:
    """A fair vote, and what is done to it.

    Attributes
    ----------
    shows, hides
        What changes in the pictures of the vote, and what does not.
    country
        Where it is held if no table is given.
    version
        Of the fair vote, ``tight`` or ``loose``.
    like
        Clean vote whose spreads are taken; null takes those of the table or country.
    """

    title: str
    about: str = ""
    shows: str = ""
    hides: str = ""
    seed: int = 1
    version: Version = "tight"
    like: str | None = None
    country: Country = field(default_factory=Country)
    steps: tuple[Step, ...] = ()

    def simulate(self, ground: Ground | None = None, seed: int | None = None) -> World:
        """Hold the vote.

        Parameters
        ----------
        ground
            Of a real table; by default a country is invented.
        seed
            Of every draw; by default the recipe's.

        Raises
        ------
        InputError
            If a mechanism cannot be asked for what the recipe asks.
        """
        chosen = self.seed if seed is None else seed
        model = self.model(ground, chosen)
        world = World(model.ground, model.draw(_generator(chosen, 0)))
        for place, step in enumerate(self.steps):
            root = np.random.SeedSequence(chosen, spawn_key=(1, place))
            try:
                world = mechanism(step.mechanism).apply(world, step.prevalence, root, **step.params)
            except (LookupError, ValueError, TypeError) as error:
                raise InputError(
                    f"deed {place + 1} cannot be done: {error}", where=self.title, todo=_TODO
                ) from None
        return world

    def model(self, ground: Ground | None = None, seed: int | None = None) -> Fair:
        """Return what fair looks like: fitted to the table, or as the country is invented."""
        if ground is None:
            found = invent(self.country, _generator(self.seed if seed is None else seed, 2))
            found = dataclasses.replace(found, version=self.version)
        else:
            found = fit(ground, self.version)
        return found if self.like is None else like(found, self.like)


def _generator(seed: int, what: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(what,)))


def shipped() -> Mapping[str, Recipe]:
    """Return the recipes that come with the package, by name."""
    folder = resources.files("plebiscope.worlds").joinpath("recipes")
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name
    )
    return {file.name.removesuffix(".toml"): read(file.read_text("utf-8"), file.name) for file in files}


def read(text: str, where: str = "the recipe") -> Recipe:
    """Read a recipe.

    Parameters
    ----------
    text
        TOML.
    where
        Name of the file, for messages.

    Raises
    ------
    InputError
        If it is no recipe; the message says what is wrong with it.
    """
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"this is no valid TOML ({error})", where=where, todo=_TODO) from None
    unknown = set(raw) - _TOP
    if unknown:
        raise InputError(
            f"a recipe has no {', '.join(sorted(unknown))}",
            where=where,
            expected=", ".join(sorted(_TOP)),
            todo=_TODO,
        )
    version = raw.get("fair", "tight")
    if version not in get_args(Version):
        raise InputError(f"fair is {version!r}", where=where, expected="tight or loose")
    seed = raw.get("seed", 1)
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise InputError(f"seed is {seed!r}", where=where, expected="a whole number, zero or more")
    try:
        if not isinstance(raw.get("deed", []), list):
            raise TypeError("deeds are written as [[deed]], one after the other")
        if raw.get("like") is not None:
            vote(raw["like"])
        return Recipe(
            title=str(raw.get("title", where)),
            about=str(raw.get("about", "")).strip(),
            shows=str(raw.get("shows", "")).strip(),
            hides=str(raw.get("hides", "")).strip(),
            seed=seed,
            version=version,
            like=raw.get("like"),
            country=_country(raw.get("country", {})),
            steps=tuple(_step(entry, number) for number, entry in enumerate(raw.get("deed", []), 1)),
        )
    except (LookupError, ValueError, TypeError) as error:
        raise InputError(str(error).strip("'\""), where=where, todo=_TODO) from None


def _country(raw: object) -> Country:
    """Read what the invented country looks like."""
    if not isinstance(raw, dict):
        raise TypeError("[country] is a table")
    known = {one.name: one for one in dataclasses.fields(Country)}
    unknown = set(raw) - set(known)
    if unknown:
        raise LookupError(f"[country] has no {', '.join(sorted(unknown))}; it has {', '.join(known)}")
    try:
        found: Country = TypeAdapter(Country).validate_python(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "[country]"
        raise ValueError(f"{key}: {first['msg'].removeprefix('Value error, ')}") from None
    vote(found.like)
    return found


def _step(raw: object, number: int) -> Step:
    """Read one deed."""
    if not isinstance(raw, dict) or "mechanism" not in raw:
        raise TypeError(f"deed {number} names no mechanism; there are {', '.join(MECHANISMS)}")
    what = mechanism(str(raw["mechanism"]))
    prevalence = raw.get("prevalence", 1.0 if what.place == "vote" else None)
    if not isinstance(prevalence, (int, float)) or isinstance(prevalence, bool) or not 0 <= prevalence <= 1:
        raise ValueError(
            f"deed {number} has prevalence {prevalence!r}; it is a share of the stations, 0 to 1"
        )
    params = {name: value for name, value in raw.items() if name not in {"mechanism", "prevalence"}}
    what.check(params)
    return Step(what.id, float(prevalence), params)
