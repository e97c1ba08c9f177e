"""The page on which false material ends an application, and the evidence that it was false."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from applications.desk.falsity import clauses_of, end_for_falsity
from applications.desk.forms import FalsityForm
from applications.models import Application, FalsityFinding
from applications.permissions import can_disqualify, can_take_originals
from core.limits import READING, limited
from core.web import attempt_form, tenant_url
from documents.handing import Reader, hand_out
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.versions import cited


@require_http_methods(["GET", "HEAD", "POST"])
@limited("upload", methods=("POST",))
@requires(Right.REVIEW)
def falsity(request: HttpRequest, pk: int) -> HttpResponse:
    """What was false, how that was found, by which clause; POST ends the application."""
    application = _visible(request, pk)
    if not Application.workflow.can(application, "disqualify", request.user):
        if not can_disqualify(request.user, application):
            raise Http404
        messages.warning(request, f"申报当前为“{application.status.label}”，不能取消申报资格。")
        return redirect(tenant_url("desk:file", pk=pk))
    form = FalsityForm(
        request.POST or None,
        request.FILES or None,
        application=application,
        grounds=clauses_of(application),
    )
    if request.method == "POST" and form.is_valid():
        done = attempt_form(
            form, end_for_falsity, application=application, actor=request.user, **form.cleaned_data
        )
        if done is not None:
            messages.success(request, f"已取消申报资格，并通知{application.unit.name}。")
            return redirect(tenant_url("desk:file", pk=pk))
        application.refresh_from_db()
    context = {"application": application, "form": form, **cited(application.round.profile)}
    return render(request, "applications/desk_falsity.html", context)


@requires(Right.REVIEW)
@limited("export", methods=READING)
def evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file that shows that material was false, for whoever sees the application."""
    application = _visible(request, pk)
    found = get_object_or_404(FalsityFinding, application=application, evidence__isnull=False)
    assert found.evidence is not None
    reader = Reader(
        purpose=f"{application.round.title}审核",
        layout="layouts/desk.html",
        back=tenant_url("desk:file", pk=pk),
        originals=can_take_originals(request.user, application),
    )
    return hand_out(request, found.evidence, reader)


def _visible(request: HttpRequest, pk: int) -> Application:
    found = Application.objects.visible_to(request.user).filter(submitted_at__isnull=False)
    joined = found.select_related("unit", "round__profile", "round__authority", "authority")
    return get_object_or_404(joined, pk=pk)
