"""The stations: the public directory, the bureau's list, and one station for each reader."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core import clock
from core.models import LogEntry
from deadlines.enums import DeadlineState
from deadlines.models import Deadline
from deadlines.showing import shown
from documents.models import OfficialDocument
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.versions import cited, current_rules, work_calendar
from stations.directory import PAGE_SIZE, DirectoryFilter
from stations.history import history_of
from stations.models import Station
from stations.permissions import can_manage_station, units_of


def _listed(request: HttpRequest, stations: QuerySet[Station]) -> dict[str, Any]:
    filters = DirectoryFilter(request.GET or None)
    found = filters.narrow(stations.select_related("unit", "local_authority"))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return {"filters": filters, "page_obj": page, "terms": current_rules().terms}


@login_not_required
@require_safe
def public_list(request: HttpRequest) -> HttpResponse:
    """Every station, for anybody."""
    return render(request, "stations/public_list.html", _listed(request, Station.objects.all()))


@login_not_required
@require_safe
def public_station(request: HttpRequest, pk: int) -> HttpResponse:
    """What anybody may know of a station: no telephone, no number of a person, no member but its leader."""
    station = get_object_or_404(
        Station.objects.select_related("unit", "authority", "local_authority", "profile", "document"), pk=pk
    )
    rules = station.profile.rules
    context = {"station": station, "rules": rules, "terms": rules.terms, **cited(station.profile)}
    return render(request, "stations/public_station.html", context)


@requires(Right.MANAGE, Right.ASSESS, Right.RUN_PANEL, Right.PUBLISH)
@require_safe
def bureau_list(request: HttpRequest) -> HttpResponse:
    """The stations in this person's care."""
    return render(
        request, "stations/bureau_list.html", _listed(request, Station.objects.visible_to(request.user))
    )


@requires(Right.MANAGE, Right.ASSESS, Right.RUN_PANEL, Right.PUBLISH)
@require_safe
def bureau_station(request: HttpRequest, pk: int) -> HttpResponse:
    """One station with its whole history."""
    station = _with_everything(Station.objects.visible_to(request.user), pk)
    context = {
        **_file(station),
        "history": history_of(station),
        "may_manage": can_manage_station(request.user, station),
    }
    return render(request, "stations/bureau_station.html", context)


@require_safe
def unit_list(request: HttpRequest) -> HttpResponse:
    """The stations of this person's units; not found by whoever acts for none."""
    units = units_of(request.user)
    if not units:
        raise Http404
    stations = Station.objects.filter(unit__in=units).select_related("unit", "document")
    return render(
        request, "stations/unit_stations.html", {"stations": stations, "terms": current_rules().terms}
    )


@require_safe
def unit_station(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit's own station: what it owes, what it gets, what happened."""
    station = _with_everything(Station.objects.filter(unit__in=units_of(request.user)), pk)
    owed = Deadline.objects.filter(
        bearer_type__model="station", bearer_id=station.pk, state=DeadlineState.OPEN
    )
    calendar = work_calendar()
    rows = [(deadline, shown(deadline, today=clock.today(), calendar=calendar)) for deadline in owed]
    return render(request, "stations/unit_station.html", {**_file(station), "owed": rows})


def _with_everything(stations: QuerySet[Station], pk: int) -> Station:
    station: Station = get_object_or_404(
        stations.select_related("unit", "authority", "local_authority", "profile", "document"), pk=pk
    )
    return station


def _file(station: Station) -> dict[str, Any]:
    """A station's file, newest event first."""
    papers = OfficialDocument.objects.filter(subject_type__model="station", subject_id=station.pk)
    return {
        "station": station,
        "rules": station.profile.rules,
        "terms": station.profile.rules.terms,
        **cited(station.profile),
        "members": list(station.members.all()),
        "history": list(LogEntry.history_of(station).order_by("-id")),
        "papers": [station.document, *papers],
    }
