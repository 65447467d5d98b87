"""What a table could have shown: alarms, worlds wherever they are made, what is kept, and the matrix."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from plebiscope import catalogue, powering
from plebiscope.calibrate import kept
from plebiscope.calibrate.curve import FEWEST
from plebiscope.calibrate.jobs import Job, Outcome, Setting, otherwise
from plebiscope.calibrate.power import Wanted, compute, found
from plebiscope.calibrate.power.sources import code
from plebiscope.calibrate.signals import CERTAIN, Fault, Signal, alarm, ask, kind, read
from plebiscope.model.beside import pair
from plebiscope.model.case import Contest
from plebiscope.model.method import Evidence, Method, Subject, effect
from plebiscope.worlds.fair import fit
from plebiscope.worlds.ground import World, ground
from plebiscope.worlds.tamper import MECHANISMS

CONTEST = Contest(id="vote", name="Vote", favoured="Yes")


@dataclass(frozen=True)
class NoParams:
    """A method without parameters."""


def method(name: str, answer: Callable[[Subject], dict], **changed) -> Method:
    """Make a method whose one answer is given by a function of the subject."""

    def measure(subject, params, rng) -> Evidence:
        return Evidence((made.answer(subject, "all", **answer(subject)),))

    settings = {"tier": "A", "null": "exact", "tail": "upper", "needs": ("returns", "cast", "options")}
    made = Method(
        id=name,
        title=f"Title of {name}",
        question="Is it so?",
        params=NoParams,
        measure=measure,
        references=(),
        innocent=(),
        blind=(),
        **{**settings, **changed},
    )
    return made


def full(subject: Subject) -> int:
    """Count the stations at which all registered voters voted: none in a fair vote."""
    picked = subject.results.select("registered", "cast")
    return int(np.count_nonzero(picked["registered"] == picked["cast"]))


COUNTER = method("counter", lambda subject: {"p": 10.0 ** -full(subject)})
DEAF = method("deaf", lambda subject: {"p": 0.5})
GAUGE = method(
    "gauge", lambda subject: {"effect": effect("full", full(subject), "stations")}, tier="D", tail="none"
)


@pytest.fixture(scope="module")
def returns(make_returns):
    """A fair vote of 150 stations in six areas, turnout near 60 per cent."""
    rng = np.random.default_rng(3)
    registered = rng.integers(300, 900, 150)
    cast = rng.binomial(registered, 0.6)
    yes = rng.binomial(cast, 0.5)
    return make_returns(
        {
            "area": [f"Area {i % 6}" for i in range(150)],
            "registered": registered,
            "cast": cast,
            "Yes": yes,
            "No": cast - yes,
        },
        ("Yes", "No"),
        ("area",),
    )


def wanted(returns, *methods: Method, mechanisms=("stuffing",), **changed) -> Wanted:
    chosen = [MECHANISMS[name] for name in mechanisms]
    return Wanted(CONTEST, returns, methods, chosen, {}, worlds=changed.pop("worlds", 8), **changed)


def filled(name: str = "filling", **changed):
    """Fill the lists: the mechanism that the counter counts."""
    return dataclasses.replace(MECHANISMS["stuffing"], id=name, defaults={"share": 1.0, "of": "absent", "cap": 1.0, "marks": True}, **changed)  # fmt: skip


def same(one, other) -> bool:
    return one.model_copy(update={"seconds": 0.0}) == other.model_copy(update={"seconds": 0.0})


# ------------------------------------------------------------------------------------------------ alarms


def test_the_alarm_of_a_p_is_its_smallest_q(returns):
    subject = Subject(CONTEST, returns, ())
    measured = (
        COUNTER.answer(subject, "one", p=0.001),
        COUNTER.answer(subject, "two", p=0.5),
    )
    heard = read(Evidence(measured))
    assert alarm(heard, "p") == pytest.approx(-np.log10(0.002))


def test_a_contradiction_alarms_more_than_any_p():
    assert alarm(Signal(0.0, 1, None), "p") >= CERTAIN > alarm(Signal(-250.0, 0, None), "p")


def test_an_estimate_that_counts_both_ways_alarms_by_its_distance():
    low, high = (Signal(None, 0, value) for value in (1.0, 3.5))
    assert alarm(low, "estimate", 2.0) == 1.0
    assert alarm(high, "estimate", 2.0) == 1.5
    assert alarm(low, "estimate") == 1.0


def test_what_was_not_heard_alarms_nobody():
    assert alarm(None, "p") == alarm(Fault("ValueError: no"), "estimate") == -np.inf


def test_a_method_is_read_by_what_it_has():
    assert kind(COUNTER, [Signal(-1.0, 0, 2.0)]) == "p"
    assert kind(COUNTER, [Signal(None, 0, 2.0)]) == "count"
    assert kind(GAUGE, [Signal(None, 0, 2.0)]) == "estimate"
    assert kind(dataclasses.replace(GAUGE, arithmetic=True), [Signal(None, 0, 2.0)]) is None


def test_a_method_that_stops_with_an_error_is_told_and_nothing_more(returns):
    broken = method("broken", lambda subject: {"p": 1 / 0})
    heard, evidence = ask(broken, Subject(CONTEST, returns, ()), None, np.random.SeedSequence(0))
    assert heard == Fault("ZeroDivisionError: division by zero")
    assert evidence is None


def test_votes_published_otherwise_than_cast_are_counted_once(returns):
    here = ground(returns, "Yes")
    for name in ("stuffing", "switching", "annulment"):
        world = MECHANISMS[name].apply(World(here, here.counts), 1.0, np.random.SeedSequence(1))
        change = world.counts.votes.sum(axis=0) - here.counts.votes.sum(axis=0)
        assert otherwise(world) == max(change[change > 0].sum(), -change[change < 0].sum()) > 0


def test_an_announcement_that_is_no_sum_counts_by_what_was_moved(returns):
    here = ground(returns, "Yes")
    world = MECHANISMS["totals-changed"].apply(World(here, here.counts), 1.0, np.random.SeedSequence(1))
    assert otherwise(world) == world.totals[0].votes["Yes"] - here.counts.favoured.sum() > 0


# ------------------------------------------------------------------------------------------------ the matrix


def test_the_matrix_finds_the_dose_that_is_known(returns):
    """Two full stations of 150 make q = 0.01, one makes 0.1: seen from two on, the third prevalence tried."""
    matrix = compute(dataclasses.replace(wanted(returns, COUNTER), mechanisms=[filled()]))
    for version in ("tight", "loose"):
        cell = matrix.cell("counter", "filling", version)
        assert 1 / 150 < cell.dose <= 3 / 150
        assert cell.low <= cell.dose <= cell.high
        assert 1.0 < cell.stations <= 3.0
        assert cell.votes > 0
        assert matrix.first["filling"][version] == "counter"
    assert matrix.blind == matrix.shown_only == ()


def test_a_mechanism_that_nobody_sees_is_blind(returns):
    matrix = compute(wanted(returns, COUNTER, DEAF, mechanisms=("switching",)))
    assert matrix.blind == ("switching",)
    assert all(cell.dose is None for cell in matrix.cells)
    assert max(step.prevalence for step in matrix.cells[0].curve) == 1.0


def test_what_only_a_method_that_is_never_judged_sees_is_told_apart(returns):
    matrix = compute(dataclasses.replace(wanted(returns, GAUGE, DEAF), mechanisms=[filled()]))
    assert matrix.blind == ()
    assert matrix.shown_only == ("filling",)


def test_a_method_that_cries_wolf_gains_no_power_from_it(returns):
    wolf = method("wolf", lambda subject: {"p": 1e-6})
    matrix = compute(wanted(returns, wolf))
    for limit in matrix.thresholds:
        assert (limit.value, limit.own, limit.rate, limit.own_rate) == (pytest.approx(6.0), False, 0.0, 1.0)
    assert matrix.blind == ("stuffing",)


def test_a_method_that_stops_with_an_error_does_not_cost_the_others(returns):
    def falter(subject) -> dict:
        if full(subject):
            raise RuntimeError("too full")
        return {"p": 0.5}

    faulty = method("faulty", falter)
    matrix = compute(dataclasses.replace(wanted(returns, faulty, COUNTER), mechanisms=[filled()]))
    assert matrix.faults["faulty: RuntimeError: too full"] > 0
    assert matrix.cell("faulty", "filling", "tight").dose is None
    assert matrix.cell("counter", "filling", "tight").dose is not None


def test_a_mechanism_that_never_works_is_left_out_with_the_reason(returns):
    def act(world, where, params, rng):
        raise LookupError("no second round")

    matrix = compute(
        dataclasses.replace(wanted(returns, COUNTER), mechanisms=[filled(), filled("broken", act=act)])
    )
    assert matrix.mechanisms == ("filling",)
    assert "no second round" in matrix.left_out["broken"]


def test_copies_show_what_was_rewritten_after_the_forms_and_not_what_was_moved_before(returns):
    differing = method(
        "differing",
        lambda subject: {"p": 10.0 ** -(len(pair(subject.results, subject.copies[0]).differing) / 10)},
        needs=("copies",),
    )
    asked = wanted(returns, COUNTER, differing, mechanisms=("rewritten", "switching"))
    bare = compute(asked)
    assert bare.left_out == {"differing": "simulated votes have no copies"}
    assert bare.blind == ("rewritten", "switching")
    matrix = compute(dataclasses.replace(asked, copied=0.5))
    assert matrix.settings.copied == 0.5
    assert matrix.blind == ("switching",)
    # Half of the changed rows have a copy, and a slip is in one copy of ten: some dozen must be changed.
    for version in ("tight", "loose"):
        assert 0.02 < matrix.cell("differing", "rewritten", version).dose < 0.5


def test_copies_are_of_the_same_stations_with_the_same_slips_whatever_is_done(returns):
    here = ground(returns, "Yes")
    fair = {version: fit(here, version) for version in ("tight", "loose")}
    setting = Setting(CONTEST, fair, MECHANISMS, {}, {}, 3, copied=0.2)
    worlds = [Job("tight", None, 0.0, 4, ()), Job("tight", "switching", 0.5, 4, ())]
    one, other = (setting.subject(job, setting.world(job)).copies[0] for job in worlds)
    assert (one.match.rows == other.match.rows).all()
    assert one.returns.table["cast"].equals(other.returns.table["cast"])
    assert not one.returns.table["Yes"].equals(other.returns.table["Yes"])


def test_methods_that_say_nothing_are_left_out_with_the_reason(returns):
    copies = method("copies", lambda subject: {"p": 0.5}, needs=("copies",))
    margin = method("margin", lambda subject: {"effect": effect("lead", 1.0, "votes")}, arithmetic=True)
    matrix = compute(wanted(returns, COUNTER, copies, margin))
    assert matrix.left_out == {
        "copies": "simulated votes have no copies",
        "margin": "its answers only restate the figures",
    }


def test_a_slow_method_is_asked_only_if_wanted(returns):
    lazy = dataclasses.replace(COUNTER, slow=True)
    told: list[str] = []
    matrix = compute(wanted(returns, lazy, worlds=1), tell=told.append)
    assert "takes long" in matrix.left_out["counter"]
    assert any("without counter" in words for words in told)
    assert compute(wanted(returns, lazy, worlds=1, slow=True)).methods == ("counter",)


def test_a_method_that_finds_nothing_to_test_gives_no_signal(returns):
    """As one that needs what only some tables have, such as the time of the count."""

    def measure(subject, params, rng) -> Evidence:
        return Evidence((COUNTER.untestable(subject, "all", "no times"),))

    mute = dataclasses.replace(COUNTER, id="mute", measure=measure)
    assert ask(mute, Subject(CONTEST, returns, ()), None, np.random.SeedSequence(0)) == (None, None)
    matrix = compute(wanted(returns, COUNTER, mute, worlds=1))
    assert matrix.methods == ("counter",)
    assert "neither a p nor an estimate" in matrix.left_out["mute"]


def test_an_estimate_alone_is_read_as_a_distance_where_both_ways_count(returns):
    """A method without p, tier C, that looks both ways: fewer full stations alarm as more do."""
    both = method(
        "both",
        lambda subject: {"effect": effect("full", full(subject), "stations")},
        tier="C",
        tail="two-sided",
    )
    matrix = compute(dataclasses.replace(wanted(returns, both), mechanisms=[filled()]))
    assert {one.kind for one in matrix.thresholds} == {"estimate"}
    assert all(one.middle == 0.0 for one in matrix.thresholds)
    assert matrix.cell("both", "filling", "tight").dose is not None


def test_want_of_memory_ends_the_run_and_is_not_kept(returns, tmp_path):
    def falter(subject) -> dict:
        raise MemoryError

    with pytest.raises(MemoryError):
        compute(wanted(returns, method("large", falter)), cache=tmp_path)

    def act(world, where, params, rng):
        raise MemoryError

    with pytest.raises(MemoryError):
        compute(
            dataclasses.replace(wanted(returns, COUNTER), mechanisms=[filled("large", act=act)]),
            cache=tmp_path,
        )


# ------------------------------------------------------------------------------------- wherever, and again


@pytest.fixture(scope="module")
def small(returns) -> Wanted:
    methods = [catalogue.load(name) for name in ("protocol", "shape", "fingerprint")]
    return wanted(returns, *methods, mechanisms=("stuffing", "typos"), worlds=3, slow=True, seed=5)


@pytest.fixture(scope="module")
def alone(small):
    return compute(small)


def test_three_processes_give_what_one_gives(small, alone):
    with powering.executor(3) as three:
        assert same(compute(small, executor=three), alone)


def test_any_executor_will_do(small, alone):
    with ThreadPoolExecutor(2) as executor:
        assert same(compute(small, executor=executor), alone)


def test_the_order_of_methods_and_mechanisms_changes_no_cell(small, alone):
    other = compute(
        dataclasses.replace(small, methods=small.methods[::-1], mechanisms=small.mechanisms[::-1])
    )
    assert {(c.method, c.mechanism, c.version): c for c in other.cells} == {
        (c.method, c.mechanism, c.version): c for c in alone.cells
    }


def test_another_seed_gives_other_worlds(small, alone):
    assert compute(dataclasses.replace(small, seed=6)).cells != alone.cells


def test_a_run_that_was_cut_off_goes_on(small, alone, tmp_path):
    assert same(compute(small, cache=tmp_path), alone)
    (path,) = tmp_path.glob("*.jsonl")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2 - 5])
    told: list[str] = []
    assert same(compute(small, cache=tmp_path, tell=told.append), alone)
    assert any("kept from an earlier run" in words for words in told)
    assert any("damaged or of another run" in words for words in told)
    assert set(path.read_bytes().splitlines()) >= set(whole.splitlines())


def test_what_is_known_is_not_made_again(small, alone, tmp_path):
    compute(small, cache=tmp_path)
    (path,) = tmp_path.glob("*.jsonl")
    before = path.read_bytes()
    assert same(compute(small, cache=tmp_path), alone)
    assert path.read_bytes() == before


def test_more_worlds_use_those_that_are_kept(small, tmp_path):
    more = dataclasses.replace(small, worlds=5)
    fresh = compute(more)
    compute(small, cache=tmp_path)
    assert same(compute(more, cache=tmp_path), fresh)


@pytest.fixture(scope="module")
def enough(small) -> Wanted:
    """As many worlds as a dose needs."""
    return dataclasses.replace(small, methods=small.methods[:2], worlds=FEWEST)


@pytest.fixture(scope="module")
def kept_matrix(enough, tmp_path_factory):
    """The folder in which a matrix was kept, its file, and the matrix."""
    folder = tmp_path_factory.mktemp("kept")
    matrix = compute(enough, cache=folder)
    (file,) = folder.glob("*.json")
    return folder, file, matrix


def test_a_matrix_that_was_kept_is_looked_up_as_it_was(enough, kept_matrix):
    folder, _, matrix = kept_matrix
    assert found(enough, folder) == matrix
    assert found(dataclasses.replace(enough, seed=77), folder) == matrix
    other = enough.contest.model_copy(update={"favoured": "No"})
    assert found(dataclasses.replace(enough, contest=other), folder) is None
    assert found(enough, folder / "nowhere") is None


def test_only_the_methods_that_are_asked_are_in_what_is_looked_up(enough, kept_matrix):
    folder, _, whole = kept_matrix
    matrix = found(dataclasses.replace(enough, methods=enough.methods[1:]), folder)
    assert matrix.methods == ("shape",)
    assert {cell.method for cell in matrix.cells} == {"shape"}
    assert {name for seen in matrix.first.values() for name in seen.values()} <= {"shape"}
    assert len(matrix.cells) < len(whole.cells)


def rewritten(kept_matrix, tmp_path, change: Callable[[dict], object], name: str = "") -> Path:
    """Change the record of a matrix on disk; return the folder."""
    _, file, matrix = kept_matrix
    record = json.loads(matrix.model_dump_json())
    change(record)
    (tmp_path / (name or file.name)).write_text(json.dumps(record), encoding="utf-8")
    return tmp_path


def seen(record: dict) -> dict:
    """Return a cell with a dose."""
    return next(cell for cell in record["cells"] if cell["dose"] is not None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda record: record["settings"].update(table="0" * 64), "other settings (table)"),
        (lambda record: record["settings"].update(favoured="No"), "other settings (favoured)"),
        (lambda record: record["settings"].update(code="0"), "other settings (code)"),
        (lambda record: record["settings"].update(stations=151), "other settings (stations)"),
        (lambda record: record["settings"].update(power=0.5), "other settings (power)"),
        (lambda record: record["settings"].update(copied=0.1), "other settings (copied)"),
        (lambda record: record["settings"].update(worlds=19), "only 19 votes"),
        (lambda record: record.update(how="table"), "not simulated"),
        (lambda record: record.update(settings=None), "not simulated"),
        (lambda record: seen(record).update(dose=0.001), "do not agree"),
        (lambda record: seen(record).update(dose=None), "do not agree"),
        (lambda record: seen(record).update(votes=1.0), "do not agree"),
        (lambda record: seen(record).update(lost=0.9999), "do not agree"),
        (lambda record: seen(record).update(low=2.0), "do not agree"),
        (lambda record: seen(record)["curve"].reverse(), "do not agree"),
        (lambda record: seen(record)["curve"][0].update(stations=1e9), "do not agree"),
        (lambda record: seen(record)["curve"][0].update(detected=10**6), "do not agree"),
        (lambda record: seen(record)["curve"].clear(), "do not agree"),
        (lambda record: seen(record).update(version="middling"), "do not agree"),
        (lambda record: record["cells"].append(record["cells"][0]), "do not agree"),
        (lambda record: [cell.update(method="magic") for cell in record["cells"][:0]] or record.update(cells=[]), "none of the methods"),
        (lambda record: record.update(magic=1), "damaged"),
        (lambda record: record["settings"].update(worlds="20"), "damaged"),
    ],
)  # fmt: skip
def test_a_matrix_that_does_not_fit_is_not_used_and_told(enough, kept_matrix, tmp_path, change, said):
    folder = rewritten(kept_matrix, tmp_path, change)
    told: list[str] = []
    assert found(enough, folder, told.append) is None
    (words,) = told
    assert "is not used" in words
    assert said in words


def test_what_follows_from_the_cells_is_not_taken_from_the_file(enough, kept_matrix, tmp_path):
    def change(record: dict) -> None:
        record.update(first={}, blind=["stuffing"], titles={}, tiers={}, kinds={}, contest="another")

    assert found(enough, rewritten(kept_matrix, tmp_path, change)) == kept_matrix[2]


def test_more_worlds_count_before_more_cells_and_few_never(enough, kept_matrix, tmp_path):
    def more(record: dict) -> None:
        record["settings"].update(worlds=30)
        record["cells"] = record["cells"][:2]

    def few(record: dict) -> None:
        record["settings"].update(worlds=2)

    prefix = enough.prefix
    rewritten(kept_matrix, tmp_path, few, f"{prefix}-0.json")
    rewritten(kept_matrix, tmp_path, lambda record: None, f"{prefix}-1.json")
    assert len(found(enough, tmp_path).cells) == len(kept_matrix[2].cells)
    rewritten(kept_matrix, tmp_path, more, f"{prefix}-2.json")
    assert len(found(enough, tmp_path).cells) == 2


@pytest.mark.parametrize("content", [b"{", b"[" * 100_000, b"\xff\xfe", b"", b"null"])
def test_a_damaged_matrix_is_passed_over_and_told(enough, tmp_path, content):
    (tmp_path / f"{enough.prefix}-1-2.json").write_bytes(content)
    told: list[str] = []
    assert found(enough, tmp_path, told.append) is None
    assert "damaged" in told[0]


def test_nothing_grows_without_bound(monkeypatch, small, alone, tmp_path):
    for number in range(kept.FILES + 5):
        (tmp_path / f"power-{number}.jsonl").write_text("", encoding="utf-8")
    compute(small, cache=tmp_path)
    assert len(list(tmp_path.glob("*.jsonl"))) == kept.FILES
    monkeypatch.setattr(kept, "MOST_BYTES", 500)
    assert same(compute(dataclasses.replace(small), cache=tmp_path / "new"), alone)
    assert sum(path.stat().st_size for path in (tmp_path / "new").glob("*.jsonl")) <= 500


def test_a_folder_that_cannot_be_written_to_costs_nothing(small, alone, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert same(compute(small, cache=blocked), alone)


LINE = b'{"of":"power","world":["tight",null,0.0,1,null],"done":[0,0],"heard":{"a":[-1.5,0,null],"b":null}}'


def test_a_line_is_read_as_it_was_written(tmp_path):
    store = kept.Kept(tmp_path / "power.jsonl")
    job = Job("loose", "stuffing", 0.5, 3, ("a", "b"))
    heard = {"a": Signal(-np.inf, 2, 1.5), "b": None}
    store.add([(job, Outcome(4, 5, heard))])
    again = kept.Kept(tmp_path / "power.jsonl")
    assert again.outcomes == {job.world: Outcome(4, 5, heard)}
    assert again.passed_over == 0
    left = again.missing(dataclasses.replace(job, methods=("a", "b", "c")))
    assert left is not None
    assert left.methods == ("c",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"power"', b'"another"'),
        (b"tight", b"middling"),
        (b"0.0,1,null]", b"7.0,1,null]"),
        (b"0.0,1,null]", b"0.0,1.5,null]"),
        (b"0.0,1,null]", b"0.0,-1,null]"),
        (b"[0,0]", b"[0]"),
        (b"[0,0]", b"[0,-1]"),
        (b"[0,0]", b'["0",0]'),
        (b"-1.5", b"1.5"),
        (b"-1.5", b"NaN"),
        (b"0,null]", b"0,Infinity]"),
        (b"0,null]", b"true,null]"),
        (b"0,null]", b"1" + b"0" * 400 + b",null]"),
        (b"[-1.5,0,null]", b'"MemoryError: "'),
        (b'"done"', b'"dune"'),
        (b'"heard"', b'"more":1,"heard"'),
        (b"{", b"[" * 100_000),
        (b"}}", b""),
        (LINE, b"[]"),
        (LINE, b"\xff\x00"),
    ],
)
def test_a_line_that_is_damaged_or_of_another_file_is_passed_over_and_counted(tmp_path, old, new):
    assert LINE.count(old) >= 1
    path = tmp_path / "power.jsonl"
    path.write_bytes(LINE.replace(old, new, 1) + b"\n" + LINE.replace(b"0.0,1,null]", b"0.0,2,null]") + b"\n")
    store = kept.Kept(path)
    assert store.passed_over == 1
    assert list(store.outcomes) == [("tight", None, 0.0, 2, None)]


def test_a_file_that_is_too_large_is_neither_read_nor_added_to(monkeypatch, tmp_path):
    monkeypatch.setattr(kept, "MOST_BYTES", 10)
    path = tmp_path / "power.jsonl"
    path.write_bytes(LINE)
    store = kept.Kept(path)
    store.add([(Job("tight", None, 0.0, 5, ("a",)), Outcome(0, 0, {"a": None}))])
    assert "larger" in store.unread
    assert path.read_bytes() == LINE


def test_what_went_wrong_is_counted_and_not_kept(tmp_path):
    path = tmp_path / "power.jsonl"
    store = kept.Kept(path)
    good, bad, none = (Job("tight", None, 0.0, number, ("a", "b")) for number in range(3))
    store.add(
        [
            (good, Outcome(0, 0, {"a": Signal(-1.0, 0, None), "b": Signal(-2.0, 0, None)})),
            (bad, Outcome(0, 0, {"a": Signal(-1.0, 0, None), "b": Fault("OSError: disk")})),
            (none, Outcome(0, 0, {}, "LookupError: no")),
        ]
    )
    assert store.missing(bad) is store.missing(none) is None
    again = kept.Kept(path)
    assert again.missing(good) is None
    assert again.missing(bad).methods == ("b",)
    assert again.missing(none) == none
    assert b"disk" not in path.read_bytes()


def test_the_code_of_a_guest_is_part_of_what_a_matrix_depends_on():
    assert code([COUNTER]) != code()
    assert code([catalogue.load("shape")]) == code()
