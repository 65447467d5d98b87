"""plebiscope: how far can this vote be believed, and what exactly is the evidence?

The four lines that do what ``plebiscope examine`` does::

    import plebiscope

    examined = plebiscope.examine(["results.csv", "report.txt"])
    print(*examined.dossier.reading.sentences)
    plebiscope.write(examined, "dossier")

Everything else is imported when it is asked for, so that ``import plebiscope`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plebiscope.version import __version__

if TYPE_CHECKING:
    from plebiscope.model.errors import InputError as InputError
    from plebiscope.study import examine as examine
    from plebiscope.study import read as read
    from plebiscope.study import write as write

__all__ = ["InputError", "__version__", "examine", "read", "write"]

_HOMES = {
    "InputError": "plebiscope.model.errors",
    "examine": "plebiscope.study",
    "read": "plebiscope.study",
    "write": "plebiscope.study",
}


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used (PEP 562)."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'plebiscope' has no attribute {name!r}")
