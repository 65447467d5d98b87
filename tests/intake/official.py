"""Simulated official files: results whose truth is known, dressed as authorities dress them.

A :class:`Vote` is what happened. :func:`draw` picks a language, an arrangement and a few traps by the seed and
writes the vote as one file. What the reader must find is in :class:`Official`; nothing in it was read by the reader.
"""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from plebiscope.intake import vocabulary
from plebiscope.intake.meaning import PARTS

Ints = NDArray[np.int64]
QUANTITIES = ("registered", "received", "issued", "unused", "cast", "valid", "invalid")


@dataclass(frozen=True)
class Words:
    """What one language calls things in the margins of a table."""

    keys: tuple[str, str, str]
    """Region, municipality, polling station."""
    code: str
    name: str
    total: str
    answers: tuple[str, str]
    people: tuple[str, ...]
    letters: tuple[str, ...]
    """Syllables to make names of places from."""
    pages: tuple[str, ...]
    """Code pages that such files come in."""
    postal: str | None = None
    abroad: str | None = None
    electronic: str | None = None
    label: tuple[str, str] | None = None
    """Headers of a long table: option, votes."""
    votes_for: str | None = None
    percent: str = "%"


_LATIN = ("ba", "lo", "mir", "ven", "ta", "ros", "kel", "dun", "sa", "vi", "no", "gar", "pe", "lim", "or")
_CYRILLIC = ("ба", "ло", "мир", "вен", "та", "рос", "кел", "дун", "са", "ви", "но", "гар", "пе", "лим", "ор")
_GREEK = ("βα", "λο", "μιρ", "πεν", "τα", "ρος", "κελ", "σα", "βι", "νο")
_GEORGIAN = ("ბა", "ლო", "მირ", "ვენ", "ტა", "როს", "კელ", "სა", "ვი", "ნო")
_CHINESE = ("大", "中", "安", "新", "和", "平", "東", "西", "北", "山", "林", "永", "仁", "信")

LANGUAGES: dict[str, Words] = {
    "en": Words(("Region", "District", "Polling station"), "Code", "Name", "Total", ("Yes", "No"),
                ("SMITH John", "JONES Mary", "BROWN Peter", "TAYLOR Anne"), _LATIN, ("cp1252",),
                "Postal votes", "Overseas voters", "Internet voting", ("Candidate", "Votes"), "Votes for"),
    "ru": Words(("Регион", "ТИК", "УИК"), "Код", "Наименование", "Итого", ("Да", "Нет"),
                ("Иванов Иван Иванович", "Петрова Анна Сергеевна", "Сидоров Пётр"), _CYRILLIC,
                ("cp1251", "koi8_r", "cp866"), None, "За рубежом", "Дистанционное электронное голосование",
                ("Кандидат", "Голоса"), "Число голосов за"),
    "uk": Words(("Область", "Округ", "Дільниця"), "Код", "Назва", "Усього", ("Так", "Ні"),
                ("Шевченко Тарас", "Коваль Олена", "Бондар Ігор"), _CYRILLIC, ("cp1251", "koi8_u"), None,
                "Закордонний виборчий округ", None, ("Кандидат", "Голоси")),
    "bg": Words(("Област", "Община", "Секция"), "Код", "Име", "Общо", ("За", "Против"),
                ("Димитър Стоянов", "Мария Петкова", "Иван Колев"), _CYRILLIC, ("cp1251",)),
    "sr": Words(("Okrug", "Opština", "Biračko mesto"), "Šifra", "Naziv", "Ukupno", ("Za", "Protiv"),
                ("Marko Petrović", "Jelena Nikolić", "Ivan Savić"), _LATIN, ("cp1250",), None, "Inostranstvo"),
    "ka": Words(("რეგიონი", "ოლქი", "უბანი"), "კოდი", "დასახელება", "სულ", ("დიახ", "არა"),
                ("გიორგი ბერიძე", "ნინო კაპანაძე", "დავით მელაძე"), _GEORGIAN, ()),
    "zh": Words(("縣市", "鄉鎮市區", "投開票所"), "代碼", "名稱", "總計", ("同意", "不同意"),
                ("王大明", "陳美玲", "林志強"), _CHINESE, ("big5", "gb18030")),
    "de": Words(("Land", "Gemeinde", "Wahlbezirk"), "Nr.", "Name", "Summe", ("Ja", "Nein"),
                ("Müller", "Schmidt", "Weiß", "Jäger"), _LATIN, ("cp1252", "iso8859_15"),
                "Briefwahl", "Ausland", None, ("Partei", "Stimmen"), "Stimmen für", "in Prozent"),
    "es": Words(("Provincia", "Municipio", "Mesa"), "Código", "Nombre", "TOTAL", ("Sí", "No"),
                ("Pérez García", "López Núñez", "Castaño"), _LATIN, ("cp1252",),
                "Voto por correo", "Residentes en el exterior", None, ("Partido", "Votos"), "Votos", "Porcentaje"),
    "fr": Words(("Département", "Commune", "Bureau de vote"), "Code", "Libellé", "Total", ("Oui", "Non"),
                ("DUPONT Hélène", "LEFÈVRE Marc", "BENOÎT Luc"), _LATIN, ("cp1252",),
                "Vote par correspondance", "Français de l'étranger", "Vote par internet", ("Candidat", "Voix")),
    "pt": Words(("Distrito", "Concelho", "Secção de voto"), "Código", "Nome", "Total", ("Sim", "Não"),
                ("João Silva", "Conceição Antão", "Marta Leão"), _LATIN, ("cp1252",),
                "Voto por correspondência", "Residentes no estrangeiro", None, ("Partido", "Votos")),
    "it": Words(("Regione", "Comune", "Sezione"), "Codice", "Descrizione", "Totale", ("Sì", "No"),
                ("Rossi Aldo", "Bianchini Ada", "Verdi Ugo"), _LATIN, ("cp1252",),
                None, "Estero", None, ("Lista", "Voti")),
    "pl": Words(("Województwo", "Gmina", "Numer obwodu"), "Kod", "Nazwa", "Ogółem", ("Tak", "Nie"),
                ("KOWALSKI Jan", "WIŚNIEWSKA Ewa", "ŻAK Marek"), _LATIN, ("cp1250", "iso8859_2"),
                None, "Zagranica", None, ("Kandydat", "Liczba głosów")),
    "tr": Words(("İl", "İlçe", "Sandık No"), "Kod", "Ad", "Toplam", ("Evet", "Hayır"),
                ("YILMAZ Ali", "ÇELİK Ayşe", "ÖZTÜRK Can"), _LATIN, ("cp1254", "iso8859_9"), None, "Yurt Dışı"),
    "ro": Words(("Județ", "Localitate", "Secție"), "Cod", "Denumire", "Total", ("Da", "Nu"),
                ("Ionescu Ion", "Popa Ștefan", "Țîru Ana"), _LATIN, (), None, "Străinătate"),
    "nl": Words(("Provincie", "Gemeente", "Stembureau"), "Code", "Naam", "Totaal", ("Voor", "Tegen"),
                ("de Vries", "Jansen", "van Dijk"), _LATIN, ("cp1252",)),
    "cs": Words(("Kraj", "Obec", "Okrsek"), "Kód", "Název", "Celkem", ("Ano", "Ne"),
                ("Novák Jiří", "Dvořáková Eva", "Šťastný Petr"), _LATIN, ("cp1250",), None, "Zahraničí"),
    "el": Words(("Περιφέρεια", "Δήμος", "Εκλογικό τμήμα"), "Κωδικός", "Ονομασία", "Σύνολο", ("ΝΑΙ", "ΟΧΙ"),
                ("Παπαδόπουλος", "Νικολάου", "Γεωργίου"), _GREEK, ("cp1253",)),
    "hu": Words(("Megye", "Település", "Szavazókör"), "Kód", "Név", "Összesen", ("Igen", "Nem"),
                ("Nagy Péter", "Szabó Éva", "Tóth Gábor"), _LATIN, ("cp1250",)),
    "ca": Words(("Província", "Municipi", "Mesa"), "Codi", "Nom", "Total", ("Sí", "No"),
                ("Puig", "Serra", "Ferrer"), _LATIN, ("cp1252",)),
}  # fmt: skip

