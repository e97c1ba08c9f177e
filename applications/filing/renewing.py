"""A new application that begins with what the unit said in its former one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from applications.dossier.sections import asked_of_unit
from applications.enums import ApplicationState
from applications.filing.drafting import add_material_file, start_application
from applications.filing.transfer import asked_alike, files_of, take_answers
from applications.models import Application, MaterialFile, Round
from core import clock
from core.errors import DomainError, StateConflict
from core.models import LogEntry
from documents.contents import content_of
from documents.scanning import is_servable
from jurisdictions.engine import Profile
from stations.models import ApplicantUnit


@dataclass(frozen=True, slots=True)
class Renewal:
    """What beginning from a former application would bring: the labels of what has no place any more
    (`left`) and of what is asked anew (`added`), and the files that may come along, by material.
    """

    former: Application
    left: tuple[str, ...]
    added: tuple[str, ...]
    files: tuple[tuple[str, tuple[MaterialFile, ...]], ...]


def latest_of(applications: Iterable[Application]) -> Application | None:
    """The one of a unit's applications to begin from: the newest that was handed in, else the newest that
    was taken back with something in it; never a draft that still runs.
    """
    over = [one for one in applications if one.state != ApplicationState.DRAFT and one.saved_at is not None]
    return max(over, key=lambda one: (one.submitted_at is not None, one.pk), default=None)


def renewal_of(former: Application, round_: Round) -> Renewal:
    """What the new round keeps of a former application, drops, and asks anew."""
    old, new = former.rules, round_.rules
    left = take_answers(former, Application(facts={}, narratives={}, rosters={}), old, new)
    return Renewal(former, tuple(left), tuple(_asked_anew(old, new)), tuple(_files(former, old, new)))


def _asked_anew(old: Profile, new: Profile) -> Iterator[str]:
    known = {fact.name for fact in asked_of_unit(old)}
    yield from (fact.label for fact in asked_of_unit(new) if fact.name not in known)
    known = {narrative.name for narrative in old.narratives}
    yield from (narrative.label for narrative in new.narratives if narrative.name not in known)
    rosters = {roster.name: {column.name for column in roster.columns} for roster in old.rosters}
    for roster in new.rosters:
        if roster.name not in rosters:
            yield roster.label
            continue
        columns = (column for column in roster.columns if column.name not in rosters[roster.name])
        yield from (f"{roster.label}：{column.label}" for column in columns)
    known = {material.name for material in old.materials}
    materials = (one for one in new.materials if one.brought_by == "unit")
    yield from (material.label for material in materials if material.name not in known)


def _files(former: Application, old: Profile, new: Profile) -> Iterator[tuple[str, tuple[MaterialFile, ...]]]:
    """The files that the unit itself brought for what is still asked alike and may be read."""
    found: dict[str, list[MaterialFile]] = {}
    for file in files_of(former).select_related("attachment"):
        if asked_alike(file, old, new) and is_servable(file.attachment):
            found.setdefault(file.material.name, []).append(file)
    for material in new.materials:
        if material.brought_by == "unit" and material.name in found:
            yield material.label, tuple(found[material.name])


@transaction.atomic
def renew(
    *, former: Application, round_: Round, unit: ApplicantUnit, actor: object, files: Collection[int] = ()
) -> Application:
    """Opens the unit's draft in a round with the answers of a former application; logged.

    Judgements, checks and opinions are not taken along; of the files copies of those chosen (ids of
    `MaterialFile`), each inspected anew and counted. The same refusals as `start_application`, one for a
    file that does not come along, and the first file's that does not pass: then nothing is begun.
    """
    if former.unit_id != unit.pk or former.state == ApplicationState.DRAFT:
        raise StateConflict("只能沿用本单位以前的申报。")
    made = start_application(round_=round_, unit=unit, actor=actor)
    renewal = renewal_of(former, round_)
    take_answers(former, made, former.rules, round_.rules)
    made.revision, made.saved_at, made.saved_by = 1, clock.now(), actor
    made.save()
    chosen = [file for _, some in renewal.files for file in some if file.pk in files]
    if len(chosen) != len(set(files)):
        raise StateConflict("所选材料中有的已不能沿用，请按现在列出的重新选择。")
    for file in chosen:
        _copy(file, made, actor)
    LogEntry.record(
        made,
        action="applications.renew",
        label="沿用以前的申报",
        actor=actor,
        at=clock.now(),
        data={"from": former.pk, "left": list(renewal.left), "files": len(chosen)},
    )
    return made


def _copy(file: MaterialFile, made: Application, actor: object) -> None:
    attachment = file.attachment
    try:
        content = content_of(attachment)
    except OSError as error:
        name = attachment.original_name
        raise DomainError(f"“{name}”现在读不出来，请不选它，开始后另行上传。") from error
    upload = SimpleUploadedFile(attachment.original_name, content, attachment.content_type)
    add_material_file(application=made, name=file.material.name, upload=upload, actor=actor)
