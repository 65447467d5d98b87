"""What one person may ask of the workbench, so that no file and no run takes the machine from the others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of uploads and runs; each is named in the message of whoever meets it."""

    upload: int = 1 << 30
    """Bytes of one upload, all files together; what unpacks to more than this is refused by the readers."""
    files: int = 200
    """Files of one upload."""
    fields: int = 2000
    """Fields of one form."""
    form: int = 4 << 20
    """Bytes of a form without files."""
    memory: int = 8 << 30
    """Bytes of memory that one run may ask for."""
    seconds: int = 3600
    """Seconds that one run may take."""
    running: int = 2
    """Runs at the same time; further ones wait for their turn."""
    reading: int = 2
    """Files read and reports coded for a page at the same time, beside the runs."""
    waiting: int = 20
    """Runs that may wait, and as many readings."""
