"""What notices tell the rooms above them, in the same transaction."""

from django.dispatch import Signal

# sender=PublicNotice, notice=…, actor=…
notice_published = Signal()
notice_withdrawn = Signal()
# sender=Objection, objection=…, actor=…
objection_decided = Signal()
