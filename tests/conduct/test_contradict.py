"""What stands against each other, side by side."""

from __future__ import annotations

import datetime as dt

from plebiscope.conduct import code
from plebiscope.conduct.contradict import contradictions
from plebiscope.model.report import Place, Report, StatedFigure, Statement


def statement(**given: object) -> Statement:
    fields: dict[str, object] = {
        "code": "C04", "name": "Voters threatened", "obligation": "o", "severity": 3, "verbatim": "threatened",
        "start": 0, "end": 10, "sentence": 0, "report": "a", "rule": "r",
    }  # fmt: skip
    return Statement.model_validate(fields | given)


def place(name: str) -> tuple[Place, ...]:
    return (Place(written=name, name=name),)


def stated(value: str, **given: object) -> StatedFigure:
    fields: dict[str, object] = {
        "kind": "turnout", "value": value, "unit": "1" if "." not in value else "0.1", "verbatim": value,
        "start": 0, "end": 2, "sentence": 0, "report": "a",
    }  # fmt: skip
    return StatedFigure.model_validate(fields | given)


DENIED = {"status": "denied", "report": "b", "speaker": "the governor"}


def test_told_by_one_and_denied_by_another() -> None:
    (found,) = contradictions([statement(), statement(**DENIED)], [])
    assert (found.kind, found.one, found.other) == ("denied", (0,), (1,))
    assert found.told == "place or day not told by both"


def test_in_one_report() -> None:
    text = (
        "Armed men carried the ballot box from door to door in the vote. The governor denied that armed men had "
        "carried the ballot box from door to door."
    )
    record = code([Report(path="r", text=text)])
    assert any(one.kind == "denied" and one.about.startswith("Door-to-door") for one in record.contradictions)


def test_same_place_and_day() -> None:
    there = {"where": place("Gostel"), "when": "2031-09-14"}
    (found,) = contradictions(
        [statement(**there), statement(**DENIED, where=place("gostel"), when="2031-09-13/2031-09-15")], []
    )
    assert found.told == "same place and day"


def test_other_places_and_other_days_are_no_contradiction() -> None:
    assert (
        contradictions([statement(where=place("Gostel")), statement(**DENIED, where=place("Bresk"))], [])
        == ()
    )
    assert contradictions([statement(when="2031-09-14"), statement(**DENIED, when="2031-09-15")], []) == ()


def test_what_is_expected_or_rejected_stands_against_nothing() -> None:
    assert contradictions([statement(status="prospective"), statement(**DENIED)], []) == ()
    assert contradictions([statement(review="rejected"), statement(**DENIED)], []) == ()


def test_praise_against_a_fault_of_the_same() -> None:
    praise = statement(code="P01", severity=0, verbatim="The vote was calm", report="b", sentence=1)
    (found,) = contradictions([statement(), praise], [])
    assert (found.kind, found.about, found.one, found.other) == ("praised", "calm and order", (0,), (1,))
    assert contradictions([statement(code="C16"), praise], []) == ()


def test_different_figures_for_one_thing() -> None:
    (found,) = contradictions([], [stated("97", place="Gostel"), stated("61.3", place="Gostel", report="b")])
    assert (found.kind, found.one, found.other) == ("figures", (0,), (1,))


def test_figures_within_their_rounding_or_of_other_things_do_not_differ() -> None:
    assert contradictions([], [stated("61"), stated("61.3")]) == ()
    assert contradictions([], [stated("61"), stated("60.5")]) == ()
    assert contradictions([], [stated("97", place="Gostel"), stated("61", place="Bresk")]) == ()
    assert contradictions([], [stated("97"), stated("61", basis="poll")]) == ()
    assert (
        contradictions([], [stated("97", contest="first round"), stated("61", contest="second round")]) == ()
    )
    assert contradictions([], [stated("60", bound="more than"), stated("75")]) == ()
    share = {"kind": "share"}
    assert contradictions([], [stated("97", **share), stated("3", **share)]) == ()


def test_figures_of_one_place_under_two_spellings() -> None:
    one = stated("97", place="the Zaporizhzhia region")
    (found,) = contradictions([], [one, stated("61.3", place="Zaporizhia Region", report="b")])
    assert (found.kind, found.one, found.other) == ("figures", (0,), (1,))
    assert contradictions([], [one, stated("61.3", place="Zaporizhia", report="b")]) == ()


def test_a_winner_under_two_names() -> None:
    one = stated("97", kind="share", option="Ilse Marrant")
    (found,) = contradictions([], [one, stated("61", kind="share", option="Ms Marrant")])
    assert found.kind == "figures"


def test_days_are_compared_in_one_report_and_in_several() -> None:
    texts = (
        "In the referendum turnout was 97 per cent in Gostel, the board said.",
        "Turnout in Gostel was 61 per cent in the referendum, said those who had counted at the door.",
    )
    reports = [Report(path=f"{n}", text=text, published=dt.date(2031, 9, 16)) for n, text in enumerate(texts)]
    (found,) = code(reports).contradictions
    assert found.kind == "figures"
