"""The Celery application: an alarm clock, never the queue of record.

Every task may run twice or not at all: what is owed stands in the database
(`deadlines.Deadline`, `funding.Tranche`, `core.OutboxMessage`), and the beat
below only wakes the workers up to look there.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("skill_stations")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
