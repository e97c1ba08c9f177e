"""The round's notice: what it shows, and what it does to applications."""

from datetime import timedelta

import pytest

from applications.enums import ApplicationState
from applications.selection.notice_stage import proposed_name, put_on_notice
from core.errors import DomainError, NotAllowed
from core.models import LogEntry
from deadlines.models import Notification
from notices.models import PublicNotice
from notices.objections import decide_objection
from notices.publication import publish_notice, withdraw_notice
from tests.applications.listing import Listed
from tests.notices.builders import objected


def test_no_notice_before_the_list_is_fixed(world):
    listed = Listed(world)
    listed.round.state = "closed"
    listed.round.save(update_fields=["state"])
    with pytest.raises(DomainError, match="名单尚未确定"):
        put_on_notice(round_=listed.round, actor=listed.officer)


def test_notice_shows_the_list_and_moves_it(world):
    listed = Listed(world, "unit", "second")
    with pytest.raises(NotAllowed):
        put_on_notice(round_=listed.round, actor=listed.publisher)
    notice = put_on_notice(round_=listed.round, actor=listed.officer)
    listed.refresh()
    assert [a.state for a in listed.applications] == [ApplicationState.PROPOSED] * 2
    assert [(e.unit_name, e.station_name) for e in notice.entries.all()] == [
        (a.unit.name, f"{a.unit.name}技师工作站") for a in listed.applications
    ]
    publish_notice(notice=notice, actor=listed.publisher)
    listed.refresh()
    assert [a.state for a in listed.applications] == [ApplicationState.IN_NOTICE] * 2
    entry = LogEntry.history_of(listed.applications[0]).last()
    assert (entry.action, entry.actor, entry.clause) == (
        "applications.show",
        listed.publisher,
        world.rules.notice.clause,
    )
    told = Notification.objects.filter(title="贵单位已列入公示名单")
    assert told.count() == sum(a.unit.recipients().count() for a in listed.applications)


def test_refused_publication_moves_nothing(world):
    listed = Listed(world)
    notice = put_on_notice(round_=listed.round, actor=listed.officer)
    with pytest.raises(NotAllowed):
        publish_notice(notice=notice, actor=listed.officer)
    listed.refresh()
    assert listed.applications[0].state == ApplicationState.PROPOSED


def test_withdrawal_takes_the_list_back_and_a_new_notice_may_follow(world):
    listed = Listed(world)
    notice = listed.on_notice()
    withdraw_notice(notice=notice, reason="名单有误", actor=listed.publisher)
    listed.refresh()
    assert listed.applications[0].state == ApplicationState.PROPOSED
    again = listed.on_notice()
    assert again.pk != notice.pk
    assert listed.applications[0].state == ApplicationState.IN_NOTICE


def test_upheld_objection_removes_the_application_with_the_finding(world):
    listed = Listed(world, "unit", "second")
    notice = listed.on_notice()
    objection = objected(notice)
    second = objected(notice, name="钱反映")
    world.at(notice.last_day + timedelta(days=1))
    decide_objection(objection=objection, upheld=True, finding="设备系租赁。", actor=listed.officer)
    listed.refresh()
    first, other = listed.applications
    assert (first.state, other.state) == (ApplicationState.REMOVED, ApplicationState.IN_NOTICE)
    assert first.decided_at is not None
    entry = LogEntry.history_of(first).last()
    assert (entry.action, entry.reason) == ("applications.remove", "设备系租赁。")
    told = Notification.objects.filter(title="申报已取消资格")
    assert told.count() == first.unit.recipients().count()
    assert "赵反映" not in told.first().text
    # What is gone is not removed twice.
    decide_objection(objection=second, upheld=True, finding="同前。", actor=listed.officer)
    assert LogEntry.history_of(first).filter(action="applications.remove").count() == 1


def test_objection_not_upheld_leaves_the_application(world):
    listed = Listed(world)
    objection = objected(listed.on_notice())
    decide_objection(objection=objection, upheld=False, finding="设备为自有。", actor=listed.officer)
    listed.refresh()
    assert listed.applications[0].state == ApplicationState.IN_NOTICE


@pytest.mark.parametrize("world", ["yantai", "wenzhou"], indirect=True)
def test_texts_without_notice_get_none(world):
    listed = Listed(world)
    with pytest.raises(DomainError, match="没有规定公示"):
        put_on_notice(round_=listed.round, actor=listed.officer)
    assert PublicNotice.objects.count() == 0


@pytest.mark.parametrize("world", ["wenzhou"], indirect=True)
def test_a_name_that_cannot_be_made_says_what_is_missing(world):
    listed = Listed(world)
    application = listed.applications[0]
    leader = next(row for row in application.rosters["members"] if row["role"] == "leader")
    assert proposed_name(application) == f"温州市{leader['name']}{application.facts['trade']}技能大师工作室"
    application.facts = {**application.facts, "trade": ""}
    with pytest.raises(DomainError, match="缺少"):
        proposed_name(application)
