"""What every method of the catalogue must do alike, whatever it asks."""

from __future__ import annotations

import ast
import dataclasses
import datetime as dt
import doctest
import inspect
import itertools
import json
import math
import re
from functools import cache
from importlib import import_module, util

import numpy as np
import polars as pl
import pytest

from plebiscope import catalogue
from plebiscope.intake.circumstances import with_states
from plebiscope.model.beside import Beside, Copies, Match, State
from plebiscope.model.case import Contest, Totals
from plebiscope.model.method import Method, Subject, lacking

SECTIONS = (
    "Question",
    "Statistic",
    "Fair vote",
    "Assumptions",
    "Innocent causes",
    "Blind spots",
    "References",
    "Example",
)
STYLES = {"observed", "expected", "band", "reference", "outlier"}
# What a method must leave to the policy: grades, verdicts and the names of crimes.
JUDGEMENT = re.compile(
    r"\b(fraud\w*|falsif\w+|rigg\w+|manipulat\w+|forg(ed|ery)|suspicious\w*|notable|strong(ly)?|guilty)\b",
    re.IGNORECASE,
)
COUNTS = ("registered", "received", "issued", "unused", "cast", "valid", "invalid")

PRESENT = [name for name, module in catalogue.modules().items() if util.find_spec(module) is not None]


@pytest.fixture(params=PRESENT)
def method(request) -> Method:
    return catalogue.load(request.param)


@pytest.fixture
def module(method):
    return import_module(catalogue.modules()[method.id])


def test_who_estimates_votes_says_what_that_assumes_and_who_does_not_says_why(method):
    said = bool(method.assumes), bool(method.no_votes)
    assert sum(said) == (method.tier in {"B", "C"})
    for text in (method.assumes, method.no_votes):
        # Both go on inside a sentence.
        assert not text.endswith(".")
        assert not text[:1].isupper()
        assert not JUDGEMENT.search(text)


def plain_vote(stations=600, seed=0):
    """Draw a consistent vote of stations in eight regions and thirty commissions."""
    rng = np.random.default_rng(seed)
    registered = rng.integers(150, 2500, stations)
    commission = np.arange(stations) % 30
    turnout = rng.beta(12, 8, 30)[commission]
    cast = rng.binomial(registered, np.clip(turnout + rng.normal(0, 0.08, stations), 0.05, 0.98))
    invalid = rng.binomial(cast, 0.015)
    valid = cast - invalid
    yes = rng.binomial(valid, np.clip(0.55 + rng.normal(0, 0.1, stations), 0.05, 0.95))
    return {
        "station": [f"station {i}" for i in range(stations)],
        "region": [f"region {i % 8}" for i in commission],
        "commission": [f"commission {i}" for i in commission],
        "registered": registered,
        "received": registered + 50,
        "issued": cast,
        "unused": registered + 50 - cast,
        "cast": cast,
        "valid": valid,
        "invalid": invalid,
        "YES": yes,
        "NO": valid - yes,
    }


@pytest.fixture(scope="module")
def subject(make_returns):
    def made(columns, options=("YES", "NO"), areas=("region", "commission"), **more):
        returns = make_returns(columns, options, areas, **more)
        sums = returns.sums
        votes = {option: sums[option] for option in options}
        of = sum(votes.values())
        totals = Totals(
            contest="vote",
            source="the announcement",
            registered=sums.get("registered"),
            cast=sums.get("cast"),
            valid=sums.get("valid"),
            votes=votes,
            shares={option: f"{100 * count / of:.2f}" for option, count in votes.items()} if of else {},
        )
        contest = Contest(id="vote", name="The vote", options=tuple(options))
        copies, states, pairs = (
            (copies_of(returns), sample_of(returns)),
            (early_state(returns),),
            (earlier_vote(returns),),
        )
        returns = with_groups(with_states(returns, states))
        return Subject(contest, returns, (totals,), copies, states=states, pairs=pairs)

    return made


