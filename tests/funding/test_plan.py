"""M13: whatever plan a profile holds, its tranches come to its total, in whole fen, and so do the books."""

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import fen
from funding.awards import grant_award
from funding.ledger import balance
from funding.models import Award
from jurisdictions.engine import award_plan, bundled_profiles, load_profile, parse_profile
from tests.stations.builders import build_station
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", bundled_profiles(), ids=lambda path: path.parent.name)
def test_the_tranches_of_every_profile_come_to_its_total(path: Path) -> None:
    profile = load_profile(path)
    total = profile.award.total_yuan if profile.award else 0
    assert sum(part.amount_yuan for part in award_plan(profile)) == total
    for part in award_plan(profile):
        assert part.percent is None or part.amount_yuan * 100 == total * part.percent


@settings(max_examples=12, deadline=None)
@given(
    amounts=st.lists(st.integers(min_value=1, max_value=10**9), min_size=1, max_size=5),
    wrong=st.integers(1, 99),
)
def test_a_plan_is_loaded_only_when_it_adds_up(amounts: list[int], wrong: int) -> None:
    right = _with_plan(amounts, sum(amounts))
    plan = award_plan(parse_profile(right, source="right"))
    assert [fen(part.amount_yuan) for part in plan] == [amount * 100 for amount in amounts]
    assert sum(fen(part.amount_yuan) for part in plan) == sum(amounts) * 100
    with pytest.raises(ValueError, match="award"):
        parse_profile(_with_plan(amounts, sum(amounts) + wrong), source="wrong")


def _with_plan(amounts: list[int], total: int) -> str:
    """Wenzhou's profile with another plan."""
    path = next(path for path in bundled_profiles() if path.parent.name == "wenzhou")
    text = path.read_text(encoding="utf-8")
    head, rest = text.split("\naward:\n", 1)
    tail = rest[rest.index("\n\n") :]
    tranches = "".join(
        f"    - {{seq: {seq}, label: 第{seq}批, amount_yuan: {amount}, "
        "condition: {kind: designated}, clause: WZ-6.1a}\n"
        for seq, amount in enumerate(amounts, 1)
    )
    return (
        f"{head}\naward:\n  label: 补助\n  total_yuan: {total}\n  payer: city_finance\n  clause: WZ-6.1a\n"
        f"  tranches:\n{tranches}{tail}"
    )


@pytest.mark.parametrize("world", ["qinshui", "gaoming", "yantai", "wenzhou"], indirect=True)
def test_the_books_hold_what_the_plan_says(world: World) -> None:
    station = build_station(world)
    grant_award(station=station, actor=None)
    award = Award.objects.get(station=station)
    assert sum(award.tranches.values_list("amount_fen", flat=True)) == award.total_fen
    assert balance().owed_by_books_fen == award.total_fen


def test_no_float_where_money_is() -> None:
    """No float literal, no call of `float`, no float column in the rooms of money."""
    found = []
    for path in [*(ROOT / "funding").rglob("*.py"), ROOT / "core" / "money.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            named = isinstance(node, ast.Name | ast.Attribute) and getattr(
                node, "id", getattr(node, "attr", "")
            ) in (
                "float",
                "FloatField",
            )
            if literal or named:
                found.append(f"{path.name}:{node.lineno}")
    assert found == []
