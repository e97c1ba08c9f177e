"""What `manage.py check` asks of the settings that this room rests on."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from core.sealing import keys_problem


@register(Tags.security)
def field_keys(**_: Any) -> list[CheckMessage]:
    """Personal data cannot be written or read without the keys."""
    problem = keys_problem(settings.FIELD_KEYS, settings.INDEX_KEY)
    hint = "Make a key with: python manage.py make_field_key"
    return [Error(problem, hint=hint, id="core.E001")] if problem else []
