"""What is typed about a visit to the place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms

from core import clock
from panels.forms.choices import MAX_COMMENT, MemberChoice
from panels.visiting import ACCEPTS


class VisitForm(forms.Form):
    """When, where, who, what was seen (`lines`: key and label), what the unit says of it."""

    held_on = forms.DateField(label="考察日期", widget=forms.DateInput)
    held_time = forms.TimeField(label="考察时间", help_text="如 09:30")
    place = forms.CharField(label="考察地点", max_length=200)
    members = MemberChoice(
        label="参加考察的专家", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    officers = forms.ModelMultipleChoiceField(
        label="参加考察的工作人员", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    unit_people = forms.CharField(
        label="单位在场人员", max_length=300, required=False, help_text="只写姓名，用顿号分开"
    )
    statement = forms.CharField(
        label="单位陈述", max_length=MAX_COMMENT, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self,
        data: Any = None,
        *,
        experts: Any,
        officers: Any,
        lines: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.fields["members"].queryset = experts
        self.fields["officers"].queryset = officers
        self.keys: Mapping[str, str] = _names([key for key, _ in lines])
        for name, (_, label) in zip(self.keys, lines, strict=True):
            self.fields[name] = forms.CharField(
                label=label, max_length=MAX_COMMENT, required=False, widget=forms.Textarea(attrs={"rows": 4})
            )

    @property
    def lines(self) -> list[Any]:
        """The fields for what was seen, in the order of the scheme."""
        return [self[name] for name in self.keys]

    def values(self) -> dict[str, Any]:
        """What `panels.visiting.record_visit` is told."""
        given = self.cleaned_data
        return {
            "held_at": datetime.combine(given["held_on"], given["held_time"], tzinfo=clock.SHANGHAI),
            "findings": {key: given[name] for name, key in self.keys.items()},
            "experts": given["members"],
            **{name: given[name] for name in ("place", "officers", "unit_people", "statement")},
        }


def findings_initial(findings: Sequence[Mapping[str, str]], keys: Sequence[str]) -> dict[str, str]:
    """What a record says, under the names of the form's fields for these lines."""
    texts = {line["key"]: line["text"] for line in findings}
    return {name: texts.get(key, "") for name, key in _names(keys).items()}


def _names(keys: Sequence[str]) -> dict[str, str]:
    """The form's field for each line; a refusal about all of them stands at the first."""
    return {f"findings_{number}" if number else "findings": key for number, key in enumerate(keys)}


class VisitFileForm(forms.Form):
    """A photo or paper with what it shows."""

    upload = forms.FileField(
        label="照片或材料",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{kind}" for kind in ACCEPTS)}),
        help_text=f"可上传 {'、'.join(ACCEPTS)}；照片中的拍摄位置等信息会自动去除",
    )
    caption = forms.CharField(label="说明", max_length=100, required=False)
