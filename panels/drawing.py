"""The draw itself: which experts, in which order. The standard library alone, so that anybody can repeat it.

The seed is drawn by the system and fixed by its digest before anybody is drawn. Every candidate has a key;
the order is that of SHA-256 over seed and key. Whoever comes first is seated, as long as no employer gets
more seats than it may; those that follow stand by.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Named in every record: another way to draw is another name.
RULE = "sha256-order/1"


class NotReproduced(ValueError):
    """The record does not come out as it says; the words say where."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One in the pot: the key of the register, and whom the person works for."""

    key: str
    employer: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """Keys in the order in which they were drawn: the seated, those who stand by, those passed over.

    Passed over is who came up while the seats of the own employer were taken.
    """

    seated: tuple[str, ...]
    reserves: tuple[str, ...]
    passed_over: tuple[str, ...]


def new_seed() -> str:
    """256 bits that nobody chose, in hexadecimal."""
    return secrets.token_hex(32)


def commitment_of(seed: str) -> str:
    """What may be told of the seed before the draw."""
    return hashlib.sha256(seed.encode()).hexdigest()


def order_of(seed: str, keys: Sequence[str]) -> list[str]:
    """The order of the draw, whatever the order in which the keys came."""
    return sorted(keys, key=lambda key: (hashlib.sha256(f"{seed}:{key}".encode()).digest(), key))


def draw(
    seed: str,
    candidates: Sequence[Candidate],
    *,
    seats: int,
    reserves: int,
    most_of_one_employer: int | None = None,
) -> Drawn:
    """Seats and reserves by the seed. Fewer are seated than wanted where the pot does not give more."""
    employers = {candidate.key: candidate.employer for candidate in candidates}
    taken: Counter[str] = Counter()
    seated, waiting, passed = list[str](), list[str](), list[str]()
    for key in order_of(seed, list(employers)):
        full = most_of_one_employer is not None and taken[employers[key]] >= most_of_one_employer
        if len(seated) < seats and full:
            passed.append(key)
        elif len(seated) < seats:
            seated.append(key)
            taken[employers[key]] += 1
        elif len(waiting) < reserves:
            waiting.append(key)
    return Drawn(tuple(seated), tuple(waiting), tuple(passed))


def replay(record: Mapping[str, Any]) -> Drawn:
    """Draws again from a record alone; raises `NotReproduced` where it comes out otherwise.

    The record is what `panels.draws.record_of` gives: rule, commitment, seed, candidates, numbers, result.
    """
    try:
        rule, seed, commitment = record["rule"], record["seed"], record["commitment"]
        candidates = [Candidate(str(one["key"]), str(one["employer"])) for one in record["candidates"]]
        numbers = {
            "seats": int(record["seats"]),
            "reserves": int(record["reserves"]),
            "most_of_one_employer": _number(record.get("most_of_one_employer")),
        }
        result = {name: tuple(map(str, record["result"][name])) for name in Drawn.__slots__}
    except (KeyError, TypeError, ValueError) as error:
        raise NotReproduced(f"记录不完整：{error}") from None
    if rule != RULE:
        raise NotReproduced(f"抽取规则“{rule}”不是“{RULE}”，不能复核")
    if commitment_of(seed) != commitment:
        raise NotReproduced("种子与事先公布的摘要不符")
    if len({candidate.key for candidate in candidates}) != len(candidates):
        raise NotReproduced("候选名单中有重复的专家")
    drawn = draw(seed, candidates, **numbers)
    for name, words in (("seated", "抽中"), ("reserves", "候补"), ("passed_over", "同单位超额跳过")):
        if getattr(drawn, name) != result[name]:
            raise NotReproduced(f"{words}名单与记录不符")
    return drawn


def _number(value: Any) -> int | None:
    return None if value is None else int(value)
