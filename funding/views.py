"""The money pages: what is due, what waits for me, one tranche with its grounds, the books."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.reauthentication import recently_authenticated
from accounts.revealing import answer, reveals
from core.models import LogEntry
from core.web import attempt, attempt_form, tenant_url
from funding.due import answer_for, needs_basis, open_questions, record_basis
from funding.enums import TrancheState
from funding.forms import BasisForm, ReasonForm, TrancheFilter
from funding.ledger import balance
from funding.models import Journal, Tranche
from funding.permissions import can_approve, can_record_basis, can_release, can_reveal_account
from funding.release import approve_tranche, missing_bank_data, order_release, payee_of, send_back
from funding.transitions import UNPAID
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.permissions import authorities_where
from jurisdictions.versions import cited

PAGE_SIZE = 50
finance = requires(Right.PREPARE_PAYMENT, Right.RELEASE_PAYMENT)
# The views of the list: name → (label, states or None for a filter of its own).
VIEWS: dict[str, tuple[str, tuple[TrancheState, ...]]] = {
    "mine": ("待我办理", ()),
    "due": ("应付", (TrancheState.DUE,)),
    "checking": ("待复核", (TrancheState.APPROVED, TrancheState.ORDERED)),
    "later": ("未到期", (TrancheState.PLANNED, TrancheState.HELD)),
    "released": ("已拨付", (TrancheState.RELEASED,)),
    "all": ("全部", tuple(TrancheState)),
}


def _visible(request: HttpRequest) -> QuerySet[Any]:
    return Tranche.objects.visible_to(request.user).select_related(
        "award__station__unit",
        "award__station__profile",
        "award__authority",
        "approved_by",
        "ordered_by",
    )


def _waiting_for(user: Any) -> Q:
    """What this person may do next: approve what is due, release what another one approved."""
    makes = authorities_where(user, Right.PREPARE_PAYMENT)
    checks = authorities_where(user, Right.RELEASE_PAYMENT)
    return Q(state=TrancheState.DUE, award__authority__in=makes) | (
        Q(state=TrancheState.APPROVED, award__authority__in=checks) & ~Q(approved_by=user)
    )


@require_GET
@finance
def tranches(request: HttpRequest) -> HttpResponse:
    """The plan of payments: mine first, every view with its count and its sum."""
    visible = _visible(request)
    mine = _waiting_for(request.user)
    chosen = request.GET.get("view", "mine")
    chosen = chosen if chosen in VIEWS else "mine"
    form = TrancheFilter(request.GET or None, initial={"view": chosen})
    rows = visible.filter(mine) if chosen == "mine" else visible.filter(state__in=VIEWS[chosen][1])
    rows = _filtered(rows, form).order_by("award__station__designated_on", "award_id", "seq")
    total = rows.aggregate(fen=Sum("amount_fen"))["fen"] or 0
    context = {
        "filter_form": form,
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "total_fen": total,
        "tabs": _tabs(visible, mine, chosen),
        "chosen": chosen,
    }
    return render(request, "funding/funds_tranches.html", context)


def _tabs(visible: QuerySet[Any], mine: Q, chosen: str) -> list[dict[str, Any]]:
    by_state = dict(visible.order_by().values_list("state").annotate(Count("pk")))
    waiting = visible.filter(mine).count()
    return [
        {
            "label": label,
            "url": f"?view={name}",
            "active": name == chosen,
            "count": waiting if name == "mine" else sum(by_state.get(state, 0) for state in states),
        }
        for name, (label, states) in VIEWS.items()
    ]


def _filtered(rows: QuerySet[Any], form: TrancheFilter) -> QuerySet[Any]:
    if not form.is_valid():
        return rows
    text = form.cleaned_data["q"].strip()
    if text:
        rows = rows.filter(
            Q(award__station__name__icontains=text)
            | Q(award__station__number__icontains=text)
            | Q(award__station__unit__name__icontains=text)
        )
    if form.cleaned_data["state"]:
        rows = rows.filter(state=form.cleaned_data["state"])
    return rows


@require_GET
@finance
def tranche(request: HttpRequest, pk: int) -> HttpResponse:
    """One tranche: why it stands where it stands, to whom it goes, what happened, what I may do."""
    return _page(request, get_object_or_404(_visible(request), pk=pk))


def _page(request: HttpRequest, subject: Tranche, *, reason_form: ReasonForm | None = None) -> HttpResponse:
    user, state = request.user, subject.state
    maker, checker = can_approve(user, subject), can_release(user, subject)
    context = {
        **_shown(subject),
        "may_approve": state == TrancheState.DUE and maker,
        "may_release": state == TrancheState.APPROVED and checker,
        "is_maker": state == TrancheState.APPROVED and subject.approved_by_id == user.pk,
        "reason_form": reason_form or ReasonForm(),
        "missing_bank": missing_bank_data(subject),
        "payee": subject.payee or payee_of(subject),
        "payee_changed": subject.state == TrancheState.APPROVED and subject.payee != payee_of(subject),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "funding/funds_tranche.html", context, status=status)


def _shown(subject: Tranche) -> dict[str, Any]:
    """What the finance page and the bureau's page both show of a tranche."""
    answer = answer_for(subject) if subject.state in UNPAID else None
    history = LogEntry.history_of(subject.award) | LogEntry.history_of(subject)
    return {
        "tranche": subject,
        "award": subject.award,
        "station": subject.award.station,
        "rules": subject.award.station.profile.rules,
        **cited(subject.award.station.profile),
        "unit": subject.award.station.unit,
        "siblings": subject.award.tranches.order_by("seq"),
        "answer": answer,
        "questions": open_questions(answer) if answer else [],
        "needs_basis": answer is not None and needs_basis(answer) and not subject.basis,
        "release": getattr(subject, "release", None) if subject.state == TrancheState.RELEASED else None,
        "history": history.order_by("-pk"),
    }


