"""Draws of experts: the pot, the sealed seed, the draw, the panel, and those who stand by."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import Client

from applications.models import Application
from applications.selection.drawing import commit_for_round, panel_from_draw
from config.demo import person
from core import clock
from core.errors import DomainError, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.sealing import seal
from core.web import tenant_url
from deadlines.models import Notification
from panels.consolidation import close_panel
from panels.drawing import commitment_of, replay
from panels.draws import SEED, hold_draw, next_reserve, record_of, void_draw
from panels.enums import DrawState, ExpertLevel, SheetState, TieKind
from panels.forming import add_reserve, decline_seat, replace_seat
from panels.models import Draw, Expert, ExpertTie, Panel, ScoreSheet
from panels.pots import Limits, pot_of
from panels.register import add_absence, add_tie, end_tie
from tests.applications.builders import Play, sign_all
from tests.applications.filing import browser_of
from tests.world import World


@pytest.fixture
def play(world: World) -> Play:
    """Two applications wait for their panel; the register has eight experts."""
    played = Play(world)
    for number in range(5):
        user = person(f"more{number}", f"增专家{number}", make_password(None))
        world.experts[f"more{number}"] = Expert.objects.create(
            user=user, title="高级技师", employer=f"外地单位{number}", trades="钳工"
        )
    played.reviewed("unit")
    played.reviewed("second")
    return played


def committed(play: Play, **more: Any) -> Draw:
    numbers = {"seats": 3, "reserves": 2, "most_of_one_employer": None, **more}
    applications = list(Application.objects.order_by("pk"))
    return commit_for_round(
        round_=play.round,
        applications=applications,
        due_on=clock.today() + timedelta(days=7),
        actor=play.officer,
        **numbers,
    )


def drawn(play: Play, **more: Any) -> Draw:
    return hold_draw(draw_=committed(play, **more), actor=play.officer)


def test_the_seed_is_fixed_before_and_told_after(play: Play) -> None:
    """Planted bugs: the seed is made when it is drawn; it stands in the log before."""
    made = committed(play)
    entry = LogEntry.history_of(made).get(action="panels.commit_draw")
    assert (made.seed, made.result) == ("", None)
    assert entry.data["commitment"] == made.commitment
    hold_draw(draw_=made, actor=play.officer)
    assert commitment_of(made.seed) == made.commitment
    assert made.seed not in json.dumps(entry.data)
    assert len(made.result["seated"]) == 3
    assert len(made.result["reserves"]) == 2
    replay(record_of(made))
    with pytest.raises(StateConflict):
        hold_draw(draw_=made, actor=play.officer)


@pytest.mark.parametrize(
    "change",
    [
        "commitment = repeat('0', 64)",
        "candidates = '[]'",
        "seats = 1",
        "sealed_seed = 'v1:x:y'",
        "least_level = 1",
        "field = 'x'",
    ],
)
def test_what_was_fixed_is_kept_by_the_database(play: Play, change: str) -> None:
    made = committed(play)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE panels_draw SET {change} WHERE id = %s", [made.pk])


def test_what_was_drawn_stays(play: Play) -> None:
    made = drawn(play)
    for statement in (
        "UPDATE panels_draw SET result = '{}' WHERE id = %s",
        "UPDATE panels_draw SET seed = repeat('1', 64) WHERE id = %s",
        "DELETE FROM panels_draw WHERE id = %s",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [made.pk])


def test_another_seed_than_the_one_that_was_fixed_draws_nobody(play: Play) -> None:
    """As if somebody sealed another seed under the digest that was told."""
    made = committed(play)
    other = Draw(pk=None)
    for field in Draw._meta.concrete_fields:
        if not field.primary_key:
            setattr(other, field.attname, getattr(made, field.attname))
    other.sealed_seed = seal("11" * 32, purpose=SEED)
    other.save()
    with pytest.raises(StateConflict, match="摘要不符"):
        hold_draw(draw_=other, actor=play.officer)


def test_who_is_tied_is_not_in_the_pot(play: Play) -> None:
    """Planted bugs: former employers count for ever, or not at all; an ended tie counts on."""
    unit = Application.objects.order_by("pk").first().unit.name
    experts = play.world.experts
    Expert.objects.filter(pk=experts["more0"].pk).update(employer=unit.replace("公司", " 公司"))
    today, officer = clock.today(), play.officer
    add_tie(expert=experts["more1"], unit_name=unit, kind=TieKind.KIN, until=None, note="", actor=officer)
    for key, years in (("more2", 2), ("more3", 4)):
        left = today.replace(year=today.year - years)
        add_tie(expert=experts[key], unit_name=unit, kind=TieKind.FORMER, until=left, note="", actor=officer)
    ended = add_tie(
        expert=experts["more3"], unit_name=unit, kind=TieKind.OTHER, until=None, note="师徒", actor=officer
    )
    end_tie(tie=ended, actor=officer)
    add_absence(expert=experts["more4"], begins_on=today, ends_on=today + timedelta(days=1), actor=officer)
    Expert.objects.filter(pk=experts["expert1"].pk).update(is_active=False)
    made = committed(play)
    assert {one["expert"] for one in made.candidates} == {
        experts[key].pk for key in ("expert2", "expert3", "more3")
    }
    reasons = {one["expert"]: one["reasons"] for one in made.excluded}
    assert reasons[experts["more0"].pk] == [f"{unit}：现任职于该单位"]
    assert reasons[experts["more1"].pk] == [f"{unit}：近亲属任职"]
    assert reasons[experts["more2"].pk][0].startswith(f"{unit}：曾任职（")
    assert "不能参加" in reasons[experts["more4"].pk][0]
    assert ExpertTie.objects.count() == 4


def test_who_is_beyond_the_limits_is_not_in_the_pot_and_the_record_says_why(play: Play) -> None:
    """Planted bugs: whoever has no level passes; sheets of panels that are closed count as in hand."""
    experts, officer = play.world.experts, play.officer
    for key, level in (("more0", 3), ("more1", 2), ("more2", 1)):
        Expert.objects.filter(pk=experts[key].pk).update(level=level, trades="焊工、钳工")
    panel = _by_hand(play)
    Expert.objects.filter(seats__panel=panel).update(level=2, trades="焊工")
    busy = {expert.pk for expert in Expert.objects.filter(seats__panel=panel)}
    limits = Limits(least_level=ExpertLevel.SENIOR, most_waiting=1, field="焊工")
    candidates, excluded = pot_of(["某厂"], until=None, limits=limits)
    assert {one["expert"] for one in candidates} == {experts["more0"].pk, experts["more1"].pk}
    reasons = {one["expert"]: one["reasons"] for one in excluded}
    assert reasons[experts["more2"].pk] == ["级别低于高级技师或副高级职称"]
    assert reasons[experts["more3"].pk] == [
        "没有登记级别，本次要求高级技师或副高级职称以上",
        "专业领域不含“焊工”",
    ]
    assert {pk for pk, why in reasons.items() if why == ["手头待签署 2 份，超过 1 份"]} == busy
    sign_all(panel)
    close_panel(panel=panel, actor=officer)
    candidates, _ = pot_of(["某厂"], until=None, limits=limits)
    assert busy <= {one["expert"] for one in candidates}


def test_the_limits_are_fixed_told_and_taken_over_into_the_next_draw(play: Play) -> None:
    Expert.objects.update(level=ExpertLevel.TOP)
    limits = Limits(least_level=2, most_waiting=9, field="")
    made = committed(play, limits=limits)
    assert record_of(made)["limits"] == {"least_level": 2, "most_waiting": 9, "field": ""}
    page = browser_of(play.officer).get(play.world.url(f"bureau/draws/{made.pk}/")).content.decode()
    assert "高级技师或副高级职称以上；手头待签署不超过 9 份" in page
    hold_draw(draw_=made, actor=play.officer)
    replay(record_of(made))
    void_draw(draw_=made, reason="重抽", actor=play.officer)
    again = browser_of(play.officer).get(
        play.world.url(f"bureau/rounds/{play.round.pk}/draw/?again={made.pk}")
    )
    assert again.context["form"]["most_waiting"].value() == 9


def test_who_stands_by_and_has_come_to_be_away_is_passed_over(play: Play) -> None:
    """Planted bug: those who stand by are called in whatever has happened since the draw."""
    made = drawn(play)
    panel = panel_from_draw(draw_=made, actor=play.officer)
    first, second = (Expert.objects.get(pk=int(key)) for key in made.result["reserves"])
    today = clock.today()
    add_absence(expert=first, begins_on=today, ends_on=today + timedelta(days=9), actor=play.officer)
    assert next_reserve(panel) == second
    unit = Application.objects.order_by("pk").first().unit.name
    add_tie(expert=second, unit_name=unit, kind=TieKind.KIN, until=None, note="", actor=play.officer)
    # Tied to one of two things only.
    assert next_reserve(panel) == second
    for one in Application.objects.exclude(unit__name=unit).select_related("unit"):
        add_tie(
            expert=second, unit_name=one.unit.name, kind=TieKind.KIN, until=None, note="", actor=play.officer
        )
    assert next_reserve(panel) is None


@pytest.mark.parametrize("seats", [9, 0])
def test_numbers_that_cannot_be_are_refused(play: Play, seats: int) -> None:
    """More than are in the pot, and none."""
    with pytest.raises(DomainError) as refused:
        committed(play, seats=seats)
    assert refused.value.problems[0].path == "seats"


def test_no_fewer_are_drawn_than_the_text_has_judge(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """Qinshui's text names no number; one that asks for four."""
    panel = play.round.rules.panel.model_copy(update={"min_experts": 4})
    rules = play.round.rules.model_copy(update={"panel": panel})
    monkeypatch.setattr(type(play.round), "rules", property(lambda _: rules))
    with pytest.raises(DomainError) as refused:
        committed(play, seats=3)
    (problem,) = refused.value.problems
    assert (problem.path, problem.clause) == ("seats", panel.clause)
    assert committed(play, seats=4).seats == 4


