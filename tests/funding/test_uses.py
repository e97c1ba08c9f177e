"""What money may be spent on and what is promised beside the award, where money is shown."""

import pytest

from funding.due import answer_for, review_tranche
from funding.enums import TrancheState
from funding.uses import answer_to, beside_award, groups_of, projects_of
from jurisdictions.engine.exclusions import CLAIMED
from tests.browsing import signed_in, text_of
from tests.funding.acts import tranche
from tests.stations.builders import build_station
from tests.world import SLUGS, World

PAYING = [slug for slug in SLUGS if slug != "shenzhen"]


@pytest.mark.parametrize("world", PAYING, indirect=True)
def test_the_money_pages_say_what_may_be_paid(world: World) -> None:
    station = build_station(world)
    subject = tranche(station, 1)
    maker = signed_in(world, "maker")
    shown = text_of(maker, world.url(f"funds/tranches/{subject.pk}/"))
    for group in groups_of(world.rules):
        assert group.word in shown
        assert "、".join(group.labels) in shown
    for promise in beside_award(world.rules):
        assert promise.explanation in shown
    asked = text_of(maker, world.url(f"funds/tranches/{subject.pk}/?use=vehicle_purchase&purpose="))
    answer = answer_to(world.rules, "vehicle_purchase", "")
    assert answer is not None
    assert answer.explanation in asked
    assert answer.explanation not in shown


@pytest.mark.parametrize("world", ["qinshui"], indirect=True)
def test_a_use_outside_the_words_of_the_text_is_not_answered(world: World) -> None:
    assert answer_to(world.rules, "yacht", "") is None
    assert answer_to(world.rules, "", "") is None
    found = answer_to(world.rules, "equipment_purchase", "unrelated_to_station")
    assert found is not None
    assert found.verdict == "prohibited"


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_money_of_another_kind_in_the_year_holds_the_payment(world: World) -> None:
    station = build_station(world)
    subject = tranche(station, 1)
    assert answer_for(subject).state == "due"
    station.facts = {**station.facts, CLAIMED: ["高技能人才培训基地建设扶持经费"]}
    station.save(update_fields=["facts"])
    subject = tranche(station, 1)
    assert "GM-10.4" in answer_for(subject).clauses
    review_tranche(tranche=subject)
    subject.refresh_from_db()
    assert subject.state == TrancheState.HELD


@pytest.mark.parametrize("world", ["shenzhen"], indirect=True)
def test_a_station_reads_what_key_projects_are_granted(world: World) -> None:
    station = build_station(world)
    page = text_of(signed_in(world, "officer"), world.url(f"bureau/stations/{station.pk}/"))
    projects = projects_of(world.rules)
    assert projects is not None
    assert len(projects.grants) == len(world.rules.key_projects.grants.levels)
    for words in (*(grant.explanation for grant in projects.grants), *projects.caps, *projects.fields):
        assert words in page
