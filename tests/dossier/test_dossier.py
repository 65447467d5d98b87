"""dossier.json: the contract with its readers."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from plebiscope.dossier.assemble import INSPECTED, QUARANTINE_ROWS, making
from plebiscope.dossier.differences import differences
from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.schema import published_schema, schema
from plebiscope.dossier.stored import from_json, load, to_json
from plebiscope.model.errors import InputError
from plebiscope.model.returns import Accounting, Quarantined

KEYS = {
    "": "schema plebiscope case inputs release returns totals findings figures stations_to_inspect conduct "
    "power reading made",
    "case": "name digest contests",
    "case.contests.0": "id name kind date country question options favoured",
    "inputs.0": "path role contest sha256 bytes format encoding",
    "release.0": "contest level published missing sentence",
    "returns.0": "contest records stations marked aggregates furniture quarantined quarantine "
    "quarantine_rows digest sums columns",
    "returns.0.quarantine_rows.0": "line reason text",
    "returns.0.columns.registered": "from why",
    "totals.0": "contest source registered cast valid invalid votes shares turnout",
    "findings.0": "id method contest scope quantity option status reason n observed expected null p log10_p "
    "q bits effect effects limit false_alarm assumptions tier grade sentence innocent reference params",
    "findings.0.scope": "level area",
    "findings.0.effect": "name value low high unit level",
    "findings.0.limit": "mechanism dose unit stations votes power how",
    "findings.0.false_alarm": "rate n on",
    "findings.0.assumptions.0": "name state how",
    "figures.0": "id finding title caption alt vega_lite",
    "stations_to_inspect.0": "contest station areas score reasons",
    "conduct": "reports statements support timeline",
    "conduct.reports.0": "path published copies_folded sentences",
    "conduct.reports.0.sentences.0": "text start end copies",
    "conduct.statements.0": "code name obligation severity verbatim start end sentence report copies speaker "
    "mode status when where rule strength review",
    "conduct.support.0": "code speakers reports independent",
    "conduct.timeline.0": "when what statement",
    "reading": "figures conduct sentences",
    "made": "seed seconds python libraries",
}
"""The keys of the contract, level by level."""

BEYOND = {
    "": "methods weighing against how_many fair stated masked",
    "case": "plan simulated written mappings",
    "case.contests.0": "unpublished quorum threshold pairs",
    "returns.0": "used duplicates others file_columns extras notes",
    "returns.0.columns.registered": "derived",
    "totals.0": "announced definition date bulletin note rounded place report",
    "findings.0": "contradiction statement place on_fair_votes intervals_on_fair_votes",
    "findings.0.limit": "low high lost share floor level",
    "stations_to_inspect.0": "line",
    "conduct": "contradictions figures review proposers",
    "conduct.statements.0": "inferred when_rule judgement",
    "conduct.timeline.0": "event held announced days sentences report sentence start end",
    "conduct.reports.0": "read why_unread format author text_sha256 notes agency copy_of",
    "conduct.reports.0.sentences.0": "boilerplate",
    "conduct.support.0": "agencies with_suggestions",
    "reading": "parts",
}
"""What we add to it."""


def at(data: Any, path: str) -> Any:
    for step in path.split(".") if path else ():
        data = data[int(step)] if step.isdigit() else data[step]
    return data


@pytest.fixture(scope="module")
def data(dossier: Dossier) -> dict[str, Any]:
    return json.loads(to_json(dossier))


@pytest.mark.parametrize("path", KEYS)
def test_keys_are_those_of_the_contract(data: dict[str, Any], path: str) -> None:
    assert set(at(data, path)) == set(KEYS[path].split()) | set(BEYOND.get(path, "").split())


def test_the_published_schema_is_current() -> None:
    assert published_schema() == schema()


def test_what_is_written_fits_the_schema(
    dossier: Dossier, totals_dossier: Dossier, nasty_dossier: Dossier
) -> None:
    validator = jsonschema.Draft202012Validator(published_schema())
    for made in (dossier, totals_dossier, nasty_dossier):
        assert list(validator.iter_errors(json.loads(to_json(made)))) == []


def test_reading_back_gives_the_same_dossier(
    dossier: Dossier, totals_dossier: Dossier, nasty_dossier: Dossier
) -> None:
    for made in (dossier, totals_dossier, nasty_dossier):
        text = to_json(made)
        assert to_json(from_json(text)) == text


def test_equal_runs_give_equal_bytes_but_for_the_seconds(make_dossier: Callable[..., Dossier]) -> None:
    first, second = make_dossier(200), make_dossier(200)
    assert to_json(first) == to_json(second)
    other = second.model_copy(update={"made": second.made.model_copy(update={"seconds": 9.0})})
    differing = [
        (a, b)
        for a, b in zip(to_json(first).splitlines(), to_json(other).splitlines(), strict=True)
        if a != b
    ]
    assert len(differing) == 1
    assert differing[0][0].replace("1.25", "9.0") == differing[0][1]


def test_differences_are_named(make_dossier: Callable[..., Dossier]) -> None:
    one, other = make_dossier(200), make_dossier(200)
    slower = other.model_copy(update={"made": other.made.model_copy(update={"seconds": 9.0})})
    assert differences(one, slower) == []
    changed = one.findings[0].model_copy(update={"observed": 7.0})
    edited = one.model_copy(update={"findings": (changed, *one.findings[1:-1])})
    assert differences(one, edited) == [
        f"findings: {len(one.findings)} entries, {len(one.findings) - 1} entries",
        "findings.0.observed: 1012.0, 7.0",
    ]


def test_numbers_are_finite_or_null(data: dict[str, Any]) -> None:
    def numbers(value: Any) -> list[float]:
        if isinstance(value, dict):
            return [n for item in value.values() for n in numbers(item)]
        if isinstance(value, list):
            return [n for item in value for n in numbers(item)]
        return [value] if isinstance(value, float) else []

    assert numbers(data)
    assert all(math.isfinite(number) for number in numbers(data))


def test_announced_decimals_are_kept(data: dict[str, Any]) -> None:
    totals = data["totals"][0]
    assert totals["shares"] == {"Yes": 62.5, "No": 37.5}
    assert totals["announced"] == {"shares": {"Yes": "62.50", "No": "37.5"}, "turnout": "57.1"}


def test_accounting_adds_up_and_rows_are_cut(make_dossier: Callable[..., Dossier], dossier: Dossier) -> None:
    from dataclasses import replace
    from typing import cast

    record = dossier.returns[0]
    assert (
        record.used + record.aggregates + record.furniture + record.others + record.quarantined
        == record.records
    )
    rows = tuple(Quarantined(i, "text" if i % 3 else "negative", "y" * 9000) for i in range(500))
    accounting = Accounting(records=900, used=400, aggregates=0, furniture=0, quarantine=rows)
    conftest = cast(Any, make_dossier).__globals__
    many = make_dossier(400, returns=replace(conftest["build_returns"](400), accounting=accounting)).returns[
        0
    ]
    assert many.quarantined == 500
    assert sum(many.quarantine.values()) == 500
    assert len(many.quarantine_rows) == QUARANTINE_ROWS
    assert len(many.quarantine_rows[0].text) < 1000


def test_contradictory_stations_come_first_then_the_most_surprising(dossier: Dossier) -> None:
    listed = dossier.stations_to_inspect
    assert len(listed) == INSPECTED
    assert [station.station for station in listed[:2]] == ["4", "12"]
    scores = [station.score for station in listed[2:]]
    assert scores == sorted(scores, reverse=True)
    assert listed[0].areas.keys() == {"region"}


def test_an_older_dossier_without_our_additions_can_be_read(data: dict[str, Any]) -> None:
    old = json.loads(json.dumps(data))
    for path, keys in BEYOND.items():
        if path.startswith("returns.0.columns"):
            for column in old["returns"][0]["columns"].values():
                del column["derived"]
        else:
            for record in [at(old, path)] if not path.endswith(".0") else at(old, path.removesuffix(".0")):
                for key in keys.split():
                    del record[key]
    again = from_json(json.dumps(old))
    assert [f.sentence for f in again.findings] == [f["sentence"] for f in data["findings"]]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "the file as a whole"),
        ("[1, 2]", "the file as a whole"),
        ('{"schema": 2}', "schema"),
        ("{", "whole"),
    ],
)
def test_what_is_no_dossier_is_refused_with_a_reason(text: str, place: str, tmp_path: Path) -> None:
    file = tmp_path / "dossier.json"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        load(file)
    assert place in str(caught.value)
    assert "what to do" in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path / "nothing.json")


def test_options_and_the_favoured_one_are_filled_in_from_the_results(dossier: Dossier) -> None:
    contest = dossier.case.contests[0]
    assert contest.options == ("Yes", "No")
    assert contest.favoured == "Yes"


def test_a_simulated_vote_says_so(dossier: Dossier, totals_dossier: Dossier) -> None:
    assert dossier.case.simulated
    assert not totals_dossier.case.simulated


def test_what_it_was_made_with_names_versions_and_no_time_of_day() -> None:
    made = making(seed=3, seconds=1.23456)
    assert made.seconds == 1.23
    assert {"numpy", "polars", "scipy"} <= made.libraries.keys()
    assert set(type(made).model_fields) == {"seed", "seconds", "python", "libraries"}
