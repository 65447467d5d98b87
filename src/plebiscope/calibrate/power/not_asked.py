"""Which methods are not asked, because they are slow or give no signal on votes like these."""

from __future__ import annotations

from plebiscope.calibrate.jobs import Job, Setting
from plebiscope.calibrate.signals import Fault, Heard, ask, kind, why_silent
from plebiscope.model.method import Evidence, Subject

TRIED = 5
"""Fair worlds that a method is asked about before it is said to give no signal."""


def not_asked(setting: Setting, slow: bool) -> dict[str, str]:
    """Say which methods are not asked and why, after asking each about a few fair worlds."""
    jobs = [Job("tight", None, 0.0, number, ()) for number in range(TRIED)]
    subjects = [setting.subject(job, setting.world(job)) for job in jobs]
    reasons: dict[str, str] = {}
    for name, method in setting.methods.items():
        if method.slow and not slow:
            reasons[name] = "it takes long for one vote; `--slow` asks it too"
            continue
        evidence = None
        for number, subject in enumerate(subjects):
            heard, found = _said(setting, name, subject, number)
            if isinstance(heard, Fault) or kind(method, [heard]) is not None:
                break
            evidence = evidence or found
        else:
            reasons[name] = why_silent(method, subjects[0], evidence)
    return reasons


def _said(setting: Setting, name: str, subject: Subject, number: int) -> tuple[Heard, Evidence | None]:
    """Ask a method about a fair world; one that stops with an error is told as a fault."""
    seed = setting.sequence("tight", number, "method", name)
    return ask(setting.methods[name], subject, setting.params[name], seed)
