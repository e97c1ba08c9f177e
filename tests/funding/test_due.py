"""When a tranche falls due, is refused, is held or stops: in each jurisdiction as its text says."""

from datetime import date
from typing import Any

import pytest

from assessments.determining import determine
from assessments.enums import Question
from assessments.models import Determination
from assessments.rectifying import judge_rectification, order_rectification
from core.errors import DomainError, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from deadlines.models import Notification
from funding import due
from funding.due import record_basis, review_all
from funding.enums import TrancheState
from funding.ledger import balance
from funding.release import approve_tranche, order_release, release_ordered, send_back
from stations.models import Station
from tests.assessments.acts import settle
from tests.assessments.endings import revoke
from tests.funding.acts import ordered, states, tranche
from tests.stations.builders import build_station
from tests.world import World

S = TrancheState
qinshui = pytest.mark.parametrize("world", ["qinshui"], indirect=True)
gaoming = pytest.mark.parametrize("world", ["gaoming"], indirect=True)
yantai = pytest.mark.parametrize("world", ["yantai"], indirect=True)


def decide(world: World, station: Station, question: Question, answer: bool) -> None:
    determine(
        station=station,
        question=question,
        answer=answer,
        reason="实地查看，记录在案",
        actor=world.people["officer"],
    )


# --- Qinshui: 40 % at once, 60 % after two years and acceptance; a fail ends the claim -----------


@qinshui
def test_qinshui_a_pass_alone_does_not_make_the_second_tranche_due(world: World) -> None:
    station = build_station(world, designated_on="2024-05-20")
    settle(world, station, year=2025, total="75")
    assert states(station) == [S.DUE, S.PLANNED]
    world.at("2026-05-20")
    review_all()
    assert states(station) == [S.DUE, S.PLANNED]
    assert tranche(station, 2).explanation.startswith("建设期已满，尚未验收")


@qinshui
def test_qinshui_two_years_and_acceptance_make_it_due(world: World) -> None:
    station = build_station(world, designated_on="2024-05-20")
    world.at("2026-05-19")
    decide(world, station, Question.ACCEPTANCE, True)
    assert states(station) == [S.DUE, S.PLANNED]
    world.at("2026-05-20")
    assert (review_all(), review_all()) == (1, 0)
    second = tranche(station, 2)
    assert (second.state, second.earliest.isoformat()) == (S.DUE, "2026-05-20")
    told = Notification.objects.filter(title__startswith="应付", title__endswith="第2批")
    assert [n.recipient for n in told] == [world.people["maker"]]


@qinshui
def test_qinshui_failed_acceptance_refuses_it(world: World) -> None:
    station = build_station(world, designated_on="2024-05-20")
    world.at("2026-06-01")
    decide(world, station, Question.ACCEPTANCE, False)
    assert states(station) == [S.DUE, S.REFUSED]


@qinshui
def test_qinshui_a_failed_evaluation_refuses_the_second_tranche(world: World) -> None:
    station = build_station(world, designated_on="2024-05-20")
    assessment = settle(world, station, year=2025, total="59.99")
    assert assessment.grade == "不合格"
    assert [c["effect"] for c in assessment.consequences] == ["propose_revocation", "refuse_tranche"]
    assert states(station) == [S.DUE, S.REFUSED]
    second = tranche(station, 2)
    entry = LogEntry.history_of(second).last()
    assert (entry.action, entry.clause) == ("funding.refuse", "QS-9.5")
    assert "不予拨付" in entry.reason
    # Nothing revokes by itself, and what is refused is no longer owed.
    station.refresh_from_db()
    assert station.state == "active"
    proof = balance()
    assert (proof.holds, proof.owed_by_books_fen) == (True, 4_000_000)


@qinshui
def test_qinshui_sixty_is_a_pass(world: World) -> None:
    station = build_station(world, designated_on="2024-05-20")
    assert settle(world, station, year=2025, total="60").grade == "合格"
    assert states(station) == [S.DUE, S.PLANNED]


# --- Gaoming: 60 % at once, 20 % in each of the next two years after a pass ------------------


@gaoming
def test_gaoming_first_evaluation_passed_makes_the_second_tranche_due_in_the_next_year(world: World) -> None:
    station = build_station(world, designated_on="2022-06-15")
    settle(world, station, year=2023, grade="合格")
    assert states(station) == [S.DUE, S.DUE, S.PLANNED]
    assert tranche(station, 2).earliest.isoformat() == "2023-01-01"


@gaoming
def test_gaoming_a_failed_evaluation_waits_for_rectification(world: World) -> None:
    station = build_station(world, designated_on="2022-06-15")
    assessment = settle(world, station, year=2023, grade="不合格")
    assert [c["effect"] for c in assessment.consequences] == ["order_rectification"]
    assert states(station) == [S.DUE, S.PLANNED, S.PLANNED]
    assert "整改" in tranche(station, 2).explanation


@gaoming
@pytest.mark.parametrize(
    ("again", "expected", "effects"),
    [
        ("合格", [S.DUE, S.DUE, S.PLANNED], {"order_rectification"}),
        ("不合格", [S.DUE, S.PLANNED, S.PLANNED], {"order_rectification", "propose_revocation"}),
    ],
)
def test_gaoming_the_result_after_rectification_decides_about_the_second_tranche(
    world: World, again: str, expected: list[str], effects: set[str]
) -> None:
    station, officer = build_station(world, designated_on="2022-06-15"), world.people["officer"]
    assessment = settle(world, station, year=2023, grade="不合格")
    ordered_now = order_rectification(
        assessment=assessment, requirement="补齐带徒台账", due_on=date(2023, 12, 20), actor=officer
    )
    assert states(station) == [S.DUE, S.PLANNED, S.PLANNED]
    judge_rectification(rectification=ordered_now, grade=again, opinion="已现场核查", actor=officer)
    assert states(station) == expected
    assessment.refresh_from_db()
    assert assessment.grade == "不合格"
    assert {c["effect"] for c in assessment.consequences} == effects


