"""Handing in: what is refused, what is kept, where it goes, and that time and rights are held to."""

from __future__ import annotations

import json
import time
from hashlib import sha256
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from applications.desk import stages
from applications.desk.review import return_for_correction
from applications.dossier.answers import known_facts, problems_of, route_of
from applications.enums import ApplicationState, RoundState
from applications.filing.drafting import save_draft, start_application
from applications.filing.submission import content_of, resubmit, submit, withdraw
from applications.models import Application, ApplicationVersion, Round
from applications.rounds import close_ended_rounds
from applications.views import handing_in
from core import clock
from core.acting import acts_for
from core.errors import EditConflict, InputRefused, NotAllowed, StateConflict
from core.models import LogEntry, Series
from core.web import tenant_url
from deadlines.models import Deadline, Notification
from tests.applications.filing import (
    browser_of,
    draft_of,
    filed,
    fill,
    filled,
    open_call,
    story_of,
    submitter_of,
)
from tests.world import SLUGS, World, make_jurisdiction


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_demonstration_answers_are_complete_and_reach_the_right_desk(world: World) -> None:
    application = filled(world)
    assert problems_of(application) == ()
    kinds = route_of(application).path
    submit(application=application, actor=submitter_of(world), pledged=True)
    application.refresh_from_db()
    first = stages.steps_of(application)[0]
    home = application.unit.home_authority
    year = application.round.year
    assert application.state == ApplicationState.UNDER_REVIEW
    assert application.number == f"{world.jurisdiction.short_name}申{year}-0001"
    assert (application.authority.kind, application.authority) == (first.authority, home)
    assert kinds is not None
    assert application.route == [stages.authority_for(kind, application.unit).pk for kind in kinds]
    owed = list(Deadline.objects.filter(kind="review"))
    assert [(d.bearer, d.period) for d in owed] == ([] if first.limit is None else [(home, "0")])
    told = Notification.objects.filter(title__startswith="收到新的申报").values_list("recipient", flat=True)
    assert sorted(told) == sorted(home.recipients().values_list("pk", flat=True))


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_every_unit_of_the_demonstration_lies_on_its_own_desk(world: World) -> None:
    round_ = open_call(world)
    for row in world.demo["units"]:
        application = fill(world, draft_of(world, row["key"], round_=round_), row["key"])
        submit(application=application, actor=submitter_of(world, row["key"]), pledged=True)
        assert application.authority == world.authorities[row["home"]]
    assert sorted(Application.objects.values_list("number", flat=True)) == [
        f"{world.jurisdiction.short_name}申{round_.year}-{n:04}"
        for n in range(1, len(world.demo["units"]) + 1)
    ]


def test_nothing_is_handed_in_without_the_pledge(world: World) -> None:
    application = filled(world)
    with pytest.raises(InputRefused) as refused:
        submit(application=application, actor=submitter_of(world), pledged=False)
    assert [problem.path for problem in refused.value.problems] == ["pledge"]
    application.refresh_from_db()
    assert (application.state, application.number) == (ApplicationState.DRAFT, "")


def test_an_empty_application_names_every_place(world: World) -> None:
    application = draft_of(world)
    with pytest.raises(InputRefused) as refused:
        submit(application=application, actor=submitter_of(world), pledged=True)
    paths = {problem.path for problem in refused.value.problems}
    rules = application.rules
    assert {f"narratives.{n.name}" for n in rules.narratives if n.required} <= paths
    assert {f"materials.{m.name}" for m in rules.materials if m.brought_by == "unit"} <= paths
    assert not any(path.startswith("materials.recommendation_report") for path in paths)
    assert all(problem.message for problem in refused.value.problems)


def test_a_hard_condition_that_is_not_met_refuses_with_its_clause(world: World) -> None:
    application = filled(world)
    people = application.rosters["members"]
    save_draft(
        application=application,
        actor=submitter_of(world),
        revision=application.revision,
        rosters={"members": people[:2]},
    )
    with pytest.raises(InputRefused) as refused:
        submit(application=application, actor=submitter_of(world), pledged=True)
    found = [(p.path, p.clause) for p in refused.value.problems]
    assert found == [("conditions.QS-4.1", "QS-4.1")]
    assert refused.value.problems[0].message.startswith("不符合条件，不能提交")


@pytest.mark.parametrize("world", ["yantai"], indirect=True)
def test_a_soft_condition_wants_a_reason_and_then_lets_through(world: World) -> None:
    application = filled(world)
    actor = submitter_of(world)
    save_draft(
        application=application, actor=actor, revision=application.revision, facts={"fixed_area_sqm": "86"}
    )
    assert [p.path for p in problems_of(application)] == ["reasons.fixed_area"]
    save_draft(
        application=application,
        actor=actor,
        revision=application.revision,
        narratives={"reason:fixed_area": "另有专用实训车间，产权手续办理中。"},
    )
    assert problems_of(application) == ()
    submit(application=application, actor=actor, pledged=True)
    assert application.state == ApplicationState.UNDER_REVIEW


