"""What this room tells the rooms below it, in the same transaction."""

from django.dispatch import Signal

# sender=Membership, membership=…, url=… : a post was offered to somebody who has no place here
post_offered = Signal()
# sender=AccountProposal, proposal=…, deciders=…, url=… : somebody asked for an act that takes two
account_act_proposed = Signal()
# sender=RuleProfile, version=…, deciders=…, url=… : a version waits for a second person
version_proposed = Signal()
# sender=RuleProfile, version=…, former=… : a version was activated; `former` was current until then
version_activated = Signal()
# sender=RuleProfile, version=… : an activated version was withdrawn before it began
version_withdrawn = Signal()
