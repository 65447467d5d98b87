"""A text that is not English is told apart, for nothing follows from finding nothing in it."""

from __future__ import annotations

import pytest

from plebiscope.conduct import code
from plebiscope.conduct.language import is_english
from plebiscope.model.report import Report

ENGLISH = [
    "Soldiers stood at the door of the school, and nobody who lives in the village dared to stay at home.",
    "Polls opened at eight. Turnout in the three northern districts of Marenna was low, the board said.",
    "Armed men with a ballot box, Bresk",
    'The board wrote: "Die Wahl war frei und geheim, und alle haben sie so gesehen." Few of those who were '
    "there believed it.",
]
OTHERS = [
    "Des soldats se tenaient devant la porte de l'\u00e9cole, et personne dans le village n'a os\u00e9 rester.",
    "Unos soldados estaban en la puerta de la escuela, y nadie en el pueblo se atrevi\u00f3 a quedarse en casa.",
    "Vor der Schule standen Soldaten, und niemand in dem Dorf, in dem wir waren, wagte es, zu Hause zu bleiben.",
    "Voor de deur van de school stonden soldaten, en niemand in het dorp durfde thuis te blijven, zei ze.",
    "Przed drzwiami szko\u0142y stali \u017co\u0142nierze i nikt we wsi nie odwa\u017cy\u0142 si\u0119 zosta\u0107 tego dnia w domu.",
    "Foran skolen stod der soldater, og ingen i landsbyen turde blive hjemme den dag, hvor der var valg.",
    "\u0423 \u0434\u0432\u0435\u0440\u0435\u0439 \u0448\u043a\u043e\u043b\u044b \u0441\u0442\u043e\u044f\u043b\u0438 \u0441\u043e\u043b\u0434\u0430\u0442\u044b.",
]


@pytest.mark.parametrize("text", ENGLISH)
def test_english(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize("text", OTHERS)
def test_other_languages(text: str) -> None:
    assert not is_english(text)


def test_a_report_in_another_language_is_marked_and_says_nothing() -> None:
    text = " ".join(OTHERS[:2]) + " referendum sham election"
    foreign, read = code(
        [Report(path="f.txt", text=text), Report(path="e.txt", text=ENGLISH[0] + " The vote was a sham.")]
    ).reports
    assert (foreign.read, read.read) == (False, True)
    assert foreign.sentences
    record = code([Report(path="f.txt", text=text)])
    assert record.statements == ()
    assert record.support == ()
