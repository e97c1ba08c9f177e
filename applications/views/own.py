"""An application in the hands of its own unit: reaching it, and what its pages share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from applications.dossier.answers import is_editable
from applications.dossier.sections import MATERIALS, REVIEW, Place, place_of
from applications.enums import ApplicationState
from applications.filing.tracking import corrections_of
from applications.models import Application
from core.web import tenant_url
from documents.showing import file_row
from jurisdictions.engine import Profile
from stations.reach import units_of as units_of_person

View = Callable[..., HttpResponse]


def mine(request: HttpRequest, pk: int) -> Application:
    """An application of a unit for which this person fills in; 404 for everybody else's."""
    return get_object_or_404(
        Application.objects.filter(unit__in=units_of_person(request.user)).select_related(
            "round__profile", "round__authority", "authority", "unit__home_authority", "saved_by"
        ),
        pk=pk,
    )


def with_draft(view: View) -> View:
    """Hands the view an application that is with the unit now; what is handed in has no form any more."""

    @wraps(view)
    def inner(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        found = mine(request, pk)
        if not is_editable(found):
            say_where(request, found)
            return redirect(tenant_url("unit:application", pk=found.pk))
        return view(request, found, **kwargs)

    return inner


def say_where(request: HttpRequest, found: Application) -> None:
    """What is no longer with the unit: handed in already (a second press of the button), or withdrawn."""
    handed_in = found.number and found.state != ApplicationState.WITHDRAWN
    where = f"申报已提交，编号 {found.number}，" if handed_in else "申报"
    messages.warning(request, f"{where}当前为“{found.status.label}”，不能修改。")


def url_of(application: Application, place: Place) -> str:
    """The address of the field that a problem belongs to."""
    if place.section == MATERIALS:
        url = tenant_url("unit:materials", pk=application.pk)
    elif place.section == REVIEW:
        url = tenant_url("unit:review", pk=application.pk)
    else:
        url = tenant_url("unit:section", pk=application.pk, chapter=place.section) + "?checked=1"
    return f"{url}#{place.anchor}" if place.anchor else url


def corrections(found: Application) -> list[dict[str, str]]:
    """The points of an open return with the chapter and address of each."""
    points = []
    for item in corrections_of(found):
        place = place_of(found.rules, item["path"])
        points.append({**item, "section": place.section, "url": url_of(found, place)})
    return points


def brought(found: Application) -> list[dict[str, Any]]:
    """Each material of the unit with what was brought."""
    rules: Profile = found.rules
    rows = {row.name: row for row in found.materials.prefetch_related("files__attachment")}
    return [
        {
            "rule": rule,
            "row": rows.get(rule.name),
            "files": [
                file_row(file.attachment, url=tenant_url("unit:file", pk=found.pk, file=file.pk))
                for file in (rows[rule.name].files.all() if rule.name in rows else ())
            ],
        }
        for rule in rules.materials
        if rule.brought_by == "unit"
    ]


def reveals_of(found: Application) -> dict[str, str]:
    return {"reveal_url": tenant_url("unit:reveal", pk=found.pk), "reveal_reasons": "own_entry"}
