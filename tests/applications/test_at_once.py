"""Several at the same moment: editors, submitters, reviewers, a panel and its sheets, numbers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import transaction

from applications.desk.grounds import grounds_of
from applications.desk.review import forward, reject
from applications.enums import ApplicationState, Decision
from applications.filing.drafting import save_draft
from applications.filing.submission import submit
from applications.models import Application, Opinion
from applications.selection.notice_stage import put_on_notice
from config.demo import person
from core.models import LogEntry
from core.numbering import take_number
from core.tenancy import tenant_scope
from notices.models import PublicNotice
from notices.publication import publish_notice
from panels.consolidation import close_panel
from panels.enums import PanelState, SheetState
from panels.models import Draw, Expert, Panel, Reopening, ScoreSheet
from panels.reopening import ask_reopening, grant_reopening
from panels.scoring import recuse_sheet, save_sheet
from tests.applications.builders import Play, sign_all
from tests.applications.filing import draft_of, fill, filled, submitter_of
from tests.applications.listing import Listed
from tests.at_once import SECONDS, at_once, refusals
from tests.panels.builders import second_organiser
from tests.panels.test_draws import committed
from tests.world import World, furnish, make_jurisdiction


@pytest.fixture
def place(transactional_db: None) -> Iterator[World]:
    """A furnished jurisdiction, committed, so that other connections see it."""
    jurisdiction = make_jurisdiction("qinshui")
    with tenant_scope(jurisdiction):
        yield furnish(jurisdiction)


def test_of_draws_for_the_same_at_once_one_is_fixed(place: World) -> None:
    """Planted bug: the round is not locked. Whoever holds two draws uses the one they like."""
    play = Play(place)
    for number in range(3):
        user = person(f"more{number}", f"增专家{number}", make_password(None))
        Expert.objects.create(user=user, title="高级技师", employer=f"外地单位{number}", trades="钳工")
    play.reviewed("unit")
    found = at_once(place, *(lambda: committed(play) for _ in range(3)))
    assert refusals(found) == ["StateConflict", "StateConflict"]
    assert Draw.objects.count() == 1


def test_two_editors_of_the_same_answer_and_none_is_lost(place: World) -> None:
    """One is saved, the other is told and keeps what was typed. The lock is `_require_editable`'s."""
    application = draft_of(place)
    actors = [submitter_of(place), place.people["editor"]]

    def save(actor: Any, employees: int) -> Any:
        mine = Application.objects.get(pk=application.pk)
        return save_draft(application=mine, actor=actor, revision=0, facts={"employees_total": employees})

    found = at_once(place, *(lambda a=a, n=n: save(a, n) for n, a in enumerate(actors, start=1)))
    assert refusals(found) == ["Collision"]
    application.refresh_from_db()
    winner = next(n for n, each in enumerate(found, start=1) if not isinstance(each, Exception))
    assert (application.revision, application.facts["employees_total"]) == (1, winner)


def test_a_double_submit_hands_in_once(place: World) -> None:
    """One number, one version, one entry in the log."""
    application = filled(place)

    def hand_in() -> Any:
        mine = Application.objects.get(pk=application.pk)
        return submit(application=mine, actor=submitter_of(place), pledged=True)

    found = at_once(place, hand_in, hand_in, hand_in)
    assert refusals(found) == ["StateConflict"] * 2
    application.refresh_from_db()
    assert application.number.endswith("1")
    assert application.versions.count() == 1
    assert LogEntry.history_of(application).filter(action="applications.submit").count() == 1


def test_two_reviewers_on_one_file_decide_once(place: World) -> None:
    """One passes it on, one refuses it, at the same moment: the file has one opinion and one state."""
    play = Play(place)
    application = play.checked()
    reviewer = play.reviewer(application)
    clause = next(ground.clause for ground in grounds_of(application))

    def mine() -> Application:
        return Application.objects.get(pk=application.pk)

    found = at_once(
        place,
        lambda: forward(application=mine(), text="同意上报", actor=reviewer),
        lambda: reject(
            application=mine(), reason="不符合条件", clause=clause, actor=reviewer, although_met=True
        ),
    )
    assert len(refusals(found)) == 1
    application.refresh_from_db()
    opinion = Opinion.objects.get(application=application)
    expected = {
        Decision.FORWARD: ApplicationState.AWAITING_PANEL,
        Decision.REJECT: ApplicationState.REJECTED,
    }
    assert application.state == expected[Decision(opinion.decision)]


