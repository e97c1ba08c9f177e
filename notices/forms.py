"""What people type about notices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from core import clock
from notices.enums import StepKind
from notices.evidence import ACCEPTS
from notices.models import Objection, PublicNotice
from notices.objections import MAX_TEXT, may_be_objected_to

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


class FilesInput(forms.ClearableFileInput):
    """Chooses several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; `clean` gives a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(FilesField, self).clean(one, initial) for one in data or [] if one]


def _files_field() -> FilesField:
    kinds = "、".join(ACCEPTS)
    accept = ",".join(f".{kind}" for kind in ACCEPTS)
    return FilesField(
        label="佐证材料",
        required=False,
        widget=FilesInput(attrs={"accept": accept}),
        help_text=f"可上传 {kinds}；加密存放，只供核查使用",
    )


class ObjectionForm(forms.Form):
    """What anybody may say against a line of a notice whose list stands."""

    entry = forms.ModelChoiceField(None, label="针对哪一条", empty_label="请选择")
    anonymous = forms.BooleanField(
        label="我不愿署名", required=False, help_text="照样登记，但受理部门无法向您核实和答复"
    )
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

    files = _files_field()

    def __init__(self, notice: PublicNotice, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        field = self.fields["entry"]
        assert isinstance(field, forms.ModelChoiceField)
        shown = notice.entries.prefetch_related("subject")
        open_ones = [entry.pk for entry in shown if may_be_objected_to(entry)]
        field.queryset = notice.entries.filter(pk__in=open_ones)
        most = settings.PUBLIC_UPLOAD_FILES, settings.PUBLIC_UPLOAD_BYTES // 1048576
        self.fields["files"].help_text += "；最多 {} 个文件，每个不超过 {} MB".format(*most)
        if self.data.get("anonymous"):
            self.fields["name"].required = self.fields["contact"].required = False

    @property
    def has_entries(self) -> bool:
        """Whether there is a line about which something may still be said."""
        field = self.fields["entry"]
        assert isinstance(field, forms.ModelChoiceField)
        return bool(field.queryset and field.queryset.exists())


class ReceiptForm(forms.Form):
    """The code that whoever raised an objection was given."""

    receipt = forms.CharField(label="查询码", max_length=30, help_text="提交异议时显示的 12 位查询码")


class StepForm(forms.Form):
    """One thing that was done to look into an objection."""

    kind = forms.ChoiceField(label="方式", choices=StepKind.choices)
    done_on = forms.DateField(label="日期", widget=forms.DateInput)
    done_by = forms.CharField(label="核查人", max_length=100, help_text="多人用顿号隔开")
    text = forms.CharField(label="核查情况", widget=forms.Textarea(attrs={"rows": 4}))
    files = _files_field()

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial={"done_on": clock.today()})


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
    reply = forms.CharField(
        label="答复异议人",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="印入答复，凭查询码也能看到，不要写个人信息；不填的只写结论",
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
            "reply": given["reply"],
            "conditions_unmet": meaning.get(given.get("conditions_unmet", "")),
            "keep_despite": meaning.get(given.get("keep_despite", "")),
        }
