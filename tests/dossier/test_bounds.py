"""What the evidence cannot tell, and how many comparisons were made."""

from __future__ import annotations

from plebiscope.calibrate.multiplicity import Family
from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.reading.bounds import comparisons, unseen
from plebiscope.model.case import Contest
from plebiscope.model.finding import Finding, Limit, Scope

CONTEST = Contest(id="vote", name="Testland 2031")
TITLES = {"m": "Whole percentages", "n": "Last digits"}
LIMIT = Limit(mechanism="x", dose=66, unit="stations", stations=66, power=0.9, how="analytic")


def finding(name: str, p: float | None, q: float | None, grade: str = "none", **given: object) -> Finding:
    parts = {"id": name, "method": "m", "contest": "vote", "quantity": "share", "tier": "A", "sentence": "s"}
    return Finding(**{**parts, "p": p, "q": q, "grade": grade, **given})


def area(name: str, p: float, q: float, grade: str = "none") -> Finding:
    return finding(name, p, q, grade, scope=Scope(level="area", area=name))


def test_comparisons_are_counted_with_what_chance_alone_would_give() -> None:
    found = [
        finding("a", 1e-9, 1e-8, "strong"),
        finding("b", 0.03, 0.09),
        *(area(f"r{i}", 0.5, 1.0) for i in range(18)),
        area("r18", 1e-9, 1e-8, "display"),
        finding("shown", 1e-9, None, "display", tier="D"),
    ]
    families = (Family("contests", "Holm", 3, True), Family("vote/m/share", "Benjamini-Hochberg", 19, True))
    (said,) = comparisons("Testland", found, families)
    assert said == (
        "Testland: 21 comparisons were made (2 of whole contests and 19 of areas, in 1 group, 1 of which gave "
        "reason to look inside). Of these, chance alone would put at most about 1.1 below 0.05 in fair votes; "
        "here 3 are. After correction for their number 2 are left (1 of these graded strong or notable); "
        "chance alone would leave any at all in at most one of twenty such dossiers."
    )


def test_where_only_the_most_unlikely_areas_are_reported_the_others_are_not_guessed_at() -> None:
    found = [finding("a", 0.4, 0.4), area("r1", 1e-9, 1e-6, "notable")]
    families = (Family("contests", "Holm", 2, True), Family("vote/m/share", "Benjamini-Hochberg", 2000, True))
    (said,) = comparisons("Testland", found, families)
    assert "2,001 comparisons were made (1 of whole contests and 2,000 of areas" in said
    assert "Of the 1 of which every p is told, chance alone would put at most about 0.05 below 0.05" in said
    # What is left is counted among all, and can be more than those whose p is known to be small.
    assert "here none is. After correction for their number 1 is left of all 2,001 (1 of these" in said


def test_one_quiet_comparison() -> None:
    (said,) = comparisons("T", [finding("a", 0.4, 0.4)], (Family("contests", "Holm", 1, True),))
    assert said.startswith("T: 1 comparison was made (1 of whole contests).")
    assert (
        "below 0.05 in fair votes; here none is. After correction for their number none is left; chance"
        in said
    )
    assert comparisons("T", [finding("a", None, None)], ()) == []


def test_what_tests_that_found_nothing_could_have_noticed() -> None:
    quiet = finding("a", 0.4, 0.4, limit=LIMIT)
    said = "\n".join(unseen(CONTEST, [quiet], TITLES))
    assert "whole percentages: 66 stations (with a chance of 90\N{NO-BREAK SPACE}%, by itself)" in said
    assert "whether voters were free" in said
    after_correction = LIMIT.model_copy(update={"power": 0.9999, "level": 0.002})
    certain = unseen(CONTEST, [finding("a", 0.4, 0.4, limit=after_correction)], TITLES)
    assert "66 stations (with a chance of more than 99.9\N{NO-BREAK SPACE}%)" in certain[0]
    of_others = LIMIT.model_copy(update={"power": 0.5, "how": "range"})
    said = unseen(CONTEST, [finding("a", 0.4, 0.4, limit=of_others)], TITLES)[0]
    assert "66 stations (as much as reference votes reach)" in said
    assert "a chance of" not in said
    blind = unseen(CONTEST, [quiet, finding("b", 0.4, 0.4, method="n")], TITLES)
    assert "Testland 2031: how much can have gone unseen is not known for last digits." in blind
    found = unseen(CONTEST, [finding("a", 1e-9, 1e-9, "strong", limit=LIMIT)], TITLES)
    assert len(found) == 1  # only that no test sees whether voters were free
    assert unseen(CONTEST, [finding("d", 0.4, None, "display", tier="D")], TITLES) == []


def test_the_reading_has_its_parts_in_order(dossier: Dossier) -> None:
    assert list(dossier.reading.parts) == [
        "What the evidence supports",
        "What it cannot tell",
        "How many comparisons were made",
    ]
    assert sum(dossier.reading.parts.values()) == len(dossier.reading.sentences)
    assert "comparisons were made" in dossier.reading.sentences[-1]
