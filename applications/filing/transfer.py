"""What an application says that has a place in another one, under another version of the rules."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from applications.dossier.persons import identities_in
from applications.models import Application, MaterialFile
from jurisdictions.engine import BadValue, Profile, read_value


def take_answers(application: Application, made: Application, old: Profile, new: Profile) -> list[str]:
    """Fills a new application (not saved) with the answers of another that still have a place in it; the
    labels of those that have none.

    What reviewers judged and found belongs to the other one and stays there.
    """
    left = [*_facts(application, made, old, new), *_narratives(application, made, old, new)]
    left += _rosters(application, made, old, new)
    made.persons = identities_in(new, made.rosters)
    return list(dict.fromkeys(left))


def _facts(application: Application, made: Application, old: Profile, new: Profile) -> Iterator[str]:
    labels = {fact.name: fact.label for fact in old.facts}
    asked = {f.name: f for f in new.facts if f.asked_of != "reviewer" and not f.judged and f.derived is None}
    kept = dict(made.facts)
    for name, value in application.facts.items():
        if value in (None, "", []) or name == new.unit_type_fact:
            continue
        try:
            if name in asked:
                read_value(asked[name], value)
        except BadValue:
            yield labels.get(name, name)
            continue
        if name in asked:
            kept[name] = value
        elif name in labels:
            yield labels[name]
    made.facts = kept


def _narratives(application: Application, made: Application, old: Profile, new: Profile) -> Iterator[str]:
    labels = {narrative.name: narrative.label for narrative in old.narratives}
    known = {narrative.name for narrative in new.narratives}
    made.narratives = {name: text for name, text in application.narratives.items() if name in known}
    yield from (
        labels.get(n, "对一般要求的说明")
        for n, text in application.narratives.items()
        if text and n not in known
    )


def _rosters(application: Application, made: Application, old: Profile, new: Profile) -> Iterator[str]:
    was = {roster.name: roster for roster in old.rosters}
    known = {roster.name: roster for roster in new.rosters}
    made.rosters = {}
    for name, rows in application.rosters.items():
        if name not in known:
            if rows and name in was:
                yield was[name].label
            continue
        columns = [column.name for column in known[name].columns]
        made.rosters[name] = [{column: row.get(column, "") for column in columns} for row in rows]
        if name in was and rows:
            yield from (f"{was[name].label}：{c.label}" for c in was[name].columns if c.name not in columns)


def files_of(application: Application) -> QuerySet[MaterialFile]:
    """Every file that was brought, with its material."""
    return MaterialFile.objects.filter(material__application=application).select_related("material")


def asked_alike(file: MaterialFile, old: Profile, new: Profile) -> bool:
    """Whether the same material is still asked for in the same way."""
    before, now = (
        next((material for material in rules.materials if material.name == file.material.name), None)
        for rules in (old, new)
    )
    if before is None or now is None:
        return False
    return (before.accepts, before.is_personal) == (now.accepts, now.is_personal)


def paper_label(rules: Profile, file: MaterialFile) -> str:
    """What the material of a file is called."""
    name = str(file.material.name)
    return next((material.label for material in rules.materials if material.name == name), name)
