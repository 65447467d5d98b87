"""Make the bundled example: a referendum in an invented country, with manipulation in one region.

Nothing in it happened. The country, its places and its people are invented; the counts are drawn from the
seed below, and what was done to them is written down here and in ``marenna/README.md``, so that a reader of
the dossier can compare what it says with what is true. ``python examples/make_marenna.py`` makes the files
again; the test suite checks that they come out byte for byte the same.

The fair vote
    2,996 stations in eight regions and 64 districts. Each district has its own turnout and its own share of
    Yes (correlated), each station departs from its district, each voter is drawn. Nothing else.

What was done, in the region of Gostel only
    * In 38 stations of 100 the protocol was not counted but written: a target for turnout (75, 80, 85 or 90
      per cent) and one for Yes (85, 90 or 95 per cent) became the nearest whole numbers.
    * In 15 of 100, ballots for Yes were added: between 5 and 25 per cent of the voters who stayed away.

What was done to the announcements
    * The final totals are the sums of the table.
    * The bulletin of the evening is not a count: its numbers of votes were computed from percentages with one
      decimal.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

SEED = 20310915
REGIONS = {
    # name: stations, mean turnout (logit), mean share of Yes (logit)
    "Alderin": (512, 0.35, 0.05),
    "Bresk": (398, 0.20, 0.30),
    "Calvora": (441, 0.10, -0.15),
    "Dunmere": (297, 0.45, 0.20),
    "Elsin": (352, 0.05, -0.05),
    "Farholt": (286, 0.30, 0.35),
    "Gostel": (420, 0.25, 0.25),
    "Harnow": (290, 0.15, 0.10),
}
MANIPULATED = "Gostel"
WRITTEN, STUFFED = 0.38, 0.15
_HEADS = [
    "Ald",
    "Bor",
    "Cer",
    "Dov",
    "Eska",
    "Fen",
    "Gral",
    "Hol",
    "Ister",
    "Jar",
    "Kel",
    "Lun",
    "Mar",
    "Nov",
    "Orl",
    "Pel",
]
_TAILS = ["bruck", "dale", "essa", "grad", "holm", "ina", "mont", "ovo", "stead", "ton", "una", "wick"]


def stations() -> tuple[list[dict[str, object]], dict[str, int]]:
    """Draw the vote and do to it what the docstring says.

    Returns
    -------
    rows, truth
        One row per station; how many stations were written and stuffed, and how many votes for Yes stand in
        the table that nobody cast for it.
    """
    rng = np.random.default_rng(SEED)
    names = [head + tail for head in _HEADS for tail in _TAILS]
    rng.shuffle(names)
    rows: list[dict[str, object]] = []
    truth = {"written": 0, "stuffed": 0, "votes": 0}
    number = 0
    for region, (count, turnout_mean, share_mean) in REGIONS.items():
        districts = [names.pop() for _ in range(8)]
        draws = rng.normal(size=(8, 2))
        effects = draws @ np.array([[0.30, 0.07], [0.00, 0.34]])  # turnout and share, correlated
        home = np.sort(rng.integers(0, 8, count))
        for place in home:
            number += 1
            registered = int(np.clip(rng.lognormal(6.75, 0.55), 60, 3200))
            turnout = _logistic(turnout_mean + effects[place, 0] + rng.normal(0, 0.28))
            share = _logistic(share_mean + effects[place, 1] + rng.normal(0, 0.30))
            cast = int(rng.binomial(registered, turnout))
            invalid = int(rng.binomial(cast, rng.beta(3, 180)))
            yes = int(rng.binomial(cast - invalid, share))
            if region == MANIPULATED:
                truth["votes"] -= yes
                dice = rng.random()
                if dice < WRITTEN:
                    cast = _reach(registered, int(rng.choice([75, 80, 85, 90])))
                    yes = _reach(cast, int(rng.choice([85, 90, 95])))
                    invalid = min(invalid, cast - yes)
                    truth["written"] += 1
                elif dice < WRITTEN + STUFFED:
                    added = int(rng.uniform(0.05, 0.25) * (registered - cast))
                    cast, yes = cast + added, yes + added
                    truth["stuffed"] += 1
                truth["votes"] += yes
            carried_away = int(rng.binomial(3, 0.05)) if cast < registered else 0
            rows.append(
                {
                    "Region": region,
                    "District": districts[place],
                    "Polling station": f"No. {number}",
                    "Registered voters": registered,
                    "Ballots issued": min(registered, cast + carried_away),
                    "Ballots in the box": cast,
                    "Invalid ballots": invalid,
                    "Valid ballots": cast - invalid,
                    "Yes": yes,
                    "No": cast - invalid - yes,
                }
            )
    return rows, truth


def _logistic(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))


def _reach(whole: int, percent: int) -> int:
    """Return the whole number nearest to a percentage."""
    return (whole * percent + 50) // 100


def _case(rows: list[dict[str, object]]) -> str:
    def total(column: str) -> int:
        return sum(int(str(row[column])) for row in rows)

    registered, cast, valid = total("Registered voters"), total("Ballots in the box"), total("Valid ballots")
    yes, no = total("Yes"), total("No")
    early = round(cast * 0.83)
    tenths = round(1000 * yes / cast) + 4, round(1000 * no / cast) - 5
    early_yes, early_no = (round(early * t / 1000) for t in tenths)
    return f"""# A simulated case: nothing in it happened. See README.md for what was done to the counts.
name = "Simulated referendum in Marenna (an invented country)"
simulated = true
reports = ["report.txt"]

[[contest]]
id = "marenna"
name = "Referendum on the Marennan constitution (simulated)"
kind = "referendum"
date = 2031-09-14
country = "Marenna (invented)"
question = "Do you approve the new constitution?"
favoured = "Yes"
results = ["stations.csv"]

[[contest.totals]]
source = "Central Electoral Board of Marenna, final result (simulated)"
registered = {registered}
cast = {cast}
valid = {valid}
invalid = {cast - valid}
votes = {{ Yes = {yes}, No = {no} }}
shares = {{ Yes = {100 * yes / valid:.2f}, No = {100 * no / valid:.2f} }}
turnout = {100 * cast / registered:.2f}

[[contest.totals]]
source = "Central Electoral Board of Marenna, bulletin of the evening (simulated)"
definition = "ballots counted by 23:00"
cast = {early}
votes = {{ Yes = {early_yes}, No = {early_no} }}
shares = {{ Yes = {tenths[0] / 10:.1f}, No = {tenths[1] / 10:.1f} }}
"""


def main(folder: Path) -> None:
    """Write ``stations.csv`` and ``case.toml``; the report and the README are written by hand."""
    rows, truth = stations()
    with (folder / "stations.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    (folder / "case.toml").write_text(_case(rows), encoding="utf-8", newline="\n")
    print(f"{len(rows):,} stations; {MANIPULATED}: {truth['written']} written, {truth['stuffed']} stuffed")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "marenna")
