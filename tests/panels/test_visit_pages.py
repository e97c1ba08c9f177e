"""The pages of site visits: written by who organises, signed by each visitor, read by who judges."""

from __future__ import annotations

from datetime import timedelta

from core import clock
from core.web import tenant_url
from deadlines.models import Notification
from panels.dropping import drop_item
from panels.enums import VisitState
from panels.models import ScoreSheet, SiteVisit
from panels.scoring import recuse_sheet
from panels.visiting import may_record
from tests.browsing import signed_in, text_of
from tests.panels.test_visiting import expert_of, sign_visit, tagged_jpeg, visit_of


def typed(item, play, **changes):
    values = {
        "held_on": clock.today().isoformat(),
        "held_time": "00:05",
        "place": "三号车间",
        "members": [item.panel.members.order_by("pk").first().pk],
        "officers": [play.officer.pk],
        "unit_people": "陈厂长",
        "findings": "设备在用，台账齐全",
        "statement": "无异议",
    }
    return values | changes


def address(item):
    return tenant_url("bureau:visits", pk=item.panel_id, item=item.pk)


def test_from_the_panel_s_page_to_the_last_signature(play, world, item):
    officer, expert = signed_in(world, "officer"), expert_of(item)
    assert address(item) in text_of(officer, tenant_url("bureau:panel", pk=item.panel_id))
    made = officer.post(address(item), typed(item, play))
    visit = SiteVisit.objects.get()
    assert made.headers["Location"] == tenant_url("bureau:visit", pk=visit.pk)
    assert Notification.objects.filter(recipient=expert, title__contains="实地考察记录").exists()
    phone = signed_in(world, expert_key(world, expert))
    own = tenant_url("panel:visit", pk=visit.pk)
    assert own in text_of(phone, tenant_url("panel:sheets"))
    phone.post(tenant_url("panel:visit_file_add", pk=visit.pk), {"upload": tagged_jpeg(), "caption": "车间"})
    assert "车间" in text_of(phone, own)
    file = visit.files.get().attachment_id
    assert phone.get(tenant_url("panel:visit_file", pk=visit.pk, file=file)).status_code == 200
    phone.post(tenant_url("panel:visit_sign", pk=visit.pk))
    assert "补充照片" not in text_of(phone, own)
    officer.post(tenant_url("bureau:visit_sign", pk=visit.pk))
    visit.refresh_from_db()
    assert visit.state == VisitState.SIGNED
    assert own not in text_of(phone, tenant_url("panel:sheets"))
    sheet = ScoreSheet.objects.of_expert(expert).get(item=item)
    assert own in text_of(phone, tenant_url("panel:sheet", pk=sheet.pk))


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(play, world, item):
    officer = signed_in(world, "officer")
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    answer = officer.post(address(item), typed(item, play, held_on=tomorrow, members=[], officers=[]))
    text = answer.content.decode()
    assert "考察时间不能晚于现在" in text
    assert "请选择参加考察的人员" in text
    assert "设备在用，台账齐全" in text
    assert not SiteVisit.objects.exists()


def test_a_correction_begins_with_what_was_signed(play, world, item):
    visit = visit_of(play, item, officers=[])
    correct = tenant_url("bureau:visit_correct", pk=visit.pk)
    officer = signed_in(world, "officer")
    assert officer.get(correct).status_code == 302
    sign_visit(visit=visit, actor=expert_of(item))
    page = text_of(officer, correct)
    assert visit.findings[0]["text"] in page
    assert visit.place in page
    officer.post(correct, typed(item, play, place="四号车间"))
    assert visit.corrections.get().place == "四号车间"
    assert "本记录已更正" in text_of(officer, tenant_url("bureau:visit", pk=visit.pk))


def test_who_judges_reads_it_once_it_is_signed_and_nobody_else(play, world, item):
    """Planted bug: `may_read_visit` without the state, or without the recusal."""
    visit = visit_of(play, item, officers=[])
    own = tenant_url("panel:visit", pk=visit.pk)
    second = item.panel.members.order_by("pk")[1]
    reader = signed_in(world, expert_key(world, second.expert.user))
    assert reader.get(own).status_code == 404
    sign_visit(visit=visit, actor=expert_of(item))
    assert reader.get(own).status_code == 200
    assert reader.post(tenant_url("panel:visit_sign", pk=visit.pk)).status_code == 302
    assert visit.visitors.count() == 1
    recuse_sheet(
        sheet=ScoreSheet.objects.get(item=item, member=second), reason="同乡", actor=second.expert.user
    )
    assert reader.get(own).status_code == 404
    for key in ("submitter", "reviewer", "officer"):
        assert signed_in(world, key).get(own).status_code == 404
    assert signed_in(world, "reviewer").get(tenant_url("bureau:visit", pk=visit.pk)).status_code == 404


def test_a_record_given_up_says_why(play, world, item):
    visit = visit_of(play, item)
    officer = signed_in(world, "officer")
    officer.post(tenant_url("bureau:visit_void", pk=visit.pk), {"reason": "日期写错"})
    assert "已作废：日期写错" in text_of(officer, tenant_url("bureau:visit", pk=visit.pk))


def test_no_form_where_nothing_is_judged_any_more(play, world, item):
    """Planted bug: `may_record` answers yes."""
    officer = signed_in(world, "officer")
    assert "保存考察记录" in text_of(officer, address(item))
    drop_item(item=item, reason="材料虚假", actor=play.officer)
    item.refresh_from_db()
    assert not may_record(item)
    assert "保存考察记录" not in text_of(officer, address(item))


def expert_key(world, user):
    return next(key for key, one in world.people.items() if one == user)
