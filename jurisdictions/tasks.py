"""Celery's door to the replays."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from core.tenancy import for_each_tenant
from jurisdictions import replaying

logger = logging.getLogger(__name__)


@shared_task
def carry_on_replays() -> int:
    """Takes every open step of every tenant's replays; may run at any time, any number of times."""
    return for_each_tenant(replaying.carry_on)


def wake_replays() -> None:
    """Rings the worker. A broker that is down costs nothing: beat rings again."""
    try:
        carry_on_replays.delay()
    except (OperationalError, OSError):
        logger.warning("broker unreachable; the replay is carried on by the next beat")
