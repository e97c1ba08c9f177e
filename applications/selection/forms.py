"""Forms of the leading bureau: the call, the panel, the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from applications.models import Application, Round
from applications.selection.decision import Choice, needs_reason
from core import clock
from panels.forms.draws import DrawNumbers
from panels.models import Expert

CHOICES = (("propose", "列入"), ("not_select", "不列入"))


# What the form proposes; the bureau words it, no regulation here says it.
RECOURSE = "如不服本决定，可以自收到之日起六十日内依法申请行政复议，或者六个月内依法提起行政诉讼。"
MINUTE = "%Y-%m-%dT%H:%M"


class MinuteInput(forms.DateTimeInput):
    """The browser's own picker of day and minute."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format=MINUTE)


class MinuteField(forms.DateTimeField):
    """A moment to the minute, by the clock in Shanghai."""

    widget = MinuteInput
    input_formats = (MINUTE, "%Y-%m-%d %H:%M")


class RoundForm(forms.Form):
    """A year's call."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    title = forms.CharField(label="标题", max_length=150)
    announcement = forms.CharField(
        label="申报通知",
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="申报单位在公开页面看到的内容；条件和材料清单由办法自动列出，不必重复",
        required=False,
    )
    opens_at = MinuteField(label="开始时间")
    closes_at = MinuteField(label="截止时间", help_text="到这一分钟为止，逾期不能提交")
    basis = forms.CharField(
        label="举办依据",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="办法在开始之日不在有效期内或不能确定时必须填写：依据哪份文件或会议纪要",
    )

    recourse = forms.CharField(
        label="救济途径",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        initial=RECOURSE,
        help_text="写入不予通过和取消资格的通知书，请按本地规定核对",
    )

    def __init__(self, data: Any = None, *, published: bool = False, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if published:
            for name in ("year", "opens_at", "closes_at"):
                self.fields[name].disabled = True
            self.fields["closes_at"].help_text = "已发布，改时间请办理“调整申报时间”"

    @classmethod
    def initial_of(cls, round_: Round) -> dict[str, Any]:
        """What the form shows of a round."""
        return {
            "year": round_.year,
            "title": round_.title,
            "announcement": round_.announcement,
            "opens_at": clock.local(round_.opens_at),
            "closes_at": clock.local(round_.closes_at),
            "basis": round_.basis,
            "recourse": round_.recourse,
        }


class ScheduleForm(forms.Form):
    """When a published call opens and ends instead, why, and by which paper."""

    opens_at = MinuteField(label="开始时间")
    closes_at = MinuteField(label="截止时间", help_text="只能延后；已截止的批次会重新开放到这一时间")
    reference = forms.CharField(
        label="依据文件",
        max_length=100,
        help_text="文号或会议纪要编号，会在公开页面显示",
        error_messages={"required": "请填写依据的文件或会议纪要。"},
    )
    reason = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="会在公开页面显示，并告知已开始填报的单位",
        error_messages={"required": "请写明调整申报时间的理由。"},
    )

    def __init__(self, data: Any = None, *, round_: Round, **kwargs: Any) -> None:
        initial = {"opens_at": clock.local(round_.opens_at), "closes_at": clock.local(round_.closes_at)}
        super().__init__(data, initial=initial, **kwargs)
        # A call that has begun has begun.
        self.fields["opens_at"].disabled = round_.opens_at <= clock.now()


class CallFileForm(forms.Form):
    """A file that the call offers to download."""

    file = forms.FileField(
        label="文件", help_text="PDF、DOCX 或 XLSX", error_messages={"required": "请选择要上传的文件。"}
    )
    label = forms.CharField(label="名称", max_length=100, error_messages={"required": "请填写附件名称。"})
    material = forms.ChoiceField(label="对应材料", required=False)

    def __init__(self, data: Any = None, files: Any = None, *, round_: Round, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        materials = [(one.name, one.label) for one in round_.rules.materials]
        self.fields["material"].choices = [("", "不对应某项材料"), *materials]


class ExpertChoice(forms.ModelMultipleChoiceField):
    """Experts with what an organiser must know of them."""

    def label_from_instance(self, expert: Expert) -> str:
        trades = f"，{expert.trades}" if expert.trades else ""
        return f"{expert.user}（{expert.employer}，{expert.title}{trades}）"


class ApplicationChoice(forms.ModelMultipleChoiceField):
    """Applications by unit and number."""

    def offer(self, applications: QuerySet[Application]) -> None:
        """These, read once: what the page lists is what the form offers."""
        self.queryset = applications
        self.choices = [(one.pk, self.label_from_instance(one)) for one in applications]

    def label_from_instance(self, application: Application) -> str:
        return f"{application.unit.name}（{application.number}）"


class PanelForm(forms.Form):
    """Who judges what, by when."""

    applications = ApplicationChoice(
        label="评审对象",
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一份申报。"},
    )
    experts = ExpertChoice(
        label="评审专家",
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择专家。"},
    )
    due_on = forms.DateField(label="评审截止日期", widget=forms.DateInput, required=False)

    def __init__(self, data: Any = None, *, applications: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["applications"].offer(applications)
        self.fields["experts"].queryset = Expert.objects.filter(is_active=True).select_related("user")


class DrawForm(DrawNumbers):
    """For which applications how many experts are drawn."""

    applications = ApplicationChoice(
        label="评审对象",
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一份申报。"},
    )

    def __init__(self, data: Any = None, *, applications: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["applications"].offer(applications)


class ListForm(forms.Form):
    """The list: each evaluated application in or out, with its reason where one is needed."""

    def __init__(
        self,
        data: Any = None,
        *,
        applications: Sequence[Application],
        outcomes: Mapping[int, Mapping[str, Any]],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.applications, self.outcomes = applications, outcomes
        for application in applications:
            pk, name = application.pk, application.unit.name
            self.fields[f"choice-{pk}"] = forms.ChoiceField(
                label=f"{name}：是否列入",
                choices=CHOICES,
                widget=forms.RadioSelect,
                error_messages={"required": "请选择是否列入名单。"},
            )
            self.fields[f"reason-{pk}"] = forms.CharField(
                label=f"{name}：理由",
                required=False,
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for application in self.applications:
            pk = application.pk
            choice, reason = cleaned.get(f"choice-{pk}"), cleaned.get(f"reason-{pk}")
            if choice == "not_select" and not reason:
                self.add_error(f"reason-{pk}", "不列入名单须写明理由。")
            if choice == "propose" and not reason and needs_reason(self.outcomes.get(pk, {})):
                self.add_error(f"reason-{pk}", "专家意见未过半数建议认定，列入名单须说明理由。")
        return cleaned

    def choices(self) -> dict[int, Choice]:
        """What `applications.selection.decision.decide_round` takes."""
        return {
            a.pk: Choice(
                self.cleaned_data[f"choice-{a.pk}"] == "propose", self.cleaned_data[f"reason-{a.pk}"]
            )
            for a in self.applications
        }
