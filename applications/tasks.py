"""Celery's door to the rounds."""

from celery import shared_task

from applications import rounds
from core.tenancy import each_tenant


@shared_task
def close_ended_rounds() -> int:
    """Ends every tenant's calls whose time is over; may run at any time, any number of times."""
    return sum(rounds.close_ended_rounds() for _ in each_tenant())
