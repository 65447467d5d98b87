"""The three files."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from plebiscope.dossier.dossier import Dossier, load
from plebiscope.dossier.write import write
from plebiscope.model.errors import InputError


def test_three_files(dossier: Dossier, tmp_path: Path) -> None:
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
