"""Points, grades, the quota, and what a result brings about."""

from decimal import Decimal
from typing import Any

import pytest

from assessments.determining import determine, questions_of
from assessments.enums import AssessmentState, CycleState, Kind, Question
from assessments.grading import accept_filing, finalise, fix_cycle, preview_of
from assessments.models import Assessment, Determination
from assessments.obligations import open_obligations
from assessments.revisions import revisions_of
from assessments.scoring import judge, score_by_rubric, send_back, send_to_panel
from core.errors import DomainError, InputRefused, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from deadlines.models import Notification
from stations.models import Station
from tests.assessments.acts import assessment_of, by_panel, points_for, report, settle
from tests.stations.builders import build_station
from tests.world import World

qinshui = pytest.mark.parametrize("world", ["qinshui"], indirect=True)
yantai = pytest.mark.parametrize("world", ["yantai"], indirect=True)
gaoming = pytest.mark.parametrize("world", ["gaoming"], indirect=True)
wenzhou = pytest.mark.parametrize("world", ["wenzhou"], indirect=True)
shenzhen = pytest.mark.parametrize("world", ["shenzhen"], indirect=True)


def reported(world: World, count: int) -> list[Assessment]:
    """So many Qinshui stations with their reports in."""
    stations = [build_station(world, designated_on="2024-05-20") for _ in range(count)]
    world.at("2025-03-10")
    return [report(station, assessment_of(station, 2025)) for station in stations]


# --- a panel scores (Qinshui) ---------------------------------------------------


@qinshui
def test_the_panels_points_come_back_by_themselves(world: World) -> None:
    first, second = reported(world, 2)
    by_panel(world, [first, second], {first.pk: Decimal("92"), second.pk: Decimal("59.99")})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.total, first.grade) == (AssessmentState.SCORED, Decimal("92.00"), "")
    assert second.total == Decimal("59.99")
    assert sum(Decimal(p) for p in first.points.values()) == 92
    # The settled lines are the engine's: 200.5 square metres, 50 people.
    assert (first.points["QS-A2.6"], first.points["QS-A2.13"]) == ("4.00", "20.00")


@qinshui
def test_only_what_is_reported_goes_to_the_panel_and_no_officer_scores_instead(world: World) -> None:
    (one,) = reported(world, 1)
    with pytest.raises(DomainError, match="不由经办人"):
        score_by_rubric(
            assessment=one,
            revision=one.revision,
            points={},
            bonus={},
            opinion="",
            actor=world.people["officer"],
        )
    with pytest.raises(NotAllowed):
        send_to_panel(
            cycle=one.cycle, assessments=[one], experts=list(world.experts.values()), due_on=None,
            actor=world.people["publisher"],
        )  # fmt: skip
    by_panel(world, [one], {one.pk: Decimal("70")})
    with pytest.raises(StateConflict):
        by_panel(world, [one], {one.pk: Decimal("70")})


@qinshui
def test_the_quota_is_fifteen_percent_of_those_that_did_not_fail(world: World) -> None:
    """7 of 8 do not fail: floor(1.05) = 1 excellent; the second best is above 90 and still 合格."""
    subjects = reported(world, 8)
    marks = ["95", "93", *["80"] * 5, "59"]
    by_panel(world, subjects, {a.pk: Decimal(m) for a, m in zip(subjects, marks, strict=True)})
    preview = preview_of(subjects[0].cycle)
    assert (preview.quota.non_failing, preview.quota.max_excellent) == (7, 1)
    fix_cycle(cycle=subjects[0].cycle, seen=revisions_of(subjects[0].cycle), actor=world.people["officer"])
    grades = [Assessment.objects.get(pk=a.pk).grade for a in subjects]
    assert grades == ["优秀", "合格", *["合格"] * 5, "不合格"]
    assert {a.state for a in Assessment.objects.all()} == {AssessmentState.FINAL}
    assert subjects[0].cycle.assessments.first().cycle.state == CycleState.FIXED


@qinshui
def test_below_seven_stations_nobody_is_excellent_and_it_is_said(world: World) -> None:
    one = settle(world, build_station(world, designated_on="2024-05-20"), year=2025, total="98")
    assert one.grade == "合格"
    assert "优秀最多0家" in one.explanation
    assert one.total == Decimal("98.00")


