"""The past asked again under another version: what differs is told, and nothing of it changes."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from applications.dossier.team import team_of
from applications.enums import ApplicationState
from applications.models import Application
from assessments.models import Assessment
from core import clock
from core.errors import DomainError, NotAllowed, StateConflict
from funding.models import Tranche
from jurisdictions import replaying
from jurisdictions.enums import ReplayState
from jurisdictions.fixed_cases import add_case, precedent, run_cases
from jurisdictions.models import Replay
from jurisdictions.replaying import carry_on, start_replay, take_step
from tests.applications.builders import Play
from tests.assessments import acts
from tests.jurisdictions.proposals import counts, proposed, stricter
from tests.stations.builders import build_station
from tests.world import World


@pytest.fixture
def past(world: World) -> Any:
    """A unit that was designated, in the round of the demonstration."""
    return Play(world)


def found(replay: Replay, kind: str) -> list[tuple[str, str, str]]:
    return [(one.aspect, one.before, one.after) for one in replay.findings.filter(kind=kind)]


def test_an_application_that_would_have_failed(world: World, past: Play) -> None:
    """Planted bugs: the version of the round is asked twice; a change of the text is looked for elsewhere."""
    application = past.submitted()
    version = proposed(world, text=stricter(world.profile.text))
    before = counts()
    carry_on()
    assert counts() == before, "a replay writes nothing but itself"
    replay = version.replays.get()
    assert replay.state == ReplayState.DONE
    assert replay.progress["applications"] | {"last": 0} == {"total": 1, "seen": 1, "otherwise": 1, "last": 0}
    (aspect, was, now) = found(replay, "applications")[0]
    assert aspect == "申报条件"
    assert "：符合" in was
    assert now.startswith("不符合条件")
    one = replay.findings.get()
    assert (one.subject_id, one.clause) == (application.pk, "QS-4.1")
    assert application.unit.name not in one.label + one.before + one.after


def test_route_and_papers_that_would_have_been_others(world: World, past: Play) -> None:
    application = past.submitted()
    material = next(m for m in application.rules.materials if m.brought_by == "first_pass")
    text = world.profile.text.replace("brought_by: first_pass", "brought_by: unit")
    text = text.replace("path: [industry_department, county_hrss]", "path: [county_hrss]", 1)
    version = proposed(world, text=text)
    carry_on()
    told = {aspect: (was, now) for aspect, was, now in found(version.replays.get(), "applications")}
    assert [words.count("→") for words in told["申报路径"]] == [1, 0]
    assert told["申报材料"][0] == "材料齐全"
    assert material.label in told["申报材料"][1]


def test_what_would_have_shut_it_out(world: World, past: Play) -> None:
    """One of the team is of another one: fewer than half of it, but more than a tenth."""
    application = past.submitted()
    team = [member.name for member in team_of(application) if not member.is_leader]
    assert len(team) >= 2
    application.desk_facts = {"existing_county_skill_master_studio_team": [team[0], "外人"]}
    application.save()
    text = world.profile.text.replace("block_from_percent: 50", "block_from_percent: 10")
    version = proposed(world, text=text)
    before = counts()
    carry_on()
    assert counts() == before
    assert found(version.replays.get(), "applications") == [
        ("不得申报的情形", "成员组成相类同：可以申报", "成员组成相类同：不得申报")
    ]
    assert version.replays.get().findings.get().clause == "QS-5.1.5"


def test_what_a_grade_would_have_brought_about(world: World) -> None:
    """Planted bug: what the grade of the other version brings is counted on the grade that was given."""
    station = build_station(world, designated_on="2024-05-20")
    world.at("2025-03-10")
    assessment = acts.report(station, acts.assessment_of(station, 2025))
    acts.by_panel(world, [assessment], {assessment.pk: Decimal("62")})
    Assessment.objects.filter(pk=assessment.pk).update(state="final", grade="合格", finalised_at=clock.now())
    text = world.profile.text.replace("{grade: 合格, from: 60}", "{grade: 合格, from: 65}", 1)
    version = proposed(world, text=text)
    carry_on()
    (grade, brought) = found(version.replays.get(), "grades")
    assert grade == ("得分和等次", "62分，合格", "62分，不合格")
    assert brought[:2] == ("等次的后果", "没有后果")
    assert "撤销" in brought[2]


def test_the_same_rules_change_nothing(world: World, past: Play) -> None:
    past.submitted()
    version = proposed(world)
    carry_on()
    replay = version.replays.get()
    assert not replay.findings.exists()
    assert replay.progress["applications"]["seen"] == 1


def test_a_step_that_breaks_ends_the_replay_and_not_the_worker(
    world: World, past: Play, monkeypatch: Any
) -> None:
    past.submitted()
    version = proposed(world)

    def broken(*_: Any) -> Any:
        raise RuntimeError("no")

    kind = replaying.Kind("applications", "申报", replaying._kinds["applications"].subjects, broken)
    monkeypatch.setitem(replaying._kinds, "applications", kind)
    carry_on()
    assert version.replays.get().state == ReplayState.FAILED
    monkeypatch.undo()
    start_replay(version=version, actor=world.people["officer"])
    carry_on()
    assert version.replays.first().state == ReplayState.DONE


def test_steps_are_taken_one_after_another(world: World, past: Play, monkeypatch: Any) -> None:
    """Planted bug: a step does not say how far it has come."""
    for key in ("unit", "unit2"):
        if any(row["key"] == key for row in world.demo["units"]):
            past.submitted(key)
    monkeypatch.setattr(replaying, "STEP", 1)
    version = proposed(world, text=stricter(world.profile.text))
    with pytest.raises(StateConflict):
        start_replay(version=version, actor=world.people["admin"])
    steps = 0
    while take_step():
        steps += 1
        assert steps < 20
    replay = version.replays.get()
    total = replay.progress["applications"]["total"]
    assert replay.progress["applications"]["seen"] == total
    assert Counter(replay.findings.values_list("subject_id", flat=True)).most_common(1)[0][1] == 1
    assert steps == total + 1


def test_who_may_ask_for_it(world: World) -> None:
    version = proposed(world)
    carry_on()
    for key in ("security", "auditor", "reviewer", "maker"):
        with pytest.raises(NotAllowed):
            start_replay(version=version, actor=world.people[key])


def test_a_payment_that_would_have_been_another(world: World) -> None:
    station = build_station(world)
    text = world.profile.text.replace("amount_yuan: 40000", "amount_yuan: 50000", 1)
    text = text.replace("amount_yuan: 60000", "amount_yuan: 50000", 1)
    text = text.replace("percent: 40\n", "percent: 50\n", 1).replace("percent: 60\n", "percent: 50\n", 1)
    assert Tranche.objects.filter(award__station=station).count() == 2
    version = proposed(world, text=text)
    before = counts()
    carry_on()
    assert counts() == before
    rows = found(version.replays.get(), "payments")
    assert [aspect for aspect, *_ in rows] == ["第1批资金", "第2批资金"]
    assert "4.00 万元，应付" in rows[0][1]
    assert "5.00 万元，应付" in rows[0][2]


def test_a_grade_that_would_have_been_another(world: World) -> None:
    """Planted bug: grades are compared under the version that gave them."""
    stations = [build_station(world, designated_on="2024-05-20") for _ in range(2)]
    world.at("2025-03-10")
    first, second = (acts.report(station, acts.assessment_of(station, 2025)) for station in stations)
    acts.by_panel(world, [first, second], {first.pk: Decimal("92"), second.pk: Decimal("62")})
    text = world.profile.text.replace("{grade: 合格, from: 60}", "{grade: 合格, from: 65}", 1)
    version = proposed(world, text=text)
    before = counts()
    carry_on()
    assert counts() == before
    assert found(version.replays.get(), "grades") == [("得分和等次", "62分，合格", "62分，不合格")]
    assert version.replays.get().findings.get(kind="grades").subject_id == second.pk


def test_a_decision_of_the_past_becomes_a_case_without_a_name(world: World, past: Play) -> None:
    application = past.submitted()
    with pytest.raises(DomainError):
        precedent(application.number)
    Application.objects.filter(pk=application.pk).update(state=ApplicationState.REJECTED)
    case = precedent(application.number)
    assert case.kind == "eligibility"
    assert case.expected["failed"] == []
    names = {str(row.get("name")) for rows in application.rosters.values() for row in rows}
    assert case.given
    assert not names & {str(value) for value in case.given.values()}
    add = {"source": "往次", "rules": world.rules, "actor": world.people["admin"]}
    add_case(title=case.title, kind=case.kind, given=case.given, on=case.on, expected=case.expected, **add)
    assert all(result.passed for result in run_cases(world.profile))
