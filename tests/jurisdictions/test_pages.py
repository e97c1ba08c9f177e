"""The pages of the house itself: portal, first page, regulation, rehearsal clock, log."""

from datetime import timedelta

import pytest
from django.test import Client, override_settings

from accounts.models import User
from core import clock
from core.models import LogEntry
from core.tenancy import tenant_scope
from jurisdictions.rulebook import chapters
from jurisdictions.rulebook.lines import clauses_of_node
from tests.applications.builders import Play
from tests.browsing import signed_in, text_of
from tests.stations.builders import build_unit
from tests.world import SLUGS, furnish, make_jurisdiction


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
    anchors = [one.anchor for line in lines for one in line.articles if one.anchor]
    assert len(anchors) == len(set(anchors))
    cited = {one.clause for line in lines for one in line.articles}
    assert set(anchors) == cited - set(clauses_of_node(world.rules.validity))
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


# --- the rehearsal clock ------------------------------------------------------


def test_whoever_has_a_place_here_moves_the_rehearsal_clock_forward(world, client):
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


def test_strangers_do_not_move_a_jurisdictions_clock(world):
    """Planted bug: without `belongs` in the view anyone signed in moves any jurisdiction's dates."""
    url = world.url("settings/clock/")
    before = clock.today()
    elsewhere = make_jurisdiction("gaoming")
    with tenant_scope(elsewhere):
        admin_there = furnish(elsewhere).people["admin"]
    member = build_unit(world).person
    for stranger in (User.objects.create(username="nobody", full_name="无关"), admin_there):
        browser = Client()
        browser.force_login(stranger)
        assert browser.get(url).status_code == 404
        assert browser.post(url, {"days": 1}).status_code == 404
        assert "调整日期" not in text_of(browser, world.url(""))
    assert clock.today() == before
    browser = Client()
    browser.force_login(member)
    assert browser.get(url).status_code == 200
    assert "调整日期" in text_of(browser, world.url(""))


def test_outside_rehearsal_there_is_no_such_page(world):
    user = world.people["admin"]
    user.is_demonstration = False
    user.save()
    person = signed_in(world, "admin")
    with override_settings(REHEARSAL=False, SECOND_FACTOR_REQUIRED=False):
        assert "演练时钟" not in text_of(person, world.url("settings/"))
        assert person.get(world.url("settings/clock/")).status_code == 404
        assert person.post(world.url("settings/clock/"), {"days": 1}).status_code == 404


def test_the_clock_refuses_a_mistyped_year(world, client):
    before = clock.today()
    officer = signed_in(world, "officer")
    answer = officer.post(world.url("settings/clock/"), {"to": "9999-12-31"})
    assert answer.status_code == 422
    assert "请核对年份" in answer.content.decode()
    assert clock.today() == before
