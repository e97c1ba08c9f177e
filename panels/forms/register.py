"""What is written into the register, and who of it is called in."""

from __future__ import annotations

from typing import Any

from django import forms

from panels.enums import ExpertLevel, TieKind


class ParticularsForm(forms.Form):
    """What the register says of an expert."""

    title = forms.CharField(label="职称或职业资格", max_length=60)
    level = forms.TypedChoiceField(
        label="级别",
        choices=[("", "没有登记"), *ExpertLevel.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    employer = forms.CharField(
        label="工作单位", max_length=100, help_text="更换工作单位后，原单位自动登记为曾任职单位，三年内回避"
    )
    trades = forms.CharField(label="专业领域", max_length=200, required=False, help_text="几项用顿号分开")
    is_active = forms.BooleanField(
        label="在库", required=False, help_text="出库后不再参加抽取；已有的评审席位不变"
    )


class TieForm(forms.Form):
    """What ties an expert to a unit."""

    unit_name = forms.CharField(
        label="单位名称", max_length=100, error_messages={"required": "请填写单位名称。"}
    )
    kind = forms.ChoiceField(label="关系", choices=TieKind.choices)
    until = forms.DateField(
        label="离职日期", required=False, widget=forms.DateInput, help_text="曾任职的必填；满三年后不再回避"
    )
    note = forms.CharField(label="说明", max_length=200, required=False)


class AbsenceForm(forms.Form):
    """Days on which an expert cannot come."""

    begins_on = forms.DateField(label="开始日期", widget=forms.DateInput)
    ends_on = forms.DateField(label="结束日期", widget=forms.DateInput)


class AddExpertForm(forms.Form):
    """One more expert for a panel at work."""

    expert = forms.ModelChoiceField(label="专家", queryset=None, empty_label="请选择")

    def __init__(self, data: Any = None, *, experts: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["expert"].queryset = experts
