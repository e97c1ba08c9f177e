"""Celery's door to the outbox."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from core import auditing, outbox
from core.tenancy import for_each_tenant

logger = logging.getLogger(__name__)


@shared_task
def relay_outbox() -> int:
    """Carries out every waiting message of every tenant; returns how many."""
    return for_each_tenant(outbox.relay_all)


@shared_task
def seal_log() -> int:
    """Seals and verifies every tenant's log, once a day however often it runs; how many it verified."""
    return auditing.seal_and_verify_all()


def wake_relay() -> None:
    """Rings the worker. A broker that is down costs nothing: beat rings again."""
    try:
        relay_outbox.delay()
    except (OperationalError, OSError):
        logger.warning("broker unreachable; the outbox will be relayed by the next beat")
