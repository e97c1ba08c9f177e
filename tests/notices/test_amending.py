"""An amended list: a notice of its own that takes the place of the former, which stays readable."""

import hashlib
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.errors import DomainError, InputRefused
from core.models import LogEntry
from notices.enums import NoticeState
from notices.models import PublicNotice
from notices.objections import standing_of
from notices.publication import Line, draft_notice, paragraphs, publish_notice, withdraw_notice
from tests.browsing import signed_in
from tests.notices.builders import objected, published

REASON = "“甲工作站”经核查不符合条件"


def amended(world, former, *names, reason=REASON):
    """A draft of the officer that supersedes the former; `names` are those of the second line on."""
    subjects = [entry.subject for entry in former.entries.all()][1:]
    lines = [Line(one, f"{name}单位", f"{name}工作站") for one, name in zip(subjects, names, strict=False)]
    return draft_notice(
        authority=world.lead,
        profile=world.profile,
        subject=world.lead,
        year=2026,
        lines=lines,
        actor=world.people["officer"],
        supersedes=former,
        change_reason=reason,
    )


def put_up(world, notice, day):
    world.at(day)
    publish_notice(notice=notice, actor=world.people["publisher"])
    return notice


def test_an_amended_list_takes_the_place_of_the_former(world):
    former = published(world, "2024-06-05", "甲", "乙", "丙")
    paper = former.document
    notice = put_up(world, amended(world, former, "乙", "丁"), "2024-06-11")
    former.refresh_from_db()
    assert (former.state, former.last_day.isoformat()) == (NoticeState.SUPERSEDED, "2024-06-13")
    # Its period is its own, computed anew: five working days after the eleventh.
    assert (notice.first_day.isoformat(), notice.last_day.isoformat()) == ("2024-06-11", "2024-06-18")
    assert notice.changes == [
        "去掉“甲工作站”（甲单位）",
        "“丙工作站”（丙单位）更正为“丁工作站”（丁单位）",
    ]
    # Two snapshots, each with its hash; the former one is not touched.
    assert notice.document_id != paper.pk
    paper.refresh_from_db()
    for document in (paper, notice.document):
        assert hashlib.sha256(document.html.encode()).hexdigest() == document.sha256
    assert "甲单位" in paper.html
    for text in ("本公示替代2024年6月5日发布的", REASON, "去掉“甲工作站”"):
        assert text in notice.document.html, text
    assert paragraphs(notice)[2].startswith("本公示替代")
    entry = LogEntry.history_of(former).last()
    assert (entry.action, entry.data["by"]) == ("notices.supersede", notice.pk)


def test_only_the_last_list_counts(world):
    former = published(world, "2024-06-05", "甲", "乙")
    first, second = (entry.subject for entry in former.entries.all())
    draft = amended(world, former, "乙")
    found = standing_of([first, second])
    assert (found[second.pk].notice, found[second.pk].amended) == (former, draft)
    put_up(world, draft, "2024-06-06")
    found = standing_of([first, second])
    assert (found[first.pk].notice, found[second.pk].notice) == (None, draft)
    former.refresh_from_db()
    with pytest.raises(DomainError, match="现行的公示"):
        objected(former)


def test_an_amended_list_without_a_reason_is_refused(world):
    former = published(world, "2024-06-05", "甲", "乙")
    with pytest.raises(InputRefused) as refused:
        amended(world, former, "乙", reason=" ")
    assert [problem.path for problem in refused.value.problems] == ["change_reason"]


def test_two_never_supersede_the_same(world):
    former = published(world, "2024-06-05", "甲", "乙")
    put_up(world, amended(world, former, "乙"), "2024-06-06")
    with pytest.raises(DomainError, match="不能再替代"):
        put_up(world, amended(world, former, "乙"), "2024-06-07")
    second = PublicNotice.objects.latest("pk")
    with pytest.raises(IntegrityError), transaction.atomic():
        PublicNotice.objects.filter(pk=second.pk).update(
            state=NoticeState.PUBLISHED,
            published_at=former.published_at,
            first_day=former.first_day,
            last_day=former.last_day,
        )


def test_what_supersedes_may_be_taken_back_and_made_anew(world):
    former = published(world, "2024-06-05", "甲", "乙")
    notice = put_up(world, amended(world, former, "乙"), "2024-06-06")
    withdraw_notice(notice=notice, reason="名称有误", actor=world.people["publisher"])
    again = put_up(world, amended(world, former, "丁"), "2024-06-07")
    former.refresh_from_db()
    assert (former.state, former.successor) == (NoticeState.SUPERSEDED, again)


def test_a_draft_about_a_notice_taken_back_is_refused(world):
    former = published(world, "2024-06-05", "甲", "乙")
    draft = amended(world, former, "乙")
    withdraw_notice(notice=former, reason="名单有误", actor=world.people["publisher"])
    with pytest.raises(DomainError, match="原公示已撤回"):
        put_up(world, draft, "2024-06-06")
    draft.refresh_from_db()
    assert draft.state == NoticeState.DRAFT


def test_both_pages_say_which_counts(world, client):
    former = published(world, "2024-06-05", "甲", "乙")
    notice = put_up(world, amended(world, former, "乙"), "2024-06-06")
    old = client.get(world.url(f"notices/{former.pk}/"))
    assert old.status_code == 200
    page = old.content.decode()
    for text in ("甲单位", "已被更正", notice.title, f"notices/{notice.pk}/", former.document.sha256):
        assert text in page, text
    assert 'name="entry"' not in page
    # Whoever was writing meanwhile is told, and keeps what was written.
    given = {
        "entry": former.entries.first().pk,
        "name": "赵反映",
        "contact": "13955550123",
        "text": "已经写好的话",
    }
    sent = client.post(world.url(f"notices/{former.pk}/"), given)
    assert (sent.status_code, "已经写好的话" in sent.content.decode()) == (422, True)
    assert "请对现行的公示提出异议" in sent.content.decode()
    page = client.get(world.url(f"notices/{notice.pk}/")).content.decode()
    for text in (f"notices/{former.pk}/", REASON, "去掉“甲工作站”（甲单位）", notice.document.sha256):
        assert text in page, text
    told = client.get(f"/api/v1/jurisdictions/{world.slug}/notices/{former.pk}/").json()
    assert (told["state"], told["superseded_by"], told["accepts_objections"]) == (
        "superseded",
        notice.pk,
        False,
    )
    assert client.get(world.url(f"papers/{former.document.verification_code}/")).status_code in (200, 202)
    world.at(notice.last_day + timedelta(days=1))
    assert signed_in(world, "officer").get(world.url(f"bureau/notices/{former.pk}/")).status_code == 200
