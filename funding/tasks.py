"""Celery's door to the money: two alarm clocks, nothing that is remembered here."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from core.tenancy import for_each_tenant
from funding.due import review_all
from funding.release import release_ordered

logger = logging.getLogger(__name__)


@shared_task
def review_tranches() -> int:
    """Looks again at every tenant's unpaid tranches; may run at any time, any number of times."""
    return for_each_tenant(review_all)


@shared_task
def release_ordered_tranches() -> int:
    """Pays every tenant's ordered tranches; may run in several workers at once."""
    return for_each_tenant(release_ordered)


def wake_release() -> None:
    """Rings the worker. A broker that is down costs nothing: beat rings again."""
    try:
        release_ordered_tranches.delay()
    except (OperationalError, OSError):
        logger.warning("broker unreachable; ordered tranches will be released by the next beat")
