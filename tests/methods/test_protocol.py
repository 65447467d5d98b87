"""Every impossibility is found, nothing legitimate is called one, and nothing is accepted in silence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plebiscope.methods.protocol import IMPOSSIBLE_BITS, Params, judge, measure
from plebiscope.model.beside import Beside, Match
from plebiscope.model.case import Contest
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Evidence, Subject
from plebiscope.model.returns import Returns

Make = Callable[..., Returns]
OPTIONS = ["YES", "NO"]


def sound(n: int = 200, seed: int = 3) -> dict[str, list[object]]:
    """Make records that agree with themselves."""
    rng = np.random.default_rng(seed)
    registered = rng.integers(200, 3000, n)
    issued = rng.binomial(registered, 0.6)
    cast = issued - (rng.random(n) < 0.1)
    invalid = rng.binomial(cast, 0.02)
    yes = rng.binomial(cast - invalid, 0.55)
    columns = {
        "registered": registered,
        "received": registered + 50,
        "issued": issued,
        "unused": registered + 50 - issued,
        "cast": cast,
        "valid": cast - invalid,
        "invalid": invalid,
        "YES": yes,
        "NO": cast - invalid - yes,
    }
    return {"area": [f"a{i % 8}" for i in range(n)], **{k: v.tolist() for k, v in columns.items()}}


def check(returns: Returns, **params: object) -> Evidence:
    subject = Subject(Contest(id="vote", name="Vote"), returns, ())
    return measure(subject, Params(**params), np.random.default_rng(1))


def by_id(evidence: Evidence) -> dict[str, Measurement]:
    return {m.id.removeprefix("vote/protocol/"): m for m in evidence.measurements}


def test_sound_records_contradict_nothing(make_returns: Make) -> None:
    evidence = check(make_returns(sound(), OPTIONS, ["area"]))
    assert not any(m.contradiction for m in evidence.measurements)
    assert evidence.stations == ()
    assert evidence.figures == ()
    found = by_id(evidence)
    assert evidence.measurements[0] is found["summary"]
    assert "Of 8 relations between counts that could be checked in 200 stations, each holds everywhere." in (
        found["summary"].statement
    )
    assert {
        "summary",
        "negative",
        "cast-issued",
        "issued-received",
        "valid-invalid-cast",
        "options-valid",
        "option-valid",
        "cast-registered",
        "issued-registered",
        "missing",
        "duplicates",
        "identical",
    } == set(found)
    assert "has ordinary causes" in found["cast-issued"].statement


# column, change, relation that must break, whether the figures cannot all be true
TAMPER = [
    ("cast", lambda row: row["issued"] + 7, "cast-issued", True),
    ("issued", lambda row: row["received"] - row["unused"] + 9, "issued-received", True),
    ("invalid", lambda row: row["invalid"] + 4, "valid-invalid-cast", True),
    ("invalid", lambda row: row["invalid"] - 1, "valid-invalid-cast", False),
    ("YES", lambda row: row["YES"] + 11, "options-valid", True),
    ("NO", lambda row: row["NO"] - 2, "options-valid", False),
    ("YES", lambda row: row["valid"] + 1, "option-valid", True),
    ("cast", lambda row: 2 * row["registered"], "cast-registered", False),
    ("issued", lambda row: row["registered"] + 3, "issued-registered", False),
    ("YES", lambda row: -5, "negative", True),
]


@pytest.mark.parametrize(("column", "change", "relation", "contradiction"), TAMPER)
def test_one_altered_figure_is_found_and_its_station_named(
    make_returns: Make,
    column: str,
    change: Callable[[dict[str, int]], int],
    relation: str,
    contradiction: bool,
) -> None:
    columns = sound()
    row = {name: values[17] for name, values in columns.items()}
    columns[column][17] = change(row)
    evidence = check(make_returns(columns, OPTIONS, ["area"]))
    found = by_id(evidence)[relation]
    assert found.observed == 1
    assert found.contradiction is contradiction
    assert "1 of 200 stations" in found.statement
    summary = by_id(evidence)["summary"]
    assert (summary.contradiction, summary.unexplained) == (
        any(m.contradiction for m in evidence.measurements if m is not summary),
        True,
    )
    assert found.effect.name in summary.statement
    assert 17 in {score.row for score in evidence.stations}
    score = next(score for score in evidence.stations if score.row == 17)
    assert any(word in score.reason for word in ("more", "fewer", "YES” \N{MINUS SIGN}5"))
    assert len(evidence.figures) == 1


def test_turnout_of_two_hundred_per_cent_is_never_accepted_in_silence(make_returns: Make) -> None:
    columns = {"registered": [100, 0, 100], "cast": [200, 50, 90], "YES": [150, 30, 50], "NO": [50, 20, 40]}
    evidence = check(make_returns(columns, OPTIONS))
    found = by_id(evidence)["cast-registered"]
    assert found.observed == 2
    assert "In 1 of them there are at least twice as many as registered voters." in found.statement
    assert "In 1 of them there are no registered voters at all." in found.statement
    assert [score.row for score in evidence.stations] == [0, 1]
    assert all(score.bits < IMPOSSIBLE_BITS for score in evidence.stations)


def test_impossible_figures_come_before_explainable_ones(make_returns: Make) -> None:
    columns = sound()
    columns["cast"][3] = columns["registered"][3] + 500  # more than registered, and than issued
    columns["NO"][4] = -1
    columns["registered"][5] = 1
    evidence = check(make_returns(columns, OPTIONS, ["area"]))
    flags = [m.contradiction for m in evidence.measurements]
    assert flags == sorted(flags, reverse=True)
    assert [score.row for score in evidence.stations][-1] == 5


def test_lists_left_out_of_the_table_are_not_a_departure(make_returns: Make) -> None:
    columns = sound()
    columns["NO"] = [value // 2 for value in columns["NO"]]
    found = by_id(check(make_returns(columns, OPTIONS, ["area"])))["options-valid"]
    assert found.contradiction is False
    assert found.observed == 0
    assert "does not cover everything there" in found.statement
    assert found.assumptions[0].state in {"fails", "doubtful"}


def test_a_list_left_out_in_one_area_hides_no_departure_elsewhere(make_returns: Make) -> None:
    columns = sound()
    for row in range(200):
        if columns["area"][row] == "a1":
            columns["NO"][row] = max(0, columns["NO"][row] - 20)
    columns["NO"][2] -= 3
    columns["YES"][3] += 4
    found = by_id(check(make_returns(columns, OPTIONS, ["area"])))["options-valid"]
    assert found.observed == 2
    assert found.contradiction is True
    assert "does not cover everything there" in found.statement


def test_a_whole_given_as_nought_is_not_reported_rather_than_impossible(make_returns: Make) -> None:
    columns = sound()
    columns["cast"][5] = 0
    evidence = check(make_returns(columns, OPTIONS, ["area"]))
    found = by_id(evidence)["valid-invalid-cast"]
    assert (found.observed, found.contradiction, found.n) == (0, False, 199)
    assert (
        "In 1 station besides, the number of ballots cast is given as 0 although there are valid ballots and "
        "invalid ballots: taken as not reported."
    ) in found.statement
    assert [score.row for score in evidence.stations] == [5]


def test_a_whole_given_as_nought_everywhere_is_said(make_returns: Make) -> None:
    columns = {"cast": [0, 0], "YES": [5, 6], "NO": [1, 2]}
    evidence = check(make_returns(columns, OPTIONS))
    assert by_id(evidence)["options-cast"].status == "not testable"
    assert {score.row for score in evidence.stations} == {0, 1}


def test_ballots_with_several_votes_are_not_a_departure(make_returns: Make) -> None:
    columns = sound()
    columns["YES"] = [value + 5 for value in columns["valid"]]
    found = by_id(check(make_returns(columns, OPTIONS, ["area"])))["options-valid"]
    assert found.contradiction is False
    assert "do not mean there what the relation supposes" in found.statement


def test_columns_computed_from_others_are_not_tested_against_their_parts(make_returns: Make) -> None:
    columns = sound()
    columns["YES"][0] += 9
    found = by_id(check(make_returns(columns, OPTIONS, ["area"], derived=["valid"])))
    assert "options-valid" not in found
    assert "valid-invalid-cast" not in found
    # Votes and invalid ballots against ballots cast were all published, so the departure is still found.
    assert found["options-invalid-cast"].observed == 1


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        (["cast"], {"options-cast"}),
        (["received", "issued"], {"issued-received"}),
        (["received", "cast"], {"cast-received", "options-cast"}),
        (["registered", "valid"], {"options-valid", "option-valid", "valid-registered"}),
    ],
)
def test_only_published_quantities_are_related(
    make_returns: Make, keep: list[str], expected: set[str]
) -> None:
    columns = {name: values for name, values in sound().items() if name in {"area", "YES", "NO", *keep}}
    found = by_id(check(make_returns(columns, OPTIONS, ["area"])))
    assert set(found) - {"summary", "negative", "missing", "duplicates", "identical"} == expected


def test_missing_counts_are_counted_and_not_tested(make_returns: Make) -> None:
    columns = sound()
    columns["cast"][0] = None
    columns["YES"][1] = None
    found = by_id(check(make_returns(columns, OPTIONS, ["area"])))
    assert found["missing"].observed == 2
    assert (found["missing"].describes, found["negative"].describes) == (True, False)
    assert "ballots cast (1), votes for “YES” (1)" in found["missing"].statement
    assert found["cast-issued"].n == 199
    assert found["options-valid"].n == 199
    assert found["negative"].observed == 0


def test_marked_rows_are_summed_but_not_held_against_registered_voters(make_returns: Make) -> None:
    columns = {**sound(), "mark": [None] * 199 + ["postal"]}
    columns["registered"][199] = 0
    found = by_id(check(make_returns(columns, OPTIONS, ["area"])))
    assert found["cast-registered"].n == 199
    assert found["cast-registered"].observed == 0
    assert found["cast-issued"].n == 200


def test_duplicates_and_identical_records_are_mentioned(make_returns: Make) -> None:
    columns = sound()
    for values in columns.values():
        values[9] = values[1]  # rows 1 and 9 are both in area a1
    returns = make_returns(columns, OPTIONS, ["area"])
    returns = replace(returns, accounting=replace(returns.accounting, duplicates=1))
    found = by_id(check(returns))
    assert found["duplicates"].observed == 1
    assert found["identical"].observed == 2
    assert found["identical"].contradiction is False


def test_stations_named_are_limited_to_the_gravest(make_returns: Make) -> None:
    columns = sound()
    for row in range(0, 40, 10):
        columns["cast"][row] = columns["issued"][row] + row + 1
    evidence = check(make_returns(columns, OPTIONS, ["area"]), most_stations=2)
    assert [score.row for score in evidence.stations] == [30, 20]


def test_empty_and_single_row_tables_do_not_crash(make_returns: Make) -> None:
    for columns in ({"cast": [], "YES": [], "NO": []}, {"cast": [0], "YES": [0], "NO": [0]}):
        evidence = check(make_returns(columns, OPTIONS))
        assert not any(m.contradiction for m in evidence.measurements)


@settings(deadline=None)
@given(
    st.lists(st.integers(-3, 3), min_size=1, max_size=60),
    st.sampled_from(["whole", "stock", "register"]),
    st.integers(1, 4),
)
def test_every_difference_is_either_counted_or_explained(values: list[int], kind: str, areas: int) -> None:
    difference = np.array(values)
    area = np.arange(len(values)) % areas
    found = judge(difference, area, kind, Params())
    assert not (found.above & found.below).any()
    assert not ((found.above | found.below) & found.elsewise).any()
    assert np.array_equal(found.above | (found.elsewise & (difference > 0)), difference > 0)
    if kind == "whole":
        assert np.array_equal(found.below | (found.elsewise & (difference < 0)), difference < 0)
    else:
        assert not found.below.any()
    if kind == "register":
        assert not found.elsewise.any()


def of_country(returns: Returns, country: str | None, **more: object) -> Evidence:
    contest = Contest(id="vote", name="Vote", country=country, kind="presidential", favoured="YES", **more)
    return measure(Subject(contest, returns, ()), Params(), np.random.default_rng(1))


@pytest.mark.parametrize(
    ("country", "form"),
    [("Russia", "russia"), ("РОССИЯ", "russia"), ("Kenya", "kenya-34a"), ("Atlantis", "any"), (None, "any")],
)
def test_the_form_follows_the_country(make_returns: Make, country: str | None, form: str) -> None:
    found = by_id(of_country(make_returns(sound(), OPTIONS, ["area"]), country))
    assert found["summary"].params["form"] == form
    assert found["valid-invalid-cast"].observed == 0


def test_a_form_needs_its_counts_and_its_kind_of_vote(make_returns: Make) -> None:
    columns = {name: values for name, values in sound().items() if name != "issued"}
    assert by_id(of_country(make_returns(columns, OPTIONS), "Russia"))["summary"].params["form"] == "any"
    local = Contest(id="vote", name="Vote", country="Russia", kind="local")
    evidence = measure(Subject(local, make_returns(sound(), OPTIONS), ()), Params(), np.random.default_rng(1))
    assert by_id(evidence)["summary"].params["form"] == "any"


def test_a_rule_of_the_form_is_quoted_and_its_own_lines_excuse(make_returns: Make) -> None:
    columns = sound()
    columns["received"][4] = 0  # ballots received that were never entered
    columns["received"][5] -= 60
    columns["invalid"][6] += 2
    returns = make_returns(columns, OPTIONS, ["area"])
    plain, russian = (by_id(of_country(returns, country)) for country in (None, "Russia"))
    assert plain["issued-received"].contradiction is True
    assert russian["issued-received"].contradiction is False
    assert russian["issued-received"].unexplained is True
    assert "not accounted for on receipt" in russian["issued-received"].statement
    assert "lines 7 and 8 together are lines 9 and 10 together" in russian["valid-invalid-cast"].statement
    assert russian["valid-invalid-cast"].contradiction is True
    assert "of the Russian protocol" in russian["summary"].statement


def test_a_stream_of_more_than_700_voters_needs_an_explanation(make_returns: Make) -> None:
    columns = {name: values for name, values in sound().items() if name in ("area", "YES", "NO", "valid")}
    columns["registered"] = [700] * 199 + [701]
    found = by_id(of_country(make_returns(columns, OPTIONS, ["area"]), "Kenya"))["registered-stream"]
    assert (found.observed, found.contradiction, found.unexplained) == (1, False, True)
    assert "at most 700 registered voters" in found.statement


def test_errors_that_lie_together_are_said_to(make_returns: Make) -> None:
    columns = sound()
    for row in (0, 8, 16, 24):  # all in area a0, which has 25 of the 200 rows
        columns["NO"][row] += 1
    found = by_id(check(make_returns(columns, OPTIONS, ["area"])))["errors"]
    assert (found.observed, found.n) == (4, 200)
    assert found.describes
    assert found.effect.value == pytest.approx(2.0)
    (pairs,) = (one.value for one in found.effects if one.name.startswith("pairs"))
    # Six pairs, where eight areas of 25 hold 8 x 300 of the 19,900 pairs of rows.
    assert pairs == pytest.approx(6 / (6 * 8 * 300 / 19900))


def test_hands_that_never_err_are_compared_where_forms_are_written_by_hand(make_returns: Make) -> None:
    columns = sound()
    for row in range(200):
        if columns["area"][row] != "a3" and row % 3 == 0:
            columns["NO"][row] += 1
    returns = make_returns(columns, OPTIONS, ["area"])
    erring = sum(columns["area"][row] != "a3" and row % 3 == 0 for row in range(200))
    found = by_id(of_country(returns, "Kenya"))["errors"]
    assert "Areas without an error: 1, where" in found.statement
    assert f"chance of {(1 - erring / 175) ** 25:.2g}" in found.statement
    assert "by hand" not in by_id(of_country(returns, None))["errors"].statement
    assert (
        "by hand" in by_id(of_country(make_returns(sound(), OPTIONS, ["area"]), "Kenya"))["errors"].statement
    )
    assert "errors" not in by_id(of_country(make_returns(sound(), OPTIONS, ["area"]), None))


def test_slips_that_help_one_side_are_no_chance(make_returns: Make) -> None:
    columns = sound()
    slipped = 0
    for row in range(100, 200):
        digits = str(columns["YES"][row])
        swapped = int(digits[:-2] + digits[-1] + digits[-2])
        if swapped > columns["YES"][row]:
            columns["YES"][row], slipped = swapped, slipped + 1
    found = by_id(of_country(make_returns(columns, OPTIONS, ["area"]), None))["slips"]
    assert 6 <= found.n <= slipped
    assert found.observed == found.n
    assert found.p == pytest.approx(2.0 ** (1 - found.n))
    assert by_id(of_country(make_returns(sound(), OPTIONS), None)).get("slips") is None


def test_innocent_slips_are_not_named_oftener_than_the_test_says(make_returns: Make) -> None:
    named, asked = 0, 0
    rng = np.random.default_rng(8)
    for draw in range(150):
        columns = sound(seed=draw)
        for row in rng.choice(200, 16, replace=False).tolist():
            option = OPTIONS[int(rng.integers(2))]
            digits = str(columns[option][row])
            columns[option][row] = int(digits[:-2] + digits[-1] + digits[-2])
        found = by_id(of_country(make_returns(columns, OPTIONS, ["area"]), None)).get("slips")
        if found is not None and found.p is not None:
            asked, named = asked + 1, named + (found.p <= 0.05)
    assert asked > 100
    assert named <= 0.05 * asked + 3 * (0.05 * 0.95 * asked) ** 0.5


def beside(returns: Returns, name: str = "other") -> Beside:
    rows = np.arange(len(returns), dtype=np.int64)
    return Beside(Contest(id=name, name=f"The {name}"), returns, Match(rows, {}, "station"))


def held(returns: Returns, other: Returns) -> dict[str, Measurement]:
    contest = Contest(id="vote", name="Vote", favoured="YES")
    evidence = measure(
        Subject(contest, returns, (), beside=(beside(other),)), Params(), np.random.default_rng(1)
    )
    found = by_id(evidence)
    return {key.removeprefix("with/other/"): one for key, one in found.items() if key.startswith("with/")}


def test_two_votes_that_fit_one_another(make_returns: Make) -> None:
    returns = make_returns(sound(), OPTIONS, ["area"])
    found = held(returns, returns)
    assert set(found) == {"boxes", "registered", "issued"}
    assert all(one.observed == 0 for one in found.values())
    assert not any(one.contradiction or one.unexplained for one in found.values())


def test_a_ballot_in_the_wrong_box_is_no_contradiction_and_one_too_many_is(make_returns: Make) -> None:
    here, there = sound(), sound()
    there["cast"][7] = there["issued"][7] - 3
    here["cast"][7] = here["issued"][7] + 3  # three ballots in the wrong box
    fits = held(make_returns(here, OPTIONS), make_returns(there, OPTIONS))["boxes"]
    assert (fits.observed, fits.contradiction) == (0, False)
    here["cast"][7] += 1
    found = held(make_returns(here, OPTIONS), make_returns(there, OPTIONS))["boxes"]
    assert (found.observed, found.contradiction) == (1, True)
    assert found.effects[0].value == 1


def test_registers_that_differ_need_an_explanation_unless_they_all_do(make_returns: Make) -> None:
    here, there = sound(), sound()
    here["registered"][3] += 40
    found = held(make_returns(here, OPTIONS), make_returns(there, OPTIONS))["registered"]
    assert (found.observed, found.unexplained, found.contradiction) == (1, True, False)
    there["registered"] = [value + 100 for value in there["registered"]]
    found = held(make_returns(here, OPTIONS), make_returns(there, OPTIONS))["registered"]
    assert (found.observed, found.unexplained) == (200, False)
    assert "other electorates" in found.statement


def test_voters_who_took_one_ballot_only_are_shown_where_they_are_many(make_returns: Make) -> None:
    here, there = sound(), sound()
    there["issued"][9] = int(0.8 * there["issued"][9])
    there["issued"][10] -= 1
    found = held(make_returns(here, OPTIONS), make_returns(there, OPTIONS))["issued"]
    assert (found.observed, found.unexplained) == (1, True)
    assert found.effects[1].value == 198


def test_votes_that_share_no_count_are_not_compared(make_returns: Make) -> None:
    returns = make_returns(sound(), OPTIONS)
    assert held(returns, make_returns({"YES": [1], "NO": [1]}, OPTIONS)) == {}
