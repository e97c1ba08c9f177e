"""The pages of the administrations: people, accounts; and who reaches which audience's pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client

from accounts.models import User
from accounts.overview import standing_of
from core.models import LogEntry
from core.tenancy import tenant_scope
from jurisdictions.account_care import ELSEWHERE, care_for_account
from jurisdictions.belonging import belongs, belongs_elsewhere, people
from jurisdictions.enums import AccountAct, MembershipState, Right, Role
from jurisdictions.models import Membership
from jurisdictions.permissions import holds
from jurisdictions.platform import appoint_operator
from jurisdictions.staffing import appoint, confirm_appointment
from tests.applications.filing import browser_of
from tests.browsing import queries_of, signed_in, text_of
from tests.jurisdictions.acts import in_post, pending, somebody
from tests.stations.builders import build_unit
from tests.world import World, furnish, make_jurisdiction

# The first page of each audience, and exactly the roles that reach it.
HOMES: dict[str, set[str]] = {
    "desk/": {"reviewer", "bureau_officer"},
    "bureau/rounds/": {"bureau_officer", "panel_secretary"},
    "bureau/panels/": {"bureau_officer", "panel_secretary"},
    "bureau/notices/": {"bureau_officer", "notice_publisher"},
    "bureau/stations/": {"bureau_officer", "panel_secretary", "notice_publisher", "reviewer"},
    "bureau/assessments/": {"bureau_officer", "reviewer"},
    "funds/tranches/": {"finance_maker", "finance_checker"},
    "funds/ledger/": {"finance_maker", "finance_checker"},
    "settings/": {"administrator", "security_administrator"},
    "settings/people/new/": {"administrator"},
    "settings/people/appoint/": {"administrator"},
    "settings/security/": {"security_administrator"},
    "settings/two-people/": {"administrator", "security_administrator", "auditor"},
    "audit/": {"auditor"},
    "unit/": {"unit member"},
    "unit/profile/": {"unit member"},
    "unit/stations/": {"unit member"},
    "unit/assessments/": {"unit member"},
    "panel/": {"expert"},
    "/platform/": {"platform_operator"},
}
EVERY_ROLE = {*Role.values, "unit member", "expert", "nobody"}


def test_every_role_finds_its_own_pages_and_no_others(world: World) -> None:
    """Planted bug: any right added to a page's `requires`."""
    people_by_role: dict[str, User] = {
        role.value: in_post(world, role) for role in Role if role != Role.PLATFORM_OPERATOR
    }
    people_by_role["platform_operator"] = somebody()
    appoint_operator(user=people_by_role["platform_operator"])
    people_by_role |= {"unit member": build_unit(world).person, "expert": world.people["expert1"]}
    people_by_role["nobody"] = somebody()
    assert set(people_by_role) == EVERY_ROLE
    browsers = {role: browser_of(person) for role, person in people_by_role.items()}
    for page, allowed in HOMES.items():
        url = page if page.startswith("/") else world.url(page)
        answers = {role: browser.get(url).status_code for role, browser in browsers.items()}
        assert answers == {role: 200 if role in allowed else 404 for role in EVERY_ROLE}, page
        assert Client().get(url).status_code == 302, page


# --- people ----------------------------------------------------------------------


def test_appointed_on_one_page_confirmed_on_another(world: World) -> None:
    admin, security = signed_in(world, "admin"), signed_in(world, "security")
    auditor, url = world.people["auditor"], world.url("settings/people/appoint/")
    given = {"username": auditor.username, "authority": world.lead.pk, "role": Role.NOTICE_PUBLISHER}
    assert admin.post(url, {**given, "role": ""}).status_code == 422
    assert admin.post(url, {**given, "role": Role.PLATFORM_OPERATOR}).status_code == 422
    refused = admin.post(url, {**given, "role": Role.ADMINISTRATOR})
    assert "须由三人分别担任" in refused.content.decode()
    assert admin.post(url, given).status_code == 302
    made = Membership.objects.get(user=auditor, role=Role.NOTICE_PUBLISHER)
    assert "有 1 项任命待安全管理员确认" in text_of(security, world.url("settings/"))
    page = world.url(f"settings/people/{made.pk}/")
    assert "confirm/" not in text_of(admin, page)
    assert admin.post(f"{page}confirm/").status_code == 404
    assert not holds(auditor, Right.PUBLISH, world.lead)
    assert "confirm/" in text_of(security, page)
    assert security.post(f"{page}refuse/", {"reason": " "}).status_code == 422
    assert security.post(f"{page}confirm/").status_code == 302
    assert holds(auditor, Right.PUBLISH, world.lead)
    assert admin.post(f"{page}end/", {"reason": " "}).status_code == 422
    assert admin.post(f"{page}end/", {"reason": "岗位调整"}).status_code == 302
    assert not holds(auditor, Right.PUBLISH, world.lead)
    assert LogEntry.history_of(made).last().reason == "岗位调整"
    assert "已结束" in text_of(admin, page)


