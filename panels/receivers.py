"""Experts are staff as far as signing in goes: they read what others may not."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.policy import note_staff, register_staff_test
from core.tenancy import tenant_scope
from jurisdictions.models import Jurisdiction
from panels.models import Expert


@receiver(post_save, sender=Expert)
def note_expert(sender: Any, instance: Expert, **_: Any) -> None:
    """From the entry in the register on; an entry that is closed counts at the next sign-in."""
    if instance.is_active:
        note_staff(instance.user_id)


@register_staff_test
def is_expert(user: Any) -> bool:
    """Whether the person stands on an expert register or has a seat on a panel, in any jurisdiction."""
    for jurisdiction in Jurisdiction.objects.all():
        with tenant_scope(jurisdiction), transaction.atomic():
            entries = Expert.objects.filter(user=user)
            if entries.filter(is_active=True).exists() or entries.filter(seats__isnull=False).exists():
                return True
    return False
