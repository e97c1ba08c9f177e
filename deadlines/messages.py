"""Telling people: in the app at once, by e-mail after commit through the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from core import clock, outbox
from deadlines.models import Notification


@transaction.atomic
def notify(*, recipients: Iterable[Any], title: str, text: str, url: str = "") -> list[Notification]:
    """Leaves a message for each person and asks for an e-mail where an address is known."""
    messages = [
        Notification.objects.create(recipient=person, title=title, text=text, url=url)
        for person in recipients
    ]
    for message in messages:
        if message.recipient.email:
            outbox.emit("deadlines.email", notification=message.pk)
    return messages


@outbox.handles("deadlines.email")
def send_email(payload: dict[str, Any]) -> None:
    """Sends one message by e-mail, once: the row is claimed before the mail leaves."""
    claimed = Notification.objects.filter(pk=payload["notification"], emailed_at__isnull=True).update(
        emailed_at=clock.now()
    )
    if not claimed:
        return
    message = Notification.objects.select_related("recipient").get(pk=payload["notification"])
    send_mail(message.title, message.text, settings.DEFAULT_FROM_EMAIL, [message.recipient.email])


def mark_read(*, message: Notification, actor: Any) -> None:
    """Marks a message as read by the person it went to; the first time counts. Not logged."""
    Notification.objects.filter(pk=message.pk, recipient=actor, read_at__isnull=True).update(
        read_at=clock.now()
    )


def mark_all_read(*, actor: Any) -> int:
    """Marks all of a person's messages of this tenant as read; returns how many."""
    changed: int = Notification.objects.filter(recipient=actor, read_at__isnull=True).update(
        read_at=clock.now()
    )
    return changed
