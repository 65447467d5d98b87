"""The header vocabulary: official wordings are understood, and names of people and places are left alone."""

from __future__ import annotations

import csv
import io
import string
import tomllib
import zipfile
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.intake import vocabulary
from plebiscope.intake.encoding import decode
from plebiscope.intake.meaning import COUNT_ROLES, meanings

LANGUAGES = {language.code: language for language in vocabulary.languages()}
REQUIRED = ("en", "ru", "uk", "es", "pt", "fr", "de", "it", "pl", "tr", "sr", "ka", "bg", "zh")
MAIN = ("registered", "received", "issued", "unused", "valid", "invalid")
CASES = tomllib.loads(Path(__file__).with_name("vocabulary_cases.toml").read_text("utf-8"))
HEADERS: dict[str, dict[str, list[str]]] = CASES["headers"]
NAMES: dict[str, list[str]] = CASES["names"]
FILES: list[dict[str, Any]] = CASES["files"]

# Languages so close that a header list of one may be led by the other.
CLOSE = [
    ("sr", "hr"),
    ("no", "da"),
    ("cs", "sk"),
    ("ru", "be"),
    ("uk", "be"),
    ("bg", "mk"),
    ("kk", "ky"),
    ("es", "ca"),
]


def headers_of(code: str) -> list[str]:
    return [header for headers in LANGUAGES[code].variants.values() for header in headers]


def roles(header: str, tongues: tuple[str, ...]) -> list[str]:
    return [meaning.role for meaning in meanings(header, tongues)]


def spellings(header: str) -> set[str]:
    """The ways in which files spell one header; capitals undo ``camelCase``, so those stay as they are."""
    words = vocabulary.words(header)
    found = {header, " ".join(words), "_".join(words).upper()}
    return found if vocabulary.words(header.upper()) != words else found | {header.upper()}


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_a_language_file_holds_known_concepts_and_no_entry_twice(code: str) -> None:
    file = resources.files(vocabulary).joinpath(f"{code}.toml")
    raw = tomllib.loads(file.read_text("utf-8"))
    assert set(raw) == {"language", "ignore", "continents", "concepts", "rows", "variants"}
    assert set(raw["concepts"]) <= vocabulary.CONCEPTS
    assert set(raw["rows"]) == set(vocabulary.ROW_MARKS)
    for concept, entries in raw["concepts"].items():
        folded = [
            (vocabulary.words(entry), [token.endswith("*") for token in entry.split()]) for entry in entries
        ]
        assert len(folded) == len({str(entry) for entry in folded}), concept


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_no_latin_letter_is_an_entry(code: str) -> None:
    # Columns of parties are often A, B, C or C001, C002: none of them may become a code or a number.
    assert not {
        word for word, *more in LANGUAGES[code].exact if not more and word in set(string.ascii_lowercase)
    }


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_no_word_of_a_longer_entry_is_cut_to_pieces_before_it_is_looked_up(code: str) -> None:
    language = LANGUAGES[code]
    entries = [
        key for key in (*language.exact, *(pattern for pattern, _ in language.phrases)) if len(key) > 1
    ]
    cut = {
        word
        for key in entries
        for word in key
        if not word.endswith("*") and not vocabulary._CJK.search(word)
        if vocabulary._tokens(word, language) != (word,)
    }
    assert not cut


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_official_wordings_are_understood_alone_and_among_their_own(code: str) -> None:
    among = vocabulary.tongues(headers_of(code))
    alone = tuple(dict.fromkeys((code, "en")))
    wrong = [
        (spelling, role, roles(spelling, tongues)[:1])
        for role, headers in LANGUAGES[code].variants.items()
        for header in headers
        for spelling in spellings(header)
        for tongues in (alone, among)
        if roles(spelling, tongues)[:1] != [role]
    ]
    assert not wrong


@pytest.mark.parametrize("code", REQUIRED)
def test_a_required_language_knows_five_wordings_of_each_main_quantity(code: str) -> None:
    variants = LANGUAGES[code].variants
    assert all(len(variants[role]) >= 5 for role in MAIN)
    assert len(variants.get("cast", ())) >= 5
    assert len(variants.get("voted", ())) >= 5


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_a_header_list_is_read_in_its_own_language(code: str) -> None:
    found = vocabulary.tongues(headers_of(code))
    assert "en" in found
    first = found[0]
    assert first == code or (code in found[:2] and ((code, first) in CLOSE or (first, code) in CLOSE))


