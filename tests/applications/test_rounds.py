"""Calls: drawn up, published, changed, ended by the clock."""

from datetime import datetime, timedelta

import pytest
from django.utils.dateparse import parse_datetime

from applications.enums import RoundState
from applications.models import Round
from applications.rounds import (
    close_ended_rounds,
    close_round,
    create_round,
    edit_round,
    open_round,
    validity_of,
)
from applications.tasks import close_ended_rounds as close_task
from core import clock
from core.errors import DomainError, NotAllowed, StateConflict
from core.models import LogEntry
from core.tenancy import tenant_scope
from tests.world import SLUGS, furnish, make_jurisdiction

# How each text stands on the day its demonstration's call opens, and on 2026-11-20.
VALIDITY = {
    "yantai": ("in_force", "expired"),
    "shenzhen": ("undetermined", "undetermined"),
    "gaoming": ("in_force", "expired"),
    "qinshui": ("in_force", "in_force"),
    "wenzhou": ("in_force", "in_force"),
}


def moment(text):
    return parse_datetime(text).replace(tzinfo=clock.SHANGHAI)


def fields_of(world, **changes):
    content = world.demo["round"]
    opens, closes = content["opens"], content["closes"]
    fields = {
        "year": content["year"],
        "title": content["title"],
        "announcement": content["announcement"],
        "opens_at": opens if isinstance(opens, datetime) else moment(opens),
        "closes_at": closes if isinstance(closes, datetime) else moment(closes),
        "basis": content.get("basis", ""),
    }
    return fields | changes


def draw_up(world, actor="officer", **changes):
    return create_round(authority=world.lead, actor=world.people[actor], **fields_of(world, **changes))


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_a_call_pins_the_version_of_its_day(world):
    round_ = draw_up(world)
    assert (round_.state, round_.profile, round_.authority) == (RoundState.DRAFT, world.profile, world.lead)
    assert validity_of(round_).status == VALIDITY[world.slug][0]
    late = moment("2026-11-20T09:00")
    later = Round(profile=world.profile, opens_at=late, closes_at=late + timedelta(days=1))
    assert validity_of(later).status == VALIDITY[world.slug][1]


@pytest.mark.parametrize("world", [s for s in SLUGS if VALIDITY[s][1] == "expired"], indirect=True)
def test_an_expired_text_needs_a_recorded_basis(world):
    late = {"opens_at": moment("2026-11-20T09:00"), "closes_at": moment("2026-12-20T18:00"), "basis": ""}
    with pytest.raises(DomainError) as refused:
        draw_up(world, **late)
    assert (refused.value.path, refused.value.clause) == ("basis", world.rules.validity.clause)
    assert not Round.objects.exists()
    kept = draw_up(world, **late | {"basis": "局务会议纪要〔2026〕9号"})
    opened = open_round(round_=kept, actor=world.people["officer"])
    entry = LogEntry.history_of(opened).get(action="applications.open")
    assert (entry.reason, entry.data) == ("局务会议纪要〔2026〕9号", {"validity": "expired"})


def test_only_the_lead_draws_up_and_publishes(world):
    for key in ("reviewer", "publisher", "maker", "expert1", "admin"):
        with pytest.raises(NotAllowed):
            draw_up(world, actor=key)
    round_ = draw_up(world)
    for key in ("reviewer", "expert1"):
        with pytest.raises(NotAllowed):
            open_round(round_=round_, actor=world.people[key])
        with pytest.raises(NotAllowed):
            edit_round(round_=round_, actor=world.people[key], **fields_of(world))
    assert Round.objects.get().state == RoundState.DRAFT


def test_a_call_ends_after_it_begins(world):
    opens = fields_of(world)["opens_at"]
    with pytest.raises(DomainError) as refused:
        draw_up(world, closes_at=opens)
    assert refused.value.path == "closes_at"


def test_a_call_without_text_or_with_a_past_end_is_not_published(world):
    silent = draw_up(world, announcement="")
    with pytest.raises(DomainError) as refused:
        open_round(round_=silent, actor=world.people["officer"])
    assert refused.value.path == "announcement"
    round_ = draw_up(world)
    world.at("2024-05-01")
    with pytest.raises(DomainError) as refused:
        open_round(round_=round_, actor=world.people["officer"])
    assert refused.value.path == "closes_at"


def test_a_call_is_not_published_after_its_first_day(world):
    round_ = draw_up(world)
    world.at(clock.local(round_.opens_at).date() + timedelta(days=1))
    with pytest.raises(DomainError) as refused:
        open_round(round_=round_, actor=world.people["officer"])
    assert refused.value.path == "opens_at"


def test_once_published_only_the_text_changes(world):
    officer = world.people["officer"]
    round_ = open_round(round_=draw_up(world), actor=officer)
    fields = fields_of(world)
    for changes, path in (
        ({"year": 2030}, "year"),
        ({"closes_at": fields["closes_at"] + timedelta(days=1)}, "closes_at"),
        ({"opens_at": fields["opens_at"] + timedelta(hours=1)}, "opens_at"),
        ({"closes_at": fields["closes_at"] - timedelta(minutes=1)}, "closes_at"),
    ):
        with pytest.raises(DomainError) as refused:
            edit_round(round_=round_, actor=officer, **fields | changes)
        assert refused.value.path == path
    round_.refresh_from_db()
    edit_round(round_=round_, actor=officer, **fields | {"announcement": "补充说明"})
    round_.refresh_from_db()
    assert round_.announcement == "补充说明"
    entry = LogEntry.history_of(round_).get(action="applications.edit_round")
    assert sorted(entry.data) == ["announcement"]
    world.at("2024-06-01")
    assert close_ended_rounds() == 1
    round_.refresh_from_db()
    with pytest.raises(StateConflict):
        edit_round(round_=round_, actor=officer, **fields)


def test_the_clock_ends_a_call_once_and_to_the_minute(world):
    round_ = open_round(round_=draw_up(world), actor=world.people["officer"])
    untouched = draw_up(world, title="筹备中的批次")
    world.at("2024-04-30", 17, 59)
    assert (close_ended_rounds(), close_round(round_=round_)) == (0, False)
    world.at("2024-04-30", 18)
    assert (close_ended_rounds(), close_ended_rounds()) == (1, 0)
    round_.refresh_from_db()
    untouched.refresh_from_db()
    assert (round_.state, untouched.state) == (RoundState.CLOSED, RoundState.DRAFT)
    entry = LogEntry.history_of(round_).get(action="applications.close")
    assert (entry.actor, entry.actor_name) == (None, "系统")


def test_the_task_serves_every_tenant_and_no_other_one(world):
    mine = open_round(round_=draw_up(world), actor=world.people["officer"])
    world.at("2024-05-02")
    with tenant_scope(make_jurisdiction("wenzhou")) as scope:
        other = furnish(scope.tenant)
        theirs = open_round(round_=draw_up(other), actor=other.people["officer"])
    assert close_task() == 1
    mine.refresh_from_db()
    assert mine.state == RoundState.CLOSED
    with tenant_scope(other.jurisdiction):
        theirs.refresh_from_db()
        assert theirs.state == RoundState.OPEN


def test_the_list_of_calls_for_the_public(world):
    draft = draw_up(world, title="未发布")
    soon = open_round(round_=draw_up(world, title="即将开始"), actor=world.people["officer"])
    assert list(Round.objects.published()) == [soon]
    assert list(Round.objects.open_calls()) == [soon]
    world.at("2024-05-01")
    assert list(Round.objects.open_calls()) == []
    assert list(Round.objects.published()) == [soon]
    assert draft.state == RoundState.DRAFT
