"""What people decided on statements, in words: who read how many, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import get_args

from plebiscope.dossier.text import name, plain
from plebiscope.model.report import Conduct, Outcome, Place, Proposer, Statement
from plebiscope.model.wording import counted, listed

OWN_VOICE = "the report's own voice"


def summary(conduct: Conduct) -> str:
    """Say how many statements people have read, who, and what they decided; empty without a review file."""
    if conduct.review is None:
        return ""
    decided = [one for one in conduct.statements if one.review is not None]
    found = sum(one.review != "added" for one in conduct.statements)
    read = [one for one in decided if one.review != "added"]
    outcomes = Counter(one.review for one in decided)
    was = "was" if len(read) == 1 else "were"
    said = f"{len(read):,} of {counted(found, 'statements')} {was} read by a person"
    if read:
        parts = [
            f"{outcomes[word]:,} {word}" for word in get_args(Outcome) if word != "added" and outcomes[word]
        ]
        said += f": {listed(parts)}"
    if outcomes["added"]:
        said += f"; {outcomes['added']:,} more {'was' if outcomes['added'] == 1 else 'were'} added"
    who = Counter(one.judgement.reviewer if one.judgement else None for one in decided)
    if who:
        names = [f"{name(one) if one else 'no name given'}, {count:,}" for one, count in who.most_common()]
        said += f" ({'; '.join(names)})"
    if conduct.review.unmatched:
        left = len(conduct.review.unmatched)
        said += f". {counted(left, 'decisions')} {'fits' if left == 1 else 'fit'} no statement of this run"
    return said + "."


def judgement(statement: Statement) -> str:
    """Say what a person decided on a statement, and what the coder says instead; empty until then."""
    if statement.review is None:
        return ""
    made = statement.judgement
    said = f"{statement.review} on review"
    if made is None:
        return said
    if made.reviewer:
        said += f" by {name(made.reviewer)}"
    if made.date:
        said += f", {plain(made.date, 40)}"
    if made.note:
        said += f": “{plain(made.note, 400)}”"
    if made.coder is not None:
        said += f" (the coder says: {coded(statement)})"
    return said


def coded(statement: Statement) -> str:
    """Name what the coder says otherwise than the reviewer."""
    coder = statement.judgement.coder if statement.judgement else None
    if coder is None:
        return ""
    said = [coder.code] if coder.code != statement.code else []
    if coder.speaker != statement.speaker:
        said.append(f"by {name(coder.speaker) if coder.speaker else OWN_VOICE}")
    if coder.inferred and not statement.inferred:
        said.append("speaker inferred")
    if coder.status != statement.status:
        said.append(coder.status)
    said += [
        f"{what}: {name(its) if its else 'not said'}"
        for what, its, ours in (
            ("when", coder.when, statement.when),
            ("where", placed(coder.where), placed(statement.where)),
        )
        if its != ours
    ]
    if coder.strength != statement.strength:
        said.append(coder.strength)
    return ", ".join(said)


def placed(where: Sequence[Place]) -> str:
    """Name the places of a statement."""
    return listed(list(map(str, where)))


def proposer(one: Proposer) -> str:
    """Say which plug-in was asked, and what became of its proposals."""
    package = " ".join(name(part) for part in (one.package, one.version) if part)
    said = f"{name(one.name)}{f' ({package})' if package else ''}: {counted(one.offered, 'proposals')}"
    said += f", {one.kept:,} kept as suggestions"
    if one.left_out:
        said += "; left out: " + listed(f"{why} ({count:,})" for why, count in one.left_out.items())
    if one.failures:
        said += "; failed on " + "; ".join(plain(failure, 300) for failure in one.failures)
    return said + "."
