"""Beginning an application from the unit's former one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from applications.filing.renewing import Renewal, latest_of, renew, renewal_of
from applications.models import Application, Round
from core.errors import DomainError
from core.limits import limited
from core.typed import whole_in
from core.web import say_refusal, tenant_url
from stations.reach import unit_of


@require_http_methods(["GET", "HEAD", "POST"])
@limited("upload")
def renew_in(request: HttpRequest, pk: int) -> HttpResponse:
    """What of the former application comes along, what is asked anew, which files; then begins with it."""
    unit = unit_of(request)
    round_ = get_object_or_404(Round.objects.published().select_related("profile"), pk=pk)
    own = Application.objects.filter(unit=unit).select_related("round__profile", "unit")
    former = latest_of(own)
    if former is None:
        raise Http404
    chosen = {whole_in(value, otherwise=0) for value in request.POST.getlist("kept_files")} - {0}
    if request.method == "POST":
        try:
            made = renew(former=former, round_=round_, unit=unit, actor=request.user, files=chosen)
        except DomainError as refused:
            say_refusal(request, refused)
            if not own.filter(round=round_).exclude(pk=former.pk).exists():
                return _page(request, round_, renewal_of(former, round_), chosen, status=422)
            return redirect(tenant_url("unit:home"))
        messages.success(request, f"已从{former.round.title}带入内容，请逐项核对、更新。")
        return redirect(tenant_url("unit:application", pk=made.pk))
    return _page(request, round_, renewal_of(former, round_), chosen)


def _page(
    request: HttpRequest, round_: Round, renewal: Renewal, chosen: set[int], status: int = 200
) -> HttpResponse:
    old, new = renewal.former.round.profile, round_.profile
    rules = tenant_url("public:rules")
    context = {
        "round": round_,
        "renewal": renewal,
        "chosen": chosen,
        "compare": f"{rules}?version={new.version}&compare={old.version}" if old != new else "",
    }
    return render(request, "applications/unit_renew.html", context, status=status)
