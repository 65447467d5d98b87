"""The command line, called as ``python -m plebiscope.cli``."""

from __future__ import annotations

from plebiscope.cli.program import main

if __name__ == "__main__":
    main()
