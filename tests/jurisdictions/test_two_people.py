"""Nobody gets both keys of an account alone: what takes two people, and which two."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import second_factor
from accounts.models import User
from core.errors import DomainError, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.tenancy import tenant_scope
from deadlines.models import Notification
from jurisdictions.account_care import care_for_account
from jurisdictions.enums import AccountAct, ProposalState, Role
from jurisdictions.models import AccountProposal, Membership
from jurisdictions.staffing import appoint, dismiss
from jurisdictions.two_people import agree_to_act, ask_for_act, open_proposals, refuse_act
from tests.accounts.people import with_second_factor
from tests.browsing import signed_in, text_of
from tests.jurisdictions.acts import in_post
from tests.stations.builders import build_unit
from tests.world import World, furnish, make_jurisdiction

RESET, PASSWORD = AccountAct.RESET_SECOND_FACTOR, AccountAct.SET_PASSWORD
EVERYBODY = ("admin", "security", "auditor", "officer", "reviewer", "expert1")
# Whose account: who asks, and who then agrees. Everybody else is refused.
PAIRS: dict[str, dict[str, set[str]]] = {
    "officer": {"security": {"admin", "auditor"}},
    "expert1": {"security": {"admin", "auditor"}},
    "admin": {"security": {"auditor"}},
    "auditor": {"security": {"admin"}},
    "security": {"admin": {"auditor"}, "auditor": {"admin"}},
}


def asked(world: World, whose: str, by: str = "security", act: AccountAct = RESET) -> AccountProposal:
    return ask_for_act(act=act, user=world.people[whose], reason="手机遗失", actor=world.people[by])


@pytest.mark.parametrize("whose", PAIRS)
def test_which_two_people_reset_a_second_factor(world: World, whose: str) -> None:
    """Planted bugs: one is enough; the owner's own word counts; a security administrator asks for another."""
    user = world.people[whose]
    world.people["security2"] = in_post(world, Role.SECURITY_ADMINISTRATOR)
    if whose == "security":
        with pytest.raises(NotAllowed):
            asked(world, whose, "security2")
    for by in EVERYBODY:
        if by not in PAIRS[whose]:
            with pytest.raises(NotAllowed):
                asked(world, whose, by)
            continue
        proposal = asked(world, whose, by)
        with_second_factor(user)
        for other in (*EVERYBODY, "security2"):
            if other not in PAIRS[whose][by]:
                with pytest.raises(NotAllowed):
                    agree_to_act(proposal=proposal, actor=world.people[other])
        assert second_factor.standing(user)
        for other in sorted(PAIRS[whose][by]):
            with transaction.atomic():
                agree_to_act(proposal=proposal, actor=world.people[other])
                assert not second_factor.standing(user)
                assert proposal.state == ProposalState.DONE
                transaction.set_rollback(True)
            proposal.refresh_from_db()
        refuse_act(proposal=proposal, reason="换一种", actor=world.people[by])
        second_factor.forget(user)


def test_one_person_alone_does_nothing_of_it(world: World) -> None:
    """Planted bug: `care_for_account` does not ask whether it takes two."""
    security = world.people["security"]
    for whose, act in (("officer", RESET), ("admin", RESET), ("admin", PASSWORD), ("auditor", PASSWORD)):
        user = world.people[whose]
        before = user.password
        with_second_factor(user)
        with pytest.raises(NotAllowed, match="须由两人办理"):
            care_for_account(act=act, user=user, reason="忘记", actor=security)
        user.refresh_from_db()
        assert (user.password, bool(second_factor.standing(user))) == (before, True)
        second_factor.forget(user)
    waiting = in_post(world, Role.REVIEWER)
    Membership.objects.create(user=waiting, authority=world.lead, role=Role.AUDITOR)
    with pytest.raises(NotAllowed, match="须由两人办理"):
        care_for_account(act=PASSWORD, user=waiting, reason="忘记", actor=security)


def test_other_passwords_are_one_persons_act_as_long_as_a_second_factor_stands_behind(
    world: World, settings: Any
) -> None:
    """Planted bug: after the reset of a factor one person sets the password and brings an own app."""
    settings.SECOND_FACTOR_REQUIRED, settings.SECOND_FACTOR_EXEMPT_DEMO = True, False
    officer, member, security = world.people["officer"], build_unit(world).person, world.people["security"]
    User.objects.filter(pk=officer.pk).update(works_as_staff=True)
    officer.refresh_from_db()
    care = {"act": PASSWORD, "reason": "忘记密码", "actor": security}
    with pytest.raises(NotAllowed, match="须由两人办理"):
        care_for_account(user=officer, **care)
    with_second_factor(officer)
    password = care_for_account(user=officer, **care)
    assert officer.check_password(password)
    with pytest.raises(DomainError, match="不须两人办理"):
        asked(world, "officer", act=PASSWORD)
    assert care_for_account(user=member, **care)


