"""The pages of the house itself: portal, first page, regulation, people, rehearsal clock, log."""

from datetime import timedelta

import pytest
from django.test import override_settings

from core import clock
from core.errors import NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from jurisdictions.enums import Right, Role
from jurisdictions.models import Membership
from jurisdictions.permissions import holds
from jurisdictions.rulebook import chapters
from jurisdictions.staffing import appoint, dismiss
from tests.applications.builders import Play
from tests.browsing import queries_of, signed_in, text_of
from tests.world import SLUGS


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_everybody_reads_what_the_scheme_is(world, client):
    rules = world.rules
    for page in (text_of(client, "/"), text_of(client, world.url(""))):
        assert rules.title in page
    home = text_of(client, world.url(""))
    assert world.url("register/") in home
    assert ("正在公示" in home) is (rules.notice is not None)


@pytest.mark.parametrize(
    ("world", "day", "word"),
    [
        ("yantai", "2019-03-01", "现行有效"),
        ("yantai", "2023-01-01", "已失效"),
        ("gaoming", "2026-07-10", "现行有效"),
        ("gaoming", "2026-07-11", "已失效"),
        ("gaoming", "2022-01-25", "尚未施行"),
        ("shenzhen", "2017-03-01", "效力待核实"),
    ],
    indirect=["world"],
)
def test_standing_follows_the_tenants_clock(world, client, day, word):
    world.at(day)
    for url in ("/", world.url(""), world.url("rules/")):
        assert word in text_of(client, url)


def test_open_call_is_shown_while_it_is_open(world, client):
    play = Play(world)
    round_ = play.open_round()
    assert round_.title in text_of(client, world.url(""))
    assert "1 个批次" in text_of(client, "/")
    world.at(clock.local(round_.closes_at).date() + timedelta(days=1))
    assert round_.title not in text_of(client, world.url(""))
    assert "1 个批次" not in text_of(client, "/")


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_regulation_page_has_every_clause_it_cites_once(world, client):
    page = text_of(client, world.url("rules/"))
    lines = [line for chapter in chapters(world.rules) for line in chapter.lines]
    anchors = [line.anchor for line in lines if line.anchor]
    assert len(anchors) == len(set(anchors))
    assert set(anchors) == {line.clause for line in lines}
    for anchor in (*anchors, *(reading.id for reading in world.rules.readings)):
        assert page.count(f'id="{anchor}"') == 1, anchor
    assert all(condition.label in page for condition in world.rules.conditions)
    names = {chapter.name for chapter in chapters(world.rules)}
    assert ("notice" in names) is (world.rules.notice is not None)
    assert ("money" in names) is (world.rules.award is not None)
    assert client.get(world.url("rules/?version=1900-01-01")).status_code == 404


def test_unknown_jurisdiction_is_not_found(world, client):
    assert client.get("/nowhere/").status_code == 404
    assert client.get("/nowhere/stations/").status_code == 404


# --- people -------------------------------------------------------------------


def test_administrator_appoints_and_ends(world):
    admin = signed_in(world, "admin")
    url = world.url("settings/")
    auditor = world.people["auditor"]
    given = {"username": auditor.username, "authority": world.lead.pk, "role": Role.NOTICE_PUBLISHER}
    assert admin.post(url, {**given, "username": "nobody"}).status_code == 422
    assert admin.post(url, {**given, "role": ""}).status_code == 422
    assert not holds(auditor, Right.PUBLISH, world.lead)
    assert admin.post(url, given).status_code == 302
    made = Membership.objects.get(user=auditor, role=Role.NOTICE_PUBLISHER)
    fresh = type(auditor).objects.get(pk=auditor.pk)
    assert holds(fresh, Right.PUBLISH, world.lead)
    assert auditor.full_name in text_of(admin, url)
    end = world.url(f"settings/people/{made.pk}/end/")
    admin.post(end, {"reason": " "})
    made.refresh_from_db()
    assert made.ended_at is None
    admin.post(end, {"reason": "岗位调整"})
    made.refresh_from_db()
    assert made.ended_at is not None
    assert not holds(type(auditor).objects.get(pk=auditor.pk), Right.PUBLISH, world.lead)
    assert admin.post(end, {"reason": "再来"}).status_code == 404
    assert LogEntry.history_of(made).last().reason == "岗位调整"


def test_only_the_administrator_sees_and_changes_people(world, client):
    membership = Membership.objects.first()
    for key in ("officer", "publisher", "auditor", "expert1"):
        person = signed_in(world, key)
        assert person.get(world.url("settings/")).status_code == 404
        end = world.url(f"settings/people/{membership.pk}/end/")
        assert person.post(end, {"reason": "无"}).status_code == 404
    assert client.get(world.url("settings/")).status_code == 302
    officer = world.people["officer"]
    with pytest.raises(NotAllowed):
        appoint(user=officer, authority=world.lead, role=Role.ADMINISTRATOR, actor=officer)
    with pytest.raises(NotAllowed):
        dismiss(membership=membership, actor=officer, reason="无")
    with pytest.raises(ReasonRequired):
        dismiss(membership=membership, actor=world.people["admin"], reason="")
    dismiss(membership=membership, actor=world.people["admin"], reason="岗位调整")
    with pytest.raises(StateConflict):
        dismiss(membership=membership, actor=world.people["admin"], reason="再来")


def test_people_cost_the_same_for_ten_and_more(world):
    admin = signed_in(world, "admin")
    before = queries_of(admin, world.url("settings/"))
    for role in (Role.AUDITOR, Role.PANEL_SECRETARY, Role.NOTICE_PUBLISHER):
        appoint(user=world.people["reviewer"], authority=world.lead, role=role, actor=None)
    assert queries_of(admin, world.url("settings/")) == before


# --- the rehearsal clock ------------------------------------------------------


def test_anyone_signed_in_moves_the_rehearsal_clock_forward(world, client):
    url = world.url("settings/clock/")
    assert client.get(url).status_code == 302
    unitless = signed_in(world, "expert1")
    before = clock.today()
    assert unitless.get(url).status_code == 200
    assert clock.today() == before
    for days in (1, 7, 30):
        assert unitless.post(url, {"days": days}).status_code == 302
    world_today = before + timedelta(days=38)
    assert f"{world_today.year}年{world_today.month}月{world_today.day}日" in text_of(unitless, url)
    to = world_today + timedelta(days=100)
    assert unitless.post(url, {"to": to.isoformat()}).status_code == 302
    assert unitless.post(url, {"to": before.isoformat()}).status_code == 422
    assert unitless.post(url, {}).status_code == 422
    moves = LogEntry.objects.filter(action="clock.move", actor=world.people["expert1"])
    assert moves.count() == 4


def test_outside_rehearsal_there_is_no_such_page(world):
    person = signed_in(world, "admin")
    with override_settings(REHEARSAL=False):
        assert person.get(world.url("settings/clock/")).status_code == 404
        assert person.post(world.url("settings/clock/"), {"days": 1}).status_code == 404


def test_the_clock_refuses_a_mistyped_year(world, client):
    before = clock.today()
    officer = signed_in(world, "officer")
    answer = officer.post(world.url("settings/clock/"), {"to": "9999-12-31"})
    assert answer.status_code == 422
    assert "请核对年份" in answer.content.decode()
    assert clock.today() == before
