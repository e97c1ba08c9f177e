"""Setting panels up."""

import pytest

from core.errors import DomainError, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from deadlines.models import Notification
from deadlines.owing import open_deadline
from panels.consolidation import close_panel
from panels.enums import PanelState, SheetState, Verdict
from panels.forming import add_expert, withdraw_seat
from panels.models import Panel, ScoreSheet
from panels.permissions import can_score
from panels.scoring import recuse_sheet, save_sheet, sign_sheet
from tests.applications.builders import sign_all
from tests.applications.filing import browser_of


def test_everyone_has_a_sheet_for_everything(play):
    panel = play.at_panel("unit", "second")
    experts = set(play.world.experts.values())
    sheets = ScoreSheet.objects.filter(item__panel=panel)
    assert {(s.item.title, s.member.expert) for s in sheets} == {
        (item.title, expert) for item in panel.items.all() for expert in experts
    }
    assert len(sheets) == 6
    assert set(sheets.values_list("state", flat=True)) == {SheetState.OPEN}
    entry = LogEntry.history_of(panel).get(action="panels.start")
    assert (sorted(entry.data["experts"]), entry.clause) == (sorted(e.pk for e in experts), "QS-5.2a")


def test_the_right_to_score_is_for_this_panel_while_it_works(play):
    panel = play.at_panel("unit")
    other = Panel.objects.create(
        authority=panel.authority,
        profile=panel.profile,
        purpose=panel.purpose,
        subject_type=panel.subject_type,
        subject_id=panel.subject_id,
        name="别的组",
    )
    user = play.world.people["expert1"]
    assert (user.has_perm("panels.score", panel), user.has_perm("panels.score", other)) == (True, False)
    sign_all(panel)
    close_panel(panel=panel, actor=play.officer)
    fresh = type(user).objects.get(pk=user.pk)
    assert fresh.has_perm("panels.score", panel) is False


def test_one_more_expert_in_the_place_of_one_who_recused(play):
    third = play.world.experts.pop("expert3")
    panel = play.at_panel("unit", "second")
    with pytest.raises(NotAllowed):
        add_expert(panel=panel, expert=third, actor=play.world.people["reviewer"])
    Notification.objects.all().delete()
    member = add_expert(panel=panel, expert=third, actor=play.officer)
    assert member.sheets.count() == 2
    assert [n.recipient for n in Notification.objects.all()] == [third.user]
    assert open_deadline(panel, "panel_sheets", str(third.pk)).due_on == panel.due_on
    with pytest.raises(DomainError):
        add_expert(panel=panel, expert=third, actor=play.officer)
    sign_all(panel)
    close_panel(panel=panel, actor=play.officer)
    with pytest.raises(StateConflict):
        add_expert(panel=panel, expert=third, actor=play.officer)


def test_an_item_that_everyone_recused_from_needs_another_expert(play):
    third = play.world.experts.pop("expert3")
    panel = play.at_panel("unit", "second")
    item = panel.items.first()
    for sheet in item.sheets.all():
        recuse_sheet(sheet=sheet, reason="同一单位", actor=sheet.member.expert.user)
    sign_all(panel)
    with pytest.raises(DomainError) as refused:
        close_panel(panel=panel, actor=play.officer)
    assert item.title in str(refused.value)
    panel.refresh_from_db()
    assert panel.state == PanelState.SCORING
    add_expert(panel=panel, expert=third, actor=play.officer)
    sign_all(panel)
    close_panel(panel=panel, actor=play.officer)
    item.refresh_from_db()
    assert item.outcome == {"recommend": 1, "oppose": 0, "verdict": "recommend"}


def test_a_seat_is_withdrawn_and_the_rest_go_on(play):
    panel = play.at_panel("unit", "second")
    member = panel.members.get(expert=play.world.experts["expert1"])
    first, second = member.sheets.order_by("pk")
    save_sheet(
        sheet=first,
        revision=first.revision,
        verdict=Verdict.RECOMMEND,
        comment="可行",
        actor=member.expert.user,
    )
    sign_sheet(sheet=first, actor=member.expert.user)
    for stranger in ("reviewer", "publisher", "expert1"):
        with pytest.raises(NotAllowed):
            withdraw_seat(member=member, reason="无", actor=play.world.people[stranger])
    with pytest.raises(ReasonRequired):
        withdraw_seat(member=member, reason=" ", actor=play.officer)
    withdraw_seat(member=member, reason="长期出差", actor=play.officer)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (SheetState.SIGNED, SheetState.WITHDRAWN)
    assert not can_score(member.expert.user, second)
    assert open_deadline(panel, "panel_sheets", str(member.expert_id)) is None
    entry = LogEntry.history_of(panel).get(action="panels.withdraw_seat")
    assert (entry.reason, entry.data) == ("长期出差", {"expert": member.expert_id})
    assert Notification.objects.filter(recipient=member.expert.user, title__startswith="不再参加").exists()
    with pytest.raises(StateConflict):
        withdraw_seat(member=member, reason="再来", actor=play.officer)
    with pytest.raises(DomainError):
        add_expert(panel=panel, expert=member.expert, actor=play.officer)
    sign_all(panel)
    close_panel(panel=panel, actor=play.officer)
    outcomes = {item.pk: item.outcome["recommend"] for item in panel.items.all()}
    assert outcomes == {first.item_id: 3, second.item_id: 2}


def test_the_bureau_withdraws_a_seat_on_its_page(play):
    panel = play.at_panel("unit")
    member = panel.members.get(expert=play.world.experts["expert2"])
    browser = browser_of(play.officer)
    page = play.world.url(f"bureau/panels/{panel.pk}/")
    url = f"{page}experts/{member.pk}/withdraw/"
    assert url in browser.get(page).content.decode()
    assert browser_of(play.world.people["publisher"]).post(url, {"reason": "无"}).status_code == 404
    assert browser.post(url, {"reason": "长期出差"}, follow=True).status_code == 200
    assert "已撤出" in browser.get(page).content.decode()
    sign_all(panel)
    close_panel(panel=panel, actor=play.officer)
    assert "长期出差" in browser.get(page).content.decode()
