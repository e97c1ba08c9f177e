"""What the chain of the log costs: linking, verifying, and the auditor's pages at 100,000 entries.

`VAR_DIR=<an empty folder> .venv/bin/python -m benchmarks.log_chain [entries]`: a database of its own there.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SERVICES", "fast")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from core.chain import verify  # noqa: E402
from core.models import LogEntry  # noqa: E402
from core.tenancy import tenant_scope  # noqa: E402
from jurisdictions.enums import Role  # noqa: E402
from jurisdictions.models import Authority, Jurisdiction  # noqa: E402
from jurisdictions.staffing import appoint  # noqa: E402

SINGLE = 1000
COPY = """
INSERT INTO core_logentry (tenant_id, at, recorded_at, actor_id, actor_name, role, origin, session,
    request, subject_type, subject_id, action, label, source, target, reason, clause, data, before, after)
SELECT tenant_id, at - n * interval '1 minute', recorded_at, actor_id, actor_name, role,
    '10.0.' || n %% 200 || '.' || n %% 250, session, request, subject_type, n %% 5000,
    'x.act' || n %% 40, label, source, target, reason, clause, data, before, after
FROM (SELECT * FROM core_logentry WHERE tenant_id = %s ORDER BY id DESC LIMIT 1) e, generate_series(1, %s) n
"""


def seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def record(place: Jurisdiction, actor: User) -> None:
    with transaction.atomic():
        LogEntry.record(
            place, action="x.act", label="提交申报", actor=actor, at=timezone.now(), source="draft",
            target="done", reason="材料齐全，同意上报。", clause="QS-5.1", data={"round": 1},
            before={"state": "draft"}, after={"state": "done"},
        )  # fmt: skip


def one_by_one(place: Jurisdiction, actor: User) -> float:
    """Milliseconds an entry, each in a transaction of its own."""
    return seconds(lambda: [record(place, actor) for _ in range(SINGLE)]) / SINGLE * 1000


def triggers(enabled: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE core_logentry {'ENABLE' if enabled else 'DISABLE'} TRIGGER log_note")


QUERIES = (
    "", "?page=150", "?act=x.act7", "?who=bench", "?role=auditor", "?origin=10.0.7.7",
    "?kind=jurisdictions.jurisdiction&number=77", "?since=2026-01-01&until=2026-01-05",
    "?act=x.act7&origin=10.0.9.9", "chain/",
)  # fmt: skip


def pages(place: Jurisdiction, auditor: User) -> None:
    client = Client(headers={"host": "localhost"})
    client.force_login(auditor)
    for query in QUERIES:
        url = f"/{place.slug}/audit/{query}"
        assert client.get(url).status_code == 200
        taken = min(seconds(lambda url=url: client.get(url)) for _ in range(5))
        print(f"  {taken * 1000:7.1f} ms  {url}")


def main(entries: int) -> None:
    call_command("migrate", verbosity=0)
    call_command("load_profiles", verbosity=0)
    place = Jurisdiction.objects.get(slug="qinshui")
    actor, _ = User.objects.get_or_create(username="bench", full_name="测试")
    with tenant_scope(place):
        bureau, _ = Authority.objects.get_or_create(name="某局", kind="county_hrss", short_name="某局")
        appoint(user=actor, authority=bureau, role=Role.AUDITOR, actor=None)
        linked = [one_by_one(place, actor) for _ in range(3)]
        print(f"one entry a transaction, linked: {min(linked):.2f} ms")
        with tenant_scope(Jurisdiction.objects.get(slug="yantai")):
            triggers(False)
            bare = min(one_by_one(place, actor) for _ in range(3))
            triggers(True)
        print(f"one entry a transaction, without the trigger: {bare:.2f} ms; ratio {min(linked) / bare:.2f}")
        print("pages with", LogEntry.objects.count(), "entries")
        pages(place, actor)
        with connection.cursor() as cursor:
            taken = seconds(lambda: cursor.execute(COPY, [place.pk, entries]))
            cursor.execute("ANALYZE core_logentry")
        print(f"{entries} entries in one transaction: {entries / taken:.0f} a second, linked")
        print("pages with", LogEntry.objects.count(), "entries")
        pages(place, actor)
        found = []
        taken = seconds(lambda: found.append(verify()))
        print(
            f"verified {found[0].entries} entries: {found[0].entries / taken:.0f} a second; {found[0].fault}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
