"""What happens here when a station comes into being or a panel has finished, in the same transaction."""

from typing import Any

from django.dispatch import receiver

from assessments.obligations import open_obligations
from stations.models import Station
from stations.signals import station_designated


@receiver(station_designated, dispatch_uid="assessments.open_obligations")
def on_designated(*, station: Station, actor: Any, **_: Any) -> None:
    open_obligations(station=station, actor=actor)
