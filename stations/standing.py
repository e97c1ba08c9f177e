"""Whether a station is in force and since when; suspending it and letting it go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from core import clock
from core.web import tenant_url
from core.workflow import perform
from deadlines.messages import notify
from stations.enums import StationState
from stations.models import Station


@dataclass(frozen=True, slots=True)
class Validity:
    """What anybody is told of a station: a word with tone and icon, and the day since which it holds."""

    label: str
    tone: str
    icon: str
    since: date
    in_force: bool


def validity_of(station: Station) -> Validity:
    """How the station stands today. Its term may have ended though nobody ended it."""
    state = station.status
    if state == StationState.SUSPENDED:
        return Validity("已暂停", "warning", state.icon, _day(station.suspended_at), in_force=False)
    if state != StationState.ACTIVE:
        return Validity(state.label, state.tone, state.icon, _day(station.ended_at), in_force=False)
    expires_on = station.expires_on
    if expires_on is not None and expires_on < clock.today():
        since = expires_on + timedelta(days=1)
        return Validity("认定期限已满", "warning", "calendar-off", since, in_force=False)
    return Validity("有效", "success", "circle-check", station.designated_on, in_force=True)


@transaction.atomic
def suspend_station(*, station: Station, reason: str, actor: Any) -> Station:
    """Suspends a station by a recorded decision; logged, the unit is told.

    No text known here speaks of it: it changes what the public is told, and neither dates nor money.
    """
    perform(station, "suspend", actor=actor, reason=reason, suspended_at=clock.now())
    _tell(station, "站点已暂停", reason)
    return station


@transaction.atomic
def resume_station(*, station: Station, reason: str, actor: Any) -> Station:
    """Ends a suspension, with a reason; logged, the unit is told."""
    perform(station, "resume", actor=actor, reason=reason, suspended_at=None)
    _tell(station, "站点已恢复", reason)
    return station


def _day(moment: Any) -> date:
    return clock.local(moment).date()


def _tell(station: Station, title: str, reason: str) -> None:
    notify(
        recipients=station.recipients(),
        title=title,
        text=f"“{station.name}”（{station.number}）：{reason.strip()}",
        url=tenant_url("unit:station", pk=station.pk),
    )
