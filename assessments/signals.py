"""What assessments tell the rooms above them, in the same transaction."""

from django.dispatch import Signal

# sender=Assessment or Determination, station=…, actor=…
result_recorded = Signal()
