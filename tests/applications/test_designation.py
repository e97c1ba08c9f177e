"""From the list to stations, in every jurisdiction."""

from datetime import date, timedelta

import pytest

from applications.enums import ApplicationState
from applications.models import Application, Round, Signoff
from applications.selection.designation import (
    Selection,
    candidates,
    cosigning_bodies,
    designate_applications,
    missing_signoffs,
    record_signoff,
    team_of,
)
from applications.selection.document_numbers import normal_number
from core import clock
from core.errors import DomainError, InputRefused, NotAllowed, StateConflict
from core.models import LogEntry
from deadlines.models import Notification
from documents.enums import DocumentKind
from documents.models import OfficialDocument
from jurisdictions.models import Authority
from notices.models import PublicNotice
from notices.objections import decide_objection
from stations.models import Station
from stations.signals import station_designated
from tests.applications.builders import Play
from tests.applications.listing import Listed
from tests.browsing import queries_of, signed_in, text_of
from tests.notices.builders import objected
from tests.sealed import plain
from tests.world import SLUGS

# What each text makes of the demonstration's first unit: number, plaque, bodies of the document.
EXPECTED = {
    "yantai": ("烟技站{year}001", "烟台市技师工作站", 1),
    "shenzhen": ("深技站{year}001", "深圳市技师工作站", 1),
    "gaoming": ("明技站{year}01", "佛山市高明区技师工作站", 1),
    "qinshui": ("沁技站{year}01", "沁水县技师工作站", 3),
    "wenzhou": ("温技室{year}001", "温州市技能大师工作室", 3),
}


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_from_the_list_to_the_station(world):
    listed = Listed(world)
    application = listed.applications[0]
    heard = []
    station_designated.connect(
        lambda **given: heard.append(given["station"]), weak=False, dispatch_uid="test"
    )
    listed.after_notice()
    listed.sign_off()
    try:
        document = listed.designate()
    finally:
        station_designated.disconnect(dispatch_uid="test")
    listed.refresh()
    number, plaque, bodies = EXPECTED[world.slug]
    station = Station.objects.get()
    assert heard == [station]
    assert (application.state, application.station) == (ApplicationState.DESIGNATED, station)
    assert (station.number, station.plaque_title) == (number.format(year=clock.today().year), plaque)
    assert (station.unit, station.document, station.designated_on) == (
        application.unit,
        document,
        clock.today(),
    )
    assert (station.authority, station.local_authority_id) == (world.lead, application.route[0])
    assert station.profile == listed.round.profile
    roster = application.rosters["members"]
    leader = next(row for row in roster if row["role"] == "leader")
    assert station.leader_name == leader["name"]
    assert {(m.name, m.title) for m in station.members.all()} == {
        (row["name"], row["title"]) for row in roster if row["role"] != "none"
    }
    assert (document.kind, document.subject) == (DocumentKind.DESIGNATION, listed.round)
    assert len(document.issuers.split("、")) == bodies
    for text in (station.number, station.name, application.unit.name, document.number):
        assert text in document.html, text
    told = Notification.objects.filter(text__contains=station.number)
    assert told.count() == application.unit.recipients().count()


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_no_personal_number_leaves_the_application(world):
    listed = Listed(world)
    application = listed.applications[0]
    listed.after_notice()
    listed.sign_off()
    document = listed.designate()
    station = Station.objects.get()
    papers = " ".join(paper.html for paper in OfficialDocument.objects.all())
    numbers = [plain(row["resident_id"]) for row in application.rosters["members"] if row.get("resident_id")]
    assert numbers
    secrets = [*numbers, plain(application.unit.contact_phone), plain(application.unit.bank_account)]
    assert [secret for secret in secrets if secret and secret in papers] == []
    assert [secret for secret in numbers if secret in str(station.facts)] == []
    assert document in OfficialDocument.objects.all()


def test_not_before_the_notice(world):
    listed = Listed(world)
    listed.sign_off()
    with pytest.raises(InputRefused, match="尚未公示"):
        listed.designate()
    notice = listed.on_notice()
    world.at(notice.last_day, 23)
    with pytest.raises(InputRefused, match="尚未期满，最早"):
        listed.designate()
    assert Station.objects.count() == 0
    world.at(notice.last_day + timedelta(days=1), 0)
    listed.designate()
    assert Station.objects.count() == 1


