"""What has happened to a file since one person last looked at it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from applications.dossier.records import history_of
from applications.models import Application, FileLook
from core import clock
from core.models import LogEntry

SUBJECT = Application._meta.label_lower
NEVER = 0
ACTS = "applications."


def with_news(applications: QuerySet, person: Any) -> QuerySet:
    """Adds `seen` and `newest`: the last entry that this person has seen, and the last one of others.

    `newest` above `seen` is news; `seen` is `NEVER` where they never opened the file.
    """
    looks = FileLook.objects.filter(application=OuterRef("pk"), person=person).values("entry")
    newest = _by_others(person).filter(subject_id=OuterRef("pk")).order_by("-id").values("id")
    return applications.annotate(
        seen=Coalesce(Subquery(looks[:1]), NEVER), newest=Coalesce(Subquery(newest[:1]), NEVER)
    )


HAS_NEWS = Q(newest__gt=F("seen"))


def news_of(application: Application, person: Any) -> list[LogEntry]:
    """What others did since this person last looked, the oldest first; nothing before their first look."""
    seen = seen_by(application, person)
    return [
        entry
        for entry in history_of(application)
        if seen < entry.pk and entry.action.startswith(ACTS) and entry.actor_id != person.pk and seen
    ]


def seen_by(application: Application, person: Any) -> int:
    """The last entry of the file's record that this person has seen; `NEVER` where they never opened it."""
    look = FileLook.objects.filter(application=application, person=person).values_list("entry", flat=True)
    return look.first() or NEVER


def newest_of(application: Application) -> int:
    """The last entry of the file's record."""
    entries = history_of(application)
    return entries[-1].pk if entries else NEVER


@transaction.atomic
def looked(*, application: Application, upto: int, actor: Any) -> None:
    """Remembers that this person has seen the record up to an entry; an earlier page takes nothing back.

    Not logged: it changes nothing of the file.
    """
    upto = min(upto, newest_of(application))
    look, created = FileLook.objects.get_or_create(
        application=application, person=actor, defaults={"entry": upto, "at": clock.now()}
    )
    if not created:
        FileLook.objects.filter(pk=look.pk, entry__lt=upto).update(entry=upto, at=clock.now())


def _by_others(person: Any) -> QuerySet[LogEntry]:
    entries = LogEntry.objects.filter(subject_type=SUBJECT, action__startswith=ACTS)
    found: QuerySet[LogEntry] = entries.exclude(actor=person)
    return found
