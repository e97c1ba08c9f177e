"""The two people of a payment, as tests use them."""

from funding.models import Tranche
from funding.release import approve_tranche, order_release
from stations.models import Station
from tests.world import World


def tranche(station: Station, seq: int) -> Tranche:
    return Tranche.objects.get(award__station=station, seq=seq)


def states(station: Station) -> list[str]:
    return list(
        Tranche.objects.filter(award__station=station).order_by("seq").values_list("state", flat=True)
    )


def ordered(world: World, station: Station, seq: int = 1) -> Tranche:
    """A tranche approved by the maker and ordered by the checker."""
    subject = tranche(station, seq)
    approve_tranche(tranche=subject, actor=world.people["maker"])
    order_release(tranche=subject, actor=world.people["checker"])
    return subject
