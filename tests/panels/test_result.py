"""The result of a panel: page, workbook whose formulas find the same, report to sign."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from core.errors import NotAllowed, StateConflict
from core.models import LogEntry
from core.web import tenant_url
from documents.models import OfficialDocument
from documents.permissions import can_read
from panels.consolidation import close_panel
from panels.enums import Mean, Method, Purpose, Rounding, TieRule, Verdict
from panels.models import Panel, ScoreSheet
from panels.reporting import issue_report
from panels.results import items_with_sheets, results_of
from panels.scoring import save_sheet, sign_sheet
from panels.workbook import RESULT, SHEETS, workbook_of
from tests.applications.builders import Play, sign_all
from tests.panels.builders import FULL, rubric_panel
from tests.panels.formulas import Workbook
from tests.panels.test_schemes import CRITERIA, points_for, put

# Thirds and sevenths, ends that are equal, and a mean on the very edge of the next step.
ROWS = [("7.1", "3.3"), (10, 20), (20, 10), (30, 20), (30, 20), (30, 20)]


@pytest.fixture
def play(world):
    play = Play(world)
    play.open_round()
    return play


def computed(panel):
    panel.refresh_from_db()
    return Workbook(workbook_of(panel, results_of(panel, items_with_sheets(panel))))


def column(table, name):
    place = table[0].index(name)
    return [row[place] for row in table[1:]]


def check(panel):
    """Every figure that the formulas compute is the system's; what they came to."""
    table = computed(panel).table(RESULT)
    assert set(column(table, "核对")) == {"一致"}
    items = list(panel.items.order_by("pk"))
    assert column(table, "名次") == [item.rank for item in items]
    return table, items


@pytest.mark.parametrize(
    "settings_",
    [
        {},
        {"mean": Mean.TRIMMED, "trim_from": 3, "decimals": 1, "rounding": Rounding.HALF_UP},
        {"mean": Mean.TRIMMED, "trim_from": 4, "ties": TieRule.EXACT},
        {"decimals": 0, "ties": TieRule.CRITERIA},
    ],
)
def test_the_workbook_computes_the_same_totals(play, settings_):
    put(
        play,
        {
            "method": Method.CRITERIA,
            "criteria": [("技", Decimal(30), Decimal(60)), ("带", Decimal("21"), Decimal(40))],
            **settings_,
        },
    )
    panel = play.at_panel("unit", "second")
    points_for(panel, *ROWS)
    close_panel(panel=panel, actor=play.officer)
    table, items = check(panel)
    shown = [f"{value:.{panel.scheme.decimals}f}" for value in column(table, "得分")]
    assert shown == [item.outcome["graded_total"] for item in items]
    kept = [3 - len(item.outcome.get("dropped", ())) for item in items]
    assert column(table, "计入份数") == kept


def test_the_workbook_of_a_regulations_score_sheet(play):
    put(play, {"method": Method.REGULATION, "mean": Mean.TRIMMED, "trim_from": 3}, purpose=Purpose.ASSESSMENT)
    panel = rubric_panel(play)
    bonuses = ({}, {"commend_county": 1}, {"commend_county": 1, "talk_city_plus": 1})
    for sheet, bonus in zip(
        ScoreSheet.objects.filter(item__panel=panel).order_by("pk"), bonuses, strict=True
    ):
        expert = sheet.member.expert.user
        save_sheet(sheet=sheet, revision=0, points=FULL, bonus=bonus, comment="", actor=expert)
        sign_sheet(sheet=sheet, actor=expert)
    close_panel(panel=panel, actor=play.officer)
    table, items = check(panel)
    assert column(table, "得分") == [float(items[0].outcome["graded_total"])]


def test_the_workbook_of_opinions_and_what_people_wrote_is_never_a_formula(play):
    panel = play.at_panel("unit")
    for sheet in ScoreSheet.objects.filter(item__panel=panel):
        actor = sheet.member.expert.user
        save_sheet(
            sheet=sheet, revision=0, verdict="recommend", comment='=HYPERLINK("http://x","y")', actor=actor
        )
        sign_sheet(sheet=sheet, actor=actor)
    panel.items.update(title="=1+1", unit_name="@SUM(A1)")
    close_panel(panel=panel, actor=play.officer)
    book = computed(panel)
    table, _ = check(panel)
    assert (column(table, "建议认定"), column(table, "结论")) == ([3], [Verdict.RECOMMEND.label])
    typed = [
        cell for sheet in book.book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    ]
    assert {cell.parent.title for cell in typed} == {RESULT}
    assert not any("HYPERLINK" in cell.value or "1+1" in cell.value for cell in typed)
    assert book.value(SHEETS, "E2") == '=HYPERLINK("http://x","y")'


def test_page_file_and_report(play):
    put(play, {**CRITERIA, "mean": Mean.TRIMMED, "trim_from": 3})
    panel = play.at_panel("unit", "second")
    client = Client()
    client.force_login(play.officer)
    workbook = tenant_url("bureau:panel_workbook", pk=panel.pk)
    points_for(panel, *ROWS)
    assert client.post(workbook).status_code == 404
    with pytest.raises(StateConflict):
        issue_report(panel=panel, actor=play.officer)
    close_panel(panel=panel, actor=play.officer)
    html = client.get(tenant_url("bureau:panel", pk=panel.pk)).content.decode()
    assert "按方案去掉最高分" in html
    assert "7.1" in html
    assert client.post(workbook).status_code == 200
    assert LogEntry.history_of(panel).filter(action="export").count() == 1
    with pytest.raises(NotAllowed):
        issue_report(panel=panel, actor=play.world.people["reviewer"])
    client.post(tenant_url("bureau:panel_report", pk=panel.pk))
    paper = OfficialDocument.objects.get(kind="panel_report")
    for member in panel.members.all():
        assert str(member.expert.user) in paper.html
    assert can_read(play.officer, paper)
    assert not can_read(play.world.people["reviewer"], paper)
    with pytest.raises(StateConflict):
        issue_report(panel=panel, actor=play.officer)


def test_a_panel_of_opinions_has_a_page_and_a_report_too(play):
    panel = play.at_panel("unit")
    sign_all(panel)
    close_panel(panel=panel, actor=play.officer)
    client = Client()
    client.force_login(play.officer)
    html = client.get(tenant_url("bureau:panel", pk=panel.pk)).content.decode()
    assert "建议认定 <b>3</b> 人" in html
    assert "建议认定" in issue_report(panel=panel, actor=play.officer).html


def test_the_bureaus_page_costs_the_same_at_one_item_and_at_many(play):
    put(play, {**CRITERIA, "spread_limit": Decimal(0)})
    panel = play.at_panel("unit")
    points_for(panel, *ROWS[:3])
    client = Client()
    client.force_login(play.officer)
    address = tenant_url("bureau:panel", pk=panel.pk)

    def costs():
        found = []
        for state in ("scoring", "closed"):
            Panel.objects.filter(pk=panel.pk).update(state=state, closed_at=clock.now())
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    few = costs()
    item = panel.items.get()
    sheets = list(item.sheets.all())
    for number in range(9):
        item.pk, item.subject_id, item._state.adding = None, 10_000 + number, True
        item.save()
        for sheet in sheets:
            sheet.pk, sheet.item, sheet._state.adding = None, item, True
            sheet.save()
    assert costs() == few
