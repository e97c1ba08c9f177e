"""The inputs of one chapter of the application, made from the profile.

Names of the inputs are the paths of the problems: `facts.<fact>`, `narratives.<narrative>`,
`reasons.<condition>`; a table's rows are a formset under `rosters.<roster>` (or `facts.<list fact>`):
`rosters.members-0-name`. The forms take what is typed as it is: whether it is right, the rules say
(`applications.dossier.answers`), and their words are put beside the field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.formsets import BaseFormSet, formset_factory
from django.forms.utils import ErrorDict
from django.http import QueryDict

from applications.dossier import sections
from applications.dossier.answers import REASON
from applications.dossier.sections import Section
from core.errors import Problem
from core.sealed_fields import KEPT, MaskedInput
from core.vault import is_cell
from core.web import on_field, problem_of, tenant_url
from documents.tables.table import MAX_ROWS, YES_NO, Table
from jurisdictions.engine.schema.base import Choice
from jurisdictions.engine.schema.form import Column, Fact, Narrative


class TypedForm(forms.Form):
    """A form that accepts everything: its errors come from the rules, after what was typed is safe."""

    use_required_attribute = False

    def full_clean(self) -> None:
        self._errors = ErrorDict(renderer=self.renderer)
        if self.is_bound:
            self.cleaned_data = {name: self._typed(name) for name in self.fields}

    def _typed(self, name: str) -> str:
        value = self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        return str(value).replace("\x00", "").replace("\r\n", "\n").strip() if value is not None else ""


class RowForm(TypedForm):
    """One row of a table."""

    def _typed(self, name: str) -> Any:
        if name == "DELETE":
            return self.data.get(self.add_prefix(name)) in ("on", "true", "1")
        text = super()._typed(name)
        kept = str(self.data.get(f"{self.add_prefix(name)}{KEPT}", ""))
        if kept and "*" in text and isinstance(self.fields[name].widget, MaskedInput):
            return {"ref": kept, "mask": text}
        return text

    @property
    def values(self) -> dict[str, Any]:
        """What stands in the row, whatever has been refused of it."""
        return {name: self._typed(name) for name in self.fields if name != "DELETE"}

    @property
    def is_out(self) -> bool:
        """Whether it was taken out."""
        return bool(self._typed("DELETE"))

    @property
    def counts(self) -> bool:
        """Whether the row is one: not taken out, not blank."""
        return not self.is_out and any(self.values.values())


class Rows(BaseFormSet):
    """The rows of one table, with what the page needs to know about it."""

    table: Table
    problems: list[Problem]

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].widget = forms.HiddenInput()

    def typed_rows(self) -> list[dict[str, str]] | None:
        """What stands in the rows; None when the form did not come with its counters."""
        if not self.management_form.is_valid():
            return None
        return [form.values for form in self.forms if form.counts]


@dataclass(frozen=True, slots=True)
class Entry:
    """One input as the page shows it; `asked` False: it does not concern this unit as answered so far."""

    bound: forms.BoundField
    asked: bool
    correction: str


class SectionForm:
    """A chapter's inputs: one form for single answers, one formset for each table."""

    def __init__(self, application: Any, section: Section, data: Mapping[str, Any] | None = None) -> None:
        self.application = application
        self.section = section
        self.wanted = sections.wanted_facts(application, section)
        self.reasons = sections.reasons_wanted(application, section)
        given = stored_data(application, section) if data is None else data
        self.form = TypedForm(given)
        self.form.fields.update(self._fields())
        reveal = tenant_url("unit:reveal", pk=application.pk)
        self.tables = tuple(_rows(table, given, reveal) for table in section.tables)
        self.corrections: dict[str, str] = {}

    def _fields(self) -> dict[str, forms.Field]:
        fields = {
            f"facts.{fact.name}": fact_field(fact, self.wanted[fact.name]) for fact in self.section.facts
        }
        evidence = _evidence(self.application.rules.facts)
        for narrative in self.section.narratives:
            judged = evidence.get(narrative.name, ())
            fields[f"narratives.{narrative.name}"] = _narrative_field(narrative, judged)
        for condition in self.reasons:
            fields[f"reasons.{condition.key or condition.clause}"] = _reason_field(condition)
        for name, field in fields.items():
            stored = self.form.data.get(name, "")
            _keep(field, stored)
        return fields

    # --- what was typed ---------------------------------------------------------

    def typed(self) -> dict[str, dict[str, Any]]:
        """The arguments of `drafting.save_draft`: `facts`, `narratives`, `rosters` of this chapter."""
        found: dict[str, dict[str, Any]] = {"facts": {}, "narratives": {}, "rosters": {}}
        for name, value in _typed(self.form).items():
            kind, _, rest = name.partition(".")
            if name not in self.form.data:
                continue
            if kind == "reasons":
                found["narratives"][REASON + rest] = value
            else:
                found[kind][rest] = value
        for rows in self.tables:
            kind, _, rest = rows.table.path.partition(".")
            typed = rows.typed_rows()
            # A table that nobody has begun is not known yet; an emptied one is known to be empty.
            if typed or (typed is not None and sections.rows_of(self.application, rows.table)):
                found[kind][rest] = typed
        return found

    # --- what is said beside it -------------------------------------------------

    def show(self, problems: Iterable[Problem], *, all_of_them: bool) -> None:
        """Puts the rules' words beside their fields; without `all_of_them` only where something was typed."""
        for problem in problems:
            place = sections.place_of(self.application.rules, problem.path)
            if place.section == self.section.name:
                self._put(problem, place.anchor, all_of_them)

    def _put(self, problem: Problem, anchor: str, all_of_them: bool) -> None:
        cleaned = _typed(self.form)
        if problem.path in self.form.fields:
            if all_of_them or cleaned.get(problem.path):
                self.form.add_error(problem.path, on_field(problem))
            return
        for rows in self.tables:
            if anchor == f"table-{rows.table.path}":
                # Rows that stand there can contradict each other; what is missing is said when asked.
                typed = problem.path == rows.table.path and any(row.counts for row in rows.forms)
                if all_of_them or typed:
                    rows.problems.append(problem)
                return
            head = f"{rows.table.path}."
            if problem.path.startswith(head):
                index, _, column = problem.path.removeprefix(head).partition(".")
                _put_cell(rows, int(index), column, problem.message, all_of_them)
                return
        if all_of_them:
            self.form.add_error(None, on_field(problem))

    def refuse_conflict(self, message: str) -> None:
        """Says that somebody else saved in between."""
        self.form.add_error(None, ValidationError(message))

    @property
    def summary(self) -> list[tuple[str, str] | Problem]:
        """Every refusal on the page, with the anchor of its field and, where it has one, its clause."""
        found: list[tuple[str, str] | Problem] = []
        for name, errors in self.form.errors.as_data().items():
            anchor = "" if name == NON_FIELD_ERRORS else self.form[name].auto_id
            found += [problem_of(error, anchor) for error in errors]
        for rows in self.tables:
            anchor = f"table-{rows.table.path}"
            found += [Problem(problem.message, anchor, problem.clause) for problem in rows.problems]
            for number, row in enumerate(rows.forms, start=1):
                for bound in row:
                    found += [
                        (bound.auto_id, f"{rows.table.label}第{number}行：{text}") for text in bound.errors
                    ]
        return found

    # --- how it is shown --------------------------------------------------------

    @property
    def entries(self) -> list[Entry]:
        """The inputs that concern this unit, then the reasons it owes."""
        return [entry for entry in self._all_entries() if entry.asked]

    @property
    def not_asked(self) -> list[Entry]:
        """The inputs that do not concern this unit as far as it has answered."""
        return [entry for entry in self._all_entries() if not entry.asked]

    def _all_entries(self) -> list[Entry]:
        return [
            Entry(bound, self._asked(bound.name), self.corrections.get(bound.name, "")) for bound in self.form
        ]

    def _asked(self, name: str) -> bool:
        kind, _, rest = name.partition(".")
        return kind != "facts" or self.wanted[rest] is not False or bool(self.form.errors.get(name))


