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


def subject_choices() -> list[tuple[str, str]]:
    """The kinds of object that the log speaks of."""
    kinds = LogEntry.objects.order_by("subject_type").values_list("subject_type", flat=True).distinct()
    return sorted(((kind, subject_name(kind)) for kind in kinds), key=lambda choice: choice[1])