@gaoming
def test_gaoming_second_evaluation_with_acceptance_makes_the_third_due(world: World) -> None:
    station = build_station(world, designated_on="2022-06-15")
    settle(world, station, year=2023, grade="优秀")
    settle(world, station, year=2024, grade="合格", accepted=True)
    assert states(station) == [S.DUE, S.DUE, S.DUE]


# --- Yantai: 100,000 at once, 50,000 after two years if it performs well ---------------------


@yantai
def test_yantai_two_years_need_a_recorded_determination(world: World) -> None:
    station = build_station(world, designated_on="2019-06-03")
    world.at("2021-06-02")
    assert review_all() == 0
    world.at("2021-06-03")
    assert (review_all(), review_all()) == (1, 0)
    assert states(station) == [S.DUE, S.HELD]
    held = Notification.objects.filter(title__startswith="待决定").values_list("recipient", flat=True)
    assert sorted(held) == sorted(world.people[key].pk for key in ("officer", "officer2"))
    decide(world, station, Question.CONTINUOUS, True)
    assert states(station) == [S.DUE, S.HELD]
    decide(world, station, Question.PERFORMS_WELL, True)
    assert states(station) == [S.DUE, S.DUE]


@yantai
def test_yantai_a_negative_determination_refuses(world: World) -> None:
    station = build_station(world, designated_on="2019-06-03")
    world.at("2021-06-03")
    decide(world, station, Question.PERFORMS_WELL, False)
    assert states(station) == [S.DUE, S.REFUSED]


@yantai
def test_yantai_after_the_text_expired_it_is_held_until_a_basis_is_recorded(world: World) -> None:
    """Reading G-8: the text ran until 2022-12-31; the two years end in 2023."""
    station = build_station(world, designated_on="2021-06-01")
    ordered(world, station)
    world.at("2023-06-01")
    review_all()
    second = tranche(station, 2)
    assert second.state == S.HELD
    with pytest.raises(DomainError, match="须先作出认定结论"):
        record_basis(tranche=second, basis="会议纪要", actor=world.people["officer"])
    decide(world, station, Question.CONTINUOUS, True)
    decide(world, station, Question.PERFORMS_WELL, True)
    second.refresh_from_db()
    assert (second.state, "2022年12月31日" in second.explanation) == (S.HELD, True)
    for who in ("maker", "checker", "reviewer"):
        with pytest.raises(NotAllowed):
            record_basis(tranche=second, basis="会议纪要", actor=world.people[who])
    with pytest.raises(ReasonRequired):
        record_basis(tranche=second, basis=" ", actor=world.people["officer"])
    record_basis(tranche=second, basis="局长办公会纪要〔2023〕5号", actor=world.people["officer"])
    assert (second.state, second.basis) == (S.DUE, "局长办公会纪要〔2023〕5号")
    assert LogEntry.history_of(second).last().reason == "局长办公会纪要〔2023〕5号"
    assert "须记录" not in second.explanation
    assert "已记录继续拨付的依据" in second.explanation
    # And it stays due: the next review does not forget the basis.
    assert review_all() == 0
    assert tranche(station, 2).state == S.DUE


@yantai
def test_yantai_a_text_that_expires_between_approval_and_release_stops_the_release(world: World) -> None:
    station = build_station(world, designated_on="2022-12-01")
    first = tranche(station, 1)
    approve_tranche(tranche=first, actor=world.people["maker"])
    world.at("2023-01-01")
    with pytest.raises(StateConflict, match="现在不能放款"):
        order_release(tranche=first, actor=world.people["checker"])
    send_back(tranche=first, reason="办法已失效", actor=world.people["checker"])
    review_all()
    assert tranche(station, 1).state == S.HELD


# --- the end of a station ---------------------------------------------------------------------


@gaoming
def test_a_revoked_station_is_paid_nothing_more(world: World) -> None:
    station = build_station(world, designated_on="2022-06-15")
    ordered(world, station)
    revoke(world, station)
    assert states(station) == [S.STOPPED, S.STOPPED, S.STOPPED]
    assert (balance().holds, balance().owed_by_books_fen) == (True, 0)
    assert review_all() == 0


@gaoming
def test_what_was_paid_before_the_end_stays_paid(world: World) -> None:
    station = build_station(world, designated_on="2022-06-15")
    ordered(world, station)
    release_ordered()
    revoke(world, station)
    assert states(station) == [S.RELEASED, S.STOPPED, S.STOPPED]


@qinshui
def test_one_tranche_that_fails_does_not_stop_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build_station(world, designated_on="2024-05-20")
    second = build_station(world, designated_on="2024-05-20")
    world.at("2026-06-01")
    decide(world, first, Question.ACCEPTANCE, True)
    usual = due.answer_for

    def answer(subject: Any) -> Any:
        if subject.award.station_id == first.pk:
            raise RuntimeError("坏了")
        return usual(subject)

    monkeypatch.setattr(due, "answer_for", answer)
    Determination.objects.create(
        station=second,
        question=Question.ACCEPTANCE,
        answer=True,
        reason="合格",
        decided_by=world.people["officer"],
    )
    assert review_all() == 1
    assert tranche(second, 2).state == S.DUE