def stored_data(application: Any, section: Section) -> dict[str, str]:
    """What is stored, as a browser would send it."""
    data = {f"facts.{f.name}": as_text(application.facts.get(f.name)) for f in section.facts}
    data |= {f"narratives.{n.name}": as_text(application.narratives.get(n.name)) for n in section.narratives}
    for condition in sections.reasons_wanted(application, section):
        key = condition.key or condition.clause
        data[f"reasons.{key}"] = as_text(application.narratives.get(REASON + key))
    for table in section.tables:
        data |= _stored_rows(table, sections.rows_of(application, table))
    return data


def _stored_rows(table: Table, rows: list[dict[str, Any]]) -> dict[str, str]:
    # One blank row is there to type in where nothing stands yet; script or “保存并增加一行” adds more.
    total = max(len(rows), table.min_rows, 1)
    counters = {"TOTAL": total, "INITIAL": 0, "MIN_NUM": 0, "MAX_NUM": MAX_ROWS}
    data = {f"{table.path}-{name}_FORMS": str(number) for name, number in counters.items()}
    for index, row in enumerate(rows):
        for column in table.columns:
            cell, name = row.get(column.name), f"{table.path}-{index}-{column.name}"
            data[name] = as_text(cell)
            if is_cell(cell):
                data[f"{name}{KEPT}"] = cell["ref"]
    return data


def with_blank_row(data: Mapping[str, Any], path: str) -> dict[str, Any]:
    """The same inputs with one more row in a table."""
    more = dict(data)
    key = f"{path}-TOTAL_FORMS"
    if key in more:
        more[key] = str(min(int(more[key]) + 1, MAX_ROWS))
    return more