def test_both_keys_never_come_from_the_same_second_person(world: World) -> None:
    """Planted bug: without the look back one auditor is shown the password of an account without a factor."""
    admin, auditor = world.people["admin"], world.people["auditor"]
    in_post(world, Role.AUDITOR)
    agree_to_act(proposal=asked(world, "admin"), actor=auditor)
    password = asked(world, "admin", act=PASSWORD)
    with pytest.raises(NotAllowed, match="已同意办理该账号的另一项"):
        agree_to_act(proposal=password, actor=auditor)
    other = Membership.objects.filter(role=Role.AUDITOR).exclude(user=auditor).get().user
    with transaction.atomic():
        assert agree_to_act(proposal=password, actor=other)
        transaction.set_rollback(True)
    password.refresh_from_db()
    User.objects.filter(pk=admin.pk).update(last_login=timezone.now())
    assert agree_to_act(proposal=AccountProposal.objects.get(pk=password.pk), actor=auditor)


def test_an_initial_password_goes_with_the_second_factor(world: World) -> None:
    """Planted bug: whoever set the password waits for a colleague to agree to the reset."""
    officer, security = world.people["officer"], world.people["security"]
    with_second_factor(officer)
    password = care_for_account(act=PASSWORD, user=officer, reason="忘记密码", actor=security)
    agree_to_act(proposal=asked(world, "officer"), actor=world.people["auditor"])
    assert not User.objects.get(pk=officer.pk).check_password(password)
    publisher = world.people["publisher"]
    publisher.set_password("Xinhua-Road-7")
    publisher.save()
    agree_to_act(proposal=asked(world, "publisher"), actor=world.people["auditor"])
    assert User.objects.get(pk=publisher.pk).check_password("Xinhua-Road-7")


def test_a_proposal_lapses_after_a_day(world: World) -> None:
    """Planted bug: without the date yesterday's question is answered today."""
    proposal = asked(world, "officer")
    with pytest.raises(StateConflict, match="已有同样的申请"):
        asked(world, "officer")
    late = timezone.now() - timedelta(hours=24, seconds=1)
    AccountProposal.objects.filter(pk=proposal.pk).update(proposed_at=late)
    assert not open_proposals().exists()
    with pytest.raises(StateConflict, match="失效"):
        agree_to_act(proposal=proposal, actor=world.people["auditor"])
    again = asked(world, "officer")
    proposal.refresh_from_db()
    assert (proposal.state, list(open_proposals())) == (ProposalState.LAPSED, [again])


def test_who_asked_must_still_be_in_post(world: World) -> None:
    asker = in_post(world, Role.SECURITY_ADMINISTRATOR)
    proposal = ask_for_act(act=RESET, user=world.people["officer"], reason="遗失", actor=asker)
    post = Membership.objects.get(user=asker)
    dismiss(membership=post, actor=world.people["admin"], reason="调离")
    with pytest.raises(NotAllowed):
        agree_to_act(proposal=proposal, actor=world.people["auditor"])


def test_a_reason_a_place_here_and_none_elsewhere(world: World) -> None:
    officer, security = world.people["officer"], world.people["security"]
    with pytest.raises(ReasonRequired):
        ask_for_act(act=RESET, user=officer, reason=" ", actor=security)
    with tenant_scope(make_jurisdiction("gaoming")) as scope:
        there = furnish(scope.tenant)
        stranger = there.people["officer"]
    with pytest.raises(NotAllowed, match="不属于本辖区"):
        ask_for_act(act=RESET, user=stranger, reason="遗失", actor=security)
    proposal = asked(world, "officer")
    with tenant_scope(scope.tenant):
        appoint(user=officer, authority=there.lead, role=Role.REVIEWER, actor=None)
    with pytest.raises(NotAllowed, match="还属于其他辖区"):
        agree_to_act(proposal=proposal, actor=world.people["auditor"])


def test_both_are_in_the_log_and_the_owner_is_told(world: World) -> None:
    officer, security, auditor = (world.people[key] for key in ("officer", "security", "auditor"))
    before = LogEntry.objects.count()
    agree_to_act(proposal=asked(world, "officer"), actor=auditor)
    entries = LogEntry.objects.order_by("id")[before:]
    assert [(entry.action, entry.actor, entry.reason) for entry in entries] == [
        ("jurisdictions.ask_for_act", security, "手机遗失"),
        ("jurisdictions.agree_to_act", auditor, ""),
        ("accounts.second_factor_reset", auditor, "手机遗失"),
    ]
    (told,) = Notification.objects.filter(recipient=officer)
    assert "重置双重验证" in told.title
    asking = Notification.objects.exclude(recipient=officer)
    assert {message.recipient for message in asking} == {world.people["admin"], auditor}


