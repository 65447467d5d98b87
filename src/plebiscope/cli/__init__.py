"""The command line. Heavy imports wait until a command needs them, so that ``--help`` answers at once."""

from __future__ import annotations

from plebiscope.cli.program import app, main

__all__ = ["app", "main"]
