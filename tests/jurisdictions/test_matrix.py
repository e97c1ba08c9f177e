"""Every state × step × role of a post, an act that takes two, a version of the rules (`matrix.toml`)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from guardian.shortcuts import assign_perm

from core import clock
from jurisdictions.enums import AccountAct, MembershipState, ProposalState, Role, VersionState
from jurisdictions.models import AccountProposal, Membership, RuleProfile
from tests import matrix
from tests.applications.builders import Play
from tests.jurisdictions.acts import in_post, somebody
from tests.jurisdictions.proposals import proposed
from tests.world import World


def _people(world: World) -> dict[str, Any]:
    play = Play(world)
    play.submitted()
    return matrix.cast(play)


def test_every_cell_of_a_post(world: World) -> None:
    """Planted bug: whoever appointed confirms."""
    appointed, appointer = somebody(), somebody()
    for person in (appointed, appointer):
        assign_perm("jurisdictions.secure", person, world.lead)
    people = {**_people(world), "appointed": appointed, "appointer": appointer}

    def place(state: str) -> Membership:
        over = state in (MembershipState.REFUSED, MembershipState.ENDED)
        return Membership.objects.create(
            user=appointed,
            authority=world.lead,
            role=Role.REVIEWER,
            state=state,
            since=clock.now(),
            appointed_by=appointer,
            confirmed_at=clock.now() if state == MembershipState.LIVE else None,
            ended_at=clock.now() if over else None,
        )

    def changes(step: str, actor: Any) -> dict[str, Any]:
        if step == "confirm":
            return {"confirmed_by": actor, "confirmed_at": clock.now()}
        return {} if step == "accept" else {"ended_at": clock.now()}

    assert matrix.walk(Membership, people, place=place, changes=changes) == []


def test_every_cell_of_an_act_that_takes_two(world: World) -> None:
    asker, owner = in_post(world, Role.SECURITY_ADMINISTRATOR), in_post(world, Role.BUREAU_OFFICER)
    people = {**_people(world), "asker": asker, "owner": owner}

    def place(state: str) -> AccountProposal:
        return AccountProposal.objects.create(
            user=owner,
            act=AccountAct.RESET_SECOND_FACTOR,
            reason=matrix.REASON,
            state=state,
            proposed_by=asker,
            decided_by=people["auditor"] if state == ProposalState.DONE else None,
            decided_at=None if state == ProposalState.OPEN else timezone.now(),
        )

    def changes(step: str, actor: Any) -> dict[str, Any]:
        return {"decided_by": actor, "decided_at": timezone.now()}

    assert matrix.walk(AccountProposal, people, place=place, changes=changes) == []


def test_every_cell_of_a_version(world: World) -> None:
    """Planted bug: whoever proposed a version activates it."""
    proposer = in_post(world, Role.ADMINISTRATOR)
    people = {**_people(world), "proposer": proposer}
    world.people["proposer"] = proposer
    version = proposed(world, by="proposer")
    day = date(2030, 1, 1)
    activated = {"decided_by": people["officer"], "decided_at": clock.now(), "active_from": day}

    def place(state: str) -> RuleProfile:
        mine = RuleProfile.objects.filter(pk=version.pk)
        if state == VersionState.REFUSED:
            mine.update(
                state=state, decided_by=people["officer"], decided_at=clock.now(), decision=matrix.REASON
            )
        elif state != VersionState.PROPOSED:
            mine.update(state=VersionState.ACTIVE, **activated)
        if state == VersionState.WITHDRAWN:
            mine.update(
                state=state,
                withdrawn_by=people["administrator"],
                withdrawn_at=clock.now(),
                withdrawal=matrix.REASON,
            )
        return version

    def changes(step: str, actor: Any) -> dict[str, Any]:
        if step == "withdraw_version":
            return {"withdrawn_by": actor, "withdrawn_at": clock.now(), "withdrawal": matrix.REASON}
        decided = {"decided_by": actor, "decided_at": clock.now(), "decision": matrix.REASON}
        return {**decided, "active_from": day} if step == "activate_version" else decided

    assert matrix.walk(RuleProfile, people, place=place, changes=changes) == []
