"""Who may do what at which authority. One definition gives the yes/no and the list."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from core.grants import acts, granted, held_on, is_granted
from jurisdictions.enums import Right


def holds(user: Any, right: Right, authority: Any) -> bool:
    """Whether the person holds the right on this authority, now."""
    return is_granted(user, authority, f"jurisdictions.{right.value}")


def authorities_where(user: Any, *rights: Right) -> QuerySet[Any]:
    """The authorities of the tenant in scope on which the person holds any of the rights."""
    from jurisdictions.models import Authority  # noqa: PLC0415 - models' Meta reads the rights

    return granted(user, Authority.objects.all(), *(f"jurisdictions.{right.value}" for right in rights))


def ids_where(user: Any, *rights: Right) -> set[int]:
    """The ids of `authorities_where`."""
    from jurisdictions.models import Authority  # noqa: PLC0415 - as above

    held = held_on(user, Authority) if acts(user) else {}
    return {pk for right in rights for pk in held.get(right.value, ())}


def rights_of(user: Any) -> frozenset[Right]:
    """The rights that the person holds somewhere in the tenant in scope, by one query."""
    from jurisdictions.models import Authority  # noqa: PLC0415 - as above

    return frozenset(Right(name) for name in held_on(user, Authority)) if acts(user) else frozenset()


def holds_somewhere(user: Any, *rights: Right) -> bool:
    """Whether the person holds any of the rights on any authority of the tenant in scope."""
    return bool(ids_where(user, *rights))


def people_holding(right: Right, authorities: Any) -> QuerySet[Any]:
    """Who holds the right on any of these authorities and may use it, by name; one query."""
    from jurisdictions.models import AuthorityUserPermission  # noqa: PLC0415 - as above

    grants = AuthorityUserPermission.objects.filter(
        content_object__in=authorities, permission__codename=right.value
    )
    people = get_user_model().objects.filter(pk__in=grants.values("user"), is_active=True)
    return people.order_by("full_name", "pk")


def can_appoint(user: Any) -> bool:
    """Whoever administers the jurisdiction in scope; the system itself when one is set up."""
    return user is None or holds_somewhere(user, Right.ADMINISTER)


def is_offered(user: Any, membership: Any) -> bool:
    """The person to whom the post is offered, and nobody else."""
    return user is not None and user.pk == membership.user_id


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


def can_ask_for_act(actor: Any, user: Any) -> bool:
    """Who may ask for what takes two: the security administrator; for one of these, the two others."""
    return actor.pk != user.pk and holds_somewhere(actor, *_asking(user))


def can_agree_to_act(actor: Any, proposal: Any) -> bool:
    """Another of the three administrations than asked, neither the one who asked nor the account's owner.

    Nobody, once whoever asked may no longer ask.
    """
    asked, user = proposal.proposed_by, proposal.user
    if actor is None or actor.pk in (asked.pk, user.pk) or not can_ask_for_act(asked, user):
        return False
    others = {Right.ADMINISTER, Right.AUDIT}
    if Right.SECURE not in _asking(user):
        others -= rights_of(asked)
    return holds_somewhere(actor, *others)


def can_refuse_act(actor: Any, proposal: Any) -> bool:
    """Whoever may agree, and whoever asked."""
    if actor is None:
        return False
    return can_agree_to_act(actor, proposal) or actor.pk == proposal.proposed_by_id


def can_propose_version(user: Any) -> bool:
    """Whoever administers the jurisdiction in scope."""
    return holds_somewhere(user, Right.ADMINISTER)


def can_read_versions(user: Any) -> bool:
    """Whoever may propose, and whoever runs the scheme somewhere."""
    return holds_somewhere(user, Right.ADMINISTER, Right.MANAGE)


def can_activate_version(actor: Any, version: Any) -> bool:
    """Another administrator, or whoever runs the scheme at the leading authority; never who proposed it."""
    if actor is None or actor.pk == version.proposed_by_id:
        return False
    return can_propose_version(actor) or _manages_the_scheme(actor)


def can_refuse_version(actor: Any, version: Any) -> bool:
    """Whoever may activate it, and whoever proposed it (it is taken back)."""
    if actor is None:
        return False
    return can_activate_version(actor, version) or actor.pk == version.proposed_by_id


def can_withdraw_version(actor: Any, version: Any) -> bool:
    """Whoever may propose or decide here, but for the one who activated it: what two decided, two undo.

    Nobody for a version that came with the program.
    """
    if actor is None or version.decided_by_id in (None, actor.pk):
        return False
    return can_propose_version(actor) or _manages_the_scheme(actor)


def why_not_activate(actor: Any, version: Any) -> str:
    """Why the proposer cannot activate a version; empty for anybody else."""
    if actor is None or actor.pk != version.proposed_by_id:
        return ""
    return "该版本由您提出，提出人不能自己启用，须由另一位系统管理员或主管部门经办人决定。"


def why_not_withdraw(actor: Any, version: Any) -> str:
    """Why whoever activated a version, or nobody, can take it back; empty for anybody else."""
    if version.decided_by_id is None:
        return "该版本随系统载入，不能撤回；如有错误，请提出更正的版本。"
    if actor is None or actor.pk != version.decided_by_id:
        return ""
    return "该版本由您启用，启用人不能自己撤回，须由另一人办理。"


def _manages_the_scheme(user: Any) -> bool:
    from jurisdictions.versions import lead_authorities  # noqa: PLC0415 - versions know the models

    return any(holds(user, Right.MANAGE, authority) for authority in lead_authorities())


def _asking(user: Any) -> tuple[Right, ...]:
    return (Right.ADMINISTER, Right.AUDIT) if holds_somewhere(user, Right.SECURE) else (Right.SECURE,)
