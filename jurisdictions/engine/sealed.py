"""Personal numbers as the engine sees them: a reference, a mask, and what was wrong with what was typed.

The number itself never comes here. Two cells stand for the same number when their references agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard


def is_sealed(value: Any) -> TypeGuard[Mapping[str, Any]]:
    """Whether a cell stands for a number that is kept elsewhere."""
    return isinstance(value, Mapping) and "ref" in value and "mask" in value


def problem_of(value: Mapping[str, Any]) -> str | None:
    """What was wrong with the number when it was typed; None when nothing was."""
    return str(value.get("problem") or "") or None


def without_numbers(value: Any) -> Any:
    """The mask of a sealed cell; everything else as it is."""
    return value["mask"] if is_sealed(value) else value
