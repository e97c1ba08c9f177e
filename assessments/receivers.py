"""What happens here when a station comes into being or a panel has finished, in the same transaction."""

from typing import Any

from django.dispatch import receiver

from assessments.obligations import open_obligations
from assessments.scoring import take_points
from panels.enums import Purpose
from panels.models import Panel
from panels.signals import panel_closed
from stations.models import Station
from stations.signals import station_designated


@receiver(station_designated, dispatch_uid="assessments.open_obligations")
def on_designated(*, station: Station, actor: Any, **_: Any) -> None:
    open_obligations(station=station, actor=actor)


@receiver(panel_closed, dispatch_uid="assessments.take_points")
def on_panel_closed(*, panel: Panel, actor: Any, **_: Any) -> None:
    if panel.purpose == Purpose.ASSESSMENT:
        take_points(panel=panel, actor=actor)
