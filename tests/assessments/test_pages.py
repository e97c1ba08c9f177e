"""The pages of a year: whom they let in, that nothing typed is lost, that they cost the same."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.enums import AssessmentState, Kind
from assessments.models import Assessment
from assessments.obligations import open_obligations
from assessments.rectifying import rectification_of
from assessments.scoring import send_back
from core import clock
from core.models import LogEntry
from deadlines.enums import DeadlineState
from deadlines.models import Deadline, Notification
from tests.assessments.acts import assessment_of, by_panel, fill, pdf, points_for, report
from tests.stations.builders import build_station
from tests.world import World

qinshui = pytest.mark.parametrize("world", ["qinshui"], indirect=True)


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(world: World, user: Any, path: str) -> Any:
    return client_of(user).get(world.url(path))


def shown_version(client: Client, path: str) -> str:
    """What the page hands back with its button: the revision that it shows."""
    found = re.findall(r'name="version" value="(\d+)"', client.get(path).content.decode())
    assert found
    return str(found[-1])


@pytest.fixture
def owed(world: World) -> Assessment:
    """What this jurisdiction's station owes first, on a day on which it may hand it in."""
    station = build_station(world, designated_on=world.demo["begin"])
    subject = Assessment.objects.filter(station=station).order_by("due_on").first()
    if subject is None:
        world.at(clock.today().replace(year=clock.today().year + 1))
        open_obligations(station=station)
        subject = Assessment.objects.filter(station=station).order_by("due_on").first()
    world.at(subject.window_start or subject.due_on)
    subject.person = station.person
    return subject


EVERYWHERE = pytest.mark.parametrize(
    "world", ["qinshui", "gaoming", "yantai", "wenzhou", "shenzhen"], indirect=True
)


@EVERYWHERE
def test_the_unit_fills_uploads_and_hands_in_through_the_pages(world: World, owed: Assessment) -> None:
    client, path = client_of(owed.person), world.url(f"unit/assessments/{owed.pk}/")
    shown = client.get(path)
    assert shown.status_code == 200
    form = shown.context["form"]
    data = {"version": "0", "action": "submit"}
    for name, field in form.fields.items():
        if name.startswith("narratives."):
            data[name] = f"{field.label}：已完成"
        elif name.startswith("facts."):
            data[name] = "true" if getattr(field, "choices", None) else "50"
    # Everything but the papers and the pledge: saved, not handed in, nothing typed is lost.
    answer = client.post(path, data)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert all(value in text for name, value in data.items() if name.startswith("narratives."))
    owed.refresh_from_db()
    assert (owed.state, owed.revision) == (AssessmentState.DUE, 1)
    assert {n for n, e in answer.context["form"].errors.items() if n != "__all__"} == {"pledge"}
    for material in form.asked.materials:
        answer = client.post(path + "evidence/", {"material": material.name, "label": "", "upload": pdf()})
        assert answer.status_code == 302
    answer = client.post(path, {**data, "version": "1", "pledge": "on"})
    assert answer.status_code == 302, answer.context["form"].errors
    owed.refresh_from_db()
    assert owed.state == AssessmentState.REPORTED
    assert client.get(path).status_code == 200
    assert client.get(world.url("unit/assessments/")).status_code == 200


@qinshui
def test_a_page_made_before_another_save_loses_nothing_and_overwrites_nothing(
    world: World, owed: Assessment
) -> None:
    client, path = client_of(owed.person), world.url(f"unit/assessments/{owed.pk}/")
    base = {"narratives.self_report": "第一稿", "version": "0", "action": "save"}
    assert client.post(path, base).status_code == 302
    answer = client.post(path, {**base, "narratives.self_report": "第二稿"})
    assert answer.status_code == 422
    assert "第二稿" in answer.content.decode()
    owed.refresh_from_db()
    assert owed.narratives == {"self_report": "第一稿"}
    auto = client.post(path + "autosave/", {**base, "narratives.self_report": "第三稿"})
    assert auto.status_code == 409
    auto = client.post(path + "autosave/", {**base, "narratives.self_report": "第三稿", "version": "1"})
    assert (auto.status_code, auto.json()) == (200, {"version": 2})


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
@pytest.mark.parametrize("day", ["2023-10-20", "2024-10-10"])
def test_a_day_that_is_only_a_beginning_is_nowhere_a_limit_and_never_missed(world: World, day: str) -> None:
    """The second evaluation begins on 15 June 2024 and has no last day in the text."""
    station = build_station(world, designated_on="2022-06-15")
    world.at("2023-09-05")
    open_obligations(station=station)
    report(station, assessment_of(station, 2023))
    world.at(day)
    subject = assessment_of(station, 2024)
    for path in ("unit/", f"unit/stations/{station.pk}/", f"unit/assessments/{subject.pk}/"):
        text = page(world, station.person, path).content.decode()
        assert "自2024年6月15日起可以办理" in text, path
        assert "剩余" not in text, path
        assert "逾期" not in text, path