ABBREVIATIONS = ("PS", "PP", "PSD", "LiD", "SPD", "GRÜNE", "PO", "NR", "PU", "SI", "EG", "VD", "ID", "TOTAL 21", "AM",
                 "UDC", "LA", "REG", "Li", "CD", "N", "SP", "MR", "Alliance", "Vox", "Total Change")  # fmt: skip
"""Names of parties that are also words of headers, in one language or another."""


@dataclass
class Vote:
    """What happened: counts per station, and where the stations lie."""

    language: str
    counts: dict[str, Ints]
    """Canonical quantities and options."""
    options: list[str]
    region: Ints
    town: Ints
    station: Ints
    places: list[str]
    mark: list[str | None]

    def __len__(self) -> int:
        return len(self.region)

    @property
    def words(self) -> Words:
        return LANGUAGES[self.language]

    def take(self, rows: NDArray[np.int64]) -> Vote:
        return Vote(self.language, {k: v[rows] for k, v in self.counts.items()}, self.options, self.region[rows],
                    self.town[rows], self.station[rows], self.places, [self.mark[int(i)] for i in rows])  # fmt: skip


@dataclass
class Table:
    """A grid before it becomes bytes: what stands above, the headers, the rows, what stands below."""

    heads: list[list[str]]
    kinds: list[str]
    """Per column: ``region``, ``town``, ``station``, ``code``, a quantity, an option, ``extra``."""
    rows: list[list[str]]
    above: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)

    def grid(self) -> list[list[str]]:
        width = len(self.kinds)
        return [
            *([line] + [""] * (width - 1) for line in self.above),
            *self.heads,
            *self.rows,
            *([line] + [""] * (width - 1) for line in self.below),
        ]


@dataclass(frozen=True)
class Official:
    """A file, and what must be found in it.

    ``asks`` is set where no reader can know which vote is meant: it must say so, naming the columns.
    """

    name: str
    data: bytes
    sums: dict[str, int]
    stations: int
    traps: tuple[str, ...]
    options: tuple[str, ...]
    marked: dict[str, int] = field(default_factory=dict)
    quarantined: int = 0
    duplicates: int = 0
    asks: str | None = None
    language: str = ""
    level: str = "station"
    published: tuple[str, ...] = ()


def happen(rng: np.random.Generator, language: str, n: int, options: list[str]) -> Vote:
    """Let a vote happen."""
    words = LANGUAGES[language]
    regions = int(rng.integers(2, 6))
    region = np.sort(rng.integers(0, regions, n))
    town = region * 10 + rng.integers(0, 4, n)
    order = np.lexsort((town, region))
    region, town = region[order], town[order]
    registered = rng.integers(80, 2500, n)
    cast = rng.binomial(registered, rng.beta(6, 4, n))
    invalid = rng.binomial(cast, 0.02)
    valid = cast - invalid
    lean = rng.dirichlet(np.ones(len(options)) * 3)
    votes = np.array([rng.multinomial(v, rng.dirichlet(lean * 20 + 0.4)) for v in valid])
    issued = cast + rng.binomial(np.minimum(5, registered - cast), 0.2)
    received = registered + rng.integers(0, 60, n)
    counts = {"registered": registered, "received": received, "issued": issued, "unused": received - issued,
              "cast": cast, "valid": valid, "invalid": invalid}  # fmt: skip
    counts |= {name: votes[:, j] for j, name in enumerate(options)}
    size = 2 if language == "zh" else 3
    places: list[str] = []
    while len(places) < 60:
        place = "".join(rng.choice(words.letters, size)).capitalize()
        if place not in places and vocabulary.row_mark(place) is None:
            places.append(place)
    return Vote(language, {k: np.asarray(v, np.int64) for k, v in counts.items()}, options, region, town,
                np.arange(1, n + 1), places, [None] * n)  # fmt: skip


# ---------------------------------------------------------------------------------------- writing numbers

_SEPARATORS = {"plain": "", "comma": ",", "dot": ".", "space": " ", "nbsp": "\u00a0", "thin": "\u202f",
               "apostrophe": "'", "curly": "\u2019", "indian": ","}  # fmt: skip


def written(value: int, style: str) -> str:
    """Write a count as files do."""
    if style == "indian":
        text = str(value)
        head, tail = text[:-3], text[-3:]
        pairs = [head[max(0, i - 2) : i] for i in range(len(head), 0, -2)][::-1]
        return ",".join([*pairs, tail]) if head else tail
    if style == "padded":
        return f"{value:06d}"
    return f"{value:,}".replace(",", _SEPARATORS[style])


# ---------------------------------------------------------------------------------------- arrangements


class Desk:
    """The clerk who writes the file: a random source and the list of the traps set so far."""

    def __init__(self, seed: int, wanted: str | None = None) -> None:
        self.random = random.Random(seed)
        self.rng = np.random.default_rng(seed)
        self.traps: list[str] = []
        self.wanted = wanted
        self.style = "plain"

    def maybe(self, trap: str, chance: float) -> bool:
        """Set a trap with this chance (surely if it is the wanted one) and remember it."""
        hit = self.random.random() < chance or trap == self.wanted
        if hit:
            self.traps.append(trap)
        return hit

    def header(self, vote: Vote, quantity: str) -> str | None:
        """Pick an official wording for a quantity."""
        language = next(item for item in vocabulary.languages() if item.code == vote.language)
        wordings = language.variants.get(quantity) or (
            language.variants.get("voted", ()) if quantity == "cast" else ()
        )
        # What speaks of a part ("issued early", "in mobile boxes") is no header of the whole.
        whole = [w for w in wordings if not PARTS & set(vocabulary.read(w, vote.language).concepts)]
        return self.random.choice(whole) if whole else None


def _published(desk: Desk, vote: Vote) -> list[str]:
    """Pick the quantities that this authority publishes."""
    choice = desk.random.choice(["full", "usual", "no cast", "no valid", "short", "no registered"])
    kept = {
        "full": QUANTITIES,
        "usual": ("registered", "cast", "valid", "invalid"),
        "no cast": ("registered", "valid", "invalid"),
        "no valid": ("registered", "cast", "invalid"),
        "short": ("registered", "cast"),
        "no registered": ("cast", "valid", "invalid"),
    }[choice]
    return list(kept)


def _number_style(desk: Desk) -> str:
    if desk.maybe("thousands", 0.4):
        return desk.random.choice([s for s in _SEPARATORS if s != "plain"])
    if desk.maybe("zero padding", 0.05):
        return "padded"
    return "plain"


