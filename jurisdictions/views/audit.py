"""The log for the auditor: read only, every act of the jurisdiction."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import clock
from core.models import LogEntry
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.logbook import state_name, subject_choices, subject_name

PAGE_SIZE = 50


class LogFilter(forms.Form):
    """By act, person, object and day."""

    q = forms.CharField(label="动作", required=False)
    who = forms.CharField(label="操作人", required=False)
    kind = forms.ChoiceField(label="对象", required=False)
    number = forms.IntegerField(label="对象编号", required=False, min_value=1)
    since = forms.DateField(label="起始日期", required=False, widget=forms.DateInput)
    until = forms.DateField(label="截止日期", required=False, widget=forms.DateInput)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "全部"), *subject_choices()]

    def narrow(self, entries: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
        """The entries that the filter lets through; a day that is none filters nothing."""
        if not self.is_bound:
            return entries
        self.is_valid()
        wanted = self.cleaned_data
        lookups = {
            "q": "label__icontains",
            "who": "actor_name__icontains",
            "kind": "subject_type",
            "number": "subject_id",
        }
        entries = entries.filter(**{lookups[name]: wanted[name] for name in lookups if wanted.get(name)})
        if since := wanted.get("since"):
            entries = entries.filter(at__gte=clock.start_of(since))
        if until := wanted.get("until"):
            entries = entries.filter(at__date__lte=until)
        return entries


@requires(Right.AUDIT)
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Every act, newest first."""
    filters = LogFilter(request.GET or None)
    page = Paginator(filters.narrow(LogEntry.objects.order_by("-id")), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    rows = [
        (
            entry,
            subject_name(entry.subject_type),
            state_name(entry.subject_type, entry.source),
            state_name(entry.subject_type, entry.target),
        )
        for entry in page
    ]
    return render(request, "jurisdictions/log.html", {"filters": filters, "page_obj": page, "rows": rows})