@qinshui
def test_out_of_reach_is_not_found(world: World, owed: Assessment) -> None:
    fill(owed.station, owed)
    evidence = owed.evidence.first()
    stranger = build_station(world).person
    unit, bureau = f"unit/assessments/{owed.pk}/", f"bureau/assessments/{owed.pk}/"
    for user, path, status in [
        (owed.person, unit, 200),
        (stranger, unit, 404),
        (world.people["officer"], unit, 404),
        (owed.person, f"unit/evidence/{evidence.pk}/", 200),
        (stranger, f"unit/evidence/{evidence.pk}/", 404),
        (world.people["officer"], bureau, 200),
        (world.people["maker"], bureau, 404),
        (world.people["reviewer"], bureau, 404),
        (owed.person, bureau, 404),
        (world.people["officer"], f"bureau/evidence/{evidence.pk}/", 200),
        (world.people["reviewer"], f"bureau/evidence/{evidence.pk}/", 404),
        (world.people["officer"], f"bureau/assessments/cycles/{owed.cycle_id}/", 200),
        (world.people["reviewer"], f"bureau/assessments/cycles/{owed.cycle_id}/", 404),
        (world.people["officer"], f"bureau/stations/{owed.station_id}/determinations/", 200),
        (world.people["reviewer"], f"bureau/stations/{owed.station_id}/determinations/", 404),
        (world.people["officer"], "bureau/assessments/", 200),
        (world.people["maker"], "bureau/assessments/", 404),
    ]:
        assert page(world, user, path).status_code == status, (str(user), path)
    anonymous = Client().get(world.url(unit))
    assert (anonymous.status_code, "login" in anonymous["Location"]) == (302, True)


@pytest.mark.parametrize("world", ["yantai"], indirect=True)
def test_the_county_sees_its_own_and_not_another_countys(world: World, owed: Assessment) -> None:
    own, other = world.people["reviewer"], world.people["reviewer2"]
    assert page(world, own, f"bureau/assessments/{owed.pk}/").status_code == 200
    assert page(world, other, f"bureau/assessments/{owed.pk}/").status_code == 404
    assert owed.station.name not in page(world, other, "bureau/assessments/").content.decode()
    assert owed.station.name in page(world, own, "bureau/assessments/").content.decode()


@pytest.mark.parametrize("world", ["wenzhou"], indirect=True)
def test_the_officer_scores_on_the_page_and_makes_it_final(world: World, owed: Assessment) -> None:
    report(owed.station, owed)
    client, path = client_of(world.people["officer"]), world.url(f"bureau/assessments/{owed.pk}/")
    assert client.get(path).status_code == 200
    points = {f"points.{line}": str(value) for line, value in points_for(owed, Decimal(85)).items()}
    version = owed.revision
    missing = {**points, "points.WZ-A.1": "", "version": version, "comment": "写了半天的意见"}
    answer = client.post(path + "score/", missing)
    assert (answer.status_code, "写了半天的意见" in answer.content.decode()) == (422, True)
    assert client.post(path + "score/", {**points, "version": version}).status_code == 302
    owed.refresh_from_db()
    assert (owed.state, owed.total) == (AssessmentState.SCORED, 85)
    assert client.post(path + "finalise/", {"version": owed.revision}).status_code == 302
    owed.refresh_from_db()
    assert (owed.state, owed.grade) == (AssessmentState.FINAL, "良好")
    assert "良好" in page(world, owed.person, f"unit/assessments/{owed.pk}/").content.decode()


