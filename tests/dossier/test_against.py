"""What was found and what could have gone unseen, against what would change the outcome."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.catalogue import load
from plebiscope.dossier.against import Against, against, drawn, in_words
from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.page.rendering import render
from plebiscope.dossier.stored import from_json, to_json
from plebiscope.model.affected import Affected
from plebiscope.model.case import Contest
from plebiscope.model.finding import Effect, Finding, Grade, Limit, Scope, Tier

CONTEST = Contest(id="vote", name="The vote")
METHODS = {name: load(name) for name in ("margin", "integer-percentages", "anomalous-votes", "totals")}


def finding(
    method: str,
    quantity: str,
    *effects: Effect,
    grade: Grade | None = "display",
    tier: Tier = "D",
    area: str | None = None,
    **more: Any,
) -> Finding:
    return Finding(
        id=f"vote/{method}/{quantity}/{area or more.get('option')}",
        method=method,
        contest="vote",
        quantity=quantity,
        tier=tier,
        grade=grade,
        sentence="The vote: x.",
        scope=Scope() if area is None else Scope(level="area", area=area),
        effect=effects[0] if effects else None,
        effects=effects[1:],
        **more,
    )


def votes(value: float, low: float | None = None, high: float | None = None, unit: str = "votes") -> Effect:
    return Effect(name="some", value=value, low=low, high=high, unit=unit)


def margin(moved: float, added: float, source: str = "sum of stations", quantity: str = "outcome") -> Finding:
    return finding("margin", quantity, votes(moved), votes(added), params={"source": source})


def held(*findings: Finding) -> Against:
    (made,) = against([CONTEST], findings, METHODS)
    return made


def found(*effects: Effect, **more: Any) -> Finding:
    return finding("anomalous-votes", "votes", *effects, **{"tier": "C", **more})


@given(
    st.tuples(st.integers(1, 99), st.integers(1, 99)).map(sorted),
    st.tuples(st.integers(1, 99), st.integers(1, 99)).map(sorted),
)
def test_smaller_and_larger_are_said_only_of_the_whole_range(need: list[int], span: list[int]) -> None:
    made = held(margin(*need), found(votes(span[0], span[0], span[1])))
    ((compared,),) = (weight.compared for weight in made.weights)
    below = all(one < other for one in span for other in need)
    above = all(one > other for one in span for other in need)
    assert compared == ("smaller" if below else "larger" if above else "both sides")


def test_without_a_margin_there_is_nothing_to_hold_against() -> None:
    assert against([CONTEST], [found(votes(5))], METHODS) == ()
    untold = margin(1, 2).model_copy(update={"status": "not testable", "effect": None, "effects": ()})
    assert against([CONTEST], [untold], METHODS) == ()


def test_only_a_design_or_a_model_where_invented_figures_were_found_makes_an_estimate() -> None:
    effect = votes(500.0)
    model = found(effect)
    assert [weight.kind for weight in held(margin(5, 10), model).weights] == ["scale"]
    design = found(effect, tier="B", grade="notable")
    assert [weight.kind for weight in held(margin(5, 10), design).weights] == ["estimate"]
    there = found(effect, area="Gostel", affected=(Affected("some", "it is one number"),))
    named = finding("integer-percentages", "share", tier="A", grade="strong", area="Gostel")
    assert [w.kind for w in held(margin(5, 10), there, named).weights] == ["estimate"]
    # Ballots cast at the stations that a model points at are no estimate of how many are wrong.
    pointed = found(effect, area="Gostel")
    assert [w.kind for w in held(margin(5, 10), pointed, named).weights] == ["scale"]
    assert held(margin(5, 10), there).weights == ()
    elsewhere = named.model_copy(update={"scope": Scope(level="area", area="Ost")})
    assert held(margin(5, 10), there, elsewhere).weights == ()
    # An area in which nothing was found names none.
    quiet = named.model_copy(update={"grade": "none"})
    assert held(margin(5, 10), there, quiet).weights == ()


@pytest.mark.parametrize(
    "other",
    [
        found(votes(500.0, unit="stations")),
        found(votes(-500.0)),
        found(votes(500.0), tier="D"),
        finding("totals", "percentages", votes(-1027.0), votes(900.0), tier="A", grade="contradiction"),
    ],
    ids=["no votes", "below none", "description", "announced totals"],
)
def test_what_is_no_number_of_votes_that_was_found_has_no_weight(other: Finding) -> None:
    assert held(margin(5, 10), other).weights == ()


def test_the_first_answer_of_each_method_stands_for_it() -> None:
    favoured, other = found(votes(500.0), option="Yes"), found(votes(20.0), option="No")
    (weight,) = held(margin(5, 10), favoured, other).weights
    assert (weight.name, weight.low) == ("some, Yes", 500)


def test_what_could_have_gone_unseen_is_the_largest_limit_of_a_method() -> None:
    def limited(dose: float, quantity: str, tier: Tier = "A") -> Finding:
        limit = Limit(mechanism="x", dose=1, unit="stations", votes=dose, power=0.9, how="analytic")
        return finding("integer-percentages", quantity, grade="none", tier=tier, limit=limit)

    (weight,) = held(margin(50, 100), limited(40, "turnout"), limited(60, "share")).weights
    assert (weight.kind, weight.low, weight.high, weight.compared) == ("unseen", 0, 60, ("both sides",))
    assert held(margin(50, 100), limited(40, "turnout", "D")).weights == ()


def test_what_could_have_gone_unseen_is_told_by_whether_it_could_undo_the_lead() -> None:
    limit = Limit(mechanism="x", dose=1, unit="stations", votes=40, power=0.8, how="analytic")
    small, large_ = (
        finding(method, "share", grade="none", tier="A", limit=limit.model_copy(update={"votes": votes_}))
        for method, votes_ in (("integer-percentages", 40.0), ("anomalous-votes", 4000.0))
    )
    # The test sees 40 votes four times in five, and not always; and of one kind only.
    assert in_words(held(margin(50, 100), small), CONTEST)[1:] == [
        "The vote: of the one kind that it looks for, “whole percentages” can have missed up to 40 votes, most "
        "likely too little to undo the lead (50 to 100 votes)."
    ]
    (told,) = in_words(held(margin(50, 100), small, large_), CONTEST)[1:]
    assert told.endswith("can have missed up to 4,000 votes, enough to undo the lead (50 to 100 votes).")


def test_each_kind_has_one_sentence_with_what_was_found_and_what_decides() -> None:
    limit = Limit(mechanism="x", dose=1, unit="stations", votes=120, power=0.8, how="analytic")
    design = found(votes(60.0, 55.0, 70.0), tier="B", grade="notable", limit=limit)
    scale = finding("integer-percentages", "share", votes(20.0), tier="A", grade="strong")
    said = in_words(held(margin(50, 100), design, scale, seen_between(30)), CONTEST)[1:]
    assert said == [
        "The vote: if what “votes without a counterpart as turnout rises” assumes holds, 55 to 70 votes are "
        "concerned, possibly enough to undo the lead (50 to 100 votes).",
        "The vote: “whole percentages” speaks of 20 (some), a scale and no number of wrong votes: if all were "
        "wrong, too little to undo the lead (50 to 100 votes).",
        "The vote: of the one kind that it looks for, “votes without a counterpart as turnout rises” can have "
        "missed up to 120 votes, enough to undo the lead (50 to 100 votes).",
        "The vote: “whole percentages” rules nothing out from about 600 votes on, which it would not notice any "
        "more; the lead would be undone by 50 to 100 votes.",
    ]


def test_an_estimate_that_may_not_be_told_stands_in_the_table_and_in_no_sentence() -> None:
    design = found(votes(60.0, 55.0, 70.0), tier="B", grade="notable")
    (made,) = against([CONTEST], [margin(50, 100), design], METHODS, {(design.id, "some")})
    assert [(one.kind, one.told, one.high) for one in made.weights] == [("scale", False, 70)]
    assert len(in_words(made, CONTEST)) == 1


def seen_between(lost: float | None, quantity: str = "turnout", votes: float = 40.0) -> Finding:
    limit = Limit(
        mechanism="x", dose=2, unit="stations", stations=2, votes=votes, lost=lost, power=0.8, how="simulated"
    )
    return finding("integer-percentages", quantity, grade="none", tier="A", limit=limit)


def test_where_sight_is_lost_again_nothing_larger_is_ruled_out() -> None:
    (weight,) = held(margin(50, 100), seen_between(None)).weights
    assert (weight.high, weight.lost, weight.compared) == (40, None, ("smaller",))
    # Two stations are 40 votes, so 30 stations are 600.
    made = held(margin(50, 100), seen_between(30))
    (weight,) = made.weights
    assert (weight.high, weight.lost, weight.compared) == (40, 600, ("both sides",))
    (missed,) = in_words(made, CONTEST)[1:]
    assert (
        "up to 40 votes, or about 600 and more, possibly enough to undo the lead (50 to 100 votes)" in missed
    )
    (picture,) = drawn([made])
    assert "up to 40, and from 600 on" in picture.alt
    assert held(margin(1, 2), seen_between(30)).weights[0].compared == ("larger",)


def test_what_is_lost_again_is_more_than_any_limit_without_an_end() -> None:
    (weight,) = held(margin(50, 100), seen_between(30, votes=10), seen_between(None, "share")).weights
    assert (weight.high, weight.lost) == (10, 150)


def test_a_model_that_is_shown_because_it_may_be_nothing_can_be_true_all_the_same() -> None:
    open_ = found(votes(20.0, -30.0, 70.0), grade="display")
    weights = held(margin(50, 100), open_).weights
    assert [(one.kind, one.high) for one in weights if one.kind == "unseen"] == [("unseen", 70)]
    narrow = found(votes(20.0, 10.0, 70.0), grade="display")
    assert not [one for one in held(margin(50, 100), narrow).weights if one.kind == "unseen"]


def test_a_model_that_found_nothing_unusual_can_have_missed_all_of_its_range() -> None:
    usual = found(votes(20.0, -30.0, 70.0), grade="none")
    (weight,) = held(margin(50, 100), usual).weights
    assert (weight.kind, weight.high, weight.compared) == ("unseen", 70, ("both sides",))
    assert held(margin(50, 100), usual.model_copy(update={"tier": "A"})).weights == ()


def test_the_results_decide_and_a_quorum_stands_beside_the_lead() -> None:
    quorum = finding("margin", "quorum", votes(7, unit="ballots"), params={"source": "sum of stations"})
    made = held(margin(50, 100), quorum, margin(1, 2, "the commission"), found(votes(60.0)))
    assert [(need.name, need.low, need.high) for need in made.needs] == [
        ("outcome", 50, 100),
        ("quorum", 7, 7),
    ]
    assert made.weights[0].compared == ("both sides", "larger")
    first, second = in_words(made, CONTEST)
    assert first == (
        "The vote: the lead would be undone by 50 to 100 votes, from votes moved to votes added or withheld; the "
        "quorum rests on 7 votes."
    )
    assert second == (
        "The vote: “votes without a counterpart as turnout rises” speaks of 60 (some), a scale and no number of wrong "
        "votes: if all were wrong, possibly enough to undo the lead (50 to 100 votes)."
    )
    (picture,) = drawn([made])
    assert picture.finding == made.needs[0].finding
    assert drawn([held(margin(50, 100))]) == []
    assert len(in_words(held(margin(50, 100)), CONTEST)) == 1


def test_the_page_has_the_table_and_the_reading_its_sentences(dossier: Dossier) -> None:
    (made,) = dossier.against
    assert {weight.kind for weight in made.weights} == {"unseen"}
    page = render(dossier)
    assert "What would be needed, what was found, what could have gone unseen" in page
    assert "Needed to change the quorum" in page
    assert all(sentence in dossier.reading.sentences for sentence in in_words(made, dossier.case.contests[0]))
    assert [figure.id for figure in dossier.figures if figure.id.endswith("/against")] == [
        f"{made.needs[0].finding}/against"
    ]


def test_a_dossier_without_it_is_read_and_drawn(dossier: Dossier) -> None:
    older = from_json(to_json(dossier.model_copy(update={"against": ()})))
    assert older.against == ()
    assert "Needed to change" not in render(older)
