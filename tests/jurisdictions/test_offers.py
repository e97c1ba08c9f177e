"""A post for somebody of another place: offered, accepted by the person, nothing seen of it until then."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from accounts.models import User
from accounts.signals import account_event
from core import outbox
from core.models import LogEntry
from core.tenancy import tenant_scope
from deadlines.models import Notification
from jurisdictions.account_care import care_for_account
from jurisdictions.belonging import belongs, belongs_elsewhere
from jurisdictions.enums import AccountAct, MembershipState, Right, Role
from jurisdictions.models import Membership
from jurisdictions.permissions import holds
from tests.applications.filing import browser_of
from tests.browsing import signed_in, text_of
from tests.jurisdictions.acts import somebody
from tests.world import World, furnish, make_jurisdiction


@pytest.fixture
def there(world: World) -> World:
    """Another jurisdiction with people of its own."""
    with tenant_scope(make_jurisdiction("gaoming")) as scope:
        return furnish(scope.tenant)


def name_on_the_page(world: World, username: str, role: Role = Role.REVIEWER) -> Any:
    """The administrator types a user name; the answer, with the page that follows."""
    given = {"username": username, "authority": world.lead.pk, "role": role}
    return signed_in(world, "admin").post(world.url("settings/people/appoint/"), given, follow=True)


def as_read(answer: Any, username: str) -> str:
    """The page without what differs at every request, and without what was typed."""
    text = re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"', "", answer.content.decode())
    return text.replace(username, "USERNAME")


def test_the_answer_does_not_tell_whether_there_is_such_an_account(world: World, there: World) -> None:
    """Planted bug: a form that looks the account up."""
    officer, gone = there.people["officer"], somebody()
    User.objects.filter(pk=gone.pk).update(is_active=False)
    last = LogEntry.objects.latest("pk").pk
    answers = {name: name_on_the_page(world, name) for name in ("nobody", officer.username, gone.username)}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert len({as_read(answer, name) for name, answer in answers.items()}) == 1
    assert officer.full_name not in answers[officer.username].content.decode()
    entries = LogEntry.objects.filter(pk__gt=last).exclude(action="accounts.sign_in")
    assert len({(e.action, e.subject_type, e.subject_id, len(str(e.data))) for e in entries}) == 1
    assert len(entries) == 3
    with tenant_scope(there.jurisdiction):
        own = LogEntry.objects.filter(action__contains="offer")
        assert not own.exists()


def test_until_accepted_nothing_of_the_person_is_seen_here(world: World, there: World) -> None:
    """Planted bugs: waiting posts make people belong; the list shows offers."""
    officer = there.people["officer"]
    name_on_the_page(world, officer.username)
    security = signed_in(world, "security")
    for page in ("settings/", "settings/?state=all", "settings/?state=offered", "settings/security/"):
        shown = text_of(security, world.url(page))
        assert officer.username not in shown, page
        assert officer.full_name not in shown, page
    post = Membership.objects.get(user=officer)
    for path in (f"settings/people/{post.pk}/", f"settings/security/{officer.pk}/"):
        assert security.get(world.url(path)).status_code == 404
    for act in ("confirm", "refuse", "end"):
        url = world.url(f"settings/people/{post.pk}/{act}/")
        assert security.post(url, {"reason": "无"}).status_code == 404
    assert security.post(world.url(f"settings/security/{officer.pk}/end_sessions/")).status_code == 404
    before = LogEntry.objects.count()
    account_event.send(sender=None, action="accounts.sign_in", label="登录", user=officer, actor=officer)
    assert LogEntry.objects.count() == before


def test_the_own_jurisdiction_keeps_its_hands_on_its_people(world: World, there: World) -> None:
    """Planted bug: an offer, or a post that waits, makes somebody another place's too."""
    officer = there.people["officer"]
    name_on_the_page(world, officer.username)
    accept(world, officer)
    with tenant_scope(there.jurisdiction):
        assert not belongs_elsewhere(officer)
        care_for_account(
            act=AccountAct.SET_PASSWORD, user=officer, reason="忘记密码", actor=there.people["security"]
        )
        care_for_account(act=AccountAct.DISABLE, user=officer, reason="离岗", actor=there.people["security"])


def test_an_offer_makes_nobody_staff(world: World) -> None:
    person = somebody()
    name_on_the_page(world, person.username)
    person.refresh_from_db()
    assert not person.works_as_staff
    accept(world, person)
    person.refresh_from_db()
    assert not person.works_as_staff
    confirm(world, person)
    person.refresh_from_db()
    assert person.works_as_staff


def accept(world: World, person: User, *, browser: Any = None) -> Any:
    post = Membership.objects.get(user=person)
    browser = browser or browser_of(person)
    return browser.post(world.url(f"inbox/offers/{post.pk}/accept/"))


