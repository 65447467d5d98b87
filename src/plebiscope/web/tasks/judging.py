"""The reports of a case are coded, for a person to decide on what was found in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from plebiscope import reviewing
from plebiscope.conduct import code
from plebiscope.conduct.review import key_of
from plebiscope.intake import cases
from plebiscope.intake.reports import read_reports


def judge(folder: Path, given: dict[str, Any], say: Callable[..., None]) -> dict[str, Any]:
    """Code the reports as if nobody had decided anything, and give the review file a line for each statement.

    Parameters
    ----------
    given
        ``review``: name of the review file.
    """
    found = cases.reports([folder])
    say(step=f"reading {len(found.files)} report{'s' if len(found.files) != 1 else ''}")
    record = code(read_reports(found.files, found.published), held=found.held)
    reviewing.with_lines(folder / given["review"], record)
    digests = {report.path: report.text_sha256 or "" for report in record.reports}
    return {
        "reports": [
            {
                "path": report.path,
                "text": report.text,
                "published": report.published.isoformat() if report.published else None,
                "read": report.read,
                "why_unread": report.why_unread,
                "digest": report.text_sha256,
                "copy_of": report.copy_of,
            }
            for report in record.reports
        ],
        "statements": [
            {
                "key": key_of(digests[one.report], one),
                "suggestion": one.suggestion,
                **one.model_dump(mode="json", exclude={"where", "judgement", "review"}),
                "where": "; ".join(place.name for place in one.where),
            }
            for one in record.statements
        ],
    }
