"""Rights on single objects (`django-guardian`): their tables, and the one place that asks who may what.

Nothing is kept from one request to the next: a right that was taken back is gone at the next one, in
open sessions and in queued work too. A request that only looks reads a person's grants once; whoever may
change something asks anew at every question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import QuerySet, Value
from guardian.managers import GroupObjectPermissionManager, UserObjectPermissionManager
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from guardian.shortcuts import get_objects_for_user

from core.scope import active_scope, once
from core.tenancy import TenantManager, TenantModel


class UserGrantManager(TenantManager, UserObjectPermissionManager):
    """The rights given to persons in the tenant in scope."""


class GroupGrantManager(TenantManager, GroupObjectPermissionManager):
    """The rights given to groups in the tenant in scope."""


class UserGrant(TenantModel, UserObjectPermissionBase):
    """A person's rights on one object; the concrete model names it `content_object`."""

    objects: ClassVar[UserGrantManager] = UserGrantManager()

    class Meta:
        abstract = True
        unique_together = ["tenant", "user", "permission", "content_object"]


class GroupGrant(TenantModel, GroupObjectPermissionBase):
    """A group's rights on one object; the concrete model names it `content_object`."""

    objects: ClassVar[GroupGrantManager] = GroupGrantManager()

    class Meta:
        abstract = True
        unique_together = ["tenant", "group", "permission", "content_object"]


def acts(user: Any) -> bool:
    """Whether this is a person whose account is in use: signed in once, and not disabled since."""
    return user is not None and bool(user.is_authenticated) and bool(user.is_active)


def granted(user: Any, objects: QuerySet[Any], *permissions: str) -> QuerySet[Any]:
    """Those of the objects on which the person holds any of the permissions (`app.codename`), now.

    Only a grant on the object itself counts. A superuser of Django's, if somebody ever makes one,
    holds nothing by that: otherwise one account would be all administrations at once.
    """
    if not acts(user):
        return objects.none()
    if _only_looks():
        held = held_on(user, objects.model)
        return objects.filter(pk__in={pk for name in permissions for pk in held.get(_codename(name), ())})
    found: QuerySet[Any] = get_objects_for_user(
        user, list(permissions), klass=objects, any_perm=True, with_superuser=False
    )
    return found


def is_granted(user: Any, thing: Any, permission: str) -> bool:
    """Whether the person holds the permission on this object of the tenant in scope, now."""
    if thing is None or thing.pk is None:
        return False
    if _only_looks():
        return acts(user) and thing.pk in held_on(user, type(thing)).get(_codename(permission), ())
    objects = type(thing)._default_manager.filter(pk=thing.pk)
    return granted(user, objects, permission).exists()


def held_on(user: Any, model: type[models.Model]) -> Mapping[str, frozenset[int]]:
    """By the codename of a permission, the objects of a model on which the person holds it.

    One query for the objects of all models.
    """
    return once(f"core.grants:{user.pk}", lambda: _held(user)).get(model._meta.label_lower, {})


def _held(user: Any) -> dict[str, dict[str, frozenset[int]]]:
    grants = [
        table.objects.filter(**whose).values_list(
            Value(_label_of(table)),
            "permission__codename",
            "content_object",
        )
        for kind, whose in ((UserGrant, {"user": user}), (GroupGrant, {"group__user": user}))
        for table in sorted(kind.__subclasses__(), key=lambda one: one._meta.label_lower)
    ]
    found: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for label, codename, pk in grants[0].union(*grants[1:]):
        found[label][codename].add(pk)
    return {label: {codename: frozenset(pks) for codename, pks in of.items()} for label, of in found.items()}


def _only_looks() -> bool:
    scope = active_scope()
    return scope is not None and scope.only_looks


def _codename(permission: str) -> str:
    return permission.partition(".")[2]


def _label_of(table: type[models.Model]) -> str:
    """The model on whose objects the grants of a table are."""
    column: Any = table._meta.get_field("content_object")
    label: str = column.related_model._meta.label_lower
    return label
