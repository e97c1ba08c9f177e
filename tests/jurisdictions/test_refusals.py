"""Who was kept from what stands in the log: after the request, whatever became of it, and within bounds."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from core import clock
from core.acting import acts_for
from core.audit import digest
from core.errors import NotAllowed
from core.models import REFUSED, LogEntry
from core.tenancy import tenant_scope
from funding.release import approve_tranche
from jurisdictions.enums import Role
from jurisdictions.middleware import Refusals
from jurisdictions.models import Membership
from jurisdictions.platform import platform_tenant
from tests.applications.builders import Play
from tests.browsing import signed_in
from tests.funding.acts import tranche
from tests.stations.builders import build_station
from tests.world import World


def refusals() -> list[LogEntry]:
    return list(LogEntry.objects.filter(action=REFUSED).order_by("id"))


def test_a_page_out_of_reach_is_logged_with_person_view_and_number(world: World) -> None:
    application = Play(world).submitted()
    stranger = signed_in(world, "expert1")
    assert (
        stranger.get(world.url(f"desk/files/{application.pk}/"), REMOTE_ADDR="203.0.113.7").status_code == 404
    )
    (entry,) = refusals()
    assert (entry.actor, entry.role, entry.origin) == (world.people["expert1"], "expert", "203.0.113.7")
    assert entry.data == {
        "view": "desk:file", "method": "GET", "status": 404, "ids": {"pk": application.pk},
    }  # fmt: skip
    assert entry.label == "查看无权访问或不存在的内容"


def test_words_in_an_address_are_digested(world: World) -> None:
    signed_in(world, "officer").get(world.url("audit/objects/accounts.user/3/"))
    (entry,) = refusals()
    assert entry.data["ids"] == {"kind": digest("accounts.user"), "number": 3}


def test_what_refuses_nobody_is_not_logged(world: World, client: Client) -> None:
    officer = signed_in(world, "officer")
    for url in (world.url("nowhere/at/all/"), "/nowhere/", "/nowhere/audit/", "/no.such.file"):
        assert officer.get(url).status_code == 404
    # Whoever is not signed in is sent to the door, or asks for a public page that is not there.
    assert client.get(world.url("audit/")).status_code == 302
    assert client.get(world.url("notices/999999/")).status_code == 404
    assert officer.get(world.url("bureau/rounds/")).status_code in (200, 404)
    with tenant_scope(platform_tenant()):
        assert refusals() == []


def asked(world: World, view: Any, key: str | None = "officer") -> HttpResponse:
    """A view as the middlewares call it: inside the request's transaction."""
    request = RequestFactory().post("/", REMOTE_ADDR="203.0.113.7")
    request.jurisdiction = world.jurisdiction  # type: ignore[attr-defined]
    request.resolver_match = None
    if key:
        request.user = world.people[key]

    def inner(request: HttpRequest) -> HttpResponse:
        with tenant_scope(world.jurisdiction):
            response: HttpResponse = view(request)
            return response

    with acts_for(request):
        return Refusals(inner)(request)


def test_a_verbs_refusal_is_logged_even_when_a_view_swallows_it(world: World) -> None:
    """Planted bug: logging inside the request's transaction loses the entry with it."""

    def view(request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            transaction.set_rollback(True)
            try:
                raise NotAllowed("您没有放款的权限。")
            except NotAllowed:
                return HttpResponse(status=302)

    asked(world, view)
    (entry,) = refusals()
    assert (entry.label, entry.reason) == ("越权操作被拒绝", "您没有放款的权限。")
    assert entry.actor == world.people["officer"]


def test_a_verbs_refusal_on_a_page(world: World) -> None:
    """The maker may open the page, the verb says no, and the page only shows a sentence."""
    subject = tranche(build_station(world, designated_on="2024-05-20"), 1)
    approve_tranche(tranche=subject, actor=world.people["maker"])
    answer = signed_in(world, "maker").post(world.url(f"funds/tranches/{subject.pk}/release/"), {})
    assert answer.status_code != 404
    (entry,) = refusals()
    assert (entry.label, entry.data["view"]) == ("越权操作被拒绝", "funds:tranche_release")
    assert entry.reason.startswith("核准人与复核放款人不能是同一人")


@pytest.mark.parametrize(("status", "label"), [(403, "访问被拒绝"), (429, "操作过于频繁被拒绝")])
def test_403_and_429_are_logged_for_anybody(world: World, status: int, label: str) -> None:
    asked(world, lambda request: HttpResponse(status=status), key=None)
    (entry,) = refusals()
    assert (entry.label, entry.actor, entry.actor_name, entry.origin) == (
        label,
        None,
        "未登录",
        "203.0.113.7",
    )
    assert entry.subject_type == "jurisdictions.jurisdiction"


def test_an_expired_form_is_logged(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["admin"])
    assert client.post(world.url("settings/"), {}).status_code == 403
    (entry,) = refusals()
    assert entry.data["view"] == "settings:people"
    assert entry.actor == world.people["admin"]


def test_nobody_floods_the_log(world: World, settings: Any) -> None:
    """Planted bug: without the bound there are nine."""
    settings.AUDIT_REFUSALS_PER_HOUR = 3
    first, second = signed_in(world, "officer"), signed_in(world, "officer")
    for client in (first, second):
        for _ in range(4):
            assert client.get(world.url("audit/")).status_code == 404
    assert len(refusals()) == 6
    assert {entry.session for entry in refusals()} == {
        entry.session for entry in LogEntry.objects.filter(action=REFUSED)
    }
    LogEntry.record(world.lead, action="x", label="x", actor=None, at=clock.now())
    assert LogEntry.objects.latest("id").action == "x"


def test_a_log_that_cannot_be_written_spoils_no_answer(world: World, monkeypatch: Any, caplog: Any) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("no")

    officer = signed_in(world, "officer")
    monkeypatch.setattr(LogEntry, "record", fail)
    assert officer.get(world.url("audit/")).status_code == 404
    assert "a refusal could not be logged" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_refusal_stays_when_the_request_is_rolled_back() -> None:
    from tests.world import furnish, make_jurisdiction  # noqa: PLC0415

    jurisdiction = make_jurisdiction("qinshui")
    with tenant_scope(jurisdiction):
        world = furnish(jurisdiction)
        before = Membership.objects.filter(role=Role.AUDITOR).count()
        assert signed_in(world, "officer").get(world.url("audit/")).status_code == 404
        assert len(refusals()) == 1
        assert Membership.objects.filter(role=Role.AUDITOR).count() == before
