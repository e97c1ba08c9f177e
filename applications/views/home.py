"""The unit's home: what it owes, what runs, where it may apply, what it has been told."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from applications.enums import ApplicationState
from applications.filing.renewing import latest_of
from applications.filing.tracking import deadline_of, outcomes_told, stepper_of, with_whom
from applications.models import Application, Round
from deadlines.enums import DeadlineState
from deadlines.models import Deadline, Notification
from stations.enums import UnitState
from stations.models import ApplicantUnit, Station
from stations.reach import unit_of

MESSAGES_SHOWN = 5
OVER = (
    ApplicationState.WITHDRAWN,
    ApplicationState.REJECTED,
    ApplicationState.NOT_SELECTED,
    ApplicationState.REMOVED,
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The task list of the unit."""
    unit = unit_of(request)
    applications = list(
        Application.objects.visible_to(request.user)
        .filter(unit=unit)
        .select_related("round__profile", "round__authority", "authority", "unit__home_authority")
    )
    calls = list(Round.objects.open_calls())
    ended = _ended([application for application in applications if application.state in OVER], calls)
    return render(
        request,
        "applications/unit_home.html",
        {
            "unit": unit,
            "approved": unit.state == UnitState.APPROVED,
            "rejection": _rejection(unit),
            "rounds": _rounds(unit, applications, calls),
            "running": [
                _running(application) for application in applications if application.state not in OVER
            ],
            "answered": [row for row in ended if row["answered"]],
            "over": [row["application"] for row in ended if not row["answered"]],
            "former": latest_of(applications),
            "owed": _owed_by(unit),
            "notifications": Notification.objects.filter(recipient=request.user)[:MESSAGES_SHOWN],
        },
    )


def _rejection(unit: ApplicantUnit) -> str:
    return unit.last_reason() if unit.state == UnitState.REJECTED else ""


def _rounds(unit: ApplicantUnit, applications: list[Application], calls: list[Round]) -> list[dict[str, Any]]:
    """The calls whose end has not come, and whether this unit may start an application in each now."""
    taken = {a.round_id for a in applications if a.state != ApplicationState.WITHDRAWN}
    return [
        {"round": round_, "startable": unit.state == UnitState.APPROVED and round_.takes_applications()}
        for round_ in calls
        if round_.pk not in taken
    ]


def _ended(applications: list[Application], calls: list[Round]) -> list[dict[str, Any]]:
    """What is over, with its reason. `answered`: the call still runs, and this is why it takes no other."""
    open_ = {call.pk for call in calls}
    outcomes = outcomes_told(applications)
    return [
        {
            "application": application,
            "outcome": outcomes.get(application.pk),
            "answered": application.state != ApplicationState.WITHDRAWN and application.round_id in open_,
        }
        for application in applications
    ]


def _running(application: Application) -> dict[str, Any]:
    return {
        "application": application,
        "steps": stepper_of(application),
        "who": with_whom(application),
        "deadline": deadline_of(application),
    }


def _owed_by(unit: ApplicantUnit) -> Any:
    """The open dates of the unit and of its stations, the nearest first."""
    of_unit = Q(bearer_type=ContentType.objects.get_for_model(ApplicantUnit), bearer_id=unit.pk)
    stations = Station.objects.filter(unit=unit).values("pk")
    of_stations = Q(bearer_type=ContentType.objects.get_for_model(Station), bearer_id__in=stations)
    return Deadline.objects.filter(of_unit | of_stations, state=DeadlineState.OPEN).order_by("due_on", "pk")
