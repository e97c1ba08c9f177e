"""The API of the notices: what the public pages show, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.tenancy import tenant_scope
from notices.models import PublicNotice
from notices.publication import end_notice, withdraw_notice
from tests.asking import looked, place, problem_of
from tests.notices.builders import drafted, objected, published
from tests.world import World, furnish, make_jurisdiction

LIST = place("qinshui", "notices/")


def test_a_running_notice_as_the_page_shows_it(world: World, client: Client) -> None:
    notice = published(world, "2024-06-05")
    listed = looked(client, LIST)
    assert listed["count"] == 1
    assert listed["results"] == [
        {
            "id": notice.pk,
            "title": notice.title,
            "state": "published",
            "state_label": "公示中",
            "published_on": "2024-06-05",
            "first_day": notice.first_day.isoformat(),
            "last_day": notice.last_day.isoformat(),
            "provisional": False,
            "lines": 2,
            "page": f"/qinshui/notices/{notice.pk}/",
        }
    ]
    found = looked(client, f"{LIST}{notice.pk}/")
    assert found["entries"] == [
        {"position": 1, "station_name": "甲工作站", "unit_name": "甲单位"},
        {"position": 2, "station_name": "乙工作站", "unit_name": "乙单位"},
    ]
    assert (found["accepts_objections"], found["authority"]) == (True, world.lead.name)
    page = client.get(found["page"]).content.decode()
    code = notice.document.verification_code
    assert found["document"]["verification"] == f"/verify/{code}/"
    for text in (*found["paragraphs"], found["list_title"], found["length"], found["document"]["file"]):
        assert text in page
    world.at(notice.last_day + timedelta(days=1))
    assert looked(client, f"{LIST}{notice.pk}/")["accepts_objections"] is False
    end_notice(notice=notice)
    assert looked(client, f"{LIST}{notice.pk}/")["state"] == "ended"


def test_neither_who_objects_nor_how_anybody_is_reached(world: World, client: Client) -> None:
    notice = published(world, "2024-06-05")
    PublicNotice.objects.filter(pk=notice.pk).update(contact="联系电话 0356-7022222")
    objected(notice)
    shown = str(looked(client, LIST)) + str(looked(client, f"{LIST}{notice.pk}/"))
    for secret in ("赵反映", "13955550123", "设备并非自有", "0356", "contact", "objections"):
        assert secret not in shown.replace("accepts_objections", "")


def test_drafts_and_what_was_taken_back_are_not_there(world: World, client: Client) -> None:
    notice = drafted(world)
    problem_of(client.get(f"{LIST}{notice.pk}/"), 404)
    world.at("2024-06-05")
    notice = published_again(notice, world)
    assert looked(client, LIST)["count"] == 1
    withdraw_notice(notice=notice, reason="名单有误", actor=world.people["publisher"])
    assert looked(client, LIST)["count"] == 0
    problem_of(client.get(f"{LIST}{notice.pk}/"), 404)


def published_again(notice: PublicNotice, world: World) -> Any:
    from notices.publication import publish_notice  # noqa: PLC0415 - beside its one use

    return publish_notice(notice=notice, actor=world.people["publisher"])


def test_another_place_s_notice_is_not_there(world: World, client: Client) -> None:
    notice = published(world, "2024-06-05")
    other = make_jurisdiction("gaoming")
    with tenant_scope(other):
        furnish(other)
    assert looked(client, place("gaoming", "notices/"))["count"] == 0
    foreign = problem_of(client.get(place("gaoming", f"notices/{notice.pk}/")), 404)
    unknown = problem_of(client.get(place("gaoming", "notices/99999999/")), 404)
    assert {**foreign, "instance": ""} == {**unknown, "instance": ""}


def copies(notice: PublicNotice, count: int) -> None:
    for _ in range(count):
        notice.pk, notice.document, notice._state.adding = None, None, True
        notice.save()


def test_pages_of_twenty_at_the_same_cost(world: World, client: Client) -> None:
    notice = published(world, "2024-06-05")

    def cost() -> int:
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            looked(client, LIST)
        return len(queries)

    once = cost()
    copies(notice, 24)
    assert cost() == once
    first = looked(client, LIST)
    assert (first["count"], len(first["results"]), first["previous"]) == (25, 20, None)
    assert first["next"] == f"{LIST}?page=2"
    second = looked(client, first["next"])
    assert (len(second["results"]), second["next"], second["previous"]) == (5, None, f"{LIST}?page=1")
    assert len({one["id"] for one in first["results"] + second["results"]}) == 25
