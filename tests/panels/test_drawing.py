"""The draw itself: decided by the seed alone, and repeated from the record alone."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from panels.drawing import RULE, Candidate, NotReproduced, commitment_of, draw, new_seed, replay

SEED = "00" * 32
EXPECTED = ("1", "8", "5", "9", "4", "6", "12", "3", "7", "2", "11", "10")
POT = [Candidate(str(number), f"单位{number % 4}") for number in range(1, 13)]


def record(**changes: Any) -> dict[str, Any]:
    drawn = draw(SEED, POT, seats=5, reserves=2, most_of_one_employer=2)
    return {
        "rule": RULE,
        "commitment": commitment_of(SEED),
        "seed": SEED,
        "seats": 5,
        "reserves": 2,
        "most_of_one_employer": 2,
        "candidates": [{"key": one.key, "employer": one.employer, "name": f"专家{one.key}"} for one in POT],
        "result": {name: list(getattr(drawn, name)) for name in ("seated", "reserves", "passed_over")},
        **changes,
    }


def test_the_order_is_the_one_that_anybody_computes() -> None:
    """Fixed once by `printf %s:%s SEED KEY | sha256sum | sort`; another order is another rule."""
    drawn = draw(SEED, POT, seats=12, reserves=0)
    assert drawn.seated == EXPECTED
    assert draw(SEED, list(reversed(POT)), seats=12, reserves=0) == drawn


@given(seed=st.binary(min_size=32, max_size=32), seats=st.integers(1, 12), reserves=st.integers(0, 6))
def test_nobody_is_drawn_twice_and_no_employer_too_often(seed: bytes, seats: int, reserves: int) -> None:
    drawn = draw(seed.hex(), POT, seats=seats, reserves=reserves, most_of_one_employer=2)
    keys = [*drawn.seated, *drawn.reserves, *drawn.passed_over]
    employers = {one.key: one.employer for one in POT}
    assert len(keys) == len(set(keys))
    assert max(Counter(employers[key] for key in drawn.seated).values()) <= 2
    # Four employers of three: eight seats at most can be filled.
    assert len(drawn.seated) == min(seats, 8)
    assert len(drawn.reserves) <= reserves


def test_everybody_has_the_same_chance() -> None:
    """Each of twelve is seated in about five of twelve draws (2,000 seeds; five standard deviations)."""
    seated = Counter(
        key for number in range(2000) for key in draw(f"{number:064x}", POT, seats=5, reserves=0).seated
    )
    assert set(seated) == {one.key for one in POT}
    assert all(abs(count - 833) < 111 for count in seated.values())
    assert new_seed() != new_seed()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seed": "11" * 32}, "摘要不符"),
        ({"rule": "dice"}, "规则"),
        ({"seats": 4}, "抽中名单"),
        ({"reserves": 3}, "候补名单"),
        ({"most_of_one_employer": None}, "名单与记录不符"),
        ({"candidates": [{"key": "1", "employer": "x"}] * 2}, "重复"),
        ({"candidates": None}, "不完整"),
        ({"result": {"seated": []}}, "不完整"),
    ],
)
def test_a_record_that_was_touched_is_not_reproduced(changes: dict[str, Any], words: str) -> None:
    replay(record())
    with pytest.raises(NotReproduced, match=words):
        replay(record(**changes))


def test_one_candidate_more_or_less_changes_the_record() -> None:
    fewer = record()
    seated = fewer["result"]["seated"][0]
    fewer["candidates"] = [one for one in fewer["candidates"] if one["key"] != seated]
    with pytest.raises(NotReproduced):
        replay(fewer)


def test_the_command_needs_the_record_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "draw.json"
    path.write_text(json.dumps(record()), encoding="utf-8")
    call_command("replay_draw", str(path))
    told = capsys.readouterr().out
    assert "与记录一致" in told
    assert f"专家{record()['result']['seated'][0]}" in told
    for spoilt, words in ((record(seed=""), "尚未抽取"), (record(seats=3), "不能复现"), ([1], "JSON 对象")):
        path.write_text(json.dumps(spoilt), encoding="utf-8")
        with pytest.raises(CommandError, match=words):
            call_command("replay_draw", str(path))
    path.write_text("{", encoding="utf-8")
    with pytest.raises(CommandError, match="不能读取记录"):
        call_command("replay_draw", str(path))


def test_a_record_written_before_draws_knew_levels_and_loads_still_replays() -> None:
    """Digest and result are written out: neither is computed by the code under test."""
    old = {
        "rule": "sha256-order/1",
        "commitment": "60e05bd1b195af2f94112fa7197a5c88289058840ce7c6df9693756bc6250f55",
        "seed": SEED,
        "seats": 3,
        "reserves": 2,
        "most_of_one_employer": 1,
        "candidates": [{"key": one.key, "expert": int(one.key), "employer": one.employer} for one in POT],
        "excluded": [{"key": "13", "expert": 13, "employer": "某厂", "reasons": ["某厂：现任职于该单位"]}],
        "result": {"seated": ["1", "8", "6"], "reserves": ["12", "3"], "passed_over": ["5", "9", "4"]},
    }
    assert replay(old).seated == ("1", "8", "6")
