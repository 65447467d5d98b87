"""The files of a dossier."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import polars as pl
import pytest

from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.stored import load
from plebiscope.dossier.write import TEXTS, mend, write, write_texts
from plebiscope.model.errors import InputError
from plebiscope.model.report import Conduct, Report


def page(path: str, text: str = "People voted.") -> Report:
    return Report(path=path, format="page", text=text)


def of(dossier: Dossier, *reports: Report) -> Dossier:
    return dossier.model_copy(update={"conduct": Conduct(reports=reports, statements=())})


def test_page_data_and_table(dossier: Dossier, tmp_path: Path) -> None:
    stations = pl.DataFrame({"contest": ["vote"], "station": ["<script>"], "score": [1.0]})
    files = write(dossier, stations, tmp_path / "new" / "folder")
    assert [file.name for file in files] == ["dossier.html", "dossier.json", "stations.parquet"]
    assert load(files[1]).reading == dossier.reading
    assert pl.read_parquet(files[2]).equals(stations)


def test_a_table_of_another_dossier_does_not_stay(totals_dossier: Dossier, tmp_path: Path) -> None:
    (tmp_path / "stations.parquet").write_bytes(b"old")
    files = write(totals_dossier, pl.DataFrame(), tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(file.name for file in files)


def test_where_nothing_can_be_written_it_is_said(totals_dossier: Dossier, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="cannot be written") as caught:
        write(totals_dossier, None, tmp_path / "file" / "folder")
    assert "--out" in str(caught.value)


def whole(folder: Path) -> bool:
    """Whether data and page in a folder are of one dossier."""
    return load(folder / "dossier.json").case.name in (folder / "dossier.html").read_text("utf-8")


class TestAtOnce:
    """A reader, and who is left with a run that was cut, has one whole dossier."""

    def other(self, dossier: Dossier) -> Dossier:
        return dossier.model_copy(update={"case": dossier.case.model_copy(update={"name": "Another vote"})})

    @pytest.mark.parametrize("cut", ["write_text", "rename", "replace"])
    @pytest.mark.parametrize("beside", [False, True])
    def test_a_run_that_is_cut_leaves_what_was_there(
        self, totals_dossier: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: str, beside: bool
    ) -> None:
        folder = tmp_path / "dossier"
        write(totals_dossier, None, folder)
        if beside:
            (folder / "notes.txt").write_text("mine")
        stopped, once = getattr(Path, cut), []

        def stop(path: Path, *args: object, **more: object) -> object:
            if not once and path.name.startswith(("dossier.", ".dossier.")):
                once.append(path)
                raise OSError(28, "No space left on device")
            return stopped(path, *args, **more)

        monkeypatch.setattr(Path, cut, stop)
        try:
            write(self.other(totals_dossier), None, folder)
        except InputError:
            assert load(folder / "dossier.json").case.name == totals_dossier.case.name
        monkeypatch.undo()
        assert whole(folder)
        assert {path.name for path in tmp_path.iterdir()} == {"dossier"}

    def test_whoever_reads_meanwhile_finds_one_dossier(self, totals_dossier: Dossier, tmp_path: Path) -> None:
        folder = tmp_path / "dossier"
        write(totals_dossier, None, folder)
        opened = (folder / "dossier.html").open(encoding="utf-8")
        write(self.other(totals_dossier), None, folder)
        with opened:
            assert "Another vote" not in opened.read()
        assert whole(folder)

    def test_what_others_put_beside_it_stays(self, totals_dossier: Dossier, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("mine")
        (tmp_path / "mine").mkdir()
        write(totals_dossier, pl.DataFrame({"a": [1]}), tmp_path)
        write(self.other(totals_dossier), None, tmp_path)
        names = {path.name for path in tmp_path.iterdir()}
        assert names == {"notes.txt", "mine", "dossier.html", "dossier.json"}
        assert whole(tmp_path)

    def test_the_folder_in_which_somebody_stands_is_not_taken_away(
        self, totals_dossier: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        write(totals_dossier, None, ".")
        write(self.other(totals_dossier), None, ".")
        assert Path("dossier.json").is_file()
        assert whole(Path())

    def test_what_a_run_left_that_was_cut_is_cleared_away(
        self, totals_dossier: Dossier, tmp_path: Path
    ) -> None:
        folder = tmp_path / "dossier"
        write(totals_dossier, None, folder)
        (tmp_path / ".dossier.0a0a0a0a").mkdir()
        (tmp_path / ".dossier.0a0a0a0a" / "dossier.json").write_text("{")
        folder.rename(tmp_path / ".dossier.0b0b0b0b.before")
        mend(folder)
        assert {path.name for path in tmp_path.iterdir()} == {"dossier"}
        assert whole(folder)
        mend(folder)
        assert whole(folder)

    def test_hidden_folders_of_others_are_not_cleared_away(self, tmp_path: Path) -> None:
        # The last is what is left of a dossier that is called "a.b".
        for name in (".a.backup", ".a.notes.before", ".a.b.0b0b0b0b.before"):
            (tmp_path / name).mkdir()
        before = sorted(tmp_path.iterdir())
        mend(tmp_path / "a")
        assert sorted(tmp_path.iterdir()) == before


class TestTexts:
    @pytest.mark.parametrize(
        "paths",
        [
            ("я" * 300 + ".html", "ї" + "я" * 300 + ".html"),
            ("选举" * 90 + "/" + "报告" * 90 + ".pdf",),
            ("Gostel.html", "gostel.HTML", "GOSTEL.html", "Gostel.html 2"),
            ("a/b.html", "a_b.html", "a?b.html", "a_b.html 2"),
            ("Märrant.html", "Ma\u0308rrant.html"),
            ("../../gostel.html", "C:\\gostel.html", "gostel\udc80.html", "\x00"),
        ],
        ids=["cyrillic", "chinese", "capitals", "marks", "accents", "outside"],
    )
    def test_each_has_a_file_of_its_own_on_any_file_system(
        self, paths: tuple[str, ...], tmp_path: Path
    ) -> None:
        reports = [page(path, f"Report {number}.") for number, path in enumerate(paths)]
        files = write_texts(reports, tmp_path / TEXTS)
        assert [file.read_text("utf-8") for file in files] == [report.text for report in reports]
        assert {file.parent for file in files} == {tmp_path / TEXTS}
        names = [unicodedata.normalize("NFD", file.name).casefold() for file in files]
        assert len(set(names)) == len(paths)
        assert all(len(file.name.encode("utf-8")) <= 255 for file in files)

    def test_those_of_an_earlier_dossier_go_and_those_of_others_stay(
        self, totals_dossier: Dossier, tmp_path: Path
    ) -> None:
        earlier = [page("a.html"), page("b.html", "Others voted."), page("c.html", "Nobody came.")]
        write(of(totals_dossier, *earlier), None, tmp_path)
        folder = tmp_path / TEXTS
        (folder / "notes.txt").write_text("People voted.", encoding="utf-8")
        (folder / "c.html.txt").write_text("Nobody came. Check this!", encoding="utf-8")
        files = write(of(totals_dossier, page("a.html", "People voted again.")), None, tmp_path)
        assert {file.name for file in folder.iterdir()} == {"a.html.txt", "c.html.txt", "notes.txt"}
        assert files[-1].read_text("utf-8") == "People voted again."

    def test_an_empty_folder_of_an_earlier_dossier_goes_too(
        self, totals_dossier: Dossier, tmp_path: Path
    ) -> None:
        write(of(totals_dossier, page("a.html")), None, tmp_path)
        write(totals_dossier, None, tmp_path)
        assert not (tmp_path / TEXTS).exists()

    @pytest.mark.parametrize("data", ["", "{}", "no dossier"])
    def test_a_file_that_is_no_dossier_is_no_reason_to_remove_anything(
        self, data: str, totals_dossier: Dossier, tmp_path: Path
    ) -> None:
        (tmp_path / TEXTS).mkdir()
        (tmp_path / TEXTS / "a.html.txt").write_text("People voted.", encoding="utf-8")
        (tmp_path / "dossier.json").write_text(data, encoding="utf-8")
        write(totals_dossier, None, tmp_path)
        assert (tmp_path / TEXTS / "a.html.txt").exists()
