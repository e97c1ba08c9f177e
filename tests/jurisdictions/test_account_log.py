"""What happens to accounts, in the log of every jurisdiction where their owner is somebody."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import RequestFactory

from accounts.models import User
from accounts.signals import account_event
from core.acting import acts_for
from core.audit import digest
from core.models import LogEntry
from core.tenancy import tenant_scope
from jurisdictions.enums import Role
from jurisdictions.models import Authority
from jurisdictions.platform import platform_tenant
from jurisdictions.staffing import appoint
from tests.world import World, make_jurisdiction


def happened(action: str, label: str, **more: Any) -> None:
    account_event.send(sender=None, action=f"accounts.{action}", label=label, **more)


def entries(tenant: Any) -> list[LogEntry]:
    with tenant_scope(tenant):
        return list(LogEntry.objects.filter(action__startswith="accounts.").order_by("id"))


def test_a_sign_in_stands_wherever_the_person_has_a_place(world: World) -> None:
    officer = world.people["officer"]
    elsewhere, nowhere = make_jurisdiction("yantai"), make_jurisdiction("gaoming")
    with tenant_scope(elsewhere):
        bureau = Authority.objects.create(kind="city_hrss", name="甲局", short_name="甲")
        appoint(user=officer, authority=bureau, role=Role.AUDITOR, actor=None)
    happened("sign_in", "登录", user=officer, actor=officer, username=officer.username)
    (here,), (there,) = entries(world.jurisdiction), entries(elsewhere)
    assert (here.actor, here.subject_type, here.subject_id) == (officer, "accounts.user", officer.pk)
    assert (here.role, there.role) == ("bureau_officer", "auditor")
    assert entries(nowhere) == entries(platform_tenant()) == []


@pytest.mark.parametrize("key", ["unit", "expert1"])
def test_units_and_experts_have_a_place_too(world: World, key: str) -> None:
    from tests.stations.builders import build_station  # noqa: PLC0415

    build_station(world)
    person = world.people[key] if key in world.people else _unit_member()
    happened("sign_in", "登录", user=person, actor=person, username=person.username)
    (entry,) = entries(world.jurisdiction)
    assert entry.role.partition(":")[0] in ("unit", "expert")


def _unit_member() -> Any:
    from stations.models import UnitMember  # noqa: PLC0415

    return UnitMember.objects.select_related("user").first().user


def test_who_is_nobody_anywhere_is_logged_with_the_platform(world: World) -> None:
    stranger = User.objects.create(username="stranger", full_name="某人")
    happened("sign_in", "登录", user=stranger, actor=stranger, username="stranger")
    (entry,) = entries(platform_tenant())
    assert (entry.actor, entry.subject_id) == (stranger, stranger.pk)
    assert entries(world.jurisdiction) == []


def test_an_administrators_act_names_the_administrator_and_the_reason(world: World) -> None:
    admin, officer = world.people["admin"], world.people["officer"]
    happened("disabled", "停用账号", user=officer, actor=admin, reason="离职")
    (entry,) = entries(world.jurisdiction)
    assert (entry.actor, entry.role, entry.reason) == (admin, "administrator", "离职")
    assert entry.subject_id == officer.pk


def test_of_an_unknown_name_only_a_digest_is_kept(world: World) -> None:
    """Planted bug: the name as it was typed is somebody's password now and then."""
    happened("sign_in_failed", "登录失败", user=None, username="Pass-word-2026", data={"step": "password"})
    (entry,) = entries(platform_tenant())
    assert entry.data == {"step": "password", "username": digest("Pass-word-2026")}
    assert (entry.actor, entry.actor_name) == (None, "未登录")
    assert "Pass-word" not in repr(vars(entry))


def test_a_failure_is_logged_after_a_request_that_is_rolled_back(world: World) -> None:
    officer = world.people["officer"]
    request = RequestFactory().post("/accounts/login/", REMOTE_ADDR="203.0.113.7")
    with acts_for(request) as unit:
        with transaction.atomic():
            happened("sign_in_failed", "登录失败", user=officer, request=request)
            assert entries(world.jurisdiction) == []
            transaction.set_rollback(True)
        for work in unit.later:
            work()
    (entry,) = entries(world.jurisdiction)
    assert (entry.actor, entry.actor_name, entry.origin) == (None, "未登录", "203.0.113.7")
    assert entry.subject_id == officer.pk


def test_guessing_floods_no_log(world: World, settings: Any) -> None:
    settings.AUDIT_REFUSALS_PER_HOUR = 3
    for number in range(5):
        happened("sign_in_failed", "登录失败", user=None, username=f"guess{number}")
    assert len(entries(platform_tenant())) == 3


def test_the_platform_is_there_and_never_active(world: World, client: Any) -> None:
    tenant = platform_tenant()
    assert (tenant.slug, tenant.is_active) == ("platform", False)
    assert platform_tenant() == tenant
    assert client.get("/platform/").status_code == 302
    assert client.get("/platform/rules/").status_code == 404
