"""The round's notice: what it shows, and what it does to applications."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from applications.enums import ApplicationState
from applications.selection.designation import Selection, candidates, designate_applications
from applications.selection.notice_stage import proposed_name, put_on_notice
from core import outbox
from core.errors import DomainError, InputRefused, NotAllowed
from core.models import LogEntry
from deadlines.models import Notification
from notices import wording
from notices.investigating import take_up
from notices.models import PublicNotice
from notices.objections import decide_objection
from notices.publication import publish_notice, withdraw_notice
from stations.models import Station
from tests.applications.listing import Listed
from tests.browsing import signed_in
from tests.notices.builders import objected
from tests.sealed import plain


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


def test_an_amended_list_shows_what_is_left_and_only_it_designates(world):
    listed = Listed(world, "unit", "second")
    former = listed.on_notice()
    objection = objected(former)
    decide_objection(objection=objection, upheld=True, finding="设备系租赁。", actor=listed.officer)
    with pytest.raises(InputRefused, match="更正原因"):
        put_on_notice(round_=listed.round, actor=listed.officer)
    notice = put_on_notice(round_=listed.round, actor=listed.officer, change_reason="一家不符合条件")
    gone, left = listed.applications
    assert [entry.subject for entry in notice.entries.all()] == [left]
    assert notice.changes == [f"去掉“{gone.unit.name}技师工作站”（{gone.unit.name}）"]
    # The former's period is over, but a list that supersedes it is being drawn up.
    world.at(former.last_day + timedelta(days=1))
    listed.sign_off()
    with pytest.raises(InputRefused, match="更正名单"):
        listed.designate()
    publish_notice(notice=notice, actor=listed.publisher)
    listed.refresh()
    assert left.state == ApplicationState.IN_NOTICE
    assert LogEntry.history_of(left).last().action == "applications.show_again"
    with pytest.raises(InputRefused, match="尚未期满"):
        listed.designate()
    world.at(notice.last_day + timedelta(days=1))
    listed.designate()
    assert Station.objects.get().unit == left.unit


def test_a_line_that_left_after_the_draft_stops_the_publication(world):
    listed = Listed(world, "unit", "second")
    former = listed.on_notice()
    objection = objected(former)
    notice = put_on_notice(round_=listed.round, actor=listed.officer, change_reason="名称更正")
    decide_objection(objection=objection, upheld=True, finding="设备系租赁。", actor=listed.officer)
    with pytest.raises(DomainError, match="名单有变化"):
        publish_notice(notice=notice, actor=listed.publisher)
    former.refresh_from_db()
    assert former.is_in_force


def test_whoever_is_designated_is_not_said_to_be_taken_off(world):
    listed = Listed(world, "unit", "second")
    notice = listed.on_notice()
    objected(notice)
    world.at(notice.last_day + timedelta(days=1))
    listed.sign_off()
    second = candidates(listed.round)[1]
    designate_applications(
        round_=listed.round,
        selections=[Selection(second.application, second.plaques[0])],
        actor=listed.officer,
    )
    again = put_on_notice(round_=listed.round, actor=listed.officer, change_reason="联系电话有误")
    assert (again.changes, again.entries.count()) == ([], 1)
    # Nothing more may be said on the notice's page about the line that is decided.
    decided = notice.entries.get(position=2)
    with pytest.raises(InputRefused, match="已经作出决定"):
        objected(notice, entry=decided)


def test_a_late_lead_holds_its_line_only_when_taken_up(world):
    listed = Listed(world)
    notice = listed.on_notice()
    world.at(notice.last_day + timedelta(days=1))
    listed.sign_off()
    lead = objected(notice)
    assert [found.obstacles for found in candidates(listed.round)] == [()]
    take_up(objection=lead, reason="线索具体", actor=listed.officer)
    with pytest.raises(InputRefused, match="1件异议尚无核查结论"):
        listed.designate()


def test_a_lead_upheld_after_the_designation_is_the_stations_matter(world):
    listed = Listed(world)
    notice = listed.on_notice()
    world.at(notice.last_day + timedelta(days=1))
    lead = objected(notice)
    listed.sign_off()
    listed.designate()
    take_up(objection=lead, reason="线索具体", actor=listed.officer)
    decide_objection(objection=lead, upheld=True, finding="设备系租赁。", actor=listed.officer)
    listed.refresh()
    assert listed.applications[0].state == ApplicationState.DESIGNATED
    assert Notification.objects.filter(title="异议成立时站点已认定").exists()


def test_an_amended_list_is_drafted_from_the_rounds_page(world):
    listed = Listed(world)
    former = listed.on_notice()
    officer = signed_in(world, "officer")
    page = world.url(f"bureau/rounds/{listed.round.pk}/designation/")
    assert "起草更正公示" in officer.get(page).content.decode()
    url = world.url(f"bureau/rounds/{listed.round.pk}/notice/")
    officer.post(url, {"reason": ""})
    assert PublicNotice.objects.count() == 1
    officer.post(url, {"reason": "联系电话有误"})
    assert PublicNotice.objects.latest("pk").supersedes == former
    assert "起草更正公示" not in officer.get(page).content.decode()


def test_names_and_units_are_all_that_the_public_sees(world, client):
    """Page, API, PDF with its attachment: no leader, no person, no number, nothing hidden in the file."""
    listed = Listed(world, "unit", "second")
    notice = listed.on_notice()
    while outbox.relay_one():
        pass
    notice.document.refresh_from_db()
    with notice.document.pdf.open("rb") as file:
        pdf = PdfReader(io.BytesIO(file.read()))
    pages = [page.extract_text() for page in pdf.pages]
    shown = {
        "page": client.get(world.url(f"notices/{notice.pk}/")).content.decode(),
        "api": str(client.get(f"/api/v1/jurisdictions/{world.slug}/notices/{notice.pk}/").json()),
        "pdf": "".join(pages).replace("\n", ""),
        "source": notice.document.html,
        "metadata": f"{pdf.metadata}{pdf.xmp_metadata}",
    }
    assert dict(pdf.attachments) == {}
    secrets = [user.email for user in world.people.values()]
    for application in listed.applications:
        unit = application.unit
        rows = application.rosters["members"]
        secrets += [row["name"] for row in rows]
        secrets += [plain(row["resident_id"]) for row in rows if row.get("resident_id")]
        secrets += [unit.contact_name, unit.legal_representative, unit.uscc, unit.address, unit.email]
        secrets += [str(number) for number in (unit.contact_phone, unit.bank_account)]
        secrets += [plain(number) for number in (unit.contact_phone, unit.bank_account)]
    assert len(secrets) > 20
    for where, text in shown.items():
        assert [secret for secret in secrets if secret and secret in text] == [], where
        if where != "metadata":
            assert all(application.unit.name in text for application in listed.applications), where
    # The attachment holds its title, its head and one row a unit, and nothing else.
    attachment = "".join(pages[1:]).replace("\n", "").replace(" ", "")
    rows = [f"{entry.position}{entry.station_name}{entry.unit_name}" for entry in notice.entries.all()]
    head = f"附件拟认定{world.rules.terms.plaque}名单序号{''.join(wording.columns_of(world.rules))}"
    assert attachment.startswith(head + "".join(rows)), attachment
