"""The furnished world of a jurisdiction, made once by the verbs and then put back row by row.

Nearly every test begins with a furnished jurisdiction, and its verbs ask some five hundred statements.
What they left is remembered the first time in a process and inserted again for the next test: the same
rows, with a new tenant where the tenant is a new one. A room that begins to leave rows here fails loudly.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.db import connection, models
from django.utils import timezone

from accounts.models import User
from config import demo as demonstration
from core.models import ClockOffset, LogEntry
from core.tenancy import TenantModel
from jurisdictions.models import Authority, AuthorityUserPermission, Jurisdiction, Membership, RuleProfile
from panels.models import Expert

# In the order in which their rows may be inserted.
LEFT = (User, Authority, RuleProfile, AuthorityUserPermission, Membership, Expert, ClockOffset, LogEntry)
# Moments of the true clock when the rows were made; put back, they are as old as they were then.
JUST_NOW = timedelta(hours=1)


@dataclass(frozen=True)
class Furnished:
    """The rows by table, and the ids of what the demonstration file names by key."""

    rows: dict[type[models.Model], list[dict[str, Any]]]
    taken_at: datetime
    permissions: dict[int, str]
    profile: int
    authorities: dict[str, int]
    people: dict[str, int]
    experts: dict[str, int]


_KNOWN: dict[str, Furnished] = {}


def furnish(jurisdiction: Jurisdiction, demo: dict[str, Any]) -> tuple[RuleProfile, demonstration.Furniture]:
    """Profile, authorities and staff of the tenant in scope, by the verbs or as they left it before."""
    names = [person["username"] for person in demo["people"]]
    # A test that commits gets its world from the verbs: then the log is linked as well.
    alone = connection.in_atomic_block
    untouched = alone and not (Authority.objects.exists() or User.objects.filter(username__in=names).exists())
    known = _KNOWN.get(jurisdiction.slug)
    if untouched and known is not None and known.permissions == _permissions():
        return _put_back(jurisdiction, known)
    profile = demonstration.load_versions(jurisdiction.slug)
    made = demonstration.furnish(demo, password=None)
    if untouched:
        _KNOWN[jurisdiction.slug] = _remember(profile, made)
    return profile, made


def _remember(profile: RuleProfile, made: demonstration.Furniture) -> Furnished:
    tenant_models = [
        model for model in apps.get_models(include_auto_created=True) if issubclass(model, TenantModel)
    ]
    beside = [model._meta.label for model in tenant_models if model not in LEFT and model.objects.exists()]
    assert not beside, f"a furnished world has rows that are not put back: {beside}"
    rows = {model: list(model.objects.order_by("pk").values()) for model in LEFT if model is not User}
    rows[User] = list(User.objects.filter(pk__in=[one.pk for one in made.people.values()]).values())
    return Furnished(
        rows,
        timezone.now(),
        _permissions(),
        profile.pk,
        {key: one.pk for key, one in made.authorities.items()},
        {key: one.pk for key, one in made.people.items()},
        {key: one.pk for key, one in made.experts.items()},
    )


def _permissions() -> dict[int, str]:
    """What may be granted, by id: a test that commits has the tables emptied, and they are made anew."""
    return dict(
        Permission.objects.filter(content_type__app_label="jurisdictions").values_list("pk", "codename")
    )


def _put_back(jurisdiction: Jurisdiction, known: Furnished) -> tuple[RuleProfile, demonstration.Furniture]:
    later = timezone.now() - known.taken_at
    made: dict[type[models.Model], dict[int, Any]] = {}
    for model in LEFT:
        found = [model(**_row(model, row, jurisdiction, known.taken_at, later)) for row in known.rows[model]]
        model._base_manager.bulk_create(found)
        made[model] = {one.pk: one for one in found}
    for expert in made[Expert].values():
        expert.user = made[User][expert.user_id]
    return made[RuleProfile][known.profile], demonstration.Furniture(
        {key: made[Authority][pk] for key, pk in known.authorities.items()},
        {key: made[User][pk] for key, pk in known.people.items()},
        {key: made[Expert][pk] for key, pk in known.experts.items()},
    )


def _row(
    model: type[models.Model],
    row: dict[str, Any],
    jurisdiction: Jurisdiction,
    taken: datetime,
    later: timedelta,
) -> dict[str, Any]:
    own = {name: deepcopy(value) for name, value in row.items()}
    for name, value in own.items():
        if isinstance(value, datetime) and abs(taken - value) < JUST_NOW:
            own[name] = value + later
    if issubclass(model, TenantModel):
        own["tenant_id"] = jurisdiction.pk
    return own
