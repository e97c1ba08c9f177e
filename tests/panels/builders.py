"""A panel that scores by the regulation's own score sheet, for tests."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password

from applications.models import Application
from config import demo as demonstration
from core import clock
from jurisdictions.enums import Role
from jurisdictions.staffing import appoint
from panels.enums import Purpose
from panels.forming import form_panel
from panels.models import Panel
from tests.applications.builders import Play

# Reported facts that settle one threshold and one count of Qinshui's score sheet.
FACTS: dict[str, Any] = {"office_area_sqm": 30, "backbone_trained": 3}
# Full points for every line that is left to an expert: with the settled 4 they make 99.
FULL = {
    "QS-A2.1": Decimal(2),
    "QS-A2.2": Decimal(5),
    "QS-A2.3": Decimal(4),
    "QS-A2.4": Decimal(4),
    "QS-A2.5": Decimal(4),
    "QS-A2.7": Decimal(3),
    "QS-A2.8": Decimal(4),
    "QS-A2.9": Decimal(8),
    "QS-A2.10": Decimal(7),
    "QS-A2.11": Decimal(15),
    "QS-A2.12": Decimal(3),
    "QS-A2.13": Decimal(19),
    "QS-A2.14": Decimal(2),
    "QS-A2.15": Decimal(5),
    "QS-A2.16": Decimal(5),
    "QS-A2.17": Decimal(5),
}


def second_organiser(play: Play) -> Any:
    """A panel secretary beside the officer."""
    user = demonstration.person("panel-secretary", "秦记录", make_password(None))
    appoint(user=user, authority=play.world.lead, role=Role.PANEL_SECRETARY, actor=None)
    return user


def rubric_panel(play: Play, *keys: str) -> Panel:
    """An assessment panel over things that carry facts: applications stand in for assessments here."""
    things = [play.reviewed(key) for key in keys or ("unit",)]
    for thing in things:
        Application.objects.filter(pk=thing.pk).update(facts={**thing.facts, **FACTS})
        thing.refresh_from_db()
    return form_panel(
        authority=play.world.lead,
        profile=play.world.profile,
        purpose=Purpose.ASSESSMENT,
        subject=play.round,
        name="年度评估",
        experts=list(play.world.experts.values()),
        items=[(thing, thing.unit.name, thing.unit.name) for thing in things],
        due_on=clock.today() + timedelta(days=10),
        actor=play.officer,
    )
