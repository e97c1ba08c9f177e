"""The desk: materials one by one, judgements, and the three decisions."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from applications.desk.checking import (
    MaterialFound,
    check_material,
    checks_of,
    confirm_checks,
    judge,
    judged_facts,
    record_checklist,
    unclear_route,
)
from applications.desk.grounds import grounds_of
from applications.desk.inquiring import record_findings
from applications.desk.review import forward, obstacles, problem_items, reject, return_for_correction
from applications.dossier.answers import findings_of
from applications.enums import ApplicationState, Decision, MaterialCheck, StageCheck
from applications.filing import drafting
from applications.filing.changes import correction_of
from applications.filing.submission import CORRECTION, resubmit
from applications.models import Application, Opinion
from config.demo_story import SAMPLE, nothing_found
from core.errors import DomainError, InputRefused, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from deadlines.models import Deadline, Notification
from deadlines.owing import open_deadline
from jurisdictions.engine import bundled_profiles, load_profile
from tests.applications.builders import Play
from tests.browsing import signed_in, text_of

ITEM = {"path": "materials.application_report", "label": "申请报告", "text": "缺少建站设想一章"}


@pytest.fixture
def play(world):
    return Play(world)


@pytest.fixture
def application(play):
    return play.submitted()


@pytest.fixture
def reviewer(play, application):
    return play.reviewer(application)


def bring(application, actor):
    for material in application.rules.materials:
        if material.brought_by == "first_pass":
            upload = SimpleUploadedFile("报告.pdf", SAMPLE.read_bytes(), "application/pdf")
            drafting.add_material_file(
                application=application, name=material.name, upload=upload, actor=actor
            )


def check_all(application, actor):
    record_findings(application=application, found=nothing_found(application), overrides={}, actor=actor)
    for row in application.materials.all():
        if row.files.exists():
            check_material(material=row, state=MaterialCheck.ACCEPTED, original_seen=True, actor=actor)


def material(application, name):
    return application.materials.get(name=name)


def paths(problems):
    return sorted(problem.path for problem in problems)


def test_every_check_of_the_bundled_profiles_has_words():
    names = {n for path in bundled_profiles() for stage in load_profile(path).stages for n in stage.checks}
    assert names <= set(StageCheck.values)


def test_nothing_passes_until_every_material_is_checked(application, reviewer):
    materials = application.rules.materials
    open_ = sorted(["bars.similar_team", *(f"materials.{m.name}" for m in materials)])
    assert paths(obstacles(application)) == open_
    with pytest.raises(InputRefused) as refused:
        forward(application=application, text="同意", actor=reviewer)
    assert paths(refused.value.problems) == open_
    check_all(application, reviewer)
    # The recommendation is the desk's own to bring.
    assert paths(obstacles(application)) == ["materials.recommendation_report"]
    bring(application, reviewer)
    assert obstacles(application) == ()
    row = material(application, "application_report")
    check_material(material=row, state=MaterialCheck.PROBLEM, note="页码不全", actor=reviewer)
    assert paths(obstacles(application)) == ["materials.application_report"]
    application.refresh_from_db()
    assert application.state == ApplicationState.UNDER_REVIEW
    assert not Opinion.objects.exists()


def test_a_problem_says_what_is_wrong(application, reviewer):
    row = material(application, "licence_copy")
    with pytest.raises(ReasonRequired) as refused:
        check_material(material=row, state=MaterialCheck.PROBLEM, note=" ", actor=reviewer)
    assert refused.value.path == "note"
    check_material(material=row, state=MaterialCheck.PROBLEM, note="复印件模糊", actor=reviewer)
    entry = LogEntry.history_of(application).get(action="applications.check_material")
    assert (entry.reason, entry.data["from"], entry.data["to"]) == ("复印件模糊", "unchecked", "problem")


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_an_original_that_was_not_seen_is_not_accepted(application, reviewer):
    row = material(application, "legal_registration")
    with pytest.raises(DomainError) as refused:
        check_material(material=row, state=MaterialCheck.ACCEPTED, actor=reviewer)
    assert (refused.value.path, refused.value.clause) == ("original_seen", "GM-5.4a")
    check_material(material=row, state=MaterialCheck.ACCEPTED, original_seen=True, actor=reviewer)
    row.refresh_from_db()
    assert (row.check_state, row.original_seen) == (MaterialCheck.ACCEPTED, True)


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_what_the_stage_must_confirm_holds_the_file_back(play, application, reviewer):
    check_all(application, reviewer)
    checks = ["originals_checked", "copies_marked_and_sealed", "copies", "bound_in_order"]
    assert set(checks) == set(checks_of(application))
    checks = list(checks_of(application))
    assert paths(obstacles(application)) == sorted(f"checks.{name}" for name in checks)
    confirm_checks(application=application, confirmed=[*checks[:-1], "invented"], actor=reviewer)
    application.refresh_from_db()
    assert application.checks == {"formal_review": checks[:-1]}
    assert paths(obstacles(application)) == [f"checks.{checks[-1]}"]
    confirm_checks(application=application, confirmed=checks, actor=reviewer)
    forward(application=application, text="同意", actor=reviewer)
    # The recheck confirms for itself what its own stage asks: here nothing.
    assert obstacles(application) == ()
    assert application.authority == play.world.lead


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_seven_working_days_and_seven_more(play, application, reviewer):
    # Handed in on Monday 2022-03-07: 8 to 16 March are seven working days.
    first = open_deadline(application, "review", "0")
    assert (first.due_on, first.bearer, first.clause) == (date(2022, 3, 16), application.authority, "GM-6.1")
    play.world.at("2022-03-14")
    play.story.review("unit", application)
    states = dict(Deadline.objects.filter(kind="review").values_list("period", "state"))
    assert states == {"0": "met", "1": "met"}
    panel = open_deadline(application, "panel")
    # 15 March is the first; the Saturday 2 April, worked before Qingming, is the fifteenth.
    assert (panel.due_on, panel.bearer, panel.clause) == (date(2022, 4, 2), play.world.lead, "GM-6.3")


def test_judgements_are_kept_with_who_and_what_before(application, reviewer):
    names = [fact.name for fact in judged_facts(application)]
    assert len(names) == 5
    judge(application=application, answers={names[0]: True, names[1]: False}, actor=reviewer)
    judge(application=application, answers={names[1]: None}, actor=reviewer)
    application.refresh_from_db()
    assert application.judgements == {names[0]: True}
    entries = LogEntry.history_of(application).filter(action="applications.judge")
    assert [e.data["changed"] for e in entries] == [
        {names[0]: [None, True], names[1]: [None, False]},
        {names[1]: [False, None]},
    ]
    assert {e.actor for e in entries} == {reviewer}
    with pytest.raises(DomainError):
        judge(application=application, answers={"registered_in_county": False}, actor=reviewer)


def test_a_condition_judged_unmet_blocks_and_an_open_one_does_not(application, reviewer):
    check_all(application, reviewer)
    bring(application, reviewer)
    assert {f.outcome for f in findings_of(application).findings} == {"met", "judged"}
    fact = judged_facts(application)[0]
    judge(application=application, answers={fact.name: False}, actor=reviewer)
    (problem,) = obstacles(application)
    assert (problem.path, problem.clause) == ("conditions.QS-4.2", "QS-4.2")
    judge(application=application, answers={fact.name: None}, actor=reviewer)
    forward(application=application, text="同意推荐", actor=reviewer)
    application.refresh_from_db()
    assert application.state == ApplicationState.AWAITING_PANEL


def test_a_figure_below_the_threshold_blocks(application, reviewer):
    check_all(application, reviewer)
    bring(application, reviewer)
    Application.objects.filter(pk=application.pk).update(rosters={"members": []})
    application.refresh_from_db()
    assert "QS-4.1" in {problem.clause for problem in obstacles(application)}
    with pytest.raises(InputRefused):
        forward(application=application, text="同意", actor=reviewer)


def test_forwarding_needs_words(application, reviewer):
    check_all(application, reviewer)
    bring(application, reviewer)
    with pytest.raises(ReasonRequired) as refused:
        forward(application=application, text="  ", actor=reviewer)
    assert refused.value.path == "text"


def test_who_forwards_and_who_is_told(play, application, reviewer):
    check_all(application, reviewer)
    bring(application, reviewer)
    strangers = ["reviewer2", "officer", "expert1", "publisher", "maker"]
    for actor in [*(play.world.people[key] for key in strangers), play.submitter()]:
        for verb in (forward, judge):
            arguments = {"text": "同意"} if verb is forward else {"answers": {}}
            with pytest.raises(NotAllowed):
                verb(application=application, actor=actor, **arguments)
        row = material(application, "licence_copy")
        with pytest.raises(NotAllowed):
            check_material(material=row, state=MaterialCheck.PROBLEM, note="x", actor=actor)
    Notification.objects.all().delete()
    forward(application=application, text="同意推荐", actor=reviewer)
    told = Notification.objects.order_by("recipient__username").values_list("recipient__username", "title")
    assert sorted(told) == [
        ("qs-clerk", "已通过行业主管部门初审"),
        ("qs-officer", "待组织专家评审：沁水县沁河煤机制造有限公司"),
        ("qs-officer2", "待组织专家评审：沁水县沁河煤机制造有限公司"),
        ("qs-unit", "已通过行业主管部门初审"),
    ]
    opinion = Opinion.objects.get()
    assert (opinion.author, opinion.decision, opinion.stage, opinion.text) == (
        reviewer,
        Decision.FORWARD,
        0,
        "同意推荐",
    )
    assert opinion.authority == play.world.authorities["industry"]


def test_a_second_decision_from_an_old_page_is_refused(play, application, reviewer):
    check_all(application, reviewer)
    bring(application, reviewer)
    forward(application=application, text="同意", actor=reviewer)
    for call in (
        lambda: forward(application=application, text="同意", actor=reviewer),
        lambda: reject(application=application, reason="x", clause="QS-4.1", actor=reviewer),
        lambda: return_for_correction(
            application=application, items=[ITEM], due_on=date(2024, 4, 1), actor=reviewer
        ),
        lambda: check_material(
            material=material(application, "licence_copy"),
            state=MaterialCheck.PROBLEM,
            note="x",
            actor=reviewer,
        ),
    ):
        with pytest.raises(StateConflict):
            call()


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_the_stage_that_the_page_showed_must_be_the_present_one(play, application):
    officer = play.officer
    play.story.review("unit", application)
    Application.objects.filter(pk=application.pk).update(state=ApplicationState.UNDER_REVIEW, stage=1)
    application.refresh_from_db()
    with pytest.raises(StateConflict):
        forward(application=application, text="同意", actor=officer, stage=0)


def test_a_return_names_each_point_and_a_day(play, application, reviewer):
    row = material(application, "application_report")
    check_material(material=row, state=MaterialCheck.PROBLEM, note=ITEM["text"], actor=reviewer)
    assert problem_items(application) == [ITEM]
    day = date(2024, 3, 18)
    with pytest.raises(DomainError) as refused:
        return_for_correction(application=application, items=[], due_on=day, actor=reviewer)
    assert refused.value.path == "items"
    with pytest.raises(DomainError):
        return_for_correction(
            application=application, items=[ITEM | {"text": " "}], due_on=day, actor=reviewer
        )
    with pytest.raises(DomainError) as refused:
        return_for_correction(application=application, items=[ITEM], due_on=date(2024, 3, 1), actor=reviewer)
    assert refused.value.path == "due_on"
    # A mistyped year would hold the round's list up for good.
    with pytest.raises(DomainError) as refused:
        return_for_correction(
            application=application, items=[ITEM], due_on=date(9999, 12, 31), actor=reviewer
        )
    assert refused.value.path == "due_on"
    Notification.objects.all().delete()
    return_for_correction(application=application, items=[ITEM], due_on=day, text="请尽快", actor=reviewer)
    application.refresh_from_db()
    assert application.state == ApplicationState.RETURNED
    opinion = Opinion.objects.get()
    assert (opinion.decision, opinion.items, opinion.text) == (Decision.RETURN, [ITEM], "请尽快")
    owed = open_deadline(application, CORRECTION, "0")
    assert (owed.due_on, owed.bearer, owed.rungs) == (day, application.unit, [4, 0])
    assert open_deadline(application, "review", "0") is None
    assert sorted(Notification.objects.values_list("recipient__username", flat=True)) == [
        "qs-clerk",
        "qs-unit",
    ]
    assert ITEM["text"] in Notification.objects.first().text

    submitter = play.submitter()
    resubmit(application=application, pledged=True, actor=submitter)
    assert application.state == ApplicationState.UNDER_REVIEW
    assert open_deadline(application, CORRECTION, "0") is None
    assert play.reviewer(application) == reviewer


def test_a_refusal_has_reason_and_clause(application, reviewer):
    with pytest.raises(ReasonRequired):
        reject(application=application, reason=" ", clause="QS-4.1", actor=reviewer)
    for clause in ("", "QS-9.3", "YT-5.1"):
        with pytest.raises(DomainError) as refused:
            reject(application=application, reason="人数不足", clause=clause, actor=reviewer)
        assert refused.value.path == "clause"
    assert not Opinion.objects.exists()
    Notification.objects.all().delete()
    reject(application=application, reason="人数不足", clause="QS-4.1", although_met=True, actor=reviewer)
    application.refresh_from_db()
    assert application.state == ApplicationState.REJECTED
    opinion = Opinion.objects.get()
    assert (opinion.decision, opinion.clause, opinion.text) == (Decision.REJECT, "QS-4.1", "人数不足")
    text = Notification.objects.first().text
    assert "人数不足" in text
    assert "第四条（一）" in text


def returned(application, reviewer):
    """The report is wanting; the licence was found right, with a word."""
    for name, state, note in (
        ("application_report", MaterialCheck.PROBLEM, "缺少建站设想一章"),
        ("licence_copy", MaterialCheck.ACCEPTED, "原件已当场退还"),
    ):
        check_material(
            material=material(application, name), state=state, note=note, original_seen=True, actor=reviewer
        )
    items = [ITEM, {"path": "facts.trade", "label": "工种", "text": "写明具体工种"}]
    return_for_correction(application=application, items=items, due_on=date(2024, 4, 1), actor=reviewer)


def test_a_correction_comes_back_without_the_old_note(play, application, reviewer):
    returned(application, reviewer)
    resubmit(application=application, pledged=True, actor=play.submitter())
    rows = {row.name: (row.check_state, row.note) for row in application.materials.all()}
    assert rows["application_report"] == ("unchecked", "")
    assert rows["licence_copy"] == ("accepted", "原件已当场退还")
    assert "materials.application_report" in paths(obstacles(application))


def test_what_a_correction_changed_is_told_point_by_point(play, application, reviewer):
    assert correction_of(application) is None
    returned(application, reviewer)
    unit = play.submitter()
    review = play.world.url(f"unit/applications/{application.pk}/review/")
    browser = Client()
    browser.force_login(unit)
    assert "下列 2 项补正要求" in text_of(browser, review)
    drafting.save_draft(
        application=application,
        actor=unit,
        revision=application.revision,
        facts={"trade": "矿山机械装配"},
        narratives={"equipment": "数控车床12台。"},
    )
    assert [point.path for point in correction_of(application).untouched] == ["materials.application_report"]
    assert "下列 1 项补正要求" in text_of(browser, review)
    resubmit(application=application, pledged=True, actor=unit)
    found = correction_of(application)
    assert [(point.path, point.changed) for point in found.points] == [
        ("materials.application_report", False),
        ("facts.trade", True),
    ]
    label = next(n.label for n in application.rules.narratives if n.name == "equipment")
    assert found.besides == (label,)
    page = text_of(signed_in(play.world, "reviewer"), play.world.url(f"desk/files/{application.pk}/"))
    assert "没有改动" in page
    assert f"补正要求以外还改动了：{label}" in page


def test_a_note_of_what_was_wrong_goes_with_the_problem(application, reviewer):
    row = material(application, "licence_copy")
    check_material(material=row, state=MaterialCheck.PROBLEM, note="复印件模糊", actor=reviewer)
    check_material(material=row, state=MaterialCheck.ACCEPTED, note="复印件模糊", actor=reviewer)
    row.refresh_from_db()
    assert (row.check_state, row.note) == (MaterialCheck.ACCEPTED, "")
    check_material(material=row, state=MaterialCheck.PROBLEM, note="复印件模糊", actor=reviewer)
    check_material(material=row, state=MaterialCheck.ACCEPTED, note="原件清晰", actor=reviewer)
    row.refresh_from_db()
    assert row.note == "原件清晰"


def test_a_condition_found_met_carries_no_refusal_by_mistake(application, reviewer):
    assert {ground.clause for ground in grounds_of(application) if ground.met} >= {"QS-4.1"}
    with pytest.raises(DomainError) as refused:
        reject(application=application, reason="人数不足", clause="QS-4.1", actor=reviewer)
    assert refused.value.path == "although_met"
    fact = judged_facts(application)[0]
    judge(application=application, answers={fact.name: False}, actor=reviewer)
    ground = next(ground for ground in grounds_of(application) if ground.clause == "QS-4.2")
    assert not ground.met
    reject(application=application, reason="不具备条件", clause="QS-4.2", actor=reviewer)
    assert application.state == ApplicationState.REJECTED


@pytest.mark.parametrize("world", ["qinshui", "yantai", "gaoming", "wenzhou", "shenzhen"], indirect=True)
def test_only_what_is_asked_of_this_unit_and_binding_carries_a_refusal(application, reviewer):
    rules, findings = application.rules, findings_of(application).findings
    clauses = {ground.clause for ground in grounds_of(application)}
    binding = {finding.clause for finding in findings if finding.force == "hard"}
    assert clauses == binding | {material.clause for material in rules.materials}
    left_out = {condition.clause for condition in rules.conditions} - clauses
    asked = {finding.clause for finding in findings}
    soft = {condition.clause for condition in rules.conditions if condition.force == "soft"}
    assert left_out <= soft | ({condition.clause for condition in rules.conditions} - asked)
    for clause in sorted(left_out):
        with pytest.raises(DomainError) as refused:
            reject(application=application, reason="不符合", clause=clause, actor=reviewer)
        assert refused.value.path == "clause"


def only_by_registration(world, application):
    """A private unit of no affiliation, for which the text of Wenzhou does not name a desk."""
    application.facts = {**application.facts, "affiliation": "none_private_city_registered"}
    application.save(update_fields=["facts"])


@pytest.mark.parametrize("world", ["wenzhou"], indirect=True)
def test_a_route_that_the_text_leaves_open_is_confirmed_at_the_first_desk(play, application, reviewer):
    check_all(application, reviewer)
    confirm_checks(application=application, confirmed=checks_of(application), actor=reviewer)
    assert "checks.route_confirmed" not in paths(obstacles(application))
    only_by_registration(play.world, application)
    assert "checks.route_confirmed" in paths(obstacles(application))
    with pytest.raises(InputRefused, match="核实由本部门受理"):
        forward(application=application, text="同意", actor=reviewer)
    assert unclear_route(application) is not None
    play.story.review("unit", application)
    # No later desk is asked again.
    application.stage = 1
    assert unclear_route(application) is None
    assert application.checks["local_or_department_review"][-1] == "route_confirmed"
    assert [name for name, done in application.checks.items() if "route_confirmed" in done] == [
        "local_or_department_review"
    ]


@pytest.mark.parametrize("world", ["wenzhou"], indirect=True)
def test_the_first_desk_reads_why_it_is_asked(play, application, reviewer):
    only_by_registration(play.world, application)
    desk = signed_in(play.world, "reviewer")
    page = text_of(desk, play.world.url(f"desk/files/{application.pk}/"))
    assert "文件未明确此类单位，须人工确认" in page
    assert 'name="check-route_confirmed"' in page


def test_a_checklist_is_kept_whole_or_not_at_all(application, reviewer):
    good = MaterialFound(MaterialCheck.ACCEPTED)
    bad = MaterialFound(MaterialCheck.PROBLEM)
    name = judged_facts(application)[0].name
    keep = {"application": application, "confirmed": [], "judgements": {name: True}, "actor": reviewer}
    with pytest.raises(InputRefused) as refused:
        record_checklist(materials={"licence_copy": good, "application_form": bad}, **keep)
    assert paths(refused.value.problems) == ["material-application_form-note"]
    application.refresh_from_db()
    assert application.judgements == {}
    assert set(application.materials.values_list("check_state", flat=True)) == {"unchecked"}
    record_checklist(materials={"licence_copy": good}, **keep)
    record_checklist(materials={"licence_copy": good}, **keep)
    application.refresh_from_db()
    assert application.judgements == {name: True}
    # Saying the same twice is no second act.
    assert LogEntry.history_of(application).filter(action="applications.check_material").count() == 1


@pytest.mark.parametrize("world", ["qinshui"], indirect=True)
def test_a_correction_due_is_reminded_of_before_its_day(play, application, reviewer):
    day = date(2024, 3, 4) + timedelta(days=14)
    return_for_correction(application=application, items=[ITEM], due_on=day, actor=reviewer)
    # Two working days before Monday 18 March is Thursday 14 March.
    assert open_deadline(application, CORRECTION, "0").rungs == [4, 0]
