"""The first page of a jurisdiction: what the scheme is, whether it is in force, what is open."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from applications.enums import RoundState
from applications.models import Round
from core import clock
from jurisdictions.validity import validity_today
from jurisdictions.versions import current_rules
from notices.enums import NoticeState
from notices.models import PublicNotice
from stations.enums import IN_BEING
from stations.models import Station


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """For anybody: the scheme, open calls, running notices, the number of stations."""
    rules, now = current_rules(), clock.now()
    context = {
        "rules": rules,
        "standing": validity_today(rules),
        "calls": Round.objects.filter(state=RoundState.OPEN, opens_at__lte=now, closes_at__gt=now),
        "notices": PublicNotice.objects.filter(state=NoticeState.PUBLISHED, last_day__gte=clock.today()),
        "stations": Station.objects.filter(state__in=IN_BEING).count(),
        "procedure": list(dict.fromkeys(stage.label for stage in rules.stages)),
    }
    return render(request, "applications/public_home.html", context)
