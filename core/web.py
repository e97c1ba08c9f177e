"""What views share: running one verb and saying how it went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

from core.errors import DomainError
from core.tenancy import current_tenant


def attempt(request: HttpRequest, verb: Callable[..., Any], *, done: str = "", **kwargs: Any) -> bool:
    """Calls the verb; a refusal becomes messages on the next page. True when it went through."""
    try:
        verb(**kwargs)
    except DomainError as error:
        for problem in error.problems:
            messages.error(request, problem.message)
        return False
    if done:
        messages.success(request, done)
    return True


def attempt_form(form: forms.BaseForm, verb: Callable[..., Any], **kwargs: Any) -> Any | None:
    """Calls the verb for a valid form; a refusal lands on the field it names. The verb's result or None."""
    try:
        return verb(**kwargs)
    except DomainError as error:
        for problem in error.problems:
            form.add_error(problem.path if problem.path in form.fields else None, problem.message)
        return None


def tenant_url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page of the tenant in scope."""
    if args:
        return reverse(name, args=[current_tenant().slug, *args])
    return reverse(name, kwargs={"jurisdiction": current_tenant().slug, **kwargs})
