"""The panels' pages: each expert sees the own sheets, the bureau sees progress, nobody sees more."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.web import tenant_url
from documents.models import Attachment
from panels.enums import SheetState
from panels.models import Panel, ScoreSheet
from panels.scoring import recuse_sheet, save_sheet
from tests.applications.builders import sign_all, sign_opinion
from tests.panels.builders import FULL, rubric_panel
from tests.sealed import plain

SECRET = "只给自己看的意见{}"


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def sheet_of(play, panel, key="expert1"):
    return (
        ScoreSheet.objects.filter(item__panel=panel, member__expert=play.world.experts[key])
        .order_by("pk")
        .first()
    )


def pages_of_expert(panel, user):
    sheets = ScoreSheet.objects.of_expert(user)
    return [
        tenant_url("panel:sheets"),
        *(tenant_url("panel:sheet", pk=s.pk) for s in sheets),
        *(tenant_url("panel:sign", pk=s.pk) for s in sheets),
    ]


def pages_of_bureau(panel):
    return [
        tenant_url("bureau:panels"),
        tenant_url("bureau:panel", pk=panel.pk),
        tenant_url("bureau:experts"),
        tenant_url("bureau:round", pk=panel.subject_id),
        tenant_url("bureau:list", pk=panel.subject_id),
        *(tenant_url("bureau:application", pk=item.subject_id) for item in panel.items.all()),
    ]


def test_nobody_reads_what_another_expert_wrote_before_the_end(play):
    panel = play.at_panel("unit", "second")
    for place, sheet in enumerate(ScoreSheet.objects.filter(item__panel=panel).order_by("pk")):
        expert = sheet.member.expert.user
        if place == 5:
            # The last one is saved and not signed: that is how far the bureau must not see.
            save_sheet(sheet=sheet, revision=0, verdict="oppose", comment=SECRET.format(5), actor=expert)
        else:
            sign_opinion(sheet, comment=SECRET.format(place))
    secrets = {
        sheet.comment: sheet.member.expert.user_id
        for sheet in ScoreSheet.objects.filter(item__panel=panel).select_related("member__expert")
    }
    assert len(secrets) == 6

    def leaked(user, pages):
        client = browser(user)
        html = "".join(client.get(page, follow=True).content.decode() for page in pages)
        return {secret for secret, owner in secrets.items() if secret in html and owner != user.pk}

    for key in ("expert1", "expert2", "expert3"):
        user = play.world.people[key]
        own = {secret for secret, owner in secrets.items() if owner == user.pk}
        html = "".join(
            browser(user).get(page, follow=True).content.decode() for page in pages_of_expert(panel, user)
        )
        assert {secret for secret in secrets if secret in html} == own
    assert leaked(play.officer, pages_of_bureau(panel)) == set()

    last = ScoreSheet.objects.get(item__panel=panel, state=SheetState.OPEN)
    sign_opinion(last, comment=SECRET.format(5))
    assert leaked(play.officer, pages_of_bureau(panel)) == set()
    # Once it is closed the bureau reads all of them, an expert still only the own.
    browser(play.officer).post(tenant_url("bureau:panel_close", pk=panel.pk))
    panel.refresh_from_db()
    assert panel.state == "closed"
    assert leaked(play.officer, [tenant_url("bureau:panel", pk=panel.pk)]) == set(secrets)
    for key in ("expert1", "expert2", "expert3"):
        user = play.world.people[key]
        assert leaked(user, pages_of_expert(panel, user)) == set()


def test_somebody_elses_sheet_is_not_there(play):
    panel = play.at_panel("unit")
    sheet = sheet_of(play, panel)
    names = [
        ("panel:sheet", "get"),
        ("panel:sheet", "post"),
        ("panel:autosave", "post"),
        ("panel:sign", "get"),
        ("panel:sign", "post"),
        ("panel:recuse", "post"),
    ]
    for key in ("expert2", "officer", "reviewer"):
        client = browser(play.world.people[key])
        for name, method in names:
            answer = getattr(client, method)(tenant_url(name, pk=sheet.pk))
            assert (key, name, answer.status_code) == (key, name, 404)
    sheet.refresh_from_db()
    assert (sheet.state, sheet.revision) == (SheetState.OPEN, 0)


def test_panels_are_not_for_who_does_not_run_them(play):
    panel = play.at_panel("unit")
    sign_all(panel)
    for key in ("expert1", "reviewer", "publisher", "maker"):
        client = browser(play.world.people[key])
        for name, method in (("panel", "get"), ("panel_close", "post"), ("panel_seat", "post")):
            assert getattr(client, method)(tenant_url(f"bureau:{name}", pk=panel.pk)).status_code == 404
        assert client.get(tenant_url("bureau:panels")).status_code == 404
    panel.refresh_from_db()
    assert panel.state == "scoring"


def test_writing_and_signing_an_opinion(play):
    panel = play.at_panel("unit", "second")
    client, sheet = browser(play.world.people["expert1"]), sheet_of(play, panel)
    address = tenant_url("panel:sheet", pk=sheet.pk)
    answer = client.post(address, {"version": 0, "verdict": "recommend", "comment": "", "then": "sign"})
    assert answer.status_code == 200
    assert "请填写评审意见。" in answer.content.decode()
    # What was there is kept, and the next save starts from it.
    sheet.refresh_from_db()
    assert (sheet.verdict, sheet.revision) == ("recommend", 1)
    assert answer.context["form"]["version"].value() == "1"
    answer = client.post(address, {"version": 1, "verdict": "recommend", "comment": "同意", "then": "sign"})
    assert answer.url == tenant_url("panel:sign", pk=sheet.pk)
    # Looking at the confirmation signs nothing.
    assert client.get(answer.url).status_code == 200
    sheet.refresh_from_db()
    assert sheet.state == SheetState.OPEN
    answer = client.post(tenant_url("panel:sign", pk=sheet.pk))
    following = ScoreSheet.objects.of_expert(play.world.people["expert1"]).get(state=SheetState.OPEN)
    assert answer.url == tenant_url("panel:sheet", pk=following.pk)
    sheet.refresh_from_db()
    assert sheet.state == SheetState.SIGNED


def test_autosave_keeps_what_is_valid_and_sees_the_other_window(play):
    sheet = sheet_of(play, rubric_panel(play))
    client = browser(play.world.people["expert1"])
    address = tenant_url("panel:autosave", pk=sheet.pk)
    first = client.post(
        address, {"version": 0, "points.QS-A2.1": "1.5", "points.QS-A2.2": "99", "comment": "草稿"}
    )
    assert (first.status_code, json.loads(first.content)) == (200, {"version": 1})
    sheet.refresh_from_db()
    assert (sheet.points, sheet.comment) == ({"QS-A2.1": "1.5"}, "草稿")
    assert client.post(address, {"version": 0, "comment": "旧窗口"}).status_code == 409
    sheet.refresh_from_db()
    assert sheet.comment == "草稿"


def test_a_score_above_the_maximum_is_said_beside_the_line(play):
    sheet = sheet_of(play, rubric_panel(play))
    client = browser(play.world.people["expert1"])
    data = {f"points.{key}": str(value) for key, value in FULL.items()}
    answer = client.post(
        tenant_url("panel:sheet", pk=sheet.pk),
        {"version": 0, **data, "points.QS-A2.1": "2.5", "then": "sign"},
    )
    assert answer.context["form"].errors == {"points.QS-A2.1": ["不能超过本项满分 2 分。"]}
    assert 'value="2.5"' in answer.content.decode()
    answer = client.post(tenant_url("panel:sheet", pk=sheet.pk), {"version": 0, **data, "then": "sign"})
    assert answer.url == tenant_url("panel:sign", pk=sheet.pk)


def test_files_are_open_to_who_judges_them_and_no_longer(play):
    panel = play.at_panel("unit", "second")
    user = play.world.people["expert1"]
    client, sheet = browser(user), sheet_of(play, panel)
    other = ScoreSheet.objects.of_expert(user).exclude(pk=sheet.pk).get()
    mine = sheet.item.subject.panel_attachments().first()
    theirs = other.item.subject.panel_attachments().first()

    def fetch(file):
        return client.get(tenant_url("panel:attachment", pk=sheet.pk, file=file.pk)).status_code

    assert (fetch(mine), fetch(theirs)) == (200, 404)
    stray = Attachment.objects.create(
        file="x",
        original_name="别处.pdf",
        content_type="application/pdf",
        size=1,
        sha256="0" * 64,
        uploaded_by=user,
    )
    assert fetch(stray) == 404
    recuse_sheet(sheet=sheet, reason="回避", actor=user)
    assert fetch(mine) == 404
    html = client.get(tenant_url("panel:sheet", pk=sheet.pk)).content.decode()
    assert "您已回避本项" in html
    assert mine.original_name not in html
    # The right ends with the panel, on sheets that were signed as well.
    assert client.get(tenant_url("panel:attachment", pk=other.pk, file=theirs.pk)).status_code == 200
    sign_all(panel)
    browser(play.officer).post(tenant_url("bureau:panel_close", pk=panel.pk))
    assert Panel.objects.get().state == "closed"
    assert client.get(tenant_url("panel:attachment", pk=other.pk, file=theirs.pk)).status_code == 404


def test_an_expert_does_not_read_identity_numbers(play):
    panel = play.at_panel("unit")
    sheet = sheet_of(play, panel)
    rows = sheet.item.subject.rosters["members"]
    numbers = [plain(row["resident_id"]) for row in rows if row.get("resident_id")]
    html = browser(play.world.people["expert1"]).get(tenant_url("panel:sheet", pk=sheet.pk)).content.decode()
    assert sheet.item.subject.rosters["members"][0]["name"] in html
    assert [number for number in numbers if number in html] == []


def test_recusing_from_the_page(play):
    panel = play.at_panel("unit")
    client, sheet = browser(play.world.people["expert1"]), sheet_of(play, panel)
    client.post(tenant_url("panel:recuse", pk=sheet.pk), {"reason": ""})
    sheet.refresh_from_db()
    assert sheet.state == SheetState.OPEN
    client.post(tenant_url("panel:recuse", pk=sheet.pk), {"reason": "亲属在该单位任职"})
    sheet.refresh_from_db()
    assert sheet.state == SheetState.RECUSED
    html = browser(play.officer).get(tenant_url("bureau:panel", pk=panel.pk)).content.decode()
    assert "亲属在该单位任职" in html


def test_my_sheets_cost_the_same_at_one_and_at_many(play):
    name = "panel:sheets"
    panel = play.at_panel("unit")
    client = browser(play.world.people["expert1"])
    client.get(tenant_url(name))
    with CaptureQueriesContext(connection) as few:
        client.get(tenant_url(name))
    item, member = panel.items.get(), play.world.experts["expert1"].seats.get()
    for number in range(30):
        item.pk, item.subject_id, item.title = None, 10_000 + number, f"项目{number}"
        item._state.adding = True
        item.save()
        ScoreSheet.objects.create(item=item, member=member)
    with CaptureQueriesContext(connection) as many:
        html = client.get(tenant_url(name)).content.decode()
    assert "项目29" in html
    assert len(many) == len(few)


def test_an_expert_who_has_signed_reads_of_the_own_sheets_only(play):
    """The others have not signed: the page must not say that the whole panel has."""
    panel = play.at_panel("unit")
    mine = sheet_of(play, panel)
    sign_opinion(mine, comment="同意")
    html = browser(mine.member.expert.user).get(tenant_url("panel:sheets")).content.decode()
    assert "您已全部签署" in html
    assert "本组已全部签署" not in html


def test_what_is_typed_on_a_page_older_than_the_signature_is_shown_and_said_to_be_unsaved(play):
    panel = play.at_panel("unit")
    mine = sheet_of(play, panel)
    sign_opinion(mine, comment="先签的意见")
    typed = {"version": "0", "verdict": "oppose", "comment": "后写的一段话", "then": "save"}
    client = browser(mine.member.expert.user)
    for address in (tenant_url("panel:sheet", pk=mine.pk),):
        answer = client.post(address, typed)
        html = answer.content.decode()
        assert answer.status_code == 409
        assert "没有保存" in html
        assert "后写的一段话" in html
        assert "不建议认定" in html
    mine.refresh_from_db()
    assert (mine.verdict, mine.comment) == ("recommend", "先签的意见")
    late = client.post(tenant_url("panel:sign", pk=mine.pk), follow=True)
    assert "已签署" in "".join(str(message) for message in late.context["messages"])


def test_points_typed_too_late_are_shown_line_by_line(play):
    panel = rubric_panel(play)
    mine = sheet_of(play, panel)
    actor = mine.member.expert.user
    save_sheet(sheet=mine, revision=0, points=FULL, comment="", actor=actor)
    recuse_sheet(sheet=mine, reason="有亲属关系", actor=actor)
    typed = {"version": "0", "points.QS-A2.2": "3.25", "comment": "写到一半", "then": "save"}
    html = browser(actor).post(tenant_url("panel:sheet", pk=mine.pk), typed).content.decode()
    assert "3.25" in html
    assert "写到一半" in html


@pytest.mark.parametrize(
    ("world", "said"),
    [("wenzhou", "会同"), ("qinshui", "")],
    indirect=["world"],
)
def test_the_bodies_that_call_a_panel_together_are_named(play, said):
    panel = play.at_panel("unit")
    officer = browser(play.officer).get(tenant_url("bureau:panel", pk=panel.pk)).content.decode()
    sheet = sheet_of(play, panel)
    expert = browser(sheet.member.expert.user).get(tenant_url("panel:sheet", pk=sheet.pk)).content.decode()
    for html in (officer, expert):
        assert ("会同" in html) == bool(said)
    if said:
        kinds = play.world.rules.panel.bodies
        others = [a.name for a in play.world.authorities.values() if a.kind in kinds[1:]]
        assert others
        assert all(name in officer and name in expert for name in others)
