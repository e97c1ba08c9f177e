"""Pages that belong to no room: the component page, the health check, the expired form."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.component_samples import samples


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answers `ok` when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component with sample data; only where `SHOW_COMPONENTS` is set."""
    if not settings.SHOW_COMPONENTS:
        raise Http404
    return render(request, "core/components.html", samples(request.GET))


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token expired: says so, and how to keep what was typed."""
    return render(request, "403_csrf.html", status=403)