@qinshui
def test_a_tie_at_the_cut_is_a_persons_choice_with_a_reason(world: World) -> None:
    subjects = reported(world, 7)
    marks = ["95", "95", *["80"] * 5]
    by_panel(world, subjects, {a.pk: Decimal(m) for a, m in zip(subjects, marks, strict=True)})
    cycle, officer = subjects[0].cycle, world.people["officer"]
    first, second = subjects[:2]
    assert {a.pk for a in preview_of(cycle).tied} == {first.pk, second.pk}
    with pytest.raises(InputRefused) as refused:
        fix_cycle(cycle=cycle, seen=revisions_of(cycle), actor=officer)
    assert {p.path for p in refused.value.problems} == {f"choice_{first.pk}", f"choice_{second.pk}", "reason"}
    with pytest.raises(InputRefused, match="优秀最多1家"):
        fix_cycle(
            cycle=cycle,
            seen=revisions_of(cycle),
            actor=officer,
            choices={first.pk: "优秀", second.pk: "优秀"},
            reason="都好",
        )
    fix_cycle(
        cycle=cycle,
        seen=revisions_of(cycle),
        actor=officer,
        choices={first.pk: "合格", second.pk: "优秀"},
        reason="专利数较多，集体研究决定",
    )
    assert [Assessment.objects.get(pk=a.pk).grade for a in (first, second)] == ["合格", "优秀"]
    assert LogEntry.history_of(cycle).last().reason == "专利数较多，集体研究决定"


@qinshui
def test_the_cycle_waits_for_what_was_handed_in_and_leaves_the_silent_behind_only_when_told(
    world: World,
) -> None:
    first, second = reported(world, 2)
    silent = assessment_of(build_station(world, designated_on="2024-06-01"), 2025)
    world.at("2025-04-10")
    by_panel(world, [first], {first.pk: Decimal("80")})
    officer, cycle = world.people["officer"], first.cycle
    with pytest.raises(DomainError, match="1 家已提交但尚未评定"):
        fix_cycle(cycle=cycle, seen=revisions_of(cycle), actor=officer, leave_out=True)
    by_panel(world, [second], {second.pk: Decimal("70")})
    with pytest.raises(DomainError, match="1 家尚未提交"):
        fix_cycle(cycle=cycle, seen=revisions_of(cycle), actor=officer)
    fix_cycle(cycle=cycle, seen=revisions_of(cycle), actor=officer, leave_out=True)
    silent.refresh_from_db()
    assert silent.state == AssessmentState.DUE
    # It comes in late and is graded on its own, never beyond the quota.
    report(silent.station, silent)
    by_panel(world, [silent], {silent.pk: Decimal("96")})
    silent.refresh_from_db()
    finalise(assessment=silent, revision=silent.revision, actor=officer)
    assert (silent.grade, "优秀最多0家" in silent.explanation) == ("合格", True)


@qinshui
def test_where_there_is_a_quota_no_single_result_is_fixed_before_the_cycle(world: World) -> None:
    first, _second = reported(world, 2)
    by_panel(world, [first], {first.pk: Decimal("80")})
    first.refresh_from_db()
    with pytest.raises(DomainError, match="须一并确定"):
        finalise(assessment=first, revision=first.revision, actor=world.people["officer"])


@qinshui
@pytest.mark.parametrize("who", ["reviewer", "maker", "checker", "publisher", "admin", "auditor"])
def test_only_the_leading_officer_fixes_a_cycle(world: World, who: str) -> None:
    (one,) = reported(world, 1)
    by_panel(world, [one], {one.pk: Decimal("80")})
    with pytest.raises(NotAllowed):
        fix_cycle(cycle=one.cycle, seen=revisions_of(one.cycle), actor=world.people[who])
    one.refresh_from_db()
    assert one.state == AssessmentState.SCORED


# --- an officer scores (Wenzhou) ------------------------------------------------


