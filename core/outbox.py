"""Effects after commit: a row saved with the change, carried out at least once.

Redis may be wiped at any moment: the table is the queue, Celery only wakes the relay.
Handlers may run twice and must say so to themselves (a unique key, a conditional update).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.masking import redact
from core.models import OutboxMessage

logger = logging.getLogger(__name__)

Handler = Callable[[dict[str, Any]], None]
_handlers: dict[str, Handler] = {}

MAX_BACKOFF = timedelta(hours=1)


def handles(topic: str) -> Callable[[Handler], Handler]:
    """Registers the handler of a topic; rooms do so in the module that owns the effect."""

    def register(handler: Handler) -> Handler:
        _handlers[topic] = handler
        return handler

    return register


def emit(topic: str, **payload: Any) -> None:
    """Asks for an effect after this transaction; ids and words only, no objects."""
    from core.tasks import wake_relay  # noqa: PLC0415 - tasks import this module

    OutboxMessage.objects.create(topic=topic, payload=payload)
    on_commit_once(wake_relay)


def on_commit_once(wake: Callable[[], None]) -> None:
    """Registers a wake-up for after the commit unless this transaction will give it anyway.

    What was registered in a savepoint that encloses this one goes with it, so it may be relied upon.
    """
    here = set(transaction.get_connection().savepoint_ids)
    if not any(
        known is wake and sids <= here for sids, known, *_ in transaction.get_connection().run_on_commit
    ):
        transaction.on_commit(wake)


def relay_one() -> bool:
    """Carries out one message of the tenant in scope; False when none is waiting.

    A handler that fails leaves its message for later, further apart each time: one bad
    message never stops the queue behind it.
    """
    with transaction.atomic():
        message = (
            OutboxMessage.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(done_at__isnull=True, available_at__lte=timezone.now())
            .order_by("id")
            .first()
        )
        if message is None:
            return False
        message.attempts += 1
        try:
            with transaction.atomic():
                _handlers[message.topic](message.payload)
            message.done_at = timezone.now()
            message.last_error = ""
        except Exception as error:
            logger.exception("outbox message %s (%s) failed", message.pk, message.topic)
            message.last_error = redact(f"{type(error).__name__}: {error}")[:1000]
            wait = timedelta(seconds=min(2**message.attempts, MAX_BACKOFF.total_seconds()))
            message.available_at = timezone.now() + wait
        message.save()
    return True


def bring_forward(topic: str) -> list[dict[str, Any]]:
    """Makes the waiting messages of a topic due now, whatever their pause; gives their payloads."""
    waiting = OutboxMessage.objects.filter(topic=topic, done_at__isnull=True)
    waiting.filter(available_at__gt=timezone.now()).update(available_at=timezone.now())
    return list(waiting.values_list("payload", flat=True))


def relay_all() -> int:
    """Carries out every waiting message of the tenant in scope; returns how many."""
    done = 0
    while relay_one():
        done += 1
    return done
