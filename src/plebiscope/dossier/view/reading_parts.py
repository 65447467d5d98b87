"""The reading, cut at its headings."""

from __future__ import annotations

from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.text import plain


def reading_parts(dossier: Dossier) -> list[tuple[str, list[str]]]:
    """Return the sentences of the reading under their headings; under none where the dossier has none."""
    left = list(dossier.reading.sentences)
    parts = []
    for heading, count in dossier.reading.parts.items():
        parts.append((plain(heading, 80), left[:count]))
        left = left[count:]
    return [*parts, ("", left)] if left else parts
