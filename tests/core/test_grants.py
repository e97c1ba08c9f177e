"""Rights on single objects: asked anew each time, and only what was granted counts."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from guardian.shortcuts import assign_perm, remove_perm

from core.grants import granted, is_granted
from core.tenancy import tenant_scope
from jurisdictions.enums import Right
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
