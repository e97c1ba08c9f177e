"""Material found to be false while experts are at work: the file ends, the panel goes on without it."""

from __future__ import annotations

from typing import Any

import pytest

from applications.desk.falsity import clauses_of, end_for_falsity
from applications.enums import ApplicationState
from applications.models import Application
from applications.selection.panel_stage import finish_panel
from core.errors import DomainError, StateConflict
from core.models import LogEntry
from deadlines.enums import DeadlineState
from deadlines.models import Deadline, Notification
from panels.enums import SheetState, Verdict
from panels.models import Panel, PanelItem, ScoreSheet, SheetVersion
from panels.reopening import ask_reopening
from panels.scoring import save_sheet
from tests.applications.builders import Play, sign_all, sign_opinion
from tests.browsing import signed_in, text_of
from tests.panels.builders import second_organiser
from tests.world import World


@pytest.fixture
def play(world: World) -> Play:
    return Play(world)


def end(play: Play, application: Application) -> Any:
    application.refresh_from_db()
    return end_for_falsity(
        application=application,
        materials=[application.rules.materials[0].name],
        finding="证书编号经发证机构复函查无此证",
        clause=clauses_of(application)[0].clause,
        recourse="可在六十日内申请行政复议",
        actor=play.officer,
    )


def judged(play: Play) -> tuple[Panel, PanelItem, PanelItem]:
    """Two at one panel; of the first one sheet is signed, one is a draft, one untouched."""
    panel = play.at_panel("unit", "second")
    first, second = panel.items.order_by("pk")
    signed, draft, _ = first.sheets.order_by("pk")
    sign_opinion(signed)
    expert = draft.member.expert.user
    save_sheet(sheet=draft, revision=0, verdict=Verdict.OPPOSE, comment="存疑", actor=expert)
    return panel, first, second


def test_the_file_ends_and_the_sheets_stay_as_they_are(play: Play) -> None:
    """Planted bugs: the panel is not told (`drop_item` never called); a signed sheet is withdrawn too."""
    panel, item, _ = judged(play)
    end(play, item.subject)
    item.refresh_from_db()
    assert Application.objects.get(pk=item.subject_id).state == ApplicationState.REMOVED
    sheets = ScoreSheet.objects.filter(item=item).order_by("pk")
    assert [sheet.state for sheet in sheets] == [SheetState.SIGNED, *[SheetState.WITHDRAWN] * 2]
    assert [sheet.comment for sheet in sheets] == [sheets[0].comment, "存疑", ""]
    assert SheetVersion.objects.filter(sheet__item=item).count() == 1
    assert "经核实虚假" in item.drop_reason
    entry = LogEntry.history_of(panel).last()
    assert (entry.action, entry.actor, entry.data["item"]) == ("panels.drop_item", play.officer, item.pk)
    told = set(Notification.objects.filter(title__startswith="终止评审").values_list("recipient", flat=True))
    experts = {expert.user_id for expert in play.world.experts.values()}
    assert told >= {*experts, play.officer.pk}


def test_the_panel_goes_on_with_the_others_and_makes_nothing_of_it(play: Play) -> None:
    """Planted bug: the item is among those that a panel closes with."""
    panel, item, other = judged(play)
    end(play, item.subject)
    panel.refresh_from_db()
    assert panel.state == "scoring"
    sign_all(panel)
    assert Deadline.objects.filter(kind="panel_sheets").exclude(state=DeadlineState.MET).count() == 0
    finish_panel(panel=panel, actor=play.officer)
    item.refresh_from_db()
    other.refresh_from_db()
    assert (item.outcome, item.rank, other.rank) == (None, None, 1)
    assert Application.objects.get(pk=item.subject_id).state == ApplicationState.REMOVED
    assert Application.objects.get(pk=other.subject_id).state == ApplicationState.EVALUATED
    page = text_of(signed_in(play.world, "officer"), play.world.url(f"bureau/panels/{panel.pk}/"))
    assert "终止评审，不参加汇总" in page


def test_nobody_writes_or_reopens_a_sheet_of_what_has_ended(play: Play) -> None:
    _, item, _ = judged(play)
    end(play, item.subject)
    signed, draft, _ = ScoreSheet.objects.filter(item=item).order_by("pk")
    with pytest.raises(StateConflict, match="已撤出"):
        save_sheet(sheet=draft, revision=draft.revision, actor=draft.member.expert.user)
    with pytest.raises(StateConflict, match="已终止评审"):
        ask_reopening(sheet=signed, reason="再看看", actor=second_organiser(play))


def test_whoever_does_not_lead_the_round_ends_nothing_at_a_panel(play: Play) -> None:
    _, item, _ = judged(play)
    application = item.subject
    with pytest.raises(DomainError, match="不在您的办理范围内"):
        end_for_falsity(
            application=application,
            materials=[application.rules.materials[0].name],
            finding="查无此证",
            clause=clauses_of(application)[0].clause,
            recourse="可申请行政复议",
            actor=play.world.people["reviewer"],
        )
    item.refresh_from_db()
    assert item.dropped_at is None
