"""What belongs to the page is counted and shown, and neither coded nor heard."""

from __future__ import annotations

import pytest

from plebiscope.conduct import code
from plebiscope.conduct.clean import clean
from plebiscope.conduct.segment import fold, sentences
from plebiscope.model.report import Report

BEFORE = "Armed soldiers took the ballot boxes from door to door in Gostel.\n\n"
AFTER = "\n\nThe box was carried from house to house in Bresk.\n"


def boilerplate(text: str) -> list[str]:
    cleaned = clean(text)
    return [cleaned.text[one.start : one.end] for one in sentences(cleaned) if one.boilerplate]


@pytest.mark.parametrize(
    "line",
    [
        "By Ilse Bresker",
        "By Ilse Bresker and Jon Ostra, The Marrant Post | 25 September 2031",
        "By our correspondent in Gostel",
        "(Reporting by Ilse Bresker; editing by Jon Ostra)",
        "Additional reporting by Jon Ostra in Bresk.",
        "Photo: Ilse Bresker/Marrant Press",
        "Ilse Bresker / Marrant Press",
        "Share this:",
        "Share",
        "12 shares",
        "Read more: Ostra vote was a sham, say rebels",
        "RELATED: Observers turned away in Ostra",
        "Advertisement",
        "Sign up for our newsletter to get the news from Gostel.",
        "We use cookies to improve your experience.",
        "© 2031 The Marrant Post. All rights reserved.",
        "Follow us on Facebook for more.",
        "This article was originally published in Bresk.",
        "Thursday, September 25, 2031",
        "Published: 25 September 2031, 14:05 GMT",
        "https://example.org/story",
        "Ilse Bresker is a reporter based in Gostel.",
        "Support our journalism.",
    ],
)
def test_of_the_page(line: str) -> None:
    assert "".join(boilerplate(BEFORE + line + AFTER)).startswith(line[:20])


@pytest.mark.parametrize(
    "line",
    [
        "By evening the boxes were full",
        "By Sunday Night Gostel Had Voted",
        "By Gostel Bridge, hundreds waited",
        "Related charges were brought against three members of the board.",
        '"Share this with your neighbours," the officer told voters.',
        '"Follow us on foot," the soldiers said.',
        "Shares in the company were handed out to those who voted yes.",
        "Copyrighted ballots were not used.",
        "Ilse Bresker is a reporter who was arrested at the polling station.",
        "A soldier watches a voter in Bresk, Sept 25, 2031",
        "Reports of stuffed boxes came from Ostra.",
        "Published results were changed overnight.",
        "Commission member Jon Ostra / Bresk",
    ],
)
def test_of_the_report(line: str) -> None:
    assert boilerplate(BEFORE + line + AFTER) == []


def test_a_list_of_other_articles_ends_with_the_next_sentence() -> None:
    listed = "Related articles\n\nOstra vote was a sham\n\nRebels reject the count in Ostra"
    assert len(boilerplate(BEFORE + listed + AFTER)) == 3


@pytest.mark.parametrize("opening", ["Leave a reply", "12 Comments", "Comments (3)", "Join the conversation"])
def test_what_readers_wrote_is_no_report(opening: str) -> None:
    report = (BEFORE + AFTER) * 4
    replies = f"\n\n{opening}\n\nIt was rigged. I saw it myself.\n\nNo, it was not!\n"
    assert len(boilerplate(report + replies)) == 4
    assert len(boilerplate(replies + report)) <= 1  # near the head it is a button


def test_boilerplate_is_kept_and_counted_and_never_coded() -> None:
    text = (
        BEFORE + "Read more: The vote in Ostra was a sham\n\nRead more: The vote in Ostra was a sham" + AFTER
    )
    report = code([Report(path="r.txt", text=text)])
    kept = [one for one in report.reports[0].sentences if one.boilerplate]
    assert [(one.copies, text[one.start : one.end] == one.text) for one in kept] == [(2, True)]
    assert report.statements
    for one in report.statements:
        sentence = report.reports[0].sentences[one.sentence]
        assert not sentence.boilerplate
        assert sentence.start <= one.start < one.end <= sentence.end


def test_a_headline_in_a_list_takes_nothing_from_its_own_article() -> None:
    headline = "Armed men stand at the polls in Gostel"
    text = f"Most read\n\n{headline}\n\nPeople voted.\n\n{headline}\n\nPeople went home."
    cleaned = clean(text)
    kinds = [
        one.boilerplate
        for one in fold(cleaned, sentences(cleaned))
        if cleaned.text[one.start : one.end] == headline
    ]
    assert kinds == [True, False]


def test_who_is_named_in_a_by_line_says_nothing() -> None:
    text = (
        "By Ilse Bresker\n\nPolls opened at eight in Gostel, and many came to vote.\n\n"
        '"Armed soldiers took the ballot boxes from door to door and the vote was a sham," she said.\n\nIt rained.'
    )
    record = code([Report(path="r.txt", text=text)])
    assert record.statements
    assert all("Bresker" not in (one.speaker or "") for one in record.statements)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "unit", ["By Ilse Bresker ", "at ", "- ", "A/", "By A B\n\n", "Related\n\n", "1 comment\n\n", "photo: "]
)
def test_hostile_text_takes_time_in_proportion(unit: str) -> None:
    boilerplate(unit * (400_000 // len(unit)))
