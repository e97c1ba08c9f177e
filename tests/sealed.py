"""What a sealed number stands for: tests compare it with what was typed."""

from typing import Any

from core.vault import Sealed, from_cell, open_texts


def plain(value: Any) -> str:
    """The number behind a sealed text or a document's cell, in the tenant in scope."""
    return open_texts([value if isinstance(value, Sealed) else from_cell(value)])[0]