def copies_of(returns):
    """Copy the records of all stations; in some of them the first option has other votes than officially."""
    table = returns.table
    if returns.options:
        other = pl.col("station").str.extract(r"(\d+)").cast(pl.Int64)
        option = returns.options[0]
        table = table.with_columns(pl.col(option) - pl.when(other % 7 == 0).then(other % 5).otherwise(0))
    rows = np.arange(table.height, dtype=np.int64)
    return Copies(
        "observers", "protocols", dataclasses.replace(returns, table=table), Match(rows, {}, "station")
    )


def sample_of(returns):
    """Take a fifth of the stations for a sample that was counted by others, some of them without a tally."""
    number = returns.table["station"].str.extract(r"(\d+)").cast(pl.Int64).fill_null(0)
    drawn = (number * 3 % 10 < 2).to_numpy()
    rows = np.flatnonzero(drawn & (number % 100 != 10).to_numpy())
    silent = tuple(np.flatnonzero(drawn & (number % 100 == 10).to_numpy()).tolist())
    told = dataclasses.replace(returns, table=returns.table[rows])
    strata = ("region",) if "region" in returns.areas else ()
    return Copies("quick count", "sample", told, Match(rows.astype(np.int64), {}, "station"), strata, silent)


def early_state(returns):
    """Tell that three of four stations had been reported at midnight."""
    number = returns.table["station"].str.extract(r"(\d+)").cast(pl.Int64).fill_null(0)
    rows = np.flatnonzero(((number * 7) % 11 < 8).to_numpy())
    early = dataclasses.replace(returns, table=returns.table[rows])
    return State(dt.datetime(2030, 1, 2), early, Match(rows, {}, "station"))


def with_groups(returns):
    """Put every fourth station into a group."""
    number = pl.col("station").str.extract(r"(\d+)").cast(pl.Int64).fill_null(0)
    group = pl.when(number * 5 % 12 < 3).then(pl.lit("observed")).otherwise(None).alias("group")
    return dataclasses.replace(
        returns, table=returns.table.with_columns(group), extras=(*returns.extras, "group")
    )


def earlier_vote(returns):
    """Tell of an earlier vote at the same stations, in which some had a few votes more."""
    number = pl.col("station").str.extract(r"(\d+)").cast(pl.Int64).fill_null(0)
    fewer = [
        (pl.col(name) - number % 9).clip(0) for name in ("cast", *returns.options) if name in returns.columns
    ]
    before = dataclasses.replace(returns, contest="before", table=returns.table.with_columns(fewer))
    rows = np.arange(len(returns), dtype=np.int64)
    return Beside(Contest(id="before", name="The vote before"), before, Match(rows, {}, "station"))


def ask(method, subject, seed=0):
    """Put the question as the study does; none where something it needs was not published."""
    if lacking(method, subject):
        return None
    return method.measure(subject, method.params(), np.random.default_rng(seed))


@pytest.fixture(scope="module")
def answered(subject):
    """Ask a method about the plain vote, once for all that is held against its answer."""
    vote = subject(plain_vote())

    @cache
    def asked(name):
        return ask(catalogue.load(name), vote)

    return asked


@pytest.fixture
def evidence(method, answered):
    found = answered(method.id)
    assert found is not None, "a method must be answerable where everything was published"
    return found


def walk(value):
    """Go through everything inside nested dictionaries and lists."""
    yield value
    if isinstance(value, dict):
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from walk(inner)


