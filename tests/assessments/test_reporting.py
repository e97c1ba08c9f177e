"""The station's report: never lost, never early, late but taken."""

from decimal import Decimal
from typing import Any

import pytest

from assessments.enums import AssessmentState, Kind
from assessments.models import Assessment
from assessments.reporting import add_evidence, remove_evidence, save_report, submit_report
from assessments.scoring import return_report
from core import clock
from core.errors import DomainError, EditConflict, InputRefused, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from deadlines.enums import DeadlineState
from deadlines.models import Notification
from documents.models import Attachment
from stations.enums import UnitRole
from tests.assessments.acts import answers, assessment_of, fill, pdf, report
from tests.stations.builders import build_member, build_station
from tests.world import World


@pytest.fixture
def owed(world: World) -> Assessment:
    """A Qinshui station in its window, March of the next year."""
    station = build_station(world, designated_on="2024-05-20")
    world.at("2025-03-10")
    found = assessment_of(station, 2025)
    found.person = station.person
    return found


def save(assessment: Assessment, actor: Any, revision: int | None = None, **facts: Any) -> Assessment:
    return save_report(
        assessment=assessment,
        revision=assessment.revision if revision is None else revision,
        actor=actor,
        **answers(assessment, **facts),
    )


def test_a_draft_is_kept_with_its_figures_as_text(owed: Assessment) -> None:
    save(owed, owed.person, office_area_sqm=Decimal("25.50"), backbone_trained=4)
    stored = Assessment.objects.get(pk=owed.pk)
    assert (stored.revision, stored.state) == (1, AssessmentState.DUE)
    assert (stored.facts["office_area_sqm"], stored.facts["backbone_trained"]) == ("25.50", 4)
    assert stored.saved_at is not None


def test_two_editors_never_overwrite_each_other(world: World, owed: Assessment) -> None:
    """Planted bug: without the comparison of revisions the second save wins silently."""
    colleague = build_member(owed.station.unit, "second-editor", UnitRole.EDITOR)
    save(owed, owed.person, backbone_trained=4)
    stale = Assessment.objects.get(pk=owed.pk)
    with pytest.raises(EditConflict):
        save(stale, colleague, revision=0, backbone_trained=9)
    assert Assessment.objects.get(pk=owed.pk).facts["backbone_trained"] == 4
    save(stale, colleague, revision=1, backbone_trained=9)
    assert Assessment.objects.get(pk=owed.pk).facts["backbone_trained"] == 9


def test_before_the_window_it_is_refused_with_the_date(world: World, owed: Assessment) -> None:
    world.at("2025-02-28")
    fill(owed.station, owed)
    with pytest.raises(DomainError, match="自 2025年3月1日 起受理"):
        submit_report(assessment=owed, pledge=True, actor=owed.person)
    world.at("2025-03-01", hour=0)
    submit_report(assessment=owed, pledge=True, actor=owed.person)
    assert owed.state == AssessmentState.REPORTED


def test_on_time_it_meets_the_date_and_tells_the_assessor(world: World, owed: Assessment) -> None:
    world.at("2025-03-31", hour=23, minute=59)
    report(owed.station, owed)
    assert (owed.state, owed.is_late, owed.deadlines.get().state) == (
        AssessmentState.REPORTED,
        False,
        DeadlineState.MET,
    )
    told = Notification.objects.filter(title__startswith="已提交").values_list("recipient", flat=True)
    assert set(told) == {world.people[key].pk for key in ("officer", "officer2")}
    entry = LogEntry.history_of(owed).filter(action="assessments.report").get()
    assert (entry.actor, entry.clause, entry.data["late"]) == (owed.person, "QS-9.2", False)


def test_late_it_is_taken_and_marked(world: World, owed: Assessment) -> None:
    """Readings QS-A12, GM-A13: lateness is shown, never a revocation by itself."""
    world.at("2025-04-01", hour=0)
    assert owed.is_late
    report(owed.station, owed)
    assert (owed.state, owed.is_late) == (AssessmentState.REPORTED, True)
    assert LogEntry.history_of(owed).filter(action="assessments.report").get().data["late"] is True
    owed.station.refresh_from_db()
    assert owed.station.state == "active"


