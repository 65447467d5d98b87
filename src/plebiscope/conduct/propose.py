"""Plug-ins that propose words to look at, a language model for instance; none comes with plebiscope.

A plug-in is an entry point of the group ``plebiscope.proposers``: a callable that takes the text of a report
and the codes (``{"C01": {"name": ..., "definition": ..., "near_misses": [...]}}``) and gives back an iterable
of ``(start, end, code)``, or of mappings with these keys: half-open ranges of the text in code points. What
it says of speaker or standing is not taken over; our own code finds these. A proposal passes the checks that
a rule's match passes, arrives as suggested, and never displaces what a rule found.

It runs in a process of its own, because a call that hangs cannot be ended in any other way; so neither a
crash nor a print of it reaches the run. It is asked for one report after another, and only if the user names
it.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from operator import index
from typing import Any

from plebiscope.conduct import codebook
from plebiscope.conduct.clean import Cleaned
from plebiscope.conduct.codebook import Rule
from plebiscope.conduct.elsewhere import private_vote
from plebiscope.conduct.matching import Match
from plebiscope.conduct.places import at_offsets
from plebiscope.conduct.reading import Reading
from plebiscope.conduct.standing import standing, supposed
from plebiscope.model.errors import InputError
from plebiscope.model.report import Proposer, Report

GROUP = "plebiscope.proposers"
SECONDS = 300.0
"""Time that a plug-in has for one report, and for being started with the first."""
MOST = 1000
"""Most proposals for one report: nobody reads more, and what offers more is broken."""
PROPOSED = "proposed:"
"""Beginning of the rule of a statement that a plug-in proposed; its name follows."""
_FARTHEST = 1 << 40
"""Offsets beyond are no offsets of a text."""

Answer = list[Any] | str
"""Proposals as they came, ``[start, end, code]`` or null each; or why there are none."""


@dataclass
class Proposals:
    """What the plug-ins offered, and what became of it."""

    answers: Mapping[str, Sequence[Answer]] = field(default_factory=dict)
    """By plug-in, an answer for each report."""
    paths: Sequence[str] = ()
    left_out: dict[str, Counter[str]] = field(default_factory=dict)
    kept: Counter[str] = field(default_factory=Counter)

    def of(
        self, report: Report, cleaned: Cleaned, read: Sequence[Reading], found: Sequence[Match]
    ) -> Iterator[Match]:
        """Check the proposals for one report and give those that can stand beside what the rules found.

        Parameters
        ----------
        report, cleaned, read
            The report, its cleaned text and its distinct sentences.
        found
            The matches of rules.
        """
        taken = list(found)
        for name, answers in self.answers.items():
            rule = Rule(id=f"{PROPOSED}{name}", strength="suggested")
            answer = answers[self.paths.index(report.path)]
            for offered in answer if isinstance(answer, list) else ():
                match = _checked(offered, rule, report, cleaned, read, taken)
                if isinstance(match, str):
                    self.left_out.setdefault(name, Counter())[match] += 1
                else:
                    self.kept[name] += 1
                    taken.append(match)
                    yield match

    def record(self) -> tuple[Proposer, ...]:
        """Name every plug-in that was asked, with its version, its proposals and its failures."""
        made = []
        for name, answers in self.answers.items():
            entry = _entry(name)
            failures: dict[str, list[str]] = {}
            for path, answer in zip(self.paths, answers, strict=True):
                if isinstance(answer, str):
                    failures.setdefault(answer, []).append(path)
            made.append(
                Proposer(
                    name=name,
                    package=entry.dist.name if entry.dist else None,
                    version=entry.dist.version if entry.dist else None,
                    offered=sum(len(answer) for answer in answers if isinstance(answer, list)),
                    kept=self.kept[name],
                    left_out=dict(sorted(self.left_out.get(name, Counter()).items())),
                    failures=tuple(f"{', '.join(paths)}: {why}" for why, paths in failures.items()),
                )
            )
        return tuple(made)


def propose(names: Sequence[str], reports: Sequence[Report], seconds: float = SECONDS) -> Proposals:
    """Ask plug-ins for proposals on reports.

    Parameters
    ----------
    names
        Names of entry points; each is asked once.
    reports
        With their text.
    seconds
        Time for one report.

    Raises
    ------
    InputError
        If no plug-in of that name is installed, or two are.
    """
    for name in names:
        _entry(name)
    texts = [report.text for report in reports]
    return Proposals(
        answers={name: _asked(name, texts, seconds) for name in dict.fromkeys(names)},
        paths=[report.path for report in reports],
    )


def _entry(name: str) -> metadata.EntryPoint:
    found = {(entry.value, entry.dist.name if entry.dist else ""): entry for entry in _entries(name)}
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        raise InputError(
            f"two plug-ins are called {name!r}: " + " and ".join(package for _, package in found),
            todo="remove one of the two packages",
        )
    raise InputError(
        f"no plug-in called {name!r} is installed",
        expected=", ".join(sorted({entry.name for entry in metadata.entry_points(group=GROUP)}))
        or f"a package with an entry point in the group {GROUP}; none comes with plebiscope",
    )


def _entries(name: str) -> metadata.EntryPoints:
    return metadata.entry_points(group=GROUP, name=name)


def _checked(
    offered: Any,
    rule: Rule,
    report: Report,
    cleaned: Cleaned,
    read: Sequence[Reading],
    taken: Sequence[Match],
) -> Match | str:
    """Find the words of a proposal, or say why it is left out."""
    if offered is None:
        return "no start, end and code"
    start, end, named = offered
    code = codebook.load().codes.get(named)
    if code is None:
        return "no such code"
    if not report.body <= start < end <= len(report.text):
        return "no range of the text"
    place = at_offsets(cleaned, [one.passage for one in read], start, end)
    if place is None:
        return "no words inside one distinct sentence"
    sentence = read[place.sentence]
    first, last = place.start - sentence.passage.start, place.end - sentence.passage.start
    if private_vote(sentence) or supposed(sentence.lowered, first, last):
        return "not told as something that happens"
    if code.kind == "positive" and standing(sentence.lowered, first, last) in ("denied", "norm"):
        return "praise that is denied"
    if any(one.code is code and place.start < one.end and one.start < place.end for one in taken):
        return "found already"
    return Match(code, rule, *place)


# ---------------------------------------------------------------------------------------- asking


def _asked(name: str, texts: Sequence[str], seconds: float) -> list[Answer]:
    """Start a plug-in and put the reports to it, one answer at a time."""
    if not texts:
        return []
    codes = {
        code.id: {"name": code.name, "definition": code.definition, "near_misses": list(code.near_misses)}
        for code in codebook.load().codes.values()
    }
    # The plug-in is imported from where we would import it, and never from the current folder.
    places = os.pathsep.join(place for place in sys.path if place)
    answers: list[Answer] = []
    with subprocess.Popen(  # noqa: S603 - Python itself, with the name of an installed entry point
        [sys.executable, "-P", "-m", __name__, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": places},
        start_new_session=True,
    ) as process:
        lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
        reader.start()
        try:
            _put(process, json.dumps({"texts": list(texts), "codes": codes}).encode())
            while len(answers) < len(texts):
                line = lines.get(timeout=seconds)
                answers.append(json.loads(line) if line else "it ended without an answer")
                if not line:
                    break
        except queue.Empty:
            answers.append(f"it gave no answer within {seconds:g} seconds and was stopped")
        finally:
            _end(process)
            reader.join()
    missing: Answer = "it had been stopped before"
    return [*answers, *[missing] * (len(texts) - len(answers))]


def _put(process: subprocess.Popen[bytes], question: bytes) -> None:
    # A process that has ended already is noticed by its missing answers.
    with contextlib.suppress(OSError):
        if process.stdin is not None:
            process.stdin.write(question)
            process.stdin.close()


def _read(process: subprocess.Popen[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    for line in process.stdout or ():
        lines.put(line)
    lines.put(b"")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a plug-in, and on systems that can do it whatever it has started."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


# ---------------------------------------------------------------------------------------- answering


def _serve(name: str) -> None:
    """Answer the questions on standard input, one line for each report."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What a plug-in prints must not be taken for an answer.
    os.dup2(2, 1)
    question = json.loads(sys.stdin.buffer.read())
    with answers:
        for text in question["texts"]:
            try:
                answer: Answer = _offered(_entry(name).load()(text, question["codes"]))
            except BaseException as error:
                # Whatever is wrong with it, even an exit, is its answer.
                answer = f"{type(error).__name__}: {error}"[:300].encode(errors="replace").decode()
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


def _offered(proposals: Any) -> list[Any]:
    """Take over proposals as plain numbers and a code, null for what is none."""
    made = [_plain(one) for one in itertools.islice(proposals, MOST + 1)]
    if len(made) > MOST:
        raise ValueError(f"more than {MOST:,} proposals for one report")
    return made


def _plain(one: Any) -> list[Any] | None:
    try:
        start, end, code = [one[key] for key in ("start", "end", "code")] if isinstance(one, Mapping) else one
        first, last = index(start), index(end)
    except (TypeError, ValueError, KeyError):
        return None
    fits = isinstance(code, str) and max(abs(first), abs(last)) < _FARTHEST
    return [first, last, code[:40]] if fits else None


if __name__ == "__main__":
    _serve(sys.argv[1])
