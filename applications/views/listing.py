"""Applications as rows of a list: what each shows is read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import OuterRef, QuerySet, Subquery

from applications.desk.review import PANEL
from applications.desk.stages import REVIEW
from applications.filing.submission import CORRECTION
from applications.models import Application
from core import clock
from deadlines.enums import DeadlineState
from deadlines.models import Deadline
from deadlines.showing import shown
from jurisdictions.engine import stage_list
from jurisdictions.models import Authority
from jurisdictions.versions import work_calendar

# The dates that are owed on an application while it is on its way.
OWED = (REVIEW, CORRECTION, PANEL)


def with_due_day(applications: QuerySet) -> QuerySet:
    """Adds `due` and `due_clause`: the nearest open date on each application, and what it rests on."""
    nearest = Deadline.objects.filter(
        subject_type=ContentType.objects.get_for_model(Application),
        subject_id=OuterRef("pk"),
        kind__in=OWED,
        state=DeadlineState.OPEN,
    ).order_by("due_on", "pk")
    return applications.annotate(
        due=Subquery(nearest.values("due_on")[:1]), due_clause=Subquery(nearest.values("clause")[:1])
    )


def rows_of(applications: Sequence[Application]) -> list[dict[str, Any]]:
    """Each application with its step and its open date (`round__profile`, `unit`, `authority` are joined)."""
    owed = _deadlines(applications)
    kinds = {pk: one.kind for pk, one in Authority.here().items()}
    today, calendar = clock.today(), work_calendar()
    return [
        {
            "application": application,
            "step": step_label(application, kinds),
            "deadline": shown(owed.get(application.pk), today=today, calendar=calendar),
        }
        for application in applications
    ]


def step_label(application: Application, kinds: dict[int, str]) -> str:
    """The words for the step at which it stands; empty before it has a route."""
    if not application.route:
        return ""
    steps = stage_list(application.rules, tuple(kinds[pk] for pk in application.route))
    return steps[min(application.stage, len(steps) - 1)].label


def _deadlines(applications: Sequence[Application]) -> dict[int, Deadline]:
    found = Deadline.objects.filter(
        subject_type=ContentType.objects.get_for_model(Application),
        subject_id__in=[application.pk for application in applications],
        kind__in=OWED,
        state=DeadlineState.OPEN,
    ).order_by("-due_on", "-pk")
    return {deadline.subject_id: deadline for deadline in found}
