"""A version of the rules takes two people, and until then judges nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from assessments.models import Cycle
from core import clock
from core.errors import DomainError, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from deadlines.models import Notification
from jurisdictions.enums import Role, VersionState
from jurisdictions.fixed_cases import (
    add_case,
    explain_cases,
    run_cases,
    unexplained,
    withdraw_case,
)
from jurisdictions.models import FixedCase, RuleProfile
from jurisdictions.proposing import (
    YEARS_AHEAD,
    TextRefused,
    activate_version,
    activation_words,
    latest_start,
    next_name,
    propose_version,
    refuse_version,
    withdraw_version,
)
from jurisdictions.replaying import carry_on, start_replay
from jurisdictions.rereading import text_with_readings
from jurisdictions.versions import current_version, lead_authority, version_on
from tests.jurisdictions.acts import in_post
from tests.jurisdictions.proposals import activated, proposed, spoilt, stricter
from tests.world import World

EVERYBODY = ("admin", "security", "auditor", "officer", "reviewer", "publisher", "maker", "expert1")


def test_who_proposes_and_who_decides(world: World) -> None:
    """Planted bugs: the proposer activates; anybody proposes; the auditor decides."""
    for key in EVERYBODY:
        if key != "admin":
            with pytest.raises(NotAllowed):
                proposed(world, by=key)
    version = proposed(world)
    carry_on()
    world.people["admin2"] = in_post(world, Role.ADMINISTRATOR)
    allowed = []
    for key in (*EVERYBODY, "admin2"):
        with transaction.atomic():
            try:
                activate_version(version=version, active_from=date(2030, 1, 1), actor=world.people[key])
                allowed.append(key)
            except NotAllowed:
                pass
            transaction.set_rollback(True)
        version.refresh_from_db()
    assert allowed == ["officer", "admin2"]


def test_the_database_knows_too_that_it_takes_two(world: World) -> None:
    """Planted bug: without the constraint one person does both."""
    version = proposed(world)
    both: dict[str, Any] = {
        "state": VersionState.ACTIVE,
        "active_from": date(2030, 1, 1),
        "decided_at": timezone.now(),
    }
    for more in ({"decided_by": world.people["admin"]}, {}, {"decided_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RuleProfile.objects.filter(pk=version.pk).update(**both, **more)
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleProfile.objects.filter(pk=version.pk).update(active_from=date(2030, 1, 1))
    with pytest.raises(DatabaseError, match="begins as proposed"), transaction.atomic():
        RuleProfile.objects.create(
            version="2031-01-01",
            text=version.text,
            digest="0" * 64,
            proposed_by=world.people["admin"],
            decided_by=world.people["officer"],
            decided_at=timezone.now(),
        )


def test_a_text_never_changes_and_what_is_decided_stays(world: World) -> None:
    """Planted bug: the trigger is not there."""
    version = proposed(world)
    for change in ({"text": "x"}, {"version": "2029-01-01"}, {"digest": "1" * 64}, {"reason": "别的"}):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            RuleProfile.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(DatabaseError, match="nothing of it changes"), transaction.atomic():
        RuleProfile.objects.filter(pk=world.profile.pk).update(active_from=date(2020, 1, 1))
    with pytest.raises(DatabaseError), transaction.atomic():
        RuleProfile.objects.filter(pk=version.pk).delete()


def test_a_proposed_version_is_never_current(world: World) -> None:
    """Planted bug: every version may be current."""
    first = current_version()
    version = proposed(world, "2025-01-01")
    world.at("2026-06-01")
    assert current_version() == first
    assert version_on(date(2040, 1, 1)) == first
    refuse_version(version=version, reason="依据不足", actor=world.people["officer"])
    assert version_on(date(2040, 1, 1)) == first


def test_from_its_day_on_it_is_current(world: World) -> None:
    first = current_version()
    day = clock.today() + timedelta(days=10)
    version = activated(world, day)
    assert current_version() == first
    assert version_on(day - timedelta(days=1)) == first
    assert version_on(day) == version
    world.at(day)
    assert current_version() == version
    entry = LogEntry.history_of(version).get(action="jurisdictions.activate_version")
    assert (entry.actor, entry.data["from"]) == (world.people["officer"], day.isoformat())


def test_two_editions_of_a_day_stand_in_their_order(world: World) -> None:
    """Planted bug: `.10` is sorted before `.2`."""
    day = clock.today()
    for edition in ("", ".2", ".10"):
        made = proposed(world, f"{day.isoformat()}{edition}")
        carry_on()
        activate_version(version=made, active_from=day, actor=world.people["officer"])
    assert current_version().version.endswith(".10")
    assert next_name(day) == f"{day.isoformat()}.11"


def test_no_version_is_decided_twice(world: World) -> None:
    version = activated(world, clock.today())
    with pytest.raises(StateConflict):
        activate_version(version=version, active_from=clock.today(), actor=world.people["officer"])
    with pytest.raises(StateConflict):
        refuse_version(version=version, reason="迟了", actor=world.people["officer"])


def test_a_refusal_says_why_and_the_proposer_may_take_it_back(world: World) -> None:
    """Planted bug: a refusal needs no reason."""
    version = proposed(world)
    for empty in ("", "  "):
        with pytest.raises(ReasonRequired):
            refuse_version(version=version, reason=empty, actor=world.people["officer"])
    refuse_version(version=version, reason="写错了", actor=world.people["admin"])
    assert (version.state, version.decision) == (VersionState.REFUSED, "写错了")
    with pytest.raises(StateConflict):
        activate_version(version=version, active_from=date(2030, 1, 1), actor=world.people["officer"])


def test_no_day_that_has_passed_without_a_basis(world: World) -> None:
    """Planted bug: any day will do."""
    yesterday = clock.today() - timedelta(days=1)
    version = proposed(world, yesterday.isoformat())
    carry_on()
    officer = world.people["officer"]
    with pytest.raises(DomainError, match="不能早于版本"):
        activate_version(version=version, active_from=yesterday - timedelta(days=1), actor=officer)
    with pytest.raises(ReasonRequired):
        activate_version(version=version, active_from=yesterday, actor=officer)
    activate_version(version=version, active_from=yesterday, basis="某文件追溯适用", actor=officer)
    assert (current_version(), version.decision) == (version, "某文件追溯适用")


def test_it_is_not_activated_before_the_past_has_been_asked(world: World) -> None:
    """Planted bug: the replay need not be through."""
    version = proposed(world)
    with pytest.raises(StateConflict, match="推演"):
        activate_version(version=version, active_from=date(2030, 1, 1), actor=world.people["officer"])


@pytest.mark.parametrize(
    ("version", "words"),
    [("2026", "生效日期"), ("2026-02-30", "生效日期"), ("../x", "生效日期"), ("2023-01-01.4", "已经存在")],
)
def test_a_name_is_a_day_that_no_version_has(world: World, version: str, words: str) -> None:
    with pytest.raises(DomainError, match=words):
        proposed(world, version)


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("0001-01-01", "不能早于文件的日期2023年1月1日"),
        ("2022-12-31", "不能早于文件的日期2023年1月1日"),
        ("9026-03-01", f"（今天起{YEARS_AHEAD}年），请核对年份"),
    ],
)
def test_a_name_is_no_day_before_its_text_and_none_far_ahead(world: World, version: str, words: str) -> None:
    with pytest.raises(DomainError, match=words) as refused:
        proposed(world, version)
    assert refused.value.path == "version"
    assert not RuleProfile.objects.filter(version=version).exists()


def test_a_text_under_a_wrong_name_says_how_it_comes_under_the_right_one(world: World) -> None:
    wrong = proposed(world, "2031-01-01", stricter(world.profile.text))
    with pytest.raises(DomainError, match="版本 2031-01-01 完全相同；该版本名称有误的，请先将其撤回"):
        proposed(world, "2030-01-01", wrong.text)
    refuse_version(version=wrong, reason="年份写错", actor=world.people["admin"])
    assert proposed(world, "2030-01-01", wrong.text).version == "2030-01-01"


def test_a_refusal_to_one_of_the_two_says_why(world: World) -> None:
    """Planted bug: the proposer is told that the right is missing."""
    version = proposed(world)
    carry_on()
    for verb in (activate_version, activation_words):
        for key, words in (("admin", "提出人不能自己启用"), ("auditor", "您没有办理“启用规则版本”的权限")):
            with pytest.raises(NotAllowed, match=words):
                verb(version=version, active_from=date(2030, 1, 1), basis="", actor=world.people[key])
    activate_version(version=version, active_from=date(2030, 1, 1), actor=world.people["officer"])
    with pytest.raises(NotAllowed, match="启用人不能自己撤回"):
        withdraw_version(version=version, reason="年份写错", actor=world.people["officer"])
    with pytest.raises(NotAllowed, match="随系统载入，不能撤回"):
        withdraw_version(version=world.profile, reason="年份写错", actor=world.people["admin"])
    with pytest.raises(StateConflict, match=r"^当前状态为“.*”，不能办理“不采用规则版本”。$"):
        refuse_version(version=version, reason="不采用", actor=world.people["admin"])


def test_what_is_no_change_of_these_rules_is_refused(world: World) -> None:
    admin = world.people["admin"]
    with pytest.raises(DomainError, match="完全相同"):
        propose_version(version="2030-01-01", text=world.profile.text, reason="改", actor=admin)
    with pytest.raises(ReasonRequired):
        propose_version(version="2030-01-01", text=world.profile.text + "\n#", reason=" ", actor=admin)
    other = world.profile.text.replace("slug: qinshui", "slug: gaoming", 1)
    with pytest.raises(TextRefused) as caught:
        proposed(world, text=other)
    assert [(i.line, i.path) for i in caught.value.issues] == [(2, "slug")]
    assert RuleProfile.objects.count() == 1


def test_every_slip_is_told_at_once_with_its_line(world: World) -> None:
    text = stricter(world.profile.text).replace("at_least: 30}", "at_leest: 30}")
    text = text.replace("total_yuan: 100000", "total_yuan: 十万", 1)
    with pytest.raises(TextRefused) as caught:
        proposed(world, text=text)
    rows = text.split("\n")
    found = {(issue.place.split(" ")[0], issue.in_words) for issue in caught.value.issues}
    assert found == {("申报条件", "没有这一项：多余，或者拼写有误"), ("资助", "应为整数，只写数字，不带单位")}
    for issue in caught.value.issues:
        assert "at_leest" in rows[issue.line - 1] or "十万" in rows[issue.line - 1]


def test_those_who_may_decide_are_told(world: World) -> None:
    version = proposed(world)
    told = Notification.objects.filter(url__endswith=f"/versions/{version.pk}/").select_related("recipient")
    assert {one.recipient for one in told} == {world.people[key] for key in ("officer", "officer2")}


def test_a_case_that_comes_out_otherwise_needs_a_reason_and_blocks_nothing_else(world: World) -> None:
    """Planted bugs: failing cases are not asked for; a waiver covers cases that nobody saw."""
    version = proposed(world, text=stricter(world.profile.text))
    carry_on()
    failed = [result.case.key for result in unexplained(version)]
    assert failed
    admin, officer = world.people["admin"], world.people["officer"]
    with pytest.raises(StateConflict, match="固定案例"):
        activate_version(version=version, active_from=date(2030, 1, 1), actor=officer)
    with pytest.raises(ReasonRequired):
        explain_cases(version=version, seen=failed, reason="", actor=admin)
    with pytest.raises(StateConflict, match="重新核对"):
        explain_cases(version=version, seen=failed[:-1], reason="门槛提高", actor=admin)
    explain_cases(version=version, seen=failed, reason="门槛提高", actor=admin)
    activate_version(version=version, active_from=date(2030, 1, 1), actor=officer)
    assert version.state == VersionState.ACTIVE


def test_the_current_version_answers_every_fixed_case_as_it_should(world: World) -> None:
    results = run_cases(world.profile)
    assert len(results) > 50
    assert [result.case.key for result in results if not result.passed] == []


def test_the_bureau_adds_a_case_of_its_own(world: World) -> None:
    admin = world.people["admin"]
    case: dict[str, Any] = {
        "title": "某单位",
        "kind": "eligibility",
        "given": {"technicians": 1},
        "on": date(2025, 5, 6),
        "source": "2025年批复",
        "rules": world.rules,
    }
    with pytest.raises(NotAllowed):
        add_case(**case, expected={"eligible": False}, actor=world.people["officer"])
    with pytest.raises(DomainError):
        add_case(**{**case, "given": {"moon": 1}}, expected={"eligible": False}, actor=admin)
    with pytest.raises(DomainError, match="结果中没有“foo”"):
        add_case(**case, expected={"foo": 1}, actor=admin)
    with pytest.raises(DomainError, match="现行规则的结果不同（是否符合条件：未定）"):
        add_case(**case, expected={"eligible": True}, actor=admin)
    made = add_case(**case, expected={"eligible": True}, actor=admin, otherwise=True)
    with pytest.raises(DomainError, match="这一问已有固定案例“某单位”"):
        add_case(**{**case, "title": "又一次"}, expected={"eligible": False}, actor=admin)
    first = run_cases(world.profile)[0]
    assert (first.case.key, first.passed) == (f"own-{made.pk}", False)
    with pytest.raises(ReasonRequired):
        withdraw_case(case=made, reason="", actor=admin)
    withdraw_case(case=made, reason="记错了", actor=admin)
    assert FixedCase.objects.get().withdrawn_at
    assert run_cases(world.profile)[0].passed


def test_another_reading_is_one_word_in_the_text(world: World) -> None:
    reading = next(r for r in world.rules.readings if len(r.options) > 1 and r.options[1].changes)
    option = reading.options[1].value
    text = text_with_readings(world.profile, {reading.id: option})
    before, after = world.profile.text.split("\n"), text.split("\n")
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert len(changed) == 1
    assert changed[0][1].strip() == f"chosen: {option}"
    with pytest.raises(DomainError):
        text_with_readings(world.profile, {reading.id: reading.chosen})
    with pytest.raises(DomainError):
        text_with_readings(world.profile, {reading.id: "nonsense"})


def test_what_comes_with_the_program_still_loads(world: World) -> None:
    call_command("load_profiles", verbosity=0)
    assert current_version().active_from == date(2023, 1, 1)


def test_no_day_far_ahead(world: World) -> None:
    """Planted bug: a slip of the year is taken, and the text waits for ever."""
    version = proposed(world)
    carry_on()
    latest = latest_start()
    for day in (date(9999, 12, 31), latest + timedelta(days=1)):
        with pytest.raises(DomainError, match="最晚"):
            activate_version(version=version, active_from=day, actor=world.people["officer"])
    activate_version(version=version, active_from=latest, actor=world.people["officer"])


def test_an_activated_version_that_has_not_begun_is_taken_back_by_another(world: World) -> None:
    """Planted bugs: the one who activated takes it back; no reason is needed; it may have begun."""
    current, day = current_version(), clock.today() + timedelta(days=20)
    version = activated(world, day)
    admin, officer = world.people["admin"], world.people["officer"]
    for key in ("officer", "reviewer", "security", "auditor"):
        with pytest.raises(NotAllowed):
            withdraw_version(version=version, reason="年份写错", actor=world.people[key])
    with pytest.raises(ReasonRequired):
        withdraw_version(version=version, reason=" ", actor=admin)
    withdraw_version(version=version, reason="年份写错", actor=admin)
    assert (version.state, version.active_from) == (VersionState.WITHDRAWN, day)
    assert version_on(day) == current
    entry = LogEntry.history_of(version).get(action="jurisdictions.withdraw_version")
    assert (entry.actor, entry.reason, entry.data["from"]) == (admin, "年份写错", day.isoformat())
    again = propose_version(version=f"{day}.2", text=version.text, reason="年份改正", actor=admin)
    carry_on()
    activate_version(version=again, active_from=day, actor=officer)
    assert version_on(day) == again
    with pytest.raises(NotAllowed):
        withdraw_version(version=world.profile, reason="随系统载入", actor=admin)


def test_what_has_begun_or_is_in_use_is_not_taken_back(world: World) -> None:
    admin, day = world.people["admin"], clock.today() + timedelta(days=20)
    version = activated(world, day)
    with transaction.atomic():
        lead = lead_authority()
        Cycle.objects.create(
            authority=lead, profile=version, obligation="annual_evaluation", label="评估", year=2026
        )
        with pytest.raises(StateConflict, match="已有事项"):
            withdraw_version(version=version, reason="年份写错", actor=admin)
        transaction.set_rollback(True)
    world.at(day)
    with pytest.raises(StateConflict, match="已经启用"):
        withdraw_version(version=version, reason="年份写错", actor=admin)


def test_the_database_knows_too_who_takes_a_version_back(world: World) -> None:
    """Planted bugs: the trigger lets a decided version change; no constraint asks for two people."""
    version = activated(world, clock.today() + timedelta(days=20))
    officer, admin = world.people["officer"], world.people["admin"]
    whole = {"state": VersionState.WITHDRAWN, "withdrawn_at": timezone.now(), "withdrawal": "年份写错"}
    rows = RuleProfile.objects.filter(pk=version.pk)
    for change in ({"withdrawn_by": officer}, {}, {"withdrawn_by": admin, "withdrawal": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**{**whole, **change})
    for change in ({"active_from": date(2020, 1, 1)}, {"decided_by": admin}):
        with pytest.raises(DatabaseError, match="nothing of it changes"), transaction.atomic():
            rows.update(**{**whole, "withdrawn_by": admin, **change})
    with pytest.raises(DatabaseError, match="nothing of it changes"), transaction.atomic():
        RuleProfile.objects.filter(pk=world.profile.pk).update(**whole, withdrawn_by=admin)
    rows.update(**whole, withdrawn_by=admin)


def test_of_two_that_begin_on_a_day_the_later_decision_holds(world: World) -> None:
    """Planted bug: the name decides, and a version that was activated never counts."""
    day = clock.today()
    activated(world, day)
    older = proposed(world, world.profile.version.partition(".")[0] + ".9")
    carry_on()
    activate_version(version=older, active_from=day, actor=world.people["officer"])
    assert current_version() == older


def test_what_was_asked_before_the_current_version_changed_is_asked_again(world: World) -> None:
    """Planted bug: any replay that is through will do."""
    day = clock.today()
    waiting = proposed(world, f"{day.isoformat()}.5")
    carry_on()
    activated(world, day)
    officer = world.people["officer"]
    with pytest.raises(StateConflict, match="请重新推演"):
        activate_version(version=waiting, active_from=day, actor=officer)
    start_replay(version=waiting, actor=officer)
    carry_on()
    activate_version(version=waiting, active_from=day, actor=officer)


def test_a_text_that_a_later_check_refuses_is_not_activated(world: World) -> None:
    """Planted bug: what was let in once is activated, and breaks whoever asks it."""
    version = proposed(world)
    carry_on()
    broken = spoilt(world)
    assert broken.state == VersionState.PROPOSED
    with pytest.raises(StateConflict, match="不能启用"):
        activate_version(version=broken, active_from=date(2030, 1, 1), actor=world.people["officer"])
    assert version.state == VersionState.PROPOSED


def test_a_case_that_breaks_is_told_and_ends_nothing(world: World) -> None:
    """Planted bug: the page of a version ends with its first case that breaks."""
    results = run_cases(spoilt(world))
    told = [result.error for result in results if result.error]
    assert told
    assert all("规则在这一问上出错" in words for words in told)
    assert any(result.passed for result in results)
