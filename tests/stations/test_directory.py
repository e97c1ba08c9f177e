"""The stations: what everybody finds, what stays inside, and what each page costs."""

from datetime import date

import pytest

from core import clock
from documents.models import OfficialDocument
from stations.enums import StationState
from stations.models import Station
from tests.applications.listing import Listed
from tests.browsing import queries_of, signed_in, text_of
from tests.sealed import plain


def designated(world, *keys: str) -> Listed:
    listed = Listed(world, *keys)
    listed.after_notice()
    listed.sign_off()
    listed.designate()
    listed.refresh()
    return listed


def copies(station: Station, count: int) -> None:
    """More stations like this one."""
    for number in range(count):
        Station.objects.create(
            unit=station.unit,
            authority=station.authority,
            local_authority=station.local_authority,
            profile=station.profile,
            number=f"仿{number}",
            name=f"仿站{number}",
            plaque_title="牌",
            trade="钳工",
            leader_name="某",
            designated_on=date(2020, 1, 1),
            document=station.document,
        )


def test_everybody_finds_a_station(world, client):
    designated(world, "unit", "second")
    first, second = Station.objects.order_by("number")
    page = text_of(client, world.url("stations/"))
    assert first.name in page
    assert second.name in page

    def found(query: str) -> list[bool]:
        page = text_of(client, world.url(f"stations/?{query}"))
        return [station.name in page for station in (first, second)]

    assert found(f"q={first.unit.name}") == [True, False]
    assert found(f"q={second.number}") == [False, True]
    assert found(f"district={second.local_authority_id}") == [False, True]
    assert found(f"trade={first.trade}&q={first.name}") == [True, False]
    assert found(f"year={clock.today().year}") == [True, True]
    assert found("state=revoked") == [False, False]
    assert found("district=x&year=abc&page=zz") == [True, True]


def test_revoked_station_stays_findable_and_is_called_so(world, client):
    designated(world)
    station = Station.objects.get()
    Station.objects.update(state=StationState.REVOKED, ended_at=clock.now())
    assert "已撤销" in text_of(client, world.url(f"stations/{station.pk}/"))
    assert station.name in text_of(client, world.url("stations/?state=revoked"))


def test_nothing_personal_on_any_public_page(world, client):
    listed = designated(world)
    application = listed.applications[0]
    station = Station.objects.get()
    paper = OfficialDocument.objects.first()
    pages = [
        "/",
        *(
            world.url(path)
            for path in (
                "",
                "rules/",
                "notices/",
                f"notices/{paper.notice.pk}/",
                "stations/",
                f"stations/{station.pk}/",
            )
        ),
        *(f"/verify/{document.verification_code}/" for document in OfficialDocument.objects.all()),
    ]
    shown = " ".join(text_of(client, page) for page in pages)
    unit = application.unit
    assert unit.name in shown
    rows = application.rosters["members"]
    secrets = [plain(row["resident_id"]) for row in rows if row.get("resident_id")]
    secrets += [row["name"] for row in rows if row["role"] != "leader"]
    secrets += [unit.contact_name, unit.uscc, unit.email, str(unit.contact_phone), str(unit.bank_account)]
    secrets += [plain(unit.contact_phone), plain(unit.bank_account)]
    secrets += [user.email for user in world.people.values()]
    assert len(secrets) > 10
    assert [secret for secret in secrets if secret and secret in shown] == []


def test_station_file_is_for_those_in_whose_care_it_is(world, client):
    listed = designated(world, "unit", "second")
    first = listed.applications[0].station
    pages = {
        "bureau": world.url(f"bureau/stations/{first.pk}/"),
        "unit": world.url(f"unit/stations/{first.pk}/"),
    }
    found = {
        key: [signed_in(world, key).get(url).status_code for url in pages.values()]
        for key in ("officer", "reviewer", "reviewer2", "submitter", "auditor", "expert1")
    }
    assert found == {
        "officer": [200, 404],
        "reviewer": [200, 404],
        "reviewer2": [404, 404],
        "submitter": [404, 200],
        "auditor": [404, 404],
        "expert1": [404, 404],
    }
    other = world.url(f"unit/stations/{listed.applications[1].station_id}/")
    assert signed_in(world, "submitter").get(other).status_code == 404
    assert client.get(pages["bureau"]).status_code == 302


def test_file_holds_the_whole_history(world):
    listed = designated(world)
    station = Station.objects.get()
    page = text_of(signed_in(world, "officer"), world.url(f"bureau/stations/{station.pk}/"))
    for words in ("提交申报", "列入拟认定名单", "进入公示", "认定", listed.officer.full_name):
        assert words in page, words
    for member in station.members.all():
        assert member.name in page
    if world.rules.award:
        for tranche in station.award.tranches.all():
            assert tranche.label in page


def test_unit_sees_its_own_list(world):
    designated(world, "unit", "second")
    page = text_of(signed_in(world, "submitter"), world.url("unit/stations/"))
    first, second = Station.objects.order_by("number")
    assert first.name in page
    assert second.name not in page


@pytest.mark.parametrize("world", ["shenzhen"], indirect=True)
def test_file_of_a_station_without_money(world):
    designated(world)
    station = Station.objects.get()
    assert "拨付安排" not in text_of(signed_in(world, "officer"), world.url(f"bureau/stations/{station.pk}/"))


def test_lists_cost_the_same_for_one_and_thirty(world, client):
    designated(world)
    people = [client, signed_in(world, "officer"), signed_in(world, "submitter")]
    urls = [world.url("stations/"), world.url("bureau/stations/"), world.url("unit/stations/")]
    before = [queries_of(person, url) for person, url in zip(people, urls, strict=True)]
    copies(Station.objects.get(), 29)
    assert [queries_of(person, url) for person, url in zip(people, urls, strict=True)] == before
    assert "第 1 / 2 页" in text_of(client, urls[0])
