"""Whoever runs the platform: jurisdictions and counts, and nothing of any person or application."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from core.errors import DomainError, NotAllowed, ReasonRequired
from core.models import LogEntry
from core.tenancy import active_tenants, tenant_scope
from jurisdictions.models import Membership
from jurisdictions.permissions import rights_of
from jurisdictions.platform import (
    appoint_operator,
    is_operator,
    platform_tenant,
    real_jurisdictions,
    switch_jurisdiction,
)
from tests.applications.builders import Play
from tests.applications.filing import browser_of
from tests.browsing import text_of
from tests.jurisdictions.acts import somebody
from tests.world import World


def test_the_reserved_tenant_is_there_and_has_no_pages_and_no_tasks(world: World) -> None:
    assert platform_tenant().is_active is False
    assert platform_tenant() == platform_tenant()
    assert list(real_jurisdictions()) == [world.jurisdiction]
    assert list(active_tenants()) == [world.jurisdiction]
    operator = somebody()
    appoint_operator(user=operator)
    for path in ("desk/", "settings/", "rules/", "bureau/rounds/"):
        assert browser_of(operator).get(f"/platform/{path}").status_code == 404


def test_an_operator_sees_jurisdictions_and_counts_and_no_names(world: World) -> None:
    application = Play(world).submitted()
    operator = somebody()
    appoint_operator(user=operator)
    browser = browser_of(operator)
    page = text_of(browser, "/platform/")
    assert world.jurisdiction.name in page
    one = text_of(browser, f"/platform/jurisdictions/{world.jurisdiction.pk}/")
    names = [user.full_name for user in world.people.values()]
    for secret in (application.unit.name, application.unit.contact_phone, *names):
        assert secret not in page
        assert secret not in one
    for path in (
        "bureau/rounds/",
        "desk/",
        "funds/tranches/",
        "audit/",
        "settings/",
        "settings/clock/",
        "unit/",
    ):
        assert browser.get(world.url(path)).status_code == 404, path
    assert rights_of(operator) == frozenset()
    assert browser.get("/home/").url == "/platform/"


def test_a_jurisdiction_is_switched_off_and_on_again(world: World) -> None:
    operator = somebody()
    appoint_operator(user=operator)
    browser, visitor = browser_of(operator), browser_of(world.people["officer"])
    url = f"/platform/jurisdictions/{world.jurisdiction.pk}/switch/"
    assert browser.post(url, {"to": "off", "reason": " "}).status_code == 422
    assert visitor.get(world.url("bureau/rounds/")).status_code == 200
    assert browser.post(url, {"to": "off", "reason": "办法到期"}).status_code == 302
    for page in ("bureau/rounds/", "", "settings/"):
        assert visitor.get(world.url(page)).status_code == 404
    assert list(active_tenants()) == []
    assert browser.post(url, {"to": "on", "reason": "续期"}).status_code == 302
    assert visitor.get(world.url("bureau/rounds/")).status_code == 200
    told = [("jurisdictions.switch_off", "办法到期"), ("jurisdictions.switch_on", "续期")]
    for tenant in (world.jurisdiction, platform_tenant()):
        with tenant_scope(tenant):
            entries = LogEntry.history_of(world.jurisdiction)
            assert [(entry.action, entry.reason) for entry in entries] == told


def test_only_operators_switch_and_only_real_jurisdictions(world: World) -> None:
    """Planted bug: without the look at the actor in the verb any caller closes a jurisdiction."""
    operator = somebody()
    appoint_operator(user=operator)
    for stranger in ("admin", "security", "officer"):
        with pytest.raises(NotAllowed):
            switch_jurisdiction(
                jurisdiction=world.jurisdiction, active=False, reason="无", actor=world.people[stranger]
            )
        url = f"/platform/jurisdictions/{world.jurisdiction.pk}/switch/"
        answer = browser_of(world.people[stranger]).post(url, {"to": "off", "reason": "无"})
        assert answer.status_code == 404
    with pytest.raises(ReasonRequired):
        switch_jurisdiction(jurisdiction=world.jurisdiction, active=False, reason=" ", actor=operator)
    with pytest.raises(DomainError):
        switch_jurisdiction(jurisdiction=platform_tenant(), active=True, reason="无", actor=operator)
    platform = platform_tenant().pk
    assert browser_of(operator).get(f"/platform/jurisdictions/{platform}/").status_code == 404


def test_the_first_people_come_from_the_command_line(world: World) -> None:
    operator, admin = somebody(), somebody()
    call_command("appoint_platform_operator", operator.username)
    assert is_operator(operator)
    call_command("appoint", admin.username, world.slug, world.lead.name, "administrator")
    assert Membership.objects.get(user=admin).state == "live"
    for arguments in (
        ("appoint", "nobody", world.slug, world.lead.name, "administrator"),
        ("appoint", admin.username, "platform", world.lead.name, "administrator"),
        ("appoint", admin.username, world.slug, "无此部门", "administrator"),
        ("appoint", operator.username, world.slug, world.lead.name, "reviewer"),
        ("appoint_platform_operator", admin.username),
        ("appoint_platform_operator", "nobody"),
    ):
        with pytest.raises(CommandError):
            call_command(*arguments)
