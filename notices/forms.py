"""What people type about notices."""

from __future__ import annotations

from typing import Any

from django import forms

from notices.models import Objection, PublicNotice
from notices.objections import MAX_TEXT

YES_NO = [("yes", "是"), ("no", "否")]


class DraftForm(forms.Form):
    """The words of a notice that is still a draft."""

    title = forms.CharField(label="标题", max_length=200)
    body = forms.CharField(
        label="正文",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="每段一行；公示起止日期在发布时自动写入第一段之后",
    )
    contact = forms.CharField(
        label="受理方式",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="每行一项：受理部门、电话、地址、邮编",
    )


class ObjectionForm(forms.Form):
    """What anybody may say against a line of a running notice."""

    entry = forms.ModelChoiceField(None, label="针对哪一条", empty_label="请选择")
    name = forms.CharField(
        label="姓名或单位名称", max_length=100, help_text="须为真实姓名或单位全称，只供核查使用，不会公开"
    )
    contact = forms.CharField(
        label="联系方式", max_length=100, help_text="电话或电子邮箱，只供核查使用，不会公开"
    )
    text = forms.CharField(
        label="异议内容",
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=f"请写明事实和理由，不超过 {MAX_TEXT} 字",
    )

    def __init__(self, notice: PublicNotice, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["entry"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = notice.entries.all()


class FindingForm(forms.Form):
    """What the bureau found about an objection; two more questions where the text has two limbs."""

    verdict = forms.ChoiceField(
        label="核查结论",
        choices=[("not_upheld", "异议不成立"), ("upheld", "异议成立")],
        widget=forms.RadioSelect,
    )
    conditions_unmet = forms.ChoiceField(
        label="异议成立时：是否确认不符合条件", choices=YES_NO, widget=forms.RadioSelect, required=False
    )
    keep_despite = forms.ChoiceField(
        label="异议成立但仍符合条件时：如何处理（文件未作规定，须人工决定）",
        choices=[("yes", "保留资格"), ("no", "取消资格")],
        widget=forms.RadioSelect,
        required=False,
    )
    finding = forms.CharField(
        label="核查情况和理由",
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="异议成立并取消资格的，申报单位会看到这段文字",
    )

    def __init__(self, objection: Objection, data: Any = None) -> None:
        super().__init__(data)
        rule = objection.notice.rules.notice
        if rule is None or rule.upheld != "refuses_if_unmet_else_manual":
            del self.fields["conditions_unmet"], self.fields["keep_despite"]

    @property
    def answers(self) -> dict[str, Any]:
        """The finding as `decide_objection` takes it."""
        meaning = {"yes": True, "no": False}
        given = self.cleaned_data
        return {
            "upheld": given["verdict"] == "upheld",
            "finding": given["finding"],
            "conditions_unmet": meaning.get(given.get("conditions_unmet", "")),
            "keep_despite": meaning.get(given.get("keep_despite", "")),
        }
