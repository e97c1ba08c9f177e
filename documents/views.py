"""Verifying an issued paper, and reading it."""

from __future__ import annotations

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.limits import READING, limited
from core.tenancy import active_tenants, tenant_scope
from documents.models import OfficialDocument
from documents.permissions import can_read, is_public
from documents.serving import paper_response


@login_not_required
@require_safe
@limited("verify", by="address", methods=READING)
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What the archive says of the paper with this code: a printed paper shows no jurisdiction's address."""
    for tenant in active_tenants():
        with tenant_scope(tenant):
            document = OfficialDocument.objects.filter(verification_code=code.lower()).first()
            if document is None:
                continue
            intact = hashlib.sha256(document.html.encode()).hexdigest() == document.sha256
            context = {
                "document": document,
                "place": tenant,
                "intact": intact,
                # The title of a paper to one unit names that unit: shown only where everybody may read it.
                "open": is_public(document),
                "subject": document.subject,
            }
            return render(request, "documents/verify.html", context)
    return render(request, "documents/verify.html", {"document": None, "code": code}, status=404)


@login_not_required
@require_safe
@limited("export", methods=READING)
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """The PDF of an issued paper; a page that says so while it is still being made."""
    document = get_object_or_404(OfficialDocument, verification_code=code)
    if not can_read(request.user, document):
        raise Http404
    if not document.pdf:
        return render(request, "documents/pending.html", {"document": document}, status=202)
    return paper_response(document)