def test_a_second_draw_for_the_same_waits_for_the_first(play: Play) -> None:
    first = committed(play)
    with pytest.raises(StateConflict):
        committed(play)
    with pytest.raises(ReasonRequired):
        void_draw(draw_=first, reason=" ", actor=play.officer)
    void_draw(draw_=first, reason="有专家临时请假", actor=play.officer)
    second = committed(play, former=first)
    assert (second.former, first.state) == (first, DrawState.VOID)
    assert second.commitment != first.commitment


def test_only_who_runs_panels_draws(play: Play) -> None:
    made = committed(play)
    for key in ("reviewer", "publisher", "maker", "auditor", "expert1"):
        with pytest.raises(NotAllowed):
            hold_draw(draw_=made, actor=play.world.people[key])


def test_the_panel_is_of_those_who_were_drawn(play: Play) -> None:
    made = committed(play)
    with pytest.raises(StateConflict):
        panel_from_draw(draw_=made, actor=play.officer)
    hold_draw(draw_=made, actor=play.officer)
    # Nobody forms another panel beside a draw that is not liked.
    with pytest.raises(StateConflict):
        _by_hand(play)
    panel = panel_from_draw(draw_=made, actor=play.officer)
    made.refresh_from_db()
    seated = [str(pk) for pk in panel.members.order_by("pk").values_list("expert_id", flat=True)]
    assert seated == made.result["seated"]
    assert (made.state, made.panel) == (DrawState.USED, panel)
    with pytest.raises(StateConflict):
        panel_from_draw(draw_=made, actor=play.officer)
    with pytest.raises(StateConflict):
        void_draw(draw_=made, reason="不满意", actor=play.officer)


