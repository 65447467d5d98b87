"""The sentence that may be said of a measurement: what it is about, the facts, what the policy adds."""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.dossier.numbers import effect_in_words, interval, number
from plebiscope.dossier.text import ended, lowered, name, plain
from plebiscope.dossier.words.weighing import Judgement, Weighing
from plebiscope.model.finding import Effect, Measurement

_FACTS = 1500
"""Letters of a method's statement that are kept, so that what the policy adds is never cut off."""


def sentence(weighing: Weighing, judgement: Judgement) -> str:
    """Say what may be said of a measurement: the facts, then what the policy adds. Safe to quote alone."""
    measurement, method = weighing.measurement, weighing.method
    subject = name(weighing.contest.name)
    if measurement.scope.area is not None:
        subject += f", {name(measurement.scope.area)}"
    if measurement.status == "failed":
        return (
            f"{subject}: the question “{method.question}” was not answered, because the method stopped with "
            f"an error ({plain(measurement.reason, 300)}). That is a fault of plebiscope and says nothing "
            f"about the vote."
        )
    if measurement.status == "not testable":
        # Beside answers to the same question, only what lacks one may be called open.
        part = f"the part “{called(measurement)}” of " if weighing.answered else ""
        return (
            f"{subject}: {part}the question “{method.question}” cannot be answered, because "
            f"{ended(plain(measurement.reason, 600))}"
        )
    facts = ended(plain(measurement.statement, _FACTS) or method.title)
    effect = measurement.effect
    if effect is not None and interval(effect) and not _mentions(facts, effect):
        facts += f" {effect.name[:1].upper()}{effect.name[1:]}: {effect_in_words(effect)}."
    named = judgement.grade in {"strong", "notable"}
    doubt = doubted([one.name for one in measurement.assumptions if one.state == "doubtful"]) if named else ""
    return f"{subject}: {lowered(facts)} {judgement.words}{doubt}".strip()


def doubted(names: Sequence[str]) -> str:
    """Say which assumptions an answer itself holds for doubtful here, to stand behind what it says."""
    if not names:
        return ""
    return f" Doubtful here: {'; '.join(f'“{plain(name, 200)}”' for name in names)}."


def called(measurement: Measurement) -> str:
    """Name what was asked: its quantity and option, in words."""
    quantity = name(measurement.quantity).replace("-", " ").replace("_", " ")
    return f"{quantity}, {name(measurement.option)}" if measurement.option else quantity


def _mentions(facts: str, effect: Effect) -> bool:
    """Whether both ends of an interval are in a text already, in one of the usual ways of writing."""
    ends = [end for end in (effect.low, effect.high) if end is not None]
    return all(
        any(form in facts for form in {number(abs(end), effect.unit), f"{abs(end):.1f}", f"{abs(end):,.0f}"})
        for end in ends
    )