@pytest.mark.parametrize("world", ["yantai"], indirect=True)
def test_a_route_that_contradicts_the_registered_authority_is_refused_in_words(world: World) -> None:
    application = filled(world)
    actor = submitter_of(world)
    save_draft(
        application=application,
        actor=actor,
        revision=application.revision,
        facts={"unit_affiliation": "municipal"},
    )
    (problem,) = problems_of(application)
    assert problem.path == "route"
    assert application.unit.home_authority.name in problem.message
    with pytest.raises(InputRefused):
        submit(application=application, actor=actor, pledged=True)


def test_the_kind_of_unit_is_what_the_registration_says(world: World) -> None:
    application = draft_of(world)
    save_draft(
        application=application,
        actor=submitter_of(world),
        revision=0,
        facts={"unit_type": "other", "no_such_fact": "x"},
    )
    assert application.facts == {"unit_type": "enterprise"}
    assert known_facts(application)["unit_type"] == "enterprise"


# --- time ------------------------------------------------------------------------


def test_the_last_second_is_in_time_and_the_next_is_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = filled(world)
    round_ = application.round
    closes = clock.start_of(clock.local(round_.closes_at).date())
    type(round_).objects.filter(pk=round_.pk).update(closes_at=closes)
    actor = submitter_of(world)
    last_second = closes - clock.timedelta(seconds=1)
    assert clock.local(last_second).strftime("%H:%M:%S") == "23:59:59"
    monkeypatch.setattr(clock, "began", lambda: closes)
    with pytest.raises(StateConflict), transaction.atomic():
        submit(application=Application.objects.get(), actor=actor, pledged=True)
    monkeypatch.setattr(clock, "began", lambda: last_second)
    fresh = Application.objects.get()
    submit(application=fresh, actor=actor, pledged=True)
    assert (fresh.state, fresh.submitted_at) == (ApplicationState.UNDER_REVIEW, last_second)


def test_what_began_in_time_is_taken_although_the_call_was_ended_meanwhile(world: World) -> None:
    application, actor = filled(world), submitter_of(world)
    rounds = Round.objects.filter(pk=application.round_id)
    with acts_for(RequestFactory().get("/")):
        rounds.update(closes_at=clock.began() + clock.timedelta(milliseconds=1))
        time.sleep(0.01)
        assert close_ended_rounds() == 1
        submit(application=Application.objects.get(), actor=actor, pledged=True)
    assert Application.objects.get().submitted_at < rounds.get().closes_at
    with acts_for(RequestFactory().get("/")):
        assert not rounds.get().takes_applications()
    rounds.update(state=RoundState.DECIDED, closes_at=clock.now() + clock.timedelta(days=1))
    assert not rounds.get().takes_applications()


