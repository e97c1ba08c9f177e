"""Rights on single objects (`django-guardian`): their tables, and the one place that asks who may what.

Nothing is kept between two questions: a right that was taken back is gone at the next one, in
open sessions and in queued work too.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from guardian.managers import GroupObjectPermissionManager, UserObjectPermissionManager
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from guardian.shortcuts import get_objects_for_user

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
    found: QuerySet[Any] = get_objects_for_user(
        user, list(permissions), klass=objects, any_perm=True, with_superuser=False
    )
    return found


def is_granted(user: Any, thing: Any, permission: str) -> bool:
    """Whether the person holds the permission on this object of the tenant in scope, now."""
    if thing is None or thing.pk is None:
        return False
    objects = type(thing)._default_manager.filter(pk=thing.pk)
    return granted(user, objects, permission).exists()
