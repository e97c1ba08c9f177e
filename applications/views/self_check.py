"""Where a unit stands before it applies: asked and answered on one page, kept nowhere."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from applications.self_check.answering import answer, concerned, parts_of
from applications.self_check.forms import SelfCheckForm
from core import clock
from core.limits import limited
from jurisdictions.engine.saying import label_of
from jurisdictions.validity import validity_today
from jurisdictions.versions import current_version


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("self_check", by="address")
@never_cache
@sensitive_post_parameters()
def self_check(request: HttpRequest) -> HttpResponse:
    """GET asks; POST answers on the same page. Neither writes anything, session and log included."""
    version = current_version()
    rules, today = version.rules, clock.today()
    form = SelfCheckForm(parts_of(rules), request.POST if request.method == "POST" else None)
    typed = form.typed
    found = answer(rules, typed, on=today) if form.is_bound else None
    if found is not None:
        form.refuse(found.refused)
    way = found.route.path if found is not None else None
    context = {
        "rules": rules,
        "standing": validity_today(rules),
        "form": form,
        "parts": form.shown(concerned(rules, typed, on=today)),
        "found": found,
        "way": " → ".join(label_of(rules, kind) for kind in way) if way else "",
        "clause_articles": rules.articles,
    }
    refused = found is not None and bool(found.refused)
    return render(request, "applications/self_check.html", context, status=422 if refused else 200)
