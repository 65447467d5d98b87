"""Every command, as a person would call it, with good and with bad input."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import polars as pl
import pytest

import plebiscope
from plebiscope.dossier.schema import published_schema

REGISTERED = [500 + 29 * i % 83 for i in range(60)]
YES = [200 + 37 * i % 91 for i in range(60)]
NO = [90 + 53 * i % 47 for i in range(60)]
TABLE = "Region,Station,Registered voters,Ballots cast,Valid votes,Invalid votes,Yes,No\n" + "".join(
    f"R{i % 3},{i},{REGISTERED[i]},{yes + no + 7 + i % 5},{yes + no},{7 + i % 5},{yes},{no}\n"
    for i, (yes, no) in enumerate(zip(YES, NO, strict=True))
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "results.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_help_answers_without_heavy_imports() -> None:
    code = (
        "import sys; sys.argv = ['plebiscope', '--help']\n"
        "from plebiscope import cli\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'polars', 'pydantic', 'scipy', 'vl_convert', 'jinja2'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for command in ("demo", "examine", "read", "conduct", "totals", "new", "methods", "verify"):
        assert command in done.stdout


def test_linear_algebra_takes_one_thread_unless_told_otherwise(call, monkeypatch) -> None:
    for before, after in (("3", "3"), (None, "1")):
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", before or "")
        if before is None:
            monkeypatch.delenv("OPENBLAS_NUM_THREADS")
        assert call("--version").code == 0
        assert os.environ["OPENBLAS_NUM_THREADS"] == after


def test_demo_writes_three_files_and_says_where(call, tmp_path: Path) -> None:
    ended = call("demo", "--out", tmp_path / "demo")
    assert ended.code == 0
    assert "Simulated" in ended.out
    for name in ("dossier.html", "dossier.json", "stations.parquet"):
        assert (tmp_path / "demo" / name).stat().st_size > 1000
        assert name in ended.out


def test_examine_writes_a_dossier_that_keeps_its_schema(call, table: Path, tmp_path: Path) -> None:
    ended = call("examine", table, "--out", tmp_path / "out", "--json")
    assert ended.code == 0
    data = json.loads(ended.out)
    assert data == json.loads((tmp_path / "out" / "dossier.json").read_text("utf-8"))
    jsonschema.validate(data, published_schema())
    assert data["returns"][0]["sums"]["Yes"] == sum(YES)
    stations = pl.read_parquet(tmp_path / "out" / "stations.parquet")
    assert stations.height == 60
    assert stations["Yes"].sum() == data["returns"][0]["sums"]["Yes"]


def test_running_again_gives_the_same_bytes(call, table: Path, tmp_path: Path) -> None:
    texts = []
    for name in ("one", "two"):
        assert call("examine", table, "--out", tmp_path / name, "-q").code == 0
        data = json.loads((tmp_path / name / "dossier.json").read_text("utf-8"))
        seconds = f'"seconds":{data["made"]["seconds"]}'
        texts.append((tmp_path / name / "dossier.json").read_text("utf-8").replace(seconds, ""))
    assert texts[0] == texts[1]


def test_verify_confirms_and_notices(call, table: Path, tmp_path: Path) -> None:
    call("examine", table, "--out", tmp_path / "out", "-q", "--seed", "7", "--favoured", "no")
    path = tmp_path / "out" / "dossier.json"
    ended = call("verify", path)
    assert ended.code == 0, ended.err
    assert "the same" in ended.out
    text = path.read_text("utf-8")
    path.write_text(text.replace('"stations":60', '"stations":61'), encoding="utf-8")
    ended = call("verify", path)
    assert ended.code == 1
    assert "61" in ended.err
    path.write_text(text, encoding="utf-8")
    table.write_text(TABLE.replace("R1,1,529", "R1,1,530"), encoding="utf-8")
    ended = call("verify", path)
    assert ended.code == 2
    assert "not the file" in ended.err


def test_verify_as_the_page_of_the_demo_says(call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("demo", "-q").code == 0
    ended = call("verify", "plebiscope-demo/dossier.json")
    assert (ended.code, ended.err) == (0, "")


def test_verify_tells_reports_of_the_same_name_apart(call, tmp_path: Path) -> None:
    texts = {"a": "Soldiers beat voters at station 4.", "b": "Buses brought voters to the square."}
    for folder, text in texts.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "report.txt").write_text(text + " The vote went on all day.", encoding="utf-8")
    files = [tmp_path / folder / "report.txt" for folder in texts]
    assert call("examine", *files, "--out", tmp_path / "out", "-q").code == 0
    path = tmp_path / "out" / "dossier.json"
    ended = call("verify", path, "--sources", tmp_path / "a", "--sources", tmp_path / "b")
    assert (ended.code, ended.err) == (0, "")
    data = json.loads(path.read_text("utf-8"))
    data["inputs"] = []
    path.write_text(json.dumps(data), encoding="utf-8")
    ended = call("verify", path)
    assert ended.code == 2
    assert "does not say from which file" in ended.err


def test_verify_holds_versions_apart_and_looks_at_page_and_table(call, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    call("examine", table, "--out", out, "-q")
    path, page, stations = (out / name for name in ("dossier.json", "dossier.html", "stations.parquet"))
    whole = page.read_text("utf-8")
    page.write_text(whole.replace("Reading", "Verdict"), encoding="utf-8")
    ended = call("verify", path)
    assert (ended.code, ended.err.count("\n")) == (1, 2)
    assert "1 place differs" in ended.err
    assert "dossier.html" in ended.err
    page.write_text(whole, encoding="utf-8")
    frame = pl.read_parquet(stations)
    frame.with_columns(pl.col("Yes") + 1).write_parquet(stations)
    assert "stations.parquet" in call("verify", path).err
    frame.write_parquet(stations)
    data = json.loads(path.read_text("utf-8"))
    data["made"]["python"] = "3.99.0"
    path.write_text(json.dumps(data), encoding="utf-8")
    ended = call("verify", path)
    assert ended.code == 0
    assert "3.99.0" in ended.err
    assert "was not compared" in ended.err


def test_verify_finds_sources_of_a_case_elsewhere(call, marenna: Path, tmp_path: Path) -> None:
    folder = tmp_path / "case"
    shutil.copytree(marenna, folder)
    lines = (folder / "stations.csv").read_bytes().splitlines(keepends=True)
    # Where sources lie hangs on no number of stations, and few are examined sooner.
    (folder / "stations.csv").write_bytes(b"".join(lines[:301]))
    with (folder / "report.txt").open("a", encoding="utf-8") as report:
        report.write("\nIt rained.\n")  # else the bundled example would do
    call("examine", folder, "--out", tmp_path / "deep" / "er" / "out", "-q")
    path = tmp_path / "deep" / "er" / "out" / "dossier.json"
    assert call("verify", path).code == 2
    assert call("verify", path, "--sources", folder, "-q").code == 0


def test_methods_lists_and_explains(call) -> None:
    ended = call("methods")
    assert ended.code == 0
    for name in (
        "protocol",
        "integer-percentages",
        "straddle",
        "fingerprint",
        "anomalous-votes",
        "near-unanimity",
        "totals",
    ):
        assert name in ended.out
        assert "Question" in call("methods", name).out
    assert {entry["id"] for entry in json.loads(call("methods", "--json").out)} >= {"protocol", "totals"}
    assert call("methods", "magic").code == 2


def test_new_writes_a_case_that_can_be_filled_in(call, table: Path, tmp_path: Path) -> None:
    folder = tmp_path / "case"
    assert call("new", folder).code == 0
    assert call("new", folder).code == 2  # never overwritten
    case = folder / "case.toml"
    shutil.copy(table, folder / "stations.csv")
    case.write_text(case.read_text("utf-8").replace("results = []", 'results = ["stations.csv"]'), "utf-8")
    ended = call("examine", folder, "--out", tmp_path / "out", "-q")
    assert (ended.code, ended.err) == (0, "")


def test_an_untouched_case_is_no_case(call, tmp_path: Path) -> None:
    assert call("new", tmp_path / "case").code == 0
    ended = call("examine", tmp_path / "case", "--out", tmp_path / "out")
    assert ended.code == 2
    assert "no results, no announced totals and no report" in ended.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('least_registered = "wide"', "least_registered is 'wide'"),
        ("least_registered = -1", "least_registered is -1"),
        ("coverage = 7.0", "above 0 and below 1"),
        ("coverage = 1.0", "above 0 and below 1"),
        ("limit_level = 0", "above 0 and below 1"),
        ('window = "round"', "window is 'round'"),
        ("turnout = 5", "turnout is 5"),
        ("listed = inf", "listed is inf"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_refused(call, table: Path, line: str, said: str) -> None:
    case = table.parent / "case.toml"
    case.write_text(
        f'name = "x"\n[[contest]]\nid = "v"\nresults = ["results.csv"]\n'
        f"[plan.params.integer-percentages]\n{line}\n",
        encoding="utf-8",
    )
    ended = call("examine", case, "--out", table.parent / "out")
    assert ended.code == 2
    assert said in ended.err
    assert "fault" not in ended.err


def test_a_file_given_twice_is_used_once_and_that_is_said(call, table: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.csv"
    shutil.copy(table, copy)
    report = tmp_path / "report.txt"
    report.write_text("Soldiers stood in the polling stations. Nobody said why.", encoding="utf-8")
    ended = call("examine", table, copy, report, report, "--out", tmp_path / "out", "--json")
    data = json.loads(ended.out)
    assert [entry["path"] for entry in data["inputs"]] == ["results.csv", "report.txt"]
    assert data["returns"][0]["sums"]["Yes"] == sum(YES)
    assert "copy.csv was given already" in ended.err
    assert "report.txt was given already" in ended.err
    assert call("verify", tmp_path / "out" / "dossier.json", "-q").code == 0


def test_a_report_that_is_not_in_english_is_said_to_be_unread(call, tmp_path: Path) -> None:
    report = tmp_path / "rapport.txt"
    report.write_text(
        "Des soldats armés ont accompagné les électeurs jusqu'aux bureaux de vote. Les urnes étaient transparentes "
        "et les bulletins n'étaient pas mis sous enveloppe. Plusieurs observateurs ont été expulsés de la salle.",
        encoding="utf-8",
    )
    ended = call("examine", report, "--out", tmp_path / "out")
    assert "not read" in ended.err
    assert "not read" in ended.out
    assert "no breach" not in ended.out
    assert "not read" in (tmp_path / "out" / "dossier.html").read_text("utf-8")
    ended = call("conduct", report)
    assert "not read" in ended.err
    assert "not read" in ended.out
    assert "No statement" not in ended.out


def test_a_vote_without_a_case_is_called_after_its_file_or_by_name(call, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    data = json.loads(call("examine", table, "--out", out, "--json").out)
    assert all(line.startswith("The vote in results.csv") for line in data["reading"]["sentences"])
    data = json.loads(call("examine", table, "--name", "Testland 2031", "--out", out, "--json").out)
    assert data["case"]["name"] == "Testland 2031"
    assert all(line.startswith("Testland 2031") for line in data["reading"]["sentences"])
    assert call("new", tmp_path / "case").code == 0
    assert call("examine", tmp_path / "case", "--name", "x").code == 2


def test_totals_alone(call, tmp_path: Path) -> None:
    path = tmp_path / "totals.toml"
    path.write_text(
        '[[totals]]\nsource = "bulletin"\ncast = 10058774\n'
        "votes = { A = 5150092, B = 4445978, C = 462704 }\nshares = { A = 51.2, B = 44.2, C = 4.6 }\n",
        encoding="utf-8",
    )
    ended = call("totals", path, "--json")
    assert ended.code == 0
    found = [f for f in json.loads(ended.out)["findings"] if f["quantity"] == "counts-from-percentages"]
    assert found[0]["p"] == pytest.approx(1.2e-7, rel=0.02)


def test_read_writes_a_table_and_a_mapping_that_read_back_the_same(call, table: Path, tmp_path: Path) -> None:
    said = json.loads(call("read", table, "--json").out)
    assert said["sums"]["registered"] == sum(REGISTERED)
    assert said["stations"] + said["furniture"] == said["records"]
    for suffix in ("parquet", "csv"):
        out = tmp_path / f"canonical.{suffix}"
        assert call("read", table, "--write", out).code == 0
        again = json.loads(call("read", out, "--json").out)
        assert again["sums"] == said["sums"]
        assert again["digest"] == said["digest"]
    mapping = tmp_path / "canonical.mapping.toml"
    mapped = json.loads(call("read", table, "--mapping", mapping, "--json").out)
    assert mapped["digest"] == said["digest"]
    assert "named by the mapping" in mapped["columns"]["registered"]["why"]


def test_conduct_prints_the_record_and_nothing_else(call, marenna: Path) -> None:
    ended = call("conduct", marenna / "report.txt", "--json")
    record = json.loads(ended.out)
    assert set(record) >= {"reports", "statements", "support", "timeline"}
    assert set(record["reports"][0]) >= {"path", "published", "copies_folded", "read", "sentences"}
    assert "text" not in record["reports"][0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["examine", "nowhere.csv"], "no such file"),
        (["examine", "{table}", "--methods", "protocol,magic"], "no method 'magic'"),
        (["examine", "{table}", "--methods", ""], "names no method"),
        (["examine", "{table}", "--methods", " , "], "names no method"),
        (["examine", "{table}", "--favoured", "Maybe"], "'Maybe'"),
        (["examine", "{table}", "--published", "yesterday"], "no date"),
        (["examine", "{table}", "--mapping", "nowhere.toml"], "no such file"),
        (["examine", "{empty}"], "nothing in this folder"),
        (["examine", "{table}", "--out", "{table}/below"], "cannot be written"),
        (["examine", "{table}", "{other}"], "different votes"),
        (["read", "{table}", "--write", "table.docx"], "no format"),
        (["verify", "{table}"], "dossier"),
        (["totals", "{table}"], "totals"),
        (["conduct", "nowhere.txt"], "no such file"),
    ],
)
def test_bad_calls_end_with_one_message_and_code_2(
    call, table: Path, tmp_path: Path, arguments, said
) -> None:
    (tmp_path / "empty").mkdir()
    other = tmp_path / "other.csv"
    other.write_text(TABLE.replace("Yes", "Smith").replace("No\n", "Jones\n"), encoding="utf-8")
    names = {"table": table, "empty": tmp_path / "empty", "other": other}
    ended = call(
        *(a.format(**names) for a in arguments),
        *(() if "--out" in arguments or arguments[0] != "examine" else ("--out", tmp_path / "out")),
    )
    assert ended.code == 2
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert ended.out == ""


def test_a_method_that_crashes_is_a_finding(monkeypatch: pytest.MonkeyPatch, table: Path) -> None:
    from plebiscope.methods import fingerprint

    def crash(*_: object) -> None:
        raise ZeroDivisionError("made for this test")

    broken = fingerprint.METHOD.__class__(**{**vars(fingerprint.METHOD), "measure": crash})
    monkeypatch.setattr(fingerprint, "METHOD", broken)
    dossier = plebiscope.examine(table).dossier
    found = [f for f in dossier.findings if f.method == "fingerprint"]
    assert [f.status for f in found] == ["failed"]
    assert "made for this test" in found[0].reason
    assert any(f.status == "tested" for f in dossier.findings)


def test_the_plan_reaches_the_methods(table: Path, tmp_path: Path) -> None:
    case = tmp_path / "case.toml"
    case.write_text(
        'name = "x"\n[[contest]]\nid = "v"\nresults = ["results.csv"]\n'
        '[plan]\nmethods = ["integer-percentages"]\n'
        "[plan.params.integer-percentages]\nleast_registered = 505\n",
        encoding="utf-8",
    )
    findings = plebiscope.examine(case).dossier.findings
    assert {f.method for f in findings} == {"integer-percentages"}
    assert findings[0].n == sum(r >= 505 for r in REGISTERED)
    case.write_text(
        case.read_text("utf-8").replace("least_registered", "lowest_registered"), encoding="utf-8"
    )
    with pytest.raises(plebiscope.InputError, match="lowest_registered"):
        plebiscope.examine(case)


def test_texts_from_files_show_as_text_everywhere(call, tmp_path: Path) -> None:
    path = tmp_path / "hostile.csv"
    path.write_text(
        TABLE.replace("R0,0,", "<script>alert(1)</script>,=cmd()|x,").replace(
            "R1,1,", "[red]x[/red],\x1b[31m,"
        ),
        encoding="utf-8",
    )
    ended = call("examine", path, "--out", tmp_path / "out")
    assert ended.code == 0
    assert "\x1b[31m" not in ended.out
    page = (tmp_path / "out" / "dossier.html").read_text("utf-8")
    assert "<script>alert(1)" not in page
    out = tmp_path / "safe.csv"
    assert call("read", path, "--write", out).code == 0
    assert "\n=cmd" not in out.read_text("utf-8")
    assert ",=cmd" not in out.read_text("utf-8")
