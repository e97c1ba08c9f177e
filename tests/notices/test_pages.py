"""The notice pages: open to everybody, silent about persons, closed to whoever has no part in them."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType

from jurisdictions.enums import Role
from jurisdictions.models import Authority
from jurisdictions.staffing import appoint
from notices.enums import NoticeState, ObjectionState
from notices.models import NoticeEntry, Objection, PublicNotice
from notices.publication import withdraw_notice
from tests.browsing import queries_of, signed_in, text_of
from tests.notices.builders import drafted, objected, published


def test_everybody_reads_a_running_notice(world, client):
    notice = published(world, "2024-06-05")
    page = client.get(world.url(f"notices/{notice.pk}/"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "甲单位" in text
    assert "2024年6月13日" in text
    assert 'name="entry"' in text
    assert notice.title in text_of(client, world.url("notices/"))


def test_a_notice_cites_the_version_that_it_keeps(world, client):
    """Planted bug: the clause leads to whatever is current by then."""
    notice = published(world, "2024-06-05")
    objection = objected(notice)
    link = f"/rules/?version={world.profile.version}#"
    officer = signed_in(world, "officer")
    for reader, path in (
        (client, f"notices/{notice.pk}/"),
        (officer, f"bureau/notices/{notice.pk}/"),
        (officer, f"bureau/objections/{objection.pk}/"),
    ):
        assert link in reader.get(world.url(path)).content.decode(), path


def test_drafts_and_withdrawn_notices_are_not_public(world, client):
    notice = drafted(world)
    assert client.get(world.url(f"notices/{notice.pk}/")).status_code == 404
    assert notice.title not in client.get(world.url("notices/")).content.decode()
    running = published_again(world, notice)
    withdraw_notice(notice=running, reason="名单有误", actor=world.people["publisher"])
    assert client.get(world.url(f"notices/{running.pk}/")).status_code == 404
    assert client.get(world.url(f"papers/{running.document.verification_code}/")).status_code == 404


def published_again(world, notice):
    withdraw_notice(notice=notice, reason="重来", actor=world.people["publisher"])
    return published(world, "2024-06-05")


def test_objection_from_the_page(world, client):
    notice = published(world, "2024-06-05")
    url = world.url(f"notices/{notice.pk}/")
    entry = notice.entries.first()
    given = {"entry": entry.pk, "name": "赵反映", "contact": "13955550123", "text": "设备并非自有。"}
    refused = client.post(url, {**given, "contact": " "})
    assert refused.status_code == 422
    assert "设备并非自有。" in refused.content.decode()
    assert Objection.objects.count() == 0
    assert client.post(url, given).status_code == 302
    objection = Objection.objects.get()
    assert (objection.entry, objection.text) == (entry, "设备并非自有。")
    page = client.get(url).content.decode()
    assert "赵反映" not in page
    assert "13955550123" not in page
    world.at(notice.last_day + timedelta(days=1))
    assert "公示期已满，现在提交的登记为线索" in client.get(url).content.decode()
    assert client.post(url, given).status_code == 302
    assert Objection.objects.filter(late=True).count() == 1


def test_reading_changes_nothing(world, client):
    notice = published(world, "2024-06-05")
    world.at(notice.last_day + timedelta(days=1))
    client.get(world.url(f"notices/{notice.pk}/"))
    notice.refresh_from_db()
    assert notice.state == NoticeState.PUBLISHED


def test_bureau_drafts_publisher_publishes(world):
    notice = drafted(world)
    url = world.url(f"bureau/notices/{notice.pk}/")
    officer, publisher = signed_in(world, "officer"), signed_in(world, "publisher")
    words = {"title": "改过的标题", "body": "一段", "contact": "电话：0356-1234567"}
    assert officer.post(url, words).status_code == 302
    assert officer.post(url, {**words, "title": ""}).status_code == 422
    assert officer.post(f"{url}publish/").status_code == 404
    assert "notice_publish" not in officer.get(url).content.decode()
    shown = publisher.get(url).content.decode()
    assert 'name="title"' not in shown
    assert "共 2 家" in shown
    assert publisher.post(f"{url}publish/").status_code == 302
    notice.refresh_from_db()
    assert (notice.state, notice.title) == (NoticeState.PUBLISHED, "改过的标题")
    assert publisher.post(f"{url}withdraw/", {"reason": ""}).status_code == 302
    notice.refresh_from_db()
    assert notice.state == NoticeState.PUBLISHED
    publisher.post(f"{url}withdraw/", {"reason": "名单有误"})
    notice.refresh_from_db()
    assert notice.state == NoticeState.WITHDRAWN


def test_wrong_people_find_nothing(world, client):
    notice = published(world, "2024-06-05")
    objection = objected(notice)
    pages = ["bureau/notices/", f"bureau/notices/{notice.pk}/", f"bureau/objections/{objection.pk}/"]
    for key in ("reviewer", "maker", "auditor", "expert1"):
        person = signed_in(world, key)
        assert [person.get(world.url(page)).status_code for page in pages] == [404, 404, 404], key
    assert [client.get(world.url(page)).status_code for page in pages] == [302, 302, 302]
    # The publisher sees that something was said, not who said it.
    publisher = signed_in(world, "publisher")
    assert [publisher.get(world.url(page)).status_code for page in pages] == [200, 200, 404]
    assert "赵反映" not in publisher.get(world.url(pages[1])).content.decode()


def test_officer_of_another_authority_finds_nothing(world):
    notice = published(world, "2024-06-05")
    objection = objected(notice)
    for role in (Role.BUREAU_OFFICER, Role.NOTICE_PUBLISHER):
        appoint(user=world.people["reviewer"], authority=world.authorities["industry"], role=role, actor=None)
    person = signed_in(world, "reviewer")
    assert notice.title not in text_of(person, world.url("bureau/notices/"))
    pages = [f"bureau/notices/{notice.pk}/", f"bureau/objections/{objection.pk}/"]
    assert [person.get(world.url(page)).status_code for page in pages] == [404, 404]
    assert person.post(world.url(f"bureau/notices/{notice.pk}/withdraw/"), {"reason": "x"}).status_code == 404


def test_officer_records_the_finding(world):
    objection = objected(published(world, "2024-06-05"))
    officer = signed_in(world, "officer")
    url = world.url(f"bureau/objections/{objection.pk}/")
    page = officer.get(url).content.decode()
    assert "赵反映" in page
    assert 'name="conditions_unmet"' not in page
    assert officer.post(url, {"verdict": "upheld", "finding": ""}).status_code == 422
    assert officer.post(url, {"verdict": "not_upheld", "finding": "设备为自有。"}).status_code == 302
    objection.refresh_from_db()
    assert objection.state == ObjectionState.NOT_UPHELD
    assert 'name="verdict"' not in officer.get(url).content.decode()


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_two_limbs_are_asked_on_the_page(world):
    objection = objected(published(world, "2024-06-05"))
    officer = signed_in(world, "officer")
    url = world.url(f"bureau/objections/{objection.pk}/")
    assert 'name="conditions_unmet"' in officer.get(url).content.decode()
    assert officer.post(url, {"verdict": "upheld", "finding": "属实。"}).status_code == 422
    given = {"verdict": "upheld", "finding": "属实。", "conditions_unmet": "no"}
    assert officer.post(url, given).status_code == 422
    assert officer.post(url, {**given, "keep_despite": "yes"}).status_code == 302
    objection.refresh_from_db()
    assert (objection.state, objection.conditions_unmet, objection.removes) == (
        ObjectionState.UPHELD,
        False,
        False,
    )


@pytest.mark.parametrize("world", ["yantai"], indirect=True)
def test_page_says_that_the_text_has_no_notice(world, client):
    assert "没有规定公示" in client.get(world.url("notices/")).content.decode()
    assert "没有规定公示" in signed_in(world, "officer").get(world.url("bureau/notices/")).content.decode()


def test_lists_cost_the_same_for_one_and_thirty(world, client):
    published(world, "2024-06-05", "甲")
    officer = signed_in(world, "officer")
    lists = [(client, world.url("notices/")), (officer, world.url("bureau/notices/"))]
    before = [queries_of(person, url) for person, url in lists]
    for number in range(29):
        copy_of(PublicNotice.objects.last(), number)
    assert [queries_of(person, url) for person, url in lists] == before
    assert ["共 30 条" in text_of(person, url) for person, url in lists] == [True, True]


def copy_of(notice: PublicNotice, number: int) -> None:
    entry = notice.entries.first()
    made = PublicNotice.objects.create(
        authority=notice.authority,
        profile=notice.profile,
        subject=notice.authority,
        title=f"第{number}号",
        body="正文",
        contact="电话",
        state=NoticeState.PUBLISHED,
        published_at=notice.published_at,
        first_day=notice.first_day,
        last_day=notice.last_day,
    )
    NoticeEntry.objects.create(
        notice=made,
        position=1,
        subject_type=ContentType.objects.get_for_model(Authority),
        subject_id=entry.subject_id,
        unit_name="单位",
        station_name="名称",
    )
