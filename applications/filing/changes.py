"""What a correction has changed: the points that were asked for, and whatever else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from applications.desk.review import correction_places
from applications.dossier.records import opinions_on
from applications.enums import ApplicationState, Decision
from applications.filing.submission import content_of
from applications.models import Application


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a return, and whether anything at its place is another than before."""

    path: str
    label: str
    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Correction:
    """The points asked for, and the labels of what was changed besides; `places` are all changed paths."""

    points: tuple[Point, ...]
    besides: tuple[str, ...]
    places: frozenset[str]

    @property
    def untouched(self) -> tuple[Point, ...]:
        """The points at whose place nothing is changed."""
        return tuple(point for point in self.points if not point.changed)


def correction_of(application: Application) -> Correction | None:
    """The last correction: as far as it has come while it is with the unit, else as it was handed in.

    None where none was asked for, or none has been handed in since.
    """
    returns = [one for one in opinions_on(application) if one.decision == Decision.RETURN]
    if not returns:
        return None
    opinion = returns[-1]
    versions = [version.content for version in application.versions.order_by("-ordinal")[:2]]
    if application.state == ApplicationState.RETURNED:
        before, after = versions[0], content_of(application)
    elif len(versions) == 2:
        after, before = versions
    else:
        return None
    places = changed_places(before, after)
    asked = {item["path"] for item in opinion.items}
    return Correction(
        points=tuple(
            Point(item["path"], item["label"], item["text"], item["path"] in places) for item in opinion.items
        ),
        besides=tuple(
            label for path, label in correction_places(application) if path in places and path not in asked
        ),
        places=places,
    )


def changed_places(before: Mapping[str, Any], after: Mapping[str, Any]) -> frozenset[str]:
    """The places (`facts.x`, `narratives.x`, `rosters.x`, `materials.x`) at which two versions differ."""
    old, new = _by_place(before), _by_place(after)
    return frozenset(path for path in {*old, *new} if old.get(path) != new.get(path))


def _by_place(content: Mapping[str, Any]) -> dict[str, Any]:
    """What stands at each place; blanks are left out."""
    found = {
        f"{kind}.{name}": value
        for kind in ("facts", "narratives", "rosters")
        for name, value in content[kind].items()
        if value not in (None, "", [])
    }
    for material in content["materials"]:
        files = sorted(file["sha256"] for file in material["files"])
        if files or material["declared_none"]:
            found[f"materials.{material['name']}"] = (material["declared_none"], files)
    return found
