"""Header lines as electoral authorities print them, with simulated counts below.

Each portal is a line of headers. Behind a bar stands what the column holds; ``O`` stands for a column per option and
``O%`` for one with its percentage beside it. Quantities hold what happened; small words hold parts of them.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np
from official import Desk, Ints, Vote, happen


@dataclass(frozen=True)
class Portal:
    """How one authority heads its tables.

    Attributes
    ----------
    columns
        ``header | what it holds``, one per line.
    found
        Canonical quantities that must be found, and what they must equal.
    """

    name: str
    columns: str
    options: tuple[str, ...]
    found: dict[str, str]
    titles: tuple[str, ...] = ()
    language: str = "en"
    level: str | None = "station"
    """None where the headers do not say, and only the size of the rows could."""
    more: tuple[str, ...] = ()
    """Columns listed like options besides them."""
    delimiter: str = ","

    def grid(self, seed: int, n: int = 90) -> tuple[list[list[str]], Vote]:
        """Write a table of this portal."""
        desk = Desk(seed)
        vote = happen(desk.rng, "en", n, list(self.options))
        parts = dict(vote.counts)
        parts["blank"] = desk.rng.binomial(parts["invalid"], 0.4)
        parts["null"] = parts["invalid"] - parts["blank"]
        parts["away"] = parts["registered"] - parts["cast"]
        parts["valid+blank"] = parts["valid"] + parts["blank"]
        parts["early"] = desk.rng.binomial(parts["issued"], 0.1)
        parts["rest"] = parts["issued"] - parts["early"]
        parts["men"] = desk.rng.binomial(parts["registered"], 0.48)
        parts["women"] = parts["registered"] - parts["men"]
        parts["small"] = desk.rng.integers(0, 4, n)
        parts["postal"] = desk.rng.binomial(parts["cast"], 0.2)
        heads: list[str] = []
        columns: list[list[str]] = []
        for line in self.columns.strip().splitlines():
            header, kind = (piece.strip() for piece in line.rsplit("|", 1))
            if kind in ("O", "O%"):
                for option in self.options:
                    heads.append(header.replace("*", option))
                    columns.append([str(int(v)) for v in parts[option]])
                    if kind == "O%":
                        heads.append("%")
                        columns.append(_percent(parts[option], parts["valid"]))
                continue
            heads.append(header)
            columns.append(_column(kind, vote, parts))
        return [*([title] for title in self.titles), heads, *map(list, zip(*columns, strict=True))], vote

    def printed(self) -> list[str]:
        """Return the options as the header prints them."""
        lines = [line.rsplit("|", 1) for line in self.columns.strip().splitlines()]
        header = next(header.strip() for header, kind in lines if kind.strip() in ("O", "O%"))
        return [*(header.replace("*", option) for option in self.options), *self.more]

    def expected(self, vote: Vote) -> dict[str, int]:
        """Return the sums that must be found."""
        return {name: int(vote.counts[kind].sum()) for name, kind in self.found.items()}


def _percent(part: Ints, whole: Ints) -> list[str]:
    return [f"{v:.2f}" for v in 100 * part / np.maximum(1, whole)]


def _column(kind: str, vote: Vote, parts: dict[str, Ints]) -> list[str]:
    n = len(vote)
    if kind in parts:
        return [str(int(v)) for v in parts[kind]]
    if kind == "turnout%":
        return _percent(parts["cast"], parts["registered"])
    texts = {
        "R": lambda i: vote.places[vote.region[i]],
        "r": lambda i: f"{vote.region[i] + 1:02d}",
        "T": lambda i: vote.places[10 + vote.town[i] % 50],
        "t": lambda i: str(1000 + int(vote.town[i])),
        "M": lambda i: f"{vote.places[i % 50]} {vote.places[(i // 50 + i) % 50]} {i // 50}".strip(" 0"),
        "S": lambda i: str(int(vote.station[i])),
        "s": lambda i: f"{vote.town[i]:03d}{vote.station[i]:05d}",
        "N": lambda i: f"School of {vote.places[i % 50]} {i}",
        "#": lambda i: str(i + 1),
        "day": lambda i: "2024-03-03",
        "url": lambda i: f"https://results.example/{i}",
        "-": lambda i: "",
        "const": lambda i: "1",
        "type": lambda i: "city" if i % 3 else "village",
    }
    return [texts[kind](i) for i in range(n)]


def written(grid: list[list[str]], delimiter: str) -> bytes:
    """Write a grid as UTF-8 text."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(grid)
    return out.getvalue().encode()