@wenzhou
@pytest.mark.parametrize(
    ("total", "grade"),
    [
        ("59.99", "不合格"),
        ("60", "合格"),
        ("79.5", "合格"),
        ("80", "良好"),
        ("89.99", "良好"),
        ("90", "优秀"),
    ],
)
def test_wenzhou_bands(world: World, total: str, grade: str) -> None:
    station = build_station(world, designated_on="2014-05-20")
    assert settle(world, station, year=2016, total=total).grade == grade


@wenzhou
def test_wenzhou_every_line_is_scored_within_its_maximum(world: World) -> None:
    station = build_station(world, designated_on="2014-05-20")
    world.at("2016-05-10")
    subject = assessment_of_wenzhou(station)
    report(station, subject, office_area_sqm=Decimal("29.9"))
    officer, points = world.people["officer"], points_for(subject, Decimal("70"))
    with pytest.raises(InputRefused) as refused:
        score_by_rubric(
            assessment=subject, revision=subject.revision, bonus={}, opinion="", actor=officer,
            points={**points, "WZ-A.1": Decimal("4.5"), "WZ-A.2": None},
        )  # fmt: skip
    assert {p.path for p in refused.value.problems} == {"points.WZ-A.1", "points.WZ-A.2"}
    with pytest.raises(InputRefused):
        score_by_rubric(
            assessment=subject,
            revision=subject.revision,
            points=points,
            bonus={"unheard_of": 3},
            opinion="",
            actor=officer,
        )
    with pytest.raises(NotAllowed):
        score_by_rubric(
            assessment=subject,
            revision=subject.revision,
            points=points,
            bonus={},
            opinion="",
            actor=world.people["reviewer"],
        )
    score_by_rubric(
        assessment=subject,
        revision=subject.revision,
        points=points,
        bonus={"award_city_plus": Decimal("15")},
        opinion="好",
        actor=officer,
    )
    # 29.9 square metres are below 30: nothing for that line; the bonus is capped at 10.
    assert (subject.points["WZ-A.6"], subject.total) == ("0", Decimal("80"))
    # Until it is final it may be scored again.
    score_by_rubric(
        assessment=subject, revision=subject.revision, points=points, bonus={}, opinion="好", actor=officer
    )
    assert subject.total == Decimal("70")
    finalise(assessment=subject, revision=subject.revision, actor=officer)
    with pytest.raises(StateConflict):
        score_by_rubric(
            assessment=subject,
            revision=subject.revision,
            points=points,
            bonus={},
            opinion="好",
            actor=officer,
        )


def assessment_of_wenzhou(station: Station) -> Assessment:
    open_obligations(station=station)
    return assessment_of(station, 2016)


# --- judgement (Gaoming, Yantai) ------------------------------------------------


@yantai
def test_yantai_the_countys_result_is_provisional_until_the_city_has_looked(world: World) -> None:
    station = build_station(world, designated_on="2019-06-03")
    world.at("2020-03-10")
    subject = report(station, assessment_of(station, 2020))
    county, city = world.people["reviewer"], world.people["officer"]
    grade_it(subject, county, "不合格")
    assert (subject.state, subject.grade, subject.consequences) == (AssessmentState.SCORED, "不合格", [])
    assert not Notification.objects.filter(recipient=station.person, title__contains="不合格").exists()
    with pytest.raises(NotAllowed):
        finalise(assessment=subject, revision=subject.revision, actor=county)
    with pytest.raises(ReasonRequired):
        send_back(assessment=subject, reason="", actor=city)
    send_back(assessment=subject, reason="请补充经费使用情况", actor=city)
    assert subject.state == AssessmentState.REPORTED
    grade_it(subject, county, "不合格")
    finalise(assessment=subject, revision=subject.revision, actor=city)
    assert [c["effect"] for c in subject.consequences] == ["flag_for_review"]
    assert Notification.objects.filter(recipient=station.person, title__contains="不合格").exists()


@yantai
def test_yantai_two_adjacent_fails_propose_revocation_and_one_does_not(world: World) -> None:
    station = build_station(world, designated_on="2019-06-03")
    first = settle(world, station, year=2020, grade="不合格")
    assert [c["effect"] for c in first.consequences] == ["flag_for_review"]
    second = settle(world, station, year=2021, grade="不合格")
    assert sorted(c["effect"] for c in second.consequences) == ["flag_for_review", "propose_revocation"]
    station.refresh_from_db()
    assert station.state == "active"