def test_what_is_missing_is_named_place_by_place(owed: Assessment) -> None:
    with pytest.raises(InputRefused) as refused:
        submit_report(assessment=owed, pledge=False, actor=owed.person)
    paths = {problem.path for problem in refused.value.problems}
    facts = {f"facts.{fact.name}" for fact in owed.rules.assessment.facts}
    assert paths == {
        "narratives.self_report", "pledge", "materials.evaluation_form", "materials.output_evidence", *facts
    }  # fmt: skip
    owed.refresh_from_db()
    assert owed.state == AssessmentState.DUE


def test_figures_out_of_range_are_refused(owed: Assessment) -> None:
    fill(owed.station, owed, backbone_trained=-1)
    with pytest.raises(InputRefused) as refused:
        submit_report(assessment=owed, pledge=True, actor=owed.person)
    assert [p.path for p in refused.value.problems] == ["facts.backbone_trained"]


def test_own_points_beyond_a_line_are_refused(owed: Assessment) -> None:
    content = {**answers(owed), "self_points": {"QS-A2.1": Decimal("2.5"), "QS-A9.9": Decimal(1)}}
    with pytest.raises(InputRefused) as refused:
        save_report(assessment=owed, revision=0, actor=owed.person, **content)
    assert [p.path for p in refused.value.problems] == ["self_points.QS-A2.1", "self_points.QS-A9.9"]


def test_another_unit_touches_nothing(world: World, owed: Assessment) -> None:
    stranger = build_station(world).person
    with pytest.raises(NotAllowed):
        save(owed, stranger)
    with pytest.raises(NotAllowed):
        add_evidence(assessment=owed, upload=pdf(), label="证明", actor=stranger)
    fill(owed.station, owed)
    with pytest.raises(NotAllowed):
        submit_report(assessment=owed, pledge=True, actor=stranger)


def test_an_editor_writes_and_the_submitter_hands_in(owed: Assessment) -> None:
    editor = build_member(owed.station.unit, "only-editor", UnitRole.EDITOR)
    save(owed, editor)
    for material in ("evaluation_form", "output_evidence"):
        add_evidence(assessment=owed, upload=pdf(), label="", material=material, actor=editor)
    with pytest.raises(NotAllowed):
        submit_report(assessment=owed, pledge=True, actor=editor)
    submit_report(assessment=owed, pledge=True, actor=owed.person)


def test_what_is_handed_in_is_not_changed(owed: Assessment) -> None:
    report(owed.station, owed)
    evidence = owed.evidence.first()
    for act in (
        lambda: save(owed, owed.person),
        lambda: add_evidence(assessment=owed, upload=pdf(), label="又一份", actor=owed.person),
        lambda: remove_evidence(evidence=evidence, actor=owed.person),
        lambda: submit_report(assessment=owed, pledge=True, actor=owed.person),
    ):
        with pytest.raises(StateConflict):
            act()


def test_returned_it_is_owed_again_until_it_comes_back(world: World, owed: Assessment) -> None:
    report(owed.station, owed)
    with pytest.raises(ReasonRequired):
        return_report(assessment=owed, reason="", actor=world.people["officer"])
    day = owed.due_on.replace(month=4, day=20)
    return_report(assessment=owed, reason="专利证书缺页", due_on=day, actor=world.people["officer"])
    # What was handed in keeps its files, whatever the station takes out now.
    extra = add_evidence(assessment=owed, upload=pdf(), label="另一份", actor=owed.person)
    remove_evidence(evidence=extra, actor=owed.person)
    assert Attachment.objects.filter(pk=extra.attachment_id).exists()
    assert (owed.state, owed.reported_at, owed.deadlines.get().due_on) == (
        AssessmentState.RETURNED,
        None,
        day,
    )
    assert "专利证书缺页" in Notification.objects.filter(title__startswith="请补正").get().text
    submit_report(assessment=owed, pledge=True, actor=owed.person)
    assert owed.deadlines.get().state == DeadlineState.MET


