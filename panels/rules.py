"""What a panel is, by its scheme and its profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jurisdictions.engine import Profile
from jurisdictions.models import Authority
from panels.enums import Method, Purpose
from panels.models import Panel, PanelItem
from panels.schemes import scheme_of


def method_of(panel: Panel) -> Method:
    """What an expert of this panel writes on a sheet."""
    return Method(scheme_of(panel).method)


def clause_of(panel: Panel) -> str:
    """The clause that calls this panel together."""
    rules: Profile = panel.profile.rules
    if panel.purpose == Purpose.APPLICATION:
        return rules.panel.clause
    return rules.assessment.clause


def facts_of(item: PanelItem) -> Mapping[str, Any]:
    """What the thing judged reports of itself: thresholds and counts of a score sheet are read from it."""
    return getattr(item.subject, "facts", None) or {}


def partners_of(panel: Panel) -> tuple[str, ...]:
    """The bodies that the text has call this panel together with its own authority (WZ-5.2)."""
    rules: Profile = panel.profile.rules
    if panel.purpose != Purpose.APPLICATION:
        return ()
    kinds = [kind for kind in rules.panel.bodies if kind != panel.authority.kind]
    return tuple(_name_of(rules, kind) for kind in kinds)


def _name_of(rules: Profile, kind: str) -> str:
    """The body itself where it works here, else the text's word for it."""
    found: Authority | None = next((one for one in Authority.here().values() if one.kind == kind), None)
    return found.name if found else rules.authority(kind).label
