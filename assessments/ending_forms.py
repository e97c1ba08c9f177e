"""What is asked of whoever proposes that a station ends, and of whoever decides it."""

from __future__ import annotations

from typing import Any

from django import forms

from applications.selection.forms import RECOURSE
from assessments.ending import asks_serious, grounds_open_to, key_of, steps_of
from assessments.enums import EndingKind
from assessments.models import StationEnding
from jurisdictions.engine.values import plain_label
from stations.models import Station

YES_NO = (("yes", "情节严重"), ("no", "情节不严重"))
LENGTH = 4000


class RevocationForm(forms.Form):
    """A ground of the text, what was established, how the unit was heard."""

    ground = forms.ChoiceField(label="撤销情形", error_messages={"required": "请选择文件规定的撤销情形。"})
    reason = forms.CharField(
        label="查明的事实和理由",
        max_length=LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="印入决定书，不要写与决定无关的个人信息",
        error_messages={"required": "请写明查明的事实和理由。"},
    )
    heard = forms.CharField(
        label="听取单位意见的情况",
        max_length=LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="何时、以什么方式告知单位，单位怎样陈述；印入决定书",
        error_messages={"required": "请写明听取单位意见的情况。"},
    )
    serious = forms.ChoiceField(
        label="是否情节严重",
        choices=YES_NO,
        widget=forms.RadioSelect,
        required=False,
        help_text="文件规定情节严重的才追回资金",
    )

    def __init__(self, data: Any = None, *, station: Station) -> None:
        super().__init__(data)
        grounds = grounds_open_to(station)
        rules = station.profile.rules
        self.fields["ground"].choices = [
            ("", "请选择"),
            *((key_of(one), f"{one.label}（{rules.article(one.clauses[0])}）") for one in grounds),
        ]
        if not any(asks_serious(station, one) for one in grounds):
            del self.fields["serious"]

    def clean_serious(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data["serious"])


class DecideForm(forms.Form):
    """What a decision says beside the proposal: recourse, or the steps that the text wants first."""

    recourse = forms.CharField(
        label="救济途径",
        max_length=LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="单位不服时可以怎样申请救济；印入决定书",
        error_messages={"required": "请写明单位不服时的救济途径。"},
    )
    done = forms.MultipleChoiceField(
        label="已经完成的步骤", widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, data: Any = None, *, ending: StationEnding) -> None:
        super().__init__(data, initial={"recourse": RECOURSE})
        if ending.kind == EndingKind.REVOCATION:
            del self.fields["done"]
        else:
            del self.fields["recourse"]
            self.fields["done"].choices = [
                (step.name, plain_label(step)) for step in steps_of(ending.station)
            ]