def test_somebody_new_is_shown_the_password_once(world: World) -> None:
    admin = signed_in(world, "admin")
    url = world.url("settings/people/new/")
    given = {
        "full_name": "段新",
        "username": "qs-new",
        "email": "",
        "phone": "",
        "authority": world.lead.pk,
        "role": Role.REVIEWER,
    }
    assert admin.post(url, {**given, "username": "qs-admin"}).status_code == 422
    shown = admin.post(url, given)
    match = re.search(r"data-secret>([^<]+)<", shown.content.decode())
    assert match is not None
    password = match[1]
    assert "no-store" in shown["Cache-Control"]
    person = User.objects.get(username="qs-new")
    assert person.check_password(password)
    made = Membership.objects.get(user=person)
    assert made.state == MembershipState.PENDING
    for page in ("settings/", f"settings/people/{made.pk}/", "settings/people/new/"):
        assert password not in text_of(admin, world.url(page))
    assert admin.post(url, given).status_code == 422


def test_the_list_filters(world: World) -> None:
    admin = signed_in(world, "admin")
    waiting = pending(world)

    def shown(query: str) -> set[str]:
        page = admin.get(world.url(f"settings/?{query}"))
        return {post.user.username for post in page.context["page_obj"]}

    every = {m.user.username for m in Membership.objects.select_related("user")}
    assert shown("") == every
    assert shown("state=pending") == {waiting.user.username}
    assert shown(f"role=reviewer&authority={world.lead.pk}") == {waiting.user.username}
    assert shown("role=security_administrator") == {"qs-security"}
    assert shown("q=qs-publisher") == {"qs-publisher"}
    assert shown("state=ended") == set()
    assert shown("state=nonsense&role=x&authority=abc") == every


def test_posts_of_another_jurisdiction_are_not_found(world: World) -> None:
    with tenant_scope(make_jurisdiction("gaoming")) as scope:
        there = furnish(scope.tenant)
        foreign = pending(there)
        stranger = there.people["officer"]
    security = signed_in(world, "security")
    for path in ("", "confirm/", "refuse/", "end/"):
        url = world.url(f"settings/people/{foreign.pk}/{path}")
        answer = security.post(url, {"reason": "无"}) if path else security.get(url)
        assert answer.status_code == 404, path
    assert security.get(world.url(f"settings/security/{stranger.pk}/")).status_code == 404
    url = world.url(f"settings/security/{stranger.pk}/disable/")
    assert security.post(url, {"reason": "无"}).status_code == 404


def test_people_and_accounts_cost_the_same_for_ten_and_more(world: World) -> None:
    security = signed_in(world, "security")
    pages = [world.url("settings/"), world.url("settings/security/")]
    before = [queries_of(security, url) for url in pages]
    for _ in range(5):
        appoint(user=somebody(), authority=world.lead, role=Role.PANEL_SECRETARY, actor=None)
        build_unit(world)
    assert [queries_of(security, url) for url in pages] == before


# --- accounts --------------------------------------------------------------------


def test_the_people_of_a_jurisdiction(world: World) -> None:
    member, stranger = build_unit(world).person, somebody()
    assert {member, *world.people.values()} == set(people())
    assert set(people("units")) == {member}
    assert set(people("experts")) == {expert.user for expert in world.experts.values()}
    assert (belongs(member), belongs(stranger), belongs(None)) == (True, False, False)
    waiting = pending(world, user=stranger)
    assert not belongs(stranger)
    confirm_appointment(membership=waiting, actor=world.people["security"])
    assert belongs(stranger)
    assert not belongs_elsewhere(stranger)
    with tenant_scope(make_jurisdiction("gaoming")) as scope:
        furnish(scope.tenant)
        assert belongs_elsewhere(waiting.user)
        assert not belongs(waiting.user)


def test_the_list_of_accounts_shows_and_filters(world: World) -> None:
    security = signed_in(world, "security")
    member = build_unit(world).person
    User.objects.filter(pk=member.pk).update(is_active=False)

    def shown(query: str) -> set[str]:
        page = security.get(world.url(f"settings/security/?{query}"))
        return {user.username for user, *_ in page.context["rows"]}

    assert shown("") == {user.username for user in people()}
    assert shown("kind=units") == shown("standing=disabled") == {member.username}
    assert shown("kind=experts&q=expert2") == {"qs-expert2"}


@pytest.mark.parametrize("act", list(AccountAct))
def test_who_may_care_for_an_account(world: World, act: AccountAct) -> None:
    officer = world.people["officer"]
    for stranger in ("admin", "officer", "auditor", "expert1"):
        with pytest.raises(Exception, match="没有管理账号安全的权限"):
            care_for_account(act=act, user=officer, reason="离岗", actor=world.people[stranger])
    security = world.people["security"]
    with pytest.raises(Exception, match="自己的账号"):
        care_for_account(act=act, user=security, reason="离岗", actor=security)
    with pytest.raises(Exception, match="不属于本辖区"):
        care_for_account(act=act, user=somebody(), reason="离岗", actor=security)
    with pytest.raises(Exception, match="必须写明理由"):
        care_for_account(act=act, user=officer, reason=" ", actor=security)


