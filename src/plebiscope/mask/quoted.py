"""Statements and the texts they are taken from: words are cut out of the masked text, at their new places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plebiscope.mask.finding import Edit, Finder, changed, moved
from plebiscope.mask.people import People


def without_speakers(made: dict[str, Any], old: Mapping[str, Any], told: People) -> None:
    """Put the pseudonym of each speaker in the place of the name.

    Parameters
    ----------
    made, old
        The conduct record, masked and as it was.
    """

    def put(new: dict[str, Any], was: Mapping[str, Any], report: str, name: str) -> None:
        new[name] = told.of.get((report, was[name] or ""), new[name])

    for kind in ("statements", "figures"):
        for said, was in zip(made[kind], old[kind], strict=True):
            put(said, was, was["report"], "speaker")
    for said, was in zip(made["statements"], old["statements"], strict=True):
        coder = (was["judgement"] or {}).get("coder")
        if coder is not None:
            put(said["judgement"]["coder"], coder, was["report"], "speaker")
    for report, was in zip(made["reports"], old["reports"], strict=True):
        put(report, was, was["path"], "author")


class Moved:
    """Where everything that was quoted from the reports lies after masking.

    Parameters
    ----------
    finder
        What is masked.
    conduct
        The conduct record as it was.
    texts
        Whole texts of reports by path, as far as they lie beside the dossier. Of the others only the
        sentences are known, and places count what was masked in the sentences before.
    """

    def __init__(self, finder: Finder, conduct: dict[str, Any], texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.edits: dict[str, list[Edit]] = {}
        self.reports = [report["path"] for report in conduct["reports"]]
        for report in conduct["reports"]:
            path = report["path"]
            if path in texts:
                self.edits[path] = finder.edits(texts[path])
                continue
            found: dict[tuple[int, int], Edit] = {}
            for sentence in report["sentences"]:
                for edit in finder.edits(sentence["text"]):
                    start, end = edit.start + sentence["start"], edit.end + sentence["start"]
                    found[start, end] = Edit(start, end, edit.new)
            self.edits[path] = [found[at] for at in sorted(found)]
        self.before = conduct

    def into(self, conduct: dict[str, Any]) -> None:
        """Write new places, and words as they stand there, into the masked record."""
        for at, report in enumerate(conduct["reports"]):
            path, old = self.reports[at], self.before["reports"][at]
            for sentence, was in zip(report["sentences"], old["sentences"], strict=True):
                self._place(sentence, was, path, "text")
            report["text_sha256"] = None
            if path in self.texts:
                report["text"] = changed(self.texts[path], self.edits[path])
        for name in ("statements", "figures"):
            for said, was in zip(conduct[name], self.before[name], strict=True):
                self._place(said, was, was["report"], "verbatim")
        for said, was in zip(conduct["statements"], self.before["statements"], strict=True):
            for place, old in zip(said["where"], was["where"], strict=True):
                if old["start"] is not None:
                    self._place(place, old, was["report"], "written")
        for moment, was in zip(conduct["timeline"], self.before["timeline"], strict=True):
            self._place(moment, was, was["report"], None)
        review = conduct["review"]
        if review is not None:
            review["sha256"] = ""

    def _place(self, new: dict[str, Any], old: Mapping[str, Any], path: str, words: str | None) -> None:
        edits = self.edits.get(path, [])
        start, end = old["start"], old["end"]
        new["start"], new["end"] = moved(start, edits), moved(end, edits, end=True)
        if words is not None:
            inside = [
                Edit(max(edit.start - start, 0), min(edit.end, end) - start, edit.new)
                for edit in edits
                if edit.end > start and edit.start < end
            ]
            new[words] = changed(old[words], inside)