def confirm(world: World, person: User) -> Any:
    post = Membership.objects.get(user=person)
    return signed_in(world, "security").post(world.url(f"settings/people/{post.pk}/confirm/"))


def test_the_person_accepts_and_then_another_confirms(world: World, there: World) -> None:
    """Planted bug: the administrator, or anybody, accepts for the person."""
    officer = there.people["officer"]
    name_on_the_page(world, officer.username)
    post = Membership.objects.get(user=officer)
    page = world.url(f"inbox/offers/{post.pk}/")
    for key in ("admin", "security", "officer"):
        assert signed_in(world, key).get(page).status_code == 404
        assert accept(world, officer, browser=signed_in(world, key)).status_code == 404
    confirm(world, officer)
    post.refresh_from_db()
    assert post.state == MembershipState.OFFERED
    own = browser_of(officer)
    assert world.lead.name in text_of(own, page)
    assert accept(world, officer, browser=own).status_code == 302
    post.refresh_from_db()
    assert post.state == MembershipState.PENDING
    assert (own.get(page).status_code, accept(world, officer).status_code) == (404, 404)
    assert officer.full_name in text_of(signed_in(world, "security"), world.url("settings/"))
    assert not belongs(officer)
    assert confirm(world, officer).status_code == 302
    assert holds(officer, Right.REVIEW, world.lead)
    assert [entry.action for entry in LogEntry.history_of(post)] == [
        "jurisdictions.accept",
        "jurisdictions.confirm",
    ]


def test_accepting_asks_who_one_is(world: World, there: World) -> None:
    """Planted bug: `accept` without `recently_authenticated`."""
    officer = there.people["officer"]
    name_on_the_page(world, officer.username)
    browser = browser_of(officer)
    session = browser.session
    session["confirmed"] = 0
    session.save()
    answer = accept(world, officer, browser=browser)
    assert "reauthenticate" in answer["Location"]
    assert Membership.objects.get(user=officer).state == MembershipState.OFFERED


def test_the_person_is_told_where_the_person_looks(world: World, there: World) -> None:
    officer = there.people["officer"]
    for _ in range(3):
        name_on_the_page(world, officer.username)
    with tenant_scope(there.jurisdiction):
        (message,) = Notification.objects.filter(recipient=officer)
        outbox.relay_all()
    assert world.jurisdiction.name in message.text
    assert [one.to for one in mail.outbox] == [[officer.email]]
    own = browser_of(officer)
    answer = own.post(there.url(f"inbox/{message.pk}/read/"), follow=True)
    assert (answer.status_code, answer.redirect_chain[-1][0]) == (200, message.url)
    stranger = somebody()
    name_on_the_page(world, stranger.username)
    assert Notification.objects.filter(recipient=stranger).count() == 1


def test_an_offer_lapses_and_may_be_made_anew(world: World) -> None:
    """Planted bug: without the date an offer stands for ever."""
    person = somebody()
    name_on_the_page(world, person.username)
    post = Membership.objects.get(user=person)
    Membership.objects.filter(pk=post.pk).update(since=post.since - timedelta(days=7, seconds=1))
    browser = browser_of(person)
    assert browser.get(world.url(f"inbox/offers/{post.pk}/")).status_code == 404
    assert accept(world, person).status_code == 404
    name_on_the_page(world, person.username)
    assert Notification.objects.filter(recipient=person).count() == 2
    assert accept(world, person).status_code == 302
    assert Membership.objects.get(user=person).state == MembershipState.PENDING


def test_what_one_person_never_is_together_is_said_to_the_person(world: World) -> None:
    """The administrator learns nothing of it: the rules are asked when the person accepts."""
    person = somebody()
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        name_on_the_page(world, person.username, role)
    first, second = Membership.objects.filter(user=person).order_by("pk")
    browser = browser_of(person)
    browser.post(world.url(f"inbox/offers/{first.pk}/accept/"))
    refused = browser.post(world.url(f"inbox/offers/{second.pk}/accept/"), follow=True)
    assert "须由三人分别担任" in refused.content.decode()
    states = list(Membership.objects.filter(user=person).order_by("pk").values_list("state", flat=True))
    assert states == [MembershipState.PENDING, MembershipState.OFFERED]


def test_who_belongs_here_is_appointed_as_before(world: World) -> None:
    auditor = world.people["auditor"]
    answer = name_on_the_page(world, auditor.username, Role.NOTICE_PUBLISHER)
    assert auditor.full_name in answer.content.decode()
    post = Membership.objects.get(user=auditor, role=Role.NOTICE_PUBLISHER)
    assert post.state == MembershipState.PENDING
