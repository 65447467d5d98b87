"""Does one piece of long work as a program of its own, which can be ended and may come to grief.

It is started by :mod:`plebiscope.web.jobs`, reads what to do as one line of JSON from standard input, and
says how far it is by lines of JSON on standard output: ``{"step": ...}``, and at the end ``{"done": ...}`` or
``{"refused": {"met", "where", "expected", "todo"}}``.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from plebiscope.model.errors import InputError

TASKS = {
    "examine": "plebiscope.web.tasks.examining:examine",
    "mask": "plebiscope.web.tasks.masking:mask",
    "judge": "plebiscope.web.tasks.judging:judge",
    "print": "plebiscope.web.tasks.printing:print_dossier",
    "verify": "plebiscope.web.tasks.verifying:verify",
    "understand": "plebiscope.web.tasks.understanding:understand",
}
"""What can be asked for, and where it is done."""


def main() -> None:
    """Do what standard input says."""
    asked = json.loads(sys.stdin.readline())
    os.umask(0o077)  # what is written into a case is for nobody else on this machine
    _limit(int(asked["memory"]))
    # Libraries that print must not be taken for us.
    out, sys.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8"), sys.stderr
    os.dup2(2, 1)

    def say(**what: Any) -> None:
        out.write(json.dumps(what, ensure_ascii=False) + "\n")
        out.flush()

    module, _, name = TASKS[asked["task"]].partition(":")
    try:
        done = getattr(importlib.import_module(module), name)(Path(asked["folder"]), asked["given"], say)
    except InputError as error:
        say(refused={"met": error.met, "where": error.where, "expected": error.expected, "todo": error.todo})
    except MemoryError:
        say(
            refused={
                "met": f"this takes more memory than one run may ask for ({asked['memory']:,} bytes)",
                "where": None,
                "expected": None,
                "todo": "examine it from the command line, or with fewer methods",
            }
        )
    else:
        say(done=done)


def _limit(memory: int) -> None:
    """Ask for no more memory than allowed, and let people's own work on this machine go first."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on every system

        # Not the address space: the engine that draws pictures reserves far more of it than it uses.
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    with contextlib.suppress(AttributeError, OSError):
        os.nice(5)
