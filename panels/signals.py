"""What this room tells the rooms below it, in the same transaction."""

from django.dispatch import Signal

# Sent by `panels.consolidation.close_panel` with `panel` and `actor`, once every outcome stands.
panel_closed = Signal()
