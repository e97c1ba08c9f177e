"""Celery's door to the reminders."""

from celery import shared_task

from core.tenancy import for_each_tenant
from deadlines.reminders import remind_all


@shared_task
def send_reminders() -> int:
    """Gives every tenant's reminders whose day has come; may run at any time, any number of times."""
    return for_each_tenant(remind_all)
