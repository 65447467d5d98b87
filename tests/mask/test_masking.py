"""Nothing of a masked name is left in any file of the copy, and everything else still fits together."""

from __future__ import annotations

import csv
import hashlib
import html
import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from plebiscope import cli, study
from plebiscope.compare import Chosen, compare
from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.stored import load
from plebiscope.mask import Wanted, mask, write
from plebiscope.mask.finding import Finder
from plebiscope.mask.masking import Masker, _of_areas, _searched
from plebiscope.mask.names import parse
from plebiscope.mask.people import teach
from plebiscope.mask.stations import Stations
from plebiscope.model.errors import InputError

PAGE = """<html lang="en"><head><title>A day of voting</title></head><body><article>
<h1>Day of voting ends, Marrantova protests</h1>
<p>Published 5 October 2030. By Tobbs Quillfeather.</p>
<p>Voters went to the polls in Gostel on Sunday. Armed men stood inside Lindenwyck School No. 7, said
Ilsebet Marrantova, a teacher at the school.</p>
<p>“They told us how to vote,” Ms. Marrantova said on Monday. MARRANTOVA’S brother was turned away from
polling station Lindenwyck School №7. Ilsebet had seen it herself.</p>
<p>The mayor, Petrov-Zwick, denied that observers were turned away. Mr Petrov-Zwick’s office did not answer.</p>
<p>Voters said that they had been told how to vote.</p>
</article></body></html>"""
TEXT = """published: 2030-10-07

Jonabel Marsch, an observer, said that he was not allowed to see the protocols at the Old Brewery Hall.
"I was not allowed in," Marsch told reporters. Russia said the vote was fair.
"""
ORIGINALS = (
    "marrantova",
    "ilsebet",
    "petrov-zwick",
    "zwick",
    "jonabel",
    "marsch",
    "lindenwyck",
    "brewery",
    "quillfeather",
)
SPEAKERS = ("Ilsebet Marrantova", "Petrov-Zwick", "Jonabel Marsch")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case of which stations, speakers and names of files are known, examined."""
    folder = tmp_path_factory.mktemp("case")
    rng = np.random.default_rng(5)
    lines = [
        "District,Polling station,Registered voters,Ballots in the box,Invalid,Valid,For,Against,Longitude,Latitude"
    ]
    copies = ["District,Polling station,For,Against"]
    for at in range(60):
        registered = int(rng.integers(300, 900))
        cast = registered * 6 // 10 + int(rng.integers(0, 30))
        votes = int(rng.integers(100, cast - 20))
        name = "Lindenwyck School No. 7" if at == 6 else f"Lindenwyck School No. {at + 1}"
        name = "Old Brewery Hall" if at == 11 else name
        place = f"{20 + at / 100},{50 + at / 90:.4f}"
        lines.append(
            f'D{at // 20},"{name}",{registered},{cast},5,{cast - 5},{votes},{cast - 5 - votes},{place}'
        )
        if at < 12:
            copies.append(f'D{at // 20},"{name}",{votes - 30 * (at == 3)},{cast - 5 - votes}')
    copies.append('D9,"Lindenwyck School No. 999",10,10')
    lines.append('D2,"Lindenwyck School No. 77",n/a,12,5,many,x,y,,')
    (folder / "votes.csv").write_text("\n".join(lines), "utf-8")
    (folder / "copies.csv").write_text("\n".join(copies), "utf-8")
    (folder / "marrantova-speaks.html").write_text(PAGE, "utf-8")
    (folder / "second.txt").write_text(TEXT, "utf-8")
    files = [folder / name for name in ("votes.csv", "marrantova-speaks.html", "second.txt")]
    made = study.examine(
        files,
        copies=[folder / "copies.csv"],
        methods=["protocol", "copies", "fingerprint"],
        name="A vote",
        favoured="For",
    )
    study.write(made, folder / "dossier")
    return folder / "dossier"


@pytest.fixture(scope="module")
def copy(case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy") / "shared"
    wanted = Wanted(
        stations=True, speakers=True, names=(("Tobbs Quillfeather",), ("Old Brewery Hall", "Brewery"))
    )
    write(mask(case, wanted), folder)
    return folder


def texts_of(folder: Path) -> dict[str, str]:
    """Every file as text, tables cell by cell, and every name of a file."""
    found = {"names": " ".join(str(path.relative_to(folder)) for path in folder.rglob("*"))}
    for path in folder.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            found[str(path)] = raw.decode("utf-8", "replace") + html.unescape(raw.decode("utf-8", "replace"))
            if path.suffix == ".parquet":
                table = pl.read_parquet(path)
                found[str(path)] += str(table.columns) + json.dumps(
                    table.to_dicts(), default=str, ensure_ascii=False
                )
    return found


def test_the_original_holds_what_is_to_be_masked(case: Path) -> None:
    everything = " ".join(texts_of(case).values()).casefold()
    assert [name for name in ORIGINALS if name not in everything] == []
    assert {one.speaker for one in load(case / "dossier.json").conduct.statements} >= set(SPEAKERS)


def test_no_original_is_left_in_any_file(case: Path, copy: Path) -> None:
    for file, text in texts_of(copy).items():
        assert [name for name in ORIGINALS if name in text.casefold()] == [], file
    # Nor a digest of anything that held one, except that of the case, which held none.
    old = load(case / "dossier.json")
    digests = [one.sha256 for one in old.inputs] + [one.digest for one in old.returns]
    digests += [one.text_sha256 for one in old.conduct.reports]
    everything = " ".join(texts_of(copy).values())
    assert [one for one in digests if one in everything] == []


def test_a_pseudonym_is_the_same_in_every_file_and_row(case: Path, copy: Path) -> None:
    old, new = load(case / "dossier.json"), load(copy / "dossier.json")
    before, after = pl.read_parquet(case / "stations.parquet"), pl.read_parquet(copy / "stations.parquet")
    figures = ["registered", "cast", "For", "Against", "District"]
    pairs = before.join(after, on=figures, suffix=" masked")
    assert pairs.height == before.height == after.height
    assert pairs["station masked"].n_unique() == before.height
    assert all(re.fullmatch(r"Station \d{4}", name) for name in pairs["station masked"])
    called = dict(zip(pairs["station"], pairs["station masked"], strict=True))
    assert [called[one.station] for one in old.stations_to_inspect] != []
    assert {called[one.station] for one in old.stations_to_inspect} == {
        one.station for one in new.stations_to_inspect
    }
    page = (copy / "dossier.html").read_text("utf-8")
    assert called["Lindenwyck School No. 7"] in page
    speakers: dict[str, set[str]] = {}
    for one, other in zip(old.conduct.statements, new.conduct.statements, strict=True):
        if one.speaker in SPEAKERS:
            speakers.setdefault(one.speaker, set()).add(other.speaker)
    assert all(len(names) == 1 for names in speakers.values())
    assert len(set.union(*speakers.values())) == len(speakers)
    assert next(iter(speakers["Ilsebet Marrantova"])) in page


def test_nothing_leads_back_to_the_place_in_the_file(case: Path, copy: Path) -> None:
    table, before = pl.read_parquet(copy / "stations.parquet"), pl.read_parquet(case / "stations.parquet")
    assert not {"line", "longitude", "latitude"} & set(table.columns)
    assert table["registered"].to_list() != before["registered"].to_list()
    dossier = load(copy / "dossier.json")
    assert all(one.line is None for one in dossier.stations_to_inspect)
    assert dossier.returns[0].quarantine_rows == ()
    assert dossier.returns[0].quarantined == 1
    again = mask(case, Wanted(stations=True)).table
    assert again.sort("station")["registered"].to_list() != table.sort("station")["registered"].to_list()


def test_quotes_stand_where_the_copy_says(copy: Path) -> None:
    dossier = load(copy / "dossier.json")
    (written,) = (copy / "report-texts").iterdir()
    text = written.read_text("utf-8")
    report = next(one for one in dossier.conduct.reports if one.format == "page")
    assert report.text_sha256 == hashlib.sha256(written.read_bytes()).hexdigest()
    for sentence in report.sentences:
        assert text[sentence.start : sentence.end] == sentence.text
    for one in dossier.conduct.statements:
        sentences = next(r for r in dossier.conduct.reports if r.path == one.report).sentences
        inside = sentences[one.sentence]
        assert inside.start <= one.start <= one.end <= inside.end
        assert inside.text[one.start - inside.start : one.end - inside.start] == one.verbatim


def test_the_copy_says_what_was_masked_and_what_that_cannot_promise(copy: Path) -> None:
    dossier = load(copy / "dossier.json")
    assert (dossier.masked.stations, dossier.masked.names) == (60, 2)
    assert dossier.masked.speakers >= 3
    said = " ".join(dossier.masked.sentences)
    for part in (
        "same in every file",
        "byte for byte",
        "unique figures can be found again",
        "cannot promise",
    ):
        assert part in said
    assert "Areas keep their names." in said
    page = html.unescape((copy / "dossier.html").read_text("utf-8"))
    assert all(sentence in page for sentence in dossier.masked.sentences)
    assert "names masked" in page


def test_everything_that_is_no_name_stays(case: Path, copy: Path) -> None:
    old, new = load(case / "dossier.json"), load(copy / "dossier.json")
    assert [(one.id, one.grade, one.p, one.effect) for one in old.findings] == [
        (one.id, one.grade, one.p, one.effect) for one in new.findings
    ]
    assert [one.code for one in old.conduct.statements] == [one.code for one in new.conduct.statements]
    assert old.returns[0].sums == new.returns[0].sums
    # The name of a report is in the case as it was written, and its digest with it; without that it stays.
    assert "the digest of the case" in new.masked.left_out
    assert old.case.digest != new.case.digest
    assert old.case.digest == mask(case, Wanted(stations=True)).dossier.case.digest
    assert "Russia" in (copy / "dossier.json").read_text("utf-8")


def test_a_masked_copy_says_why_it_cannot_be_verified_or_masked_or_joined(case: Path, copy: Path) -> None:
    with pytest.raises(InputError, match="names were masked"):
        study.verify(copy / "dossier.json")
    with pytest.raises(InputError, match="masked copy itself"):
        mask(copy, Wanted(stations=True))
    record = compare([Chosen(case), Chosen(copy)]).record
    assert "pseudonyms" in record.joined[0].sentences[0]
    assert "masked" in {one.kind for one in record.cautions}


def test_who_is_named_without_being_quoted_is_told_to_whoever_makes_the_copy(case: Path) -> None:
    made = mask(case, Wanted(stations=True))
    assert {"Ilsebet Marrantova", "Jonabel Marsch"} <= set(made.still_named)
    assert "Ilsebet Marrantova" not in mask(case, Wanted(speakers=True)).still_named
    everybody = mask(case, Wanted(persons=True))
    assert everybody.still_named == ()
    # A last name alone is the same person as the full one.
    names = [name for _, name in everybody.key]
    assert len(names) == everybody.dossier.masked.persons
    assert "Ilsebet Marrantova" in names
    assert "Marrantova" not in names
    assert "arrantova" not in everybody.dossier.model_dump_json().replace("marrantova-speaks.html", "")


def test_only_what_was_asked_is_masked(case: Path, tmp_path: Path) -> None:
    write(mask(case, Wanted(speakers=True)), tmp_path / "shared")
    text = (tmp_path / "shared" / "dossier.json").read_text("utf-8")
    assert "Lindenwyck School No. 7" in text
    assert "arrantova" not in text.casefold()
    assert "line" in pl.read_parquet_schema(tmp_path / "shared" / "stations.parquet")


def test_the_key_is_written_elsewhere_and_only_if_asked(case: Path, tmp_path: Path) -> None:
    asked = ["mask", str(case), "--out", str(tmp_path / "shared"), "--stations", "--speakers"]
    done = CliRunner().invoke(cli.app, [*asked, "--key", str(tmp_path / "kept")])
    assert done.exit_code == 0, done.output
    with (tmp_path / "kept" / "key.csv").open(encoding="utf-8") as file:
        key = {row["pseudonym"]: row["name"] for row in csv.DictReader(file)}
    row = pl.read_parquet(tmp_path / "shared" / "stations.parquet").row(0, named=True)
    before = pl.read_parquet(case / "stations.parquet").filter(pl.col("registered") == row["registered"])
    assert key[row["station"]] in [f"{one['District']}, {one['station']}" for one in before.to_dicts()]
    assert "Ilsebet Marrantova" in " ".join(key.values())
    assert not list((tmp_path / "shared").glob("*key*"))
    again = CliRunner().invoke(cli.app, [*asked, "--quiet"])
    assert again.exit_code == 0
    assert again.output == ""


@pytest.mark.parametrize(
    ("more", "met"),
    [
        ([], "not said what"),
        (["--stations", "--key", "{out}"], "key must not"),
        (["--stations", "--key", "{out}/inside"], "key must not"),
        (["--names", "{empty}"], "no names are listed"),
        (["--names", "{missing}"], "cannot be read"),
        (["--names", "{options}"], "would become one"),
    ],
)
def test_what_is_asked_wrongly_is_refused_and_writes_nothing(
    case: Path, tmp_path: Path, more: list[str], met: str
) -> None:
    places = {name: tmp_path / name for name in ("out", "empty", "missing", "options")}
    places["empty"].write_text("# nobody\n", "utf-8")
    places["options"].write_text("For; Against\n", "utf-8")
    asked = [part.format(**places) for part in more]
    done = CliRunner().invoke(cli.app, ["mask", str(case), "--out", str(places["out"]), *asked])
    assert isinstance(done.exception, InputError)
    assert met in str(done.exception)
    assert not places["out"].exists()


def test_a_folder_with_anything_else_in_it_is_refused(case: Path, copy: Path, tmp_path: Path) -> None:
    made = mask(case, Wanted(stations=True))
    with pytest.raises(InputError, match="not empty"):
        write(made, case)
    (tmp_path / "notes.txt").write_text("Marrantova", "utf-8")
    with pytest.raises(InputError, match="not empty"):
        write(made, tmp_path)


def test_a_copy_in_which_a_name_is_left_is_not_made(case: Path) -> None:
    finder = Finder()
    teach(finder, ["Ilsebet Marrantova"], "Speaker 1")
    with pytest.raises(InputError, match="could not be masked everywhere"):
        _searched(load(case / "dossier.json"), None, Masker(finder))


def test_a_list_of_names_is_read_line_by_line() -> None:
    assert parse("A B; Cd\n# none\n  D-E # why\n", "list") == (("A B", "Cd"), ("D-E",))
    for bad in ("", "7", "x", ";;"):
        with pytest.raises(InputError):
            parse(bad, "list")


def test_an_older_dossier_has_no_masks(case: Path) -> None:
    data = json.loads((case / "dossier.json").read_text("utf-8"))
    del data["masked"]
    assert Dossier.model_validate(data).masked is None


def test_areas_of_a_few_stations_are_counted() -> None:
    places = (
        [("A", "a", f"{n}") for n in range(5)] + [("A", "b", f"{n}") for n in range(4)] + [("B", None, "1")]
    )
    drawn = Stations({place: f"Station {n:04d}" for n, place in enumerate(places)}, ("Region", "District"))
    # District b of A with four, and region B with one.
    assert drawn.sparse == 2
    assert "2 of them hold fewer than 5 stations" in _of_areas(drawn)
