"""How many records, methods and tests there were."""

from __future__ import annotations

from plebiscope.dossier.dossier import Dossier, ReturnsRecord
from plebiscope.dossier.text import name
from plebiscope.model.wording import counted, listed


def accounting(record: ReturnsRecord, noun: str) -> str:
    """Say what became of the records of a results file."""
    used = record.used or record.stations
    said = (
        f"Of {counted(record.records, 'records')}, {used:,} went into "
        f"{counted(record.stations, f'{noun}s')}; set aside are {record.aggregates:,} as sums of "
        f"others, {record.furniture:,} as titles, headers and notes, "
        + (f"{record.others:,} of other votes, " if record.others else "")
        + f"and {record.quarantined:,} that could not be used."
    )
    if record.marked:
        marks = listed([f"{count:,} {mark}" for mark, count in record.marked.items()])
        said += f" Kept in every sum and left out of tests by {noun}: {marks}."
    if record.duplicates:
        said += f" {counted(record.duplicates, f'{noun}s')} share area and number with an earlier one."
    return said


def plan_methods(dossier: Dossier) -> str:
    """Name the methods that the plan of the case asks for."""
    planned = dossier.case.plan.methods
    return "every method in the catalogue" if planned is None else listed([name(one) for one in planned])


def corrected(dossier: Dossier) -> str:
    """Say for how many tests each kind of answer was corrected, as the sentences count them."""
    families = dossier.weighing.families
    inner = [family.size for family in families if family.name != "contests"]
    top = sum(family.size for family in families if family.name == "contests")
    if top < 2:
        return ""
    said = f": for a whole contest, the {top:,} tests made"
    if inner:
        low, high = min(inner), max(inner)
        areas = f"{low:,} to {high:,} areas" if low != high else counted(high, "areas")
        ask = f"{len(inner):,} of which {'asks' if len(inner) == 1 else 'ask'}"
        said += (
            f", {ask} whether anything stands out in a group of areas; for an area, besides, the areas of "
            f"its group ({areas})"
        )
    return said


def questions(dossier: Dossier) -> str:
    """Say how many tests were made, and by which rules they were corrected."""
    families = dossier.weighing.families
    if not families:
        return "no tests with a p"
    inner = [family for family in families if family.name != "contests"]
    top = sum(family.size for family in families if family.name == "contests") - len(inner)
    said = counted(dossier.weighing.questions, "tests")
    said += f" with a p: {top:,} on whole contests (corrected by Holm’s rule"
    said += (
        f", together with one more for each group of areas: {top + len(inner):,} in all)" if inner else ")"
    )
    if inner:
        opened = sum(family.opened for family in inner)
        size = sum(family.size for family in inner)
        said += (
            f", and {size:,} on areas, in {counted(len(inner), 'groups')} of which {opened} gave "
            f"reason to look inside (corrected by the rule of Benjamini and Hochberg)"
        )
    return said
