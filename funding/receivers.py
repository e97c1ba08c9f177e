"""What a station's life does to its money, in the same transaction."""

from typing import Any

from django.dispatch import receiver

from assessments.signals import result_recorded
from funding.awards import grant_award
from funding.due import review_station
from stations.models import Station
from stations.signals import station_designated, station_ended


@receiver(station_designated, dispatch_uid="funding.grant_award")
def on_designated(*, station: Station, actor: Any, **_: Any) -> None:
    grant_award(station=station, actor=actor)
    review_station(station)


@receiver(result_recorded, dispatch_uid="funding.review_on_result")
def on_result(*, station: Station, **_: Any) -> None:
    review_station(station)


@receiver(station_ended, dispatch_uid="funding.stop_tranches")
def on_ended(*, station: Station, **_: Any) -> None:
    """A station that ended is paid nothing more; what was paid is another matter."""
    review_station(station)
