"""Celery's door to the end of notices."""

from celery import shared_task

from core.tenancy import for_each_tenant
from notices.publication import end_all_over


@shared_task
def close_ended_notices() -> int:
    """Ends every tenant's notices whose last day has passed; may run at any time, any number of times."""
    return for_each_tenant(end_all_over)
