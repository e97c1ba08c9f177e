"""Who has a post is staff: told to `accounts`, which asks staff for a second factor and knows no tenant."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.policy import note_staff, register_staff_test
from core.tenancy import tenant_scope
from jurisdictions.enums import MembershipState
from jurisdictions.models import Jurisdiction, Membership


@receiver(post_save, sender=Membership)
def note_post(sender: Any, instance: Membership, **_: Any) -> None:
    """From the confirmation on; the end of the last one counts at the next sign-in."""
    if instance.state == MembershipState.LIVE:
        note_staff(instance.user_id)


@register_staff_test
def has_post(user: Any) -> bool:
    """Whether the person has a live post in any jurisdiction, also in one that is switched off."""
    for jurisdiction in Jurisdiction.objects.all():
        with tenant_scope(jurisdiction), transaction.atomic():
            if Membership.objects.filter(user=user, state=MembershipState.LIVE).exists():
                return True
    return False
