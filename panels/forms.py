"""A sheet as a form: an opinion, or points under the regulation's score sheet or the bureau's criteria."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from core.web import on_field
from jurisdictions.engine import Profile, RubricAnswer, ScoredItem, score_rubric
from jurisdictions.engine.schema.station import BonusKind
from panels.averaging import Criterion
from panels.enums import Mean, Method, Rounding, TieKind, TieRule, Verdict
from panels.models import Scheme
from panels.schemes import LEAST_TO_TRIM, MOST_CRITERIA, criteria_of
from panels.scoring import score_criteria

MAX_COMMENT = 2000


class SheetForm(forms.Form):
    """What every sheet has: the version its page was made from, and words."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label="评审意见",
        required=False,
        max_length=MAX_COMMENT,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def typed(self) -> list[tuple[str, str]]:
        """What was sent, right or wrong: label and words of everything that is not blank."""
        sent = [(self[name].label, self._words(name)) for name in self.fields if name != "version"]
        return [(str(label), words) for label, words in sent if words]

    def _words(self, name: str) -> str:
        value = str(self[name].value() or "").strip()
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(value, value))


class OpinionForm(SheetForm):
    """For or against, and why."""

    verdict = forms.ChoiceField(
        label="评审结论", choices=Verdict.choices, required=False, widget=forms.RadioSelect
    )
    field_order = ("version", "verdict", "comment")

    def values(self) -> dict[str, Any]:
        """What `panels.scoring.save_sheet` takes, from the fields that are valid."""
        cleaned = self.cleaned_data
        return {"verdict": cleaned.get("verdict", ""), "comment": cleaned.get("comment", "")}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the score sheet as the page shows it: a field to fill, or points that the facts settle."""

    id: str
    label: str
    max: Decimal
    clause: str
    scored: ScoredItem
    field: BoundField | None


@dataclass(frozen=True, slots=True)
class Block:
    """One category of the score sheet with its lines."""

    name: str
    max: Decimal
    lines: tuple[Line, ...]


def points_field(key: str, label: str, most: Decimal, initial: Any) -> forms.DecimalField:
    """The input of one line of a score sheet: from nought to the line's full points, in hundredths."""
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_value=most,
        max_digits=6,
        decimal_places=2,
        initial=initial,
        error_messages={
            "max_value": "不能超过本项满分 %(limit_value)s 分。",
            "min_value": "不能低于 0 分。",
            "invalid": "请填写数字。",
        },
        widget=forms.NumberInput(
            attrs={"inputmode": "decimal", "step": "any", "data-points": key, "data-max": str(most)}
        ),
    )


