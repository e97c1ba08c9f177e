"""Which steps an application takes, whose desk each is, what date it opens, and what the unit is told."""

from __future__ import annotations

import pytest

from applications.desk import stages
from applications.desk.review import reject, return_for_correction
from applications.desk.stages import authority_for, current_step, last_day_of, open_stage, steps_of
from applications.enums import ApplicationState
from applications.filing.submission import submit
from applications.filing.tracking import corrections_of, stepper_of, timeline_of, with_whom
from applications.models import Application
from config.demo_story import Story
from core import clock
from core.errors import DomainError
from core.models import LogEntry
from core.web import tenant_url
from deadlines.models import Deadline
from jurisdictions.engine import Limit, due_after, stage_start
from jurisdictions.models import Authority
from jurisdictions.versions import work_calendar
from tests.applications.filing import browser_of, draft_of, filed, filled, story_of, submitter_of
from tests.world import SLUGS, World


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_steps_are_the_profiles_for_the_route(world: World) -> None:
    application = filled(world)
    before = steps_of(application)
    submit(application=application, actor=submitter_of(world), pledged=True)
    assert steps_of(application) == before
    assert current_step(application) == before[0]
    kinds = {stage.kind for stage in application.rules.stages}
    assert {step.kind for step in before} <= kinds - {"filing"}


@pytest.mark.parametrize("world", ["yantai"], indirect=True)
def test_without_a_route_there_are_no_steps_yet(world: World) -> None:
    application = draft_of(world)
    assert steps_of(application) == ()
    with pytest.raises(DomainError, match="办理路径尚未确定"):
        current_step(application)


@pytest.mark.parametrize("world", ["yantai"], indirect=True)
def test_the_authority_is_the_units_own_or_the_only_one(world: World) -> None:
    unit = story_of(world).register("third")
    assert authority_for("county_hrss", unit) == world.authorities["fushan"]
    assert authority_for("city_hrss", unit) == world.lead
    Authority.objects.create(kind="competent_department", name="烟台市交通运输局", short_name="市交通局")
    with pytest.raises(DomainError, match="有多个"):
        authority_for("competent_department", unit)
    with pytest.raises(DomainError, match="尚未在系统登记"):
        authority_for("studio_office", unit)


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_a_review_has_a_date_where_the_text_sets_a_limit_and_none_else(world: World) -> None:
    application = filed(world)
    step = current_step(application)
    found = Deadline.objects.filter(subject_id=application.pk, kind=stages.REVIEW).first()
    if step.limit is None:
        assert found is None
    else:
        assert found is not None
        due = due_after(step.limit, clock.today(), work_calendar())
        assert (found.due_on, found.bearer, found.provisional) == (
            due.on,
            application.authority,
            due.provisional,
        )
        assert (found.clause, found.period) == (step.limit.clause or step.clause, "0")
        assert found.url == tenant_url("desk:file", pk=application.pk)


def test_a_limit_that_counts_from_the_calls_end_begins_there(world: World) -> None:
    application = filled(world)
    first = application.rules.stages[0]
    limited = first.model_copy(update={"limit": Limit(working_days=5, starts="call_deadline")})
    rules = application.rules.model_copy(update={"stages": (limited, *application.rules.stages[1:])})
    end = last_day_of(application.round)
    late = end + clock.timedelta(days=9)
    for received, begins in ((clock.today(), end), (late, late)):
        assert stage_start(rules, first.name, received=received, call_deadline=end) == begins


def test_a_round_that_closes_at_midnight_ends_the_day_before(world: World) -> None:
    round_ = draft_of(world).round
    round_.closes_at = clock.start_of(clock.today())
    assert last_day_of(round_) == clock.today() - clock.timedelta(days=1)


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_opening_a_stage_again_moves_its_date_and_makes_no_second(world: World) -> None:
    application = filed(world)
    first = Deadline.objects.get(kind=stages.REVIEW)
    world.at(clock.today() + clock.timedelta(days=7))
    changes = open_stage(application, 0)
    assert changes == {"authority": application.authority, "stage": 0}
    second = Deadline.objects.get(kind=stages.REVIEW)
    assert (second.pk, second.due_on > first.due_on) == (first.pk, True)


