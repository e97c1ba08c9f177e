"""Applications before their panel."""

from datetime import date

import pytest

from applications.enums import ApplicationState
from applications.selection.panel_stage import finish_panel, outcomes_of, send_to_panel
from core.errors import DomainError, NotAllowed
from deadlines.models import Notification
from deadlines.owing import open_deadline
from panels.enums import PanelState, Purpose, Verdict
from panels.models import Panel
from tests.applications.builders import Play, sign_all


@pytest.fixture
def play(world):
    return Play(world)


def send(play, applications, **changes):
    arguments = {
        "round_": play.round,
        "applications": applications,
        "experts": list(play.world.experts.values()),
        "due_on": date(2024, 5, 20),
        "actor": play.officer,
    }
    return send_to_panel(**arguments | changes)


def test_a_panel_of_all_that_wait(play):
    applications = [play.reviewed("unit"), play.reviewed("second")]
    Notification.objects.all().delete()
    panel = send(play, applications)
    assert (panel.state, panel.purpose, panel.subject) == (
        PanelState.SCORING,
        Purpose.APPLICATION,
        play.round,
    )
    assert [item.subject for item in panel.items.all()] == applications
    assert [item.title for item in panel.items.all()] == [f"{a.unit.name}技师工作站" for a in applications]
    for application in applications:
        application.refresh_from_db()
        assert application.state == ApplicationState.AT_PANEL
    experts = {e.user.username for e in play.world.experts.values()}
    told = set(Notification.objects.values_list("recipient__username", flat=True))
    assert told == experts | {"qs-unit", "qs-clerk", "qs-unit2"}
    owed = {e.pk: open_deadline(panel, "panel_sheets", str(e.pk)) for e in play.world.experts.values()}
    assert {(o.bearer, o.due_on) for o in owed.values()} == {
        (e, date(2024, 5, 20)) for e in play.world.experts.values()
    }


def test_what_does_not_wait_for_a_panel_is_refused(play):
    waiting = play.reviewed("unit")
    on_desk = play.submitted("second")
    for applications in ([waiting, on_desk], []):
        with pytest.raises(DomainError):
            send(play, applications)
    assert not Panel.objects.exists()
    waiting.refresh_from_db()
    assert waiting.state == ApplicationState.AWAITING_PANEL


def test_an_application_of_another_round_is_refused(play):
    waiting = play.reviewed("unit")
    other = play.story.open_round(years_later=1)
    with pytest.raises(DomainError) as refused:
        send(play, [waiting], round_=other)
    assert refused.value.path == "applications"
    assert not Panel.objects.exists()


def test_a_panel_needs_experts_and_a_day(play):
    application = play.reviewed("unit")
    with pytest.raises(DomainError) as refused:
        send(play, [application], experts=[])
    assert refused.value.path == "experts"
    with pytest.raises(DomainError) as refused:
        send(play, [application], due_on=None)
    assert refused.value.path == "due_on"
    with pytest.raises(DomainError) as refused:
        send(play, [application], due_on=date(2024, 3, 1))
    assert refused.value.path == "due_on"
    retired = play.world.experts["expert1"]
    retired.is_active = False
    retired.save()
    with pytest.raises(DomainError) as refused:
        send(play, [application], experts=[retired])
    assert refused.value.path == "experts"


def test_only_the_lead_forms_and_closes_panels(play):
    application = play.reviewed("unit")
    for key in ("reviewer", "publisher", "expert1", "admin"):
        with pytest.raises(NotAllowed):
            send(play, [application], actor=play.world.people[key])
    panel = send(play, [application])
    sign_all(panel)
    for key in ("reviewer", "expert1"):
        with pytest.raises(NotAllowed):
            finish_panel(panel=panel, actor=play.world.people[key])
    application.refresh_from_db()
    assert application.state == ApplicationState.AT_PANEL


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_fifteen_working_days_bind_the_panel(play):
    application = play.reviewed("unit")
    statutory = open_deadline(application, "panel").due_on
    with pytest.raises(DomainError) as refused:
        send(play, [application], due_on=date.fromordinal(statutory.toordinal() + 1))
    assert (refused.value.path, refused.value.clause) == ("due_on", "GM-6.3")
    panel = send(play, [application], due_on=None)
    assert panel.due_on == statutory


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_a_limit_that_has_passed_does_not_stop_the_panel(play):
    application = play.reviewed("unit")
    play.world.at("2022-06-01")
    with pytest.raises(DomainError):
        send(play, [application], due_on=None)
    panel = send(play, [application], due_on=date(2022, 6, 10))
    assert panel.due_on == date(2022, 6, 10)
    # The lead is still late: the text's own date stays open until the panel has reported.
    assert open_deadline(application, "panel").due_on < date(2022, 6, 1)
    sign_all(panel)
    finish_panel(panel=panel, actor=play.officer)
    assert open_deadline(application, "panel") is None


@pytest.mark.parametrize(
    ("verdicts", "outcome"),
    [
        ((Verdict.RECOMMEND,), {"recommend": 3, "oppose": 0, "verdict": "recommend"}),
        (
            (Verdict.RECOMMEND, Verdict.OPPOSE, Verdict.OPPOSE),
            {"recommend": 1, "oppose": 2, "verdict": "oppose"},
        ),
    ],
)
def test_what_the_panel_said_stands_on_the_application(play, verdicts, outcome):
    panel = play.at_panel("unit", "second")
    sign_all(panel, verdicts)
    Notification.objects.all().delete()
    finish_panel(panel=panel, actor=play.officer)
    applications = [item.subject for item in panel.items.all()]
    assert outcomes_of(applications) == {a.pk: outcome for a in applications}
    assert {a.state for a in applications} == {ApplicationState.EVALUATED}
    assert set(Notification.objects.values_list("title", flat=True)) == {"专家评审已结束"}
