"""What shuts an application out: known to the system, found out by the first desk, decided on the record."""

from datetime import timedelta

import pytest

from applications.desk.checking import confirm_checks
from applications.desk.grounds import grounds_of
from applications.desk.inquiring import (
    bar_problems,
    bars_of,
    endings_of,
    known_to_system,
    questions_of,
    record_findings,
)
from applications.desk.review import forward, obstacles
from applications.enums import ApplicationState
from applications.models import Application
from config.demo_story import nothing_found
from core import clock
from core.errors import DomainError, InputRefused, NotAllowed
from core.models import LogEntry
from stations.enums import StationState
from stations.models import Station
from tests.applications.builders import Play
from tests.applications.listing import Listed
from tests.applications.test_desk_pages import browser, checklist, page
from tests.applications.test_review import bring, check_all


@pytest.fixture
def play(world):
    return Play(world)


@pytest.fixture
def application(play):
    return play.submitted()


@pytest.fixture
def reviewer(play, application):
    return play.reviewer(application)


def find(application, actor, overrides=None, **found):
    return record_findings(application=application, found=found, overrides=overrides or {}, actor=actor)


TEAM, HEAD = "existing_county_skill_master_studio_team", "existing_county_skill_master_studio_leader"


def test_a_team_that_is_much_alike_shuts_out_until_somebody_decides(application, reviewer):
    check_all(application, reviewer)
    bring(application, reviewer)
    names = known_to_system(application)["team"]
    find(application, reviewer, **{TEAM: names, HEAD: None})
    (problem,) = obstacles(application)
    assert (problem.path, problem.clause) == ("bars.similar_team", "QS-5.1.5")
    with pytest.raises(InputRefused, match="人相同"):
        forward(application=application, text="同意", actor=reviewer)
    assert "QS-5.1.5" in {ground.clause for ground in grounds_of(application)}
    find(application, reviewer, {"similar_team": "工种不同，县局局务会决定受理"}, **{TEAM: names})
    assert obstacles(application) == ()
    entry = LogEntry.history_of(application).filter(action="applications.record_findings").last()
    assert entry.reason == "工种不同，县局局务会决定受理"
    assert not [name for name in names if name in str(entry.data)]
    forward(application=application, text="同意", actor=reviewer)
    assert application.state == ApplicationState.AWAITING_PANEL


def test_a_decision_is_only_taken_where_a_rule_shuts_out(application, reviewer):
    with pytest.raises(DomainError, match="没有需要决定的情形"):
        find(application, reviewer, {"similar_team": "先写上"}, **nothing_found(application))
    application.refresh_from_db()
    assert application.desk_facts == {}


def test_who_finds_out_and_what(play, application, reviewer):
    with pytest.raises(NotAllowed):
        find(application, play.officer, **nothing_found(application))
    with pytest.raises(DomainError, match="没有要求核实"):
        find(application, reviewer, registered_in_county=True)


@pytest.mark.parametrize("world", ["gaoming", "shenzhen"], indirect=True)
def test_false_papers_end_the_way(application, reviewer):
    check_all(application, reviewer)
    confirm_checks(
        application=application,
        confirmed=["originals_checked", "copies_marked_and_sealed", "copies", "bound_in_order"],
        actor=reviewer,
    )
    assert obstacles(application) == ()
    find(application, reviewer, material_false=True)
    (problem,) = obstacles(application)
    assert problem.clause in {"GM-5.8", "SZ-6.2b"}
    with pytest.raises(InputRefused):
        forward(application=application, text="同意", actor=reviewer)
    assert problem.clause in {ground.clause for ground in grounds_of(application)}


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_money_of_the_year_shuts_out_no_application(application, reviewer):
    check_all(application, reviewer)
    (asked, *_) = questions_of(application)
    others = [one for one in asked.choices if one != known_to_system(application)["claim"]]
    find(application, reviewer, **{asked.name: others[:1]})
    (bar,) = bars_of(application)
    assert (bar.answer.affects, bar.answer.allowed, bar.stands) == ("funding", False, False)
    assert "bars" not in str([problem.path for problem in obstacles(application)])


def test_the_page_takes_what_was_found(play, application, reviewer):
    bring(application, reviewer)
    names = known_to_system(application)["team"]
    data = checklist(application) | {f"find-{TEAM}": "\n".join(names)}
    answer = browser(reviewer).post(page("file", application), data, follow=True)
    application.refresh_from_db()
    assert application.desk_facts == {TEAM: names}
    said = browser(reviewer).get(page("file", application)).content.decode()
    assert answer.status_code == 200
    assert "人相同" in said
    assert "仍予受理的理由" in said


def test_what_the_system_knows(world):
    listed = Listed(world)
    listed.after_notice()
    listed.sign_off()
    listed.designate()
    station = Station.objects.get()
    ended = clock.now() - timedelta(days=1)
    Station.objects.filter(pk=station.pk).update(state=StationState.REVOKED, ended_at=ended)
    again = Application(unit=station.unit, round=listed.round, rosters={})
    known = known_to_system(again)
    assert endings_of(again) == [("revoked", clock.local(ended).date())]
    assert (known["applications_this_year"], known["first_application_status"]) == (1, "approved")
    assert bar_problems(again) == ()
