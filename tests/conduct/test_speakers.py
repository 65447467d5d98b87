"""One speaker under several names."""

from __future__ import annotations

import pytest

from plebiscope.conduct.speakers import groups
from plebiscope.model.report import Report, Sentence


def report(path: str, *texts: str) -> Report:
    return Report(path=path, sentences=tuple(Sentence(text=text, start=0, end=len(text)) for text in texts))


def same(reports: list[Report], *spoken: tuple[str, str]) -> bool:
    return len(set(groups(spoken, reports).values())) == 1


OFFICE_FIRST = report("a", "German Foreign Minister Ilse Marrant condemned the vote.")
NAME_FIRST = report("a", "Ilse Marrant, the German foreign minister, condemned the vote.")
BETWEEN_COMMAS = report("a", "The German foreign minister, Ilse Marrant, condemned the vote.")


@pytest.mark.parametrize("told", [OFFICE_FIRST, NAME_FIRST, BETWEEN_COMMAS])
@pytest.mark.parametrize(
    "form", ["Marrant", "the foreign minister", "Foreign Minister Marrant", "Ms Marrant"]
)
def test_forms_of_one_name(told: Report, form: str) -> None:
    assert same([told], ("a", "Ilse Marrant"), ("a", form))


def test_an_office_is_the_same_in_another_report_only_in_full() -> None:
    other = report("b", "The vote was condemned.")
    assert same([OFFICE_FIRST, other], ("a", "Ilse Marrant"), ("b", "the German foreign minister"))
    assert not same([OFFICE_FIRST, other], ("a", "Ilse Marrant"), ("b", "the foreign minister"))


def test_a_last_name_is_the_same_in_another_report() -> None:
    assert same([OFFICE_FIRST, report("b", "It rained.")], ("a", "Ilse Marrant"), ("b", "Marrant"))


def test_two_persons_with_one_last_name() -> None:
    told = report("a", "Mayor Ilse Marrant spoke, and so did Governor Jon Marrant.")
    assert not same([told], ("a", "Ilse Marrant"), ("a", "Jon Marrant"))
    assert same([told], ("a", "I. Marrant"), ("a", "Ilse Marrant"))


def test_an_office_that_two_persons_hold_is_nobodys() -> None:
    told = report("a", "Foreign Minister Ilse Marrant and Foreign Minister Jon Bresker spoke.")
    named = groups([("a", "Ilse Marrant"), ("a", "Jon Bresker"), ("a", "the foreign minister")], [told])
    assert len(set(named.values())) == 3


def test_letters_in_brackets() -> None:
    told = report("a", "The Gostel Election Watch Centre (GEWC) sent observers.")
    assert same([told], ("a", "GEWC"), ("a", "the Gostel Election Watch Centre"))


def test_a_body_by_the_end_of_its_name() -> None:
    told = report("a", "The commission spoke.")
    assert same([told], ("a", "the Central Electoral Commission"), ("a", "the commission"))
    assert same([told], ("a", "Central Election Commission"), ("a", "the Central Electoral Commission"))
    two = groups(
        [("a", "the central commission"), ("a", "the district commission"), ("a", "the commission")], [told]
    )
    assert len(set(two.values())) == 3


def test_somebody_without_a_name_is_another_in_each_report() -> None:
    told = [report("a", "It rained."), report("b", "It rained.")]
    assert not same(told, ("a", "a voter"), ("b", "a voter"))
    assert same(told, ("a", "the board"), ("b", "The Board"))


def test_an_agency_under_its_two_names() -> None:
    told = [report("a", "It rained."), report("b", "It rained.")]
    assert same(told, ("a", "AFP"), ("b", "Agence France-Presse"))


def test_a_name_of_a_letter_and_nothing_fails() -> None:
    groups([("a", "X"), ("a", "."), ("a", "the"), ("a", "“”")], [report("a", "X.", "(AB) the, of")])