def _stations(desk: Desk, vote: Vote) -> tuple[list[str], list[list[str]], list[str]]:
    """Write the key columns: headers, columns, kinds."""
    words = vote.words
    regions = [vote.places[r] for r in vote.region]
    towns = [vote.places[10 + t % 50] for t in vote.town]
    numbers = vote.station.copy()
    if desk.maybe("numbers restart", 0.3):
        for t in np.unique(vote.town):
            here = np.flatnonzero(vote.town == t)
            numbers[here] = np.arange(1, len(here) + 1)
    elif desk.maybe("station codes", 0.2):
        numbers = vote.town * 1000 + vote.station
    station = [str(int(v)) for v in numbers]
    if desk.maybe("named stations", 0.15):
        station = [f"{v} {desk.random.choice(vote.places)}" for v in station]
    heads = list(words.keys)
    columns = [regions, towns, station]
    kinds = ["region", "town", "station"]
    if desk.maybe("codes beside names", 0.25):
        heads = [f"{words.code} {heads[0]}", heads[0], f"{words.code} {heads[1]}", heads[1], heads[2]]
        columns = [
            [f"{r + 1:02d}" for r in vote.region],
            regions,
            [f"{t + 100:05d}" for t in vote.town],
            towns,
            station,
        ]
        kinds = ["code", "region", "code", "town", "station"]
    if desk.maybe("sequence number", 0.12):
        heads.insert(0, desk.random.choice(["#", "№", "Nr.", ""]))
        columns.insert(0, [str(i + 1) for i in range(len(vote))])
        kinds.insert(0, "code")
    return heads, columns, kinds


def wide(desk: Desk, vote: Vote) -> tuple[Table, list[str]]:
    """Write one row per station; returns the table and the quantities it publishes."""
    style = desk.style = _number_style(desk)
    heads, columns, kinds = _stations(desk, vote)
    published = []
    for quantity in _published(desk, vote):
        head = desk.header(vote, quantity)
        if head is None or head in heads:
            continue
        published.append(quantity)
        if quantity == "issued" and vote.language == "en" and desk.maybe("parts", 0.5):
            early = desk.rng.binomial(vote.counts["issued"], 0.1)
            outside = desk.rng.binomial(vote.counts["issued"] - early, 0.1)
            room = vote.counts["issued"] - early - outside
            heads += [
                "Ballots issued early",
                "Ballots issued on the premises",
                "Ballots issued outside the premises",
            ]
            columns += [[written(int(v), style) for v in part] for part in (early, room, outside)]
            kinds += ["issued"] * 3
            continue
        if quantity == "cast" and vote.language == "ru" and desk.maybe("parts", 0.5):
            mobile = desk.rng.binomial(vote.counts["cast"], 0.1)
            heads += [
                "Число бюллетеней в переносных ящиках для голосования",
                "Число бюллетеней в стационарных ящиках для голосования",
            ]
            columns += [
                [written(int(v), style) for v in part] for part in (mobile, vote.counts["cast"] - mobile)
            ]
            kinds += ["cast"] * 2
            continue
        if (
            quantity == "registered"
            and vote.language in ("en", "it", "fr", "es")
            and desk.maybe("sexes", 0.15)
        ):
            men = desk.rng.binomial(vote.counts["registered"], 0.49)
            pair = {"en": ("male", "female"), "it": ("maschi", "femmine"), "fr": ("hommes", "femmes"),
                    "es": ("hombres", "mujeres")}[vote.language]  # fmt: skip
            for word, part in zip(pair, (men, vote.counts["registered"] - men), strict=True):
                heads.append(f"{head} {word}")
                columns.append([written(int(v), style) for v in part])
                kinds.append("extra")
        heads.append(head)
        columns.append([written(int(v), style) for v in vote.counts[quantity]])
        kinds.append(quantity)
    for option in vote.options:
        heads.append(option)
        columns.append([written(int(v), style) for v in vote.counts[option]])
        kinds.append(option)
    _extras(desk, vote, heads, columns, kinds)
    rows = [list(row) for row in zip(*columns, strict=True)]
    return Table([heads], kinds, rows), published


def _extras(desk: Desk, vote: Vote, heads: list[str], columns: list[list[str]], kinds: list[str]) -> None:
    """Add columns that are no counts of this vote."""
    n = len(vote)
    mark = desk.random.choice([",", "."])
    if desk.maybe("percentages", 0.3):
        sign = desk.random.choice(["", "%", " %"])
        turnout = 100 * vote.counts["cast"] / np.maximum(1, vote.counts["registered"])
        heads.append(f"{vote.words.percent}")
        columns.append([f"{v:.2f}".replace(".", mark) + sign for v in turnout])
        kinds.append("extra")
        for option in vote.options:
            at = heads.index(option) + 1 if option in heads else len(heads)
            heads.insert(at, f"{option} %")
            share = 100 * vote.counts[option] / np.maximum(1, vote.counts["valid"])
            columns.insert(at, [f"{v:.2f}".replace(".", mark) + sign for v in share])
            kinds.insert(at, "extra")
    elif desk.maybe("whole percentages", 0.08):
        turnout = 100 * vote.counts["cast"] / np.maximum(1, vote.counts["registered"])
        heads.append("%")
        columns.append([str(round(v)) for v in turnout])
        kinds.append("extra")
    if desk.maybe("links", 0.1):
        heads.append("url")
        columns.append([f"https://results.example/{i:05d}.jpg" for i in range(n)])
        kinds.append("extra")
    if desk.maybe("coordinates", 0.1):
        for name in ("latitude", "longitude"):
            heads.append(name)
            columns.append([f"{v:.6f}" for v in desk.rng.uniform(40, 50, n)])
            kinds.append("extra")
    if desk.maybe("times", 0.08):
        heads.append("timestamp")
        columns.append(
            [f"2024-03-{int(d):02d} {int(h):02d}:15:00" for d, h in desk.rng.integers(1, 24, (n, 2))]
        )
        kinds.append("extra")
    if vote.language == "it" and desk.maybe("hourly turnout", 0.3):
        for hour, share in (("12", 0.2), ("19", 0.6)):
            heads.append(f"voti_h{hour}")
            columns.append([str(int(v * share)) for v in vote.counts["cast"]])
            kinds.append("extra")


# ---------------------------------------------------------------------------------------- traps in a wide table


def _sum_row(
    desk: Desk, vote: Vote, table: Table, rows: Ints, labels: dict[str, str], style: str
) -> list[str]:
    row = []
    for place, kind in enumerate(table.kinds):
        if kind in labels:
            row.append(labels[kind])
        elif kind in vote.counts and table.kinds.count(kind) == 1:
            row.append(written(int(vote.counts[kind][rows].sum()), style))
        elif kind in vote.counts:
            row.append(written(sum(int(_digits(table.rows[int(i)][place])) for i in rows), style))
        else:
            row.append("")
    return row


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit()) or "0"


