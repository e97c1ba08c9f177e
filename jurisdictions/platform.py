"""The platform under all jurisdictions: who runs it, and which jurisdictions are switched on.

Whoever runs the platform sees jurisdictions and counts, never an application or a person of one, and
works in none. What belongs to no jurisdiction is logged under the reserved tenant `platform`.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core import clock
from core.errors import DomainError, NotAllowed, ReasonRequired
from core.grants import acts
from core.models import LogEntry
from core.tenancy import tenant_scope
from core.typed import said
from core.workflow import lock
from jurisdictions.enums import MembershipState, Right, Role
from jurisdictions.models import Authority, Jurisdiction, Membership
from jurisdictions.permissions import holds_somewhere

SLUG = "platform"
AUTHORITY_NAME = "平台运行"


def platform_tenant() -> Jurisdiction:
    """The reserved tenant; it is never active, so that it has no pages and no tasks of a jurisdiction."""
    tenant, _ = Jurisdiction.objects.get_or_create(
        slug=SLUG,
        defaults={"name": "平台", "short_name": "平台", "division_code": "000000", "is_active": False},
    )
    return tenant


def is_platform(tenant: Jurisdiction) -> bool:
    return tenant.slug == SLUG


def real_jurisdictions() -> Any:
    """Every jurisdiction, switched on or off, without the reserved tenant."""
    return Jurisdiction.objects.exclude(slug=SLUG)


def is_operator(user: Any) -> bool:
    """Whether this person runs the platform, now."""
    tenant = Jurisdiction.objects.filter(slug=SLUG).first() if acts(user) else None
    if tenant is None:
        return False
    with tenant_scope(tenant):
        return holds_somewhere(user, Right.OPERATE)


@transaction.atomic
def appoint_operator(*, user: Any) -> Membership:
    """Makes the person an operator of the platform: the system's own act, from the command line. Logged.

    Refused to whoever works in a jurisdiction: who runs the machine has no post in what runs on it.
    """
    from jurisdictions.staffing import appoint  # noqa: PLC0415 - staffing asks who is an operator

    for jurisdiction in real_jurisdictions():
        with tenant_scope(jurisdiction):
            if Membership.objects.filter(
                user=user, state__in=(MembershipState.PENDING, MembershipState.LIVE)
            ).exists():
                raise DomainError(f"{user}在{jurisdiction}任职，不能同时是平台运行人员。", path="username")
    with tenant_scope(platform_tenant()):
        authority, _ = Authority.objects.get_or_create(
            name=AUTHORITY_NAME, defaults={"kind": SLUG, "short_name": AUTHORITY_NAME}
        )
        return appoint(user=user, authority=authority, role=Role.PLATFORM_OPERATOR, actor=None)


@transaction.atomic
def switch_jurisdiction(*, jurisdiction: Jurisdiction, active: bool, reason: str, actor: Any) -> Jurisdiction:
    """Switches a jurisdiction on or off: its pages answer or are not found, its tasks run or rest.

    With a reason; logged under the platform and in the jurisdiction's own log. Nothing is deleted.
    """
    if actor is not None and not is_operator(actor):
        raise NotAllowed("只有平台运行人员可以启用或停用辖区。")
    if is_platform(jurisdiction):
        raise DomainError("平台本身不是辖区，不能启用或停用。")
    if not said(reason):
        raise ReasonRequired("启用或停用辖区必须写明理由。", path="reason")
    lock(jurisdiction)
    if jurisdiction.is_active == active:
        return jurisdiction
    jurisdiction.is_active = active
    jurisdiction.save(update_fields=["is_active"])
    for tenant in (platform_tenant(), jurisdiction):
        with tenant_scope(tenant):
            LogEntry.record(
                jurisdiction,
                action="jurisdictions.switch_on" if active else "jurisdictions.switch_off",
                label="启用辖区" if active else "停用辖区",
                actor=actor,
                at=clock.now(),
                reason=said(reason),
            )
    return jurisdiction
