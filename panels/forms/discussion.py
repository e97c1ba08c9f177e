"""What is written of a signed sheet: why it goes back, and what was talked about."""

from __future__ import annotations

from typing import Any

from django import forms

from panels.forms.choices import MAX_COMMENT, MemberChoice


class ReopenForm(forms.Form):
    """Why a signed sheet is to be given back."""

    reason = forms.CharField(
        label="退回理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="专家会看到",
        error_messages={"required": "请写明为什么要退回重评。"},
    )


class DiscussionForm(forms.Form):
    """Who talked about an item, when, and what was said."""

    held_on = forms.DateField(label="合议日期", widget=forms.DateInput)
    participants = MemberChoice(
        label="参加合议的专家",
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择参加合议的专家。"},
    )
    record = forms.CharField(
        label="合议记录",
        max_length=MAX_COMMENT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="分歧在哪里、各方理由、合议结论",
        error_messages={"required": "请写明合议经过和结论。"},
    )
    give_back = MemberChoice(
        label="退回谁的评审表重评",
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不退回的不选；退回须由另一人批准，原版次保留",
    )

    def __init__(self, data: Any = None, *, members: Any, sheets: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["participants"].queryset = members
        self.fields["give_back"].queryset = sheets
