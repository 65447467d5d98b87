"""The points of each body that may have issued a statement, whatever it is called in the text."""

from __future__ import annotations

from collections import Counter

from plebiscope.conduct.issuer.statement import Statement, initials
from plebiscope.conduct.names import bare


class Tally:
    """Points by body; a body is known by its full name without article and capitals.

    Parameters
    ----------
    statement
        The text whose issuer is sought.
    """

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self.points: Counter[str] = Counter()
        self.form: dict[str, str] = {}
        """How each body is written."""
        self._meant: list[tuple[str, str]] = []
        """Each name under which a body did something, with the body's own."""

    def count(self, name: str, points: int) -> None:
        """Count points for a name as it stands."""
        plain = self._statement.full(name)
        if plain:
            self.form.setdefault(bare(plain), plain)
            self.points[bare(plain)] += points

    def count_deed(self, name: str, points: int, issued: str) -> None:
        """Count points for whoever does something, and remember under which name.

        Parameters
        ----------
        issued
            Who stands before the colon of the title; empty where nobody does.
        """
        whose = self._whose(name, issued)
        self._meant.append((name, self._statement.full(whose)))
        self.count(whose, points)

    def _whose(self, name: str, issued: str) -> str:
        """Put the body of the heading for a name that stands for it: "The Mission", "the EU EOM"."""
        plain = self._statement.full(name)
        if bare(plain) in self.points:
            return name
        short = plain.replace(" ", "")
        for other in self.points:
            form = self.form[other]
            if (
                plain.lower() in form.lower().split()
                or initials(form) == short
                or self._beside_quoted(other, plain)
            ):
                return form
        return self.form[bare(self._statement.full(issued))] if issued and name.startswith("the ") else name

    def _beside_quoted(self, heading: str, plain: str) -> bool:
        """Tell whether "the Foundation" stands in the heading beside the quoted name of the body."""
        return f'{plain.lower()} "{heading}' in self._statement.text[:400].lower()

    def join(self) -> None:
        """Give the points of a part of a name to the whole.

        "Electoral Observation Mission" in the title is that of the Organization of American States.
        """
        for name in sorted(self.points, key=len):
            long = next((other for other in self.points if len(other) > len(name) and name in other), None)
            if long:
                self.points[long] += self.points.pop(name)
                self._meant = [
                    (said, self.form[long] if bare(plain) == name else plain) for said, plain in self._meant
                ]

    def most(self) -> str:
        """Give the body with most points, and of these the one with the longest name."""
        return max(self.points, key=lambda name: (self.points[name], len(name)))

    def aliases(self, body: str) -> set[str]:
        """Give the names under which a body did something, its own and its initials included."""
        called = {bare(name) for name, plain in self._meant if bare(plain) == body}
        return called | {body, initials(self.form[body]).lower()}
