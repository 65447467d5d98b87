"""What plebiscope says when it cannot go on because of what it was given."""

from __future__ import annotations


class InputError(Exception):
    """The input or the call cannot be used; the command line ends with exit code 2.

    A message answers four questions, so that a reader can act on it: what was met, where, what
    had been expected, and what to do now.

    Parameters
    ----------
    met
        What was found, as one plain sentence.
    where
        The file, and within it the sheet or line, where it was found.
    expected
        What would have been usable.
    todo
        What the reader can do next.
    """

    def __init__(
        self, met: str, *, where: str | None = None, expected: str | None = None, todo: str | None = None
    ) -> None:
        super().__init__(met)
        self.met = met
        self.where = where
        self.expected = expected
        self.todo = todo

    def __str__(self) -> str:
        text = f"{self.where}: {self.met}" if self.where else self.met
        if self.expected:
            text += f"\n  expected: {self.expected}"
        if self.todo:
            text += f"\n  what to do: {self.todo}"
        return text
