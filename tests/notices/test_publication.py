"""Drafting, publishing, ending and withdrawing a notice."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from core.errors import DomainError, InputRefused, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.tenancy import tenant_scope
from deadlines.models import Notification
from documents.enums import DocumentKind
from documents.models import OfficialDocument
from notices.enums import NoticeState
from notices.models import PublicNotice
from notices.publication import (
    Line,
    draft_notice,
    end_notice,
    paragraphs,
    publish_notice,
    revise_notice,
    withdraw_notice,
)
from notices.tasks import close_ended_notices
from tests.notices.builders import drafted, objected, published


def test_draft_starts_from_the_profiles_words(world):
    notice = drafted(world)
    assert notice.title == f"关于2026年拟认定{world.rules.terms.plaque}名单的公示"
    assert world.rules.document.title in notice.body
    assert world.rules.document.number in notice.body
    assert world.lead.name in notice.contact
    assert (notice.state, notice.first_day, notice.clause) == (
        NoticeState.DRAFT,
        None,
        world.rules.notice.clause,
    )
    assert [(e.position, e.unit_name, e.station_name) for e in notice.entries.all()] == [
        (1, "甲单位", "甲工作站"),
        (2, "乙单位", "乙工作站"),
    ]


@pytest.mark.parametrize("world", ["yantai", "wenzhou"], indirect=True)
def test_no_notice_is_invented_where_the_text_has_none(world):
    with pytest.raises(DomainError, match="没有规定公示"):
        drafted(world)
    assert PublicNotice.objects.count() == 0


def test_only_the_organiser_drafts_and_only_one_draft_lies_open(world):
    with pytest.raises(NotAllowed):
        draft_notice(
            authority=world.lead,
            profile=world.profile,
            subject=world.lead,
            year=2026,
            lines=[Line(world.lead, "甲单位", "甲工作站")],
            actor=world.people["publisher"],
        )
    drafted(world)
    with pytest.raises(DomainError, match="已有一份未发布"):
        drafted(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublicNotice.objects.create(
            authority=world.lead, profile=world.profile, subject=world.lead, title="x", body="x", contact="x"
        )


def test_empty_list_is_refused(world):
    with pytest.raises(DomainError, match="没有可以公示的名单"):
        draft_notice(
            authority=world.lead,
            profile=world.profile,
            subject=world.lead,
            year=2026,
            lines=[],
            actor=world.people["officer"],
        )


GOLDEN = [
    ("qinshui", "2026-02-13", "2026-02-27", False),
    ("qinshui", "2026-04-29", "2026-05-09", False),
    ("qinshui", "2026-09-18", "2026-09-24", False),
    ("qinshui", "2026-09-28", "2026-10-10", False),
    ("qinshui", "2026-12-28", "2027-01-05", True),
    ("gaoming", "2026-02-12", "2026-02-26", False),
    ("gaoming", "2025-04-25", "2025-05-06", False),
    ("shenzhen", "2025-06-09", "2025-06-14", False),
    ("shenzhen", "2026-02-23", "2026-02-28", False),
]


@pytest.mark.parametrize(("world", "day", "last", "provisional"), GOLDEN, indirect=["world"])
def test_days_follow_profile_calendar_and_the_tenants_clock(world, day, last, provisional):
    notice = published(world, day)
    last_day = date.fromisoformat(last)
    assert (notice.first_day, notice.last_day) == (date.fromisoformat(day), last_day)
    assert notice.earliest_award == last_day + timedelta(days=1)
    assert notice.provisional is provisional
    assert ("暂定" in paragraphs(notice)[1]) is provisional


def test_publication_is_logged_and_issued_as_a_paper(world):
    notice = published(world, "2024-06-05")
    notice.refresh_from_db()
    assert notice.state == NoticeState.PUBLISHED
    entry = LogEntry.history_of(notice).last()
    assert (entry.action, entry.actor) == ("notices.publish", world.people["publisher"])
    paper = OfficialDocument.objects.get()
    assert (paper.kind, paper.number, paper.issued_on) == (DocumentKind.NOTICE, "", date(2024, 6, 5))
    assert notice.document == paper
    assert paper.issuers == world.lead.name
    for text in ("甲单位", "乙工作站", "2024年6月5日", "2024年6月13日", "共5个工作日"):
        assert text in paper.html, text


def test_only_the_publisher_publishes_and_once(world):
    notice = drafted(world)
    with pytest.raises(NotAllowed):
        publish_notice(notice=notice, actor=world.people["officer"])
    publish_notice(notice=notice, actor=world.people["publisher"])
    with pytest.raises(StateConflict):
        publish_notice(notice=notice, actor=world.people["publisher"])
    assert OfficialDocument.objects.count() == 1


def test_words_are_fixed_once_published(world):
    notice = drafted(world)
    officer = world.people["officer"]
    with pytest.raises(InputRefused) as refused:
        revise_notice(notice=notice, title=" ", body="正文", contact="", actor=officer)
    assert [problem.path for problem in refused.value.problems] == ["title", "contact"]
    revise_notice(notice=notice, title="新标题", body="一段", contact="电话：12345", actor=officer)
    assert PublicNotice.objects.get().title == "新标题"
    publish_notice(notice=notice, actor=world.people["publisher"])
    with pytest.raises(DomainError, match="已经发布"):
        revise_notice(notice=notice, title="再改", body="一段", contact="电话", actor=officer)
    assert PublicNotice.objects.get().title == "新标题"


def test_ends_only_after_the_last_day_has_fully_passed(world):
    notice = published(world, "2024-06-05")
    world.at(notice.last_day, 23, 59)
    assert end_notice(notice=notice) is False
    assert notice.accepts_objections
    world.at(notice.last_day + timedelta(days=1), 0)
    assert not notice.accepts_objections
    assert end_notice(notice=notice) is True
    assert end_notice(notice=notice) is False
    assert LogEntry.history_of(notice).filter(action="notices.end").count() == 1


def test_task_may_run_any_number_of_times(world):
    notice = published(world, "2024-06-05")
    objected(notice)
    told = Notification.objects.filter(title="公示期满")
    with tenant_scope(world.jurisdiction):
        assert close_ended_notices() == 0
    world.at(notice.last_day + timedelta(days=1))
    assert close_ended_notices() == 1
    assert close_ended_notices() == 0
    notice.refresh_from_db()
    assert notice.state == NoticeState.ENDED
    assert told.count() == world.lead.recipients().count()
    assert "还有 1 件异议待核查" in told.first().text


def test_withdrawn_notice_leaves_the_public_pages(world):
    notice = published(world, "2024-06-05")
    publisher = world.people["publisher"]
    with pytest.raises(ReasonRequired):
        withdraw_notice(notice=notice, reason=" ", actor=publisher)
    with pytest.raises(NotAllowed):
        withdraw_notice(notice=notice, reason="名单有误", actor=world.people["officer"])
    withdraw_notice(notice=notice, reason="名单有误", actor=publisher)
    assert not notice.accepts_objections
    assert PublicNotice.objects.shown().count() == 0
    world.at(notice.last_day + timedelta(days=1))
    assert close_ended_notices() == 0
