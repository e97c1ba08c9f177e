"""The code with which whoever raised an objection looks up, without an account, where it stands."""

from __future__ import annotations

import hashlib
import secrets

from notices.models import Objection

# Nobody takes 0 for O or 1 for I when writing it down. Twelve of them are 59 bits.
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH = 12
_GROUP = 4


def new_receipt() -> str:
    """`K7QM-3XHT-9RWD`; only its hash is kept."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
    return "-".join(signs[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def hash_of(receipt: str) -> str:
    """Of the code however it was typed: small letters, with or without its dashes."""
    plain = "".join(char for char in receipt.upper() if char.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def objection_with(receipt: str) -> Objection | None:
    """The objection of the tenant in scope that this code was given for."""
    found: Objection | None = (
        Objection.objects.filter(receipt_hash=hash_of(receipt)).select_related("notice", "entry").first()
        if receipt.strip()
        else None
    )
    return found