def test_a_panel_closes_with_the_sheet_or_the_sheet_is_given_back(place: World) -> None:
    """A sheet that is given back while the panel closes: never an open sheet behind a result."""
    play = Play(place)
    panel = play.at_panel()
    secretary = second_organiser(play)
    sign_all(panel)
    sheet = ScoreSheet.objects.first()
    ask_reopening(sheet=sheet, reason="漏看一份材料", actor=play.officer)
    reopening = Reopening.objects.get()

    found = at_once(
        place,
        lambda: close_panel(panel=Panel.objects.get(pk=panel.pk), actor=play.officer),
        lambda: grant_reopening(reopening=Reopening.objects.get(pk=reopening.pk), actor=secretary),
    )
    assert len(refusals(found)) == 1
    panel.refresh_from_db()
    sheet.refresh_from_db()
    assert (panel.state, sheet.state) == (PanelState.SCORING, SheetState.OPEN)


def test_a_recusal_under_way_is_over_before_the_panel_closes(place: World) -> None:
    """Who steps back while the result is made counts nowhere in it. Planted bug: no lock on the sheets."""
    play = Play(place)
    panel = play.at_panel()
    sign_all(panel)
    sheet = ScoreSheet.objects.first()
    under_way, closed = threading.Event(), threading.Event()

    def recuse() -> bool:
        with transaction.atomic():
            mine = ScoreSheet.objects.get(pk=sheet.pk)
            recuse_sheet(sheet=mine, reason="亲属在该单位任职", actor=sheet.member.expert.user)
            under_way.set()
            return closed.wait(1)

    def close() -> None:
        under_way.wait(SECONDS)
        close_panel(panel=Panel.objects.get(pk=panel.pk), actor=play.officer)
        closed.set()

    assert at_once(place, recuse, close) == [False, None]
    item = panel.items.get()
    assert item.outcome["recommend"] + item.outcome["oppose"] == 2


def test_a_score_that_comes_late_does_not_reach_a_notice_that_is_published(place: World) -> None:
    """The panel has reported: whoever scores or takes a sheet back at that moment is refused."""
    listed = Listed(place)
    notice = put_on_notice(round_=listed.round, actor=listed.officer)
    sheet = ScoreSheet.objects.first()
    before = ScoreSheet.objects.filter(pk=sheet.pk).values().get()
    expert = sheet.member.expert.user
    found = at_once(
        place,
        lambda: publish_notice(notice=PublicNotice.objects.get(pk=notice.pk), actor=listed.publisher),
        lambda: save_sheet(
            sheet=ScoreSheet.objects.get(pk=sheet.pk),
            revision=sheet.revision,
            verdict="oppose",
            comment="改判",
            actor=expert,
        ),
        lambda: ask_reopening(sheet=ScoreSheet.objects.get(pk=sheet.pk), reason="改判", actor=listed.officer),
    )
    assert [isinstance(each, Exception) for each in found] == [False, True, True]
    assert ScoreSheet.objects.filter(pk=sheet.pk).values().get() == before
    notice.refresh_from_db()
    assert [entry.station_name in notice.document.html for entry in notice.entries.all()] == [True]


def test_numbers_run_without_gaps_whoever_falls_out(place: World) -> None:
    """Eight take numbers at the same moment, every third is rolled back: its number is given again."""

    def take(fails: bool) -> int:
        with transaction.atomic():
            number = take_number("matrix")
            if fails:
                transaction.set_rollback(True)
            return number

    found = at_once(place, *(lambda fails=n % 3 == 2: take(fails) for n in range(8)))
    kept = [number for n, number in enumerate(found) if n % 3 != 2]
    assert sorted(kept) == [1, 2, 3, 4, 5, 6]
    assert take_number("matrix") == 7


def test_units_that_hand_in_together_are_numbered_one_after_the_other(place: World) -> None:
    """Planted bug: `take_number` without its row lock."""
    first = filled(place)
    beside = [
        (fill(place, draft_of(place, key, round_=first.round), key), key) for key in ("second", "third")
    ]
    everybody = [(first, "unit"), *beside]

    def hand_in(application: Application, key: str) -> Any:
        mine = Application.objects.get(pk=application.pk)
        return submit(application=mine, actor=submitter_of(place, key), pledged=True)

    found = at_once(place, *(lambda pair=pair: hand_in(*pair) for pair in everybody))
    assert refusals(found) == []
    numbers = Application.objects.order_by("number").values_list("number", flat=True)
    assert [int(number[-3:]) for number in numbers] == [1, 2, 3]
