"""The log for the auditor: every act of the jurisdiction, one act, one object's history, the export."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django import forms
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.reauthentication import recently_authenticated
from core import clock
from core.audit import digest
from core.exporting import as_download
from core.limits import limited
from core.models import LogEntry
from core.web import attempt_form
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.exporting import export_log
from jurisdictions.logbook import (
    action_choices,
    changes,
    facts,
    role_choices,
    role_names,
    role_texts,
    state_name,
    subject_choices,
    subject_name,
)

PAGE_SIZE = 50
# Further back one gets by narrowing the list, not by turning pages: counting everything would be slow.
LONGEST_LIST = 10_000
MOST_PEOPLE = 200


class LogFilter(forms.Form):
    """By act, person, role, object, day and origin."""

    act = forms.ChoiceField(label="动作", required=False)
    who = forms.CharField(label="操作人", required=False, max_length=60)
    role = forms.ChoiceField(label="身份", required=False)
    kind = forms.ChoiceField(label="对象", required=False)
    number = forms.IntegerField(label="对象编号", required=False, min_value=1, max_value=2**63 - 1)
    since = forms.DateField(label="起始日期", required=False, widget=forms.DateInput)
    until = forms.DateField(label="截止日期", required=False, widget=forms.DateInput)
    origin = forms.CharField(label="来源", required=False, max_length=100)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        for name, choices in (("act", action_choices), ("role", role_choices), ("kind", subject_choices)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "全部"), *choices()]

    @cached_property
    def wanted(self) -> dict[str, Any]:
        """What is asked for; what makes no sense (a day that is none) asks for nothing."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def narrow(self, entries: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
        """The entries that the filter lets through."""
        wanted = self.wanted
        lookups = {"act": "action", "kind": "subject_type", "number": "subject_id", "origin": "origin"}
        entries = entries.filter(**{lookups[name]: wanted[name] for name in lookups if name in wanted})
        if "who" in wanted:
            entries = entries.filter(_acted_as(wanted["who"].strip()))
        if "role" in wanted:
            entries = entries.filter(role__in=role_texts(wanted["role"]))
        if "since" in wanted:
            entries = entries.filter(at__gte=clock.start_of(wanted["since"]))
        if "until" in wanted and wanted["until"] < date.max:
            entries = entries.filter(at__lt=clock.start_of(wanted["until"] + timedelta(days=1)))
        return entries

    def described(self) -> dict[str, Any]:
        """The filter as the log may keep it: a person's name only as a digest."""
        kept = {name: digest(value) if name == "who" else value for name, value in self.wanted.items()}
        return {name: value if isinstance(value, int) else str(value) for name, value in kept.items()}


def _acted_as(name: str) -> Q:
    """Who is called so, or was when acting without an account (系统, 未登录)."""
    people = get_user_model().objects.filter(Q(full_name__icontains=name) | Q(username=name))
    ids = list(people.order_by("pk").values_list("pk", flat=True)[:MOST_PEOPLE])
    return Q(actor__in=ids) | Q(actor__isnull=True, actor_name=name)


class LogPaginator(Paginator):
    """Pages as far back as `LONGEST_LIST`: the count costs the same however long the log is."""

    @cached_property
    def count(self) -> int:
        return int(self.object_list[:LONGEST_LIST].count())


def _page(request: HttpRequest, entries: QuerySet[LogEntry]) -> dict[str, Any]:
    page = LogPaginator(entries.order_by("-id"), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [
        {
            "entry": entry,
            "subject": subject_name(entry.subject_type),
            "source": state_name(entry.subject_type, entry.source),
            "target": state_name(entry.subject_type, entry.target),
            "roles": role_names(entry.role),
        }
        for entry in page
    ]
    return {"page_obj": page, "rows": rows, "cut": page.paginator.count == LONGEST_LIST}


@requires(Right.AUDIT)
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Every act, newest first."""
    filters = LogFilter(request.GET or None)
    context = {"filters": filters, **_page(request, filters.narrow(LogEntry.objects.all()))}
    return render(request, "jurisdictions/log.html", context)


@requires(Right.AUDIT)
@require_safe
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One act with everything that was kept of it, and its place in the chain."""
    found: LogEntry = get_object_or_404(LogEntry.objects.select_related("actor"), pk=pk)
    return render(
        request,
        "jurisdictions/log_entry.html",
        {
            "entry": found,
            "subject": subject_name(found.subject_type),
            "source": state_name(found.subject_type, found.source),
            "target": state_name(found.subject_type, found.target),
            "roles": role_names(found.role),
            "changes": changes(found),
            "facts": list(facts(found.data)),
            "link": found.links.first(),
        },
    )


@requires(Right.AUDIT)
@require_safe
def history(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Everything that happened to one object, newest first."""
    try:
        apps.get_model(kind)
    except (LookupError, ValueError):
        raise Http404 from None
    context = _page(request, LogEntry.objects.filter(subject_type=kind, subject_id=number))
    if not context["rows"]:
        raise Http404
    return render(
        request,
        "jurisdictions/log_history.html",
        {**context, "title": f"{subject_name(kind)} {number}"},
    )


class ReasonForm(forms.Form):
    """Why the entries leave the house."""

    reason = forms.CharField(label="导出理由", max_length=500, widget=forms.Textarea)


@requires(Right.AUDIT)
@recently_authenticated(act="导出办理记录")
@limited("export")
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """Asks for the reason; POST hands out the filtered log as a spreadsheet."""
    filters = LogFilter(request.POST if request.method == "POST" else request.GET)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    entries = filters.narrow(LogEntry.objects.all())
    if request.method == "POST" and form.is_valid():
        handle = attempt_form(
            form,
            export_log,
            entries=entries,
            narrowed_by=filters.described(),
            reason=form.cleaned_data["reason"],
            actor=request.user,
        )
        if handle is not None:
            return as_download(handle, f"办理记录-{clock.today():%Y%m%d}.xlsx")
    context = {"form": form, "filters": filters, "count": entries.order_by()[:LONGEST_LIST].count()}
    context["more"] = context["count"] == LONGEST_LIST
    return render(request, "jurisdictions/log_export.html", context, status=422 if form.errors else 200)
