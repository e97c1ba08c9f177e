"""The desk's queue: who handles a file, what is new on it, and one act on several files."""

import pytest

from applications.desk.assigning import assign, return_to_pool
from applications.enums import ApplicationState as S
from applications.models import Application, FileLook
from core.errors import DomainError, NotAllowed, StateConflict
from core.models import LogEntry
from core.web import tenant_url
from deadlines.models import Deadline, Notification
from jurisdictions.enums import Role
from jurisdictions.staffing import appoint
from tests.applications.builders import Play
from tests.applications.filing import browser_of
from tests.applications.test_desk_pages import copies_of, queries_of


@pytest.fixture
def play(world):
    return Play(world)


@pytest.fixture
def application(play):
    return play.submitted()


@pytest.fixture
def reviewer(play, application):
    return play.reviewer(application)


@pytest.fixture
def colleague(play, application):
    person = play.world.people["auditor"]
    appoint(user=person, authority=application.authority, role=Role.REVIEWER, actor=None)
    return person


def queue(person, **given):
    return browser_of(person).get(tenant_url("desk:queue"), given)


def listed(answer):
    return [row["application"].pk for row in answer.context["rows"]]


def test_a_file_is_handed_to_a_colleague_and_put_back(play, application, reviewer, colleague):
    assign(application=application, reviewer=colleague, actor=reviewer, reason="本周由您办理", stage=0)
    application.refresh_from_db()
    assert application.reviewer == colleague
    entry = LogEntry.history_of(application).get(action="applications.assign")
    assert (entry.actor, entry.reason, entry.data["reviewer"]) == (reviewer, "本周由您办理", colleague.pk)
    assert Notification.objects.filter(recipient=colleague, title__startswith="转交您办理").exists()
    assert listed(queue(colleague, who="me")) == [application.pk]
    assert listed(queue(reviewer, who="me")) == listed(queue(reviewer, who="nobody")) == []
    page = browser_of(reviewer).get(tenant_url("desk:file", pk=application.pk)).content.decode()
    assert f"{colleague}：本周由您办理" in page
    return_to_pool(application=application, actor=colleague)
    application.refresh_from_db()
    assert application.reviewer is None
    assert (
        LogEntry.history_of(application).get(action="applications.unassign").data["reviewer"] == colleague.pk
    )


def test_only_the_desks_own_people_hand_on_to_one_another(play, application, reviewer, colleague):
    with pytest.raises(DomainError) as refused:
        assign(application=application, reviewer=play.officer, actor=reviewer)
    assert refused.value.path == "reviewer"
    with pytest.raises(NotAllowed):
        assign(application=application, reviewer=reviewer, actor=play.officer)
    with pytest.raises(StateConflict):
        assign(application=application, reviewer=colleague, actor=reviewer, stage=1)
    with pytest.raises(DomainError):
        return_to_pool(application=application, actor=reviewer)


def test_news_are_what_others_did_since_one_looked(play, application, reviewer, colleague):
    def mark(person, **given):
        rows = queue(person, **given).context["rows"]
        return [
            (row["application"].seen > 0, row["application"].newest > row["application"].seen) for row in rows
        ]

    def open_file(person):
        browser, pk = browser_of(person), application.pk
        upto = browser.get(tenant_url("desk:file", pk=pk)).context["upto"]
        browser.post(tenant_url("desk:look", pk=pk), {"upto": upto})

    assert mark(reviewer) == [(False, True)]
    open_file(reviewer)
    assert mark(reviewer) == [(True, False)]
    assert mark(colleague) == [(False, True)]
    assert listed(queue(reviewer, news="new")) == []
    assign(application=application, reviewer=reviewer, actor=reviewer)
    assert mark(reviewer) == [(True, False)]
    assign(application=application, reviewer=colleague, actor=colleague)
    assert mark(reviewer, news="new") == [(True, True)]
    news = browser_of(reviewer).get(tenant_url("desk:file", pk=application.pk)).context["news"]
    assert [one["title"] for one in news] == ["转交办理人"]
    open_file(reviewer)
    assert mark(reviewer) == [(True, False)]
    # A page that was opened earlier takes nothing back, and no number beyond the record is believed.
    for upto in (10**12, 1):
        browser_of(reviewer).post(tenant_url("desk:look", pk=application.pk), {"upto": upto})
    assert FileLook.objects.get(person=reviewer).entry == LogEntry.history_of(application).last().pk


def test_the_queue_is_narrowed_down_by_round_and_date(play, application, reviewer):
    second = play.submitted("third")
    for one, day in ((application, "2024-03-04"), (second, "2024-03-29")):
        Deadline.objects.create(
            subject=one, bearer=one.authority, kind="review", period="0", label="审核", due_on=day, rungs=[]
        )
    play.world.at("2024-03-05")
    assert listed(queue(reviewer, due="late")) == [application.pk]
    play.world.at("2024-03-01")
    assert listed(queue(reviewer, due="soon")) == [application.pk]
    assert listed(queue(reviewer, round=play.round.pk)) == [application.pk, second.pk]
    assert len(listed(queue(reviewer, round=play.round.pk + 999))) == 2


def test_a_batch_says_of_each_file_what_came_of_it(play, application, reviewer):
    unchecked = play.submitted("third")
    play.story.check("unit", application)
    browser, url = browser_of(reviewer), tenant_url("desk:batch")
    files = [application.pk, unchecked.pk, 99_999_999]
    shown = browser.get(url, {"act": "forward", "files": files})
    assert (len(shown.context["rows"]), shown.context["lost"]) == (2, 1)
    data = {"act": "forward", "files": files, f"stage-{application.pk}": 0, f"stage-{unchecked.pk}": 0}
    refused = browser.post(url, data | {"text": ""})
    assert list(refused.context["form"].errors) == ["text"]
    before = LogEntry.objects.count()
    done = browser.post(url, data | {"text": "材料齐全，同意上报"})
    outcomes = {one.application.pk: one for one in done.context["outcomes"]}
    assert outcomes[application.pk].done
    assert any("尚未核对" in problem.message for problem in outcomes[unchecked.pk].problems)
    states = dict(Application.objects.values_list("pk", "state"))
    assert states == {application.pk: S.AWAITING_PANEL, unchecked.pk: S.UNDER_REVIEW}
    assert [e.subject_id for e in LogEntry.objects.order_by("pk")[before:]] == [application.pk]
    again = browser.post(url, data | {"text": "再次上报"}).context["outcomes"]
    assert [one.done for one in again] == [False, False]


def test_a_batch_acts_at_the_stage_that_the_page_showed(play, application, reviewer, colleague):
    browser, url = browser_of(reviewer), tenant_url("desk:batch")
    data = {"act": "assign", "files": [application.pk], "reviewer": colleague.pk}
    assert not browser.post(url, data).context["outcomes"][0].done
    assert browser.post(url, data | {f"stage-{application.pk}": 0}).context["outcomes"][0].done
    assert browser.get(url, {"act": "reject", "files": [application.pk]}).status_code == 404


def test_a_page_of_fifty_costs_what_a_page_of_one_does(play, application, reviewer):
    browser = browser_of(reviewer)
    urls = [tenant_url("desk:queue"), tenant_url("desk:batch") + f"?act=forward&files={application.pk}"]
    few = [queries_of(browser, url) for url in urls]
    copies_of(application, 30)
    every = "&".join(f"files={pk}" for pk in Application.objects.values_list("pk", flat=True))
    urls[1] = tenant_url("desk:batch") + f"?act=forward&{every}"
    assert [queries_of(browser, url) for url in urls] == few
