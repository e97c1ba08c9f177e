"""The command that makes a large round: it works in every jurisdiction, and never in production."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from applications.enums import ApplicationState as S
from applications.models import Application
from config.demo import Furniture
from config.large_round import LargeRound
from panels.models import Expert, ScoreSheet
from tests.world import World

# The others were played by hand: each costs seven seconds.
PLACES = ("gaoming", "yantai")
PRESENT = {
    S.DRAFT,
    S.WITHDRAWN,
    S.UNDER_REVIEW,
    S.RETURNED,
    S.REJECTED,
    S.AWAITING_PANEL,
    S.AT_PANEL,
    S.EVALUATED,
    S.PROPOSED,
    S.NOT_SELECTED,
}


@pytest.mark.parametrize("world", PLACES, indirect=True)
def test_it_spreads_a_round_over_all_states(world: World) -> None:
    furniture = Furniture(world.authorities, world.people, world.experts)
    made = LargeRound(world.demo, furniture, slug=world.slug).play(
        applications=40, former=10, experts=6, reviewers=4
    )
    present, former = made.present, made.former
    assert present is not None
    assert former is not None
    assert present.applications.count() == 40
    assert former.applications.count() == 10
    assert set(present.applications.values_list("state", flat=True)) >= PRESENT
    numbers = [one for one in present.applications.order_by("number").values_list("number", flat=True) if one]
    assert [int(one.rpartition("-")[2]) for one in numbers] == list(range(1, len(numbers) + 1))
    ended = set(former.applications.values_list("state", flat=True))
    assert {S.DESIGNATED, S.NOT_SELECTED} <= ended
    assert (S.IN_NOTICE in ended) == (former.rules.notice is not None)
    # Every copy stands by itself.
    persons = [ref for one in Application.objects.all() for ref in one.persons]
    assert len(persons) == len(set(persons))
    assert present.applications.values("unit").distinct().count() == 40
    assert Expert.objects.count() == 9
    assert ScoreSheet.objects.filter(state="open").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("production", "rehearsal"), [(True, True), (False, False)])
def test_never_in_production(settings: Any, production: bool, rehearsal: bool) -> None:
    settings.PRODUCTION, settings.REHEARSAL = production, rehearsal
    with pytest.raises(CommandError, match="refused in production"):
        call_command("large_round", "qinshui")
