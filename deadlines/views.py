"""A person's messages."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.redirects import safe_address
from core.web import tenant_url
from deadlines.messages import mark_all_read, mark_read
from deadlines.models import Notification

PAGE_SIZE = 20


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The messages of this person in this jurisdiction, unread ones marked."""
    mine = Notification.objects.filter(recipient=request.user)
    page = Paginator(mine, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "waiting": mine.filter(read_at__isnull=True).count()}
    return render(request, "deadlines/inbox.html", context)


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Marks one message as read and goes on to what it is about."""
    message = get_object_or_404(Notification.objects.filter(recipient=request.user), pk=pk)
    mark_read(message=message, actor=request.user)
    return redirect(safe_address(request, message.url, tenant_url("inbox:list")))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Marks every message as read."""
    mark_all_read(actor=request.user)
    return redirect(tenant_url("inbox:list"))
