"""Facts that no form of a text holds: a person finds them out, and what is found is asked of the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class AskedFact:
    """One thing to find out. `rule` names the rule that waits for it."""

    name: str
    label: str
    kind: Literal["yes_no", "name", "names", "several"]
    clause: str
    rule: str
    choices: tuple[str, ...] = ()
