"""A unit registers, is approved or sent back, corrects itself, and takes colleagues in."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.opening import NewAccount, open_account
from core.errors import DomainError, InputRefused, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.tenancy import tenant_scope
from deadlines.models import Notification
from jurisdictions.models import Authority
from stations.enums import UnitRole, UnitState
from stations.membership import grant_role
from stations.models import ApplicantUnit
from stations.registration import (
    UnitData,
    approve_unit,
    possible_homes,
    reapply_unit,
    register_unit,
    reject_unit,
    update_contact,
)
from tests.applications.filing import browser_of
from tests.jurisdictions.acts import pending
from tests.world import SLUGS, World, furnish, make_jurisdiction

USCC = "91370602MA3F010004"


def account(username: str = "new-unit", **changes: Any) -> NewAccount:
    fields = {
        "username": username,
        "full_name": "柳文华",
        "email": f"{username}@example.org",
        "phone": "13805350101",
        "password": "Marigold-77-river",
    }
    return NewAccount(**{**fields, **changes})


def unit_data(world: World, **changes: Any) -> UnitData:
    fields = {
        "name": "沁水县试验机械有限公司",
        "uscc": USCC,
        "unit_type": world.rules.unit_types[0].value,
        "home_authority": possible_homes().first(),
        "address": "沁水县新建路1号",
        "legal_representative": "衣春波",
        "contact_name": "柳文华",
        "contact_phone": "13805350101",
    }
    return UnitData(**{**fields, **changes})


def registered(world: World) -> ApplicantUnit:
    return register_unit(data=unit_data(world), account=account())


def reviewer_of(world: World, authority: Authority) -> Any:
    return authority.recipients().first()


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_registering_makes_the_unit_its_person_and_tells_the_authority(world: World) -> None:
    unit = registered(world)
    person = get_user_model().objects.get(username="new-unit")
    assert unit.state == UnitState.REGISTERED
    assert [(m.user, m.role) for m in unit.members.all()] == [(person, UnitRole.SUBMITTER)]
    assert person.check_password("Marigold-77-river")
    assert person.has_perm("stations.edit_files", unit)
    assert person.has_perm("stations.submit", unit)
    told = Notification.objects.values_list("recipient", flat=True)
    assert sorted(told) == sorted(unit.home_authority.recipients().values_list("pk", flat=True))
    assert [e.action for e in LogEntry.history_of(unit)] == ["stations.add_member", "stations.register"]


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_homes_are_where_a_route_can_begin(world: World) -> None:
    starts = {route.path[0] for route in world.rules.routes if route.path}
    assert {home.kind for home in possible_homes()} == starts


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"uscc": "91370602MA3F010005"}, "uscc"),
        ({"uscc": "9137"}, "uscc"),
        ({"unit_type": "no_such_type"}, "unit_type"),
        ({"address": ""}, "address"),
        ({"name": "长" * 101}, "name"),
    ],
)
def test_wrong_input_is_refused_at_its_field(world: World, changes: dict[str, Any], path: str) -> None:
    with pytest.raises(InputRefused) as refused:
        register_unit(data=unit_data(world, **changes), account=account())
    assert [problem.path for problem in refused.value.problems] == [path]
    assert not ApplicantUnit.objects.exists()
    assert not get_user_model().objects.filter(username="new-unit").exists()


def test_an_authority_where_no_route_begins_is_refused(world: World) -> None:
    with pytest.raises(InputRefused) as refused:
        register_unit(data=unit_data(world, home_authority=world.lead), account=account())
    assert [problem.path for problem in refused.value.problems] == ["home_authority"]


def test_the_second_registration_of_a_code_says_the_words_of_the_constraint_and_no_more(world: World) -> None:
    registered(world)
    before = ApplicantUnit.objects.count(), get_user_model().objects.count()
    with pytest.raises(DomainError) as refused:
        register_unit(
            data=unit_data(world, name="别的单位", uscc=f" {USCC.lower()} "), account=account("other")
        )
    constraint = next(c for c in ApplicantUnit._meta.constraints if c.name == "unit_uscc_once")
    assert (refused.value.path, refused.value.message) == ("uscc", constraint.violation_error_message)
    assert (ApplicantUnit.objects.count(), get_user_model().objects.count()) == before


def test_the_database_alone_refuses_a_second_unit_with_the_code(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(world)
    monkeypatch.setattr("stations.registration._checked", lambda unit: unit)
    with pytest.raises(DomainError) as refused:
        register_unit(data=unit_data(world), account=account("other"))
    assert refused.value.path == "uscc"


def test_a_code_is_free_again_once_its_registration_was_sent_back(world: World) -> None:
    """A stranger who registers a company's code does not keep it.

    Planted bug: the constraint over all states.
    """
    stranger = registered(world)
    reject_unit(unit=stranger, reason="非本单位人员", actor=reviewer_of(world, stranger.home_authority))
    rightful = register_unit(data=unit_data(world), account=account("rightful"))
    assert rightful.state == UnitState.REGISTERED
    with pytest.raises(DomainError) as refused:
        reapply_unit(unit=stranger, data=unit_data(world), actor=stranger.members.get().user)
    assert refused.value.path == "uscc"
    stranger.refresh_from_db()
    assert stranger.state == UnitState.REJECTED
    with pytest.raises(IntegrityError, match="unit_uscc_once"), transaction.atomic():
        ApplicantUnit.objects.filter(pk=stranger.pk).update(state=UnitState.REGISTERED)
    # Correcting it to a code of its own stays possible.
    own = unit_data(world, uscc="91370602MA3F01037W")
    reapply_unit(unit=stranger, data=own, actor=stranger.members.get().user)


def test_another_jurisdiction_may_have_the_same_unit(world: World) -> None:
    registered(world)
    with tenant_scope(make_jurisdiction("gaoming")) as scope:
        there = furnish(scope.tenant)
        unit = register_unit(data=unit_data(there), account=account("other"))
        assert ApplicantUnit.objects.get() == unit


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"password": "short1"}, "password"),
        ({"password": "1234567890"}, "password"),
        ({"username": "QS-REVIEWER"}, "username"),
    ],
)
def test_a_weak_password_and_a_taken_name_are_refused(
    world: World, changes: dict[str, Any], path: str
) -> None:
    with pytest.raises(InputRefused) as refused:
        register_unit(data=unit_data(world), account=account(**changes))
    assert {problem.path for problem in refused.value.problems} == {path}
    assert not ApplicantUnit.objects.exists()


# --- the decision ----------------------------------------------------------------


def test_approving_lets_the_unit_apply_and_tells_it(world: World) -> None:
    unit = registered(world)
    approve_unit(unit=unit, actor=reviewer_of(world, unit.home_authority))
    assert (unit.state, unit.decided_at is not None) == (UnitState.APPROVED, True)
    person = unit.members.get().user
    assert Notification.objects.filter(recipient=person).get().title == "单位注册已通过"
    with pytest.raises(StateConflict):
        approve_unit(unit=unit, actor=reviewer_of(world, unit.home_authority))


def test_only_reviewers_of_its_own_authority_decide(world: World) -> None:
    unit = registered(world)
    person = unit.members.get().user
    strangers = [person, world.people["officer"], world.people["reviewer2"], world.people["auditor"]]
    for stranger in strangers:
        with pytest.raises(NotAllowed):
            approve_unit(unit=unit, actor=stranger)
        with pytest.raises(NotAllowed):
            reject_unit(unit=unit, reason="不符", actor=stranger)
    unit.refresh_from_db()
    assert unit.state == UnitState.REGISTERED


def test_sending_back_needs_a_reason_and_the_unit_corrects_and_asks_again(world: World) -> None:
    unit = registered(world)
    reviewer = reviewer_of(world, unit.home_authority)
    with pytest.raises(ReasonRequired):
        reject_unit(unit=unit, reason="  ", actor=reviewer)
    reject_unit(unit=unit, reason="名称与执照不一致", actor=reviewer)
    person = unit.members.get().user
    assert "名称与执照不一致" in Notification.objects.filter(recipient=person).get().text
    Notification.objects.all().delete()
    reapply_unit(unit=unit, data=unit_data(world, name="沁水县试验机械制造有限公司"), actor=person)
    unit.refresh_from_db()
    assert (unit.state, unit.name) == (UnitState.REGISTERED, "沁水县试验机械制造有限公司")
    told = Notification.objects.values_list("recipient", flat=True)
    assert sorted(told) == sorted(unit.home_authority.recipients().values_list("pk", flat=True))


def test_correcting_to_a_code_that_is_taken_is_refused(world: World) -> None:
    unit = registered(world)
    other = register_unit(data=unit_data(world, uscc="91370602MA3F01037W"), account=account("other"))
    reject_unit(unit=other, reason="不符", actor=reviewer_of(world, other.home_authority))
    with pytest.raises(DomainError) as refused:
        reapply_unit(unit=other, data=unit_data(world), actor=other.members.get().user)
    assert refused.value.path == "uscc"
    assert unit.uscc == USCC


# --- people ----------------------------------------------------------------------


def test_contacts_are_logged_by_name_without_the_account_number(world: World) -> None:
    unit = registered(world)
    update_contact(
        unit=unit,
        contact_name="车晓宁",
        contact_phone=unit.contact_phone,
        email="",
        bank_account_name=unit.name,
        bank_name="沁水农商行",
        bank_account="6222021608001234567",
        actor=unit.members.get().user,
    )
    entry = LogEntry.history_of(unit).get(action="stations.update_contact")
    assert entry.data == {"fields": ["contact_name", "bank_account_name", "bank_name", "bank_account"]}


# --- the pages -------------------------------------------------------------------


def posted(world: World, **changes: Any) -> dict[str, Any]:
    data = unit_data(world)
    fields = {name: getattr(data, name) for name in UnitData.__slots__}
    person = account()
    return {
        **fields,
        "home_authority": data.home_authority.pk,
        "username": person.username,
        "full_name": person.full_name,
        "person_email": person.email,
        "phone": person.phone,
        "password": person.password,
        "password_again": person.password,
        **changes,
    }


def test_the_page_registers_signs_in_and_says_what_comes_next(world: World) -> None:
    client = Client()
    page = client.post(world.url("register/"), posted(world), follow=True)
    assert page.redirect_chain == [(world.url("unit/"), 302)]
    text = page.content.decode()
    assert "待审核" in text
    assert "审核通过后会通知您" in text
    assert page.context["user"].username == "new-unit"
    assert client.get(world.url("register/")).status_code == 302


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"uscc": "91370602MA3F010005"}, "uscc"),
        ({"contact_phone": "123"}, "contact_phone"),
        ({"password_again": "Marigold-77-other"}, "password_again"),
        ({"password": "password12", "password_again": "password12"}, "password"),
        ({"unit_type": ""}, "unit_type"),
        ({"username": "qs-reviewer"}, "username"),
        ({"bank_account": "62x"}, "bank_account"),
    ],
)
def test_the_page_refuses_beside_the_field_and_keeps_the_rest(
    world: World, changes: dict[str, str], field: str
) -> None:
    page = Client().post(world.url("register/"), posted(world, **changes))
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    text = page.content.decode()
    assert "沁水县试验机械有限公司" in text
    assert account().password not in text
    assert "页面不保留密码" in text
    assert not ApplicantUnit.objects.exists()
    assert not get_user_model().objects.filter(username="new-unit").exists()


def test_the_page_refuses_the_second_registration_beside_the_code(world: World) -> None:
    registered(world)
    page = Client().post(world.url("register/"), posted(world, username="other", name="别的单位"))
    constraint = next(c for c in ApplicantUnit._meta.constraints if c.name == "unit_uscc_once")
    assert page.context["form"].errors == {"uscc": [constraint.violation_error_message]}


def test_the_desk_sees_its_own_units_and_decides(world: World) -> None:
    unit = registered(world)
    home = unit.home_authority
    client = browser_of(reviewer_of(world, home))
    assert list(client.get(world.url("desk/units/")).context["page_obj"]) == [unit]
    url = world.url(f"desk/units/{unit.pk}/")
    refused = client.post(f"{url}reject/", {"reason": " "})
    assert (refused.status_code, refused.context["reason_error"]) == (422, "请写明退回的理由。")
    assert client.post(f"{url}approve/").status_code == 302
    unit.refresh_from_db()
    assert unit.state == UnitState.APPROVED
    assert list(client.get(world.url("desk/units/")).context["page_obj"]) == []
    assert list(client.get(world.url("desk/units/?state=all")).context["page_obj"]) == [unit]


def test_another_desk_does_not_find_the_unit(world: World) -> None:
    unit = registered(world)
    other = browser_of(world.people["reviewer2"])
    assert list(other.get(world.url("desk/units/?state=all")).context["page_obj"]) == []
    for path in ("", "approve/", "reject/"):
        answer = other.post if path else other.get
        assert answer(world.url(f"desk/units/{unit.pk}/{path}"), {"reason": "不符"}).status_code == 404
    person = browser_of(unit.members.get().user)
    assert person.get(world.url("desk/units/")).status_code == 404


def test_pages_of_a_unit_are_for_its_people(world: World) -> None:
    registered(world)
    for path in ("unit/", "unit/profile/"):
        assert browser_of(world.people["reviewer"]).get(world.url(path)).status_code == 404
        assert Client().get(world.url(path)).status_code == 302


def test_the_profile_page_corrects_a_registration_that_was_sent_back(world: World) -> None:
    unit = registered(world)
    reject_unit(unit=unit, reason="地址不全", actor=reviewer_of(world, unit.home_authority))
    client = browser_of(unit.members.get().user)
    assert "地址不全" in client.get(world.url("unit/profile/")).content.decode()
    fields = posted(world, address="沁水县新建路1号院3号楼")
    assert client.post(world.url("unit/profile/"), fields).status_code == 302
    unit.refresh_from_db()
    assert (unit.state, unit.address) == (UnitState.REGISTERED, "沁水县新建路1号院3号楼")


def test_a_password_set_by_somebody_else_opens_one_page_only(world: World) -> None:
    unit = registered(world)
    person = account("clerk", must_change_password=True)
    clerk = open_account(account=person, actor=None)
    grant_role(unit=unit, user=clerk, role=UnitRole.EDITOR, actor=None)
    client = browser_of(clerk)
    for path in ("unit/", "unit/profile/", ""):
        assert client.get(world.url(path)).url == "/accounts/password/"
    new = {
        "old_password": person.password,
        "new_password1": "Lantern-41-field",
        "new_password2": "Lantern-41-field",
    }
    assert client.post("/accounts/password/", new).status_code == 302
    assert client.get(world.url("unit/")).status_code == 200


def test_staff_register_no_unit_of_their_own(world: World) -> None:
    """Planted bug: a reviewer registers a unit, approves it and submits for it."""
    for person in (world.people["reviewer"], pending(world).user):
        with pytest.raises(NotAllowed, match="不能成为申报单位成员"):
            register_unit(data=unit_data(world), actor=person)
    assert not ApplicantUnit.objects.exists()