def totals(desk: Desk, vote: Vote, table: Table) -> None:
    """Put sums between, above and below the rows."""
    style = desk.style
    words = vote.words
    everything = np.arange(len(vote))
    first = next(kind for kind in table.kinds if kind in ("region", "town", "station"))
    made: list[list[str]] = []
    if desk.maybe("subtotals", 0.2):
        wordless = desk.maybe("subtotals without words", 0.5)
        before = desk.maybe("subtotals above", 0.3)
        for r in np.unique(vote.region):
            here = np.flatnonzero(vote.region == r)
            place = vote.places[r]
            if wordless:
                labels = {"region": place}
            elif desk.random.random() < 0.5:
                labels = {"region": place, "station" if desk.random.random() < 0.5 else "town": words.total}
            else:
                labels = {"region": f"{words.total} {place}"}
            total = _sum_row(desk, vote, table, here, labels, style)
            block = [table.rows[int(i)] for i in here]
            made += [total, *block] if before else [*block, total]
    else:
        made = list(table.rows)
    if desk.maybe("grand total", 0.25):
        total = _sum_row(desk, vote, table, everything, {first: words.total}, style)
        made = [total, *made] if desk.maybe("grand total on top", 0.3) else [*made, total]
    table.rows[:] = made


def furniture(desk: Desk, vote: Vote, table: Table) -> None:
    """Put titles above, notes below, and repeat the header inside."""
    if desk.maybe("titles", 0.3):
        table.above = ["Central Election Commission", "Results of the vote of 3 March 2024", ""][
            : desk.random.randint(1, 3)
        ]
    if desk.maybe("footnotes", 0.15):
        table.below = desk.random.choice([["* provisional"], ["", "Source: commission"], ["Chair: A. B. C."]])
    if desk.maybe("column numbers", 0.08):
        table.heads.append([str(i + 1) for i in range(len(table.kinds))])
    if desk.maybe("repeated header", 0.1):
        step = max(10, len(table.rows) // 3)
        rows: list[list[str]] = []
        for i, row in enumerate(table.rows):
            if i and i % step == 0:
                if table.above and desk.random.random() < 0.5:
                    rows.append([table.above[0]] + [""] * (len(table.kinds) - 1))
                rows.append(list(table.heads[0]))
            rows.append(row)
        table.rows[:] = rows


def group_headings(desk: Desk, vote: Vote, table: Table) -> None:
    """Put a line of group headings above the header, each over the first column of its group."""
    if not desk.maybe("group headings", 0.12):
        return
    heading = []
    previous = None
    for kind in table.kinds:
        group = "votes" if kind in vote.options else "ballots" if kind in QUANTITIES else ""
        text = {"votes": "Distribution", "ballots": "Counts", "": ""}[group]
        heading.append(text if group != previous else "")
        previous = group
    table.heads.insert(0, heading)


def damaged_cells(desk: Desk, vote: Vote, table: Table) -> None:
    """Blank the zeros, put marks at numbers."""
    optional = [i for i, kind in enumerate(table.kinds) if kind in vote.options]
    if desk.maybe("blanks for zero", 0.08):
        for row in table.rows:
            for i in optional:
                if row[i] == "0":
                    row[i] = ""
    elif desk.maybe("dashes for zero", 0.05):
        for row in table.rows:
            for i in optional:
                if row[i] == "0":
                    row[i] = "-"
    if desk.maybe("footnote marks", 0.06):
        for row in table.rows:
            i = desk.random.choice(optional)
            if row[i] and desk.random.random() < 0.1:
                row[i] += desk.random.choice(["*", "¹", " (a)", "[1]"])


def shuffled(desk: Desk, table: Table) -> None:
    """Put the columns in another order."""
    if not desk.maybe("shuffled columns", 0.15):
        return
    order = list(range(len(table.kinds)))
    desk.random.shuffle(order)
    table.kinds[:] = [table.kinds[i] for i in order]
    table.heads[:] = [[head[i] for i in order] for head in table.heads]
    table.rows[:] = [[row[i] for i in order] for row in table.rows]


def merged_down(desk: Desk, table: Table) -> None:
    """Print the name of an area only on the first of its rows, as merged cells come out."""
    if not desk.maybe("merged down", 0.08):
        return
    for kind in ("region", "town"):
        if kind not in table.kinds:
            continue
        place = table.kinds.index(kind)
        previous = None
        for row in table.rows:
            if row[place] == previous:
                row[place] = ""
            else:
                previous = row[place]


# ---------------------------------------------------------------------------------------- writing bytes


def _encode(desk: Desk, vote: Vote, text: str) -> bytes:
    page = desk.random.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16", *vote.words.pages])
    try:
        data = text.encode(page)
    except UnicodeEncodeError:
        page, data = "utf-8", text.encode()
    desk.traps.append(page)
    return data


def delimited(desk: Desk, vote: Vote, grid: list[list[str]]) -> bytes:
    """Write a delimited text in some dialect and encoding."""
    delimiter = desk.random.choice([",", ";", "\t", "|"])
    end = desk.random.choice(["\n", "\r\n", "\r"])
    if end == "\r":
        desk.traps.append("CR")
    quoting = csv.QUOTE_ALL if desk.maybe("all quoted", 0.2) else csv.QUOTE_MINIMAL
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n", quoting=quoting).writerows(grid)
    return _encode(desk, vote, out.getvalue().replace("\r\n", end))


def workbook(desk: Desk, sheets: dict[str, list[list[str]]]) -> bytes:
    """Write a workbook; digits become numbers, as a clerk would type them."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, grid in sheets.items():
        sheet = book.create_sheet(name[:31])
        for row in grid:
            sheet.append([_typed(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _typed(cell: str) -> object:
    if cell.isascii() and cell.isdigit() and (cell == "0" or not cell.startswith("0")):
        return int(cell)
    return cell or None


def _json_lines(names: Sequence[str], rows: list[list[str]]) -> bytes:
    records = ({name: _typed(cell) for name, cell in zip(names, row, strict=True)} for row in rows)
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records).encode()


# ---------------------------------------------------------------------------------------- whole files


def _options(desk: Desk, language: str) -> list[str]:
    words = LANGUAGES[language]
    kind = desk.random.choice(["answers", "people", "people", "abbreviations", "many"])
    if kind == "answers":
        return list(words.answers)
    if kind == "people":
        return list(words.people)
    desk.traps.append(kind)
    if kind == "abbreviations":
        return desk.random.sample(ABBREVIATIONS, desk.random.randint(3, 8))
    return [f"{i + 1}. {a}{b}" for i, (a, b) in enumerate(
        (a.capitalize(), b) for a in words.letters[:6] for b in words.letters[:4])][: desk.random.randint(10, 24)]  # fmt: skip


def _truth(vote: Vote, published: Sequence[str]) -> dict[str, int]:
    return {name: int(vote.counts[name].sum()) for name in (*published, *vote.options)}


def plain_file(desk: Desk, vote: Vote) -> Official:
    """One table, one row per station, with whatever traps come up."""
    marked = _mark_rows(desk, vote)
    if vote.words.votes_for and desk.maybe("votes for", 0.3):
        # The option is called what is printed.
        longer = {option: f"{vote.words.votes_for} {option}" for option in vote.options}
        vote.counts = {longer.get(name, name): counts for name, counts in vote.counts.items()}
        vote.options = list(longer.values())
    table, published = wide(desk, vote)
    _name_marked(table, marked)
    damaged_cells(desk, vote, table)
    again = 0
    if desk.maybe("repeated records", 0.06):
        for i in sorted(desk.random.sample(range(len(table.rows)), 3), reverse=True):
            table.rows.insert(i, list(table.rows[i]))
        again = 3
    if not again:
        totals(desk, vote, table)
    if len(set(desk.traps) & {"subtotals", "grand total"}) == 0:
        merged_down(desk, table)
    if "merged down" not in desk.traps:
        shuffled(desk, table)
    if "shuffled columns" not in desk.traps:
        group_headings(desk, vote, table)
    furniture(desk, vote, table)
    form = desk.random.choice(["text", "text", "text", "workbook", "zip", "gz"])
    if form == "workbook":
        desk.traps.append("workbook")
        sheets = {"Sheet1": table.grid()}
        if desk.maybe("notes sheet", 0.3):
            sheets = {"Notes": [["About these results"], ["Published by the commission", "2024"]], **sheets}
        data, name = workbook(desk, sheets), "results.xlsx"
    else:
        data, name = delimited(desk, vote, table.grid()), "results.csv"
        if form == "zip":
            data, name = zipped({"results.csv": data, "readme.txt": b"About these results.\n"}), "results.zip"
        elif form == "gz":
            import gzip

            data, name = gzip.compress(data), "results.csv.gz"
    return _official(desk, vote, name, data, published, quarantined=again)


def zipped(files: dict[str, bytes]) -> bytes:
    """Pack files into a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def _mark_rows(desk: Desk, vote: Vote) -> list[tuple[int, str, str]]:
    """Choose rows that are postal, abroad or electronic ones: (row, mark, what they are called)."""
    found = []
    for mark, chance in (("postal", 0.06), ("abroad", 0.05), ("electronic", 0.04)):
        word = getattr(vote.words, mark)
        if word and desk.maybe(f"{mark} row", chance):
            row = len(vote) - 1 - len(found)
            vote.mark[row] = mark
            found.append((row, mark, word))
    return found


def _name_marked(table: Table, marked: list[tuple[int, str, str]]) -> None:
    """Call the marked rows by their names: they have no station or place of their own."""
    for row, _, word in marked:
        for place, kind in enumerate(table.kinds):
            if kind in ("region", "town", "station"):
                table.rows[row][place] = word if kind == "region" else ""


def _official(
    desk: Desk, vote: Vote, name: str, data: bytes, published: Sequence[str], **more: object
) -> Official:
    marked: dict[str, int] = {}
    for mark in vote.mark:
        if mark:
            marked[mark] = marked.get(mark, 0) + 1
    return Official(name=name, data=data, sums=_truth(vote, published), stations=len(vote), traps=tuple(desk.traps),
                    options=tuple(vote.options), marked=marked, language=vote.language,
                    published=tuple(published), **more)  # type: ignore[arg-type]  # fmt: skip


def several_sheets(desk: Desk, vote: Vote) -> Official:
    """A workbook with one sheet per region, or a zip with one text per region."""
    table, published = wide(desk, vote)
    grids: dict[str, list[list[str]]] = {}
    for r in np.unique(vote.region):
        rows = [table.rows[int(i)] for i in np.flatnonzero(vote.region == r)]
        grids[vote.places[r]] = [*table.heads, *rows]
    if desk.random.random() < 0.5:
        desk.traps.append("sheet per region")
        if desk.maybe("notes sheet", 0.3):
            grids = {"Notes": [["About these results"], ["Published by the commission"]], **grids}
        return _official(desk, vote, "results.xlsx", workbook(desk, grids), published)
    desk.traps.append("text per region")
    files = {}
    for i, grid in enumerate(grids.values()):
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows(grid)
        files[f"region-{i + 1}.csv"] = out.getvalue().encode()
    return _official(desk, vote, "results.zip", zipped(files), published)


def legend(desk: Desk, vote: Vote) -> Official:
    """A workbook with coded headers and a sheet that explains them."""
    desk.traps.append("legend")
    table, published = wide(desk, vote)
    codes, explained = [], []
    for i, (head, kind) in enumerate(zip(table.heads[0], table.kinds, strict=True)):
        coded = kind in vote.counts
        codes.append(f"V{i + 1:03d}" if coded else head)
        if coded:
            explained.append([f"V{i + 1:03d}", head])
    sheets = {"Data": [codes, *table.rows], "Codebook": [["Variable", "Meaning"], *explained]}
    return _official(desk, vote, "results.xlsx", workbook(desk, sheets), published)


def long_table(desk: Desk, vote: Vote) -> Official:
    """One row per station and option; quantities in rows of their own, beside them, or not at all."""
    words = vote.words
    label, votes = words.label or ("Option", "Votes")
    heads, columns, _ = _stations(desk, vote)
    heads = [*heads]
    style = desk.random.choice(["rows", "columns", "none"])
    desk.traps.append(f"long, quantities in {style}" if style != "none" else "long, no quantities")
    sparse = desk.maybe("zero rows missing", 0.4)
    quantities = [(q, head) for q in ("registered", "cast", "invalid") if (head := desk.header(vote, q))]
    beside = quantities if style == "columns" else []
    grid = [[*heads, *(head for _, head in beside), label, votes]]
    records = 0
    for i in range(len(vote)):
        key = [column[i] for column in columns]
        more = [str(int(vote.counts[q][i])) for q, _ in beside]
        entries = [(option, int(vote.counts[option][i])) for option in vote.options]
        if style == "rows":
            entries = [(head, int(vote.counts[q][i])) for q, head in quantities] + entries
        for name, count in entries:
            if sparse and count == 0 and name in vote.options:
                continue
            grid.append([*key, *more, name, str(count)])
            records += 1
    if desk.maybe("shuffled rows", 0.2):
        body = grid[1:]
        desk.random.shuffle(body)
        grid[1:] = body
    published = [q for q, _ in quantities] if style != "none" else []
    # A station where nobody got a vote leaves no row behind.
    return _official(desk, vote, "results.csv", delimited(desk, vote, grid), published)


def openelections(desk: Desk, vote: Vote) -> Official:
    """County, precinct, office, district, party, candidate, votes."""
    desk.traps.append("OpenElections")
    offices = ["President"] if desk.random.random() < 0.7 else ["President", "U.S. Senate"]
    grid = [["county", "precinct", "office", "district", "party", "candidate", "votes"]]
    for i in range(len(vote)):
        county, precinct = (
            vote.places[vote.region[i]],
            f"{vote.places[10 + vote.town[i] % 40]} {vote.station[i]}",
        )
        for office in offices:
            grid.extend([county, precinct, office, "", ("DEM", "REP", "LIB", "GRN")[k % 4], option, str(int(vote.counts[option][i]))]
                        for k, option in enumerate(vote.options))  # fmt: skip
    asks = "office" if len(offices) > 1 else None
    return _official(desk, vote, "precincts.csv", delimited(desk, vote, grid), [], asks=asks)


def brazilian(desk: Desk, vote: Vote) -> Official:
    """Cryptic names, station totals repeated on each row, blank and void votes as candidates."""
    desk.traps.append("Brazilian")
    grid = [["DT_GERACAO", "HH_GERACAO", "ANO_ELEICAO", "NR_TURNO", "DS_CARGO_PERGUNTA", "SG_UF", "NM_MUNICIPIO", "NR_ZONA",
             "NR_SECAO", "QT_APTOS", "QT_COMPARECIMENTO", "QT_ABSTENCOES", "NR_VOTAVEL", "NM_VOTAVEL", "QT_VOTOS"]]  # fmt: skip
    blank = desk.rng.binomial(vote.counts["invalid"], 0.5)
    for i in range(len(vote)):
        key = ["05/10/2022", "10:00:01", "2022", "1", "Presidente", vote.places[vote.region[i]][:2].upper(),
               vote.places[10 + vote.town[i] % 40].upper(), str(int(vote.region[i]) + 1), str(int(vote.station[i])),
               str(int(vote.counts["registered"][i])), str(int(vote.counts["cast"][i])),
               str(int(vote.counts["registered"][i] - vote.counts["cast"][i]))]  # fmt: skip
        entries = [
            (str(10 + k), option, int(vote.counts[option][i])) for k, option in enumerate(vote.options)
        ]
        entries += [
            ("95", "Branco", int(blank[i])),
            ("96", "Nulo", int(vote.counts["invalid"][i] - blank[i])),
        ]
        grid.extend([*key, number, name, str(count)] for number, name, count in entries if count)
    return _official(desk, vote, "bweb.csv", delimited(desk, vote, grid), ["registered", "cast", "invalid"])


FIRST = tuple(a + b for a in ("An", "Be", "Lu", "Ma", "Jo") for b in ("ne", "ta", "cie", "rc", "el"))


def blocks(desk: Desk, vote: Vote) -> Official:
    """French style: a block of columns per candidate, unnamed after the first, or numbered."""
    heads = ["Code du département", "Libellé du département", "Code de la commune", "Libellé de la commune", "Code du b.vote",
             "Inscrits", "Abstentions", "% Abs/Ins", "Votants", "% Vot/Ins", "Nuls", "% Nuls/Vot", "Exprimés", "% Exp/Vot"]  # fmt: skip
    block = ["N°Panneau", "Sexe", "Nom", "Prénom", "Voix", "% Voix/Ins", "% Voix/Exp"]
    numbered = desk.random.random() < 0.5
    desk.traps.append("blocks, numbered" if numbered else "blocks, unnamed")
    if numbered:
        for k in range(len(vote.options)):
            heads += [f"{name} {k + 1}" for name in block]
    else:
        heads += block
    grid = [heads]
    for i in range(len(vote)):
        c = {name: int(values[i]) for name, values in vote.counts.items()}

        def percent(part: int, whole: int) -> str:
            return f"{100 * part / max(1, whole):.2f}".replace(".", ",")

        away = c["registered"] - c["cast"]
        row = [f"{vote.region[i] + 1:02d}", vote.places[vote.region[i]], f"{vote.town[i]:03d}", vote.places[10 + vote.town[i] % 40],
               f"{vote.station[i]:04d}", str(c["registered"]), str(away), percent(away, c["registered"]), str(c["cast"]),
               percent(c["cast"], c["registered"]), str(c["invalid"]), percent(c["invalid"], c["cast"]), str(c["valid"]),
               percent(c["valid"], c["cast"])]  # fmt: skip
        for k, option in enumerate(vote.options):
            row += [str(k + 1), "MF"[k % 2], option, FIRST[k], str(c[option]), percent(c[option], c["registered"]),
                    percent(c[option], c["valid"])]  # fmt: skip
        grid.append(row)
    width = max(map(len, grid))
    if desk.random.random() < 0.5:
        grid[0] += [""] * (width - len(grid[0]))
    official = _official(
        desk, vote, "resultats.csv", delimited(desk, vote, grid), ["registered", "cast", "valid", "invalid"]
    )
    return _with_first_names(official)


def _with_first_names(official: Official) -> Official:
    """The options are called by their family and first names, as printed side by side."""
    renamed = {option: f"{option} {FIRST[k]}" for k, option in enumerate(official.options)}
    sums = {renamed.get(name, name): value for name, value in official.sums.items()}
    return replace(official, sums=sums, options=tuple(renamed.values()))


def levels(desk: Desk, vote: Vote) -> Official:
    """Country, region, town and station in one file, as JSON lines or text, with or without a column that says so."""
    named = desk.random.random() < 0.5
    as_json = desk.random.random() < 0.5
    desk.traps.append(f"levels {'named' if named else 'unnamed'}{', JSON lines' if as_json else ''}")
    words = vote.words
    quantities = [
        (q, head) for q in ("registered", "cast", "valid", "invalid") if (head := desk.header(vote, q))
    ]
    heads = [*(["level"] if named else []), *words.keys, *(head for _, head in quantities), *vote.options]
    names = [q for q, _ in quantities] + vote.options
    rows: list[list[str]] = []

    def add(level: str, keys: list[str], members: Ints) -> None:
        counts = [str(int(vote.counts[name][members].sum())) for name in names]
        rows.append([*([level] if named else []), *keys, *counts])

    add("country", ["", "", ""], np.arange(len(vote)))
    for r in np.unique(vote.region):
        inside = np.flatnonzero(vote.region == r)
        add("region", [vote.places[r], "", ""], inside)
        for t in np.unique(vote.town[inside]):
            here = np.flatnonzero(vote.town == t)
            town = vote.places[10 + t % 50]
            add("municipality", [vote.places[r], town, ""], here)
            for i in here:
                add("station", [vote.places[r], town, str(int(vote.station[i]))], np.array([i]))
    if desk.maybe("shuffled rows", 0.2):
        desk.random.shuffle(rows)
    published = [q for q, _ in quantities]
    if as_json:
        return _official(desk, vote, "results.jsonl", _json_lines(heads, rows), published)
    return _official(desk, vote, "results.csv", delimited(desk, vote, [heads, *rows]), published)


def zero_coded_levels(desk: Desk, vote: Vote) -> Official:
    """Codes of an area in several columns; sums carry zeros in the finer ones."""
    desk.traps.append("levels in codes")
    heads = [
        "prv_code",
        "city_code",
        "tbox_no",
        "votable_population",
        "total_ticket",
        "valid_ticket",
        "invalid_ticket",
        *vote.options,
    ]
    names = ["registered", "cast", "valid", "invalid", *vote.options]
    rows: list[list[str]] = []

    def add(keys: list[str], members: Ints) -> None:
        rows.append([*keys, *(str(int(vote.counts[name][members].sum())) for name in names)])

    add(["00", "000", "0000"], np.arange(len(vote)))
    for r in np.unique(vote.region):
        inside = np.flatnonzero(vote.region == r)
        add([f"{r + 10:02d}", "000", "0000"], inside)
        for t in np.unique(vote.town[inside]):
            here = np.flatnonzero(vote.town == t)
            add([f"{r + 10:02d}", f"{t:03d}", "0000"], here)
            for k, i in enumerate(here):
                add([f"{r + 10:02d}", f"{t:03d}", f"{k + 1:04d}"], np.array([i]))
    return _official(
        desk,
        vote,
        "prof.csv",
        delimited(desk, vote, [heads, *rows]),
        ["registered", "cast", "valid", "invalid"],
    )


def postal_precincts(desk: Desk, vote: Vote) -> Official:
    """German style: some precincts exist only for postal votes and have no voters of their own."""
    desk.traps.append("postal precincts")
    vote.language = "de"
    n = len(vote)
    postal = np.arange(n) % 7 == 3
    vote.counts["registered"][postal] = 0
    vote.mark[:] = ["postal" if p else None for p in postal]
    heads = [
        "Land",
        "Gemeinde",
        "Wahlbezirk",
        "Wahlberechtigte (A)",
        "Wähler (B)",
        "Gültige Stimmen",
        "Ungültige Stimmen",
        *vote.options,
    ]
    kind = desk.random.random() < 0.5
    names = ["registered", "cast", "valid", "invalid", *vote.options]
    rows = []
    for i in range(n):
        station = f"Briefwahlbezirk {vote.station[i]}" if postal[i] and kind else str(int(vote.station[i]))
        rows.append([vote.places[vote.region[i]], vote.places[10 + vote.town[i] % 50], station,
                     *(str(int(vote.counts[name][i])) for name in names)])  # fmt: skip
    return _official(
        desk,
        vote,
        "wbz.csv",
        delimited(desk, vote, [heads, *rows]),
        ["registered", "cast", "valid", "invalid"],
    )


def two_questions(desk: Desk, vote: Vote) -> Official:
    """Two questions side by side in one wide table: which is meant must be asked."""
    desk.traps.append("two questions")
    other = happen(desk.rng, vote.language, len(vote), list(vote.options))
    words = vote.words
    heads = [*words.keys, desk.header(vote, "registered") or "registered"]
    columns = [[vote.places[r] for r in vote.region], [vote.places[10 + t % 50] for t in vote.town],
               [str(int(s)) for s in vote.station], [str(int(v)) for v in vote.counts["registered"]]]  # fmt: skip
    valid, invalid = desk.header(vote, "valid") or "valid", desk.header(vote, "invalid") or "invalid"
    grouped = desk.random.random() < 0.5
    above = [""] * len(heads)
    for number, one in ((1, vote), (2, other)):
        for head, name in ((valid, "valid"), (invalid, "invalid"), *((o, o) for o in vote.options)):
            heads.append(head if grouped else f"{head} ({number})")
            above.append(f"Question {number}")
            columns.append([str(int(v)) for v in one.counts[name]])
    grid = [heads, *(list(row) for row in zip(*columns, strict=True))]
    if grouped:
        grid.insert(0, above)
    return _official(
        desk, vote, "referendum.csv", delimited(desk, vote, grid), [], asks="Question" if grouped else "(2)"
    )


def areas_only(desk: Desk, vote: Vote) -> Official:
    """One row per municipality."""
    desk.traps.append("municipalities")
    table, published = wide(desk, vote)
    place = table.kinds.index("station")
    town = table.kinds.index("town")
    heads, kinds = table.heads[0], table.kinds
    names = sorted({f"{a}{b}" for a in vote.words.letters for b in vote.words.letters})
    for i, row in enumerate(table.rows):
        row[town] = names[i % len(names)].capitalize() + ("" if i < len(names) else str(i // len(names)))
    table.rows[:] = [[c for k, c in enumerate(row) if k != place] for row in table.rows]
    table.heads[:] = [[h for k, h in enumerate(heads) if k != place]]
    table.kinds[:] = [k for i, k in enumerate(kinds) if i != place]
    totals(desk, vote, table)
    furniture(desk, vote, table)
    return _official(desk, vote, "results.csv", delimited(desk, vote, table.grid()), published, level="area")


def two_ballots(desk: Desk, vote: Vote) -> Official:
    """German style: first and second votes in one table, told apart by a letter in front."""
    desk.traps.append("first and second votes")
    vote.language = "de"
    other = happen(desk.rng, "de", len(vote), list(vote.options))
    heads = ["Land", "Gemeinde", "Wahlbezirk", "Wahlberechtigte (A)", "Wähler (B)"]
    columns = [[vote.places[r] for r in vote.region], [vote.places[10 + t % 50] for t in vote.town],
               [str(int(v)) for v in vote.station], *([str(int(v)) for v in vote.counts[q]] for q in ("registered", "cast"))]  # fmt: skip
    other.counts["invalid"] = np.minimum(other.counts["invalid"], vote.counts["cast"])
    short = vote.counts["cast"] - other.counts["invalid"]
    share = desk.rng.dirichlet(np.ones(len(vote.options)), len(vote))
    votes = np.array([desk.rng.multinomial(v, p) for v, p in zip(short, share, strict=True)])
    for letter, valid, invalid, counts in (
        ("E", vote.counts["valid"], vote.counts["invalid"], [vote.counts[o] for o in vote.options]),
        ("Z", short, other.counts["invalid"], list(votes.T)),
    ):
        heads += [f"{letter}_Ungültige", f"{letter}_Gültige", *(f"{letter}_{o}" for o in vote.options)]
        columns += [[str(int(v)) for v in values] for values in (invalid, valid, *counts)]
    grid = [heads, *(list(row) for row in zip(*columns, strict=True))]
    return _official(desk, vote, "wbz.csv", delimited(desk, vote, grid), [], asks="Z_")


def korean(desk: Desk, vote: Vote) -> Official:
    """Korean style: a sum above each block, names printed once, commas for thousands."""
    desk.traps.append("Korean")
    heads = [
        "시도명",
        "구시군명",
        "투표구명",
        "선거인수",
        "투표수",
        *vote.options,
        "계",
        "무효 투표수",
        "기권수",
    ]
    names = ["registered", "cast", *vote.options, "valid", "invalid"]
    rows: list[list[str]] = []

    def line(keys: list[str], members: Ints) -> list[str]:
        counts = {name: int(vote.counts[name][members].sum()) for name in names}
        figures = [counts[name] for name in names] + [counts["registered"] - counts["cast"]]
        return [*keys, *(written(v, "comma") for v in figures)]

    rows.append(line(["합계", "", ""], np.arange(len(vote))))
    for r in np.unique(vote.region):
        inside = np.flatnonzero(vote.region == r)
        rows.append(line([vote.places[r], "합계", ""], inside))
        for t in np.unique(vote.town[inside]):
            here = np.flatnonzero(vote.town == t)
            rows.append(line(["", vote.places[10 + t % 50], "소계"], here))
            rows.extend(line(["", "", f"제{k + 1}투"], np.array([i])) for k, i in enumerate(here))
    data = workbook(desk, {"개표결과": [["개표현황"], heads, *rows]})
    return _official(desk, vote, "result.xlsx", data, ["registered", "cast", "valid", "invalid"])


def australian(desk: Desk, vote: Vote) -> Official:
    """Australian style: a line about the download above the header, a row per polling place and candidate."""
    desk.traps.append("Australian")
    grid = [["2022 Federal Election [Event:27966 Phase:FinalResults Created:2022-07-01]"],
            ["StateAb", "DivisionID", "DivisionNm", "PollingPlaceID", "PollingPlace", "CandidateID", "Surname", "GivenNm",
             "BallotPosition", "Elected", "PartyAb", "PartyNm", "OrdinaryVotes"]]  # fmt: skip
    for i in range(len(vote)):
        for k, option in enumerate(vote.options):
            grid.append([vote.places[vote.region[i]], str(100 + int(vote.region[i])), f"{vote.places[vote.region[i]]} Division",
                         str(5000 + int(vote.station[i])), f"{vote.places[10 + vote.town[i] % 50]} {vote.station[i]}", str(30000 + k),
                         option, FIRST[k], str(k + 1), "N", f"P{k}", f"Party {k}", str(int(vote.counts[option][i]))])  # fmt: skip
    return _with_first_names(_official(desk, vote, "FirstPrefs.csv", delimited(desk, vote, grid), []))


def argentine(desk: Desk, vote: Vote) -> Official:
    """Argentine style: kind of vote in a column of its own, no party beside blank and void votes."""
    desk.traps.append("Argentine")
    grid = [["distrito_id", "distrito_nombre", "seccion_id", "seccion_nombre", "circuito_id", "mesa_id", "mesa_tipo", "mesa_electores",
             "cargo_id", "cargo_nombre", "agrupacion_id", "agrupacion_nombre", "votos_tipo", "votos_cantidad"]]  # fmt: skip
    blank = desk.rng.binomial(vote.counts["invalid"], 0.5)
    for i in range(len(vote)):
        key = [str(int(vote.region[i]) + 1), vote.places[vote.region[i]], f"{vote.town[i]:03d}", vote.places[10 + vote.town[i] % 50],
               f"{vote.town[i]:05d}", f"{vote.station[i]:05d}", "NATIVOS", str(int(vote.counts["registered"][i])), "1", "PRESIDENTE"]  # fmt: skip
        grid.extend(
            [*key, str(130 + k), option, "POSITIVO", str(int(vote.counts[option][i]))]
            for k, option in enumerate(vote.options)
        )
        grid.append([*key, "0", "", "EN BLANCO", str(int(blank[i]))])
        grid.append([*key, "0", "", "NULO", str(int(vote.counts["invalid"][i] - blank[i]))])
    return _official(desk, vote, "resultados.csv", delimited(desk, vote, grid), ["registered", "invalid"])


def candidate_pairs(desk: Desk, vote: Vote) -> Official:
    """Two lines of header: candidates above, votes and percentages below."""
    desk.traps.append("votes and percentages below candidates")
    words = vote.words
    published = [q for q in ("registered", "cast", "valid", "invalid") if desk.header(vote, q)]
    above = ["", "", "", *("" for _ in published)]
    below = [*words.keys, *(desk.header(vote, q) or "" for q in published)]
    columns = [[vote.places[r] for r in vote.region], [vote.places[10 + t % 50] for t in vote.town],
               [str(int(v)) for v in vote.station], *([str(int(v)) for v in vote.counts[q]] for q in published)]  # fmt: skip
    for option in vote.options:
        above += [option, ""]
        below += [(words.label or ("", "Votes"))[1], "%"]
        share = 100 * vote.counts[option] / np.maximum(1, vote.counts["valid"])
        columns += [[str(int(v)) for v in vote.counts[option]], [f"{v:.1f}".replace(".", ",") for v in share]]
    rows = [list(row) for row in zip(*columns, strict=True)]
    if desk.random.random() < 0.5:
        return _official(
            desk, vote, "r.xlsx", workbook(desk, {"1": [["Results"], above, below, *rows]}), published
        )
    return _official(desk, vote, "r.csv", delimited(desk, vote, [above, below, *rows]), published)


def turned(desk: Desk, vote: Vote) -> Official:
    """Stations side by side, quantities below one another."""
    desk.traps.append("turned")
    published = [q for q in QUANTITIES if desk.header(vote, q)]
    n = min(len(vote), 40)
    vote = vote.take(np.arange(n))
    grid = [["", *(f"{vote.words.keys[2]} {int(s)}" for s in vote.station)]]
    grid += [[desk.header(vote, q) or "", *(str(int(v)) for v in vote.counts[q])] for q in published]
    grid += [[option, *(str(int(v)) for v in vote.counts[option])] for option in vote.options]
    return _official(desk, vote, "table.csv", delimited(desk, vote, grid), published)


def mexican(desk: Desk, vote: Vote) -> Official:
    """Mexican style: several lines above the header, bars, apostrophes before codes, signs for missing acts."""
    desk.traps.append("Mexican")
    heads = ["CLAVE_CASILLA", "CLAVE_ACTA", "ID_ESTADO", "NOMBRE_ESTADO", "ID_DISTRITO", "SECCION", "ID_CASILLA", "TIPO_CASILLA",
             "CASILLA", *vote.options, "VOTOS_NULOS", "TOTAL_VOTOS_CALCULADOS", "LISTA_NOMINAL", "OBSERVACIONES"]  # fmt: skip
    rows = []
    for i in range(len(vote)):
        acta = f"'{vote.region[i] + 1:02d}{vote.town[i]:04d}{vote.station[i]:04d}'"
        rows.append([acta, acta, f"{vote.region[i] + 1}", vote.places[vote.region[i]].upper(), str(int(vote.town[i])), f"{vote.town[i]:04d}",
                     str(int(vote.station[i])), "BC"[i % 2], f"{'BC'[i % 2]}{vote.station[i]:02d}", *(str(int(vote.counts[o][i])) for o in vote.options),
                     str(int(vote.counts["invalid"][i])), str(int(vote.counts["cast"][i])), str(int(vote.counts["registered"][i])), "-"])  # fmt: skip
    top = [["COMPUTOS DISTRITALES 2018"], ["PRESIDENCIA"], ["FECHA: 08/07/2018 21:30 (UTC-5)"], [""]]
    text = "\n".join("|".join(row) for row in [*top, heads, *rows])
    page = desk.random.choice(["utf-8", "cp1252"])
    data = text.encode(page, errors="replace")
    return _official(desk, vote, "presidencia.csv", data, ["registered", "cast", "invalid"])


def only_percentages(desk: Desk, vote: Vote) -> Official:
    """Votes published as percentages only: nothing can be counted."""
    desk.traps.append("only percentages")
    heads = [*vote.words.keys, "%", *vote.options]
    rows = []
    for i in range(len(vote)):
        shares = [100 * vote.counts[o][i] / max(1, vote.counts["valid"][i]) for o in vote.options]
        turnout = 100 * vote.counts["cast"][i] / max(1, vote.counts["registered"][i])
        rows.append([vote.places[vote.region[i]], vote.places[10 + vote.town[i] % 50], str(int(vote.station[i])),
                     *(f"{v:.2f}" for v in (turnout, *shares))])  # fmt: skip
    return _official(desk, vote, "percent.csv", delimited(desk, vote, [heads, *rows]), [], asks="percentages")


ARRANGEMENTS: dict[str, Callable[[Desk, Vote], Official]] = {
    "plain": plain_file,
    "sheets": several_sheets,
    "legend": legend,
    "long": long_table,
    "openelections": openelections,
    "brazilian": brazilian,
    "blocks": blocks,
    "levels": levels,
    "codes": zero_coded_levels,
    "postal": postal_precincts,
    "two questions": two_questions,
    "areas": areas_only,
    "two ballots": two_ballots,
    "korean": korean,
    "australian": australian,
    "argentine": argentine,
    "pairs": candidate_pairs,
    "turned": turned,
    "mexican": mexican,
    "percentages": only_percentages,
}
_WEIGHTS = (14, 1, 1, 2, 1, 1, 1, 2, 1, 1, 1, 2, 1, 1, 1, 1, 2, 1, 1, 0.5)


_SPOKEN = {"brazilian": "pt", "blocks": "fr", "openelections": "en", "two ballots": "de", "australian": "en",
           "argentine": "es", "mexican": "es"}  # fmt: skip


def draw(
    seed: int, arrangement: str | None = None, trap: str | None = None, language: str | None = None
) -> Official:
    """Write one simulated official file; what is not given is drawn."""
    desk = Desk(seed, trap)
    name = arrangement or desk.random.choices(list(ARRANGEMENTS), _WEIGHTS)[0]
    drawn = desk.random.choice(list(LANGUAGES))
    language = language or _SPOKEN.get(name, drawn)
    options = _options(desk, language)
    if name == "codes":
        options = ["agree_ticket", "disagree_ticket"]
    n = desk.random.choice([30, 60, 60, 150, 400])
    vote = happen(desk.rng, language, n, options)
    return ARRANGEMENTS[name](desk, vote)
