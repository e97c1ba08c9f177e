"""What comes out once every sheet is in."""

from decimal import Decimal

import pytest

from core.errors import DomainError, NotAllowed, StateConflict
from panels.consolidation import close_panel
from panels.enums import PanelState, Verdict
from panels.models import ScoreSheet
from panels.scoring import recuse_sheet, save_sheet, sign_sheet
from tests.applications.builders import sign_opinion
from tests.panels.builders import FULL, rubric_panel


def sheets_of(panel):
    return list(ScoreSheet.objects.filter(item__panel=panel).order_by("pk"))


def score(sheet, points, bonus=None):
    expert = sheet.member.expert.user
    save_sheet(sheet=sheet, revision=0, points=points, bonus=bonus or {}, comment="", actor=expert)
    sign_sheet(sheet=sheet, actor=expert)


@pytest.mark.parametrize(
    ("verdicts", "verdict"),
    [
        (("recommend", "recommend", "oppose"), "recommend"),
        (("recommend", "oppose", "oppose"), "oppose"),
        (("recommend", "oppose", None), "tied"),
    ],
)
def test_opinions_are_counted(play, verdicts, verdict):
    panel = play.at_panel("unit")
    for sheet, said in zip(sheets_of(panel), verdicts, strict=True):
        if said is None:
            recuse_sheet(sheet=sheet, reason="回避", actor=sheet.member.expert.user)
        else:
            sign_opinion(sheet, Verdict(said))
    close_panel(panel=panel, actor=play.officer)
    item = panel.items.get()
    assert item.outcome == {
        "recommend": verdicts.count("recommend"),
        "oppose": verdicts.count("oppose"),
        "verdict": verdict,
    }


def test_a_panel_with_an_open_sheet_stays_open(play):
    panel = play.at_panel("unit")
    first, second, _ = sheets_of(panel)
    sign_opinion(first)
    sign_opinion(second)
    with pytest.raises(DomainError) as refused:
        close_panel(panel=panel, actor=play.officer)
    assert "还有 1 份" in str(refused.value)
    panel.refresh_from_db()
    assert (panel.state, panel.items.get().outcome) == (PanelState.SCORING, None)


def test_who_closes_and_only_once(play):
    panel = play.at_panel("unit")
    for sheet in sheets_of(panel):
        sign_opinion(sheet)
    for key in ("expert1", "reviewer", "publisher"):
        with pytest.raises(NotAllowed):
            close_panel(panel=panel, actor=play.world.people[key])
    assert panel.items.get().outcome is None
    close_panel(panel=panel, actor=play.officer)
    with pytest.raises(StateConflict):
        close_panel(panel=panel, actor=play.officer)


def test_points_are_averaged_line_by_line(play):
    panel = rubric_panel(play)
    first, second, third = sheets_of(panel)
    score(first, FULL)
    score(second, {**FULL, "QS-A2.1": Decimal(1)}, {"commend_county": 1})
    score(third, {**FULL, "QS-A2.1": Decimal(1)}, {"commend_county": 1, "talk_city_plus": 1})
    close_panel(panel=panel, actor=play.officer)
    outcome = panel.items.get().outcome
    # 99, 98, 98 → 98.33; bonus 0, 2, 5 → 2.33; the total is of the exact means, cut once: 100.66.
    assert outcome["points"]["QS-A2.1"] == "1.33"
    assert outcome["points"]["QS-A2.6"] == "4.00"
    assert outcome["bonus"] == {"commend_county": "0.66", "talk_city_plus": "0.33"}
    assert (outcome["base"], outcome["total"], outcome["graded_total"]) == ("98.33", "100.66", "100.66")


def test_a_mean_never_climbs_into_the_next_band(play):
    panel = rubric_panel(play)
    first, second, third = sheets_of(panel)
    low = {**FULL, "QS-A2.11": Decimal(6)}
    score(first, low)
    score(second, low)
    score(third, {**low, "QS-A2.1": Decimal("1.99")})
    close_panel(panel=panel, actor=play.officer)
    # The exact mean is 89.996…: two places rounded would be 90.00 and another grade.
    assert panel.items.get().outcome["graded_total"] == "89.99"


def test_a_recused_sheet_counts_nowhere(play):
    panel = rubric_panel(play)
    first, second, third = sheets_of(panel)
    recuse_sheet(sheet=first, reason="回避", actor=first.member.expert.user)
    score(second, FULL)
    score(third, FULL)
    close_panel(panel=panel, actor=play.officer)
    assert panel.items.get().outcome["base"] == "99.00"
