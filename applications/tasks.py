"""Celery's door to the rounds."""

from celery import shared_task

from applications import rounds
from core.tenancy import for_each_tenant


@shared_task
def close_ended_rounds() -> int:
    """Ends every tenant's calls whose time is over; may run at any time, any number of times."""
    return for_each_tenant(rounds.close_ended_rounds)
