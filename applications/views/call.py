"""The public page of one call: what it says, by when, what a unit must bring, what there is to download."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from applications.dossier.sections import sections_of
from applications.models import CallFile, Round
from applications.rounds import validity_of
from core import clock
from core.limits import READING, limited
from core.web import tenant_url
from documents.handing import Reader, hand_out
from documents.showing import file_row
from jurisdictions.versions import cited


@login_not_required
@require_safe
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """A published call: announcement, dates and their changes, conditions and materials by clause, files."""
    found = get_object_or_404(Round.objects.published().select_related("profile", "authority"), pk=pk)
    rules, now = found.rules, clock.now()
    files = _files(found)
    context = {
        "round": found,
        "rules": rules,
        "answer": validity_of(found),
        "is_open": found.takes_applications(),
        "opens_later": now < found.opens_at,
        "conditions": rules.conditions,
        "materials": [(material, files.get(material.name, [])) for material in rules.materials],
        "annexes": files.get("", []),
        "sections": sections_of(rules),
        "changes": found.schedule_changes.all(),
        "routes": [
            (
                route.label or route.clause,
                " → ".join(rules.authority(kind).label for kind in route.path or ()),
                route,
            )
            for route in rules.routes
        ],
        **cited(found.profile),
    }
    return render(request, "applications/call.html", context)


@login_not_required
@require_safe
@limited("export", by="address", methods=READING)
def call_file(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """A file of a published call, for anybody."""
    found = get_object_or_404(CallFile, pk=file, round__in=Round.objects.published().filter(pk=pk))
    back = tenant_url("public:call", pk=pk)
    return hand_out(request, found.attachment, Reader("申报", "layouts/public.html", back))


def _files(round_: Round) -> dict[str, list[dict[str, Any]]]:
    """What there is to download, by the material of which it is the form."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in round_.call_files.select_related("attachment"):
        url = tenant_url("public:call_file", pk=round_.pk, file=one.pk)
        found[one.material].append(file_row(one.attachment, url=url, name=one.label))
    return found
