"""How a bureau sets the way in which its panels judge."""

from __future__ import annotations

from typing import Any

from django import forms

from panels.enums import Mean, Method, Rounding, TieRule
from panels.models import Scheme
from panels.schemes import LEAST_TO_TRIM, MOST_CRITERIA


class CriterionForm(forms.Form):
    """One line of the bureau's own score sheet."""

    label = forms.CharField(label="评分项目", max_length=60, required=False)
    max = forms.DecimalField(
        label="满分",
        required=False,
        min_value=0,
        max_digits=6,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )
    weight = forms.DecimalField(
        label="权重",
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["max"].unit, self.fields["weight"].unit = "分", "%"  # type: ignore[attr-defined]

    @property
    def is_said(self) -> bool:
        """Whether the row is there: something is in it, and it was not struck."""
        row = self.cleaned_data
        return not row.get("DELETE") and any(
            row.get(name) not in (None, "") for name in ("label", "max", "weight")
        )


CriteriaFormSet = forms.formset_factory(
    CriterionForm, extra=1, can_delete=True, max_num=MOST_CRITERIA, absolute_max=MOST_CRITERIA * 2
)


_MARK = {"max_digits": 6, "decimal_places": 2, "min_value": 0, "required": False}


class SchemeForm(forms.Form):
    """How the panels of a round or cycle judge, as far as the regulation leaves it to the bureau."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    method = forms.ChoiceField(label="评审方式", widget=forms.RadioSelect)
    mean = forms.ChoiceField(label="汇总方法", choices=Mean.choices, widget=forms.RadioSelect)
    trim_from = forms.IntegerField(
        label="从几份签署的评审表起去掉",
        min_value=LEAST_TO_TRIM,
        max_value=99,
        required=False,
        help_text="份数不足时全部取平均",
    )
    decimals = forms.IntegerField(label="小数位数", min_value=0, max_value=2)
    rounding = forms.ChoiceField(
        label="多余的小数", choices=Rounding.choices, required=False, help_text="只在得出结果时取一次"
    )
    ties = forms.ChoiceField(label="同分处理", choices=TieRule.choices)
    pass_mark = forms.DecimalField(
        label="建议认定分数线",
        help_text="低于此分视为专家组不建议认定，不能列入名单；不填则只排名次",
        **_MARK,
    )
    spread_limit = forms.DecimalField(
        label="分差上限",
        help_text="同一对象最高分与最低分相差超过此数，须记录合议后才能结束评审；不填则不作要求",
        **_MARK,
    )
    discuss_tied = forms.BooleanField(label="意见持平的，须记录合议后才能结束评审", required=False)

    def __init__(self, data: Any = None, *, methods: tuple[Method, ...], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["method"].choices = [(one.value, one.label) for one in methods]  # type: ignore[attr-defined]
        self.fields["pass_mark"].unit = self.fields["spread_limit"].unit = "分"  # type: ignore[attr-defined]
        self.fields["trim_from"].unit = "份"  # type: ignore[attr-defined]
        if methods == (Method.REGULATION,):
            # Fixed by the regulation, shown by the page.
            for name in ("decimals", "rounding", "pass_mark", "discuss_tied"):
                del self.fields[name]
        if methods == (Method.OPINION,):
            for name in ("mean", "trim_from", "decimals", "rounding", "ties", "pass_mark", "spread_limit"):
                del self.fields[name]

    @staticmethod
    def initial_of(scheme: Scheme) -> dict[str, Any]:
        """What the form shows of a scheme."""
        names = [name for name in SchemeForm.base_fields if name != "version"]
        return {"version": scheme.revision, **{name: getattr(scheme, name) for name in names}}

    def settings(self) -> dict[str, Any]:
        """What `panels.schemes.set_scheme` takes, without the criteria."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version" and value != ""}
