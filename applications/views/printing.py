"""Applications on paper: printing them, and telling whether a paper is what was handed in."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from applications.dossier.answers import is_editable
from applications.dossier.printing import draft_pdf, short, typed_digest, version_pdf
from applications.models import Application, ApplicationVersion
from applications.views.own import mine
from core.limits import READING, limited
from core.pdf import PdfUnavailable
from core.web import tenant_url
from documents.serving import bytes_response
from jurisdictions.access import requires
from jurisdictions.enums import Right

NO_PRINTER = "服务器暂时不能生成 PDF，请联系管理员；也可以用浏览器打印申报页面。"


@require_safe
@limited("export", methods=READING)
def unit_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit's own application: what stands in the form while it is with the unit (`?submitted=1`: what
    was handed in last), else what was handed in.
    """
    found = mine(request, pk)
    version = found.versions.last()
    if version is not None and ("submitted" in request.GET or not is_editable(found)):
        return _version(request, version)
    return _answer(lambda: draft_pdf(found), f"{found.round.title}申报书（草稿）.pdf")


@require_safe
@requires(Right.REVIEW)
@limited("export", methods=READING)
def desk_print(request: HttpRequest, pk: int) -> HttpResponse:
    """What was handed in last, for whoever reviews it."""
    found = get_object_or_404(
        Application.objects.visible_to(request.user).filter(submitted_at__isnull=False), pk=pk
    )
    version = found.versions.last()
    if version is None:
        raise Http404
    return _version(request, version)


def _version(request: HttpRequest, version: ApplicationVersion) -> HttpResponse:
    return _answer(lambda: version_pdf(version), f"申报书 {version.application.number}.pdf")


def _answer(make: Any, name: str) -> HttpResponse:
    try:
        content = make()
    except PdfUnavailable:
        return HttpResponse(NO_PRINTER, status=503, content_type="text/plain; charset=utf-8")
    return bytes_response(content, "application/pdf", name)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.REVIEW)
def desk_match(request: HttpRequest) -> HttpResponse:
    """Somebody types or scans what stands on a paper."""
    return _match(request, "layouts/desk.html", "desk:file")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.MANAGE)
def bureau_match(request: HttpRequest) -> HttpResponse:
    """The same for the authority that leads the round."""
    return _match(request, "layouts/bureau.html", "bureau:application")


def _match(request: HttpRequest, layout: str, page: str) -> HttpResponse:
    typed = request.POST.get("digest", "")
    digest = typed_digest(typed)
    context: dict[str, Any] = {"layout": layout, "typed": typed, "asked": request.method == "POST"}
    if context["asked"] and not digest:
        context["error"] = "校验码应为 16 位数字和字母 A–F（印在每页下方），或二维码的全文。"
    elif digest:
        versions = ApplicationVersion.objects.filter(
            digest__startswith=digest,
            application__in=Application.objects.visible_to(request.user).filter(submitted_at__isnull=False),
        )
        version = versions.select_related("application__unit", "application__round").first()
        if version is not None:
            last = version.application.versions.last()
            context |= {
                "version": version,
                "last": last,
                "short": short(version.digest),
                "current": version == last,
                "url": tenant_url(page, pk=version.application_id),
            }
    status = 422 if context.get("error") else 200
    return render(request, "applications/paper_match.html", context, status=status)