def test_pending_objection_blocks_its_application_only(world):
    listed = Listed(world, "unit", "second")
    notice = listed.on_notice()
    objection = objected(notice)
    world.at(notice.last_day + timedelta(days=1))
    listed.sign_off()
    with pytest.raises(InputRefused, match="1件异议尚无核查结论"):
        listed.designate()
    assert [bool(found.obstacles) for found in candidates(listed.round)] == [True, False]
    second = candidates(listed.round)[1]
    designate_applications(
        round_=listed.round,
        selections=[Selection(second.application, second.plaques[0])],
        actor=listed.officer,
    )
    assert Station.objects.get().unit == listed.applications[1].unit
    decide_objection(objection=objection, upheld=False, finding="设备为自有。", actor=listed.officer)
    # The sign-offs went with the first document; this text asks to confirm what was found baseless.
    with pytest.raises(InputRefused, match="会签"):
        listed.designate()
    listed.sign_off()
    with pytest.raises(InputRefused, match="须确认"):
        listed.designate()
    listed.designate(confirmed=True)
    assert [s.number[-2:] for s in Station.objects.order_by("number")] == ["01", "02"]


def test_removed_application_is_no_candidate(world):
    listed = Listed(world)
    notice = listed.on_notice()
    objection = objected(notice)
    decide_objection(objection=objection, upheld=True, finding="属实。", actor=listed.officer)
    world.at(notice.last_day + timedelta(days=1))
    listed.sign_off()
    assert candidates(listed.round) == []
    with pytest.raises(InputRefused, match="取消资格"):
        designate_applications(
            round_=listed.round,
            selections=[Selection(listed.applications[0], world.rules.terms.plaque)],
            actor=listed.officer,
        )
    assert Station.objects.count() == 0


@pytest.mark.parametrize(
    ("world", "skipped"), [("qinshui", "county_finance"), ("wenzhou", "talent_office")], indirect=["world"]
)
def test_each_missing_signoff_blocks_by_name(world, skipped):
    listed = Listed(world)
    listed.after_notice()
    listed.sign_off(skipped)
    (missing,) = missing_signoffs(listed.round)
    assert missing.kind == skipped
    with pytest.raises(DomainError, match=listed.round.rules.authority(skipped).label):
        listed.designate()
    record_signoff(
        round_=listed.round,
        authority=missing,
        reference="会签单2号",
        signed_on=clock.today(),
        actor=listed.officer,
    )
    document = listed.designate()
    assert set(Signoff.objects.values_list("document", flat=True)) == {document.pk}


def test_signoffs_are_recorded_with_who_and_when(world):
    listed = Listed(world)
    body = missing_signoffs(listed.round)[0]
    given = {"round_": listed.round, "authority": body, "reference": "组通字〔2024〕5号"}
    today = clock.today()
    with pytest.raises(NotAllowed):
        record_signoff(**given, signed_on=today, actor=listed.publisher)
    with pytest.raises(InputRefused, match="不能晚于今天"):
        record_signoff(**given, signed_on=today + timedelta(days=1), actor=listed.officer)
    with pytest.raises(InputRefused, match="会签依据"):
        record_signoff(**{**given, "reference": " "}, signed_on=today, actor=listed.officer)
    outsider = world.authorities["industry"]
    with pytest.raises(DomainError, match="不是本办法规定"):
        record_signoff(**{**given, "authority": outsider}, signed_on=today, actor=listed.officer)
    signoff = record_signoff(**given, signed_on=today, actor=listed.officer)
    assert (signoff.recorded_by, signoff.signed_on) == (listed.officer, today)
    entry = LogEntry.history_of(listed.round).last()
    assert (entry.action, entry.data["authority"]) == ("applications.signoff", body.name)
    with pytest.raises(DomainError, match="已经登记"):
        record_signoff(**given, signed_on=today, actor=listed.officer)


def test_a_signoff_is_no_older_than_the_list(world):
    listed = Listed(world)
    fixed = clock.today()
    world.at(fixed + timedelta(days=3))
    given = {"round_": listed.round, "authority": missing_signoffs(listed.round)[0], "reference": "会签单1号"}
    for day in (date(2010, 1, 1), fixed - timedelta(days=1)):
        with pytest.raises(InputRefused, match="不能早于确定名单之日") as refused:
            record_signoff(**given, signed_on=day, actor=listed.officer)
        assert [problem.path for problem in refused.value.problems] == ["signed_on"]
    assert record_signoff(**given, signed_on=fixed, actor=listed.officer).signed_on == fixed