class CriteriaForm(SheetForm):
    """Points under the bureau's own criteria. Field names are `points.<key>`; blank means not scored yet."""

    bonus_rule = None

    def __init__(
        self, data: Any = None, *, scheme: Scheme, points: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.scheme, self.criteria = scheme, criteria_of(scheme)
        self._given = {key: Decimal(str(value)) for key, value in (points or {}).items()}
        for one in self.criteria:
            self.fields[f"points.{one.key}"] = self._field_of(one)
        self.order_fields(["version", *(name for name in self.fields if "." in name), "comment"])

    def _field_of(self, one: Criterion) -> forms.DecimalField:
        field = points_field(one.key, one.label, one.max, self._given.get(one.key))
        field.widget.attrs["data-weight"] = str(one.weight)
        field.unit = f"/ {one.max} 分"  # type: ignore[attr-defined]
        field.help_text = f"权重 {one.weight}%"
        return field

    @property
    def answer(self) -> RubricAnswer:
        """The sheet added up: what was entered, or what was stored while nothing is."""
        entered = self.is_bound and hasattr(self, "cleaned_data")
        return score_criteria(self.scheme, self.points if entered else self._given)

    @property
    def points(self) -> dict[str, Decimal]:
        """The points entered, by criterion."""
        return {
            name.removeprefix("points."): value
            for name, value in self.cleaned_data.items()
            if name.startswith("points.") and value is not None
        }

    def values(self) -> dict[str, Any]:
        """What `panels.scoring.save_sheet` takes, from the fields that are valid."""
        return {"points": self.points, "comment": self.cleaned_data.get("comment", "")}

    def fields_of_lines(self) -> list[BoundField]:
        """The lines in the scheme's order."""
        return [self[f"points.{one.key}"] for one in self.criteria]


class RubricForm(SheetForm):
    """Points line by line under the profile's score sheet, each within its maximum, and the bonus.

    `facts` settle thresholds and counts: those lines have no field. Field names are the paths that
    the engine's problems name: `points.<item id>`, `bonus.<kind>`. Blank means not scored yet;
    `complete=True` refuses blanks.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        rules: Profile,
        facts: Mapping[str, Any],
        points: Mapping[str, Any] | None = None,
        bonus: Mapping[str, Any] | None = None,
        complete: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.rules, self.facts, self.complete = rules, facts, complete
        rubric = rules.assessment.rubric
        if rubric is None:
            raise ValueError(f"{rules.slug} has no score sheet")
        self.rubric, self.bonus_rule = rubric, rules.assessment.bonus
        self._given = {name: Decimal(str(value)) for name, value in (points or {}).items()}
        self._given_bonus = {name: Decimal(str(value)) for name, value in (bonus or {}).items()}
        self._items = {
            item.id: item for item in score_rubric(rules, self._within(self._given), facts, {}).items
        }
        for category in rubric.categories:
            for line in category.items:
                if self._items[line.id].needs_reviewer:
                    self.fields[f"points.{line.id}"] = self._points_field(line)
        for kind in self.bonus_rule.kinds if self.bonus_rule else ():
            self.fields[f"bonus.{kind.key}"] = self._bonus_field(kind)
        self.order_fields(["version", *(name for name in self.fields if "." in name), "comment"])

    def _within(self, points: Mapping[str, Decimal]) -> dict[str, Decimal]:
        known = {line.id for category in self.rubric.categories for line in category.items}
        return {name: value for name, value in points.items() if name in known}

    def _points_field(self, line: Any) -> forms.DecimalField:
        field = points_field(line.id, line.label, line.max, self._given.get(line.id))
        field.unit, field.clause = f"/ {line.max} 分", line.clause  # type: ignore[attr-defined]
        return field

    def _bonus_field(self, kind: BonusKind) -> forms.Field:
        attrs = {"inputmode": "numeric", "data-bonus": "free" if kind.points is None else str(kind.points)}
        field: forms.Field
        if kind.points is None:
            field = forms.DecimalField(
                label=kind.label,
                required=False,
                min_value=0,
                decimal_places=2,
                initial=self._given_bonus.get(kind.key),
                widget=forms.NumberInput(attrs={**attrs, "step": "any"}),
            )
            field.unit = "分"  # type: ignore[attr-defined]
        else:
            field = forms.IntegerField(
                label=kind.label,
                required=False,
                min_value=0,
                max_value=99,
                initial=self._given_bonus.get(kind.key),
                widget=forms.NumberInput(attrs=attrs),
                help_text=f"每项加 {kind.points} 分，填次数",
            )
            field.unit = "次"  # type: ignore[attr-defined]
        return field

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.complete:
            for name in self.fields:
                if name.startswith("points.") and cleaned.get(name) is None and name not in self.errors:
                    self.add_error(name, "请评分。")
        answer = self.answer
        for problem in answer.problems:
            if problem.path in self.fields and problem.path not in self.errors:
                self.add_error(problem.path, on_field(problem))
        return cleaned

    @property
    def points(self) -> dict[str, Decimal]:
        """The points entered, by item id."""
        return self._entered("points.")

    @property
    def bonus(self) -> dict[str, Decimal]:
        """How often each ground of the bonus holds (or its points), by kind."""
        return {key: Decimal(value) for key, value in self._entered("bonus.").items() if value}

    @property
    def answer(self) -> RubricAnswer:
        """The sheet added up by the engine: what was entered, or what was stored while nothing is."""
        entered = self.is_bound and hasattr(self, "cleaned_data")
        points = self.points if entered else self._within(self._given)
        bonus = self.bonus if entered else self._given_bonus
        return score_rubric(self.rules, points, self.facts, bonus)

    def values(self) -> dict[str, Any]:
        """What `panels.scoring.save_sheet` takes, from the fields that are valid."""
        return {"points": self.points, "bonus": self.bonus, "comment": self.cleaned_data.get("comment", "")}

    def blocks(self) -> tuple[Block, ...]:
        """The score sheet as the page shows it."""
        scored = {item.id: item for item in self.answer.items}
        return tuple(
            Block(
                category.name,
                category.max,
                tuple(
                    Line(
                        line.id,
                        line.label,
                        line.max,
                        line.clause,
                        scored[line.id],
                        self[f"points.{line.id}"] if f"points.{line.id}" in self.fields else None,
                    )
                    for line in category.items
                ),
            )
            for category in self.rubric.categories
        )

    def bonus_fields(self) -> list[BoundField]:
        """The fields of the bonus, in the profile's order."""
        return [self[name] for name in self.fields if name.startswith("bonus.")]

    def _entered(self, prefix: str) -> dict[str, Decimal]:
        return {
            name.removeprefix(prefix): value
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix) and value is not None
        }


class RecuseForm(forms.Form):
    """Why an expert steps back from one item."""

    reason = forms.CharField(
        label="回避理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明回避理由。"},
    )


class DeclineForm(forms.Form):
    """Why an expert gives the seat up."""

    reason = forms.CharField(
        label="不能参加的原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明原因。"},
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


class ReopenForm(forms.Form):
    """Why a signed sheet is to be given back."""

    reason = forms.CharField(
        label="退回理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="专家会看到",
        error_messages={"required": "请写明为什么要退回重评。"},
    )


class MemberChoice(forms.ModelMultipleChoiceField):
    """Experts of a panel, or their sheets, by the expert's name."""

    def label_from_instance(self, row: Any) -> str:
        expert = getattr(row, "expert", None) or row.member.expert
        return f"{expert.user}（{expert.employer}）"


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
