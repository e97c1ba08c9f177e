"""The forms of an assessment. The report's fields come from the profile; field names are the paths
that the verbs' problems name (`narratives.x`, `facts.x`, `self_points.x`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from assessments.content import Asked, asked_of
from assessments.determining import questions_of
from assessments.enums import AssessmentState, Question
from assessments.models import Assessment, Cycle
from assessments.scoring import grades_open_to
from jurisdictions.engine.schema.form import Fact, Narrative
from jurisdictions.engine.schema.station import RubricItem
from panels.forms.draws import DrawNumbers
from panels.models import Expert
from stations.models import Station

YES_NO = (("", "请选择"), ("true", "是"), ("false", "否"))
PASSED = (("true", "验收合格"), ("false", "验收不合格"))


def _yes(value: str) -> bool | None:
    return {"true": True, "false": False}.get(value)


class ReportForm(forms.Form):
    """A station's report: texts, figures and its own points, as the profile asks. Blanks may be saved."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    # Stands below the files, outside the form's own element.
    pledge = forms.BooleanField(
        label="本单位承诺所填内容和上传材料真实、有效",
        required=False,
        widget=forms.CheckboxInput(attrs={"form": "report-form"}),
    )

    def __init__(self, data: Any = None, *, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.asked: Asked = asked_of(assessment)
        for narrative in self.asked.narratives:
            self.fields[f"narratives.{narrative.name}"] = _narrative_field(narrative, assessment)
        for fact in self.asked.facts:
            self.fields[f"facts.{fact.name}"] = _fact_field(fact, assessment.facts.get(fact.name))
        for category in self.asked.rubric.categories if self.asked.rubric else ():
            for line in category.items:
                self.fields[f"self_points.{line.id}"] = _points_field(
                    line, assessment.self_points.get(line.id)
                )
        self.initial.setdefault("version", assessment.revision)

    def values(self) -> dict[str, Any]:
        """What `assessments.reporting.save_report` takes."""
        return {
            "revision": self.cleaned_data["version"],
            "narratives": self._part("narratives."),
            "facts": {name: self._fact(name, value) for name, value in self._part("facts.").items()},
            "self_points": self._part("self_points."),
        }

    def _fact(self, name: str, value: Any) -> Any:
        fact = next(fact for fact in self.asked.facts if fact.name == name)
        return _yes(value) if fact.type == "boolean" else value

    def _part(self, prefix: str) -> dict[str, Any]:
        return {
            name.removeprefix(prefix): value
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix)
        }

    def narrative_fields(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith("narratives.")]

    def fact_fields(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith("facts.")]

    def blocks(self) -> list[dict[str, Any]]:
        """The score sheet for the station's own points."""
        return [
            {
                "name": category.name,
                "max": category.max,
                "fields": [self[f"self_points.{line.id}"] for line in category.items],
            }
            for category in (self.asked.rubric.categories if self.asked.rubric else ())
        ]