def test_serbian_is_read_in_both_scripts() -> None:
    serbian = headers_of("sr")
    cyrillic = [header for header in serbian if any("\u0400" <= letter <= "\u04ff" for letter in header)]
    latin = [header for header in serbian if header not in cyrillic]
    assert len(cyrillic) == len(latin)
    assert vocabulary.tongues(cyrillic)[0] == "sr"
    assert vocabulary.tongues(latin)[0] == "sr"


@pytest.mark.parametrize("code", sorted(HEADERS))
def test_headers_of_published_files_and_forms_are_understood(code: str) -> None:
    wanted = {header: role for role, headers in HEADERS[code].items() for header in headers}
    tongues = vocabulary.tongues([*wanted, *headers_of(code)])
    assert tongues[0] == code
    wrong = {
        header: (role, roles(header, tongues)[:1])
        for header, role in wanted.items()
        if not set(roles(header, tongues)[:1]) & set(role.split("|"))
    }
    assert not wrong


@pytest.mark.parametrize("code", sorted(HEADERS))
def test_the_headers_of_forms_are_no_variants(code: str) -> None:
    variants = {vocabulary.words(header) for header in headers_of(code)}
    assert not [h for headers in HEADERS[code].values() for h in headers if vocabulary.words(h) in variants]


@pytest.mark.parametrize(
    ("header", "code", "role"),
    [
        ("Número Mesa", "es", "station"),
        ("No. Mesa", "es", "station"),
        ("Mesa No", "es", "station"),
        ("Nº de mesa", "es", "station"),
        ("Número de mesas instaladas", "es", "other"),
        ("Nº de votos", "es", "votes"),
        ("Sandık No", "tr", "station"),
        ("Sandık sayısı", "tr", "other"),
        ("Numer obwodu", "pl", "station"),
        ("Liczba obwodów", "pl", "other"),
        ("Broj biračkog mesta", "sr", "station"),
        ("Broj biračkih mesta", "sr", "other"),
        ("Numéro du bureau", "fr", "station"),
        ("Nombre de bureaux de vote", "fr", "other"),
        ("Numero sezione", "it", "station"),
        ("Numero sezioni", "it", "other"),
        ("NR_SECAO", "pt", "station"),
        ("QT_SECOES", "pt", "other"),
        ("Номер на секция", "bg", "station"),
        ("Брой секции", "bg", "other"),
        ("Номер виборчої дільниці", "uk", "station"),
        ("Кількість дільниць", "uk", "other"),
        ("投開票所編號", "zh", "station"),
        ("投開票所數", "zh", "other"),
        ("უბნის ნომერი", "ka", "station"),
        ("უბნების რაოდენობა", "ka", "other"),
        ("Wahlbezirksnummer", "de", "station"),
        ("Anzahl Wahlbezirke", "de", "other"),
        ("Polling Station No", "en", "station"),
        ("Number of polling stations", "en", "other"),
    ],
)
def test_a_count_of_stations_is_no_key_and_a_key_no_count(header: str, code: str, role: str) -> None:
    assert roles(header, (code, "en"))[0] == role


@pytest.mark.parametrize("code", sorted(NAMES))
def test_invented_names_of_candidates_and_parties_are_no_counts(code: str) -> None:
    tongues = vocabulary.tongues([*headers_of(code), *NAMES[code]])
    counts = {
        (name, meaning.role, meaning.strength)
        for name in NAMES[code]
        for meaning in meanings(name, tongues)
        if meaning.role in COUNT_ROLES and meaning.strength > 0.5
    }
    assert not counts


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_the_words_that_mark_rows_are_recognised(code: str) -> None:
    raw = tomllib.loads(resources.files(vocabulary).joinpath(f"{code}.toml").read_text("utf-8"))
    for mark, entries in raw["rows"].items():
        for entry in entries:
            label = entry.removeprefix("=")
            assert vocabulary.row_mark(label) == mark, label
            assert vocabulary.row_mark(label.upper()) == mark, label


