"""Members of a 7z archive, unpacked in memory."""

from __future__ import annotations

import io

import py7zr
from py7zr.exceptions import PasswordRequired
from py7zr.io import Py7zIO, WriterFactory

LOCKED = "it is locked with a password"


class _Member(Py7zIO):
    """A member's bytes, taken as long as the archive's budget lasts."""

    def __init__(self, archive: _Memory) -> None:
        self.archive = archive
        self.body = io.BytesIO()

    def write(self, s: bytes | bytearray) -> int:
        self.archive.left -= len(s)
        if self.archive.left < 0:
            raise ValueError(f"it unpacks to more than {self.archive.limit:,} bytes")
        return self.body.write(s)

    def read(self, size: int | None = None) -> bytes:
        return self.body.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.body.seek(offset, whence)

    def flush(self) -> None:
        """Do nothing: there is no file behind the bytes."""

    def size(self) -> int:
        return len(self.body.getbuffer())


class _Memory(WriterFactory):
    """Gives every member a place in memory; its name is a label and leads nowhere."""

    def __init__(self, limit: int) -> None:
        self.limit = self.left = limit
        self.members: list[tuple[str, _Member]] = []

    def create(self, filename: str) -> Py7zIO:
        member = _Member(self)
        self.members.append((filename, member))
        return member


def members(data: bytes, limit: int, most: int) -> list[tuple[str, bytes]]:
    """Unpack an archive.

    Parameters
    ----------
    limit
        Most bytes that may come out of it.
    most
        Most members it may have.

    Raises
    ------
    ValueError
        If it is locked or larger than that; what else can go wrong is of the library's making.
    """
    try:
        with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
            held = len(archive.list())
            if held > most:
                raise ValueError(f"it holds {held:,} files, at most {most:,} are looked at")
            if archive.needs_password():
                raise ValueError(LOCKED)
            memory = _Memory(limit)
            archive.extractall(factory=memory)
    except PasswordRequired:
        raise ValueError(LOCKED) from None
    return [(name, member.body.getvalue()) for name, member in memory.members]
