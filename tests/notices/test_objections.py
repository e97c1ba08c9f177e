"""What the public says against a line, and what the bureau finds."""

from datetime import timedelta

import pytest

from core.errors import DomainError, InputRefused, NotAllowed, StateConflict
from core.models import LogEntry
from deadlines.models import Notification
from notices.enums import ObjectionState
from notices.models import Objection
from notices.objections import MAX_TEXT, decide_objection, raise_objection, standing_of
from notices.publication import publish_notice, withdraw_notice
from tests.notices.builders import drafted, objected, published


def test_objection_is_taken_in_and_the_bureau_told(world):
    notice = published(world, "2024-06-05")
    objection = objected(notice)
    assert objection.state == ObjectionState.RECEIVED
    told = Notification.objects.filter(title="收到公示异议")
    assert {n.recipient for n in told} == {world.people[key] for key in ("officer", "officer2")}
    entry = LogEntry.history_of(objection).get()
    assert (entry.actor, entry.label) == (None, "收到异议")
    said = " ".join([told[0].text, told[0].title, str(entry.data), entry.reason])
    assert "赵反映" not in said
    assert "13955550123" not in said


def test_last_moment_of_the_last_day_still_counts(world):
    notice = published(world, "2024-06-05")
    world.at(notice.last_day, 23, 59)
    assert objected(notice).late is False
    world.at(notice.last_day + timedelta(days=1), 0)
    late = objected(notice)
    assert (late.late, late.state, late.counts) == (True, ObjectionState.LEAD, False)


def test_draft_and_withdrawn_notices_take_none(world):
    notice = drafted(world)
    with pytest.raises(DomainError, match="已撤回或者已被更正"):
        objected(notice)
    publish_notice(notice=notice, actor=world.people["publisher"])
    withdraw_notice(notice=notice, reason="名单有误", actor=world.people["publisher"])
    with pytest.raises(DomainError, match="已撤回或者已被更正"):
        objected(notice)


def test_empty_objections_are_refused_by_field(world):
    notice = published(world, "2024-06-05")
    with pytest.raises(InputRefused) as refused:
        raise_objection(notice=notice, entry=None, name=" ", contact="", text="字" * (MAX_TEXT + 1))
    assert [problem.path for problem in refused.value.problems] == ["entry", "name", "contact", "text"]


def test_line_of_another_notice_is_refused(world):
    other = published(world, "2024-06-05")
    withdraw_notice(notice=other, reason="名单有误", actor=world.people["publisher"])
    notice = published(world, "2024-06-06")
    with pytest.raises(InputRefused):
        objected(notice, entry=other.entries.first())


def test_upheld_objection_takes_the_line_off(world):
    objection = objected(published(world, "2024-06-05"))
    with pytest.raises(InputRefused):
        decide_objection(objection=objection, upheld=True, finding=" ", actor=world.people["officer"])
    decide_objection(objection=objection, upheld=True, finding="设备系租赁。", actor=world.people["officer"])
    objection.refresh_from_db()
    assert (objection.state, objection.removes, objection.finding) == (
        ObjectionState.UPHELD,
        True,
        "设备系租赁。",
    )
    told = Notification.objects.filter(title="公示异议已有结论：异议成立").values_list("recipient", flat=True)
    assert sorted(told) == sorted(world.people[key].pk for key in ("officer", "officer2"))
    with pytest.raises(StateConflict):
        decide_objection(objection=objection, upheld=False, finding="改了", actor=world.people["officer"])


def test_not_upheld_keeps_the_line(world):
    objection = objected(published(world, "2024-06-05"))
    decide_objection(objection=objection, upheld=False, finding="设备为自有。", actor=world.people["officer"])
    assert (objection.state, objection.removes) == (ObjectionState.NOT_UPHELD, False)


def test_only_the_leading_bureau_decides(world):
    objection = objected(published(world, "2024-06-05"))
    for key in ("publisher", "reviewer", "auditor"):
        with pytest.raises(NotAllowed):
            decide_objection(objection=objection, upheld=True, finding="成立", actor=world.people[key])
    objection.refresh_from_db()
    assert objection.state == ObjectionState.RECEIVED


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
@pytest.mark.parametrize(
    ("unmet", "keep", "removes"), [(True, None, True), (False, True, False), (False, False, True)]
)
def test_text_with_two_limbs_asks_for_both(world, unmet, keep, removes):
    objection = objected(published(world, "2024-06-05"))
    officer = world.people["officer"]
    with pytest.raises(InputRefused) as refused:
        decide_objection(objection=objection, upheld=True, finding="属实。", actor=officer)
    assert [problem.path for problem in refused.value.problems] == ["conditions_unmet"]
    if not unmet:
        with pytest.raises(InputRefused) as refused:
            decide_objection(
                objection=objection, upheld=True, finding="属实。", actor=officer, conditions_unmet=False
            )
        assert [problem.path for problem in refused.value.problems] == ["keep_despite"]
    decide_objection(
        objection=objection,
        upheld=True,
        finding="属实。",
        actor=officer,
        conditions_unmet=unmet,
        keep_despite=keep,
    )
    assert (objection.conditions_unmet, objection.removes) == (unmet, removes)


def test_standing_costs_the_same_for_one_and_many(world, django_assert_num_queries):
    notice = published(world, "2024-06-05", "甲", "乙", "丙")
    subjects = [entry.subject for entry in notice.entries.all()]
    objected(notice)
    standing_of(subjects[:1])  # content types are cached
    with django_assert_num_queries(2):
        one = standing_of(subjects[:1])
    with django_assert_num_queries(2):
        three = standing_of(subjects)
    assert [one[subjects[0].pk].waiting, *(three[s.pk].waiting for s in subjects)] == [1, 1, 0, 0]
    assert three[subjects[2].pk].notice == notice


@pytest.mark.parametrize(
    "contact", ["abc", "123", "weixin_zhao", "13", "@example.org", "2024年6月5日", "1395555012"]
)
def test_a_contact_under_which_nobody_can_be_reached_is_refused(world, contact):
    notice = published(world, "2024-06-05")
    with pytest.raises(InputRefused, match="电话或电子邮箱") as refused:
        objected(notice, contact=contact)
    assert [problem.path for problem in refused.value.problems] == ["contact"]
    assert not Objection.objects.exists()


@pytest.mark.parametrize(
    "contact",
    [
        "13955550123",
        "139 5555 0123",
        "+86 13955550123",
        "０３５６－１２３４５６７",
        "(0356) 7654321 转 12",
        "7654321（办公室）",
        "400-812-3456",
        "电话：13955550123",
        "邮箱 zhao.fan@example.org",
    ],
)
def test_telephones_and_addresses_are_taken_as_people_write_them(world, contact):
    notice = published(world, "2024-06-05")
    assert objected(notice, contact=contact).state == ObjectionState.RECEIVED