def test_another_jurisdictions_people_are_not_shut_out_or_entered_from_here(world: World) -> None:
    """Planted bug: without `belongs_elsewhere` one bureau sets the password of another one's officer."""
    security = world.people["security"]
    person = somebody()
    appoint(user=person, authority=world.lead, role=Role.REVIEWER, actor=None)
    with tenant_scope(make_jurisdiction("gaoming")) as scope:
        there = furnish(scope.tenant)
        appoint(user=person, authority=there.lead, role=Role.FINANCE_CHECKER, actor=None)
    for act in (
        AccountAct.SET_PASSWORD,
        AccountAct.RESET_SECOND_FACTOR,
        AccountAct.DISABLE,
        AccountAct.ENABLE,
    ):
        with pytest.raises(Exception, match="还属于其他辖区") as refused:
            care_for_account(act=act, user=person, reason="离岗", actor=security)
        assert str(refused.value) == ELSEWHERE.format(act=act.label)
    page = text_of(signed_in(world, "security"), world.url(f"settings/security/{person.pk}/"))
    assert "还属于其他辖区" in page
    assert "disable/" not in page
    assert "end_sessions/" in page
    person.refresh_from_db()
    assert person.is_active


def care_url(world: World, user: Any, act: AccountAct) -> str:
    return world.url(f"settings/security/{user.pk}/{act.value}/")


def test_an_account_is_disabled_and_enabled_on_the_page(world: World) -> None:
    security, officer = signed_in(world, "security"), world.people["officer"]
    open_session = signed_in(world, "officer")
    assert open_session.get(world.url("bureau/rounds/")).status_code == 200
    url = care_url(world, officer, AccountAct.DISABLE)
    assert security.post(url, {"reason": " "}).status_code == 422
    assert security.post(url, {"reason": "离岗"}).status_code == 302
    assert open_session.get(world.url("bureau/rounds/")).status_code == 302
    officer.refresh_from_db()
    assert not officer.is_active
    entry = LogEntry.history_of(officer).filter(action="accounts.disabled").get()
    assert (entry.actor, entry.reason) == (world.people["security"], "离岗")
    security.post(care_url(world, officer, AccountAct.ENABLE), {"reason": "返岗"})
    officer.refresh_from_db()
    assert officer.is_active
    assert security.post(world.url(f"settings/security/{officer.pk}/nonsense/"), {}).status_code == 404


def test_an_initial_password_is_shown_once_and_ends_the_open_session(world: World) -> None:
    security, officer = signed_in(world, "security"), world.people["officer"]
    open_session = signed_in(world, "officer")
    shown = security.post(care_url(world, officer, AccountAct.SET_PASSWORD), {"reason": "忘记密码"})
    match = re.search(r"data-secret>([^<]+)<", shown.content.decode())
    assert match is not None
    officer.refresh_from_db()
    assert (officer.check_password(match[1]), officer.must_change_password) == (True, True)
    assert open_session.get(world.url("bureau/rounds/")).status_code == 302
    assert match[1] not in "".join(f"{e.data}{e.reason}" for e in LogEntry.objects.all())
    page = text_of(security, world.url(f"settings/security/{officer.pk}/"))
    assert match[1] not in page
    assert "设置初始密码" in page


def test_all_sessions_end(world: World) -> None:
    sessions = [signed_in(world, "officer"), signed_in(world, "officer")]
    url = care_url(world, world.people["officer"], AccountAct.END_SESSIONS)
    assert signed_in(world, "security").post(url, {"reason": "设备遗失"}).status_code == 302
    assert [one.get(world.url("bureau/rounds/")).status_code for one in sessions] == [302, 302]


def test_a_new_password_lifts_the_lock(world: World, settings: Any) -> None:
    """Planted bug: whoever guessed wrong and got a new password is refused for half an hour more."""
    officer = world.people["officer"]
    AccessAttempt.objects.create(
        username=officer.username, ip_address="10.1.1.1", failures_since_start=settings.SIGN_IN_FAILURES
    )
    assert standing_of([officer])[officer.pk].locked
    care_for_account(
        act=AccountAct.SET_PASSWORD, user=officer, reason="忘记密码", actor=world.people["security"]
    )
    assert not standing_of([officer])[officer.pk].locked
    page = text_of(signed_in(world, "security"), world.url(f"settings/security/{officer.pk}/"))
    assert "登录锁定解除" in page


@pytest.mark.parametrize("act", [AccountAct.END_SESSIONS, AccountAct.UNLOCK, AccountAct.DISABLE])
def test_each_act_stands_in_the_log_once(world: World, act: AccountAct) -> None:
    """Planted bug: the act is logged beside what the account's room tells."""
    officer, security = world.people["officer"], world.people["security"]
    before = LogEntry.objects.count()
    care_for_account(act=act, user=officer, reason="设备遗失", actor=security)
    (entry,) = LogEntry.objects.order_by("id")[before:]
    assert (entry.actor, entry.subject_id, entry.reason) == (security, officer.pk, "设备遗失")