def assert_sound(evidence, subject, method):
    """Check what holds of any evidence on any vote."""
    assert evidence.measurements
    ids = [m.id for m in evidence.measurements]
    assert len(ids) == len(set(ids))
    for m in evidence.measurements:
        assert m.id.startswith(f"{subject.contest.id}/{method.id}/")
        assert (m.method, m.contest) == (method.id, subject.contest.id)
        assert (m.scope.area is not None) == (m.scope.level != "contest")
        written = json.loads(json.dumps(m.model_dump(mode="json"), allow_nan=False))
        assert all(math.isfinite(v) for v in walk(written) if isinstance(v, float))
        if m.status == "tested":
            assert m.statement
            assert not JUDGEMENT.search(quoted_away(m.statement))
        else:
            assert m.reason
            assert m.p is None
            assert m.effect is None
        if m.log10_p is not None:
            assert m.p is not None
            assert m.null != "none"
            assert method.tail != "none"
            assert m.p == pytest.approx(10.0**m.log10_p, rel=1e-6, abs=1e-300)
        for effect in (m.effect, *m.effects):
            if effect is not None and effect.value is not None and effect.low is not None:
                assert effect.low - 1e-9 <= effect.value <= effect.high + 1e-9
        assert all(assumption.how for assumption in m.assumptions)
    rows = [score.row for score in evidence.stations]
    assert len(rows) == len(set(rows))
    assert all(0 <= row < len(subject.returns) for row in rows)
    assert all(math.isfinite(s.bits) and s.bits >= 0 and s.reason for s in evidence.stations)
    for figure in evidence.figures:
        assert figure.finding in ids


def quoted_away(text):
    """Remove names in quotation marks, which are other people's words."""
    return re.sub(r"“[^”]*”", "", text)


def test_docstring_has_its_sections_in_order(module):
    lines = inspect.getdoc(module).splitlines()
    found = [
        line
        for line, under in itertools.pairwise(lines)
        if under and set(under) == {"-"} and len(under) == len(line)
    ]
    assert found == list(SECTIONS)


def test_example_runs(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_references_are_in_the_bibliography_by_author_year_and_title(method):
    """A link only where one was looked up: a remembered one may lead to another paper."""
    assert method.references
    for key in method.references:
        entry = catalogue.bibliography()[key]
        assert re.match(r"[^()]+ \((1[89]|20)\d\d\)\. \S.+\.", entry["text"]), key
        assert set(entry) <= {"text", "doi", "url"}, key


def test_bibliography_holds_digital_object_identifiers_without_a_resolver():
    for key, entry in catalogue.bibliography().items():
        assert re.fullmatch(r"10\.\d{4,}/\S+", entry.get("doi", "10.1000/1")), key
        assert entry.get("url", "https://").startswith(("https://", "http://")), key


def test_method_is_filled_in(method, module):
    assert catalogue.load(method.id) is module.METHOD
    assert catalogue.page(method.id)
    assert method.title
    assert method.question.endswith("?")
    assert method.tail in ("upper", "lower", "two-sided", "none")
    assert method.needs
    assert method.innocent
    assert method.blind
    assert method.params is module.Params
    for text in (method.title, method.question):
        assert not JUDGEMENT.search(text), text


def test_params_are_frozen_with_defaults_and_explained(method):
    params = method.params()
    assert dataclasses.is_dataclass(params)
    for field in dataclasses.fields(params):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(params, field.name, None)
    tree = ast.parse(inspect.cleandoc(inspect.getsource(method.params)))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef)).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign):
            explained = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            assert explained, f"{ast.unparse(node.target)} has no explanation of its meaning and unit"


def test_evidence_is_sound(evidence, subject, method):
    assert_sound(evidence, subject(plain_vote()), method)


def test_first_measurement_speaks_of_the_contest(evidence):
    assert evidence.measurements[0].scope.level == "contest"


