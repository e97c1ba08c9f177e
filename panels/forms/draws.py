"""What a draw is told before the seed."""

from __future__ import annotations

from typing import Any

from django import forms

from panels.draws import MOST_SEATS
from panels.enums import ExpertLevel
from panels.models import Draw
from panels.pots import Limits


class DrawNumbers(forms.Form):
    """How many experts are drawn, and who stays out beside those who are tied."""

    seats = forms.IntegerField(
        label="抽取名额",
        min_value=1,
        max_value=MOST_SEATS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    reserves = forms.IntegerField(
        label="候补",
        min_value=0,
        max_value=MOST_SEATS,
        help_text="有专家不能参加或者回避时，按抽取顺序递补",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    most_of_one_employer = forms.IntegerField(
        label="同一单位最多",
        min_value=1,
        max_value=MOST_SEATS,
        required=False,
        help_text="不填即不限",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    due_on = forms.DateField(label="评审截止日期", widget=forms.DateInput, required=False)
    least_level = forms.ChoiceField(
        label="最低级别", choices=[("", "不限"), *ExpertLevel.choices], required=False
    )
    field = forms.CharField(
        label="专业领域", max_length=60, required=False, help_text="只抽取专业领域含有此词的专家；不填即不限"
    )
    most_waiting = forms.IntegerField(
        label="手头待签署不超过",
        min_value=0,
        max_value=9999,
        required=False,
        help_text="手头待签署的评审表超过此数的专家不参加抽取；不填即不限",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def numbers(self) -> dict[str, Any]:
        """What `panels.draws.commit_draw` is told of them."""
        given = self.cleaned_data
        names = ("seats", "reserves", "most_of_one_employer", "due_on")
        return {"limits": self.limits(), **{name: given[name] for name in names}}

    def limits(self) -> Limits:
        """Who stays out as far as that was typed without an error."""
        given = getattr(self, "cleaned_data", {})
        level = given.get("least_level")
        return Limits(int(level) if level else None, given.get("most_waiting"), given.get("field") or "")

    @staticmethod
    def initial_of(former: Draw | None, **usual: Any) -> dict[str, Any]:
        """What the form begins with: the usual numbers, or those of the draw that is made anew."""
        known = {"reserves": 2, "most_of_one_employer": None, "due_on": None, **usual}
        if former is None:
            return known
        return {name: getattr(former, name) for name in (*known, *Limits._fields)}
