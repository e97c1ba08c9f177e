"""From the desks to the stations: panel, list, notice, designation."""
