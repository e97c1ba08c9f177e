"""Clearing away what signing in leaves behind."""

from datetime import timedelta

from axes.models import AccessAttempt, AccessLog
from celery import shared_task
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone


@shared_task
def clear_sign_in_records() -> None:
    """Deletes sessions that are over, counts whose time is past, and records older than they are kept."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    AccessAttempt.objects.filter(
        attempt_time__lt=now - timedelta(seconds=settings.SIGN_IN_LOCK_SECONDS)
    ).delete()
    AccessLog.objects.filter(attempt_time__lt=now - timedelta(days=settings.SIGN_IN_RECORD_DAYS)).delete()