USUAL = {"registered": "registered", "cast": "cast", "valid": "valid", "invalid": "invalid"}

PORTALS = (
    Portal("Germany, by precinct", """
        Wahlart | const
        Land | R
        Wahlkreis | r
        Gemeinde | T
        Wahlbezirk | s
        Bezirksart | const
        Wahlberechtigte (A) | registered
        Wahlberechtigte ohne Sperrvermerk (A1) | men
        Wahlberechtigte mit Sperrvermerk (A2) | women
        Wähler (B) | cast
        Wähler mit Wahlschein (B1) | postal
        Ungültige (C) | invalid
        Gültige (D) | valid
        * | O""", ("CDU", "SPD", "AfD", "GRÜNE", "FDP", "DIE LINKE", "FREIE WÄHLER"), USUAL, delimiter=";"),
    Portal("Austria, by municipality", """
        GKZ | t
        Gebietsname | M
        Wahlberechtigte | registered
        Abgegebene | cast
        Ungültige | invalid
        Gültige | valid
        * | O%""", ("ÖVP", "SPÖ", "FPÖ", "NEOS", "KPÖ"), USUAL, level=None, delimiter=";"),
    Portal("Netherlands, by municipality", """
        RegioNaam | M
        RegioCode | t
        Kiesgerechtigden | registered
        Opkomst | cast
        OngeldigeStemmen | null
        BlancoStemmen | blank
        GeldigeStemmen | valid
        * | O""", ("VVD", "D66", "PVV", "CDA", "SP", "PvdA"), USUAL, level="area", delimiter=";"),
    Portal("Poland, by precinct", """
        Nr komisji | S
        TERYT Gminy | t
        Gmina | T
        Powiat | r
        Województwo | R
        Siedziba | N
        Typ obszaru | type
        Liczba wyborców uprawnionych do głosowania (umieszczonych w spisie z uwzględnieniem dodatkowych formularzy) | registered
        Liczba kart do głosowania otrzymanych przez komisję | received
        Nie wykorzystano kart do głosowania | unused
        Liczba wyborców, którym wydano karty do głosowania w lokalu wyborczym | issued
        Liczba wyborców głosujących przez pełnomocnika | small
        Liczba kart wyjętych z urny | cast
        Liczba kart nieważnych | small
        Liczba głosów nieważnych | invalid
        Liczba głosów ważnych oddanych łącznie na wszystkich kandydatów | valid
        * | O""", ("BIEDROŃ Robert", "BOSAK Krzysztof", "DUDA Andrzej", "HOŁOWNIA Szymon"),
        {**USUAL, "received": "received", "issued": "issued", "unused": "unused"}, delimiter=";"),
    Portal("Czechia, coded", """
        ID_OKRSKY | #
        TYP_FORM | const
        OBEC | t
        OKRSEK | S
        KOLO | const
        VOL_SEZNAM | registered
        VYD_OBALKY | issued
        ODEVZ_OBAL | cast
        PL_HL_CELK | valid
        HLASY_* | O""", ("01", "02", "03", "04"),
        {"registered": "registered", "issued": "issued", "cast": "cast", "valid": "valid"}),
    Portal("Spain, by municipality", """
        Nombre de Comunidad | R
        Código de Provincia | r
        Nombre de Provincia | T
        Código de Municipio | t
        Nombre de Municipio | M
        Población | received
        Número de mesas | small
        Total censo electoral | registered
        Total votantes | cast
        Votos válidos | valid+blank
        Votos a candidaturas | valid
        Votos en blanco | blank
        Votos nulos | null
        * | O""", ("PP", "PSOE", "VOX", "SUMAR", "ERC", "PNV"), {"registered": "registered", "cast": "cast"},
        more=("Votos en blanco",), titles=("Elecciones a Cortes Generales", "Congreso", ""), level="area"),
    Portal("Ireland, by constituency", """
        Constituency | M
        Registered Electorate | registered
        Total Poll | cast
        Percentage turnout | turnout%
        Votes * | O
        Invalid votes | invalid""", ("in favour of the proposal", "against the proposal"),
        {"registered": "registered", "cast": "cast", "invalid": "invalid"}, level="area"),
    Portal("Scotland, by council", """
        Council area | M
        Electorate | registered
        Total votes cast | cast
        Turnout % | turnout%
        Votes for * | O
        Rejected papers | invalid""", ("YES", "NO"), {"registered": "registered", "cast": "cast", "invalid": "invalid"},
        level="area"),
    Portal("Peru, by table", """
        UBIGEO | t
        DEPARTAMENTO | R
        PROVINCIA | T
        TIPO_ELECCION | const
        MESA_DE_VOTACION | s
        DESCRIP_ESTADO_ACTA | type
        N_CVAS | cast
        N_ELEC_HABIL | registered
        VOTOS_* | O
        VOTOS_VB | blank
        VOTOS_VN | null""", ("P1", "P2"), {"registered": "registered", "cast": "cast", "invalid": "invalid"},
        delimiter=";"),
    Portal("Kenya, by station", """
        COUNTY CODE | r
        COUNTY NAME | R
        CONST CODE | t
        CONSTITUENCY NAME | T
        POLLING STATION CODE | s
        POLLING STATION NAME | N
        REGISTERED VOTERS | registered
        * | O
        TOTAL VALID VOTES | valid
        REJECTED BALLOTS | invalid""", ("ODINGA", "RUTO", "MWAURE", "WAJACKOYAH"),
        {"registered": "registered", "valid": "valid", "invalid": "invalid"}),
    Portal("Australia, referendum", """
        State | R
        DivisionID | t
        DivisionNm | T
        PollingPlaceId | s
        PollingPlaceNm | N
        *Votes | O%
        FormalVotes | valid
        InformalVotes | invalid
        TotalVotes | cast""", ("Yes", "No"), {"cast": "cast", "valid": "valid", "invalid": "invalid"},
        titles=("Referendum results by polling place",)),
    Portal("New Zealand, party votes", """
        Electorate | R
        Voting Place | N
        * | O
        Total Valid Party Votes | valid
        Informal Party Votes | invalid""", ("ACT Party", "Green Party", "Labour Party", "National Party"),
        {"valid": "valid", "invalid": "invalid"}, titles=("Votes recorded at each voting place",)),
    Portal("India, form 20", """
        Sl. No. | #
        Polling Station No. | S
        * | O
        Total of Valid Votes | valid
        No. of Rejected Votes | invalid
        Total | cast
        No. of Tendered Votes | small""", ("BJP", "INC", "BSP", "AAP", "NOTA"),
        {"cast": "cast", "valid": "valid", "invalid": "invalid"}, titles=("FORM 20", "FINAL RESULT SHEET")),
    Portal("Indonesia, by station", """
        provinsi | R
        kabupaten | T
        tps | S
        pemilih_dpt_j | registered
        pengguna_total_j | issued
        suara_sah | valid
        suara_tidak_sah | invalid
        suara_total | cast
        * | O""", ("paslon_01", "paslon_02", "paslon_03"), USUAL),
    Portal("Israel, by box", """
        שם ישוב | R
        סמל ישוב | t
        קלפי | S
        בזב | registered
        מצביעים | cast
        פסולים | invalid
        כשרים | valid
        * | O""", ("אמת", "ב", "ג", "מחל"), USUAL),
    Portal("Ukraine, by precinct", """
        Округ | R
        № ВД | s
        1. Кількість виборчих бюлетенів, одержаних дільничною виборчою комісією | received
        2. Кількість невикористаних виборчих бюлетенів, погашених дільничною виборчою комісією | unused
        3. Кількість виборців, внесених до списку виборців на виборчій дільниці | registered
        4. Кількість виборців, які отримали виборчі бюлетені у приміщенні для голосування | issued
        8. Кількість виборців, які взяли участь у голосуванні | cast
        10. Кількість виборчих бюлетенів, визнаних недійсними | invalid
        * | O""", ("Зеленський В.", "Порошенко П.", "Тимошенко Ю."),
        {"registered": "registered", "received": "received", "invalid": "invalid", "cast": "cast"}),
    Portal("Serbia, by polling place", """
        Opština | R
        Biračko mesto | S
        Upisani birači | registered
        Primljeni listići | received
        Neupotrebljeni listići | unused
        Glasali | issued
        U glasačkoj kutiji | cast
        Nevažeći | invalid
        Važeći | valid
        * | O""", ("ALEKSANDAR VUČIĆ – Zajedno", "SRBIJA PROTIV NASILJA", "NADA"),
        {**USUAL, "received": "received", "issued": "issued", "unused": "unused"}),
    Portal("Georgia, by precinct", """
        ოლქი | r
        უბანი | S
        ამომრჩეველთა საერთო რაოდენობა | registered
        მონაწილე ამომრჩეველთა რაოდენობა | cast
        ბათილი ბიულეტენები | invalid
        * | O""", ("41", "5", "9"), {"registered": "registered", "cast": "cast", "invalid": "invalid"}),
    Portal("Switzerland, by municipality", """
        Kanton | R
        BFS-Nr. | t
        Gemeinde | M
        Stimmberechtigte | registered
        Abgegebene Stimmen | cast
        Stimmbeteiligung | turnout%
        Leere | blank
        Ungültige | null
        Gültige Stimmen | valid
        * | O""", ("Ja", "Nein"), USUAL, level="area", delimiter=";"),
    Portal("Georgia (state), by precinct", """
        County | R
        Precinct | N
        Registered Voters | registered
        * | O
        Total Votes | valid""", ("Biden (Dem)", "Trump (Rep)", "Jorgensen (Lib)"),
        {"registered": "registered", "valid": "valid"}),
    Portal("Portugal, by parish", """
        Distrito | R
        Concelho | T
        Freguesia | M
        Inscritos | registered
        Votantes | cast
        Brancos | blank
        Nulos | null
        * | O""", ("PS", "PPD/PSD", "CH", "IL", "BE"), {"registered": "registered", "cast": "cast", "invalid": "invalid"},
        level="area"),
    Portal("Romania, by station, letters", """
        Județ | R
        Localitate | T
        Nr. secție | S
        a | registered
        b | cast
        e | valid
        f | invalid
        * | O""", ("KLAUS IOHANNIS", "VIORICA DĂNCILĂ"), {"registered": "registered"}),
    Portal("Philippines, by precinct", """
        REGION | R
        PROVINCE | T
        CLUSTERED PRECINCT | s
        REGISTERED VOTERS | registered
        VOTERS WHO ACTUALLY VOTED | cast
        VALID VOTES | valid
        * | O""", ("MARCOS, BONGBONG", "ROBREDO, LENI", "PACQUIAO, MANNY"),
        {"registered": "registered", "cast": "cast", "valid": "valid"}),
    Portal("Hungary, by precinct", """
        Megye | R
        Település | T
        Szavazókör | S
        A névjegyzékben lévő választópolgárok száma | registered
        Szavazóként megjelent választópolgárok száma | issued
        Urnában lévő, lebélyegzett szavazólapok száma | cast
        Érvénytelen lebélyegzett szavazólapok száma | invalid
        Érvényes szavazólapok száma | valid
        * | O""", ("IGEN", "NEM"), {**USUAL, "issued": "issued"}),
    Portal("Lithuania, by polling district", """
        Savivaldybė | R
        Apylinkė | T
        Rinkėjų skaičius | registered
        Dalyvavo | cast
        Negaliojančių biuletenių | invalid
        Galiojančių biuletenių | valid
        * | O""", ("Gitanas NAUSĖDA", "Ingrida ŠIMONYTĖ"), USUAL, level="station"),
)  # fmt: skip