def test_figures_carry_words_and_little_data(evidence):
    ids = [figure.id for figure in evidence.figures]
    assert len(ids) == len(set(ids))
    for figure in evidence.figures:
        assert figure.title
        assert figure.caption
        assert len(figure.alt) > 40
        for text in (figure.title, figure.caption, figure.alt):
            assert not re.search(r"\bfraud", quoted_away(text), re.IGNORECASE)
        written = json.dumps(figure.vega_lite, allow_nan=False, ensure_ascii=False)
        assert len(written.encode()) <= 200_000
        assert "vega-lite/v5" in figure.vega_lite["$schema"]
        for inner in walk(figure.vega_lite):
            if isinstance(inner, dict):
                assert len(inner.get("values", [])) <= 2000
                assert inner.get("width") != "container"
                if "style" in inner:
                    assert inner["style"] in STYLES
                for channel in ("color", "fill", "stroke"):
                    setting = inner.get(channel)
                    assert not isinstance(setting, str), "colours belong to the drawing room"
                    assert not isinstance(setting, dict) or "value" not in setting


def numbers(measurement):
    """Return what must not depend on names, order or chance."""
    exact = measurement.null in ("exact", "conditional")
    return [
        measurement.n,
        measurement.observed,
        measurement.expected,
        measurement.log10_p if exact else None,
        measurement.effect.value if measurement.effect else None,
    ]


def assert_same(some, others):
    assert set(some) == set(others)
    for key, found in some.items():
        for one, two in zip(numbers(found), numbers(others[key]), strict=True):
            assert (one is None) == (two is None), key
            assert one is None or one == pytest.approx(two, rel=1e-7, abs=1e-9), key


def by_id(evidence):
    return {m.id: m for m in evidence.measurements}


def test_draws_do_not_change_what_is_computed(method, subject, evidence):
    assert_same(by_id(evidence), by_id(ask(method, subject(plain_vote()), seed=1)))


def test_same_seed_same_evidence(method, subject, evidence):
    assert ask(method, subject(plain_vote())) == evidence


def test_order_of_rows_does_not_matter(method, subject, evidence):
    columns = plain_vote()
    order = np.random.default_rng(9).permutation(600)
    shuffled = {name: np.asarray(values, dtype=object)[order].tolist() for name, values in columns.items()}
    other = ask(method, subject(shuffled))
    assert_same(by_id(evidence), by_id(other))
    scores = {columns["station"][s.row]: s.bits for s in evidence.stations}
    assert {shuffled["station"][s.row]: s.bits for s in other.stations} == pytest.approx(scores, rel=1e-7)


def test_names_of_options_and_areas_do_not_matter(method, subject, evidence):
    columns = plain_vote()
    words = {"YES": "Так / Да", "NO": "«Нет»"}
    renamed = {words.get(name, name): values for name, values in columns.items()}
    renamed["region"] = [f"Обл. {name[::-1]}" for name in columns["region"]]
    other = ask(method, subject(renamed, options=tuple(words.values())))

    def by_place(evidence, options, area):
        return {
            (m.quantity, m.option and options[m.option], m.scope.area and area(m.scope.area)): m
            for m in evidence.measurements
        }

    back = {new: old for old, new in words.items()}
    assert_same(
        by_place(evidence, {"YES": "YES", "NO": "NO"}, str),
        by_place(
            other, back, lambda name: name.removeprefix("Обл. ")[::-1] if name.startswith("Обл. ") else name
        ),
    )