def test_no_signoff_before_the_list_is_fixed(world):
    play = Play(world)
    play.evaluated()
    body = cosigning_bodies(play.round)[0]
    given = {"round_": play.round, "authority": body, "reference": "会签单1号", "signed_on": clock.today()}
    with pytest.raises(StateConflict, match="名单尚未确定"):
        record_signoff(**given, actor=play.officer)


def test_the_number_begins_with_the_word_of_the_bureau_and_passes_over_typed_ones(world):
    listed = Listed(world, "unit", "second")
    listed.after_notice()
    numbers = []
    for found, typed in zip(candidates(listed.round), ("沁人社字〔2024〕1号", ""), strict=True):
        listed.sign_off()
        document = designate_applications(
            round_=listed.round,
            selections=[Selection(found.application, found.plaques[0])],
            document_number=typed,
            actor=listed.officer,
        )
        numbers.append(document.number)
    assert numbers == ["沁人社字〔2024〕1号", "沁人社字〔2024〕2号"]


def test_without_the_word_of_the_bureau_the_number_must_be_typed(world):
    listed = Listed(world)
    listed.after_notice()
    listed.sign_off()
    Authority.objects.filter(pk=world.lead.pk).update(document_word="")
    round_ = Round.objects.get(pk=listed.round.pk)
    found = candidates(round_)[0]
    given = {"round_": round_, "selections": [Selection(found.application, found.plaques[0])]}
    with pytest.raises(InputRefused, match="机关代字"):
        designate_applications(**given, actor=listed.officer)
    assert Station.objects.count() == 0
    document = designate_applications(**given, document_number="沁人社字〔2024〕8号", actor=listed.officer)
    assert document.number == "沁人社字〔2024〕8号"


def test_a_bad_number_is_refused_on_the_first_page(world):
    listed = Listed(world)
    listed.after_notice()
    listed.sign_off()
    officer = signed_in(world, "officer")
    url = world.url(f"bureau/rounds/{listed.round.pk}/designation/")
    pk = listed.applications[0].pk
    given = {f"pick-{pk}": "on", f"plaque-{pk}": world.rules.terms.plaque}
    page = officer.post(url, {**given, "document_number": "abc"})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["document_number"])
    page = officer.post(url, {**given, "document_number": "沁人社字[2024] 06号"})
    assert page.status_code == 200
    assert "沁人社字〔2024〕6号" in page.content.decode()


def test_taken_document_number_designates_nothing(world):
    listed = Listed(world)
    listed.after_notice()
    listed.sign_off()
    OfficialDocument.objects.create(
        kind=DocumentKind.DESIGNATION,
        number="沁人社字〔2024〕6号",
        title="别的文件",
        subject=listed.round,
        issued_on=clock.today(),
        html="<p></p>",
        sha256="0" * 64,
    )
    with pytest.raises(InputRefused, match="文号已经用过"):
        listed.designate(number="沁人社字[2024]06号")
    assert (Station.objects.count(), listed.applications[0].state) == (0, ApplicationState.IN_NOTICE)
    document = listed.designate(number="沁人社字（2024） 007号")
    assert document.number == "沁人社字〔2024〕7号"
    assert Station.objects.get().number.endswith("01")


@pytest.mark.parametrize("typed", ["沁人社字2024 6号", "第6号", "沁人社字〔24〕6号", "沁人社字〔2024〕号"])
def test_malformed_document_numbers_are_refused(typed):
    with pytest.raises(InputRefused):
        normal_number(typed)


def test_only_the_leading_bureau_designates(world):
    listed = Listed(world)
    listed.after_notice()
    listed.sign_off()
    found = candidates(listed.round)[0]
    for key in ("publisher", "reviewer", "admin", "maker"):
        with pytest.raises(NotAllowed):
            designate_applications(
                round_=listed.round,
                selections=[Selection(found.application, found.plaques[0])],
                actor=world.people[key],
            )
    with pytest.raises(InputRefused, match="牌匾"):
        designate_applications(
            round_=listed.round,
            selections=[Selection(found.application, "国家级工作站")],
            actor=listed.officer,
        )
    with pytest.raises(DomainError, match="请选择"):
        designate_applications(round_=listed.round, selections=[], actor=listed.officer)
    assert Station.objects.count() == 0