@pytest.mark.parametrize("who", ["maker", "reviewer", "publisher", "auditor"])
def test_only_the_assessor_gives_back(world: World, owed: Assessment, who: str) -> None:
    report(owed.station, owed)
    with pytest.raises(NotAllowed):
        return_report(assessment=owed, reason="缺页", actor=world.people[who])


def test_evidence_is_what_it_says_and_nothing_unnamed(owed: Assessment) -> None:
    with pytest.raises(DomainError, match="写明"):
        add_evidence(assessment=owed, upload=pdf(), label=" ", actor=owed.person)
    with pytest.raises(DomainError, match="没有这项材料"):
        add_evidence(assessment=owed, upload=pdf(), label="x", material="licence_copy", actor=owed.person)
    with pytest.raises(DomainError, match="格式不支持"):
        add_evidence(assessment=owed, upload=pdf("a.exe"), label="程序", actor=owed.person)
    made = add_evidence(assessment=owed, upload=pdf(), label="带徒协议", actor=owed.person)
    assert made.attachment.holder_id == owed.station.unit_id
    remove_evidence(evidence=made, actor=owed.person)
    assert not owed.evidence.exists()
    assert not Attachment.objects.exists()
    assert [e.action for e in LogEntry.history_of(owed)][-2:] == [
        "assessments.add_evidence",
        "assessments.remove_evidence",
    ]


@pytest.mark.parametrize("world", ["yantai"], indirect=True)
def test_yantai_the_report_hands_in_the_assessment_of_the_year(world: World) -> None:
    station = build_station(world, designated_on="2019-06-03")
    written, judged = assessment_of(station, 2020, Kind.REPORT), assessment_of(station, 2020)
    world.at("2019-12-31")
    fill(station, written)
    with pytest.raises(DomainError, match="自 2020年1月1日 起受理"):
        submit_report(assessment=written, pledge=True, actor=station.person)
    world.at("2020-03-10")
    with pytest.raises(DomainError, match="以年度报告为准"):
        save(judged, station.person)
    submit_report(assessment=written, pledge=True, actor=station.person)
    judged.refresh_from_db()
    assert (written.state, judged.state, judged.narratives) == ("reported", "reported", written.narratives)
    return_report(assessment=judged, reason="计划缺少目标", actor=world.people["reviewer"])
    written.refresh_from_db()
    assert (written.state, judged.state) == ("returned", "returned")
    submit_report(assessment=written, pledge=True, actor=station.person)
    judged.refresh_from_db()
    assert judged.state == "reported"


@pytest.mark.parametrize("world", ["shenzhen"], indirect=True)
def test_a_figure_is_required_only_where_the_profile_says_so(world: World) -> None:
    station = build_station(world, designated_on="2017-06-01")
    filing = assessment_of(station, 2018, Kind.FILING)
    world.at("2018-02-01")
    fill(station, filing, school_enterprise=False, teachers=None, trainees_ge_12m_qualified=None)
    submit_report(assessment=filing, pledge=True, actor=station.person)
    other = build_station(world, designated_on="2018-02-01")
    filing = assessment_of(other, 2019, Kind.FILING)
    world.at("2019-02-01")
    fill(other, filing, school_enterprise=True, teachers=None)
    with pytest.raises(InputRefused) as refused:
        submit_report(assessment=filing, pledge=True, actor=other.person)
    assert [p.path for p in refused.value.problems] == ["facts.teachers"]


def test_infected_evidence_is_not_handed_in(owed: Assessment) -> None:
    fill(owed.station, owed)
    made = add_evidence(assessment=owed, upload=pdf(), label="带徒协议", actor=owed.person)
    Attachment.objects.filter(pk=made.attachment_id).update(
        scan_state="infected", scan_note="Eicar", scanned_at=clock.now()
    )
    with pytest.raises(InputRefused, match="“带徒协议”查出病毒，请移除后重新上传"):
        submit_report(assessment=owed, pledge=True, actor=owed.person)
    remove_evidence(evidence=made, actor=owed.person)
    submit_report(assessment=owed, pledge=True, actor=owed.person)
