"""The numbers under which an application is known once it has been handed in, and a list that was sent up."""

from typing import Any

from core.numbering import take_number


def next_number(round_: Any) -> str:
    """`沁水申2024-0001`: without gaps within the jurisdiction and the round's year."""
    sequence = take_number(f"applications.{round_.year}")
    return f"{round_.tenant.short_name}申{round_.year}-{sequence:04}"


def next_list_number(round_: Any) -> str:
    """`沁水汇2024-0001`: of a list that a first desk sends up, without gaps as above."""
    sequence = take_number(f"consolidations.{round_.year}")
    return f"{round_.tenant.short_name}汇{round_.year}-{sequence:04}"
