"""States that carry how they are shown: a word, a tone and an icon."""

from __future__ import annotations

from typing import Self

from django.db import models


class StateChoices(models.TextChoices):
    """Members are written `NAME = value, tone, icon, label`.

    `tone` is one of neutral, progress, success, warning, danger; `icon` a Tabler icon name.
    """

    tone: str
    icon: str

    def __new__(cls, value: str, tone: str = "neutral", icon: str = "circle") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.tone = tone
        member.icon = icon
        return member
