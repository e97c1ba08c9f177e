"""The authorities of the jurisdiction, and the word that their document numbers begin with."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from core.web import attempt_form, tenant_url
from jurisdictions.access import requires
from jurisdictions.authorities import set_document_word
from jurisdictions.enums import Right
from jurisdictions.models import Authority
from jurisdictions.versions import current_rules


class WordForm(forms.Form):
    """One authority's word; `authority` says whose."""

    authority = forms.IntegerField(widget=forms.HiddenInput)
    document_word = forms.CharField(label="机关代字", required=False, max_length=20)


@requires(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def authorities(request: HttpRequest) -> HttpResponse:
    """Every authority with its word; POST changes one."""
    sent = WordForm(request.POST) if request.method == "POST" else None
    if sent is not None and sent.is_valid():
        given = sent.cleaned_data
        authority = get_object_or_404(Authority, pk=given["authority"])
        if attempt_form(
            sent,
            set_document_word,
            authority=authority,
            word=given["document_word"],
            actor=request.user,
        ):
            messages.success(request, f"已登记{authority.name}的机关代字。")
            return redirect(tenant_url("settings:authorities"))
    context = {"rows": _rows(sent), "sent": sent}
    status = 422 if sent is not None else 200
    return render(request, "jurisdictions/authorities.html", context, status=status)


def _rows(sent: WordForm | None) -> list[tuple[Authority, str, WordForm]]:
    """Each authority with the words for its kind and its form: the sent one where it was refused."""
    rules = current_rules()
    rows = []
    for authority in Authority.objects.all():
        form = WordForm(
            initial={"authority": authority.pk, "document_word": authority.document_word},
            auto_id=f"id_%s_{authority.pk}",
        )
        if sent is not None and sent.data.get("authority") == str(authority.pk):
            form = sent
        rows.append((authority, rules.authority(authority.kind).label, form))
    return rows
