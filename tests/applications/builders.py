"""Applications for tests, brought as far as a test needs them by the same verbs as the pages call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from applications.models import Application, Round
from applications.rounds import close_ended_rounds
from applications.selection.panel_stage import finish_panel, send_to_panel
from config.demo import Furniture
from config.demo_story import SAMPLE, Story
from core import clock
from panels.enums import SheetState, Verdict
from panels.models import Panel, ScoreSheet
from panels.scoring import save_sheet, sign_sheet
from tests.world import World


def is_sample(content: bytes) -> bool:
    """Whether a file is the sample as the story brings it, with a line of its own before its end."""
    return re.sub(rb"%[^%\n]+\n(?=startxref)", b"", content) == SAMPLE.read_bytes()


def story_of(world: World) -> Story:
    """The demonstration's player at work in a test's world."""
    return Story(world.demo, Furniture(world.authorities, world.people, world.experts))


class Play:
    """One round of a world, played as far as a test asks."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.story = story_of(world)
        self.officer = world.people["officer"]
        self.round: Round | None = None

    def open_round(self) -> Round:
        """The call of the demonstration file, open now."""
        opens = self.world.demo["round"]["opens"]
        self.world.at(str(opens)[:10], 10)
        self.round = self.story.open_round()
        return self.round

    def submitted(self, key: str = "unit") -> Application:
        """Handed in, on its first desk."""
        round_ = self.round or self.open_round()
        self.story.register(key)
        return self.story.apply(key, round_)

    def submitter(self, key: str = "unit") -> Any:
        """Who hands in for the unit."""
        return self.world.people[self.story.row(key)["members"][0]["key"]]

    def reviewer(self, application: Application) -> Any:
        """Somebody who reviews where it lies."""
        return self.story.reviewer_of(application.authority)

    def checked(self, key: str = "unit") -> Application:
        """On its first desk, with everything done there but the word that passes it on."""
        application = self.submitted(key)
        self.story.check(key, application)
        application.refresh_from_db()
        return application

    def reviewed(self, key: str = "unit") -> Application:
        """Through every desk, waiting for its panel."""
        application = self.submitted(key)
        self.story.review(key, application)
        return application

    def at_panel(self, *keys: str) -> Panel:
        """A panel of all experts on these units' applications."""
        applications = [self.reviewed(key) for key in keys or ("unit",)]
        assert self.round is not None
        return send_to_panel(
            round_=self.round,
            applications=applications,
            experts=list(self.world.experts.values()),
            due_on=clock.today() + timedelta(days=7),
            actor=self.officer,
        )

    def evaluated(self, *keys: str, verdicts: Sequence[Verdict] = (Verdict.RECOMMEND,)) -> list[Application]:
        """The panel has reported (its experts say `verdicts` in turn), the call is closed."""
        panel = self.at_panel(*keys)
        sign_all(panel, verdicts)
        finish_panel(panel=panel, actor=self.officer)
        self.close()
        applications = [item.subject for item in panel.items.order_by("pk")]
        for application in applications:
            application.refresh_from_db()
        return applications

    def close(self) -> None:
        """The call's time is over."""
        assert self.round is not None
        self.world.at(clock.local(self.round.closes_at).date() + timedelta(days=1))
        close_ended_rounds()
        self.round.refresh_from_db()


def sign_all(panel: Panel, verdicts: Sequence[Verdict] = (Verdict.RECOMMEND,)) -> None:
    """Every open sheet of an opinion panel is filled in and signed; item by item the verdicts take turns."""
    for item in panel.items.all():
        for place, sheet in enumerate(item.sheets.order_by("pk")):
            if sheet.state == SheetState.OPEN:
                sign_opinion(sheet, verdicts[place % len(verdicts)])


def sign_opinion(sheet: ScoreSheet, verdict: Verdict = Verdict.RECOMMEND, comment: str = "") -> ScoreSheet:
    """One sheet, signed by its expert."""
    expert = sheet.member.expert.user
    comment = comment or f"{expert}的意见"
    save_sheet(sheet=sheet, revision=sheet.revision, verdict=verdict, comment=comment, actor=expert)
    return sign_sheet(sheet=sheet, actor=expert)
