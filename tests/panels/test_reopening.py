"""What is signed stays as it was signed, and is given back by two people or dropped by recusal."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from core.errors import DomainError, NotAllowed, ReasonRequired, StateConflict
from core.web import tenant_url
from deadlines.models import Deadline, Notification
from panels.consolidation import close_panel
from panels.enums import SheetState
from panels.forming import SHEETS_OWED, withdraw_seat
from panels.models import Reopening, ScoreSheet, SheetVersion
from panels.reopening import ask_reopening, grant_reopening, refuse_reopening
from panels.scoring import recuse_sheet
from tests.applications.builders import sign_all, sign_opinion


@pytest.fixture
def signed(play):
    """A sheet of a panel all of whose sheets are signed."""
    panel = play.at_panel("unit")
    sign_all(panel)
    return ScoreSheet.objects.filter(item__panel=panel).order_by("pk").first()


def test_two_people_give_a_sheet_back_and_the_former_version_stays(play, signed):
    expert = signed.member.expert.user
    first = signed.comment
    asked = ask_reopening(sheet=signed, reason="误看数字", actor=expert)
    with pytest.raises(StateConflict):
        ask_reopening(sheet=signed, reason="再次", actor=play.officer)
    with pytest.raises(DomainError, match="待批准"):
        close_panel(panel=signed.item.panel, actor=play.officer)
    for key in ("reviewer", "expert2", "expert1"):
        with pytest.raises(NotAllowed):
            grant_reopening(reopening=asked, actor=play.world.people[key])
    grant_reopening(reopening=asked, actor=play.officer)
    signed.refresh_from_db()
    assert (signed.state, signed.comment, signed.signed_at) == (SheetState.OPEN, first, None)
    assert Notification.objects.filter(recipient=expert, text__contains="误看数字").exists()
    owed = Deadline.objects.get(kind=SHEETS_OWED, period=str(signed.member.expert_id))
    assert owed.state == "open"
    sign_opinion(signed, verdict="oppose", comment="改判")
    kept = SheetVersion.objects.filter(sheet=signed).values_list("number", "verdict", "comment")
    assert list(kept) == [(1, "recommend", first), (2, "oppose", "改判")]
    client = Client()
    client.force_login(expert)
    html = client.get(tenant_url("panel:sheet", pk=signed.pk)).content.decode()
    assert "第 1 版" in html
    assert first in html


def test_who_asks_does_not_grant(play, signed):
    with pytest.raises(ReasonRequired):
        ask_reopening(sheet=signed, reason=" ", actor=play.officer)
    with pytest.raises(NotAllowed):
        ask_reopening(sheet=signed, reason="不满意", actor=play.world.people["expert2"])
    asked = ask_reopening(sheet=signed, reason="分差过大", actor=play.officer)
    with pytest.raises(NotAllowed):
        grant_reopening(reopening=asked, actor=play.officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reopening.objects.update(state="granted", decided_by=play.officer, decided_at=asked.asked_at)
    assert signed.state == SheetState.SIGNED


def test_the_sheet_of_who_has_left_is_not_given_back(play, signed):
    """It could never be signed again."""
    withdraw_seat(member=signed.member, reason="出差", actor=play.officer)
    with pytest.raises(StateConflict, match="已撤出"):
        ask_reopening(sheet=signed, reason="误看数字", actor=play.officer)


def test_refused_it_stays_signed_and_may_be_asked_again(play, signed):
    expert = signed.member.expert.user
    asked = ask_reopening(sheet=signed, reason="误看数字", actor=expert)
    refuse_reopening(reopening=asked, reason="与材料一致", actor=play.officer)
    signed.refresh_from_db()
    assert signed.state == SheetState.SIGNED
    assert ask_reopening(sheet=signed, reason="另有材料", actor=expert).state == "asked"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE panels_scoresheet SET verdict = 'oppose'",
        "UPDATE panels_scoresheet SET state = 'open', signed_at = NULL",
        "UPDATE panels_scoresheet SET signed_at = signed_at + interval '1 day'",
        "DELETE FROM panels_scoresheet",
    ],
)
def test_the_database_keeps_what_is_signed(signed, statement):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_conflict_is_declared_after_the_signature_too(play, signed):
    expert = signed.member.expert.user
    # What was asked before is settled by it.
    ask_reopening(sheet=signed, reason="误看数字", actor=expert)
    recuse_sheet(sheet=signed, reason="刚得知亲属入职该单位", actor=expert)
    signed.refresh_from_db()
    assert (signed.state, signed.comment, signed.signed_at) == (SheetState.RECUSED, "", None)
    assert SheetVersion.objects.filter(sheet=signed).count() == 1
    close_panel(panel=signed.item.panel, actor=play.officer)
    assert signed.item.panel.items.get().outcome["recommend"] == 2


def test_from_page_to_page(play, signed):
    expert, officer = Client(), Client()
    expert.force_login(signed.member.expert.user)
    officer.force_login(play.officer)
    expert.post(tenant_url("panel:reopen", pk=signed.pk), {"reason": "漏看一份附件"})
    html = officer.get(tenant_url("bureau:panel", pk=signed.item.panel_id)).content.decode()
    assert "漏看一份附件" in html
    assert signed.comment not in html
    officer.post(tenant_url("bureau:reopening_grant", pk=Reopening.objects.get().pk))
    html = expert.get(tenant_url("panel:sheet", pk=signed.pk)).content.decode()
    assert "已退回重评：漏看一份附件" in html
    assert 'name="version"' in html
