"""What it takes to start further processes: how many there is room for, and a main module to start from."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


def processors() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def nameless_main() -> Iterator[None]:
    """Let processes start that do not run the caller's script once more, which they have no use for.

    Otherwise every script that starts them would need the guard ``if __name__ == "__main__"``.
    """
    real = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = real
