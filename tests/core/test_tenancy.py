"""The first fence of the tenant wall."""

import pytest

from core.models import LogEntry
from core.tenancy import NoTenant, active_scope, current_tenant, for_each_tenant, tenant_scope
from jurisdictions.models import Authority, Jurisdiction
from tests.world import World, make_jurisdiction

pytestmark = pytest.mark.django_db


def test_no_query_without_a_tenant() -> None:
    assert active_scope() is None
    with pytest.raises(NoTenant):
        Authority.objects.all()
    with pytest.raises(NoTenant):
        Authority.objects.filter(pk=1)
    with pytest.raises(NoTenant):
        Authority(name="某局", kind="county_hrss").save()


def test_one_tenant_sees_nothing_of_another(world: World) -> None:
    other = make_jurisdiction("yantai")
    with tenant_scope(other):
        foreign = Authority.objects.create(kind="city_hrss", name="烟台市金丝雀局", short_name="金丝雀")
        assert list(Authority.objects.all()) == [foreign]
    assert not Authority.objects.filter(name__contains="金丝雀").exists()
    assert not Authority.objects.filter(pk=foreign.pk).exists()
    with pytest.raises(Authority.DoesNotExist):
        Authority.objects.get(pk=foreign.pk)


def test_a_new_row_belongs_to_the_tenant_in_scope(world: World) -> None:
    other = make_jurisdiction("yantai")
    with tenant_scope(other):
        made = Authority.objects.create(kind="city_hrss", name="甲局", short_name="甲")
    assert made.tenant == other
    assert Authority.objects.create(kind="x", name="乙局", short_name="乙").tenant == world.jurisdiction


def _fail_in(tenant: Jurisdiction) -> None:
    with tenant_scope(tenant):
        assert current_tenant() == tenant
        raise RuntimeError


def test_scopes_nest_and_close_even_on_an_error(world: World) -> None:
    other = make_jurisdiction("yantai")
    with pytest.raises(RuntimeError):
        _fail_in(other)
    assert current_tenant() == world.jurisdiction


def test_tasks_visit_every_active_tenant_and_leave_no_scope_behind() -> None:
    active, resting = make_jurisdiction("yantai"), make_jurisdiction("gaoming")
    Jurisdiction.objects.filter(pk=resting.pk).update(is_active=False)
    seen = []
    assert for_each_tenant(lambda: seen.append((current_tenant(), LogEntry.objects.count())) or 1) == 1
    assert seen == [(active, 0)]
    assert active_scope() is None


def test_one_tenant_that_fails_does_not_stop_the_others(db: None, caplog: pytest.LogCaptureFixture) -> None:
    places = [make_jurisdiction(slug) for slug in ("yantai", "gaoming", "qinshui")]
    seen = []

    def verb() -> int:
        tenant = current_tenant()
        seen.append(tenant)
        if tenant == places[0]:
            raise OverflowError("date value out of range")
        return 2

    assert for_each_tenant(verb) == 4
    assert seen == places
    assert "OverflowError" in caplog.text
