"""Celery's door to the end of notices."""

from celery import shared_task

from core import clock
from core.tenancy import each_tenant
from notices.enums import NoticeState
from notices.models import PublicNotice
from notices.publication import end_notice


@shared_task
def close_ended_notices() -> int:
    """Ends every tenant's notices whose last day has passed; may run at any time, any number of times."""
    ended = 0
    for _ in each_tenant():
        over = PublicNotice.objects.filter(state=NoticeState.PUBLISHED, last_day__lt=clock.today())
        for notice in over.order_by("pk"):
            ended += end_notice(notice=notice)
    return ended
