"""Where else what an application says stands: the same unit, people, leader, team or evidence file.

It shows and decides nothing: what a text makes of it is asked of the engine (`desk.inquiring`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from applications.dossier.persons import numbers_in
from applications.dossier.records import materials_of
from applications.enums import ApplicationState
from applications.models import Application, MaterialFile
from core.vault import is_cell

# More than a desk compares by hand; the rest is counted.
MOST = 20


@dataclass(frozen=True, slots=True)
class Overlap:
    """What an application has in common with another one. `open`: whether this person may open the other."""

    other: Application
    open: bool
    same_unit: bool
    same_leader: bool
    people: tuple[str, ...]
    """The names, as the roster of this application has them."""
    percent: int
    """The share of this application's people whom the other names too, in whole percent."""
    files: tuple[str, ...]
    """The materials of this application of which the other has a file of the same content."""

    @property
    def is_grave(self) -> bool:
        """Whether it is more than a unit that applied before."""
        return self.same_leader or bool(self.files) or bool(self.people and not self.same_unit)


def overlaps_of(application: Application, person: Any) -> tuple[tuple[Overlap, ...], int]:
    """The other applications that have something in common, the graver first, and how many more there are.

    Only what was handed in, in whatever round; five queries, whatever their number. Of an application that
    is not this person's to see, they are told the desk alone.
    """
    others = Application.objects.filter(submitted_at__isnull=False).exclude(pk=application.pk)
    others = others.exclude(state=ApplicationState.WITHDRAWN)
    digests = dict(_digests(application))
    shared = _shared_files(application, digests)
    alike = Q(unit=application.unit_id)
    if application.persons:
        alike |= Q(persons__has_any_keys=application.persons)
    ids = set(others.filter(alike).values_list("pk", flat=True))
    found = others.filter(pk__in=ids | shared.keys()).select_related(
        "unit", "round__profile", "authority", "round__authority"
    )
    visible = set(
        Application.objects.visible_to(person).filter(pk__in=ids | shared.keys()).values_list("pk", flat=True)
    )
    names, leader = names_of(application), leader_of(application)
    made = [
        _compared(application, one, names, leader, shared.get(one.pk, ()), one.pk in visible)
        for one in found.order_by("-submitted_at", "pk")
    ]
    made.sort(key=lambda one: (not one.is_grave, -one.percent))
    return tuple(made[:MOST]), max(0, len(made) - MOST)


def names_of(application: Application) -> dict[str, str]:
    """Whom its rosters name, by the reference of their identity number."""
    known = set(application.persons)
    numbers = numbers_in(application.rules, application.rosters)
    return {number.sealed.ref: number.name for number in numbers if number.sealed.ref in known}


def leader_of(application: Application) -> str:
    """The reference of its leader's identity number; empty where the roster names none."""
    for roster in application.rules.rosters:
        for mark in roster.exactly_one:
            for row in application.rosters.get(roster.name) or ():
                if row.get(mark.column) == mark.equals:
                    return next((ref for ref in _references(row) if ref in application.persons), "")
    return ""


def _references(row: Mapping[str, Any]) -> Iterator[str]:
    return (cell["ref"] for cell in row.values() if is_cell(cell))


def _compared(
    application: Application,
    other: Application,
    names: Mapping[str, str],
    leader: str,
    files: tuple[str, ...],
    is_open: bool,
) -> Overlap:
    people = [ref for ref in names if ref in other.persons]
    return Overlap(
        other=other,
        open=is_open,
        same_unit=other.unit_id == application.unit_id,
        same_leader=bool(leader) and leader == leader_of(other),
        people=tuple(names[ref] for ref in people),
        percent=len(people) * 100 // len(names) if names else 0,
        files=files,
    )


def _digests(application: Application) -> Iterator[tuple[str, str]]:
    """The content of each file it brought, and the material that it belongs to."""
    labels = {material.name: material.label for material in application.rules.materials}
    for row in materials_of(application):
        for file in row.files.all():
            yield file.attachment.sha256, labels.get(row.name, row.name)


def _shared_files(application: Application, digests: Mapping[str, str]) -> dict[int, tuple[str, ...]]:
    """By application, the materials of this one of which it has a file of the same content."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    if digests:
        same = MaterialFile.objects.filter(attachment__sha256__in=digests).exclude(
            material__application=application
        )
        for pk, digest in same.values_list("material__application", "attachment__sha256"):
            found[pk][digests[digest]] = None
    return {pk: tuple(labels) for pk, labels in found.items()}
