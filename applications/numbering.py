"""The number under which an application is known once it has been handed in."""

from typing import Any

from core.numbering import take_number


def next_number(round_: Any) -> str:
    """`沁水申2024-0001`: without gaps within the jurisdiction and the round's year."""
    sequence = take_number(f"applications.{round_.year}")
    return f"{round_.tenant.short_name}申{round_.year}-{sequence:04}"
