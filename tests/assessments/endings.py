"""Ending a station, as tests of other rooms need it: by the verbs, with two people."""

from __future__ import annotations

from accounts.models import User
from assessments.ending import decide_ending, grounds_open_to, key_of, propose_revocation
from stations.models import Station
from tests.world import World

REASON = "经查，提供虚假材料获得认定，有原始凭证佐证。"
HEARD = "已书面告知，单位未提出异议。"
RECOURSE = "对本决定不服的，可以自收到之日起六十日内申请行政复议。"


def second_officer(world: World) -> User:
    """Another officer of the leading authority."""
    return world.people["officer2"]


def revoke(world: World, station: Station) -> Station:
    """Proposed on the first ground that the record leaves open, and decided."""
    made = propose_revocation(
        station=station,
        ground=key_of(grounds_open_to(station)[0]),
        reason=REASON,
        heard=HEARD,
        serious=True,
        actor=world.people["officer"],
    )
    decide_ending(ending=made, actor=second_officer(world), recourse=RECOURSE)
    station.refresh_from_db()
    return station
