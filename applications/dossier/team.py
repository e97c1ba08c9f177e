"""The team of an application, as its roster names it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from applications.models import Application
from stations.designation import Member

# A team column's value for people who are on the roster and not of the station.
OUTSIDE = "none"


def team_of(application: Application) -> list[Member]:
    """The station's people: name and title, nothing else."""
    for roster in application.rules.rosters:
        for mark in roster.exactly_one:
            rows = application.rosters.get(roster.name) or []
            return list(_members(rows, mark.column, mark.equals))
    return []


def _members(rows: Iterable[Mapping[str, Any]], column: str, leader: Any) -> Iterable[Member]:
    for row in rows:
        place = row.get(column)
        if place not in (None, "", OUTSIDE) and row.get("name"):
            yield Member(str(row["name"]), str(row.get("title") or ""), is_leader=place == leader)
