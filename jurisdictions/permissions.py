"""Who may do what at which authority. One definition gives the yes/no and the list."""

from typing import Any

from django.db.models import QuerySet
from guardian.shortcuts import get_objects_for_user

from jurisdictions.enums import Right


def holds(user: Any, right: Right, authority: Any) -> bool:
    """Whether the person holds the right on this authority, now."""
    if user is None or not user.is_authenticated or authority is None:
        return False
    return bool(user.has_perm(f"jurisdictions.{right.value}", authority))


def authorities_where(user: Any, *rights: Right) -> QuerySet[Any]:
    """The authorities of the tenant in scope on which the person holds any of the rights."""
    from jurisdictions.models import Authority  # noqa: PLC0415 - models' Meta reads the rights

    if user is None or not user.is_authenticated:
        return Authority.objects.none()
    return get_objects_for_user(
        user,
        [f"jurisdictions.{right.value}" for right in rights],
        klass=Authority.objects.all(),
        any_perm=True,
        accept_global_perms=False,
    )


def rights_of(user: Any) -> frozenset[Right]:
    """The rights that the person holds somewhere in the tenant in scope, by one query."""
    from jurisdictions.models import Authority, AuthorityUserPermission  # noqa: PLC0415 - as above

    if user is None or not user.is_authenticated:
        return frozenset()
    grants = AuthorityUserPermission.objects.filter(user=user, content_object__in=Authority.objects.all())
    return frozenset(Right(name) for name in grants.values_list("permission__codename", flat=True).distinct())


def holds_somewhere(user: Any, *rights: Right) -> bool:
    """Whether the person holds any of the rights on any authority of the tenant in scope."""
    return authorities_where(user, *rights).exists()
