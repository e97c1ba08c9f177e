"""What stations tell the rooms above them, in the same transaction."""

from django.dispatch import Signal

# sender=Station, station=…, actor=…
station_designated = Signal()
station_ended = Signal()
