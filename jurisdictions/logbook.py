"""The words for what the log speaks of."""

from __future__ import annotations

from django.apps import apps

from core.models import LogEntry


def subject_name(label: str) -> str:
    """The name of a kind of object: `applications.round` → 申报批次."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label


def state_name(label: str, value: str) -> str:
    """The word for a stored state of a kind of object; the value itself where it has none."""
    try:
        model = apps.get_model(label)
        field = model._meta.get_field(model.workflow.field)
    except (AttributeError, LookupError, ValueError):
        return value
    return str(dict(field.flatchoices).get(value, value))


def subject_choices() -> list[tuple[str, str]]:
    """The kinds of object that the log speaks of."""
    kinds = LogEntry.objects.order_by("subject_type").values_list("subject_type", flat=True).distinct()
    return sorted(((kind, subject_name(kind)) for kind in kinds), key=lambda choice: choice[1])
