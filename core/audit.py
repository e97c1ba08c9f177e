"""What an entry of the log may hold: roles, ids and digests, never a person's data."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import models

from core.tenancy import active_scope
from core.typed import plain_digits

DIGEST_DIGITS = 16
ROLE_LENGTH = 200

RoleSource = Callable[[Any], Iterable[str]]
_sources: list[RoleSource] = []
_words: dict[str, str] = {}


# --- roles ----------------------------------------------------------------------


def names_roles(**words: str) -> Callable[[RoleSource], RoleSource]:
    """Registers a room's answer to: what is this person in the tenant in scope?

    The answer takes the person and gives roles such as `auditor`, `expert`, `unit:12`; `words` says
    what they are called (of `unit:12`, what stands before the colon).
    """

    def register(source: RoleSource) -> RoleSource:
        _sources.append(source)
        _words.update(words)
        return source

    return register


def role_words() -> dict[str, str]:
    """Every kind of role that the log may name, and what it is called."""
    return dict(_words)


def roles_of(person: Any) -> tuple[str, ...]:
    """Everything that the person is in the tenant in scope, as its unit of work found it."""
    scope = active_scope()
    if scope is None or person is None or not person.is_authenticated:
        return ()
    key = f"core.audit.roles:{person.pk}"
    if key not in scope.memo:
        scope.memo[key] = tuple(sorted({role for source in _sources for role in source(person)}))
    found: tuple[str, ...] = scope.memo[key]
    return found


def role_text(person: Any) -> str:
    """The person's roles as the log keeps them: comma-separated, whole words only."""
    text = ""
    for role in roles_of(person):
        longer = f"{text},{role}" if text else role
        if len(longer) > ROLE_LENGTH:
            break
        text = longer
    return text


# --- digests --------------------------------------------------------------------


@lru_cache(maxsize=4)
def derived_key(purpose: str, secret: str) -> bytes:
    """A key for one purpose, from a secret of the environment."""
    return hmac.new(secret.encode(), f"stations.audit:{purpose}".encode(), hashlib.sha256).digest()


def digest(value: Any) -> str:
    """Tells whether two values were the same, not what they were.

    Keyed: a phone number behind a plain hash is found by trying all phone numbers.
    """
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    key = derived_key("digest", settings.AUDIT_SEAL_KEY or settings.SECRET_KEY)
    return "#" + hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:DIGEST_DIGITS]


def recorded(subject: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """Fields of an object as the log keeps them: what can be no person's data as it is, else digests."""
    return {name: _recorded(subject, name) for name in sorted(names)}


def _recorded(subject: models.Model, name: str) -> Any:
    field = subject._meta.get_field(name)
    assert isinstance(field, models.Field)
    value = getattr(subject, field.attname)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal) or (isinstance(value, str) and (not value or field.choices)):
        return str(value)
    return digest(value)


# --- free text ------------------------------------------------------------------

# A reason is typed by a person, and people type what they have before them: mainland mobile numbers,
# and runs as long as ID and bank card numbers, in groups or not.
_NUMBERS = re.compile(
    r"(?<![0-9A-Za-z])"
    r"(?:(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}|\d(?:[- ]?\d){13,18}(?:[- ]?[0-9Xx])?)"
    r"(?![0-9A-Za-z])"
)


def without_numbers(text: str) -> str:
    """The text with phone, ID and bank card numbers masked, in whatever digits they are written."""
    plain = plain_digits(text)
    masked = _NUMBERS.sub(lambda found: f"{found[0][:3]}****{found[0][-2:]}", plain)
    return masked if masked != plain else text
