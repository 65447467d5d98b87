"""What page, terminal and reading say of review, suggestions and plug-ins."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from rich.console import Console

from plebiscope.dossier import told
from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.page.rendering import render
from plebiscope.dossier.reading.one_word import conduct_word
from plebiscope.dossier.reviewed import judgement, summary
from plebiscope.dossier.terminal import show_conduct
from plebiscope.model.report import (
    Coded,
    Conduct,
    Judgement,
    Outcome,
    Proposer,
    Review,
    Statement,
    Support,
    Unmatched,
)

HOSTILE = "<b>=1+1</b>\u202e\x1b[31m"


def settled(one: Statement, outcome: Outcome, reviewer: str | None = "M. Keld", **more: object) -> Statement:
    return one.model_copy(
        update={
            "review": outcome,
            "judgement": Judgement(line=2, reviewer=reviewer, **more),
            "strength": "firm",
        }
    )


@pytest.fixture
def reviewed(dossier: Dossier) -> Conduct:
    """The record of the sample dossier: one accepted, one corrected, one rejected, one added, the rest unread."""
    conduct = dossier.conduct
    assert conduct is not None
    force, armed, door, verdict, *rest = conduct.statements
    coder = Coded(code="C04", speaker="The clerk", status="alleged", strength="suggested")
    statements = (
        settled(force, "accepted", date="2031-09-20", note=HOSTILE),
        settled(armed, "corrected", coder=coder),
        door.model_copy(update={"inferred": True}),
        settled(verdict, "rejected", None),
        *rest,
        settled(rest[-1], "added").model_copy(update={"rule": "review"}),
    )
    left = Unmatched(
        line=9, decision="reject", why="its report is not part of this run", words=HOSTILE, code="C01"
    )
    return conduct.model_copy(
        update={
            "statements": statements,
            "review": Review(path="review.csv", sha256="0" * 64, decisions=5, unmatched=(left,)),
            "proposers": (
                Proposer(
                    name=HOSTILE,
                    package="fake",
                    version="1.2",
                    offered=3,
                    kept=1,
                    left_out={"found already": 2},
                ),
            ),
            "support": (Support(code="C07", speakers=0, reports=0, independent=0, with_suggestions=2),),
        }
    )


def page_of(dossier: Dossier, conduct: Conduct) -> str:
    page = render(dossier.model_copy(update={"conduct": conduct}))
    part = page[page.index('<section id="conduct"') :]
    return part[: part.index("</section>")]


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", page)).split())


def test_who_read_how_many_and_what_became_of_them(reviewed: Conduct) -> None:
    assert summary(reviewed) == (
        "3 of 6 statements were read by a person: 1 accepted, 1 corrected and 1 rejected; 1 more was added "
        "(M. Keld, 3; no name given, 1). 1 decision fits no statement of this run."
    )


def test_without_a_review_nothing_is_said_of_one(dossier: Dossier) -> None:
    assert dossier.conduct is not None
    assert summary(dossier.conduct) == ""
    assert "Review:" not in text_of(page_of(dossier, dossier.conduct))


def test_a_corrected_statement_shows_what_the_coder_says(reviewed: Conduct) -> None:
    said = judgement(reviewed.statements[1])
    assert said == "corrected on review by M. Keld (the coder says: C04, by The clerk, alleged, suggested)"


def test_the_page_tells_suggestions_from_what_was_read(dossier: Dossier, reviewed: Conduct) -> None:
    page = page_of(dossier, reviewed)
    assert page.count('class="suggestion"') == 1
    text = text_of(page)
    assert f"Review: {summary(reviewed)}" in text
    assert "Suggestion C07" in text
    assert "the speaker is inferred from another sentence" in text
    assert "accepted on review by M. Keld, 2031-09-20" in text
    assert "Added by a person." in text
    assert "its report is not part of this run" in text
    assert "3 proposals, 1 kept as suggestions; left out: found already (2)." in text


def test_rejected_statements_are_shown_apart_and_weigh_nothing(dossier: Dossier, reviewed: Conduct) -> None:
    kinds = {kind.slug: [s.code for e in kind.entries for s in e.statements] for kind in told.kinds(reviewed)}
    assert kinds["rejected"] == ["C23"]
    assert "verdicts" not in kinds
    none = tuple(settled(one, "rejected") for one in reviewed.statements)
    assert conduct_word(reviewed.model_copy(update={"statements": none})) == "no breach reported"


def test_a_report_in_another_language_can_be_read_by_a_person(reviewed: Conduct) -> None:
    (report,) = reviewed.reports
    unread = reviewed.model_copy(update={"reports": (report.model_copy(update={"read": False}),)})
    assert conduct_word(unread.model_copy(update={"statements": ()})) == "not read"
    assert conduct_word(unread) == conduct_word(reviewed) != "not read"


def test_what_a_reviewer_wrote_cannot_act(dossier: Dossier, reviewed: Conduct) -> None:
    page = page_of(dossier, reviewed)
    assert "<b>" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page
    out = io.StringIO()
    show_conduct(reviewed, Console(file=out, width=200, color_system=None))
    assert "\x1b" not in out.getvalue()


def test_the_terminal_says_the_same(reviewed: Conduct) -> None:
    out = io.StringIO()
    show_conduct(reviewed, Console(file=out, width=300, color_system=None))
    text = " ".join(out.getvalue().split())
    assert f"Review: {summary(reviewed)}" in text
    assert "asserted, suggested, speaker inferred" in text
    assert (
        "C07: 0 voices in distinct reports (0 speakers, 0 reports); 2 if all suggestions are confirmed"
        in text
    )