@cache
def degenerate():
    """Tables at the edge of what a file can hold."""
    one = {name: values[:1] for name, values in plain_vote().items()}
    zeros = {
        name: np.zeros(60, int) if name in (*COUNTS, "YES", "NO") else v[:60]
        for name, v in plain_vote().items()
    }
    nobody = plain_vote(60) | {"registered": np.zeros(60, int)}
    same = {
        name: np.repeat(values[:1], 80) if name in (*COUNTS, "YES", "NO") else values[:80]
        for name, values in plain_vote().items()
    }
    full = plain_vote(120)
    for name in ("registered", "issued", "cast", "valid", "YES"):
        full[name] = full["registered"]
    full["invalid"] = full["NO"] = full["unused"] = np.zeros(120, int)
    unknown = {
        name: [None] * 60 if name in (*COUNTS, "YES", "NO") else values[:60]
        for name, values in plain_vote().items()
    }
    impossible = plain_vote(200)
    impossible["cast"] = impossible["registered"] * 3
    impossible["YES"] = impossible["cast"] * 2
    huge = {
        name: values * 100_000 if name in (*COUNTS, "YES", "NO") else values
        for name, values in plain_vote(60).items()
    }
    marked = plain_vote(200) | {"mark": ["electronic"] * 200}
    capped = plain_vote(400)
    for name in ("registered", "issued", "cast", "valid", "invalid", "YES", "NO"):
        capped[name] = (capped[name] * (320.0 / capped["registered"])).astype(int)
    capped["registered"] = np.full(400, 320)
    spotless = plain_vote(300)
    spotless["NO"] = spotless["NO"] + spotless["invalid"]
    spotless |= {"valid": spotless["cast"], "invalid": np.zeros(300, int)}
    lists = [f"list {i}" for i in range(200)]
    many = {name: v for name, v in plain_vote(150).items() if name not in ("YES", "NO")}
    parts = np.random.default_rng(3).dirichlet(np.linspace(0.2, 2.0, 200), 150)
    many |= dict(zip(lists, (parts * many["valid"][:, None]).astype(int).T, strict=True))
    return {
        "one station": (one, {}),
        "no vote at all": (zeros, {}),
        "nobody registered": (nobody, {}),
        "every station the same": (same, {}),
        "everybody for one option": (full, {}),
        "every count unknown": (unknown, {}),
        "more ballots than voters": (impossible, {}),
        "electorates of hundreds of millions": (huge, {}),
        "marked rows only": (marked, {}),
        "boxes of one size": (capped, {"options": ("YES", "NO")}),
        "no invalid ballot": (spotless, {}),
        "two hundred options": (many, {"options": tuple(lists)}),
        "ten stations": (plain_vote(10), {}),
        "no areas": (plain_vote(200), {"areas": ()}),
        "one area": (plain_vote(200) | {"region": ["all"] * 200}, {"areas": ("region",)}),
        "areas as rows": (plain_vote(200), {"level": "area"}),
        "one option": (plain_vote(200), {"options": ("YES",)}),
        "an empty table": ({name: list(v[:0]) for name, v in plain_vote().items()}, {}),
        "turnout alone": (
            {name: v for name, v in plain_vote(200).items() if name not in ("YES", "NO")},
            {"options": ()},
        ),
        "votes alone": ({name: v for name, v in plain_vote(200).items() if name not in COUNTS}, {}),
        "unknown area names": (plain_vote(200) | {"region": [None] * 100 + ["there"] * 100}, {}),
    }


@pytest.mark.parametrize("case", degenerate())
def test_tables_at_the_edge_never_stop_a_method(method, subject, case):
    columns, more = degenerate()[case]
    texts = [name for name in ("station", "region", "commission") if name in columns]
    frame = pl.DataFrame(columns, schema_overrides=dict.fromkeys(texts, pl.String))
    vote = subject({name: frame[name] for name in frame.columns}, **more)
    found = ask(method, vote)
    if found is not None:
        assert_sound(found, vote, method)


def test_marked_rows_are_not_tested_as_stations(method, subject):
    columns = plain_vote(200) | {"mark": ["electronic"] * 200}
    found = ask(method, subject(columns))
    if "returns" in method.needs and method.null != "none":
        assert found is not None
        assert {m.status for m in found.measurements} == {"not testable"}
        assert found.stations == ()


def test_without_returns_a_method_is_not_crashed(method):
    contest = Contest(id="vote", name="The vote")
    totals = Totals(contest="vote", source="somebody", votes={"YES": 10, "NO": 5})
    for vote in (Subject(contest, None, ()), Subject(contest, None, (totals,))):
        found = ask(method, vote)
        assert found is None or found.measurements
