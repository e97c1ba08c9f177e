"""The numbers under which an application is known once it has been handed in, and a list that was sent up."""

from typing import Any

from core.numbering import take_number, take_numbers


def next_number(round_: Any) -> str:
    """`沁水申2024-0001`: without gaps within the jurisdiction and the round's year."""
    return next_numbers(round_, 1)[0]


def next_numbers(round_: Any, how_many: int) -> list[str]:
    """The next numbers, one after the other."""
    taken = take_numbers(f"applications.{round_.year}", how_many)
    return [f"{round_.tenant.short_name}申{round_.year}-{sequence:04}" for sequence in taken]


def next_list_number(round_: Any) -> str:
    """`沁水汇2024-0001`: of a list that a first desk sends up, without gaps as above."""
    sequence = take_number(f"consolidations.{round_.year}")
    return f"{round_.tenant.short_name}汇{round_.year}-{sequence:04}"
