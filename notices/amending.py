"""An amended list: what it changes, and how it takes the place of the notice before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from core.errors import DomainError
from core.templatetags.wording import date_text
from core.workflow import lock, perform
from notices.enums import IN_FORCE, PUBLIC, NoticeState
from notices.models import NoticeEntry, PublicNotice

Key = tuple[int, int]
SAME_LIST = "名单没有变化"


def latest_notice(subject: models.Model) -> PublicNotice | None:
    """The last notice about an object that the public may read: an amended one supersedes it."""
    about = PublicNotice.objects.filter(
        subject_type=ContentType.objects.get_for_model(subject), subject_id=subject.pk, state__in=PUBLIC
    )
    # An amended notice that was taken back leaves the one that it superseded as the last.
    found: PublicNotice | None = about.order_by("-pk").first()
    return found


def changes_between(
    former: PublicNotice, entries: Iterable[NoticeEntry], concluded: Collection[int] = ()
) -> list[str]:
    """What a list changes of the former one, line by line, in the public's words.

    `concluded` are the ids of subjects whose line has done its work: they were not taken off.
    """
    old = {_key(entry): entry for entry in former.entries.all()}
    new = {_key(entry): entry for entry in entries}
    gone = [f"去掉{_told(entry)}" for key, entry in old.items() if key not in new and key[1] not in concluded]
    added = [f"增加{_told(entry)}" for key, entry in new.items() if key not in old]
    renamed = [
        f"{_told(old[key])}更正为{_told(entry)}"
        for key, entry in new.items()
        if key in old and _told(old[key]) != _told(entry)
    ]
    return [*gone, *added, *renamed]


def amendment(notice: PublicNotice) -> list[str]:
    """The paragraphs that say which notice this one supersedes, why, and what is different.

    Not part of the text that the bureau edits: they cannot be left out.
    """
    former = notice.supersedes
    if former is None:
        return []
    changes: Sequence[str] = notice.changes
    return [
        f"本公示替代{date_text(former.published_at)}发布的《{former.title}》，公示期重新计算。"
        f"更正原因：{notice.change_reason.rstrip('。')}。",
        f"更正内容：{'；'.join(changes) or SAME_LIST}。",
    ]


def supersede(notice: PublicNotice, *, actor: Any) -> None:
    """Takes the former notice out of force, as the amended one is published; logged on the former.

    Refused where the former was taken back, or another amended list has taken its place, meanwhile.
    """
    former = notice.supersedes
    if former is None:
        return
    lock(former)
    if former.state in IN_FORCE:
        perform(former, "supersede", actor=actor, clause=notice.clause, data={"by": notice.pk})
    elif former.state != NoticeState.SUPERSEDED or former.successor is not None:
        raise DomainError(f"原公示{former.status.label}，本稿不能再替代它；请撤回本稿后重新起草。")


def _key(entry: NoticeEntry) -> Key:
    return entry.subject_type_id, entry.subject_id


def _told(entry: NoticeEntry) -> str:
    return f"“{entry.station_name}”（{entry.unit_name}）"
