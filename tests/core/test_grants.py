"""Rights on single objects: asked anew each time, and only what was granted counts."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from guardian.shortcuts import assign_perm, remove_perm

from core.grants import granted, is_granted
from core.tenancy import tenant_scope
from jurisdictions.enums import Right
from jurisdictions.middleware import JurisdictionMiddleware
from jurisdictions.models import Authority
from jurisdictions.permissions import authorities_where, holds, holds_somewhere, rights_of
from tests.world import World, furnish, make_jurisdiction

MANAGE = "jurisdictions.manage"


def test_a_grant_counts_at_once_and_so_does_its_end(world: World) -> None:
    """Planted bug: a cache on the person keeps the right after it was taken back."""
    person = world.people["expert1"]
    assert not is_granted(person, world.lead, MANAGE)
    assign_perm(MANAGE, person, world.lead)
    assert is_granted(person, world.lead, MANAGE)
    assert list(granted(person, Authority.objects.all(), MANAGE)) == [world.lead]
    remove_perm(MANAGE, person, world.lead)
    assert not is_granted(person, world.lead, MANAGE)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_only_a_request_that_only_looks_reads_its_grants_once(world: World, method: str) -> None:
    """Planted bug: a request that changes something goes by a right that was taken back on the way."""
    person = world.people["expert1"]
    assign_perm(MANAGE, person, world.lead)
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(holds(person, Right.MANAGE, world.lead))
        remove_perm(MANAGE, person, world.lead)
        seen.append(holds(person, Right.MANAGE, world.lead))
        return HttpResponse()

    path = world.url("desk/")
    JurisdictionMiddleware(view)(RequestFactory().generic(method, path))
    assert seen == [True, method in ("GET", "HEAD")]


def test_what_is_read_once_is_what_is_asked_one_by_one(world: World) -> None:
    """Planted bug: the grants that are read at once are another person's, or of another kind of thing."""
    people = [*world.people.values(), AnonymousUser(), None]
    places = list(Authority.objects.all())

    def answers() -> list[object]:
        return [
            [(holds(one, right, place), place in authorities_where(one, right)) for place in places]
            for one in people
            for right in Right
        ] + [rights_of(one) for one in people]

    one_by_one = answers()
    with tenant_scope(world.jurisdiction) as scope:
        scope.only_looks = True
        assert answers() == one_by_one


def test_a_disabled_account_holds_nothing(world: World) -> None:
    """Planted bug: without `is_active` in `acts` queued work goes on in the name of a disabled account."""
    officer = world.people["officer"]
    assert holds(officer, Right.MANAGE, world.lead)
    officer.is_active = False
    officer.save()
    assert not holds(officer, Right.MANAGE, world.lead)
    assert list(authorities_where(officer, *Right)) == []
    assert rights_of(officer) == frozenset()


def test_a_superuser_holds_what_was_granted_and_no_more(world: World) -> None:
    """Planted bug: with `with_superuser` one account would be every administration at once."""
    everything = world.people["expert1"]
    everything.is_superuser = True
    everything.save()
    assert [right for right in Right if holds_somewhere(everything, right)] == []
    assert rights_of(everything) == frozenset()


def test_nobody_and_the_unsaved_hold_nothing(world: World) -> None:
    for nobody in (None, AnonymousUser()):
        assert not holds(nobody, Right.MANAGE, world.lead)
        assert rights_of(nobody) == frozenset()
    assert not holds(world.people["officer"], Right.MANAGE, None)
    assert not is_granted(world.people["officer"], Authority(name="未存"), MANAGE)


def test_a_grant_of_another_tenant_does_not_count_here(world: World) -> None:
    officer = world.people["officer"]
    with tenant_scope(make_jurisdiction("gaoming")) as scope:
        there = furnish(scope.tenant)
        assert not holds(officer, Right.MANAGE, there.lead)
        assert not holds(officer, Right.MANAGE, world.lead)
        assert rights_of(officer) == frozenset()
