"""The list."""

import pytest

from applications.desk.checking import judge
from applications.desk.review import return_for_correction
from applications.enums import ApplicationState, RoundState
from applications.models import Application
from applications.rounds import close_ended_rounds
from applications.selection.decision import Choice, decide_round, not_select, propose
from core.errors import DomainError, InputRefused, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from deadlines.models import Notification
from panels.enums import Verdict
from tests.applications.builders import Play
from tests.applications.test_review import ITEM
from tests.world import SLUGS

AGAINST = (Verdict.OPPOSE, Verdict.OPPOSE, Verdict.RECOMMEND)
DIVIDED = (Verdict.OPPOSE, Verdict.RECOMMEND)


@pytest.fixture
def play(world):
    return Play(world)


def reload(*objects):
    for one in objects:
        one.refresh_from_db()
    return objects


def test_the_list_is_fixed_in_one_act(play):
    first, second = play.evaluated("unit", "second")
    Notification.objects.all().delete()
    decide_round(
        round_=play.round,
        choices={first.pk: Choice(True), second.pk: Choice(False, "名额有限，择优排后")},
        actor=play.officer,
    )
    reload(first, second, play.round)
    assert (first.state, second.state) == (ApplicationState.PROPOSED, ApplicationState.NOT_SELECTED)
    assert play.round.state == RoundState.DECIDED
    entry = LogEntry.history_of(play.round).get(action="applications.decide")
    assert entry.data == {"proposed": 1, "not_selected": 1, "rejected": 0}
    told = sorted(Notification.objects.values_list("recipient__username", "title"))
    assert told == [
        ("qs-clerk", "已列入拟认定名单"),
        ("qs-unit", "已列入拟认定名单"),
        ("qs-unit2", "未列入认定名单"),
    ]
    with pytest.raises(StateConflict):
        decide_round(round_=play.round, choices={}, actor=play.officer)


def test_one_refused_choice_keeps_the_whole_list_open(play):
    first, second = play.evaluated("unit", "second")
    with pytest.raises(InputRefused) as refused:
        decide_round(
            round_=play.round, choices={first.pk: Choice(True), second.pk: Choice(False)}, actor=play.officer
        )
    assert [problem.path for problem in refused.value.problems] == [f"reason-{second.pk}"]
    reload(first, second, play.round)
    assert {first.state, second.state} == {ApplicationState.EVALUATED}
    assert play.round.state == RoundState.CLOSED


def test_an_open_or_unmet_condition_keeps_off_the_list(play):
    (application,) = play.evaluated("unit")
    fact = "talent_mechanism_and_experience"
    for answer in (None, False):
        judge(application=application, answers={fact: answer}, actor=play.officer)
        with pytest.raises(InputRefused) as refused:
            propose(application=application, actor=play.officer)
        assert [problem.clause for problem in refused.value.problems] == ["QS-4.2"]
    judge(application=application, answers={fact: True}, actor=play.officer)
    propose(application=application, actor=play.officer)
    assert application.state == ApplicationState.PROPOSED


def test_after_review_only_the_lead_judges(play):
    (application,) = play.evaluated("unit")
    for key in ("reviewer", "reviewer2", "expert1", "publisher"):
        with pytest.raises(NotAllowed):
            judge(application=application, answers={}, actor=play.world.people[key])
    propose(application=application, actor=play.officer)
    with pytest.raises(NotAllowed):
        judge(application=application, answers={}, actor=play.officer)


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_what_the_experts_found_against_cannot_be_put_on_the_list(play):
    (application,) = play.evaluated("unit", verdicts=AGAINST)
    with pytest.raises(InputRefused) as refused:
        propose(application=application, reason="经现场复核，设备条件已补齐", actor=play.officer)
    (found,) = refused.value.problems
    assert "不符合" in found.message
    assert found.clause in gate_clauses(play.world.rules)
    assert reload(application)[0].state == ApplicationState.EVALUATED


def gate_clauses(rules):
    """Those of the rules that ask for the experts' word."""
    return {
        clause
        for gate in rules.workflow.gates
        for rule in gate.rules
        if "expert_evaluation" in str(rule)
        for clause in rule.clauses
    }


def test_where_the_experts_are_divided_the_list_needs_a_reason(play):
    del play.world.experts["expert3"]
    (application,) = play.evaluated("unit", verdicts=DIVIDED)
    with pytest.raises(ReasonRequired) as refused:
        propose(application=application, actor=play.officer)
    assert refused.value.path == "reason"
    propose(application=application, reason="经现场复核，设备条件已补齐", actor=play.officer)
    entry = LogEntry.history_of(application).get(action="applications.propose")
    assert entry.data["outcome"]["verdict"] == "tied"


def test_who_decides_and_when(play):
    (application,) = play.evaluated("unit")
    for key in ("reviewer", "publisher", "expert1", "auditor"):
        actor = play.world.people[key]
        with pytest.raises(NotAllowed):
            propose(application=application, actor=actor)
        with pytest.raises(NotAllowed):
            not_select(application=application, reason="x", actor=actor)
        with pytest.raises(NotAllowed):
            decide_round(round_=play.round, choices={}, actor=actor)
    not_select(application=application, reason="x", actor=play.officer)
    for verb in (propose, not_select):
        with pytest.raises(StateConflict):
            verb(application=application, reason="y", actor=play.officer)


def test_the_list_waits_for_the_end_of_the_call(play):
    application = play.reviewed("unit")
    with pytest.raises(StateConflict):
        decide_round(round_=play.round, choices={}, actor=play.officer)
    assert application.round.state == RoundState.OPEN


def test_the_list_waits_for_every_application_on_its_way(play):
    on_desk = play.submitted("second")
    play.evaluated("unit")
    done = Application.objects.get(state=ApplicationState.EVALUATED)
    with pytest.raises(DomainError) as refused:
        decide_round(round_=play.round, choices={done.pk: Choice(True)}, actor=play.officer)
    assert on_desk.unit.name in str(refused.value)
    reload(done, play.round)
    assert (done.state, play.round.state) == (ApplicationState.EVALUATED, RoundState.CLOSED)


def test_a_correction_may_still_come_until_its_day(play):
    returned = play.submitted("second")
    (done,) = play.evaluated("unit")
    last_day = play.world.demo["round"]["closes"]
    day = type(play.round.closes_at.date()).fromisoformat(f"{str(last_day)[:4]}-05-10")
    return_for_correction(application=returned, items=[ITEM], due_on=day, actor=play.reviewer(returned))
    with pytest.raises(DomainError):
        decide_round(round_=play.round, choices={done.pk: Choice(True)}, actor=play.officer)
    play.world.at("2024-05-11")
    decide_round(round_=play.round, choices={done.pk: Choice(True)}, actor=play.officer)
    assert reload(play.round)[0].state == RoundState.DECIDED


def test_an_application_of_another_round_is_not_on_this_list(play):
    (application,) = play.evaluated("unit")
    other = play.story.open_round(years_later=1)
    play.world.at("2025-05-02")
    close_ended_rounds()
    other.refresh_from_db()
    with pytest.raises(InputRefused):
        decide_round(round_=other, choices={application.pk: Choice(True)}, actor=play.officer)
    assert reload(application)[0].state == ApplicationState.EVALUATED