@require_POST
@finance
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(_visible(request), pk=pk)
    note = request.POST.get("reason", "")
    attempt(
        request,
        approve_tranche,
        tranche=subject,
        actor=request.user,
        note=note,
        done="已核准，已通知资金复核人。",
    )
    return redirect(tenant_url("funds:tranche", pk=pk))


@require_POST
@finance
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(_visible(request), pk=pk)
    form = ReasonForm(request.POST)
    if form.is_valid() and attempt_form(
        form, send_back, tranche=subject, actor=request.user, reason=form.cleaned_data["reason"]
    ):
        messages.success(request, "已退回资金经办人。")
        return redirect(tenant_url("funds:tranche", pk=pk))
    return _page(request, subject, reason_form=form)


@require_POST
@finance
@recently_authenticated(act="复核放款")
def order(request: HttpRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(_visible(request), pk=pk)
    attempt(request, order_release, tranche=subject, actor=request.user, done="已复核，系统正在放款。")
    return redirect(tenant_url("funds:tranche", pk=pk))


@reveals
@finance
def reveal_account(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole number of the account that the money goes to."""
    subject = get_object_or_404(_visible(request), pk=pk)
    back = tenant_url("funds:tranche", pk=pk)
    return answer(request, subject=subject, allowed=can_reveal_account, back=back)


@require_GET
@finance
def ledger(request: HttpRequest) -> HttpResponse:
    """The journals with their entries, the balances, and the proof that they hold."""
    journals = (
        Journal.objects.select_related("award__station")
        .prefetch_related("release")
        .prefetch_related("entries")
        .order_by("-pk")
    )
    page = Paginator(journals, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "funding/funds_ledger.html", {"page_obj": page, "proof": balance()})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.MANAGE)
def bureau_tranche(request: HttpRequest, pk: int) -> HttpResponse:
    """The leading authority's view of a tranche: what it waits for, and the basis after expiry."""
    subject = get_object_or_404(_visible(request), pk=pk, award__station__authority__in=request.authorities)
    form = BasisForm(request.POST if request.method == "POST" else None)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt_form(
            form, record_basis, tranche=subject, basis=form.cleaned_data["basis"], actor=request.user
        )
    ):
        messages.success(request, "已记录依据，该批资金转为应付，已通知资金经办人。")
        return redirect(tenant_url("bureau:tranche", pk=pk))
    context = {
        **_shown(subject),
        "form": form,
        "may_record": subject.state == TrancheState.HELD and can_record_basis(request.user, subject),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "funding/bureau_tranche.html", context, status=status)
