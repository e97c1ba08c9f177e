"""One expert's sheet: saved, signed, given back."""

from decimal import Decimal

import pytest

from core.errors import EditConflict, InputRefused, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from deadlines.owing import open_deadline
from panels.enums import SheetState, Verdict
from panels.models import ScoreSheet
from panels.scoring import answer_of, missing_from, recuse_sheet, save_sheet, sign_sheet
from tests.applications.builders import sign_opinion
from tests.panels.builders import FULL, rubric_panel


def sheet_of(play, panel, key="expert1"):
    return (
        ScoreSheet.objects.filter(item__panel=panel, member__expert=play.world.experts[key])
        .order_by("pk")
        .first()
    )


def test_only_the_expert_writes_and_signs(play):
    sheet = sheet_of(play, play.at_panel("unit"))
    for key in ("expert2", "officer", "reviewer", "admin"):
        actor = play.world.people[key]
        for verb, arguments in (
            (save_sheet, {"revision": 0, "verdict": "recommend", "comment": "代签"}),
            (sign_sheet, {}),
            (recuse_sheet, {"reason": "x"}),
        ):
            with pytest.raises(NotAllowed):
                verb(sheet=sheet, actor=actor, **arguments)
    sheet.refresh_from_db()
    assert (sheet.state, sheet.comment, sheet.revision) == (SheetState.OPEN, "", 0)


def test_two_windows_do_not_overwrite_each_other(play):
    sheet = sheet_of(play, play.at_panel("unit"))
    expert = play.world.people["expert1"]
    save_sheet(sheet=sheet, revision=0, verdict="recommend", comment="第一稿", actor=expert)
    with pytest.raises(EditConflict):
        save_sheet(sheet=sheet, revision=0, verdict="oppose", comment="旧窗口", actor=expert)
    save_sheet(sheet=sheet, revision=1, verdict="recommend", comment="第二稿", actor=expert)
    sheet.refresh_from_db()
    assert (sheet.comment, sheet.revision) == ("第二稿", 2)


def test_a_signature_needs_verdict_and_words_and_is_final(play):
    panel = play.at_panel("unit")
    sheet, expert = sheet_of(play, panel), play.world.people["expert1"]
    with pytest.raises(InputRefused) as refused:
        sign_sheet(sheet=sheet, actor=expert)
    assert [problem.path for problem in refused.value.problems] == ["verdict", "comment"]
    save_sheet(sheet=sheet, revision=0, verdict="invented", comment="x", actor=expert)
    assert [problem.path for problem in missing_from(sheet)] == ["verdict"]
    save_sheet(sheet=sheet, revision=1, verdict="oppose", comment="机密意见", actor=expert)
    assert open_deadline(panel, "panel_sheets", str(play.world.experts["expert1"].pk)) is not None
    sign_sheet(sheet=sheet, actor=expert)
    assert sheet.state == SheetState.SIGNED
    assert open_deadline(panel, "panel_sheets", str(play.world.experts["expert1"].pk)) is None
    entry = LogEntry.history_of(sheet).get(action="panels.sign")
    assert (entry.reason, entry.data) == ("", {})
    for verb, arguments in ((save_sheet, {"revision": 2, "comment": "改"}), (sign_sheet, {})):
        with pytest.raises(StateConflict):
            verb(sheet=sheet, actor=expert, **arguments)


def test_the_date_is_met_only_when_all_sheets_are_in(play):
    panel = play.at_panel("unit", "second")
    expert = play.world.experts["expert1"]
    first, second = ScoreSheet.objects.filter(member__expert=expert)
    sign_opinion(first)
    assert open_deadline(panel, "panel_sheets", str(expert.pk)) is not None
    recuse_sheet(sheet=second, reason="与申报单位有合作", actor=expert.user)
    assert open_deadline(panel, "panel_sheets", str(expert.pk)) is None


def test_recusal_needs_a_reason_and_drops_what_was_written(play):
    sheet = sheet_of(play, play.at_panel("unit"))
    expert = play.world.people["expert1"]
    save_sheet(sheet=sheet, revision=0, verdict="recommend", comment="写了一半", actor=expert)
    with pytest.raises(ReasonRequired):
        recuse_sheet(sheet=sheet, reason=" ", actor=expert)
    recuse_sheet(sheet=sheet, reason="曾任该单位顾问", actor=expert)
    sheet.refresh_from_db()
    assert (sheet.state, sheet.verdict, sheet.comment) == (SheetState.RECUSED, "", "")
    entry = LogEntry.history_of(sheet).get(action="panels.recuse")
    assert entry.reason == "曾任该单位顾问"


def test_points_stay_within_each_line_and_are_decimals(play):
    sheet, expert = sheet_of(play, rubric_panel(play)), play.world.people["expert1"]
    for points in ({"QS-A2.1": Decimal("2.01")}, {"QS-A2.1": Decimal("-1")}, {"QS-A2.99": Decimal(1)}):
        with pytest.raises(InputRefused) as refused:
            save_sheet(sheet=sheet, revision=0, points=points, actor=expert)
        assert refused.value.problems[0].path == f"points.{next(iter(points))}"
    save_sheet(sheet=sheet, revision=0, points={"QS-A2.1": Decimal("1.5")}, actor=expert)
    sheet.refresh_from_db()
    assert sheet.points == {"QS-A2.1": "1.5"}
    assert answer_of(sheet).base == Decimal("1.5") + 4  # 30 square metres settle one line at 4


def test_a_bonus_that_the_text_does_not_know_is_refused(play):
    sheet, expert = sheet_of(play, rubric_panel(play)), play.world.people["expert1"]
    with pytest.raises(InputRefused) as refused:
        save_sheet(sheet=sheet, revision=0, bonus={"invented": 1}, actor=expert)
    assert refused.value.problems[0].path == "bonus.invented"


def test_every_line_is_scored_before_the_signature(play):
    sheet, expert = sheet_of(play, rubric_panel(play)), play.world.people["expert1"]
    without = {key: value for key, value in FULL.items() if key != "QS-A2.17"}
    save_sheet(sheet=sheet, revision=0, points=without, actor=expert)
    with pytest.raises(InputRefused) as refused:
        sign_sheet(sheet=sheet, actor=expert)
    assert [problem.path for problem in refused.value.problems] == ["points.QS-A2.17"]
    save_sheet(sheet=sheet, revision=1, points=FULL, verdict=Verdict.RECOMMEND, actor=expert)
    sign_sheet(sheet=sheet, actor=expert)
    assert sheet.state == SheetState.SIGNED
