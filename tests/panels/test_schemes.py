"""The scheme of a round: set by the bureau, frozen with the first panel, and what comes out by it."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from core.errors import EditConflict, InputRefused, NotAllowed, StateConflict
from core.models import LogEntry
from core.web import tenant_url
from panels.consolidation import close_panel
from panels.enums import Mean, Method, Purpose, Rounding, SchemeState, TieRule
from panels.models import Panel, Scheme, ScoreSheet
from panels.schemes import copy_scheme, set_scheme
from panels.scoring import save_sheet, sign_sheet
from tests.applications.builders import Play, sign_all
from tests.panels.builders import FULL, rubric_panel

LINES = [("技能水平", Decimal(30), Decimal(60)), ("带徒成效", Decimal(20), Decimal(40))]
CRITERIA = {"method": Method.CRITERIA, "criteria": LINES}


@pytest.fixture
def play(world):
    play = Play(world)
    play.open_round()
    return play


def whose(play, subject=None, purpose=Purpose.APPLICATION):
    return {
        "authority": play.world.lead,
        "rules": play.world.rules,
        "purpose": purpose,
        "subject": subject or play.round,
    }


def put(play, settings, *, revision=0, actor=None, **more):
    return set_scheme(
        **whose(play, **more), revision=revision, settings=settings, actor=actor or play.officer
    )


def points_for(panel, *rows):
    """Signs the sheets of the panel item by item, expert by expert."""
    sheets = ScoreSheet.objects.filter(item__panel=panel).order_by("item_id", "member_id")
    for sheet, (first, second) in zip(sheets, rows, strict=True):
        expert = sheet.member.expert.user
        points = {"c1": Decimal(first), "c2": Decimal(second)}
        save_sheet(sheet=sheet, revision=0, points=points, comment="", actor=expert)
        sign_sheet(sheet=sheet, actor=expert)


def test_it_is_set_logged_and_another_window_is_told(play):
    scheme = put(play, {**CRITERIA, "pass_mark": Decimal(60)})
    assert [row["key"] for row in scheme.criteria] == ["c1", "c2"]
    entry = LogEntry.objects.filter(action="panels.set_scheme").latest("pk")
    assert entry.data["criteria"] == [["c1", "30", "60"], ["c2", "20", "40"]]
    with pytest.raises(EditConflict):
        put(play, {"method": Method.OPINION})
    with pytest.raises(NotAllowed):
        put(play, {"method": Method.OPINION}, revision=1, actor=play.world.people["reviewer"])
    # What does not apply to opinions is dropped.
    scheme = put(play, {"method": Method.OPINION, "discuss_tied": True}, revision=1)
    assert (scheme.criteria, scheme.pass_mark, scheme.discuss_tied) == ([], None, True)


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({**CRITERIA, "criteria": []}, "method"),
        ({**CRITERIA, "criteria": [LINES[0]]}, "criteria-0-weight"),
        ({**CRITERIA, "criteria": [*LINES, ("", Decimal(5), Decimal(1))]}, "criteria-2-label"),
        ({**CRITERIA, "criteria": [LINES[0], ("技能水平", Decimal(5), Decimal(40))]}, "criteria-1-label"),
        ({**CRITERIA, "criteria": [LINES[0], ("带徒", None, Decimal(40))]}, "criteria-1-max"),
        ({**CRITERIA, "mean": Mean.TRIMMED}, "trim_from"),
        ({"method": Method.REGULATION}, "method"),
    ],
)
def test_what_is_missing_is_named(play, values, path):
    with pytest.raises(InputRefused) as refused:
        put(play, values)
    assert [problem.path for problem in refused.value.problems] == [path]
    assert not Scheme.objects.exists()


def test_it_is_frozen_with_the_first_panel_by_the_database_too(play):
    put(play, CRITERIA)
    panel = play.at_panel("unit")
    scheme = Scheme.objects.get()
    assert (scheme.state, panel.scheme) == (SchemeState.FROZEN, scheme)
    with pytest.raises(StateConflict):
        put(play, {"method": Method.OPINION}, revision=1)
    for statement in (
        "UPDATE panels_scheme SET decimals = 1",
        "UPDATE panels_scheme SET state = 'draft', frozen_at = NULL",
        "DELETE FROM panels_scheme",
        "UPDATE panels_panel SET scheme_id = NULL",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_database_wants_weights_of_100_and_a_frozen_scheme_for_a_panel(play):
    put(play, CRITERIA)
    short = Scheme.objects.get()
    short.criteria = short.criteria[:1]
    with pytest.raises(IntegrityError), transaction.atomic():
        short.save()
    panel = play.at_panel("unit")
    other = Panel(
        authority=panel.authority,
        profile=panel.profile,
        purpose=panel.purpose,
        subject_type=panel.subject_type,
        subject_id=panel.subject_id + 1,
        scheme=panel.scheme,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


def test_a_former_scheme_is_taken_over_whole(play):
    other = play.world.people["officer"]
    former = put(play, {**CRITERIA, "mean": Mean.TRIMMED, "trim_from": 5}, subject=other)
    copied = copy_scheme(**whose(play), former=former, actor=play.officer)
    assert (copied.criteria, copied.mean, copied.trim_from) == (former.criteria, Mean.TRIMMED, 5)
    assert (copied.former, copied.state) == (former, SchemeState.DRAFT)


def test_without_a_word_of_the_bureau_a_panel_judges_as_ever(play):
    panel = play.at_panel("unit")
    assert (panel.scheme.method, panel.scheme.state) == (Method.OPINION, SchemeState.FROZEN)
    sign_all(panel)
    close_panel(panel=panel, actor=play.officer)
    assert panel.items.get().outcome == {"recommend": 3, "oppose": 0, "verdict": "recommend"}


def test_criteria_are_weighted_trimmed_rounded_and_ranked(play):
    put(
        play,
        {
            **CRITERIA,
            "mean": Mean.TRIMMED,
            "trim_from": 3,
            "decimals": 1,
            "rounding": Rounding.HALF_UP,
            "pass_mark": Decimal("70"),
        },
    )
    panel = play.at_panel("unit", "second")
    # 60+40=100, 46+30=76, 20+10=30: the middle one counts. Second: 40+20, 40+20, 0+40: 60.
    points_for(panel, (30, 20), (23, 15), (10, 5), (20, 10), (20, 10), (0, 20))
    close_panel(panel=panel, actor=play.officer)
    first, second = panel.items.order_by("pk")
    sheets = list(ScoreSheet.objects.filter(item=first).order_by("member_id").values_list("pk", flat=True))
    assert first.outcome == {
        "points": {"c1": "23.0", "c2": "15.0"},
        "bonus": {},
        "base": "76.0",
        "total": "76.0",
        "graded_total": "76.0",
        "dropped": {"highest": sheets[0], "lowest": sheets[2]},
        "verdict": "recommend",
    }
    assert (second.outcome["graded_total"], second.outcome["verdict"]) == ("60.0", "oppose")
    assert (first.rank, second.rank) == (1, 2)


@pytest.mark.parametrize(
    ("ties", "places"),
    [(TieRule.SHARED, (1, 1)), (TieRule.CRITERIA, (2, 1)), (TieRule.EXACT, (1, 2))],
)
def test_equals_are_told_apart_as_the_scheme_says(play, ties, places):
    put(play, {**CRITERIA, "decimals": 0, "ties": ties})
    panel = play.at_panel("unit", "second")
    # 80.5 by the second line, 80 by the first: cut to 80 both.
    points_for(panel, *[("20.25", 20)] * 3, *[(30, 10)] * 3)
    close_panel(panel=panel, actor=play.officer)
    assert tuple(panel.items.order_by("pk").values_list("rank", flat=True)) == places


def test_a_regulations_score_sheet_is_trimmed_too_and_never_rounded_up(play):
    scheme = put(
        play,
        {
            "method": Method.REGULATION,
            "mean": Mean.TRIMMED,
            "trim_from": 3,
            "decimals": 0,
            "rounding": Rounding.HALF_UP,
        },
        purpose=Purpose.ASSESSMENT,
    )
    assert (scheme.decimals, scheme.rounding) == (2, Rounding.DOWN)
    panel = rubric_panel(play)
    lines = [FULL, {**FULL, "QS-A2.1": Decimal("1.5")}, {**FULL, "QS-A2.1": Decimal(0)}]
    for sheet, points in zip(ScoreSheet.objects.filter(item__panel=panel).order_by("pk"), lines, strict=True):
        save_sheet(sheet=sheet, revision=0, points=points, comment="", actor=sheet.member.expert.user)
        sign_sheet(sheet=sheet, actor=sheet.member.expert.user)
    close_panel(panel=panel, actor=play.officer)
    outcome = panel.items.get().outcome
    assert (outcome["graded_total"], outcome["points"]["QS-A2.1"]) == ("98.50", "1.50")


def test_the_page_sets_keeps_what_was_typed_and_shows_the_sheet(play):
    client = Client()
    client.force_login(play.officer)
    address = tenant_url("bureau:round_scheme", pk=play.round.pk)
    html = client.get(address).content.decode()
    assert "尚未设定" in html
    typed = {
        "version": "0",
        "method": "criteria",
        "mean": "plain",
        "decimals": "2",
        "rounding": "down",
        "ties": "shared",
        "criteria-TOTAL_FORMS": "3",
        "criteria-INITIAL_FORMS": "0",
        "criteria-0-label": "技能水平",
        "criteria-0-max": "30",
        "criteria-0-weight": "60",
        # A row struck and one after it: the refusal finds the right one.
        "criteria-1-label": "作废",
        "criteria-1-DELETE": "on",
        "criteria-2-label": "带徒成效",
        "criteria-2-max": "20",
        "criteria-2-weight": "30",
    }
    html = client.post(address, typed).content.decode()
    assert "各项权重合计应为 100%，现为 90%" in html
    assert 'value="带徒成效"' in html
    assert client.post(address, {**typed, "criteria-2-weight": "40"}).status_code == 302
    html = client.get(address).content.decode()
    assert 'name="points.c2"' in html
    panel = play.at_panel("unit")
    sheet = ScoreSheet.objects.filter(item__panel=panel).first()
    expert = Client()
    expert.force_login(sheet.member.expert.user)
    html = expert.get(tenant_url("panel:sheet", pk=sheet.pk)).content.decode()
    assert "权重 60%" in html
    html = client.get(address).content.decode()
    assert "不能再改" in html
    assert 'name="version"' not in html
