"""Personal numbers on a page: the mask, and beside it the way to the plain number for whoever may."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context

from accounts.reveal import Reason
from core.templatetags.ui.base import render
from core.templatetags.wording import mask_text

register = template.Library()


def _choices(reasons: str) -> list[tuple[str, str]]:
    """The reasons that this place offers, and another one in words."""
    offered: Iterable[str] = [*reasons.split(), Reason.OTHER] if reasons else Reason.values
    return [(name, Reason(name).label) for name in offered]


@register.simple_tag(takes_context=True)
def revealable(
    context: Context,
    value: Any = "",
    action: str = "",
    field: str = "",
    reasons: str = "",
    label: str = "查看",
) -> str:
    """A sealed number: its mask, with a small form below that asks for the reason and posts to `action`.

    `reasons` are names of `accounts.reveal.Reason`, blank-separated. Without `action` (the reader may
    not) or without a number there is the mask alone; without `value` only the form, for a whole table.
    """
    shown = mask_text(value, "contact") if value or not action else ""
    return render(
        context,
        "masked",
        shown=shown,
        action=action if value or not shown else "",
        field=field,
        label=label,
        reasons=_choices(reasons),
        ident="reveal-" + field.replace(".", "-").replace(":", "-"),
    )
