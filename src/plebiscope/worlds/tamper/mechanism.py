"""What a mechanism is: a way in which a vote departs from what its voters wanted, or only seems to."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from plebiscope.worlds.ground import Counts, Deed, Flags, Ground, World

Kind = Literal["ballots", "paper", "table", "list", "voters", "announcement", "control"]
"""What is tampered with: the ballots in the box, the figures on paper, the published table, the list of
voters, the voters themselves, what is announced; or nothing, where an honest mishap looks like it."""
Place = Literal["stations", "small", "areas", "weak", "vote"]
"""Where: at stations here and there; in the smallest first; in whole districts; in those first where the
favoured option is weakest; or in the vote as a whole."""

Act = Callable[[World, Flags, Mapping[str, Any], np.random.Generator], World]


@dataclass(frozen=True)
class Mechanism:
    """One way of departing from a fair vote.

    Attributes
    ----------
    id
        Its name everywhere.
    code
        Its number in the specification, such as ``F1``.
    title
        In a few plain words.
    does
        What is done at a station where it is at work, in a sentence.
    kind, place
        What is tampered with, and where.
    defaults
        Its parameters; shares are between 0 and 1, percentages between 0 and 100.
    act
        ``act(world, where, params, rng)`` does it at the stations named.
    """

    id: str
    code: str
    title: str
    does: str
    kind: Kind
    place: Place
    defaults: Mapping[str, Any]
    act: Act

    @property
    def spares(self) -> bool:
        """Whether whoever does it can leave stations out: not in the vote as a whole, nor by mishap."""
        return self.kind != "control" and self.place != "vote"

    def apply(
        self,
        world: World,
        prevalence: float,
        seed: np.random.SeedSequence,
        *,
        spared: Flags | None = None,
        **params: Any,
    ) -> World:
        """Do it to a world.

        Parameters
        ----------
        world
            Fair, or with something done to it already.
        prevalence
            Share of the stations at which it is at work, 0 to 1. With one seed, the stations of a smaller
            share are among those of a larger one.
        seed
            Of where it happens and of what happens there.
        spared
            Stations at which it is not done, shape (n,), because somebody watches there or they have reported
            already; the prevalence is then a share of the others. An honest mishap spares nobody, and neither
            does what concerns the vote as a whole.
        params
            Those that differ from the defaults; ``place`` may be among them.

        Raises
        ------
        LookupError
            If there is no such parameter or place.
        TypeError, ValueError
            If a parameter or the prevalence is not what it can be.
        """
        if not 0.0 <= prevalence <= 1.0:
            raise ValueError(f"a prevalence lies between 0 and 1, not at {prevalence}")
        self.check(params)
        place = params.pop("place", self.place)
        whither, what = (np.random.default_rng(child) for child in _children(seed))
        where = chosen(world, place, prevalence, whither, spared if self.spares else None)
        return self.act(world, where, {**self.defaults, **params}, what)

    def check(self, params: Mapping[str, Any]) -> None:
        """Refuse parameters that there are not, or that cannot be.

        Raises
        ------
        LookupError, TypeError, ValueError
            With what is wrong.
        """
        unknown = set(params) - {*self.defaults, "place"}
        if unknown:
            known = ", ".join([*self.defaults, "place"])
            raise LookupError(f"{self.id} has no parameter {', '.join(sorted(unknown))}; it has {known}")
        for name, value in params.items():
            default = self.defaults.get(name, "")
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            wanted = (
                number if default is None or isinstance(default, float) else isinstance(value, type(default))
            )
            if isinstance(default, int) and not isinstance(default, bool):
                wanted = isinstance(value, int) and not isinstance(value, bool)
            if not wanted:
                raise TypeError(f"{self.id}: {name} is {value!r}, which it cannot be")
            low, high = BOUNDS.get(name, (0.0, 1.0))
            if name in CHOICES and value not in CHOICES[name].get(self.id, ()):
                known = ", ".join(CHOICES[name].get(self.id, ()))
                raise LookupError(f"{self.id}: {name} is {value!r}; it is one of {known}")
            if number and not low <= value <= high:
                raise ValueError(f"{self.id}: {name} is {value!r}; it lies from {low:g} to {high:g}")


_AIMS = ("turnout", "share", "both")
CHOICES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "of": {
        "stuffing": ("absent", "cast"),
        "targets": _AIMS,
        "at-least": _AIMS,
        "dictated": _AIMS,
    },
    "how": {"rewritten": ("moved", "digit", "exchanged")},
}
"""What a parameter that is a word may say, by mechanism."""
BOUNDS: Mapping[str, tuple[float, float]] = {
    "step": (0.01, 100.0),
    "push": (0.0, 100.0),
    "figure": (0.0, 100.0),
    "overshoot": (0.01, 1.0),
    "decimals": (0, 10),
    "unit": (2, 10_000),
    "times": (1, 1_000),
    "lift": (-5.0, 5.0),
}
"""From where to where a parameter may go; those that are not here are parts of one."""


def _children(seed: np.random.SeedSequence) -> list[np.random.SeedSequence]:
    """Derive two seeds, the same ones however often it is asked."""
    key = seed.spawn_key
    return [np.random.SeedSequence(seed.entropy, spawn_key=(*key, place)) for place in (0, 1)]


def chosen(
    world: World,
    place: str,
    prevalence: float,
    rng: np.random.Generator,
    spared: Flags | None = None,
) -> Flags:
    """Choose where something is done.

    Parameters
    ----------
    world
        The stations, and how their voters voted.
    place
        See :data:`Place`, or the name of an area as ``column=name``.
    prevalence
        Share of the stations (of the stations of the area, of those that are not spared), rounded up, so that
        some are always chosen.
    rng
        Draws the order; whoever is chosen at a smaller prevalence is chosen at a larger one.
    spared
        Stations that are never chosen, shape (n,); null for none.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    LookupError
        If there is no such place.
    """
    ground, fair = world.ground, world.fair
    count = len(ground)
    lot = rng.random(count)
    open_to = np.ones(count, dtype=bool)
    if place == "vote":
        return open_to & (prevalence > 0)
    if place == "stations":
        order = lot
    elif place == "small":
        # Half by size and half by lot: small stations first, and yet not one after the other.
        order = np.argsort(np.argsort(fair.registered, kind="stable"), kind="stable") / count + lot
    elif place in {"areas", "weak"}:
        district = ground.district
        number = int(district.max(initial=0)) + 1
        rank = rng.random(number)
        if place == "weak":
            votes = np.bincount(district, fair.favoured, minlength=number)
            rank = votes / np.maximum(np.bincount(district, fair.valid, minlength=number), 1) + rank / 1e6
        order = np.argsort(np.argsort(rank))[district] + lot
    elif "=" in place:
        open_to, order = _within(ground, place), lot
    else:
        known = "stations, small, areas, weak, vote, or column=name of an area"
        raise LookupError(f"there is no place {place!r}; there are {known}")
    if spared is not None:
        open_to = open_to & ~spared
    wanted = int(np.ceil(prevalence * np.count_nonzero(open_to) - 1e-9))
    found = np.zeros(count, dtype=bool)
    inside = np.flatnonzero(open_to)
    found[inside[np.argsort(order[inside], kind="stable")[:wanted]]] = True
    return found


def _within(ground: Ground, place: str) -> Flags:
    """Return the stations of the area that is called by its column and name."""
    column, _, name = place.partition("=")
    if column not in ground.returns.areas:
        raise LookupError(f"there is no area column {column!r}; there are {', '.join(ground.returns.areas)}")
    found = (ground.returns.table[column].gather(ground.rows) == name).fill_null(value=False).to_numpy()
    if not found.any():
        raise LookupError(f"no station lies in {column} {name!r}")
    return np.asarray(found, dtype=bool)


def done(world: World, mechanism: str, where: Flags, after: Counts, *, after_forms: bool = False) -> World:
    """Return the world after a deed: the counts given where it was done, unchanged elsewhere.

    Parameters
    ----------
    after_forms
        Whether the stations had signed their forms before.
    """
    before = world.counts
    kept = Counts(
        *(
            np.where(where if new.ndim == 1 else where[:, None], new, old)
            for new, old in (
                (getattr(after, field.name), getattr(before, field.name))
                for field in dataclasses.fields(Counts)
            )
        )
    )
    return dataclasses.replace(world, deeds=(*world.deeds, Deed(mechanism, where, before, kept, after_forms)))
