"""The regulation as the public reads it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from jurisdictions.models import RuleProfile
from jurisdictions.rulebook import chapters
from jurisdictions.validity import validity_today
from jurisdictions.versions import current_version


@login_not_required
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The current version, or the one that `?version=` names, chapter by chapter."""
    current = current_version()
    asked = request.GET.get("version")
    version = get_object_or_404(RuleProfile.objects.active(), version=asked) if asked else current
    profile = version.rules
    readings = [
        (reading, next(option for option in reading.options if option.value == reading.chosen))
        for reading in profile.readings
    ]
    context = {
        "version": version,
        "current": current,
        "versions": list(RuleProfile.objects.active().order_by("-version").values_list("version", flat=True)),
        "rules": profile,
        "standing": validity_today(profile),
        "chapters": chapters(profile),
        "readings": readings,
    }
    return render(request, "jurisdictions/rules.html", context)