@pytest.mark.parametrize("world", ["yantai"], indirect=True)
def test_county_judges_and_city_looks_again_on_the_pages(world: World, owed: Assessment) -> None:
    report(owed.station, owed)
    subject = assessment_of(owed.station, owed.cycle.year, Kind.ASSESSMENT)
    path = world.url(f"bureau/assessments/{subject.pk}/")
    county, city = client_of(world.people["reviewer"]), client_of(world.people["officer"])
    answer = county.post(path + "judge/", {"opinion": "已经写好的意见"})
    assert (answer.status_code, "已经写好的意见" in answer.content.decode()) == (422, True)
    areas = {f"area_{n}": "已查看" for n in range(5)}
    given = {**areas, "grade": "合格", "opinion": "好", "version": subject.revision}
    assert county.post(path + "judge/", given).status_code == 302
    assert 'action="' + path + 'finalise/"' not in county.get(path).content.decode()
    assert 'action="' + path + 'finalise/"' in city.get(path).content.decode()
    city.post(path + "finalise/", {"version": shown_version(city, path)})
    subject.refresh_from_db()
    assert (subject.state, subject.grade) == (AssessmentState.FINAL, "合格")


@pytest.mark.parametrize("world", ["shenzhen"], indirect=True)
def test_filing_on_the_page(world: World, owed: Assessment) -> None:
    report(owed.station, owed)
    client, path = client_of(world.people["officer"]), world.url(f"bureau/assessments/{owed.pk}/")
    stale = {"opinion": "齐全", "version": owed.revision - 1}
    assert "有变动" in client.post(path + "file/", stale, follow=True).content.decode()
    given = {"opinion": "齐全", "version": shown_version(client, path)}
    assert client.post(path + "file/", given).status_code == 302
    owed.refresh_from_db()
    assert owed.state == AssessmentState.FINAL


@qinshui
def test_a_cycle_goes_to_the_panel_from_its_page(world: World, owed: Assessment) -> None:
    report(owed.station, owed)
    client, path = (
        client_of(world.people["officer"]),
        world.url(f"bureau/assessments/cycles/{owed.cycle_id}/"),
    )
    assert client.post(path + "panel/", {"due_on": "2025-03-30"}).status_code == 422
    experts = [expert.pk for expert in world.experts.values()][:2]
    data = {"assessments": [owed.pk], "experts": experts, "due_on": "2025-03-30"}
    assert client.post(path + "panel/", data).status_code == 302
    owed.refresh_from_db()
    assert owed.state == AssessmentState.AT_PANEL
    expert = world.experts["expert1"].user
    sheet = page(world, expert, "panel/").context["groups"][0]["sheets"][0]
    read = page(world, expert, f"panel/sheets/{sheet.pk}/")
    assert (read.status_code, "全年工作已完成" in read.content.decode()) == (200, True)
    assert page(world, world.people["officer"], f"bureau/assessments/{owed.pk}/").status_code == 200
    assert client.get(path).status_code == 200


@qinshui
def test_the_list_costs_the_same_at_one_row_and_at_many(world: World, owed: Assessment) -> None:
    client, path = client_of(world.people["officer"]), world.url("bureau/assessments/")
    client.get(path)
    with CaptureQueriesContext(connection) as one:
        client.get(path)
    for _ in range(6):
        build_station(world)
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(path).context["page_obj"].object_list) == 7
    assert len(many) == len(one)


@qinshui
def test_reading_a_page_writes_nothing(world: World, owed: Assessment) -> None:
    entries = LogEntry.objects.exclude(action="accounts.sign_in")
    before = (entries.count(), Assessment.objects.get(pk=owed.pk).revision)
    for user, path in [
        (owed.person, f"unit/assessments/{owed.pk}/"),
        (world.people["officer"], f"bureau/assessments/{owed.pk}/"),
        (world.people["officer"], f"bureau/assessments/cycles/{owed.cycle_id}/"),
        (world.people["officer"], f"bureau/stations/{owed.station_id}/determinations/"),
    ]:
        assert page(world, user, path).status_code == 200
    assert (entries.count(), Assessment.objects.get(pk=owed.pk).revision) == before
    for path in ("finalise/", "score/", "judge/", "file/", "return/", "rectify/", "rectified/"):
        assert page(world, world.people["officer"], f"bureau/assessments/{owed.pk}/{path}").status_code == 405


# --- a page that is older than the result (planted bug: the verbs do not compare) ------------


