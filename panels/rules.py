"""How a panel judges: by opinion or by score sheet, as its profile says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jurisdictions.engine import Profile, assessment_form
from jurisdictions.engine.schema.station import Rubric
from panels.enums import Purpose
from panels.models import Panel, PanelItem


def rubric_of(panel: Panel) -> Rubric | None:
    """The score sheet that this panel fills in; None where it gives opinions."""
    rules: Profile = panel.profile.rules
    if panel.purpose == Purpose.APPLICATION and rules.panel.method == "opinion":
        return None
    return assessment_form(rules)


def clause_of(panel: Panel) -> str:
    """The clause that calls this panel together."""
    rules: Profile = panel.profile.rules
    if panel.purpose == Purpose.APPLICATION:
        return rules.panel.clause
    return rules.assessment.clause


def facts_of(item: PanelItem) -> Mapping[str, Any]:
    """What the thing judged reports of itself: thresholds and counts of a score sheet are read from it."""
    return getattr(item.subject, "facts", None) or {}
