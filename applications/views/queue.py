"""The desk's queue: what lies there, narrowed down, what is new, and one act on several files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from applications.desk.assigning import assign, return_to_pool
from applications.desk.batch import MOST, each
from applications.desk.consolidating import agree
from applications.desk.forms import ACTS, BatchForm, QueueFilter
from applications.desk.looking import HAS_NEWS, with_news
from applications.desk.review import forward
from applications.enums import ApplicationState as S
from applications.models import Application, Round
from applications.views.listing import rows_of, with_due_day
from core import clock
from core.typed import whole_in
from core.web import tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.permissions import people_holding
from jurisdictions.versions import work_calendar

PAGE = 50
SOON_WORKING_DAYS = 3
# The queue's views: word, and which applications (with `mine` for those on the desk now).
VIEWS = {
    "mine": "待我审核",
    "agreed": "待汇总上报",
    "returned": "待单位补正",
    "passed": "已上报",
    "rejected": "不予通过",
}


@require_GET
@requires(Right.REVIEW)
def queue(request: HttpRequest) -> HttpResponse:
    """What lies on my authorities' desks, the nearest day first, with what is new since I last looked."""
    views = _views(request)
    touched = Q()
    for condition in views.values():
        touched |= condition
    rounds = list(Round.objects.filter(pk__in=Application.objects.filter(touched).values("round")))
    form = QueueFilter(
        request.GET,
        rounds=rounds,
        reviewers=people_holding(Right.REVIEW, request.authorities),
    )
    form.is_valid()
    given = form.cleaned_data
    view = given.get("state") if given.get("state") in VIEWS else "mine"
    found = with_news(with_due_day(Application.objects.filter(views[view]).distinct()), request.user)
    found = _narrowed(found, given, request).select_related("unit", "round__profile", "authority", "reviewer")
    counts = _counts(views)
    narrowed = any(given.get(name) for name in ("q", "round", "who", "due", "news"))
    pages = Paginator(found.order_by(F("due").asc(nulls_last=True), "submitted_at", "pk"), PAGE)
    if not narrowed:
        pages.count = counts[view]
    page = pages.get_page(request.GET.get("page"))
    address = tenant_url("desk:queue")
    tabs = [
        {"label": word, "url": f"{address}?state={key}", "active": key == view, "count": counts[key]}
        for key, word in VIEWS.items()
        # Only desks below the lead send lists up.
        if key != "agreed" or counts[key] or key == view
    ]
    below_lead = any(round_.authority_id != desk.pk for round_ in rounds for desk in request.authorities)
    context = {
        "rows": rows_of(list(page)),
        "page": page,
        "tabs": tabs,
        "form": form,
        "view": view,
        "narrowed": narrowed,
        "acts": [(key, word) for key, word in ACTS.items() if key != "agree" or below_lead],
    }
    return render(request, "applications/desk_queue.html", context)


def _narrowed(found: QuerySet, given: dict[str, Any], request: HttpRequest) -> QuerySet:
    if query := (given.get("q") or "").strip():
        found = found.filter(Q(unit__name__icontains=query) | Q(number__icontains=query))
    if given.get("round"):
        found = found.filter(round=given["round"])
    who = given.get("who")
    if who == "nobody":
        found = found.filter(reviewer=None)
    elif who:
        found = found.filter(reviewer=request.user.pk if who == "me" else who)
    today = clock.today()
    if given.get("due") == "late":
        found = found.filter(due__lt=today)
    elif given.get("due") == "soon":
        last, _ = work_calendar().add_working_days(today, SOON_WORKING_DAYS)
        found = found.filter(due__gte=today, due__lte=last)
    return found.filter(HAS_NEWS) if given.get("news") else found


def _views(request: HttpRequest) -> dict[str, Q]:
    desks = Q(authority__in=request.authorities)
    seen = Q(pk__in=Application.objects.filter(opinions__authority__in=request.authorities).values("pk"))
    return {
        "mine": desks & Q(state=S.UNDER_REVIEW, agreed_at__isnull=True),
        "agreed": desks & Q(state=S.UNDER_REVIEW, agreed_at__isnull=False),
        "returned": desks & Q(state=S.RETURNED),
        "passed": seen
        & ~Q(state__in=[S.RETURNED, S.REJECTED, S.WITHDRAWN])
        & ~(desks & Q(state=S.UNDER_REVIEW)),
        "rejected": desks & Q(state=S.REJECTED),
    }


def _counts(views: dict[str, Q]) -> dict[str, int]:
    return Application.objects.aggregate(
        **{name: Count("pk", filter=condition, distinct=True) for name, condition in views.items()}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.REVIEW)
def batch(request: HttpRequest) -> HttpResponse:
    """One act on several files: what it needs, then what came of each. POST carries it out."""
    given = request.POST if request.method == "POST" else request.GET
    act = given.get("act", "")
    if not act:
        return redirect(tenant_url("desk:queue"))
    if act not in ACTS:
        raise Http404
    asked = [pk for value in given.getlist("files") if (pk := whole_in(value, otherwise=0))][:MOST]
    if not asked:
        messages.warning(request, "请先勾选要办理的申报。")
        return redirect(tenant_url("desk:queue"))
    found = list(
        Application.objects.visible_to(request.user)
        .filter(pk__in=asked, submitted_at__isnull=False)
        .select_related("unit", "round__profile", "round__authority", "authority", "reviewer")
        .order_by("pk")
    )
    desks = {one.authority_id: one.authority for one in found if one.authority in request.authorities}
    form = BatchForm(
        request.POST if request.method == "POST" else None,
        act=act,
        reviewers=people_holding(Right.REVIEW, list(desks.values())),
    )
    context: dict[str, Any] = {
        "act": act,
        "word": ACTS[act],
        "form": form,
        "lost": len(set(asked)) - len(found),
        "rows": rows_of(found),
    }
    if request.method == "POST" and form.is_valid():
        outcomes = each(found, _act(request, act, form.cleaned_data))
        context |= {"outcomes": outcomes, "done": sum(outcome.done for outcome in outcomes)}
        return render(request, "applications/desk_batch_done.html", context)
    return render(request, "applications/desk_batch.html", context)


def _act(request: HttpRequest, act: str, given: dict[str, Any]) -> Callable[[Application], Any]:
    """What is done to each file, at the stage that the page showed of it."""
    verb: Callable[..., Any] = {
        "forward": forward,
        "agree": agree,
        "assign": assign,
        "pool": return_to_pool,
    }[act]

    def one(application: Application) -> Any:
        stage = request.POST.get(f"stage-{application.pk}", "")
        # A page that named no stage showed none: that is no stage at which the file could be.
        return verb(
            application=application,
            actor=request.user,
            stage=whole_in(stage, otherwise=-1),
            **given,
        )

    return one
