"""How bodies, papers and headings look: patterns that several signs of an issuer share."""

from __future__ import annotations

import re

from plebiscope.conduct.language import either
from plebiscope.conduct.names import CAPITAL

NAME = rf"{CAPITAL}(?:\s(?:(?:of|for|on|and|de|del|to)\s(?:the\s)?)?{CAPITAL}){{0,9}}"
"""A name of several words with capitals."""
SHORT = r"(?:\s\([\w/ -]{2,20}\))?"
"""A short form in brackets behind a name, or nothing."""
ANY_NAME = re.compile(NAME)
BODY_WORD = re.compile(rf"\b(?:{either('people', 'issuers')})\b", re.IGNORECASE)
"""A word for a body: a mission, a council, a watch."""
DOCUMENT = re.compile(rf"\b(?:{either('speech', 'documents')})\b", re.IGNORECASE)
"""A word for a paper that a body issues."""
PERFORMING = re.compile(rf"\s(?:{either('speech', 'performed')})\b")
"""A verb for what is done in saying so."""
# A line of a heading ends without a stop, unless it names an hour: "as of 9:00 p.m.".
SENTENCE = re.compile(r"(?<![ap]\.m)[.?!]$")
"""The end of a sentence."""
_LONGEST_HEADING = 130
"""Letters below which a line without a stop is one of a heading, or of a signature."""


def is_heading(line: str) -> bool:
    """Tell a line of a heading or of a signature from a sentence."""
    return len(line) < _LONGEST_HEADING and not SENTENCE.search(line)
