"""The form of the self-check: the application's own inputs, made from the questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from applications.dossier.forms import TypedForm, fact_field
from applications.self_check.questions import Part, Question


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One group of inputs; `later` holds those that do not concern this unit as answered so far."""

    label: str
    help: str
    entries: tuple[forms.BoundField, ...]
    later: tuple[forms.BoundField, ...]


class SelfCheckForm(TypedForm):
    """Every question as an input; what is wrong with a value is said by the rules."""

    def __init__(self, parts: tuple[Part, ...], data: Any = None) -> None:
        super().__init__(data)
        self.parts = parts
        for part in parts:
            for question in part.questions:
                self.fields[question.path] = _field(question)

    def _typed(self, name: str) -> Any:
        if isinstance(self.fields[name], forms.MultipleChoiceField):
            return self.data.getlist(name) if hasattr(self.data, "getlist") else self.data.get(name) or []
        return super()._typed(name)

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed, whatever it is."""
        return {name: self._typed(name) for name in self.fields} if self.is_bound else {}

    def refuse(self, refused: Mapping[str, str]) -> None:
        """Puts the words beside their fields."""
        for path, words in refused.items():
            self.add_error(path, forms.ValidationError(words))

    def shown(self, concerned: frozenset[str]) -> list[ShownPart]:
        """The groups, in each first what concerns this unit. A refused value is never put away."""
        return [
            ShownPart(
                part.label,
                part.help,
                tuple(self[q.path] for q in part.questions if self._is_open(q.path, concerned)),
                tuple(self[q.path] for q in part.questions if not self._is_open(q.path, concerned)),
            )
            for part in self.parts
        ]

    def _is_open(self, path: str, concerned: frozenset[str]) -> bool:
        return path in concerned or bool(self.errors.get(path))


def _field(question: Question) -> forms.Field:
    if question.several:
        choices = [(choice.value, choice.label) for choice in question.fact.choices]
        field: forms.Field = forms.MultipleChoiceField(
            choices=choices, label=question.fact.label, widget=forms.CheckboxSelectMultiple
        )
        field.help_text, field.clause = "可以多选。", question.fact.clause  # type: ignore[attr-defined]
    else:
        field = fact_field(question.fact, False)
    field.required = False
    return field