def test_who_declines_is_replaced_in_the_order_of_the_draw(play: Play) -> None:
    """Planted bug: whoever runs the panel chooses among those who stand by."""
    made = drawn(play)
    panel = panel_from_draw(draw_=made, actor=play.officer)
    member = panel.members.select_related("expert__user").order_by("pk").first()
    Notification.objects.all().delete()
    with pytest.raises(NotAllowed):
        decline_seat(member=member, reason="忙", actor=play.officer)
    with pytest.raises(ReasonRequired):
        decline_seat(member=member, reason="", actor=member.expert.user)
    decline_seat(member=member, reason="出差在外", actor=member.expert.user)
    assert set(member.sheets.values_list("state", flat=True)) == {SheetState.WITHDRAWN}
    assert play.officer in {
        one.recipient for one in Notification.objects.filter(title__contains="不能参加评审")
    }
    first, second = made.result["reserves"]
    assert str(next_reserve(panel).pk) == first
    add_reserve(panel=panel, actor=play.officer)
    assert str(next_reserve(panel).pk) == second
    add_reserve(panel=panel, actor=play.officer)
    assert next_reserve(panel) is None
    with pytest.raises(StateConflict):
        add_reserve(panel=panel, actor=play.officer)


def test_who_is_late_is_replaced_by_the_next_who_stands_by(play: Play) -> None:
    made = drawn(play)
    panel = panel_from_draw(draw_=made, actor=play.officer)
    first, second = panel.members.select_related("expert__user").order_by("pk")[:2]
    play.world.at(panel.due_on + timedelta(days=1))
    client = Client()
    client.force_login(play.officer)
    page = client.get(tenant_url("bureau:panel", pk=panel.pk)).content.decode()
    assert page.count("逾期未签") == panel.members.count()
    client.post(
        tenant_url("bureau:replace_seat", pk=panel.pk, member=first.pk), {"reason": "逾期未签，联系不上"}
    )
    seated = panel.members.get(expert_id=int(made.result["reserves"][0]))
    assert set(seated.sheets.values_list("state", flat=True)) == {SheetState.OPEN}
    first.refresh_from_db()
    assert first.withdrawn_at is not None
    # Nobody leaves where nobody can come.
    replace_seat(member=second, reason="逾期", actor=play.officer)
    with pytest.raises(StateConflict):
        replace_seat(member=seated, reason="逾期", actor=play.officer)
    seated.refresh_from_db()
    assert seated.withdrawn_at is None


