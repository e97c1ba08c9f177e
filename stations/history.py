"""Everything that ever happened to a station: its application, itself, its assessments, its money."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, Q

from core.models import LogEntry
from stations.models import Station


def history_of(station: Station) -> list[LogEntry]:
    """The entries of the station and of all that hangs on it, newest first; one query for the entries."""
    mine = Q(pk__in=[])
    for subject in _subjects(station):
        mine |= Q(subject_type=subject._meta.label_lower, subject_id=subject.pk)
    return list(LogEntry.objects.filter(mine).order_by("-at", "-id"))


def _subjects(station: Station) -> Iterator[Model]:
    """What hangs on a station, by the relations that the rooms above declare; none of them is imported."""
    yield station
    if (application := _one(station, "application")) is not None:
        yield application
    yield from station.assessments.all()
    if (award := _one(station, "award")) is not None:
        yield award
        yield from award.tranches.all()


def _one(station: Station, name: str) -> Model | None:
    try:
        related: Model = getattr(station, name)
    except ObjectDoesNotExist:
        return None
    return related