def as_text(value: Any) -> str:
    """A stored value as its input shows it: of a number of a person the mask."""
    if is_cell(value):
        return str(value["mask"])
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _typed(form: TypedForm) -> dict[str, str]:
    """What was typed, whatever has been refused of it."""
    return {name: form._typed(name) for name in form.fields}


def _rows(table: Table, data: Mapping[str, Any], reveal: str) -> Rows:
    fields = {column.name: _column_field(column) for column in table.columns}
    row_form = type("Row", (RowForm,), fields)
    factory = formset_factory(row_form, formset=Rows, extra=0, can_delete=True, max_num=MAX_ROWS)
    rows: Rows = factory(data, prefix=table.path)
    rows.table, rows.problems = table, []
    if rows.management_form.is_valid():
        for index, form in enumerate(rows.forms):
            for column in table.columns:
                name = f"{table.path}-{index}-{column.name}"
                _keep(form.fields[column.name], data.get(name, ""))
                if column.is_personal:
                    widget = form.fields[column.name].widget
                    widget.kept = data.get(f"{name}{KEPT}", "")
                    widget.offer(reveal, f"ref:{widget.kept}" if widget.kept else "")
    return rows


def _put_cell(rows: Rows, index: int, column: str, message: str, all_of_them: bool) -> None:
    live = [form for form in rows.forms if form.counts]
    if index < len(live) and column in live[index].fields and (all_of_them or live[index].values[column]):
        live[index].add_error(column, ValidationError(message))


# --- one field each -------------------------------------------------------------


def fact_field(fact: Fact, wanted: bool | None) -> forms.Field:
    field: forms.Field
    if fact.type == "boolean":
        field = forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect)
    elif fact.type == "choice":
        field = forms.ChoiceField(choices=_options(fact.choices))
    elif fact.type == "date":
        field = forms.CharField(widget=forms.DateInput)
    elif fact.type in ("integer", "decimal"):
        mode = "numeric" if fact.type == "integer" else "decimal"
        field = forms.CharField(widget=forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"}))
    else:
        field = forms.CharField(widget=forms.TextInput(attrs={"maxlength": "300"}))
    field.label, field.help_text = fact.label, fact.help
    field.required = fact.required and wanted is True
    field.unit, field.clause = fact.unit, fact.clause  # type: ignore[attr-defined]
    field.short = fact.type in ("integer", "decimal", "date", "choice")  # type: ignore[attr-defined]
    return field


def _narrative_field(narrative: Narrative, judged: Iterable[Fact]) -> forms.Field:
    words = [narrative.help, f"不超过 {narrative.max_chars} 字。"]
    names = "、".join(fact.label for fact in judged)
    if names:
        words.append(f"审核人员将据此判断：{names}。")
    field = forms.CharField(
        label=narrative.label,
        help_text="".join(words),
        required=narrative.required,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    field.clause = narrative.clause  # type: ignore[attr-defined]
    return field


def _reason_field(condition: Any) -> forms.Field:
    field = forms.CharField(
        label=f"未达到“{condition.label}”的理由",
        help_text="这一条不影响提交，但须说明理由，供审核人员判断。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field.clause = condition.clause  # type: ignore[attr-defined]
    return field


def _column_field(column: Column) -> forms.Field:
    field: forms.Field
    if column.type == "choice":
        field = forms.ChoiceField(choices=_options(column.choices))
    elif column.type == "boolean":
        field = forms.ChoiceField(choices=(("", "请选择"), *YES_NO))
    elif column.type == "date":
        field = forms.CharField(widget=forms.DateInput)
    elif column.type == "integer":
        field = forms.CharField(widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
    elif column.is_personal:
        field = forms.CharField(widget=MaskedInput(attrs={"autocomplete": "off", "maxlength": "60"}))
    else:
        field = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": "300"}))
    field.label, field.help_text, field.required = column.label, column.help, column.required
    return field


def _options(choices: Iterable[Choice]) -> list[tuple[str, str]]:
    return [("", "请选择"), *((choice.value, choice.label) for choice in choices)]


def _keep(field: Any, value: str) -> None:
    """What the control itself could not show stays to be seen, and to be refused beside its field.

    A list gets the value as one more line; a date that is none is shown as plain text.
    """
    if not value:
        return
    if isinstance(field.widget, forms.DateInput):
        try:
            date.fromisoformat(value)
        except ValueError:
            field.widget = forms.TextInput()
    elif isinstance(field, forms.ChoiceField) and value not in {str(key) for key, _ in field.choices}:
        field.choices = [*field.choices, (value, f"{value}（不在可选范围内）")]


def _evidence(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    """Which judged facts a narrative puts the case for."""
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.evidence:
            found.setdefault(fact.evidence, []).append(fact)
    return found


def posted(data: QueryDict) -> dict[str, Any]:
    """The inputs of a request as a plain mapping (the last value of each name)."""
    return data.dict()
