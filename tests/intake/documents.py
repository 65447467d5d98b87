"""Small PDF and Word files, made byte by byte, so that a test says what is in them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence

Placed = tuple[float, float, float, str]
"""Where a line begins (from the left, from the foot), its size, and its text."""


def lines(
    texts: Sequence[str], x: float = 72, top: float = 720, size: float = 11, step: float = 13
) -> list[Placed]:
    """Set lines below one another."""
    return [(x, top - step * number, size, text) for number, text in enumerate(texts)]


def content(placed: Sequence[Placed]) -> bytes:
    pieces = []
    for x, y, size, text in placed:
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        pieces.append(f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({escaped}) Tj ET")
    return "\n".join(pieces).encode("cp1252")


def pdf(*pages: Sequence[Placed], made: str | None = None, streams: Sequence[bytes] | None = None) -> bytes:
    """A PDF with these pages, or with these packed streams as their content."""
    packed = streams or [zlib.compress(content(page)) for page in pages]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(packed)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(packed)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, stream in enumerate(packed):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(
            f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode() + stream + b"\nendstream"
        )
    if made:
        objects.append(f"<< /CreationDate (D:{made}) >>".encode())
    return built(objects, f"/Info {len(objects)} 0 R" if made else "")


def built(objects: Sequence[bytes], trailer: str = "") -> bytes:
    """Number the objects of a PDF, the catalogue first, and add the table of where they are."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, one in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + one + b"\nendobj\n")
    table = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write(b"".join(f"{place:010} 00000 n \n".encode() for place in places))
    out.write(
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{table}\n%%EOF".encode()
    )
    return out.getvalue()


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_REST = (
    f'{_W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def docx(body: str, *, notes: str = "", macros: bool = False, head: str = "", **more: bytes) -> bytes:
    """A Word document with this body; ``more`` are further parts, with ``__`` for each slash."""
    kind = _MACROS if macros else _TYPE
    parts = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
        ),
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
        ),
        "word/_rels/document.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/footnotes" Target="footnotes.xml"/></Relationships>'
        ),
        "word/document.xml": f"{head}<w:document {_REST}><w:body>{body}</w:body></w:document>",
        "word/footnotes.xml": f"<w:footnotes {_W}>{notes}</w:footnotes>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        for name, data in more.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def p(*runs: str) -> str:
    """A paragraph of a Word document; a run that is no markup is text."""
    return "<w:p>" + "".join(run if run.startswith("<") else r(run) for run in runs) + "</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'
