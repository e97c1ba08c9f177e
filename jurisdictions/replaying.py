"""What of the past would have come out otherwise under a proposed version. Nothing of the past changes.

The rooms below say in their `apps.ready` how their things are asked again (`replays`); this room knows none
of them. A replay is carried on in steps, each a transaction of its own, by whoever is woken: its row says how
far it has come, so a step that is lost is taken again and none is taken twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from core import clock
from core.errors import NotAllowed, StateConflict
from core.models import LogEntry
from core.outbox import on_commit_once
from jurisdictions.engine import Profile
from jurisdictions.enums import ReplayState, VersionState
from jurisdictions.models import Replay, ReplayFinding, RuleProfile
from jurisdictions.permissions import can_read_versions
from jurisdictions.versions import current_version

logger = logging.getLogger(__name__)

STEP = 100


@dataclass(frozen=True, slots=True)
class Otherwise:
    """One thing that comes out otherwise: `label` tells no person, and no unit that is not public."""

    subject_id: int
    label: str
    aspect: str
    before: str
    after: str
    clause: str = ""


# Asks some things of one kind again under a version; gives what comes out otherwise.
Compare = Callable[[Iterable[Any], Profile], Iterable[Otherwise]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that is replayed: what there is of it, and how it is asked again.

    `url_name` is the page of one (`pk=subject_id`) for whoever runs the scheme.
    """

    key: str
    label: str
    subjects: Callable[[], QuerySet[Any]]
    compare: Compare
    url_name: str = ""


_kinds: dict[str, Kind] = {}


def replays(kind: Kind) -> Kind:
    """Registers a kind of thing."""
    _kinds[kind.key] = kind
    return kind


def kinds() -> tuple[Kind, ...]:
    return tuple(_kinds[key] for key in sorted(_kinds))


@transaction.atomic
def start_replay(*, version: RuleProfile, actor: Any) -> Replay:
    """Begins a replay of a proposed version (anew, where there was one); logged. Refused while one runs."""
    if not can_read_versions(actor):
        raise NotAllowed("您没有推演规则版本的权限。")
    RuleProfile.objects.select_for_update().get(pk=version.pk)
    if version.state != VersionState.PROPOSED:
        raise StateConflict("该版本已有决定，不再推演。")
    if version.replays.filter(state=ReplayState.RUNNING).exists():
        raise StateConflict("正在推演，请稍候。")
    progress = {
        kind.key: {"total": kind.subjects().count(), "seen": 0, "otherwise": 0, "last": 0} for kind in kinds()
    }
    replay: Replay = Replay.objects.create(
        profile=version, against=current_version(), progress=progress, asked_by=actor, asked_at=clock.now()
    )
    LogEntry.record(
        version,
        action="jurisdictions.start_replay",
        label="推演往次事项",
        actor=actor,
        at=clock.now(),
        data={"replay": replay.pk},
    )
    from jurisdictions.tasks import wake_replays  # noqa: PLC0415 - tasks import this module

    on_commit_once(wake_replays)
    return replay


def carry_on() -> int:
    """Takes every step that is open in the tenant in scope; how many it took."""
    taken = 0
    while take_step():
        taken += 1
    return taken


def take_step() -> bool:
    """The next step of one running replay; False when none is open, or others are at it.

    A step that fails ends its replay as failed: it would fail again, and somebody must look.
    """
    with transaction.atomic():
        replay = (
            Replay.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=ReplayState.RUNNING)
            .select_related("profile")
            .order_by("pk")
            .first()
        )
        if replay is None:
            return False
        try:
            with transaction.atomic():
                _step(replay)
        except Exception:
            logger.exception("replay %s failed", replay.pk)
            replay.refresh_from_db()
            _end(replay, ReplayState.FAILED)
    return True


def _step(replay: Replay) -> None:
    for kind in kinds():
        standing = replay.progress.setdefault(kind.key, {"total": 0, "seen": 0, "otherwise": 0, "last": 0})
        batch = list(kind.subjects().filter(pk__gt=standing["last"]).order_by("pk")[:STEP])
        if not batch:
            continue
        found = list(kind.compare(batch, replay.profile.rules))
        ReplayFinding.objects.bulk_create(_row(replay, kind, one) for one in found)
        standing["seen"] += len(batch)
        standing["total"] = max(standing["total"], standing["seen"])
        standing["otherwise"] += len({one.subject_id for one in found})
        standing["last"] = batch[-1].pk
        replay.save(update_fields=["progress"])
        return
    _end(replay, ReplayState.DONE)


def _row(replay: Replay, kind: Kind, one: Otherwise) -> ReplayFinding:
    # `bulk_create` calls no `save`, which would fill the tenant in.
    return ReplayFinding(
        tenant_id=replay.tenant_id,
        replay=replay,
        kind=kind.key,
        subject_id=one.subject_id,
        label=one.label[:200],
        aspect=one.aspect[:60],
        before=one.before,
        after=one.after,
        clause=one.clause,
    )


def _end(replay: Replay, state: ReplayState) -> None:
    replay.state, replay.ended_at = state, clock.now()
    replay.save(update_fields=["state", "ended_at"])
