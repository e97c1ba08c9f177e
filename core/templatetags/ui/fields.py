"""Parts of a form: sections, fields, the summary of errors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BoundField
from django.forms.formsets import BaseFormSet
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.text import slugify

from core.templatetags.ui.base import register, render
from core.templatetags.wording import pick
from core.web import problem_of


@register.simple_block_tag(takes_context=True, end_name="endform_section")
def form_section(
    context: Context, content: str, title: str, help: str = "", clause: Any = "", ident: str = ""
) -> SafeString:
    """A titled part of a form, with its explanation and clause."""
    return render(
        context,
        "form_section",
        title=title,
        help=help,
        clause=clause,
        ident=ident or "s-" + (slugify(title, allow_unicode=True) or "section"),
        content=SafeString(content.strip()),
    )


def _kind(bound: BoundField) -> str:
    """Which variant of the field component a widget needs."""
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.Textarea):
        return "textarea"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "input"


def styled_control(
    bound: BoundField, *, compact: bool = False, clause: Any = "", unit: str = "", label: str = ""
) -> dict[str, Any]:
    """The control of a field with our classes, and its label, help and errors tied to it."""
    widget, kind, ident = bound.field.widget, _kind(bound), bound.auto_id or bound.html_name
    help_text = bound.help_text
    described = [f"{ident}_helptext"] if help_text else []
    described += [f"{ident}_error"] if bound.errors else []
    attrs: dict[str, Any] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if isinstance(widget, forms.DateInput):
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    if kind == "textarea":
        attrs["rows"] = widget.attrs.get("rows") if widget.attrs.get("rows") not in (None, "10") else 4
    base = {"select": "form-select", "checkbox": "form-check-input", "choices": "form-check-input"}
    classes = [base.get(kind, "form-control"), widget.attrs.get("class", "")]
    classes += ["is-invalid"] if bound.errors else []
    attrs["class"] = " ".join(name for name in classes if name)
    options = []
    if kind == "choices":
        for sub in bound.subwidgets:
            sub.data["attrs"] = {**sub.data["attrs"], "class": attrs["class"]}
            options.append(sub)
    return {
        "name": bound.html_name,
        "kind": kind,
        "ident": ident,
        "label": label or bound.label,
        "required": bound.field.required,
        "help_text": help_text,
        "errors": [problem_of(error) for error in bound.form.errors.as_data().get(bound.name, ())],
        "unit": unit or getattr(bound.field, "unit", ""),
        "clause": clause or getattr(bound.field, "clause", ""),
        "described": " ".join(described),
        "options": options,
        "control": "" if options else bound.as_widget(attrs=attrs),
        "compact": compact,
    }


@register.simple_tag(takes_context=True)
def field(
    context: Context, bound: BoundField, clause: Any = "", unit: str = "", label: str = "", width: str = ""
) -> str:
    """One form field: label, control, unit, help, clause and errors tied together. The form
    field's own `unit` and `clause` attributes are used unless given; `width` is `short` or empty."""
    if bound.is_hidden:
        return SafeString(str(bound))
    return render(
        context, "field", field=styled_control(bound, clause=clause, unit=unit, label=label), width=width
    )


def _problems(source: Any) -> list[dict[str, Any]]:
    """What is wrong, as rows of anchor, label and message, from a form, a formset or a list."""
    if source is None or source == "":
        return []
    if isinstance(source, BaseFormSet):
        rows = [{"anchor": "", "label": "", "message": text} for text in source.non_form_errors()]
        return rows + [row for form in source.forms for row in _problems(form)]
    if isinstance(source, forms.BaseForm):
        errors = source.errors.as_data()
        rows = [_row(error) for error in errors.get(NON_FIELD_ERRORS, ())]
        for bound in source:
            label = "" if bound.is_hidden else bound.label
            anchor = "" if bound.is_hidden else (bound.auto_id or bound.html_name)
            rows += [_row(error, anchor, label) for error in errors.get(bound.name, ())]
        return rows
    rows = []
    for problem in source:
        if isinstance(problem, tuple | list):
            anchor, message = problem[0], problem[1]
            rows.append({"anchor": anchor, "label": "", "message": message})
        elif isinstance(problem, str):
            rows.append({"anchor": "", "label": "", "message": problem})
        else:
            rows.append(
                {
                    "anchor": pick(problem, "anchor", "path", default=""),
                    "label": pick(problem, "label", default=""),
                    "message": pick(problem, "message", default=""),
                    "clause": pick(problem, "clause", default=""),
                }
            )
    return rows


def _row(error: Any, anchor: str = "", label: Any = "") -> dict[str, Any]:
    found = problem_of(error)
    return {"anchor": anchor, "label": label, "message": found.message, "clause": found.clause}


@register.simple_tag(takes_context=True)
def error_summary(context: Context, *sources: Any, title: str = "") -> str:
    """What is wrong, on top of the page, each line a link to its field. Takes forms, formsets
    and lists of `(anchor, message)` or of `core.errors.Problem`. Nothing when nothing is wrong."""
    rows = [row for source in sources for row in _problems(source)]
    if not rows:
        return ""
    return render(context, "error_summary", problems=rows, title=title)