def _narrative_field(narrative: Narrative, assessment: Assessment) -> forms.Field:
    field = forms.CharField(
        label=narrative.label,
        help_text=narrative.help or f"不超过 {narrative.max_chars} 字",
        required=False,
        max_length=narrative.max_chars,
        initial=assessment.narratives.get(narrative.name, ""),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    field.clause = narrative.clause  # type: ignore[attr-defined]
    return field


def _fact_field(fact: Fact, value: Any) -> forms.Field:
    common: dict[str, Any] = {
        "label": fact.label,
        "help_text": fact.help,
        "required": False,
        "initial": value,
    }
    number = {"min_value": fact.min, "max_value": fact.max}
    field: forms.Field
    match fact.type:
        case "integer":
            field = forms.IntegerField(**common, **{k: v if v is None else int(v) for k, v in number.items()})
        case "decimal":
            field = forms.DecimalField(**common, **number, max_digits=14, decimal_places=2)
        case "boolean":
            shown = "" if value is None else str(bool(value)).lower()
            field = forms.ChoiceField(**{**common, "initial": shown}, choices=YES_NO)
        case "choice":
            field = forms.ChoiceField(
                **common, choices=[("", "请选择"), *((choice.value, choice.label) for choice in fact.choices)]
            )
        case "date":
            field = forms.DateField(**common, widget=forms.DateInput)
        case _:
            field = forms.CharField(**common, max_length=500)
    field.unit, field.clause = fact.unit, fact.clause  # type: ignore[attr-defined]
    return field


def _points_field(line: RubricItem, value: Any) -> forms.Field:
    field = forms.DecimalField(
        label=line.label,
        required=False,
        min_value=0,
        max_value=line.max,
        max_digits=5,
        decimal_places=2,
        initial=None if value is None else Decimal(str(value)),
    )
    field.unit, field.clause = f"/ {line.max} 分", line.clause  # type: ignore[attr-defined]
    return field


class EvidenceForm(forms.Form):
    """One file of evidence."""

    material = forms.ChoiceField(label="材料", required=False)
    label = forms.CharField(
        label="说明", max_length=100, required=False, help_text="写明证明什么，如“2025年带徒协议”"
    )
    upload = forms.FileField(label="文件")

    def __init__(self, data: Any = None, files: Any = None, *, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        materials = asked_of(assessment).materials
        self.fields["material"].choices = [
            *((material.name, material.label) for material in materials),
            ("", "其他佐证材料"),
        ]


class JudgementForm(forms.Form):
    """A grade by judgement: an opinion for each area that the text names, the grade, the whole opinion."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.initial.setdefault("version", assessment.revision)
        rules = assessment.rules
        self.areas = rules.assessment.areas
        for number, area in enumerate(self.areas):
            self.fields[f"area_{number}"] = forms.CharField(
                label=area,
                required=False,
                initial=assessment.area_opinions.get(area, ""),
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self.fields["grade"] = forms.ChoiceField(
            label="等次",
            choices=[(grade, grade) for grade in grades_open_to(assessment)],
            initial=assessment.grade,
            required=False,
            widget=forms.RadioSelect,
        )
        if assessment.judges_acceptance:
            initial = "" if assessment.accepted is None else str(assessment.accepted).lower()
            self.fields["accepted"] = forms.ChoiceField(
                label="建设期满验收",
                choices=PASSED,
                initial=initial,
                required=False,
                widget=forms.RadioSelect,
            )
        self.fields["opinion"] = forms.CharField(
            label="评估意见",
            required=False,
            initial=assessment.opinion,
            widget=forms.Textarea(attrs={"rows": 5}),
        )

    def values(self) -> dict[str, Any]:
        """What `assessments.scoring.judge` takes."""
        cleaned = self.cleaned_data
        return {
            "revision": cleaned.get("version") if cleaned.get("version") is not None else -1,
            "grade": cleaned.get("grade", ""),
            "opinion": cleaned.get("opinion", ""),
            "area_opinions": {area: cleaned.get(f"area_{n}", "") for n, area in enumerate(self.areas)},
            "accepted": _yes(cleaned.get("accepted", "")),
        }


class ReturnForm(forms.Form):
    """Back to the station, with a day."""

    reason = forms.CharField(label="需要补正的内容", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    due_on = forms.DateField(label="补正期限", required=False, widget=forms.DateInput)


class OpinionForm(forms.Form):
    """A written opinion, where no grade is given."""

    opinion = forms.CharField(label="意见", required=False, widget=forms.Textarea(attrs={"rows": 3}))


class AssessmentPanelForm(forms.Form):
    """Whom the reported assessments of a cycle go to, and until when."""

    assessments = forms.ModelMultipleChoiceField(
        label="参加评分的单位",
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一家。"},
    )
    experts = forms.ModelMultipleChoiceField(
        label="专家",
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一名专家。"},
    )
    due_on = forms.DateField(label="评分截止日期", widget=forms.DateInput)

    def __init__(self, data: Any = None, *, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        waiting = cycle.assessments.filter(state=AssessmentState.REPORTED, by_panel=True)
        self.fields["assessments"].queryset = waiting.select_related("station", "cycle")
        self.fields["assessments"].label_from_instance = lambda a: a.station.name
        self.fields["experts"].queryset = Expert.objects.filter(is_active=True).select_related("user")
        self.initial.setdefault("assessments", [a.pk for a in self.fields["assessments"].queryset])


class CycleDrawForm(DrawNumbers):
    """For which reported assessments of a cycle how many experts are drawn."""

    assessments = forms.ModelMultipleChoiceField(
        label="参加评分的单位",
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一家。"},
    )
    due_on = forms.DateField(label="评分截止日期", widget=forms.DateInput)

    def __init__(self, data: Any = None, *, waiting: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["assessments"].queryset = waiting
        self.fields["assessments"].label_from_instance = lambda a: a.station.name


class FixForm(forms.Form):
    """The officer's part in fixing a cycle: who of the tied is excellent, and who is not waited for."""

    # What the page showed: `id:revision` of each result, comma-separated.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    leave_out = forms.BooleanField(label="未提交的另行处理，不再等待", required=False)
    reason = forms.CharField(label="同分取舍的理由", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self,
        data: Any = None,
        *,
        tied: Iterable[Assessment],
        owing: int,
        seen: Mapping[int, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.initial.setdefault("seen", ",".join(f"{pk}:{revision}" for pk, revision in seen.items()))
        tied = list(tied)
        for assessment in tied:
            grades = [g.value for g in assessment.rules.assessment.grades]
            self.fields[f"choice_{assessment.pk}"] = forms.ChoiceField(
                label=f"{assessment.station.name}（{assessment.total} 分）",
                choices=[("", "请选择"), *((grade, grade) for grade in grades[:2])],
                required=False,
            )
        if not tied:
            del self.fields["reason"]
        if not owing:
            del self.fields["leave_out"]

    def values(self) -> dict[str, Any]:
        """What `assessments.grading.fix_cycle` takes."""
        cleaned = self.cleaned_data
        prefix = "choice_"
        return {
            "seen": {int(pk): int(n) for pk, n in re.findall(r"(\d+):(\d+)", cleaned.get("seen", ""))},
            "choices": {
                int(name.removeprefix(prefix)): grade
                for name, grade in cleaned.items()
                if name.startswith(prefix)
            },
            "reason": cleaned.get("reason", ""),
            "leave_out": cleaned.get("leave_out", False),
        }


class RectificationForm(forms.Form):
    """What must be put right, and by when."""

    requirement = forms.CharField(
        label="整改问题和要求", required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    due_on = forms.DateField(
        label="整改期限", required=False, widget=forms.DateInput, help_text="由主管部门确定"
    )


class RectifiedForm(forms.Form):
    """The result after the station has put things right."""

    grade = forms.ChoiceField(label="整改后等次", choices=(), required=False, widget=forms.RadioSelect)
    opinion = forms.CharField(label="核查意见", required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, data: Any = None, *, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["grade"].choices = [(grade, grade) for grade in grades_open_to(assessment)]


class DetermineForm(forms.Form):
    """A recorded answer with its reason."""

    question = forms.ChoiceField(label="问题", choices=())
    answer = forms.ChoiceField(
        label="结论", choices=(("true", "是"), ("false", "否")), widget=forms.RadioSelect
    )
    reason = forms.CharField(label="理由和依据", required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, data: Any = None, *, station: Station, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["question"].choices = [(q.value, q.label) for q in questions_of(station)]

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            "question": Question(cleaned["question"]),
            "answer": cleaned["answer"] == "true",
            "reason": cleaned["reason"],
        }


class AssessmentFilter(forms.Form):
    """Which assessments the list shows; lives in the address."""

    cycle = forms.ModelChoiceField(label="批次", queryset=None, required=False, empty_label="全部批次")
    state = forms.ChoiceField(label="状态", required=False)
    late = forms.BooleanField(label="仅看逾期", required=False)

    def __init__(self, data: Any = None, *, cycles: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["cycle"].queryset = cycles
        self.fields["state"].choices = [("", "全部状态"), *AssessmentState.choices]