def test_application_of_another_round_is_refused(world):
    listed = Listed(world)
    listed.after_notice()
    listed.sign_off()
    found = candidates(listed.round)[0]
    other = Round.objects.get(pk=listed.round.pk)
    other.pk = None
    other.save()
    Application.objects.filter(pk=found.application.pk).update(round=other)
    with pytest.raises(InputRefused, match="不属于本批次"):
        designate_applications(
            round_=listed.round,
            selections=[Selection(found.application, found.plaques[0])],
            actor=listed.officer,
        )


def test_people_who_stay_outside_are_no_members(world):
    listed = Listed(world)
    application = listed.applications[0]
    application.rosters["members"][-1]["role"] = "none"
    everyone = [row["name"] for row in application.rosters["members"]]
    assert [member.name for member in team_of(application)] == everyone[:-1]
    assert [member.is_leader for member in team_of(application)].index(True) == 0


def test_page_leads_from_the_list_to_the_stations(world):
    listed = Listed(world)
    officer = signed_in(world, "officer")
    url = world.url(f"bureau/rounds/{listed.round.pk}/designation/")
    assert "起草公示" in text_of(officer, url)
    answer = officer.post(world.url(f"bureau/rounds/{listed.round.pk}/notice/"))
    notice = PublicNotice.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, world.url(f"bureau/notices/{notice.pk}/"))
    assert "起草公示" not in text_of(officer, url)
    signoff = world.url(f"bureau/rounds/{listed.round.pk}/signoff/")
    body = missing_signoffs(listed.round)[0]
    given = {"authority": body.pk, "reference": "会签单1号", "signed_on": clock.today().isoformat()}
    assert officer.post(signoff, {**given, "reference": ""}).status_code == 422
    assert officer.post(signoff, given).status_code == 302
    assert body not in missing_signoffs(listed.round)
    assert signed_in(world, "publisher").get(url).status_code == 404
    assert signed_in(world, "reviewer").get(url).status_code == 404


def test_designation_asks_once_more_before_it_happens(world):
    listed = Listed(world)
    listed.after_notice()
    listed.sign_off()
    officer = signed_in(world, "officer")
    url = world.url(f"bureau/rounds/{listed.round.pk}/designation/")
    pk = listed.applications[0].pk
    given = {f"pick-{pk}": "on", f"plaque-{pk}": world.rules.terms.plaque, "document_number": ""}
    page = officer.post(url, given)
    assert page.status_code == 200
    assert "认定后生成站点、编号和认定文件" in page.content.decode()
    assert listed.applications[0].unit.name in page.content.decode()
    assert Station.objects.count() == 0
    assert (
        officer.post(url, {f"plaque-{pk}": world.rules.terms.plaque, "confirmed": "yes"}).status_code == 422
    )
    assert officer.post(url, {**given, "confirmed": "yes"}).status_code == 302
    assert Station.objects.count() == 1
    assert Station.objects.get().name in text_of(officer, url)


# The gates of the second ask what the desks said.
@pytest.mark.parametrize("world", ["qinshui", "gaoming"], indirect=True)
def test_page_costs_the_same_for_one_and_two(world):
    listed = Listed(world, "unit", "second")
    officer = signed_in(world, "officer")
    url = world.url(f"bureau/rounds/{listed.round.pk}/designation/")
    both = queries_of(officer, url)
    Application.objects.filter(pk=listed.applications[1].pk).update(state=ApplicationState.REMOVED)
    assert queries_of(officer, url) == both


@pytest.mark.parametrize("world", ["yantai"], indirect=True)
def test_page_of_a_text_with_neither_notice_nor_cosigners(world):
    listed = Listed(world)
    officer = signed_in(world, "officer")
    page = text_of(officer, world.url(f"bureau/rounds/{listed.round.pk}/designation/"))
    assert "起草公示" not in page
    assert 'name="reference"' not in page
    assert f'name="pick-{listed.applications[0].pk}"' in page