def test_the_database_wants_two_people_too(world: World) -> None:
    """Planted bug: without the constraint one and the same person stands twice in the row."""
    proposal = asked(world, "officer")
    done = {"state": ProposalState.DONE, "decided_at": timezone.now()}
    for alone in (None, proposal.proposed_by, proposal.user):
        with pytest.raises(IntegrityError, match="account_proposal_takes_two"), transaction.atomic():
            AccountProposal.objects.filter(pk=proposal.pk).update(**done, decided_by=alone)
    with pytest.raises(IntegrityError, match="account_proposal_takes_two"), transaction.atomic():
        AccountProposal.objects.filter(pk=proposal.pk).update(proposed_by=proposal.user)


# --- on the pages ------------------------------------------------------------------


def test_asked_on_one_page_agreed_on_another(world: World) -> None:
    security, auditor, admin = (signed_in(world, key) for key in ("security", "auditor", "admin"))
    user, url = world.people["admin"], world.url("settings/two-people/")
    account = world.url(f"settings/security/{user.pk}/")
    assert "须由系统管理员或审计人员" in text_of(security, account)
    asked_on = security.post(f"{account}set_password/", {"reason": "忘记密码"}, follow=True)
    assert "data-secret" not in asked_on.content.decode()
    assert "待另一人同意" in asked_on.content.decode()
    proposal = AccountProposal.objects.get()
    before = User.objects.get(pk=user.pk).password
    for browser in (security, admin):
        assert f"{proposal.pk}/agree/" not in text_of(browser, url)
        browser.post(f"{url}{proposal.pk}/agree/")
    assert signed_in(world, "officer").post(f"{url}{proposal.pk}/agree/").status_code == 404
    assert User.objects.get(pk=user.pk).password == before
    assert f"{proposal.pk}/agree/" in text_of(auditor, url)
    shown = auditor.post(f"{url}{proposal.pk}/agree/")
    match = re.search(r"data-secret>([^<]+)<", shown.content.decode())
    assert match is not None
    assert "no-store" in shown["Cache-Control"]
    assert User.objects.get(pk=user.pk).check_password(match[1])
    assert match[1] not in text_of(auditor, url)


def test_agreeing_asks_who_one_is(world: World) -> None:
    proposal, auditor = asked(world, "officer"), signed_in(world, "auditor")
    session = auditor.session
    session["confirmed"] = 0
    session.save()
    answer = auditor.post(world.url(f"settings/two-people/{proposal.pk}/agree/"))
    assert "reauthenticate" in answer["Location"]
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.OPEN


def test_the_two_others_look_after_a_security_administrator(world: World) -> None:
    auditor, admin, url = signed_in(world, "auditor"), signed_in(world, "admin"), "settings/two-people/"
    posts = {post.role: post.pk for post in Membership.objects.all()}
    given = {"post": posts[Role.SECURITY_ADMINISTRATOR], "act": RESET, "reason": ""}
    assert auditor.post(world.url(url), given).status_code == 422
    assert auditor.post(world.url(url), {**given, "post": posts[Role.BUREAU_OFFICER]}).status_code == 422
    assert auditor.post(world.url(url), {**given, "reason": "遗失"}).status_code == 302
    proposal = AccountProposal.objects.get()
    assert signed_in(world, "security").get(world.url(url)).status_code == 200
    with_second_factor(world.people["security"])
    assert admin.post(world.url(f"{url}{proposal.pk}/agree/")).status_code == 302
    assert not second_factor.standing(world.people["security"])


def test_another_jurisdictions_proposals_are_not_found(world: World) -> None:
    with tenant_scope(make_jurisdiction("gaoming")) as scope:
        foreign = asked(furnish(scope.tenant), "officer")
    auditor = signed_in(world, "auditor")
    for act in ("agree", "refuse"):
        assert auditor.post(world.url(f"settings/two-people/{foreign.pk}/{act}/")).status_code == 404


def test_the_server_sets_a_password_and_logs_it(world: World) -> None:
    out, admin = StringIO(), world.people["admin"]
    call_command("set_initial_password", admin.username, reason="三员均无法登录", stdout=out)
    admin.refresh_from_db()
    assert admin.check_password(out.getvalue().split()[-1])
    entry = LogEntry.objects.get(action="accounts.initial_password")
    assert (entry.actor, entry.reason) == (None, "三员均无法登录")
