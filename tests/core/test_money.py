"""Money is integer fen; words only at the edge."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import capital_text, fen, wan_text, yuan_text


@given(st.integers(min_value=0, max_value=10**13))
def test_yuan_and_back_loses_nothing(amount: int) -> None:
    assert fen(Decimal(amount) / 100) == amount
    assert Decimal(yuan_text(amount).replace(",", "")) * 100 == amount


@pytest.mark.parametrize("yuan", [Decimal("0.001"), Decimal("10000.005")])
def test_a_fraction_of_a_fen_is_refused(yuan: Decimal) -> None:
    with pytest.raises(ValueError, match="不是整分"):
        fen(yuan)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (10_000_000, "10.00 万元"),
        (4_000_000, "4.00 万元"),
        (1_000_000, "1.00 万元"),
        (0, "0.00 万元"),
        (123_450, "1,234.50 元"),
    ],
)
def test_amounts_as_officials_read_them(amount: int, text: str) -> None:
    assert wan_text(amount) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (10_000_000, "人民币壹拾万元整"),
        (6_000_000, "人民币陆万元整"),
        (123_450, "人民币壹仟贰佰叁拾肆元伍角"),
    ],
)
def test_capital_numerals(amount: int, text: str) -> None:
    assert capital_text(amount) == text
