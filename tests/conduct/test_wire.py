"""Which reports are one, and which agency is named."""

from __future__ import annotations

import pytest

from plebiscope.conduct import code
from plebiscope.conduct.wire import credited, told_by
from plebiscope.model.report import Conduct, Report

PARAGRAPHS = (
    "Armed men went from flat to flat with a ballot box in the town of Gostel on Saturday.",
    "People who live by the harbour said that they had marked their papers on the stairs of the house.",
    "The commission of the district counted the papers behind a locked door until the early morning.",
    "Nobody who was asked by the reporter at the market could say what the question on the paper meant.",
    "The governor thanked the voters in a speech on the radio and spoke of a day that would be remembered.",
)
OTHER = (
    "Ferries to Gostel ran half empty at the weekend, and most shops stayed closed.",
    "A nurse said she had been told by the head of her ward to bring a photograph of her marked paper.",
    "In three villages the box was brought to the door by a councillor and two men in uniform.",
    "The harbour master, who did not vote, said that his name had been crossed off in front of him.",
)


def coded(*texts: str) -> Conduct:
    return code([Report(path=f"{n}.txt", text=text) for n, text in enumerate(texts)])


def test_a_story_with_another_headline_and_cut_paragraphs_is_one_report() -> None:
    reprinted = "A town votes under arms\n\n" + "\n\n".join((PARAGRAPHS[0], *PARAGRAPHS[2:4]))
    record = coded("Gostel votes\n\n" + "\n\n".join(PARAGRAPHS), reprinted)
    assert [report.copy_of for report in record.reports] == [None, "0.txt"]


def test_what_the_copy_adds_is_no_second_report() -> None:
    record = coded(
        "\n\n".join(PARAGRAPHS), "\n\n".join((*PARAGRAPHS, "Soldiers went door-to-door in Bresk too."))
    )
    (found,) = (one for one in record.support if one.code == "C07")
    assert (found.reports, found.independent) == (1, 1)


def test_two_reports_that_share_a_quotation_are_two() -> None:
    record = coded("\n\n".join((*PARAGRAPHS, OTHER[1])), "\n\n".join(OTHER))
    assert [report.copy_of for report in record.reports] == [None, None]


def test_short_texts_are_not_judged_by_their_words() -> None:
    record = coded("Voting was calm.", "Voting was calm.")
    assert [report.copy_of for report in record.reports] == [None, None]


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("GOSTEL (Reuters) - The polls closed at eight.", "Reuters"),
        ("By Agence France-Presse\n\nThe polls closed at eight.", "AFP"),
        ("The polls closed at eight.\n\nSource: TASS", "TASS"),
        ("The polls closed at eight. (AFP)", "AFP"),
        ("The polls closed at eight. AP contributed to this report.", "Associated Press"),
        ("The polls closed at eight, Reuters reported, and the count began.", None),
    ],
)
def test_credits(text: str, agency: str | None) -> None:
    assert credited(text) == agency


@pytest.mark.parametrize(
    ("sentence", "agency"),
    [
        ("Voters were beaten, AFP reported.", "AFP"),
        ("According to the AP, voters were beaten.", "Associated Press"),
        ("He told Agence France-Presse that voters were beaten.", "AFP"),
        ("The Keldale Press Agency said that voters were beaten.", "Keldale Press Agency"),
        ("Voters were beaten, the Marenna news agency reported.", "Marenna"),
        ("The tass of tea stood on the ballot box.", None),
    ],
)
def test_agencies_in_a_sentence(sentence: str, agency: str | None) -> None:
    assert told_by(sentence) == agency