@pytest.mark.parametrize(
    ("mark", "labels"),
    [
        (
            "total",
            ["Total Antioquia", "TOTAL GENERAL", "Kampala total", "Razem gmina", "Итого по региону", "小計"],
        ),
        (
            "total",
            ["臺北市總計", "Ukupno za okrug", "Toplam", "Всього по області", "Σύνολο", "Összesen", "합계"],
        ),
        ("postal", ["Briefwahlbezirk 12", "Briefwahl Mitte", "Uppsamlingsdistrikt 3", "관외사전투표"]),
        ("abroad", ["Français de l'étranger", "Residentes en el exterior", "Закордонний виборчий округ"]),
        ("abroad", ["Гласували в чужбина", "Yurt Dışı Temsilcilikler", "EXTERIOR", "Estero"]),
        ("electronic", ["ДЭГ", "E-Voting", "Дистанционное электронное голосование"]),
        ("special", ["Carcel", "Cezaevi", "СИЗО"]),
    ],
)
def test_labels_of_totals_and_of_votes_cast_elsewhere_are_marked(mark: str, labels: list[str]) -> None:
    assert {label: vocabulary.row_mark(label) for label in labels} == dict.fromkeys(labels, mark)


@pytest.mark.parametrize("place", CASES["places"])
def test_names_of_places_are_not_taken_for_totals(place: str) -> None:
    assert vocabulary.row_mark(place) is None


@pytest.mark.parametrize(
    ("code", "page"), [(code, page) for code, pages in CASES["pages"].items() for page in pages]
)
def test_the_words_tell_the_code_page_of_a_file(code: str, page: str) -> None:
    rows = "\n".join(f"{i};{7 * i};12;3" for i in range(50))
    raw = f"{';'.join(headers_of(code))}\n{rows}\n".encode(page, "replace")
    assert decode(raw)[0] == raw.decode(page)


@given(st.sampled_from(sorted(LANGUAGES)), st.text(max_size=40))
def test_any_text_can_be_read_and_coverage_is_a_share(code: str, header: str) -> None:
    reading = vocabulary.read(header, code)
    assert 0 <= reading.known <= reading.total
    assert 0.0 <= reading.coverage <= 1.0
    assert set(reading.concepts) <= vocabulary.CONCEPTS


@given(
    st.sampled_from([h for code in REQUIRED for h in headers_of(code)]),
    st.sampled_from(["  ", "\n", "_", "\u00a0"]),
)
def test_spacing_does_not_change_what_a_header_says(header: str, gap: str) -> None:
    code = next(code for code in REQUIRED if header in headers_of(code))
    assert (
        vocabulary.read(gap.join(header.split(" ")), code).concepts == vocabulary.read(header, code).concepts
    )


def test_each_file_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading all languages is the price of the first header only, and no file is parsed for another's sake."""
    parsed: list[str] = []
    parse = tomllib.loads

    def counted(text: str) -> dict[str, Any]:
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr(tomllib, "loads", counted)
    loaded = vocabulary.languages.__wrapped__()
    assert len(parsed) == len(set(parsed)) == len(loaded)
    parsed.clear()
    vocabulary.read("Registered voters", "en")
    vocabulary.tongues(["Registered voters", "Votes"])
    assert parsed == []


@pytest.mark.shared
@pytest.mark.parametrize("file", FILES, ids=[file["path"] for file in FILES])
def test_headers_of_the_reference_files_are_understood(file: dict[str, Any], shared: Path) -> None:
    path = shared / "data" / file["path"]
    raw = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            raw = archive.read(
                next(name for name in archive.namelist() if name.endswith(".csv") and name[0] != "_")
            )
    lines = io.StringIO(raw[:60_000].decode(file["encoding"], "ignore"), newline=None)
    headers = list(csv.reader(lines, delimiter=file["delimiter"]))[file["line"]]
    tongues = vocabulary.tongues(headers)
    read = {header.strip(): roles(header, tongues)[:1] for header in headers}
    wanted = {header: [role] for role, headers in file["roles"].items() for header in headers}
    assert {header: read[header] for header in wanted} == wanted
