"""What stored files tell the rooms below, in the same transaction."""

from django.dispatch import Signal

# sender=Attachment, attachment=…
attachment_infected = Signal()
