"""Notices for tests that need no application behind them."""

from __future__ import annotations

from typing import Any

from notices.models import NoticeEntry, Objection, PublicNotice
from notices.objections import raise_objection
from notices.publication import Line, draft_notice, publish_notice
from tests.world import World


def drafted(world: World, *names: str) -> PublicNotice:
    """A draft by the officer with one line a name; authorities stand in for what lines are about."""
    subjects = list(world.authorities.values())
    lines = [
        Line(subject, f"{name}单位", f"{name}工作站")
        for subject, name in zip(subjects, names or ("甲", "乙"), strict=False)
    ]
    return draft_notice(
        authority=world.lead,
        profile=world.profile,
        subject=world.lead,
        year=2026,
        lines=lines,
        actor=world.people["officer"],
    )


def published(world: World, day: str, *names: str) -> PublicNotice:
    """Put up by the publisher on a day."""
    notice = drafted(world, *names)
    world.at(day)
    return publish_notice(notice=notice, actor=world.people["publisher"])


def objected(notice: PublicNotice, entry: NoticeEntry | None = None, **changes: Any) -> Objection:
    """What a citizen says against the first line."""
    given = {"name": "赵反映", "contact": "13955550123", "text": "该单位的设备并非自有。", **changes}
    return raise_objection(notice=notice, entry=entry or notice.entries.first(), **given)