@yantai
def test_yantai_another_county_judges_nothing_here(world: World) -> None:
    station = build_station(world, designated_on="2019-06-03")
    world.at("2020-03-10")
    subject = report(station, assessment_of(station, 2020))
    with pytest.raises(NotAllowed):
        grade_it(subject, world.people["reviewer2"], "合格")
    assert not Assessment.objects.visible_to(world.people["reviewer2"]).exists()
    assert set(Assessment.objects.visible_to(world.people["reviewer"])) == {
        subject,
        assessment_of(station, 2020, Kind.REPORT),
    }


@gaoming
def test_gaoming_a_grade_needs_an_opinion_for_each_area_and_the_acceptance_where_it_belongs(
    world: World,
) -> None:
    station = build_station(world, designated_on="2022-06-15")
    world.at("2024-06-20")
    open_obligations(station=station)
    subject = report(station, assessment_of(station, 2024))
    with pytest.raises(InputRefused) as refused:
        judge(
            assessment=subject,
            revision=subject.revision,
            grade="良好",
            opinion=" ",
            actor=world.people["officer"],
        )
    areas = world.rules.assessment.areas
    assert {p.path for p in refused.value.problems} == {
        "grade", "opinion", "accepted", *(f"area_{n}" for n in range(len(areas)))
    }  # fmt: skip


def grade_it(subject: Assessment, actor: Any, grade: str) -> None:
    judge(
        assessment=subject,
        revision=subject.revision,
        grade=grade,
        opinion="查看台账",
        area_opinions=dict.fromkeys(subject.rules.assessment.areas, "已查看"),
        actor=actor,
    )


# --- filing (Shenzhen) ----------------------------------------------------------


@shenzhen
def test_shenzhen_is_filed_without_a_grade(world: World) -> None:
    station = build_station(world, designated_on="2017-06-01")
    subject = settle(world, station, year=2018)
    assert (subject.state, subject.grade, subject.total, subject.consequences) == (
        AssessmentState.FINAL,
        "",
        None,
        [],
    )
    with pytest.raises(StateConflict):
        accept_filing(
            assessment=subject, revision=subject.revision, opinion="", actor=world.people["officer"]
        )


@qinshui
def test_what_is_graded_is_not_filed(world: World) -> None:
    (one,) = reported(world, 1)
    with pytest.raises(DomainError, match="不是备案"):
        accept_filing(assessment=one, revision=one.revision, opinion="", actor=world.people["officer"])


# --- determinations -------------------------------------------------------------


@pytest.mark.parametrize(
    ("world", "questions"),
    [
        ("yantai", [Question.PERFORMS_WELL, Question.CONTINUOUS]),
        ("qinshui", [Question.ACCEPTANCE]),
        ("gaoming", []),
        ("wenzhou", []),
        ("shenzhen", []),
    ],
    indirect=["world"],
)
def test_the_questions_are_those_the_text_asks(world: World, questions: list[Question]) -> None:
    assert questions_of(build_station(world)) == questions


@yantai
def test_an_answer_has_a_reason_a_clause_and_an_author_and_is_never_overwritten(world: World) -> None:
    station, officer = build_station(world), world.people["officer"]
    with pytest.raises(ReasonRequired):
        determine(station=station, question=Question.CONTINUOUS, answer=True, reason=" ", actor=officer)
    for who in ("reviewer", "maker", "auditor"):
        with pytest.raises(NotAllowed):
            determine(
                station=station,
                question=Question.CONTINUOUS,
                answer=True,
                reason="台账",
                actor=world.people[who],
            )
    determine(station=station, question=Question.CONTINUOUS, answer=True, reason="台账齐全", actor=officer)
    determine(
        station=station, question=Question.CONTINUOUS, answer=False, reason="查实停工半年", actor=officer
    )
    assert list(Determination.objects.values_list("answer", "reason", "clause", "decided_by")) == [
        (True, "台账齐全", "YT-16.2", officer.pk),
        (False, "查实停工半年", "YT-16.2", officer.pk),
    ]
    assert LogEntry.history_of(station).filter(action="assessments.determine").count() == 2
