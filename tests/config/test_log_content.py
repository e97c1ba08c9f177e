"""The log of a whole played year holds nobody's numbers and no applicant's people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from config.demo import Furniture
from config.demo_story import Story
from core.chain import verify
from core.models import LogEntry
from stations.models import ApplicantUnit
from tests.browsing import signed_in
from tests.linking import link_now
from tests.sealed import plain
from tests.world import SLUGS, World

PLANTED = {"phone": "13912340987", "bank": "6222020099887766554", "id": "110105199001011234"}
NUMBER = re.compile(r"\d{11,}[Xx]?")


def texts(node: Any) -> Iterator[tuple[str, str]]:
    """Every text of the demonstration file with the key under which it stands."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in children:
        if isinstance(value, str):
            yield str(key), value
        else:
            yield from texts(value)


def the_log() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT e::text FROM core_logentry e")
        return [row for (row,) in cursor.fetchall()]


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_a_played_year_leaves_no_personal_data_in_the_log(world: World) -> None:
    """Planted bug: what people type into a reason is kept as it is."""
    Story(world.demo, Furniture(world.authorities, world.people, world.experts)).play()
    unit = ApplicantUnit.objects.order_by("pk")[0]
    member = unit.members.select_related("user").earliest("pk").user
    contact = {
        "contact_name": "卓彼新", "contact_phone": PLANTED["phone"], "email": "",
        "bank_account_name": "某公司", "bank_name": "某银行", "bank_account": PLANTED["bank"],
    }  # fmt: skip
    client = signed_in(world, "admin")
    client.force_login(member)
    client.post(world.url("unit/profile/"), contact)
    unit.refresh_from_db()
    assert plain(unit.contact_phone) == PLANTED["phone"]
    LogEntry.record(
        unit, action="x", label="x", actor=member, at=unit.registered_at,
        reason=f"请改为{PLANTED['phone']}，身份证{PLANTED['id']}，卡号{PLANTED['bank']}",
    )  # fmt: skip
    units = world.demo["units"]
    numbers = {number for _, text in texts(units) for number in NUMBER.findall(text)} | set(PLANTED.values())
    actors = set(LogEntry.objects.values_list("actor_name", flat=True))
    names = {text for key, text in texts(units) if key == "name" and len(text) <= 3} - actors
    assert len(numbers) > 5
    assert names
    log = the_log()
    assert len(log) > 30
    found = {(word, row) for row in log for word in (*numbers, *names, "卓彼新") if word in row}
    assert found == set()
    link_now()
    assert verify().fault is None