def test_a_tie_found_later_recuses_from_that_unit_alone(play: Play) -> None:
    first, second = Application.objects.order_by("pk")
    expert = play.world.experts["expert1"]
    add_tie(
        expert=expert, unit_name=first.unit.name, kind=TieKind.KIN, until=None, note="", actor=expert.user
    )
    panel = _by_hand(play)
    states = dict(
        ScoreSheet.objects.filter(member__expert=expert, item__panel=panel).values_list(
            "item__subject_id", "state"
        )
    )
    assert states == {first.pk: SheetState.RECUSED, second.pk: SheetState.OPEN}


def _by_hand(play: Play) -> Panel:
    from applications.selection.panel_stage import send_to_panel  # noqa: PLC0415 - beside its one use

    return send_to_panel(
        round_=play.round,
        applications=list(Application.objects.order_by("pk")),
        experts=[play.world.experts[key] for key in ("expert1", "expert2", "expert3")],
        due_on=clock.today() + timedelta(days=7),
        actor=play.officer,
    )


def test_the_pages_from_the_pot_to_the_panel(play: Play) -> None:
    browser, world = browser_of(play.officer), play.world
    address = world.url(f"bureau/rounds/{play.round.pk}/draw/")
    page = browser.get(address)
    assert "可以抽取的专家" in page.content.decode()
    ids = list(Application.objects.values_list("pk", flat=True))
    wrong = browser.post(address, {"applications": ids, "seats": "50", "reserves": "1"})
    assert "可抽取的专家只有 8 名" in wrong.content.decode()
    day = clock.today() + timedelta(days=7)
    sent = browser.post(
        address, {"applications": ids, "seats": "3", "reserves": "1", "due_on": day.isoformat()}
    )
    made = Draw.objects.get()
    assert sent.url == world.url(f"bureau/draws/{made.pk}/")
    before = browser.get(sent.url).content.decode()
    assert made.commitment in before
    assert "抽取结果" not in before
    browser.post(world.url(f"bureau/draws/{made.pk}/hold/"))
    made.refresh_from_db()
    after = browser.get(sent.url).content.decode()
    assert made.seed in after
    handed = browser.post(world.url(f"bureau/draws/{made.pk}/record/"))
    assert LogEntry.history_of(made).filter(action="export", actor=play.officer).exists()
    assert replay(json.loads(b"".join(handed.streaming_content))).seated == tuple(made.result["seated"])
    formed = browser.post(world.url(f"bureau/draws/{made.pk}/use/"))
    panel = Panel.objects.get()
    assert formed.url == world.url(f"bureau/panels/{panel.pk}/")
    assert "候补下一名" in browser.get(formed.url).content.decode()
    browser.post(world.url(f"bureau/panels/{panel.pk}/reserve/"))
    assert panel.members.count() == 4
    member = panel.members.select_related("expert__user").first()
    own = browser_of(member.expert.user)
    assert "不能参加本次评审" in own.get(world.url("panel/")).content.decode()
    empty = own.post(world.url(f"panel/seats/{member.pk}/decline/"), {"reason": ""})
    assert "请写明原因" in empty.content.decode()
    own.post(world.url(f"panel/seats/{member.pk}/decline/"), {"reason": "生病"})
    member.refresh_from_db()
    assert member.withdrawn_at is not None
    # Neither another expert's seat, nor the own one a second time.
    assert own.get(world.url(f"panel/seats/{member.pk}/decline/")).status_code == 404
    others = panel.members.exclude(pk=member.pk).first()
    assert own.post(world.url(f"panel/seats/{others.pk}/decline/"), {"reason": "x"}).status_code == 404


def test_the_page_of_an_expert(play: Play) -> None:
    browser, expert = browser_of(play.officer), play.world.experts["expert1"]
    address = play.world.url(f"bureau/experts/{expert.pk}/")
    page = browser.post(address, {"what": "tie", "unit_name": "某厂", "kind": "former", "until": ""})
    assert "请填写离职日期" in page.content.decode()
    assert browser.post(address, {"what": "tie", "unit_name": "某厂", "kind": "kin"}).status_code == 302
    tie = ExpertTie.objects.get()
    assert "某厂" in browser.get(address).content.decode()
    browser.post(play.world.url(f"bureau/experts/{expert.pk}/ties/{tie.pk}/end/"))
    assert "某厂" not in browser.get(address).content.decode()
    wrong = browser.post(address, {"what": "absence", "begins_on": "2031-05-02", "ends_on": "2031-05-01"})
    assert "结束日期不能早于开始日期" in wrong.content.decode()
    browser.post(address, {"what": "absence", "begins_on": "2031-05-01", "ends_on": "2031-05-02"})
    assert "2031年5月1日" in browser.get(address).content.decode()
    assert browser_of(play.world.people["maker"]).get(address).status_code in (403, 404)
