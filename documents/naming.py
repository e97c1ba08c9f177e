"""What a person calls a file: kept readable, never a path, never a trick on the reader."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

from core.masking import redact_name

MAX_NAME = 120
# Controls, format marks (direction, joiners), lone surrogates, line and paragraph ends.
_INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
ALIASES = {"jpeg": "jpg"}


def clean_name(given: str | None) -> str:
    """The name without folders, control characters and marks that turn the reading direction
    (`证件\\u202efdp.exe` reads as a PDF); a person's number in it is masked, for names stand open in lists
    and logs; a long one keeps its front and its extension."""
    name = PurePosixPath(PureWindowsPath(given or "").name).name
    name = "".join(char for char in name if unicodedata.category(char) not in _INVISIBLE)
    name = unicodedata.normalize("NFC", " ".join(name.split())).strip(". ")
    name = redact_name(name)
    if len(name) > MAX_NAME:
        stem, dot, extension = name.rpartition(".")
        keep = f"{dot}{extension}" if dot and len(extension) <= 10 else ""
        name = (stem if keep else name)[: MAX_NAME - len(keep)].rstrip() + keep
    return name or "未命名"


def kind_of(name: str) -> str:
    """The kind that the extension claims, in its plain spelling; empty when there is none."""
    extension = PurePosixPath(name).suffix.lower().lstrip(".")
    return ALIASES.get(extension, extension)
