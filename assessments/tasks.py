"""Celery's door to the obligations."""

from celery import shared_task

from assessments.obligations import open_all
from core.tenancy import for_each_tenant


@shared_task
def open_obligations() -> int:
    """Opens every tenant's obligations that time has brought near; may run any number of times."""
    return for_each_tenant(open_all)