# --- what the unit is told -------------------------------------------------------


def test_the_stepper_says_where_it_stands_and_who_has_it(world: World) -> None:
    application = filed(world)
    shown = stepper_of(application)
    assert [step["state"] for step in shown] == ["done", "current", *["todo"] * (len(shown) - 2)]
    assert shown[1]["who"] == application.authority.short_name
    assert with_whom(application) == application.authority.name


def test_a_return_stands_with_the_unit_and_its_points_are_shown(world: World) -> None:
    application = filed(world)
    items = [{"path": "facts.employees_total", "label": "员工总人数", "text": "与社保人数不符"}]
    due = clock.today() + clock.timedelta(days=5)
    return_for_correction(application=application, items=items, due_on=due, actor=world.people["reviewer"])
    shown = stepper_of(application)
    assert (shown[1]["state"], shown[1]["word"], shown[1]["due_on"]) == ("current", "待补正", due)
    assert with_whom(application) == "本单位"
    assert corrections_of(application) == items
    client = browser_of(submitter_of(world))
    page = client.get(world.url(f"unit/applications/{application.pk}/"))
    assert [c["text"] for c in page.context["corrections"]] == ["与社保人数不符"]
    section = client.get(world.url(f"unit/applications/{application.pk}/sections/unit/"))
    assert "补正要求：与社保人数不符" in section.content.decode()
    elsewhere = client.get(world.url(f"unit/applications/{application.pk}/sections/plan/"))
    assert "补正要求" not in elsewhere.content.decode()


def test_a_refusal_is_shown_with_its_reason_and_clause(world: World) -> None:
    application = filed(world)
    reject(
        application=application,
        reason="不在本县注册",
        clause="QS-4.0",
        although_met=True,
        actor=world.people["reviewer"],
    )
    assert stepper_of(application)[1]["word"] == ApplicationState.REJECTED.label
    newest = timeline_of(application)[0]
    assert (newest["title"], newest["text"], newest["clause"]) == ("不予通过", "不在本县注册", "QS-4.0")
    assert newest["who"] == application.authority.short_name


def test_the_timeline_tells_neither_notes_nor_names_of_staff(world: World) -> None:
    application = filed(world)
    LogEntry.record(
        application,
        action="applications.judge",
        label="评判条件",
        actor=world.people["reviewer"],
        at=clock.now(),
        reason="内部意见：材料存疑",
    )
    LogEntry.record(
        application,
        action="applications.send_to_panel",
        label="提交专家组",
        actor=world.people["officer"],
        at=clock.now(),
        reason="马志远、侯秀英、樊永刚",
    )
    text = str(timeline_of(application))
    staff = [str(person) for key, person in world.people.items() if key in ("reviewer", "officer", "expert1")]
    assert "内部意见" not in text
    assert not [name for name in staff if name in text]
    page = browser_of(submitter_of(world)).get(world.url(f"unit/applications/{application.pk}/"))
    assert not [name for name in staff if name in page.content.decode()]


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_the_whole_way_ends_with_every_step_done(world: World) -> None:
    story: Story = story_of(world)
    story.register("unit")
    round_ = story.open_round()
    world.at(clock.local(round_.opens_at).date(), 10)
    application = story.apply("unit", round_)
    story.review("unit", application)
    story.decide(round_, [application])
    story.designate(round_)
    application = Application.objects.get(pk=application.pk)
    assert application.state == ApplicationState.DESIGNATED
    assert {step["state"] for step in stepper_of(application)} == {"done"}
    home = browser_of(submitter_of(world)).get(world.url("unit/"))
    assert home.status_code == 200
    names = [str(expert.user) for expert in world.experts.values()]
    page = browser_of(submitter_of(world)).get(world.url(f"unit/applications/{application.pk}/"))
    assert not [name for name in names if name in page.content.decode()]
