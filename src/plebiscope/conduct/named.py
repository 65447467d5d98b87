"""Whose share a figure is, and of which place, by the words beside it."""

from __future__ import annotations

import re
from functools import partial

from plebiscope.conduct.language import words
from plebiscope.conduct.names import CAPITAL, NAME_AT_END
from plebiscope.conduct.patterns import pattern

_NOT_NAMES = words("people", "not-names")
_pattern = partial(pattern, "figures", "named")


def place_of(cased: str, before: int, start: int, end: int, after: int) -> str | None:
    """Name the place of a figure: behind it up to the next comma, else at the head of what stands before it.

    Parameters
    ----------
    cased
        The sentence as written.
    before, start, end, after
        Where the words that belong to the figure begin, where it begins and ends, and where they end.
    """
    behind = cased[end:after]
    cut = _pattern("break").search(behind)
    behind = behind[: cut.start()] if cut else behind
    if not _pattern("to-do").match(behind):
        for one in _pattern("placed").finditer(behind):
            preposition = one[0].split()[0].lower()
            if _is_place(one["name"]) and (preposition != "of" or one.start() <= 1) and preposition != "for":
                return one["name"].rstrip(".")
    ahead = cased[before:start]
    for one in reversed([*_pattern("placed").finditer(ahead)]):
        near = not _pattern("break").search(ahead, one.end()) or (before == 0 and one.start() == 0)
        said = _pattern("said").search(ahead[: one.start()]) or one[0].lower().startswith("of ")
        if near and not said and _is_place(one["name"]):
            return one["name"].rstrip(".")
    unnamed = _pattern("unnamed").search(behind) or _pattern("unnamed").search(ahead)
    return unnamed["name"] if unnamed else None


def _is_place(name: str) -> bool:
    return name.split()[0] not in _NOT_NAMES and "'" not in name


def option_after(cased: str) -> str | None:
    """Name what a share was for by the words behind it: "in favour", "for Jon Bresker", "to join us"."""
    for name in ("option-after", "option-chosen"):
        found = _pattern(name).match(cased)
        if found:
            option = _pattern("cut").sub("", _pattern("lead").sub("", found["option"])).strip(" \"'")
            return option or None
    return None


def option_before(cased: str) -> str | None:
    """Name whose share it is by the words before it: "Ilse Marrant won with", "gave Jon Bresker", "Yes:"."""
    near = cased[-160:]
    for name in ("yes-no", "rival", "given"):
        found = _pattern(name).search(near)
        if found:
            return found["name"].strip(" \"'")
    verbs = list(_pattern("verb").finditer(near))
    for verb in verbs:
        subject = near[: verb.start()].rstrip(" ,")
        if _pattern("kin").search(subject):
            return None
        aside = _pattern("aside").search(subject)
        if aside:
            return aside["name"]
        breaks = list(re.finditer(r"[;:,]\s|\b(?:and|but|while|after|announced|that|said)\s", subject))
        for at in (breaks[-1].end() if breaks else 0,):
            name = subject[at:].rsplit("'s ", 1)[-1].strip(" \"'")
            group = _pattern("group").search(name)
            if group:
                return group[0]
            head = re.match(rf"(?:the\s|The\s)?({CAPITAL}(?:\s{CAPITAL}){{0,4}})(?=\sof\b|$)", name)
            named = head or NAME_AT_END.search(name)
            if named:
                found_name = named[0]
                if found_name.split()[0] not in _NOT_NAMES or len(found_name.split()) > 1:
                    return found_name
    return None
