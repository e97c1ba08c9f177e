"""The auditor's pages: reading, filtering, one act, one object, the chain, the seals, the export."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from core import clock
from core.audit import digest
from core.auditing import VERIFIED
from core.errors import DomainError, NotAllowed, ReasonRequired
from core.models import LogEntry, LogHead, LogLink
from core.seals import seal_today
from core.tenancy import tenant_scope
from jurisdictions.exporting import EXPORTED, export_log
from tests.applications.builders import Play
from tests.browsing import queries_of, signed_in, text_of
from tests.linking import link_now
from tests.world import World, make_jurisdiction

PAGES = ("audit/", "audit/export/", "audit/chain/")


def shown(auditor: Client, world: World, query: str = "") -> int:
    page = text_of(auditor, world.url(f"audit/?{query}"))
    return int(page.split("共 ")[1].split(" 条")[0]) if "共 " in page else 0


def test_the_auditor_filters_by_everything_that_is_kept(world: World) -> None:
    application = Play(world).submitted()
    officer = signed_in(world, "officer")
    officer.post(world.url("settings/clock/"), {"days": 1}, REMOTE_ADDR="203.0.113.7")
    auditor, number = signed_in(world, "auditor"), application.pk
    assert shown(auditor, world) == LogEntry.objects.count()
    mine = LogEntry.history_of(application).count()
    assert shown(auditor, world, f"kind=applications.application&number={number}") == mine
    assert (
        shown(auditor, world, f"kind=applications.application&number={number}&act=applications.submit") == 1
    )
    assert shown(auditor, world, "who=没有这个人") == 0
    moves = LogEntry.objects.filter(actor=world.people["officer"])
    assert moves.exists()
    for name in (world.people["officer"].full_name[:2], world.people["officer"].username):
        assert shown(auditor, world, f"who={name}") == moves.count()
    assert shown(auditor, world, "who=系统") == LogEntry.objects.filter(actor=None).count()
    assert shown(auditor, world, "origin=203.0.113.7") == 1
    assert (
        shown(auditor, world, "role=bureau_officer") == LogEntry.objects.filter(role="bureau_officer").count()
    )
    units = LogEntry.objects.filter(role__startswith="unit:").count()
    assert units > 0
    assert shown(auditor, world, "role=unit") == units
    day = clock.today()
    assert (
        shown(auditor, world, f"since={day}") == LogEntry.objects.filter(at__gte=clock.start_of(day)).count()
    )
    next_day = clock.start_of(day + timedelta(days=1))
    assert shown(auditor, world, f"until={day}") == LogEntry.objects.filter(at__lt=next_day).count()
    assert shown(auditor, world, f"since={day}&until={day - timedelta(days=1)}") == 0
    page = text_of(auditor, world.url("audit/"))
    assert "单位成员" in page
    assert "under_review" not in page


@pytest.mark.parametrize(
    "query", ["until=9999-12-31", "since=0001-01-01", "until=abc", "number=99999999999999999999", "kind=x",
              "act=x", "role=x", "page=99", "page=x", "who=%00", "number=-1"],
)  # fmt: skip
def test_the_log_takes_any_question(world: World, query: str) -> None:
    assert signed_in(world, "auditor").get(world.url(f"audit/?{query}")).status_code == 200


def test_one_act_is_shown_with_all_that_was_kept(world: World) -> None:
    application = Play(world).submitted()
    link_now()
    entry = LogEntry.history_of(application).get(action="applications.submit")
    page = text_of(signed_in(world, "auditor"), world.url(f"audit/entries/{entry.pk}/"))
    link = entry.links.get()
    for word in (entry.label, entry.actor_name, "申报单位成员", link.hash, link.previous, str(link.position)):
        assert word in page, word
    for change in entry.after:
        assert change not in ("<", ">")
    assert "变更内容" in page


def test_one_objects_whole_history(world: World) -> None:
    application = Play(world).submitted()
    auditor = signed_in(world, "auditor")
    url = world.url(f"audit/objects/applications.application/{application.pk}/")
    page = text_of(auditor, url)
    for entry in LogEntry.history_of(application):
        assert f"audit/entries/{entry.pk}/" in page
    assert auditor.get(world.url("audit/objects/applications.application/999999/")).status_code == 404
    assert auditor.get(world.url("audit/objects/nowhere.nothing/1/")).status_code == 404


def test_the_log_is_for_the_auditor_only_and_takes_nothing(world: World, client: Client) -> None:
    entry = LogEntry.objects.earliest("id")
    link_now()
    seal_today()
    head = LogHead.objects.get()
    pages = [*PAGES, f"audit/entries/{entry.pk}/", f"audit/chain/seals/{head.pk}/",
             f"audit/objects/{entry.subject_type}/{entry.subject_id}/"]  # fmt: skip
    auditor = signed_in(world, "auditor")
    for key in ("officer", "admin", "publisher"):
        person = signed_in(world, key)
        for page in pages:
            assert person.get(world.url(page)).status_code == 404, page
        for page in ("audit/export/", "audit/chain/verify/"):
            assert person.post(world.url(page), {"reason": "x"}).status_code == 404
    for page in pages:
        assert client.get(world.url(page)).status_code == 302
        assert auditor.get(world.url(page)).status_code == 200
        if page != "audit/export/":
            assert auditor.post(world.url(page), {}).status_code == 405


def test_another_tenants_entry_and_seal_are_not_there(world: World) -> None:
    other = make_jurisdiction("yantai")
    with tenant_scope(other):
        foreign = LogEntry.record(other, action="x", label="金丝雀", actor=None, at=clock.now())
        link_now()
        seal_today()
        head = LogHead.objects.get()
    auditor = signed_in(world, "auditor")
    assert auditor.get(world.url(f"audit/entries/{foreign.pk}/")).status_code == 404
    assert auditor.get(world.url(f"audit/chain/seals/{head.pk}/")).status_code == 404
    assert auditor.get(world.url(f"audit/objects/jurisdictions.jurisdiction/{other.pk}/")).status_code == 404
    assert "金丝雀" not in text_of(auditor, world.url("audit/"))


def test_the_log_costs_the_same_for_few_and_many(world: World) -> None:
    auditor = signed_in(world, "auditor")
    queries = ("audit/", "audit/?who=局&role=auditor&act=x&kind=jurisdictions.authority", "audit/chain/")
    before = [queries_of(auditor, world.url(query)) for query in queries]
    for number in range(60):
        LogEntry.record(world.lead, action=f"x{number}", label=f"动作{number}", actor=None, at=clock.now())
    link_now()
    assert [queries_of(auditor, world.url(query)) for query in queries] == before


# --- chain and seals ------------------------------------------------------------


def test_the_chain_is_verified_by_the_auditor_and_the_outcome_logged(world: World) -> None:
    auditor = signed_in(world, "auditor")
    link_now()
    url = world.url("audit/chain/")
    assert "还没有核验过" in text_of(auditor, url)
    assert auditor.post(world.url("audit/chain/verify/")).status_code == 302
    page = text_of(auditor, url)
    assert "条记录完整，未被改动" in page
    entry = LogEntry.objects.get(action=VERIFIED)
    assert entry.actor == world.people["auditor"]
    assert entry.data == {"entries": LogLink.objects.count(), "heads": 0}


def test_a_long_chain_is_left_to_the_daily_task(world: World, settings: Any) -> None:
    link_now()
    settings.AUDIT_VERIFY_ROWS = 1
    auditor = signed_in(world, "auditor")
    auditor.post(world.url("audit/chain/verify/"))
    assert "每日自动核验" in text_of(auditor, world.url("audit/chain/"))
    assert not LogEntry.objects.filter(action=VERIFIED).exists()


def test_a_seal_is_printed_with_the_line_that_verifies(world: World, seal_folder: Path) -> None:
    link_now()
    head = seal_today()
    assert head is not None
    page = text_of(signed_in(world, "auditor"), world.url(f"audit/chain/seals/{head.pk}/"))
    assert (seal_folder / f"{world.slug}.txt").read_text().strip() in page
    assert "data-print" in page
    assert "封存码不符" not in page


# --- export ---------------------------------------------------------------------


def exported(auditor: Client, world: World, **given: Any) -> list[list[str]]:
    answer = auditor.post(world.url("audit/export/"), {"reason": "年度审计", **given})
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store, private"
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    return [[cell.value or "" for cell in row] for row in sheet.iter_rows()]


def test_the_filtered_log_is_exported_as_text_and_the_export_logged(world: World) -> None:
    application = Play(world).submitted()
    LogEntry.record(application, action="x", label="=1+1", actor=None, at=clock.now(), reason="=HYPERLINK(1)")
    link_now()
    auditor = signed_in(world, "auditor")
    narrowed = {"kind": "applications.application", "number": application.pk}
    head, *rows = exported(auditor, world, **narrowed)
    entries = list(LogEntry.history_of(application))
    assert [row[head.index("记录编号")] for row in rows] == [str(entry.pk) for entry in entries]
    assert rows[-1][head.index("动作")] == "=1+1"
    assert rows[-1][head.index("哈希")] == entries[-1].links.get().hash
    entry = LogEntry.objects.get(action=EXPORTED)
    assert (entry.actor, entry.reason) == (world.people["auditor"], "年度审计")
    assert entry.data == {"entries": len(rows), "filter": narrowed}


def test_a_name_searched_for_does_not_get_into_the_log(world: World) -> None:
    name = world.people["officer"].full_name
    exported(signed_in(world, "auditor"), world, who=name)
    assert LogEntry.objects.get(action=EXPORTED).data["filter"] == {"who": digest(name)}


def test_an_export_needs_a_reason_a_right_and_bounds(world: World, settings: Any) -> None:
    auditor = signed_in(world, "auditor")
    url = world.url("audit/export/")
    assert auditor.post(url, {"reason": " "}).status_code == 422
    settings.AUDIT_EXPORT_ROWS = 3
    answer = auditor.post(url, {"reason": "审计"})
    assert answer.status_code == 422
    assert "一次最多导出 3 条" in answer.content.decode()
    every: dict[str, Any] = {"entries": LogEntry.objects.all(), "narrowed_by": {}}
    with pytest.raises(ReasonRequired):
        export_log(**every, reason=" ", actor=world.people["auditor"])
    with pytest.raises(NotAllowed):
        export_log(**every, reason="x", actor=world.people["admin"])
    with pytest.raises(DomainError):
        export_log(**every, reason="x", actor=world.people["auditor"])
    assert not LogEntry.objects.filter(action=EXPORTED).exists()
