"""The reference data read as published: stations, sums, levels, marks, quarantine.

Figures are those of the data's description, or were added up by hand from the columns named beside them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from plebiscope.intake.mapping import from_dict
from plebiscope.intake.read import read
from plebiscope.model.errors import InputError
from plebiscope.model.returns import Returns

pytestmark = pytest.mark.shared


@dataclass(frozen=True)
class Known:
    """What is known of a file."""

    file: str
    stations: int
    sums: dict[str, int]
    areas: tuple[str, ...]
    station: str | None = None
    options: int | None = None
    leader: tuple[str, int] | None = None
    aggregates: int = 0
    quarantine: dict[str, int] = field(default_factory=dict)
    marked: dict[str, int] = field(default_factory=dict)
    level: str = "station"
    mapping: dict[str, object] = field(default_factory=dict)
    others: int = 0
    """Records of other votes in the file."""
    said: tuple[str, ...] = ()
    """Beginnings of the notes that must stand there, and no others."""


NO_ROOF = "No total was published that the options could be checked against"
UIK = ("region", "tik")
OIK = ("region", "oik", "tik")
BOLIVIA = ("País", "Departamento", "Provincia", "Municipio", "Localidad", "Recinto")

CHILE = ("nombre_region", "nombre_comuna", "nombre_circ_electoral", "nombre_local")


def _new_zealand(
    year: int, places: int, records: int, cast: int, informal: int, leader: tuple[str, int], parties: int
) -> Known:
    """The party votes of one year: the column votes of ``nzge.rda``, added up by hand for year and party.

    The file holds 900,531 records. No second file has the sums: ``distinct_voting_places.rda`` names places only.
    In 2017 some places have two counts, one of them from before the day.
    """
    twice = ("Places with several records for one option, which were added",) if year == 2017 else ()
    where = {"election_year": year, "voting_type": "Party"}
    return Known("newzealand/nzge.rda", places, {"cast": cast, "invalid": informal}, ("electorate", "approx_location"),
                 "voting_place", parties, leader, others=900_531 - records, said=(*twice, NO_ROOF),
                 mapping={"where": where, "columns": {"station": "voting_place", "areas": ["electorate", "approx_location"]}})  # fmt: skip


FILES = [
    Known("russia/2004.csv.zip", 95_779, {"registered": 108_064_342, "issued": 69_581_430, "valid": 68_925_431}, UIK, "uik", 7,
          ("Путин Владимир Владимирович", 49_563_020), marked={"abroad": 345}),
    Known("russia/2007.csv.zip", 96_193, {"registered": 109_148_196, "valid": 68_777_136}, OIK, "uik", 11,
          ("10.Всероссийская политическая партия «ЕДИНАЯ РОССИЯ»", 44_714_241), marked={"special": 1, "abroad": 357},
          said=("Stations with more than 28,940 voters",)),
    Known("russia/2008.csv.zip", 96_612, {"registered": 107_222_016, "cast": 74_746_649}, UIK, "uik", 4,
          ("Медведев Дмитрий Анатольевич", 52_530_712), marked={"abroad": 357}),
    Known("russia/2011.csv.zip", 95_225, {"registered": 109_229_337, "cast": 65_648_690}, UIK, "uik", 7,
          ('6. Всероссийская политическая партия "ЕДИНАЯ РОССИЯ"', 32_371_737), marked={"abroad": 376}),
    Known("russia/2012.csv.zip", 95_415, {"registered": 109_860_331, "cast": 71_701_665}, UIK, "uik", 5,
          ("Путин Владимир Владимирович", 45_602_075), marked={"abroad": 378}),
    Known("russia/2016.csv.zip", 96_871, {"registered": 110_061_200}, OIK, "uik", 14,
          ('4. Всероссийская политическая партия "ЕДИНАЯ РОССИЯ"', 28_527_828)),
    Known("russia/2018.csv.zip", 97_699, {"registered": 109_008_428}, UIK, "uik", 8,
          ("Путин Владимир Владимирович", 56_430_712), marked={"abroad": 393}),
    Known("russia/2020.csv.zip", 96_765, {"registered": 107_999_611, "issued": 73_107_907, "ДА": 57_071_119},
          UIK, "uik", 2, ("ДА", 57_071_119), marked={"abroad": 254}),
    Known("russia/2021.csv.zip", 96_325, {"registered": 109_204_662}, OIK, "uik", 14,
          ('5. Всероссийская политическая партия "ЕДИНАЯ РОССИЯ"', 28_064_200), marked={"electronic": 33},
          said=("Stations with more than 28,960 voters",)),
    Known("turkey-2014-local/yerel2014.csv.zip", 171_384,
          {"registered": 48_546_962, "cast": 43_294_727, "valid": 41_461_011, "invalid": 1_833_716},
          ("İl", "ILCE_ID", "Seçim Çevresi", "Mahalle / Köy"), "Sandık No", 11, ("AK PARTİ", 17_877_962)),
    Known("taiwan-2018-referendum-q16/rfprof.csv", 15_887,
          {"registered": 19_757_067, "cast": 10_832_735, "agree_ticket": 5_895_560, "disagree_ticket": 4_014_215},
          ("prv_code", "city_code", "dept_code", "li_code"), "tbox_no", 2, ("agree_ticket", 5_895_560),
          aggregates=8_138),
    Known("uganda-2011/2011_Pres_Pstn.csv", 23_968,
          {"registered": 13_954_129, "BESIGYE KIFEFE KIZZA": 2_071_397},
          ("DISTRICT NAME", "EA NAME", "SCOUNTY NAME", "PARISH NAME"), "PS NAME", 8,
          ("YOWERI MUSEVENI KAGUTA", 5_436_639),
          said=("Stations without any votes published, kept with missing counts: 141.",)),
    Known("uganda-2011/uganda2016-devseed.csv", 28_010,
          {"registered": 15_277_198, "valid": 9_851_812, "invalid": 477_319, "KIZZA BESIGYE KIFEFE": 3_508_687},
          ("DISTRICT", "CONSTITUENCY", "SUB COUNTY", "PARISH"), "STATION", 8,
          ("YOWERI KAGUTA MUSEVENI", 5_971_872)),
    Known("venezuela-2024/RESULTADOS_2024_CSV_V1.csv", 24_532,
          {"registered": 17_745_239, "valid": 10_659_128, "invalid": 1_139, "EG": 7_156_462, "NM": 3_241_461},
          ("EDO", "MUN", "PAR", "CENTRO"), "MESA", 10, ("EG", 7_156_462)),
    Known("bolivia-2019/final_computo.zip", 34_555,
          {"registered": 7_315_364, "invalid": 93_507 + 229_337, "CC": 2_240_920, "MAS - IPSP": 2_889_359},
          ("País", "Departamento", "Provincia", "Distrito", "Municipio", "Zona", "Localidad", "Recinto"),
          "Número Mesa", 9, ("MAS - IPSP", 2_889_359), marked={"abroad": 1_507}, said=(NO_ROOF,)),
    Known("bolivia-2019/trep - acta.2019.10.20.19.40.57.zip", 28_975,
          {"registered": 6_137_228, "invalid": 262_807}, BOLIVIA, "Número Mesa", 9, ("MAS - IPSP", 2_355_644),
          marked={"abroad": 1_291}, said=(NO_ROOF,)),
    Known("bolivia-2019/trep - acta.2019.10.21.18.29.53.zip", 32_806,
          {"registered": 6_964_976, "invalid": 306_308}, BOLIVIA, "Número Mesa", 9, ("MAS - IPSP", 2_738_136),
          marked={"abroad": 1_441}, said=(NO_ROOF,)),
    Known("serbia/izbori.csv", 8_433,
          {"registered": 6_584_376, "received": 6_587_881, "unused": 3_365_973, "issued": 3_221_908,
           "cast": 3_218_763, "valid": 3_100_608, "invalid": 118_155},
          ("Naziv okruga", "Naziv opstine"), "Biracko mesto", 21, ("Aleksandar Vucic", 1_953_998), marked={"abroad": 40}),
    Known("albania-2013/Albania2013.csv", 5_508, {"registered": 3_185_255, "cast": 1_726_239, "C050": 528_925},
          ("Prefectures", "Communes"), "Precincts", 66, ("C035", 714_118),
          said=("Stations at which a count is missing", "The options are printed as codes")),
    Known("poland-2007-sejm/ws2007_komisje.csv", 25_396,
          {"registered": 30_499_700, "issued": 16_435_468, "cast": 16_426_555, "valid": 16_083_646,
           "invalid": 334_532 + 8_377}, ("teryt",), "nro", 0, said=("The table gives turnout only",)),
    Known("poland-2007-sejm/ws2007_komisje_wyniki.csv", 25_397, {"LiD": 2_111_277, "PiS": 5_169_674},
          ("terytP",), "nrk", 6, ("PO", 6_672_393),
          said=("Stations without any votes published, kept with missing counts: 5.",)),
    Known("italy-2016-referendum/referendum.csv", 7_998,
          {"registered": 46_720_943, "cast": 31_997_916, "NUMVOTINO": 19_026_322},
          ("DESCREGIONE", "DESCPROVINCIA", "DESCCOMUNE"), None, 2, ("NUMVOTINO", 19_026_322), level="area"),
    Known("italy-2020-referendum/scrutiniComuni.csv", 7_903,
          {"registered": 46_418_677, "cast": 24_993_015, "invalid": 210_848 + 128_394 + 323, "voti_no": 7_484_918},
          ("desc_reg", "desc_prov", "desc_com"), None, 2, ("voti_si", 17_168_532), level="area"),
    Known("italy-2020-referendum/affluenzaComuni.csv", 7_903, {"registered": 46_418_677, "cast": 24_992_918},
          ("provincia", "comune"), None, 0, level="area", said=("The table gives turnout only",)),
    Known("switzerland-2014-immigration/ext_initiative_20140902.csv", 2_342,
          {"registered": 5_138_579, "yes": 1_454_403}, ("gdename",), None, 2, ("yes", 1_454_403), level="area",
          quarantine={"no counts": 10}),
    Known("switzerland-2014-immigration/REAL_election_municipality_20140209.csv", 2_353,
          {"registered": 5_211_681, "yes": 1_463_854}, ("municipality_name",), None, 2, ("yes", 1_463_854),
          level="area", quarantine={"no counts": 14}, marked={"abroad": 11}),
    Known("switzerland-2014-immigration/extraw_initiative_20140902.csv", 2_353,
          {"registered": 5_211_681, "cast": 2_948_156, "valid": 2_908_406, "Ja-Stimmen": 1_463_854},
          ("Kanton", "Gemeinden"), None, 2, ("Ja-Stimmen", 1_463_854), level="area", aggregates=1,
          quarantine={"text where a count belongs": 12, "no counts": 7}, marked={"abroad": 11}),
    Known("switzerland-2014-immigration/ext.xls", 2_353,
          {"registered": 5_211_681, "cast": 2_948_156, "valid": 2_908_406, "Ja-Stimmen": 1_463_854},
          ("Kanton", "Gemeinden"), None, 2, ("Ja-Stimmen", 1_463_854), level="area", aggregates=1,
          quarantine={"text where a count belongs": 12}, marked={"abroad": 11}),
    Known("uk-2016-eu-referendum/EU-referendum-results-and-characteristics-data.xlsx", 382,
          {"registered": 46_500_001, "cast": 33_577_342, "valid": 33_551_983, "Remain": 16_141_241},
          ("Region", "Area"), None, 2, ("Leave", 17_410_742), level="area", aggregates=18,
          said=("Other sheets hold counts too",)),
    Known("colombia-2016-plebiscite/Plebiscito.csv", 1_122,
          {"registered": 34_300_919, "VotosPorElSi": 6_332_681}, ("Departamento", "Municipio"), None, 2,
          ("VotosPorElNo", 6_393_421), level="area"),
    Known("colombia-2016-plebiscite/plebicito_municipios_20161010.csv", 850,
          {"registered": 29_961_819, "Si": 5_561_052}, ("departamento", "nombre"), None, 2, ("No", 5_667_641),
          level="area", marked={"abroad": 53}),
    Known("colombia-2016-plebiscite/tidy_votacion_plebiscito_2016_mpios.csv", 1_122,
          {"registered": 34_300_919, "VOTOS SÍ": 6_332_681}, ("DEPARTAMENTO", "MUNICIPIO"), None, 2,
          ("VOTOS NO", 6_393_421), level="area"),
    Known("colombia-2016-plebiscite/votacion_plebiscito_2016_mpios.csv", 1_186,
          {"registered": 34_899_945, "Votos_SI": 6_377_482}, ("Names_depto", "Names_mpio"), None, 2,
          ("Votos_NO", 6_431_376), level="area", marked={"abroad": 64}),
    Known("chile-2020-plebiscite/ApRe2020.xlsx", 44_600, {"Rech4tzo": 1_624_510}, ("Comuna", "Circ_Elec", "Local"),
          "Mesa", 2, ("Apruebo", 5_850_534),
          said=("Empty cells of options stand for zero", "Stations without any votes published")),
    Known("argentina-2015-caba/EG15pres_y_vice_0101.csv", 7_326, {"registered": 2_539_182, "cast": 1_904_167},
          ("CODIGO DEPARTAMENTO", "CODIGO CIRCUITO"), "CODIGO MESA", 10, ("0135", 990_826),
          said=("No header could be read", "The options are printed as codes")),
    # Mexico: the column "total" of the file is the sum of its parties; the specification (10.2) has 143,132
    # stations and 38.23 % for PRI-PVEM in 2012. Its column ln_total repeats the votes where there is no list.
    Known("mexico-2006/nal_2006.rda", 130_777,
          {"registered": 71_368_928, "valid": 41_791_322, "prd_pt_conv": 14_756_350, "pri_pvem": 9_301_441},
          ("edo_id", "distrito_fed", "seccion"), "casilla_id", 6, ("pan", 15_000_284),
          mapping={"columns": {"station": "casilla_id", "areas": ["edo_id", "distrito_fed", "seccion"]}}),
    Known("mexico-2012/nal_2012.rda", 143_132,
          {"registered": 79_433_171, "valid": 50_282_086, "pan": 12_769_479, "prd_pt_mc": 15_881_019},
          ("edo_id", "distrito_fed_12", "seccion"), "casilla_id", 5, ("pri_pvem", 19_220_407),
          mapping={"columns": {"station": "casilla_id", "areas": ["edo_id", "distrito_fed_12", "seccion"]}}),
    # Canada: the specification (6) has 66,111 polls; the three sums are those of the columns N, t and v.
    Known("canada-2011/output.rda", 66_111, {"registered": 24_100_094, "cast": 12_328_979}, (), None, 1,
          ("leader", 4_871_244),
          mapping={"columns": {"registered": "N", "cast": "t", "options": {"leader": "v"}}},
          said=("No header speaks of polling stations", "No column names a station or an area")),
    # Chile: 44,596 tables are those of ApRe2020.xlsx, 97 are missing there; see the comparison below.
    Known("chile-2020-plebiscite/constitucion.RData", 44_693, {"Rechazo": 1_628_609}, CHILE, "nombre_mesa", 2,
          ("Apruebo", 5_861_090), quarantine={"no counts": 8}, said=(NO_ROOF,)),
    Known("chile-2020-plebiscite/tipo_de_organo.RData", 44_691, {"Convención Mixta Constitucional": 1_496_492},
          CHILE, "nombre_mesa", 2, ("Convención Constitucional", 5_621_836), quarantine={"no counts": 12},
          said=(NO_ROOF,)),
    # Uganda: the figures of 2011_Pres_Pstn.csv above, and the sums of its own columns V.Votes, Inv.Votes, T.Votes.
    Known("uganda-2011/UEDP 2011 Dataset.7z", 23_968,
          {"registered": 13_954_129, "cast": 8_263_453, "valid": 7_928_276, "invalid": 335_177, "K.Besigye": 2_071_397},
          ("Dist_name_previous", "Const_name_previous", "Sub_cty_name_previous", "Par_name_previous"),
          "Original_Station_ID_previous", 8, ("Y.Museveni", 5_436_639),
          mapping={"columns": {"station": "Original_Station_ID_previous", "areas": [
              "Dist_name_previous", "Const_name_previous", "Sub_cty_name_previous", "Par_name_previous"]}},
          said=("Empty cells of options stand for zero",)),
    *(_new_zealand(*known) for known in (
        (2002, 5_859, 87_885, 2_040_248, 8_631, ("Labour Party", 838_219), 14),
        (2005, 5_770, 115_400, 2_286_190, 10_561, ("Labour Party", 935_319), 19),
        (2008, 6_009, 120_180, 2_356_536, 11_970, ("National Party", 1_053_398), 19),
        (2011, 6_129, 85_806, 2_257_336, 19_872, ("National Party", 1_058_636), 13),
        (2014, 5_884, 94_144, 2_416_479, 10_857, ("National Party", 1_131_501), 15),
        (2017, 6_875, 124_508, 2_602_689, 10_793, ("National Party", 1_152_075), 16),
    )),
]  # fmt: skip


READ_AGAIN = (
    "russia/2021.csv.zip",
    "serbia/izbori.csv",
    "albania-2013/Albania2013.csv",
    "uganda-2011/2011_Pres_Pstn.csv",
    "chile-2020-plebiscite/ApRe2020.xlsx",
    "chile-2020-plebiscite/constitucion.RData",
)
"""Files of which a test below asks more; tables of all would fill the memory."""


@cache
def _as_it_stands(path: Path) -> Returns:
    return read([path], "vote").returns


def _returns(shared: Path, file: str, mapping: dict[str, object] | None = None) -> Returns:
    path = shared / "data" / file
    if not mapping and file in READ_AGAIN:
        return _as_it_stands(path)
    return read([path], "vote", from_dict(mapping or {}, "test")).returns


WHERE_SLOW = [{"election_year": year, "voting_type": "Party"} for year in (2005, 2008, 2011, 2014)]
EARLIER = ("russia/2004", "russia/2007", "russia/2008", "russia/2011", "russia/2012", "bolivia-2019/trep")


def _marks(known: Known) -> list[pytest.MarkDecorator]:
    earlier = known.file.startswith(EARLIER) or known.mapping.get("where", {}) in WHERE_SLOW
    return [pytest.mark.slow] if earlier else []


def _id(known: Known) -> str:
    where = known.mapping.get("where")
    return known.file + (f" {where}" if where else "")


@pytest.mark.parametrize("known", [pytest.param(k, id=_id(k), marks=_marks(k)) for k in FILES])
def test_reference_data_read_as_published(shared: Path, known: Known) -> None:
    found = _returns(shared, known.file, known.mapping)
    assert len(found) == known.stations
    assert found.accounting.others == known.others
    assert {name: found.sums.get(name) for name in known.sums} == known.sums
    assert found.areas == known.areas
    station = found.columns.get("station")
    assert (station.headers[0] if station else None) == known.station
    assert found.level == known.level
    assert len(found.options) == known.options
    if known.leader is not None:
        assert (found.leader, found.sums[found.leader or ""]) == known.leader
    assert found.accounting.aggregates == known.aggregates
    reasons = Counter(entry.reason.split(" (")[0] for entry in found.accounting.quarantine)
    assert dict(reasons) == known.quarantine
    assert found.marked == known.marked
    assert len(found.notes) == len(known.said), found.notes
    for note, beginning in zip(found.notes, known.said, strict=True):
        assert note.startswith(beginning)


def test_russia_2021_electronic_rows_are_18_without_station_and_15_of_moscow(shared: Path) -> None:
    table = _returns(shared, "russia/2021.csv.zip").table.filter(pl.col("mark") == "electronic")
    assert table["station"].null_count() == 18
    pooled = table.drop_nulls("station")
    assert pooled.height == 15
    assert pooled["registered"].min() > 100_000


def test_argentina_with_its_codes_named_gives_the_quantities(shared: Path) -> None:
    codes = {"9001": "electores registrados", "9002": "total de votantes", "9003": "votos nulos", "9004": "votos en blanco",
             "9005": "votos impugnados", "9006": "votos recurridos"}  # fmt: skip
    path = shared / "data/argentina-2015-caba/EG15pres_y_vice_0101.csv"
    found = read([path], "vote", from_dict({"codes": codes}, "test")).returns
    assert found.sums["registered"] == 2_539_182
    assert found.sums["cast"] == 1_904_167
    assert set(found.options) == {"0131", "0132", "0133", "0135", "0137", "0138"}
    assert found.sums["invalid"] >= 173 + 21_085


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("chile-2020-plebiscite/mesas.RData", "no column could be told to hold votes"),
        ("chile-2020-plebiscite/constitucion_validos.RData", "no column could be told to hold votes"),
        ("newzealand/distinct_voting_places.rda", "no column could be told to hold votes"),
        ("canada-2011/output.rda", "in question: 'N', 't', 'v'"),
        ("taiwan-2018-referendum-q16/format.pdf", "PDF"),
        ("taiwan-2018-referendum-q16/rfarea.csv", "no column could be told to hold votes"),
    ],
)
def test_what_holds_no_votes_says_so_once(shared: Path, file: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        _returns(shared, file)
    assert says in refused.value.met
    assert refused.value.where is not None
    assert refused.value.todo is not None


def test_a_file_of_six_elections_asks_which_and_says_how_to_answer(shared: Path) -> None:
    with pytest.raises(InputError) as refused:
        _returns(shared, "newzealand/nzge.rda")
    assert "12 votes, told apart by 'election_year' and 'voting_type'" in refused.value.met
    assert "'2017', 'Party' (124,508 records)" in (refused.value.expected or "")
    line = (refused.value.todo or "").split("`")[1]
    assert line == 'where = { "election_year" = "2017", "voting_type" = "Party" }'


def test_the_two_copies_of_chile_2020_agree_table_by_table(shared: Path) -> None:
    """44,596 tables are in both files with the same votes; 97 are missing from the workbook, none from the other."""
    book = _returns(shared, "chile-2020-plebiscite/ApRe2020.xlsx").table
    frame = _returns(shared, "chile-2020-plebiscite/constitucion.RData").table

    def named(table: pl.DataFrame, place: str, *votes: str) -> pl.DataFrame:
        plain = [pl.col(c).str.to_uppercase().str.replace_all("[^A-Z0-9]", "") for c in (place, "station")]
        return table.select(plain[0].alias("place"), plain[1].alias("mesa"), *map(pl.col, votes))

    ours = named(frame, "nombre_circ_electoral", "Apruebo", "Rechazo")
    theirs = named(book, "Circ_Elec", "Apruebo", "Rech4tzo")
    both = ours.join(theirs, on=["place", "mesa"])
    assert both.height == 44_596
    assert (both["Apruebo"] == both["Apruebo_right"]).all()
    assert (both["Rechazo"] == both["Rech4tzo"]).all()
    missing = ours.join(theirs, on=["place", "mesa"], how="anti")
    assert missing.height == 97
    assert (missing["Apruebo"].sum(), missing["Rechazo"].sum()) == (
        5_861_090 - 5_850_534,
        1_628_609 - 1_624_510,
    )


def test_chile_2020_votes_and_protocol_sums_are_one_table_in_two_files(shared: Path) -> None:
    """The second file states what the votes of the first add up to at every table: 7,489,699 valid in all.

    Its other sums are those of its own rows: 27,905 null and 13,657 blank, and 7,568,840 ballots.
    """
    folder = shared / "data/chile-2020-plebiscite"
    found = read([folder / "constitucion.RData", folder / "constitucion_validos.RData"], "vote").returns
    assert len(found) == 44_697
    assert found.sums == {"cast": 7_568_840, "valid": 7_489_699, "invalid": 27_905 + 13_657,
                          "Apruebo": 5_861_090, "Rechazo": 1_628_609}  # fmt: skip
    assert found.accounting.records == found.accounting.used == 6 * 44_697


def test_the_harmonised_copy_of_uganda_2011_has_the_same_counts(shared: Path) -> None:
    """Station for station, whatever they are called there: the sorted rows of counts are the same."""
    copy = _returns(shared, "uganda-2011/UEDP 2011 Dataset.7z").table
    first = _returns(shared, "uganda-2011/2011_Pres_Pstn.csv").table
    here = ["registered", "Y.Museveni", "K.Besigye", "N.Mao", "O.Otunnu"]
    there = ["registered", "YOWERI MUSEVENI KAGUTA", "BESIGYE KIFEFE KIZZA", "MAO NORBERT", "OLARA OTUNNU"]
    rows = [t.select(pl.col(names).fill_null(0)).rows() for t, names in ((copy, here), (first, there))]
    assert sorted(rows[0]) == sorted(rows[1])


def test_mexico_2012_has_the_share_of_the_specification(shared: Path) -> None:
    found = _returns(shared, "mexico-2012/nal_2012.rda")
    assert round(100 * found.sums["pri_pvem"] / found.sums["valid"], 2) == 38.23
    empty = found.table.filter(pl.col("registered") == 0)
    assert empty.height == 902, "special booths have no list; their votes are no list either"


def test_poland_2007_joined_on_two_keys(shared: Path) -> None:
    """Sums of the first file as it stands (``FILES``); of the second those of its columns, as awk adds them up.

    The second file holds six lists of more, so that they fall short of the valid votes, and its header in the
    names of the first once more among the records; its total of valid votes differs in 510 stations.
    """
    folder = shared / "data/poland-2007-sejm"
    files = [folder / "ws2007_komisje.csv", folder / "ws2007_komisje_wyniki.csv"]
    found = read(files, "vote")
    returns = found.returns
    assert found.join == (("teryt", "terytP"), ("nro", "nrk"))
    assert len(returns) == 25_396
    lists = {
        "LPR": 208_598,
        "LiD": 2_111_277,
        "PO": 6_672_393,
        "PSL": 1_434_275,
        "PiS": 5_169_674,
        "Samoobrona": 246_593,
    }
    quantities = {"registered": 30_499_700, "issued": 16_435_468, "cast": 16_426_555, "valid": 16_083_646,
                  "invalid": 334_532 + 8_377}  # fmt: skip
    assert returns.sums == quantities | lists
    assert sum(lists.values()) == 15_842_810 < returns.sums["valid"]
    accounting = returns.accounting
    assert (accounting.records, accounting.used, accounting.furniture) == (25_397 + 25_398, 2 * 25_396, 2)
    [entry] = accounting.quarantine
    assert entry.line == 3_311
    assert entry.text.startswith("ws2007_komisje_wyniki.csv: teryt | nro | NA")
    assert any(
        "both state valid ('lgw' and 'totalG'): they differ in 510 of 25,396" in n for n in returns.notes
    )
    assert read(files[::-1], "vote").returns.digest == returns.digest


def test_taiwan_2018_gets_the_names_of_its_areas(shared: Path) -> None:
    """The first record of the counts is the national total, and states every sum itself."""
    folder = shared / "data/taiwan-2018-referendum-q16"
    national = pl.read_csv(folder / "rfprof.csv", infer_schema=False).row(0, named=True)
    assert national["prv_code"] == "00"
    found = read([folder / "rfprof.csv", folder / "rfarea.csv"], "vote").returns
    stated = {"registered": "votable_population", "cast": "vote_ticket", "valid": "valid_ticket",
              "invalid": "invalid_ticket", "agree_ticket": "agree_ticket",
              "disagree_ticket": "disagree_ticket"}  # fmt: skip
    assert found.sums == {name: int(national[column]) for name, column in stated.items()}
    assert len(found) == 15_887
    levels = ("area_name (city_code)", "area_name (dept_code)", "area_name (li_code)")
    assert found.areas == levels
    assert (
        found.table[levels[0]].n_unique() == 22
    )  # six special municipalities, three cities, thirteen counties
    assert not found.table.select(levels).null_count().row(0)[0]
    assert found.accounting.records == 24_026 + 8_160
    assert Counter(q.reason for q in found.accounting.quarantine) == {"no row in rfprof.csv has this key": 21}


def test_italy_2020_turnout_and_counts_agree_but_for_twenty_municipalities(shared: Path) -> None:
    """Each file alone (``FILES``): the voters are the same, the ballots 24,992,918 and 24,993,015."""
    folder = shared / "data/italy-2020-referendum"
    found = read([folder / "affluenzaComuni.csv", folder / "scrutiniComuni.csv"], "vote")
    returns = found.returns
    assert found.join == (("CODICE ISTAT",),)
    assert len(returns) == 7_903
    assert returns.areas == ("desc_reg", "desc_prov", "desc_com")
    assert returns.sums == {"registered": 46_418_677, "cast": 24_993_015, "valid": 7_484_918 + 17_168_532,
                            "invalid": 210_848 + 128_394 + 323, "voti_no": 7_484_918, "voti_si": 17_168_532}  # fmt: skip
    assert any(
        "registered ('elettori_totali' and 'elettori'): the same in all 7,903" in n for n in returns.notes
    )
    assert any(
        "cast ('votanti_totali' and 'voti_h15'): they differ in 20 of 7,903" in n for n in returns.notes
    )


def test_colombia_2016_three_copies_differ_by_the_votes_abroad_alone(shared: Path) -> None:
    """Two copies leave out 64 rows of votes abroad; without them the third says the same, to the vote.

    The fourth, of ten days after the vote, holds 797 of the 1,122 municipalities, and other names for some.
    """
    folder = shared / "data/colombia-2016-plebiscite"
    names = (
        "Plebiscito.csv",
        "tidy_votacion_plebiscito_2016_mpios.csv",
        "votacion_plebiscito_2016_mpios.csv",
    )
    for name in names:
        found = read([folder / name], "vote").returns
        home = found.table.filter(pl.col("mark").is_null())
        assert home.height == 1_122
        yes, no = sorted(found.options, key=lambda option: found.sums[option])
        sums = home.select(pl.col("registered", "cast", "valid", "invalid", yes, no).sum()).row(0)
        assert sums == (34_300_919, 12_983_051, 12_726_102, 256_949, 6_332_681, 6_393_421)
    late = read([folder / "plebicito_municipios_20161010.csv"], "vote").returns
    assert late.table["mark"].is_null().sum() == 797


def test_copies_of_one_vote_are_not_added(shared: Path) -> None:
    folder = shared / "data/colombia-2016-plebiscite"
    with pytest.raises(InputError, match="different votes"):
        read([folder / "Plebiscito.csv", folder / "tidy_votacion_plebiscito_2016_mpios.csv"], "vote")


def test_serbia_2020_states_its_own_sums_and_fewer_ballots_in_the_box_than_issued(shared: Path) -> None:
    """Every row states received = unused + issued, in the box = valid + invalid, valid = its 21 lists."""
    table = _returns(shared, "serbia/izbori.csv")
    options = pl.sum_horizontal(table.options)
    held = table.table.select(
        ((pl.col("received") - pl.col("unused") - pl.col("issued")).abs().sum()).alias("received"),
        ((pl.col("cast") - pl.col("valid") - pl.col("invalid")).abs().sum()).alias("cast"),
        ((pl.col("valid") - options).abs().sum()).alias("valid"),
        (pl.col("cast") < pl.col("issued")).sum().alias("fewer"),
        (pl.col("cast") > pl.col("issued")).sum().alias("more"),
    ).row(0)
    assert held == (0, 0, 0, 571, 0)


def test_albania_2013_has_fourteen_stations_with_more_votes_than_ballots(shared: Path) -> None:
    """As the description of the data says."""
    table = _returns(shared, "albania-2013/Albania2013.csv")
    more = table.table.filter(pl.sum_horizontal(table.options) > pl.col("cast"))
    assert more.height == 14


def test_two_different_votes_are_not_added(shared: Path) -> None:
    folder = shared / "data/russia"
    with pytest.raises(InputError, match="different votes"):
        read([folder / "2008.csv.zip", folder / "2020.csv.zip"], "vote")