def test_a_page_counts_from_the_beginning_of_its_request(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = filled(world)
    rounds = Round.objects.filter(pk=application.round_id)

    def late(*, application: Application, **given: Any) -> Any:
        rounds.update(closes_at=clock.began() + clock.timedelta(milliseconds=1))
        time.sleep(0.01)
        assert close_ended_rounds() == 1
        application.round.refresh_from_db()
        return submit(application=application, **given)

    monkeypatch.setattr(handing_in, "submit", late)
    browser = browser_of(submitter_of(world))
    url = tenant_url("unit:review", pk=application.pk)
    browser.post(url, {"version": application.revision, "pledge": "on"})
    assert Application.objects.get().state == ApplicationState.UNDER_REVIEW


def test_before_the_call_opens_nothing_is_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    application = filled(world)
    before = application.round.opens_at - clock.timedelta(seconds=1)
    monkeypatch.setattr(clock, "began", lambda: before)
    with pytest.raises(StateConflict):
        submit(application=application, actor=submitter_of(world), pledged=True)


def test_a_closed_round_takes_nothing(world: World) -> None:
    application = filled(world)
    world.at(clock.local(application.round.closes_at).date(), 23)
    assert close_ended_rounds() == 1
    application = Application.objects.get()
    with pytest.raises(StateConflict):
        submit(application=application, actor=submitter_of(world), pledged=True)


# --- persons ---------------------------------------------------------------------


def test_an_editor_fills_in_and_does_not_submit(world: World) -> None:
    application = filled(world)
    editor = world.people[story_of(world).row("unit")["members"][1]["key"]]
    save_draft(application=application, actor=editor, revision=application.revision, narratives={})
    with pytest.raises(NotAllowed):
        submit(application=application, actor=editor, pledged=True)


def test_a_person_of_another_unit_does_nothing_here(world: World) -> None:
    application = draft_of(world)
    story_of(world).register("second")
    stranger = submitter_of(world, "second")
    with pytest.raises(NotAllowed):
        save_draft(application=application, actor=stranger, revision=application.revision, narratives={})
    with pytest.raises(NotAllowed):
        submit(application=application, actor=stranger, pledged=True)
    with pytest.raises(NotAllowed):
        withdraw(application=application, actor=stranger)
    with pytest.raises(NotAllowed):
        start_application(round_=application.round, unit=application.unit, actor=stranger)


def test_a_unit_that_is_not_approved_starts_nothing(world: World) -> None:
    story = story_of(world)
    unit = story.register("unit", approve=False)
    with pytest.raises(StateConflict):
        start_application(round_=open_call(world), unit=unit, actor=submitter_of(world))


def test_one_application_a_round_and_another_after_withdrawal(world: World) -> None:
    application = draft_of(world)
    actor = submitter_of(world)
    with pytest.raises(StateConflict):
        start_application(round_=application.round, unit=application.unit, actor=actor)
    withdraw(application=application, actor=actor)
    again = start_application(round_=application.round, unit=application.unit, actor=actor)
    assert again.pk != application.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(state=ApplicationState.DRAFT)


def test_submitting_twice_is_refused_and_numbers_once(world: World) -> None:
    application = filed(world)
    with pytest.raises(StateConflict):
        submit(application=application, actor=submitter_of(world), pledged=True)
    assert application.versions.count() == 1
    assert Series.objects.get().last == 1


def test_a_number_that_was_rolled_back_is_given_again(world: World) -> None:
    application = filled(world)
    actor = submitter_of(world)
    before = transaction.savepoint()
    submit(application=application, actor=actor, pledged=True)
    transaction.savepoint_rollback(before)
    application = Application.objects.get()
    submit(application=application, actor=actor, pledged=True)
    assert application.number.endswith("-0001")


def test_what_was_checked_is_what_is_handed_in(world: World) -> None:
    application = filled(world)
    seen = application.revision
    save_draft(application=application, actor=submitter_of(world), revision=seen, narratives={})
    with pytest.raises(EditConflict):
        submit(application=application, actor=submitter_of(world), pledged=True, revision=seen)


# --- what is kept ----------------------------------------------------------------


def test_the_version_holds_everything_and_its_digest(world: World) -> None:
    application = filed(world)
    version = application.versions.get()
    canonical = json.dumps(version.content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert version.digest == sha256(canonical.encode()).hexdigest()
    assert version.content == json.loads(json.dumps(content_of(application)))
    assert version.content["facts"] == application.facts
    brought = {m["name"]: len(m["files"]) for m in version.content["materials"]}
    assert brought == {m.name: (1 if m.brought_by == "unit" else 0) for m in application.rules.materials}


def _returned(world: World) -> Application:
    application = filed(world)
    items: list[Any] = [
        {"path": "narratives.projects", "label": "承担各级项目情况", "text": "请写明立项文号"}
    ]
    return return_for_correction(
        application=application,
        items=items,
        due_on=clock.today() + clock.timedelta(days=10),
        actor=world.people["reviewer"],
    )


def test_a_correction_is_a_new_version_on_the_same_desk(world: World) -> None:
    application = _returned(world)
    actor = submitter_of(world)
    desk, number, first = application.authority, application.number, application.submitted_at
    save_draft(
        application=application,
        actor=actor,
        revision=application.revision,
        narratives={"projects": "2023年县级项目，沁工信〔2023〕8号。"},
    )
    world.at(clock.today() + clock.timedelta(days=3))
    resubmit(application=application, actor=actor, pledged=True)
    application.refresh_from_db()
    assert application.state == ApplicationState.UNDER_REVIEW
    assert (application.authority, application.number, application.submitted_at) == (desk, number, first)
    one, two = ApplicationVersion.objects.filter(application=application)
    assert one.content["narratives"]["projects"] != two.content["narratives"]["projects"]
    assert (one.ordinal, two.ordinal) == (1, 2)
    assert not Deadline.objects.filter(kind="correction", state="open").exists()


def test_a_correction_may_come_after_the_call_and_not_after_the_list(world: World) -> None:
    application = _returned(world)
    type(application.round).objects.update(state=RoundState.DECIDED)
    with pytest.raises(StateConflict):
        resubmit(application=Application.objects.get(), actor=submitter_of(world), pledged=True)
    type(application.round).objects.update(state=RoundState.CLOSED)
    world.at(clock.local(application.round.closes_at).date() + clock.timedelta(days=3))
    fresh = Application.objects.get()
    resubmit(application=fresh, actor=submitter_of(world), pledged=True)
    assert fresh.state == ApplicationState.UNDER_REVIEW


def test_what_is_under_review_cannot_be_changed_or_withdrawn(world: World) -> None:
    application = filed(world)
    actor = submitter_of(world)
    with pytest.raises(StateConflict):
        save_draft(application=application, actor=actor, revision=application.revision, narratives={})
    with pytest.raises(StateConflict):
        withdraw(application=application, actor=actor)
    with pytest.raises(StateConflict):
        resubmit(application=application, actor=actor, pledged=True)


def test_withdrawing_a_returned_application_frees_the_unit_of_its_date(world: World) -> None:
    application = _returned(world)
    withdraw(application=application, actor=submitter_of(world))
    assert application.state == ApplicationState.WITHDRAWN
    assert [d.state for d in Deadline.objects.filter(kind="correction")] == ["cancelled"]


# --- the page --------------------------------------------------------------------


def test_the_page_lists_the_problems_and_keeps_the_application(world: World) -> None:
    application = draft_of(world)
    client = browser_of(submitter_of(world))
    url = world.url(f"unit/applications/{application.pk}/review/")
    page = client.post(url, {"version": application.revision, "pledge": "on"})
    assert page.status_code == 422
    assert [p["message"] for p in page.context["problems"]] == [p.message for p in problems_of(application)]
    application.refresh_from_db()
    assert application.state == ApplicationState.DRAFT


def test_the_page_hands_in_and_shows_where_it_stands(world: World) -> None:
    application = filled(world)
    client = browser_of(submitter_of(world))
    url = world.url(f"unit/applications/{application.pk}/review/")
    unpledged = client.post(url, {"version": application.revision})
    assert (unpledged.status_code, unpledged.context["pledge_error"]) == (422, "请阅读并勾选真实性承诺")
    page = client.post(url, {"version": application.revision, "pledge": "on"}, follow=True)
    application.refresh_from_db()
    assert page.redirect_chain == [(world.url(f"unit/applications/{application.pk}/"), 302)]
    assert application.number in page.content.decode()
    assert LogEntry.history_of(application).filter(action="applications.submit").count() == 1
    again = client.post(url, {"version": application.revision, "pledge": "on"}, follow=True)
    assert again.redirect_chain == [(world.url(f"unit/applications/{application.pk}/"), 302)]
    told = f"申报已提交，编号 {application.number}，当前为“审核中”，不能修改。"
    assert [str(message) for message in again.context["messages"]] == [told]
    assert LogEntry.history_of(application).filter(action="applications.submit").count() == 1


def test_the_unit_is_told_in_whole_words(world: World) -> None:
    """The title of a round ends with what it calls for (认定申报): the sentence goes on from there."""
    application = filled(world)
    application.round.title = "2026年烟台市技师工作站认定申报"
    application.round.save(update_fields=["title"])
    submit(application=application, actor=submitter_of(world), pledged=True)
    told = Notification.objects.get(recipient=submitter_of(world), title__startswith="申报已提交")
    assert told.text == f"2026年烟台市技师工作站认定申报：材料已提交，由{application.authority.name}受理。"


def test_other_units_and_other_tenants_find_nothing(world: World) -> None:
    application = filled(world)
    story_of(world).register("second")
    own, stranger = browser_of(submitter_of(world)), browser_of(submitter_of(world, "second"))
    paths = ["", "review/", "materials/", "sections/unit/", "findings/", "withdraw/"]
    for path in paths:
        url = f"unit/applications/{application.pk}/{path}"
        assert own.get(world.url(url)).status_code == 200, path
        assert stranger.get(world.url(url)).status_code == 404, path
        assert browser_of(world.people["reviewer"]).get(world.url(url)).status_code == 404, path


def test_another_tenant_does_not_have_the_application(world: World) -> None:
    application = filled(world)
    make_jurisdiction("gaoming")
    client = browser_of(submitter_of(world))
    assert client.get(f"/gaoming/unit/applications/{application.pk}/").status_code == 404


def test_the_database_refuses_a_submission_without_pledge_or_number(world: World) -> None:
    application = filed(world)
    rows = Application.objects.filter(pk=application.pk)
    for wrong in ({"pledged_at": None}, {"number": ""}, {"authority": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)


def test_after_the_call_nothing_is_started(world: World) -> None:
    round_ = open_call(world)
    unit = story_of(world).register("unit")
    world.at(clock.local(round_.closes_at).date() + clock.timedelta(days=1))
    with pytest.raises(StateConflict, match="本批次现在不接受申报"):
        start_application(round_=round_, unit=unit, actor=submitter_of(world))
