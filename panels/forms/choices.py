"""What several forms of panels share."""

from __future__ import annotations

from typing import Any

from django import forms

MAX_COMMENT = 2000


class MemberChoice(forms.ModelMultipleChoiceField):
    """Experts of a panel, or their sheets, by the expert's name."""

    def label_from_instance(self, row: Any) -> str:
        expert = getattr(row, "expert", None) or row.member.expert
        return f"{expert.user}（{expert.employer}）"