def judged(world: World, owed: Assessment, client: Client, path: str, grade: str) -> dict[str, Any]:
    """Judged on a page fetched just now; returns what was sent."""
    areas = {f"area_{n}": "已查看" for n in range(len(owed.rules.assessment.areas))}
    version = client.get(path).context["judgement_form"].initial["version"]
    given = {**areas, "grade": grade, "opinion": f"意见：{grade}", "version": version, "accepted": "true"}
    assert client.post(path + "judge/", given).status_code == 302
    return given


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_what_a_page_does_not_show_is_never_made_final(world: World, owed: Assessment) -> None:
    report(owed.station, owed)
    client, path = client_of(world.people["officer"]), world.url(f"bureau/assessments/{owed.pk}/")
    first = judged(world, owed, client, path, "合格")
    tab_a = shown_version(client, path)
    judged(world, owed, client, path, "不合格")
    answer = client.post(path + "finalise/", {"version": tab_a}, follow=True).content.decode()
    assert "现结果为“不合格”" in answer
    assert str(world.people["officer"]) in answer
    owed.refresh_from_db()
    assert owed.state == AssessmentState.SCORED
    # Nor does an old form overwrite the newer judgement; what was typed stays.
    stale = client.post(path + "judge/", first)
    html = stale.content.decode()
    assert (stale.status_code, "现结果为“不合格”" in html, "意见：合格" in html) == (422, True, True)
    owed.refresh_from_db()
    assert owed.grade == "不合格"
    assert stale.context["judgement_form"]["version"].value() == str(owed.revision)
    assert client.post(path + "finalise/", {"version": ""}).status_code == 302
    owed.refresh_from_db()
    assert owed.state == AssessmentState.SCORED
    client.post(path + "finalise/", {"version": shown_version(client, path)})
    owed.refresh_from_db()
    assert (owed.state, owed.grade) == (AssessmentState.FINAL, "不合格")
    again = client.post(path + "finalise/", {"version": tab_a}, follow=True).content.decode()
    assert "结果已确定为“不合格”，不再更改" in again
    assert "尚未评定" not in again


@qinshui
def test_a_cycle_is_fixed_only_as_its_page_shows_it(world: World, owed: Assessment) -> None:
    report(owed.station, owed)
    by_panel(world, [owed], {owed.pk: Decimal(80)})
    client, path = (
        client_of(world.people["officer"]),
        world.url(f"bureau/assessments/cycles/{owed.cycle_id}/"),
    )
    seen = client.get(path).context["fix_form"].initial["seen"]
    send_back(assessment=Assessment.objects.get(pk=owed.pk), reason="核对", actor=world.people["officer"])
    by_panel(world, [Assessment.objects.get(pk=owed.pk)], {owed.pk: Decimal(55)})
    stale = client.post(path + "fix/", {"seen": seen})
    assert (stale.status_code, owed.station.name in stale.content.decode()) == (422, True)
    assert "有变动" in stale.content.decode()
    owed.refresh_from_db()
    assert owed.state == AssessmentState.SCORED
    assert client.post(path + "fix/", {"seen": stale.context["fix_form"]["seen"].value()}).status_code == 302
    owed.refresh_from_db()
    assert (owed.state, owed.grade) == (AssessmentState.FINAL, "不合格")


# --- a score sheet that takes more than one sitting, and its caps (Wenzhou) -------------------


@pytest.mark.parametrize("world", ["wenzhou"], indirect=True)
def test_a_half_filled_sheet_is_kept_and_gives_no_result(world: World, owed: Assessment) -> None:
    report(owed.station, owed)
    client, path = client_of(world.people["officer"]), world.url(f"bureau/assessments/{owed.pk}/")
    half = {"points.WZ-A.1": "3.5", "comment": "看到一半", "version": shown_version(client, path)}
    assert client.post(path + "score/", {**half, "then": "draft"}).status_code == 302
    owed.refresh_from_db()
    assert (owed.state, owed.total, owed.points) == (AssessmentState.REPORTED, None, {})
    html = client.get(path).content.decode()
    assert 'value="3.5"' in html
    assert "看到一半" in html
    assert client.post(path + "score/autosave/", {**half, "comment": "旧页"}).status_code == 409
    auto = {**half, "points.WZ-A.2": "2", "version": shown_version(client, path)}
    answer = client.post(path + "score/autosave/", auto)
    assert (answer.status_code, answer.json()) == (200, {"version": owed.revision + 1})
    beyond = {**half, "points.WZ-A.1": "99", "version": owed.revision + 1}
    assert client.post(path + "score/", {**beyond, "then": "draft"}).status_code == 422
    points = {f"points.{line}": str(value) for line, value in points_for(owed, Decimal(85)).items()}
    done = {**points, "version": shown_version(client, path), "then": "score"}
    assert client.post(path + "score/", done).status_code == 302
    owed.refresh_from_db()
    assert (owed.state, owed.total, owed.draft) == (AssessmentState.SCORED, 85, {})
    stranger = client_of(world.people["maker"])
    assert stranger.post(path + "score/autosave/", auto).status_code == 404


