"""Which methods are not asked, because they are slow or give no signal on votes like these."""

from __future__ import annotations

from plebiscope.calibrate.jobs import Job, Setting
from plebiscope.calibrate.signals import Fault, ask, kind, why_silent
from plebiscope.model.method import Subject

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
        elif not any(_audible(setting, name, subject, number) for number, subject in enumerate(subjects)):
            reasons[name] = why_silent(method, subjects[0])
    return reasons


def _audible(setting: Setting, name: str, subject: Subject, number: int) -> bool:
    """Whether a method gives a signal on a fair world; one that stops with an error is told as a fault."""
    seed = setting.sequence("tight", number, "method", name)
    heard, _ = ask(setting.methods[name], subject, setting.params[name], seed)
    return isinstance(heard, Fault) or kind(setting.methods[name], [heard]) is not None
