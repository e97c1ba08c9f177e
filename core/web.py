"""What views share: running one verb and saying how it went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from core.errors import DomainError, Problem
from core.tenancy import current_tenant

# How the code of a form's error begins that names a clause.
CLAUSE = "clause:"


def attempt(request: HttpRequest, verb: Callable[..., Any], *, done: str = "", **kwargs: Any) -> bool:
    """Calls the verb; a refusal becomes messages on the next page. True when it went through."""
    try:
        verb(**kwargs)
    except DomainError as error:
        say_refusal(request, error)
        return False
    if done:
        messages.success(request, done)
    return True


def say_refusal(request: HttpRequest, error: DomainError) -> None:
    """Says on the next page what stood in the way, each thing with its clause (the message's extra tag)."""
    for problem in error.problems:
        messages.error(request, problem.message, extra_tags=problem.clause)


def on_field(problem: Problem) -> ValidationError:
    """What a form says of a refusal: the words, and the clause for the 依据 beside them."""
    return ValidationError(problem.message, code=f"{CLAUSE}{problem.clause}" if problem.clause else None)


def problem_of(error: ValidationError, path: str = "") -> Problem:
    """The problem that `on_field` made this error of; one without a clause for any other error."""
    code = str(error.code or "")
    clause = code.removeprefix(CLAUSE) if code.startswith(CLAUSE) else ""
    return Problem("；".join(error.messages), path, clause)


def attempt_form(form: forms.BaseForm, verb: Callable[..., Any], **kwargs: Any) -> Any | None:
    """Calls the verb for a valid form; a refusal lands on the field it names. The verb's result or None."""
    try:
        return verb(**kwargs)
    except DomainError as error:
        for problem in error.problems:
            form.add_error(problem.path if problem.path in form.fields else None, on_field(problem))
        return None


def tenant_url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page of the tenant in scope."""
    if args:
        return reverse(name, args=[current_tenant().slug, *args])
    return reverse(name, kwargs={"jurisdiction": current_tenant().slug, **kwargs})
