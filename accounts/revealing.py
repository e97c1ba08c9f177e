"""The answer to 查看: the plain numbers once, in a page that nothing keeps."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from accounts import sessions
from accounts.reauthentication import ask_again
from accounts.reveal import Reason, reveal
from core.errors import DomainError

View = Callable[..., HttpResponse]


class RevealForm(forms.Form):
    """Which field, and why."""

    field = forms.CharField(max_length=200)
    reason = forms.ChoiceField(
        label="查看理由", choices=Reason.choices, error_messages={"required": "请选择查看的理由"}
    )
    note = forms.CharField(label="补充说明", max_length=200, required=False)


def reveals(view: View) -> View:
    """Every view that shows plain numbers: by POST only, kept by no cache.

    Each of them passes here, so that what else is asked of such a look is asked in one place.
    """

    @require_POST
    @never_cache
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    return inner


@sensitive_variables("plain")
def answer(
    request: HttpRequest, *, subject: Any, allowed: Callable[[Any, Any], bool], back: str
) -> HttpResponse:
    """Reveals what the form asks for, as a piece for htmx or as a page with the way `back`.

    Who may see it, and neither signed in nor confirmed of late, is asked first who they are.
    """
    if allowed(request.user, subject) and not sessions.confirmed_lately(request.session):
        return ask_again(request, act="查看完整号码")
    form = RevealForm(request.POST)
    plain, problems = [], []
    if form.is_valid():
        try:
            plain = reveal(subject=subject, actor=request.user, allowed=allowed, **form.cleaned_data)
        except DomainError as error:
            problems = [problem.message for problem in error.problems]
    else:
        problems = [str(text) for texts in form.errors.values() for text in texts]
    template = "components/revealed.html" if request.headers.get("HX-Request") else "accounts/revealed.html"
    context = {"plain": plain, "problems": problems, "back": back}
    return render(request, template, context, status=422 if problems else 200)
