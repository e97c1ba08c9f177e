"""From submission to the fixed list in every jurisdiction, by verbs alone."""

import pytest

from applications.enums import ApplicationState, Decision, RoundState
from applications.selection.decision import Choice, decide_round
from core.models import LogEntry
from tests.applications.builders import Play
from tests.world import SLUGS

# The desks that each text sends an application of the demonstration's first unit over, by kind.
DESKS = {
    "yantai": ["county_hrss", "city_hrss"],
    "shenzhen": ["city_hrss"],
    "gaoming": ["town_public_service_office", "district_hrss"],
    "qinshui": ["industry_department"],
    "wenzhou": ["county_hrss"],
}


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_from_submission_to_the_list(world):
    play = Play(world)
    (application,) = play.evaluated("unit")
    assert [(o.authority.kind, o.decision) for o in application.opinions.order_by("pk")] == [
        (kind, Decision.FORWARD) for kind in DESKS[world.slug]
    ]
    assert application.state == ApplicationState.EVALUATED

    decide_round(round_=play.round, choices={application.pk: Choice(True)}, actor=play.officer)

    application.refresh_from_db()
    play.round.refresh_from_db()
    assert (application.state, play.round.state) == (ApplicationState.PROPOSED, RoundState.DECIDED)
    forwards = ["applications.forward"] * (len(DESKS[world.slug]) - 1)
    moves = LogEntry.history_of(application).exclude(source="").values_list("action", flat=True)
    assert list(moves) == [
        "applications.submit",
        *forwards,
        "applications.complete_review",
        "applications.send_to_panel",
        "applications.evaluate",
        "applications.propose",
    ]