@pytest.mark.parametrize("world", ["wenzhou"], indirect=True)
@pytest.mark.parametrize(
    ("bonus", "told"),
    [
        ("3", "评分94分，加分9分，合计103分，封顶100分"),
        ("6", "评分94分，加分10分（填报18分，最多10分），合计104分，封顶100分"),
    ],
)
def test_every_page_says_the_capped_total_and_why(
    world: World, owed: Assessment, bonus: str, told: str
) -> None:
    report(owed.station, owed)
    client, path = client_of(world.people["officer"]), world.url(f"bureau/assessments/{owed.pk}/")
    points = {f"points.{line}": str(value) for line, value in points_for(owed, Decimal(94)).items()}
    kinds = [kind.key for kind in owed.rules.assessment.bonus.kinds]
    given = {**points, **{f"bonus.{key}": bonus for key in kinds}, "version": shown_version(client, path)}
    assert client.post(path + "score/", given).status_code == 302
    html = client.get(path).content.decode()
    assert told in html
    assert re.search(r"data-rubric-total>100", html)
    client.post(path + "finalise/", {"version": shown_version(client, path)})
    assert told in page(world, owed.person, f"unit/assessments/{owed.pk}/").content.decode()
    assert Notification.objects.filter(recipient=owed.person, text__contains=told).exists()


# --- putting right what failed (Gaoming) --------------------------------------------------------


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_rectification_is_ordered_and_judged_on_the_page(world: World, owed: Assessment) -> None:
    report(owed.station, owed)
    client, path = client_of(world.people["officer"]), world.url(f"bureau/assessments/{owed.pk}/")
    order = {"requirement": "补齐带徒台账", "due_on": "2023-12-20"}
    assert client.post(path + "rectify/", order).status_code == 422
    judged(world, owed, client, path, "不合格")
    client.post(path + "finalise/", {"version": shown_version(client, path)})
    assert 'id="rectify-form"' in client.get(path).content.decode()
    refused = client.post(path + "rectify/", {**order, "due_on": "2023-01-01"})
    assert (refused.status_code, "补齐带徒台账" in refused.content.decode()) == (422, True)
    assert client.post(path + "rectified/", {"grade": "合格", "opinion": "好"}).status_code == 404
    assert client_of(world.people["maker"]).post(path + "rectify/", order).status_code == 404
    assert client.post(path + "rectify/", order).status_code == 302
    assert client.post(path + "rectify/", order).status_code == 422
    owes = Deadline.objects.get(kind="rectification")
    assert (owes.due_on.isoformat(), owes.state) == ("2023-12-20", DeadlineState.OPEN)
    unit = page(world, owed.person, f"unit/assessments/{owed.pk}/").content.decode()
    assert "补齐带徒台账" in unit
    assert "待核查" in unit
    assert client.post(path + "rectified/", {"grade": "好", "opinion": " "}).status_code == 422
    assert client.post(path + "rectified/", {"grade": "合格", "opinion": "台账已补齐"}).status_code == 302
    assert client.post(path + "rectified/", {"grade": "优秀", "opinion": "再改"}).status_code == 422
    owes.refresh_from_db()
    assert owes.state == DeadlineState.MET
    found = rectification_of(owed)
    assert (found.grade, found.opinion, found.clause) == ("合格", "台账已补齐", "GM-15.5")
    assert "台账已补齐" in page(world, owed.person, f"unit/assessments/{owed.pk}/").content.decode()
    acts = LogEntry.history_of(owed).values_list("action", flat=True)
    assert {"assessments.order_rectification", "assessments.judge_rectification"} <= set(acts)


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_the_areas_of_a_judgement_stand_in_the_order_of_the_text(world: World, owed: Assessment) -> None:
    report(owed.station, owed)
    client, path = client_of(world.people["officer"]), world.url(f"bureau/assessments/{owed.pk}/")
    judged(world, owed, client, path, "合格")
    html = client.get(path).content.decode()
    places = [html.index(f"<h3>{area}</h3>") for area in owed.rules.assessment.areas]
    assert places == sorted(places)
