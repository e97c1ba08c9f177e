"""Who may do what at which authority. One definition gives the yes/no and the list."""

from typing import Any

from django.db.models import QuerySet

from core.grants import acts, granted, is_granted
from jurisdictions.enums import Right


def holds(user: Any, right: Right, authority: Any) -> bool:
    """Whether the person holds the right on this authority, now."""
    return is_granted(user, authority, f"jurisdictions.{right.value}")


def authorities_where(user: Any, *rights: Right) -> QuerySet[Any]:
    """The authorities of the tenant in scope on which the person holds any of the rights."""
    from jurisdictions.models import Authority  # noqa: PLC0415 - models' Meta reads the rights

    return granted(user, Authority.objects.all(), *(f"jurisdictions.{right.value}" for right in rights))


def rights_of(user: Any) -> frozenset[Right]:
    """The rights that the person holds somewhere in the tenant in scope, by one query."""
    from jurisdictions.models import Authority, AuthorityUserPermission  # noqa: PLC0415 - as above

    if not acts(user):
        return frozenset()
    grants = AuthorityUserPermission.objects.filter(user=user, content_object__in=Authority.objects.all())
    return frozenset(Right(name) for name in grants.values_list("permission__codename", flat=True).distinct())


def holds_somewhere(user: Any, *rights: Right) -> bool:
    """Whether the person holds any of the rights on any authority of the tenant in scope."""
    return authorities_where(user, *rights).exists()


def can_appoint(user: Any) -> bool:
    """Whoever administers the jurisdiction in scope; the system itself when one is set up."""
    return user is None or holds_somewhere(user, Right.ADMINISTER)


def can_confirm(user: Any, membership: Any) -> bool:
    """A security administrator who is neither the appointed person nor the one who appointed."""
    if user is None:
        return True
    involved = (membership.user_id, membership.appointed_by_id)
    return user.pk not in involved and holds_somewhere(user, Right.SECURE)


def can_dismiss(user: Any, membership: Any) -> bool:
    """Either administration, at once; never the person themself."""
    if user is None:
        return True
    return user.pk != membership.user_id and holds_somewhere(user, Right.ADMINISTER, Right.SECURE)
