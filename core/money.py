"""Money is integer fen in the database and in memory, and words only at the edge."""

from decimal import Decimal

import cn2an

FEN_PER_YUAN = 100


def fen(yuan: int | Decimal) -> int:
    """Fen of an amount in yuan; refuses fractions of a fen."""
    amount = Decimal(yuan) * FEN_PER_YUAN
    if amount != amount.to_integral_value():
        raise ValueError(f"{yuan} 元不是整分")
    return int(amount)


def yuan_text(amount_fen: int) -> str:
    """`1,234.50`: yuan with thousands separators and two places."""
    return f"{Decimal(amount_fen) / FEN_PER_YUAN:,.2f}"


def wan_text(amount_fen: int) -> str:
    """`10.00 万元`, the unit that officials read; small change is given in yuan."""
    yuan = Decimal(amount_fen) / FEN_PER_YUAN
    if yuan != 0 and (yuan * 100) % 10_000 != 0:
        return f"{yuan:,.2f} 元"
    return f"{yuan / 10_000:,.2f} 万元"


def capital_text(amount_fen: int) -> str:
    """The amount in the capital numerals that vouchers use: `人民币壹拾万元整`."""
    return "人民币" + str(cn2an.an2cn(str(Decimal(amount_fen) / FEN_PER_YUAN), "rmb"))
