"""What an expert writes on a sheet, and how the expert steps back."""

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
from panels.enums import Verdict
from panels.forms.choices import MAX_COMMENT
from panels.models import Scheme
from panels.schemes import criteria_of
from panels.scoring import score_criteria


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
