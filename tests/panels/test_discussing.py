"""Sheets that lie too far apart are talked about before the panel is closed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from core import clock
from core.errors import DomainError, InputRefused, NotAllowed, StateConflict
from core.web import tenant_url
from panels.consolidation import close_panel
from panels.discussing import apart_in, record_discussion
from panels.enums import Method, Verdict
from panels.models import JointDiscussion, Reopening, ScoreSheet
from panels.reopening import grant_reopening
from panels.scoring import recuse_sheet, save_sheet, sign_sheet
from tests.applications.builders import Play, sign_opinion
from tests.panels.builders import second_organiser
from tests.panels.test_schemes import CRITERIA, points_for, put


@pytest.fixture
def play(world):
    play = Play(world)
    play.open_round()
    return play


@pytest.fixture
def panel(play):
    """Two items; the sheets of the first lie 50 apart, those of the second exactly as far as they may."""
    put(play, {**CRITERIA, "spread_limit": Decimal(20)})
    return play.at_panel("unit", "second")


FAR, NEAR = [(30, 20), (20, 10), (15, 10)], [(30, 20), (30, 10), (30, 10)]


def talk(play, item, **changes):
    values = {
        "item": item,
        "held_on": clock.today(),
        "participants": list(item.panel.members.order_by("pk")),
        "record": "对带徒成效的口径不一，统一后维持原分",
        "actor": play.officer,
    }
    return record_discussion(**values | changes)


def test_too_far_apart_is_talked_about_before_the_end(play, panel):
    points_for(panel, *FAR, *NEAR)
    first, second = panel.items.order_by("pk")
    assert set(apart_in(panel)) == {first.pk}
    with pytest.raises(DomainError, match="请先记录合议"):
        close_panel(panel=panel, actor=play.officer)
    with pytest.raises(StateConflict):
        talk(play, second)
    talk(play, first)
    close_panel(panel=panel, actor=play.officer)
    assert first.discussions.get().spread == "最高与最低相差 50.00 分"


def test_what_is_missing_from_a_record_is_named(play, panel):
    points_for(panel, *FAR, *NEAR)
    item = panel.items.order_by("pk").first()
    one = list(panel.members.all()[:1])
    tomorrow = clock.today() + timedelta(days=1)
    for changes, path in (
        ({"participants": one}, "participants"),
        ({"record": " "}, "record"),
        ({"held_on": tomorrow}, "held_on"),
    ):
        with pytest.raises(InputRefused) as refused:
            talk(play, item, **changes)
        assert [problem.path for problem in refused.value.problems] == [path]
    with pytest.raises(NotAllowed):
        talk(play, item, actor=play.world.people["expert1"])
    assert not JointDiscussion.objects.exists()


def test_a_sheet_signed_anew_is_talked_about_anew(play, panel):
    points_for(panel, *FAR, *NEAR)
    item = panel.items.order_by("pk").first()
    given = item.sheets.order_by("pk").last()
    talk(play, item, give_back=[given])
    asked = Reopening.objects.get()
    assert asked.reason.startswith("合议后退回重评")
    grant_reopening(reopening=asked, actor=second_organiser(play))
    given.refresh_from_db()
    expert = given.member.expert.user
    points = {"c1": Decimal(10), "c2": Decimal(10)}
    save_sheet(sheet=given, revision=given.revision, points=points, comment="", actor=expert)
    sign_sheet(sheet=given, actor=expert)
    with pytest.raises(DomainError, match="请先记录合议"):
        close_panel(panel=panel, actor=play.officer)
    talk(play, item)
    close_panel(panel=panel, actor=play.officer)


def test_opinions_that_are_even_are_talked_about_where_the_scheme_says_so(play):
    put(play, {"method": Method.OPINION, "discuss_tied": True})
    panel = play.at_panel("unit")
    first, second, third = ScoreSheet.objects.filter(item__panel=panel).order_by("pk")
    sign_opinion(first)
    sign_opinion(second, Verdict.OPPOSE)
    assert apart_in(panel) == {}
    recuse_sheet(sheet=third, reason="亲属", actor=third.member.expert.user)
    assert set(apart_in(panel)) == {panel.items.get().pk}


def test_only_what_must_be_discussed_is_opened_and_only_once_all_have_signed(play, panel):
    *most, last = ScoreSheet.objects.filter(item__panel=panel).order_by("item_id", "member_id")
    for sheet, (first, second) in zip(most, [*FAR, *NEAR][:5], strict=True):
        expert = sheet.member.expert.user
        points = {"c1": Decimal(first), "c2": Decimal(second)}
        save_sheet(sheet=sheet, revision=0, points=points, comment=f"密{sheet.pk}密", actor=expert)
        sign_sheet(sheet=sheet, actor=expert)
    item = panel.items.order_by("pk").first()
    own, other = most[0], most[1]
    officer, expert = Client(), Client()
    officer.force_login(play.officer)
    expert.force_login(own.member.expert.user)
    page = tenant_url("bureau:discussion", pk=panel.pk, item=item.pk)

    def seen():
        html = expert.get(tenant_url("panel:sheet", pk=own.pk)).content.decode()
        return f"密{other.pk}密" in html, officer.get(page).status_code

    assert seen() == (False, 404)
    actor = last.member.expert.user
    save_sheet(sheet=last, revision=0, points={"c1": Decimal(30), "c2": Decimal(10)}, comment="", actor=actor)
    sign_sheet(sheet=last, actor=actor)
    assert seen() == (True, 200)
    html = officer.get(page).content.decode()
    assert f"密{other.pk}密" in html
    # The sheets of the item on which all agree stay closed.
    near = most[3]
    assert f"密{near.pk}密" not in html
    reader = Client()
    reader.force_login(most[4].member.expert.user)
    assert f"密{near.pk}密" not in reader.get(tenant_url("panel:sheet", pk=most[4].pk)).content.decode()
    members = [member.pk for member in panel.members.all()]
    typed = {"held_on": str(clock.today()), "participants": members, "record": "口径已统一"}
    assert officer.post(page, typed).status_code == 302
    assert "已合议" in officer.get(tenant_url("bureau:panel", pk=panel.pk)).content.decode()
