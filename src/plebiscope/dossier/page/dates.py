"""Days as they are written out."""

from __future__ import annotations

import datetime as dt


def day(date: dt.date) -> str:
    """Write a day, as 3 May 2031."""
    return f"{date.day} {date:%B %Y}"
