"""What a file really is: read by its content, never by its name, and without opening what could burst.

Each kind has its own module; all of them raise `Refused` with the rest of a sentence that begins
with the file's name.
"""

from __future__ import annotations

from typing import BinaryIO

from documents.inspection import images, office, pdf, sniffing
from documents.inspection.refusal import Refused

__all__ = ["Refused", "inspect"]


def inspect(file: BinaryIO, kind: str) -> bytes | None:
    """Checks a file of the kind that its name claims; the position is moved.

    Gives the bytes to store where they are others than those received (a picture is made anew),
    else None. Raises `Refused`.
    """
    sniffing.check(file, kind)
    if kind == "pdf":
        pdf.check(file)
    elif kind in office.PARTS:
        office.check(file, kind)
    else:
        return images.remake(file, kind)
    return None
