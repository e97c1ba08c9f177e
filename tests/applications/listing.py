"""A round whose list is fixed, and what follows it, for tests."""

from __future__ import annotations

from datetime import timedelta

from applications.models import Application
from applications.selection.decision import Choice, decide_round
from applications.selection.designation import (
    Selection,
    candidates,
    cosigning_bodies,
    designate_applications,
    record_signoff,
)
from applications.selection.notice_stage import put_on_notice
from core import clock
from documents.models import OfficialDocument
from notices.models import PublicNotice
from notices.publication import publish_notice
from tests.applications.builders import Play
from tests.world import World


class Listed:
    """A world with one round decided: the units of these keys are proposed."""

    def __init__(self, world: World, *keys: str) -> None:
        self.world = world
        self.play = Play(world)
        self.officer = world.people["officer"]
        self.publisher = world.people["publisher"]
        self.applications: list[Application] = self.play.evaluated(*(keys or ("unit",)))
        choices = {application.pk: Choice(proposed=True) for application in self.applications}
        self.round = decide_round(round_=self.play.round, choices=choices, actor=self.officer)
        self.refresh()

    def refresh(self) -> None:
        for application in self.applications:
            application.refresh_from_db()

    def on_notice(self) -> PublicNotice:
        """Published, where the text has a notice."""
        notice = put_on_notice(round_=self.round, actor=self.officer)
        publish_notice(notice=notice, actor=self.publisher)
        self.refresh()
        return notice

    def after_notice(self) -> PublicNotice | None:
        """The first day on which designation may follow."""
        if self.round.rules.notice is None:
            return None
        notice = self.on_notice()
        self.world.at(notice.last_day + timedelta(days=1))
        return notice

    def sign_off(self, *skipped: str) -> None:
        """Every body that designates together agrees, but those of the kinds skipped."""
        for body in cosigning_bodies(self.round):
            if body.kind not in skipped:
                record_signoff(
                    round_=self.round,
                    authority=body,
                    reference="会签单1号",
                    signed_on=clock.today(),
                    actor=self.officer,
                )

    def designate(self, *, number: str = "", confirmed: bool = False) -> OfficialDocument:
        """All that waits, each under its first plaque."""
        return designate_applications(
            round_=self.round,
            selections=[
                Selection(found.application, found.plaques[0], confirmed=confirmed)
                for found in candidates(self.round)
            ],
            document_number=number,
            actor=self.officer,
        )
