"""Acts through their pages (`tests/pages.toml`): who of the cast gets through, who finds nothing there."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from django.test import Client

from core.models import REFUSED, LogEntry
from tests import matrix
from tests.applications.builders import Play
from tests.applications.filing import draft_of
from tests.funding.acts import tranche
from tests.stations.builders import build_station
from tests.world import World

ACTS = tomllib.loads((matrix.TESTS / "pages.toml").read_text(encoding="utf-8"))["act"]
# They have no browser to sign in with.
NOBODY = ("anonymous", "system")


@pytest.fixture
def things(world: World) -> dict[str, Any]:
    draft, play = draft_of(world), Play(world)
    play.round = draft.round
    application = play.submitted("third")
    station = build_station(world)
    return {
        "people": matrix.cast(play),
        "application": application,
        "draft": draft,
        "round": play.round,
        "station": station,
        "tranche": tranche(station, 1),
    }


def test_every_act_is_there_for_those_of_the_table_alone(
    world: World, things: dict[str, Any], settings: Any
) -> None:
    settings.AUDIT_REFUSALS_PER_HOUR = 10_000
    wrong = []
    for act in ACTS:
        subject = things[act["address"].partition("{")[2].partition("}")[0]]
        url = world.url(act["address"].format(**{key: getattr(t, "pk", "") for key, t in things.items()}))
        for role, person in things["people"].items():
            if role in NOBODY or role in act["who"]:
                continue
            client = Client()
            client.force_login(person)
            before, refused = _as_it_is(subject), LogEntry.objects.filter(action=REFUSED).count()
            answer = client.post(url, {"reason": "试", "text": "试"})
            logged = LogEntry.objects.filter(action=REFUSED).count() - refused
            # A neighbour of the work may see the page and be told by the verb: logged all the same.
            if answer.status_code not in (404, 302) or _as_it_is(subject) != before or logged != 1:
                wrong.append(f"{url} by {role}: {answer.status_code}, logged {logged}")
        door = Client().post(url)
        if door.status_code != 302 or "/accounts/login/" not in door["Location"]:
            wrong.append(f"{url} by nobody: {door.status_code}")
        for role in act["who"]:
            client = Client()
            client.force_login(things["people"][role])
            if (found := client.get(url).status_code) not in (200, 302, 405):
                wrong.append(f"{url} by {role}: {found}")
    assert wrong == []


def _as_it_is(subject: Any) -> Any:
    return type(subject).objects.filter(pk=subject.pk).values().get()


def test_the_table_names_only_who_plays() -> None:
    assert {role for act in ACTS for role in act["who"]} <= set(matrix.CAST)
