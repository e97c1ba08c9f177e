"""`django-guardian` rights that carry their tenant: the base classes of the permission tables."""

from __future__ import annotations

from typing import ClassVar

from guardian.managers import GroupObjectPermissionManager, UserObjectPermissionManager
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

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
