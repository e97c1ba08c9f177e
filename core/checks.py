"""What `manage.py check` says of this site's own settings; `--deploy` asks more."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from core.limits import rates_of
from core.sealing import keys_problem


@register(Tags.security)
def field_keys(**_: Any) -> list[CheckMessage]:
    """Personal data cannot be written or read without the keys."""
    problem = keys_problem(settings.FIELD_KEYS, settings.INDEX_KEY)
    hint = "Make a key with: python manage.py make_field_key"
    return [Error(problem, hint=hint, id="core.E001")] if problem else []


@register(Tags.security)
def rates_can_be_read(**_: Any) -> list[CheckMessage]:
    """Every limit is a rate."""
    problems: list[CheckMessage] = []
    for name, text in settings.RATE_LIMITS.items():
        try:
            rates_of(text)
        except ValueError:
            problems.append(
                Error(
                    f"RATE_LIMIT_{name.upper()} is {text!r}, which is no rate.",
                    hint="Write it as in 30/minute;300/hour.",
                    id="core.E004",
                )
            )
    return problems


@register(Tags.security, deploy=True)
def hosts_are_named(**_: Any) -> list[CheckMessage]:
    """A site that answers to every name can be made to write any name into its links."""
    if "*" in settings.ALLOWED_HOSTS:
        return [Error("ALLOWED_HOSTS lets every name in.", hint="Name the site's hosts.", id="core.E002")]
    return []


@register(Tags.security, deploy=True)
def policy_is_strict(**_: Any) -> list[CheckMessage]:
    """The content security policy lets nothing run that is written in a page, or comes from elsewhere."""
    allowed = {"'self'", "'none'"}
    loose = [
        f"{name} {source}"
        for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
        for source in sources
        if source not in allowed and (name, source) != ("img-src", "data:")
    ]
    return (
        [Error(f"The content security policy lets in: {', '.join(loose)}.", id="core.E003")] if loose else []
    )
