"""Those who stand by: in order, as many as the text has, and only for places that came free."""

from datetime import timedelta

import pytest

from applications.enums import ApplicationState
from applications.models import Application
from applications.selection.decision import Choice, decide_round
from applications.selection.notice_stage import put_on_notice
from applications.selection.waitlist import call_up, put_on_waitlist
from core.errors import DomainError, InputRefused, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from notices.objections import decide_objection
from notices.publication import publish_notice
from tests.applications.test_places import play_under
from tests.browsing import signed_in
from tests.notices.builders import objected

WAITLIST = "{places: 1, months: 6, clause: QS-11.1}"


def decided(world, waitlist=WAITLIST):
    """A round of one place: the first unit has it, the second was left off."""
    play = play_under(world, cap="1", **({"waitlist": waitlist} if waitlist else {}))
    first, second = play.evaluated("unit", "second")
    choices = {first.pk: Choice(proposed=True), second.pk: Choice(proposed=False, reason="名额已满")}
    round_ = decide_round(round_=play.round, choices=choices, actor=play.officer)
    for one in (first, second):
        one.refresh_from_db()
    return play, round_, first, second


def remove(world, play, round_):
    """The first unit's line is taken off by an objection; the notice that showed it."""
    notice = put_on_notice(round_=round_, actor=play.officer)
    publish_notice(notice=notice, actor=world.people["publisher"])
    decide_objection(objection=objected(notice), upheld=True, finding="设备系租赁。", actor=play.officer)
    return notice


def test_the_first_takes_a_place_that_came_free_and_is_shown(world):
    play, round_, first, second = decided(world)
    with pytest.raises(NotAllowed):
        put_on_waitlist(application=second, actor=world.people["publisher"])
    with pytest.raises(StateConflict):
        put_on_waitlist(application=first, actor=play.officer)
    put_on_waitlist(application=second, actor=play.officer)
    assert second.standby == 1
    with pytest.raises(DomainError, match="没有空出的名额"):
        call_up(round_=round_, reason="递补", actor=play.officer)
    remove(world, play, round_)
    with pytest.raises(ReasonRequired):
        call_up(round_=round_, reason=" ", actor=play.officer)
    with pytest.raises(NotAllowed):
        call_up(round_=round_, reason="一家被取消资格", actor=world.people["publisher"])
    called = call_up(round_=round_, reason="一家被取消资格", actor=play.officer)
    assert (called.pk, called.state, called.decided_at) == (second.pk, ApplicationState.PROPOSED, None)
    entry = LogEntry.history_of(called).last()
    assert (entry.action, entry.reason, entry.clause) == ("applications.call_up", "一家被取消资格", "QS-11.1")
    with pytest.raises(DomainError, match="没有空出的名额"):
        call_up(round_=round_, reason="再来", actor=play.officer)
    notice = put_on_notice(round_=round_, actor=play.officer, change_reason="候补递补")
    assert [change[:2] for change in notice.changes] == ["去掉", "增加"]


def test_not_after_the_time(world):
    play, round_, _, second = decided(world)
    put_on_waitlist(application=second, actor=play.officer)
    notice = remove(world, play, round_)
    world.at(notice.last_day + timedelta(days=200))
    with pytest.raises(DomainError, match="到期"):
        call_up(round_=round_, reason="递补", actor=play.officer)


def test_where_the_text_has_none_nobody_stands_by(world):
    play, round_, _, second = decided(world, waitlist="")
    with pytest.raises(InputRefused, match="没有规定候补"):
        put_on_waitlist(application=second, actor=play.officer)
    page = signed_in(world, "officer").get(world.url(f"bureau/rounds/{round_.pk}/designation/"))
    assert "候补" not in page.content.decode()


def test_from_the_page_of_designation(world):
    play, round_, _, second = decided(world)
    officer = signed_in(world, "officer")
    url = world.url(f"bureau/rounds/{round_.pk}/")
    assert "列为下一候补" in officer.get(f"{url}designation/").content.decode()
    for nothing in ("", "x", "99999999", "9" * 40):
        answer = officer.post(f"{url}waitlist/", {"application": nothing}, follow=True)
        assert "请选择要列为候补的未入选单位" in answer.content.decode(), nothing
    officer.post(f"{url}waitlist/", {"application": second.pk})
    assert "第1位" in officer.get(f"{url}designation/").content.decode()
    remove(world, play, round_)
    assert "递补第一位" in officer.get(f"{url}designation/").content.decode()
    officer.post(f"{url}waitlist/call-up/", {"reason": "一家被取消资格"})
    assert Application.objects.get(pk=second.pk).state == ApplicationState.PROPOSED
    publisher = signed_in(world, "publisher")
    assert publisher.post(f"{url}waitlist/call-up/", {"reason": "x"}).status_code == 404
