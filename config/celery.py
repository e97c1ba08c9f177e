"""The Celery application: an alarm clock, never the queue of record.

Every task may run twice or not at all: what is owed stands in the database
(`deadlines.Deadline`, `funding.Tranche`, `core.OutboxMessage`), and the beat
below only wakes the workers up to look there.
"""

import os
from contextlib import ExitStack
from typing import Any

from celery import Celery
from celery.signals import beat_init, task_postrun, task_prerun, worker_init
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("skill_stations")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse_unsafe_role(**kwargs: Any) -> None:
    """Ends the process that would work under a database role which could climb over the tenant wall."""
    from core.database.standing import require_safe_role  # noqa: PLC0415 - settings are loaded by now

    try:
        require_safe_role()
    except ImproperlyConfigured as error:
        # Celery logs an Exception of a receiver and goes on; this one it lets through.
        raise SystemExit(str(error)) from error


# What a task does is logged as coming from it (`core.acting`); a process runs one task at a time.
_running = ExitStack()


@task_prerun.connect
def _open_acting(task: Any, **_: Any) -> None:
    from core.acting import acts_from  # noqa: PLC0415 - the settings are not loaded when this module is

    _running.close()
    _running.enter_context(acts_from(f"task:{task.name}"))


@task_postrun.connect
def _close_acting(**_: Any) -> None:
    _running.close()
