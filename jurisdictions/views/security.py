"""The security administrator's pages: the accounts of the jurisdiction's people."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.overview import standing_of
from core.errors import DomainError
from core.models import LogEntry
from core.web import attempt, tenant_url
from jurisdictions.access import requires
from jurisdictions.account_care import acts_open, care_for_account, needs_two
from jurisdictions.belonging import belongs_elsewhere, labels_of
from jurisdictions.belonging import people as people_here
from jurisdictions.enums import OPEN_STATES, AccountAct, Right
from jurisdictions.forms import AccountFilter
from jurisdictions.models import Membership
from jurisdictions.two_people import ask_for_act, open_proposals
from jurisdictions.views.two_people import ASKED

PAGE_SIZE = 30
# What each act does, in the words of its confirmation.
EFFECTS = {
    AccountAct.UNLOCK: "清除登录失败记录，该人员可以再次尝试登录。",
    AccountAct.END_SESSIONS: "该人员在所有设备上立即退出，须重新登录。",
    AccountAct.RESET_SECOND_FACTOR: "原验证器和恢复码作废，该人员下次登录须重新设置。",
    AccountAct.SET_PASSWORD: "原密码作废，登录锁定解除；生成新的初始密码并只显示一次，首次登录须修改。",
    AccountAct.DISABLE: "该人员立即退出且不能再登录；任职和记录保留。",
    AccountAct.ENABLE: "该人员可以再次登录，原有任职的权限随之恢复。",
}

SECOND = "须由系统管理员或审计人员在 24 小时内同意后办理。"


@requires(Right.SECURE)
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account with a place in this jurisdiction: when it last signed in, and how it stands."""
    filters = AccountFilter(request.GET)
    page = Paginator(filters.accounts(), PAGE_SIZE).get_page(request.GET.get("page"))
    shown = list(page)
    standing, labels = standing_of(shown), labels_of(shown)
    rows = [(user, labels[user.pk], standing[user.pk]) for user in shown]
    context = {"filters": filters, "page_obj": page, "rows": rows}
    return render(request, "jurisdictions/accounts.html", context)


@requires(Right.SECURE)
@require_safe
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account, its posts here, and what may be done to it."""
    return _page(request, _account(pk))


@requires(Right.SECURE)
@never_cache
@require_POST
def care(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Does one of the acts, or asks for it where it takes two; an initial password is shown this once."""
    if act not in AccountAct.values:
        raise Http404
    chosen, user, reason = AccountAct(act), _account(pk), request.POST.get("reason", "")
    if not reason.strip():
        return _page(request, user, problem=f"{chosen.label}必须写明理由。", status=422)
    if needs_two(chosen, user):
        given = {"act": chosen, "user": user, "reason": reason, "actor": request.user}
        attempt(request, ask_for_act, done=f"{chosen.label}：{ASKED}", **given)
        return redirect(tenant_url("settings:account", pk=pk))
    if chosen != AccountAct.SET_PASSWORD:
        attempt(
            request,
            care_for_account,
            done=f"已{chosen.label}：{user}。",
            act=chosen,
            user=user,
            reason=reason,
            actor=request.user,
        )
        return redirect(tenant_url("settings:account", pk=pk))
    try:
        password = care_for_account(act=chosen, user=user, reason=reason, actor=request.user)
    except DomainError as refused:
        return _page(request, user, problem=refused.message, status=422)
    return render(request, "jurisdictions/initial_password.html", {"user_shown": user, "password": password})


def _page(request: HttpRequest, user: Any, *, problem: str = "", status: int = 200) -> HttpResponse:
    standing = standing_of([user])[user.pk]
    elsewhere, oneself = belongs_elsewhere(user), user.pk == request.user.pk
    acts = acts_open(user, standing, elsewhere=elsewhere, actor=request.user) if not oneself else []
    context = {
        "account": user,
        "labels": labels_of([user])[user.pk],
        "standing": standing,
        "elsewhere": elsewhere,
        "oneself": oneself,
        "acts": [(act, EFFECTS[act] + (SECOND if needs_two(act, user) else "")) for act in acts],
        "waiting": open_proposals().filter(user=user),
        "problem": [("acts", problem)] if problem else [],
        "posts": Membership.objects.filter(user=user, state__in=OPEN_STATES).select_related("authority"),
        "entries": LogEntry.history_of(user).order_by("-id")[:50],
    }
    return render(request, "jurisdictions/account.html", context, status=status)


def _account(pk: int) -> Any:
    return get_object_or_404(people_here(), pk=pk)
