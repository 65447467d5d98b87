"""Made-up but realistic dossiers: one vote with stations, four with totals only, and one full of nasty text.

Methods here only look like the real ones: the rooms under test must not need them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest

from plebiscope.dossier.assemble import assemble
from plebiscope.dossier.dossier import Dossier, Input, Made
from plebiscope.dossier.weigh import Answer, failed, not_testable
from plebiscope.methods.margin import METHOD as MARGIN
from plebiscope.model.case import Case, Contest, Plan, Quorum, Totals
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Effect, Limit, Measurement, Scope
from plebiscope.model.method import Evidence, Method, StationScore, Subject
from plebiscope.model.report import Conduct, Moment, Report, Sentence, Statement, Support
from plebiscope.model.returns import Accounting, FileColumn, Origin, Quarantined, Returns

MADE = Made(seed=7, seconds=1.25, python="3.11.7", libraries={"numpy": "2.4.6", "polars": "2.1.0"})


@dataclass(frozen=True)
class NoParams:
    """None."""


def make_method(name: str, title: str, question: str, tier: str = "A", null: str = "exact") -> Method:
    return Method(
        id=name,
        title=title,
        question=question,
        tier=tier,
        null=null,
        needs=("returns", ("issued", "cast"), "options"),
        tail="upper",
        params=NoParams,
        measure=lambda subject, params, rng: Evidence(()),
        references=("kobak2016",),
        innocent=("results typed in as rounded percentages", "electorates that are round numbers"),
        blind=(
            "ballots stuffed without a target",
            "pressure on voters",
            "votes moved from one option to another",
        ),
    )


INTEGER = make_method(
    "integer-percentages",
    "Integer percentages",
    "Do more stations than chance allows report a whole percentage?",
)
ANOMALOUS = make_method(
    "anomalous-votes",
    "Anomalous votes",
    "How many votes of the leader grow with turnout while the others' do not?",
    "C",
    "none",
)
FINGERPRINT = make_method(
    "fingerprint", "Fingerprint", "Where do turnout and share lie, seen together?", "D", "none"
)
PROTOCOL = make_method(
    "protocol", "Protocol arithmetic", "Do the figures of each station add up?", "A", "none"
)
NEAR = make_method("near-unanimity", "Near unanimity", "Are there more stations near 100 % than likely?", "C")
TOTALS = make_method("totals", "Announced totals", "Can the announced totals all be true together?", "A")
LATE = make_method(
    "late-count", "Late count", "Do late results differ from early ones of the same place?", "B"
)


def build_returns(
    n: int, seed: int = 1, *, contest: str = "vote", names: dict[int, str] | None = None
) -> Returns:
    rng = np.random.default_rng(seed)
    registered = rng.integers(120, 2600, n)
    region = rng.integers(0, 18, n)
    turnout = rng.beta(12 + region, 9, n)
    cast = rng.binomial(registered, turnout)
    yes = rng.binomial(cast, rng.beta(9, 6, n))
    invalid = rng.binomial(cast - yes, 0.03)
    stations = [str(i + 1) for i in range(n)]
    for row, name in (names or {}).items():
        stations[row] = name
    table = pl.DataFrame(
        {
            "station": stations,
            "region": [f"Region {r + 1:02d}" for r in region],
            "registered": registered,
            "cast": cast,
            "valid": cast - invalid,
            "invalid": invalid,
            "Yes": yes,
            "No": cast - invalid - yes,
            "mark": pl.Series([None] * (n - 3) + ["abroad"] * 3, dtype=pl.String),
            "line": np.arange(2, n + 2),
        }
    )
    columns = {
        "registered": Origin(("Voters on the list",), "header vocabulary (English)"),
        "cast": Origin(("Valid ballots", "Spoilt"), "sum of valid and invalid", derived=True),
        "valid": Origin(("Valid ballots",), "header vocabulary; equals the sum of the options in every row"),
        "invalid": Origin(("Spoilt",), "header vocabulary (English)"),
        "Yes": Origin(("YES",), "an option"),
        "No": Origin(("NO",), "an option"),
    }
    rows = tuple(Quarantined(10 * i, "a count with text in it", f"x;{i};n/a") for i in range(4))
    return Returns(
        contest=contest,
        level="station",
        table=table,
        areas=("region",),
        options=("Yes", "No"),
        columns=columns,
        accounting=Accounting(
            records=n + 8,
            used=n,
            aggregates=1,
            furniture=3,
            quarantine=rows,
            duplicates=2,
            columns=(
                FileColumn(1, "YES", ("Yes",), "an option"),
                FileColumn(2, "Land", (), "it says one and the same", '[columns], areas = ["Land"]'),
            ),
        ),
        notes=("The percentages in the file were not used; they are computed from the counts.",),
    )


def comb(finding: str, title: str = "Stations pile up on whole percentages") -> Figure:
    rng = np.random.default_rng(5)
    rows = []
    for i in range(600, 1000):
        expected = 40 - abs(i - 780) / 8
        rows.append(
            {
                "share": i / 10,
                "n": int(rng.poisson(expected) + (45 if i % 50 == 0 else 14 if i % 10 == 0 else 0)),
                "low": round(expected - 18, 1),
                "high": round(expected + 18, 1),
                "mid": round(expected, 1),
            }
        )
    x = {
        "field": "share",
        "type": "quantitative",
        "title": "share of Yes, per cent",
        "scale": {"zero": False},
    }
    y = {"type": "quantitative", "title": "stations"}
    return Figure(
        id=f"{finding}/comb",
        finding=finding,
        title=title,
        caption="Stations by share of Yes in steps of 0.1 points; the band is what chance allows (3 sd).",
        alt="A curve of counts with narrow peaks at whole percentages, the highest at multiples of five.",
        vega_lite={
            "data": {"values": rows},
            "width": 640,
            "height": 260,
            "layer": [
                {
                    "mark": {"type": "area", "style": "band"},
                    "encoding": {"x": x, "y": {"field": "low", **y}, "y2": {"field": "high"}},
                },
                {
                    "mark": {"type": "line", "style": "expected"},
                    "encoding": {"x": x, "y": {"field": "mid", **y}},
                },
                {
                    "mark": {"type": "line", "style": "observed", "strokeWidth": 1},
                    "encoding": {"x": x, "y": {"field": "n", **y}},
                },
                {
                    "transform": [{"filter": "datum.n > 60"}],
                    "mark": {"type": "point", "style": "outlier", "filled": True, "size": 40},
                    "encoding": {"x": x, "y": {"field": "n", **y}},
                },
            ],
        },
    )


def heat(finding: str) -> Figure:
    rng = np.random.default_rng(3)
    grid, xs, ys = np.histogram2d(
        rng.beta(9, 6, 60000) * 100, rng.beta(8, 5, 60000) * 100, [np.arange(0, 101, 2)] * 2
    )
    rows = [
        {"t": int(xs[i]), "t2": int(xs[i + 1]), "s": int(ys[j]), "s2": int(ys[j + 1]), "n": int(grid[i, j])}
        for i in range(50)
        for j in range(50)
        if grid[i, j] > 2
    ]
    return Figure(
        id=f"{finding}/heat",
        finding=finding,
        title="Turnout and share: one cloud, and a streak towards the corner",
        caption="Voters by turnout and share of Yes.",
        alt="A round cloud centred at 60 per cent turnout and 62 per cent share.",
        vega_lite={
            "data": {"values": rows},
            "width": 460,
            "height": 420,
            "mark": {"type": "rect"},
            "encoding": {
                "x": {
                    "field": "t",
                    "type": "quantitative",
                    "title": "turnout, per cent",
                    "axis": {"grid": False},
                },
                "x2": {"field": "t2"},
                "y": {
                    "field": "s",
                    "type": "quantitative",
                    "title": "share of Yes, per cent",
                    "axis": {"grid": False},
                },
                "y2": {"field": "s2"},
                "color": {"field": "n", "type": "quantitative", "title": "stations"},
            },
        },
    )


def ranges(finding: str) -> Figure:
    rows = [
        {"region": f"Region {i:02d}", "value": 3 * i - 10, "low": 3 * i - 25, "high": 3 * i + 5}
        for i in range(1, 19)
    ]
    y = {"field": "region", "type": "nominal", "title": None, "sort": None}
    return Figure(
        id=f"{finding}/areas",
        finding=finding,
        title="Most of the excess sits in four regions",
        caption="Excess of stations at a whole percentage, with 95 % intervals.",
        alt="Dots with ranges for 18 regions, from −7 to 44 stations.",
        vega_lite={
            "data": {"values": rows},
            "height": {"step": 17},
            "width": 560,
            "layer": [
                {"mark": {"type": "rule", "style": "reference"}, "encoding": {"x": {"datum": 0}}},
                {
                    "mark": {"type": "rule", "style": "observed"},
                    "encoding": {
                        "y": y,
                        "x": {"field": "low", "type": "quantitative", "title": "excess, stations"},
                        "x2": {"field": "high"},
                    },
                },
                {
                    "mark": {"type": "point", "style": "observed", "filled": True},
                    "encoding": {"y": y, "x": {"field": "value", "type": "quantitative"}},
                },
            ],
        },
    )


def integer_evidence(
    contest: str, *, log10_p: float = -38.4, excess: float = 412.0, n: int = 3120
) -> Evidence:
    words = {
        "either": "a turnout or a share of Yes",
        "share": "a share of Yes",
        "turnout": "a turnout",
    }

    def one(quantity: str, observed: int, expected: float, value: float, tiny: float) -> Measurement:
        return Measurement(
            id=f"{contest}/integer-percentages/{quantity}",
            method="integer-percentages",
            contest=contest,
            quantity=quantity,
            option=None if quantity == "turnout" else "Yes",
            n=n,
            observed=observed,
            expected=expected,
            null="exact",
            p=10**tiny,
            log10_p=tiny,
            bits=-tiny / np.log10(2),
            effect=Effect(
                name="excess of stations",
                value=value,
                low=value - 49,
                high=value + 47,
                unit="stations",
                level=0.95,
            ),
            effects=(
                Effect(
                    name="stations written from an integer target",
                    value=5.0,
                    low=4.4,
                    high=5.6,
                    unit="per cent",
                    level=0.95,
                ),
            ),
            limit=Limit(
                mechanism="a share or turnout written down as a whole percentage",
                dose=66.0,
                unit="stations",
                stations=66.0,
                votes=41200.0,
                power=0.9,
                how="analytic",
            ),
            assumptions=(
                Assumption(
                    name="the law of counts is smooth over one point",
                    state="holds",
                    how="96.1 % of stations have shares of 1 to 99 %",
                ),
                Assumption(
                    name="electorates are not round numbers themselves",
                    state="doubtful",
                    how="2.4 % are multiples of 100",
                ),
                Assumption(
                    name="counts were not typed in as percentages",
                    state="unknown",
                    how="cannot be seen in the table",
                ),
            ),
            statement=(
                f"{observed:,} of {n:,} stations report {words[quantity]} within 0.05 points of a whole "
                f"percentage; {expected:,.0f} would be likely, an excess of {value:,.0f} (95 % interval "
                f"{value - 49:,.0f} to {value + 47:,.0f})."
            ),
            innocent=("results typed in as rounded percentages", "electorates that are round numbers"),
            params={"half_width": 0.05, "least_registered": 100},
        )

    top = (
        one("either", 1012, 1012 - excess, excess, log10_p),
        one("share", 700, 700 - 0.8 * excess, 0.8 * excess, 0.7 * log10_p),
        one("turnout", 420, 400.4, 19.6, -0.81),
    )
    rng = np.random.default_rng(9)
    areas = tuple(
        Measurement(
            id=f"{contest}/integer-percentages/either/Region {i:02d}",
            method="integer-percentages",
            contest=contest,
            scope=Scope(level="area", area=f"Region {i:02d}"),
            quantity="either",
            option="Yes",
            n=170 + i,
            observed=40.0 + 4 * i,
            expected=40.0,
            null="exact",
            p=float(10 ** (-0.02 * i * i)),
            log10_p=-0.02 * i * i,
            effect=Effect(
                name="excess of stations",
                value=4.0 * i,
                low=4.0 * i - 12,
                high=4.0 * i + 12,
                unit="stations",
                level=0.95,
            ),
            statement=f"{40 + 4 * i} of {170 + i} stations report a whole percentage; 40 would be likely.",
        )
        for i in range(1, 19)
    )
    scores = tuple(
        StationScore(int(row), float(3 + i % 5), "turnout exactly 85.0 % (1,700 of 2,000)")
        for i, row in enumerate(rng.choice(n, min(n, 900), replace=False))
    )
    return Evidence((*top, *areas), (comb(top[0].id), ranges(top[0].id)), scores)


def anomalous_evidence(contest: str, low: float = 8.0, high: float = 48.0) -> Evidence:
    measured = Measurement(
        id=f"{contest}/anomalous-votes/votes/Yes",
        method="anomalous-votes",
        contest=contest,
        quantity="votes",
        option="Yes",
        n=3120,
        observed=1_000_000,
        expected=720_000,
        effect=Effect(name="anomalous votes", value=280_000, low=80_000, high=480_000, unit="votes"),
        effects=(
            Effect(
                name="anomalous votes", value=28.0, low=low, high=high, unit="per cent of the leader's votes"
            ),
        ),
        assumptions=(
            Assumption(name="one core of undisturbed stations", state="doubtful", how="two local maxima"),
        ),
        statement="Between 80,000 and 480,000 votes for Yes rise with turnout while the others' do not.",
    )
    return Evidence((measured,))


def fingerprint_evidence(contest: str) -> Evidence:
    measured = Measurement(
        id=f"{contest}/fingerprint/corner",
        method="fingerprint",
        contest=contest,
        quantity="corner",
        option="Yes",
        n=3120,
        observed=0.124,
        effect=Effect(
            name="votes in the far corner",
            value=12.4,
            low=9.8,
            high=15.3,
            unit="per cent of the leader's votes",
            level=0.95,
        ),
        statement="Of the votes for Yes, 12.4 % come from stations above 90 % in turnout and share.",
    )
    return Evidence((measured,), (heat(measured.id),))


def protocol_evidence(contest: str, *, contradiction: bool = True) -> Evidence:
    measured = Measurement(
        id=f"{contest}/protocol/cast-over-registered",
        method="protocol",
        contest=contest,
        quantity="cast-over-registered",
        n=3120,
        observed=2 if contradiction else 0,
        expected=0,
        contradiction=contradiction,
        effect=Effect(name="stations over 100 %", value=2 if contradiction else 0, unit="stations"),
        statement=(
            "2 of 3,120 stations report more ballots in the box than voters on the list."
            if contradiction
            else "In all 3,120 stations no more ballots were in the box than voters on the list."
        ),
    )
    scores = (
        (
            StationScore(3, 12.0, "2,004 ballots in the box, 1,002 voters on the list"),
            StationScore(11, 9.0, "cast above registered"),
        )
        if contradiction
        else ()
    )
    return Evidence((measured,), (), scores)


def near_evidence(contest: str) -> Evidence:
    measured = Measurement(
        id=f"{contest}/near-unanimity/turnout",
        method="near-unanimity",
        contest=contest,
        quantity="turnout",
        n=3120,
        observed=44,
        expected=12.3,
        null="exact",
        p=1e-9,
        log10_p=-9.0,
        effect=Effect(name="excess of stations", value=31.7, low=20, high=46, unit="stations", level=0.95),
        statement="44 of 3,120 stations report a turnout of at least 99 %; 12 would be likely there.",
    )
    return Evidence((measured,))


def build_conduct(text_of_mark: str = "at gunpoint") -> Conduct:
    texts = [
        f"Soldiers escorted voters to the hall {text_of_mark}, and ballot boxes went from door to door.",
        "The foreign minister of Bordavia called the vote a sham.",
        "The commission denied that voters were threatened.",
        "Bordavia said it would never recognise the outcome.",
        "Crowds waited in the square for the concert.",
    ]
    start = 0
    sentences = []
    for text in texts:
        sentences.append(
            Sentence(text=text, start=start, end=start + len(text), copies=3 if start == 0 else 1)
        )
        start += len(text) + 1

    def says(code: str, name: str, severity: int, sentence: int, words: str, **more: Any) -> Statement:
        begin = sentences[sentence].start + texts[sentence].index(words)
        return Statement(
            code=code,
            name=name,
            obligation="General Comment 25, paragraph 19",
            severity=severity,
            verbatim=words,
            start=begin,
            end=begin + len(words),
            sentence=sentence,
            report="report.txt",
            copies=sentences[sentence].copies,
            rule=f"{code}.rule",
            **more,
        )

    statements = (
        says("C02", "Voting under force", 4, 0, f"voters to the hall {text_of_mark}", when="2031-03-02"),
        says("C01", "Armed presence at voting", 3, 0, "Soldiers escorted voters"),
        says(
            "C07",
            "Door-to-door or mobile voting",
            2,
            0,
            "ballot boxes went from door to door",
            strength="suggested",
        ),
        says(
            "C23", "Global verdict", 2, 1, "sham", speaker="The foreign minister of Bordavia", mode="indirect"
        ),
        says(
            "C04",
            "Voters threatened",
            3,
            2,
            "voters were threatened",
            speaker="The commission",
            status="denied",
            mode="indirect",
        ),
        says(
            "C34",
            "Non-recognition",
            0,
            3,
            "never recognise the outcome",
            speaker="Bordavia",
            status="prospective",
            mode="indirect",
        ),
    )
    return Conduct(
        reports=(
            Report(
                path="report.txt", published=dt.date(2031, 3, 4), sentences=tuple(sentences), copies_folded=2
            ),
        ),
        statements=statements,
        support=tuple(Support(code=s.code, speakers=1, reports=1, independent=1) for s in statements),
        timeline=(
            Moment(
                when="2031-03-02", what="Vote held: voters escorted to the hall", statement=0, event="vote"
            ),
        ),
    )


def build_dossier(n: int = 3120, **more: Any) -> Dossier:
    contest = Contest(
        id="vote",
        name=more.get("contest_name", "Referendum in Testland 2031"),
        kind="referendum",
        date=dt.date(2031, 3, 2),
        country="Testland",
        question="Shall the new constitution enter into force?",
        quorum=Quorum(per_cent=50),
    )
    totals = Totals(
        contest="vote",
        source="Election commission, bulletin 1",
        bulletin=1,
        date=dt.date(2031, 3, 3),
        registered=4_230_000,
        votes={"Yes": 1_512_003, "No": 906_231},
        shares={"Yes": Decimal("62.50"), "No": Decimal("37.5")},
        turnout=Decimal("57.1"),
    )
    case = Case(
        name=more.get("case_name", "Testland 2031 (simulated)"),
        contests=(contest,),
        totals=(totals,),
        plan=Plan(seed=7, published=dt.date(2031, 3, 4)),
    )
    returns = more.get("returns") or build_returns(n, names=more.get("names"))
    subject = Subject(contest, returns, (totals,))
    answers = [
        Answer(INTEGER, "vote", integer_evidence("vote", n=n)),
        Answer(ANOMALOUS, "vote", anomalous_evidence("vote")),
        Answer(FINGERPRINT, "vote", fingerprint_evidence("vote")),
        Answer(PROTOCOL, "vote", protocol_evidence("vote")),
        Answer(NEAR, "vote", near_evidence("vote")),
        Answer(MARGIN, "vote", MARGIN.measure(subject, MARGIN.params(), np.random.default_rng(7))),
        not_testable(LATE, "vote", ("issued or received", "unused")),
        failed(TOTALS, "vote", ValueError("no base fits")),
        *more.get("answers", ()),
    ]
    inputs = (
        Input(
            path="results.csv",
            role="results",
            contest="vote",
            sha256="ab" * 32,
            bytes=812_345,
            format="csv",
            encoding="utf-8",
        ),
        Input(
            path="report.txt", role="report", sha256="cd" * 32, bytes=5_812, format="text", encoding="utf-8"
        ),
    )
    return assemble(
        case,
        subjects=[subject],
        answers=answers,
        inputs=inputs,
        conduct=more.get("conduct", build_conduct()),
        made=MADE,
    )


def build_totals_dossier() -> Dossier:
    """Four contests of which only totals were announced; one of them contradicts itself."""
    names = ("Northmark", "Southmark", "Eastmark", "Westmark")
    contests = tuple(
        Contest(
            id=name.lower(),
            name=f"{name} 2022",
            kind="referendum",
            date=dt.date(2022, 9, 27),
            options=("yes", "no"),
            favoured="yes",
        )
        for name in names
    )
    totals = tuple(
        Totals(
            contest=c.id,
            source=f"agency, {c.name}",
            cast=500_000,
            votes={"yes": 430_000},
            shares={"yes": Decimal("93.11")},
        )
        for c in contests
    )
    answers = []
    for i, contest in enumerate(contests):
        measured = Measurement(
            id=f"{contest.id}/totals/percentages",
            method="totals",
            contest=contest.id,
            quantity="percentages",
            option="yes",
            n=1,
            observed=86.0,
            expected=93.11,
            contradiction=i == 0,
            effect=Effect(name="difference", value=-7.11, unit="percentage points"),
            statement="430,000 of 500,000 ballots are 86.00 %, and 93.11 % was announced.",
            innocent=("the percentage may be of valid votes",),
        )
        answers.append(Answer(TOTALS, contest.id, Evidence((measured,))))
        answers += [not_testable(method, contest.id, ("returns",)) for method in (INTEGER, NEAR, FINGERPRINT)]
    subjects = [Subject(c, None, (t,)) for c, t in zip(contests, totals, strict=True)]
    return assemble(
        Case(name="Four votes, September 2022", contests=contests, totals=totals),
        subjects=subjects,
        answers=answers,
        conduct=build_conduct(),
        made=MADE,
    )


NASTY = (
    "<script>alert(1)</script>",
    "=cmd()",
    "[red]x",
    "]]><img src=x onerror=alert(1)>",
    "a\u202egnp.exe\u0000\u0007",
    "\"'`{{7*7}}${1}",
    "שלום " + "ת" * 40,
    "x" * 5000,
    "--><style>*{display:none}</style>",
)


def build_nasty_dossier() -> Dossier:
    """The same vote with every text from a file as hostile as a file can make it."""
    names = dict(enumerate(NASTY))
    scores = tuple(StationScore(row, 60.0 - row, f"reason {name}") for row, name in names.items())
    nasty = " ".join(NASTY)
    measured = Measurement(
        id=f"vote/guest/{NASTY[0]}",
        method="guest",
        contest="vote",
        scope=Scope(level="contest"),
        quantity=NASTY[0],
        option=NASTY[3],
        n=10,
        log10_p=-5.0,
        statement=f"The option {nasty} has",
        assumptions=(Assumption(name=nasty, state="doubtful", how=nasty),),
        innocent=(nasty,),
        params={NASTY[0]: NASTY[3]},
    )
    area = Measurement(
        id=f"vote/guest/{NASTY[0]}/area",
        method="guest",
        contest="vote",
        scope=Scope(level="area", area=NASTY[3]),
        quantity=NASTY[0],
        option=NASTY[3],
        log10_p=-5.0,
        statement=nasty,
    )
    figure = Figure(
        id="guest/figure",
        finding=measured.id,
        title=nasty,
        caption=nasty,
        alt=nasty,
        vega_lite={
            "title": nasty,
            "data": {"values": [{"a": name, "b": i} for i, name in enumerate(NASTY)]},
            "mark": "bar",
            "encoding": {"x": {"field": "b", "type": "quantitative"}, "y": {"field": "a", "type": "nominal"}},
        },
    )
    broken = Figure(
        id="guest/broken",
        finding=measured.id,
        title="broken",
        caption="c",
        alt="told instead",
        vega_lite={"mark": 7},
    )
    guest = make_method("guest", nasty, nasty)
    return build_dossier(
        400,
        names=names,
        case_name=nasty,
        contest_name=nasty,
        conduct=build_conduct(f"at gunpoint {nasty}"),
        answers=[Answer(guest, "vote", Evidence((measured, area), (figure, broken), scores))],
    )


@pytest.fixture(scope="session")
def dossier() -> Dossier:
    return build_dossier()


@pytest.fixture(scope="session")
def totals_dossier() -> Dossier:
    return build_totals_dossier()


@pytest.fixture(scope="session")
def nasty_dossier() -> Dossier:
    return build_nasty_dossier()


@pytest.fixture(scope="session")
def make_dossier() -> Callable[..., Dossier]:
    return build_dossier
