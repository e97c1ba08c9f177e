"""Words for the edge: dates, money, masked numbers and days left, as Chinese officials read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from core.clock import local
from core.masking import mask
from core.vault import Sealed, from_cell

EMPTY: Final = "—"


def pick(thing: Any, *names: str, default: Any = None) -> Any:
    """The first of these keys or attributes that is there and not None."""
    for name in names:
        value = thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)
        if value is not None:
            return value() if callable(value) and not isinstance(value, type) else value
    return default


def as_date(value: Any) -> date | None:
    """A day in Shanghai from a date, a moment or an ISO text; None when it is none of them."""
    if isinstance(value, datetime):
        return local(value).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            return None
    return None


def date_text(value: Any) -> str:
    """`2026年11月20日`; what is no date is given back as it is."""
    day = as_date(value)
    if day is None:
        return EMPTY if value in (None, "") else str(value)
    return f"{day.year}年{day.month}月{day.day}日"


def datetime_text(value: Any) -> str:
    """`2026年11月20日 10:32` by a Shanghai wall clock."""
    moment = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value or EMPTY
    if not isinstance(moment, datetime):
        return date_text(moment)
    wall = local(moment) if moment.tzinfo else moment
    return f"{date_text(wall)} {wall:%H:%M}"


# Where the name of a public body or of a post may be broken: after the place or its committee, and
# between its parts.
_BODY_BREAK: Final = re.compile(
    r"(?<=[省市县区旗])(?!委)|(?<=[省市县区旗]委)(?!员会|办)|(?<=[镇乡])(?=[^区县])|(?<=街道)(?!办)"
    r"|(?=人力资源|社会保障|公共服务|领导小组|组织部)|(?<=领导小组)|(?=办公室$)|(?<=和)(?=城乡)|(?=（)"
)


def body_parts(name: str) -> list[str]:
    """The name of a public body or of a post in the parts between which a line may end."""
    return [part for part in _BODY_BREAK.split(name) if part]


def mask_text(value: Any, kind: str) -> str:
    """A number with its middle hidden (`core.masking`); what is sealed shows the mask that it has."""
    if isinstance(value, Mapping):
        value = from_cell(value)
    return (str(value) if isinstance(value, Sealed) else mask(value, kind)) or EMPTY


def size_text(size: Any) -> str:
    """`1.2 MB`; nothing when the size is unknown."""
    if not isinstance(size, int):
        return ""
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{size / 1024:.0f} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def days_left_text(days: int, unit: str) -> tuple[str, str, str]:
    """Words, tone and icon for the days that remain. Red is for overdue only."""
    if days < 0:
        return f"已逾期 {-days} {unit}", "danger", "alert-triangle"
    if days == 0:
        return "今日截止", "warning", "clock-exclamation"
    tone = "warning" if days <= 3 else "neutral"
    return f"剩余 {days} {unit}", tone, "clock"


def begins_text(day: Any, days: int) -> tuple[str, str, str]:
    """Words, tone and icon where a text names the first day and no last one: never late."""
    return f"自{date_text(day)}起可以办理", "neutral" if days > 0 else "progress", "calendar-event"


def figure_rows(figures: Any) -> list[tuple[str, Any]]:
    """Figures as (label, value) rows, from a mapping, pairs, or plain texts."""
    if not figures:
        return []
    if isinstance(figures, Mapping):
        return [(str(key), value) for key, value in figures.items()]
    if isinstance(figures, str):
        return [("", figures)]
    rows: list[tuple[str, Any]] = []
    for figure in figures if isinstance(figures, Iterable) else [figures]:
        if isinstance(figure, str):
            rows.append(("", figure))
        elif isinstance(figure, tuple | list):
            rows.append((str(figure[0]), figure[1]))
        else:
            label = pick(figure, "label", "name", default="")
            rows.append((str(label), pick(figure, "value", "amount", default=EMPTY)))
    return rows
