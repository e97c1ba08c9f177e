"""The unit at work on its application: starting it, saving answers, bringing materials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from applications.dossier.answers import is_editable
from applications.dossier.conflicts import Base, Typed, reconcile
from applications.dossier.persons import identities_in, seal_rosters
from applications.enums import ApplicationState, MaterialCheck
from applications.models import Application, Material, MaterialFile, Round
from applications.permissions import can_edit, can_review
from core import clock
from core.errors import DomainError, NotAllowed, StateConflict
from core.models import LogEntry
from core.workflow import lock
from documents.intake import take_in
from documents.quotas import Allowance
from documents.removal import discard
from jurisdictions.engine import (
    BadValue,
    Profile,
    check_resident_id,
    normalise_resident_id,
    read_value,
)
from stations.enums import UnitState
from stations.models import ApplicantUnit
from stations.permissions import can_edit_unit

Rows = Sequence[Mapping[str, Any]]


@transaction.atomic
def start_application(*, round_: Round, unit: ApplicantUnit, actor: Any) -> Application:
    """Opens the unit's draft in a round, with an empty place for every material; logged.

    Refused when the unit is not approved, the round takes no applications now, or the unit
    already has one in it.
    """
    if not can_edit_unit(actor, unit):
        raise NotAllowed("您没有为本单位填写申报的权限。")
    if unit.state != UnitState.APPROVED:
        raise StateConflict("单位注册通过审核后才能申报。")
    if not round_.takes_applications():
        raise StateConflict("本批次现在不接受申报。")
    try:
        with transaction.atomic():
            application = Application.objects.create(
                round=round_, unit=unit, facts={round_.rules.unit_type_fact: unit.unit_type}
            )
    except IntegrityError:
        raise StateConflict("本单位在本批次已有一份申报。") from None
    for material in round_.rules.materials:
        Material.objects.create(application=application, name=material.name)
    LogEntry.record(
        application,
        action="applications.start",
        label="开始填报",
        actor=actor,
        at=clock.now(),
        target=ApplicationState.DRAFT,
    )
    return application


@transaction.atomic
def save_draft(
    *,
    application: Application,
    actor: Any,
    revision: int,
    facts: Mapping[str, Any] | None = None,
    narratives: Mapping[str, str] | None = None,
    rosters: Mapping[str, Rows] | None = None,
    base: Base | None = None,
) -> tuple[str, ...]:
    """Keeps what was typed, right or wrong, complete or not; names that are not given stay as they are.

    When somebody saved since `revision` was read, `base` (what the page showed) tells who changed what:
    fields of the other one stay, and their paths are given back.

    What can be read is stored in its own type, anything else as typed; numbers of persons are sealed.
    Not logged: the revision and `saved_by` say who saved last, and what counts is the version handed
    in. Raises `EditConflict` when both changed the same field, or no base is known, `StateConflict` when
    the application is not with the unit, `NotAllowed` for others.
    """
    lock(application)
    _require_editable(application, actor)
    rules = application.rules
    others: tuple[str, ...] = ()
    typed: Typed = {
        "facts": _stored_facts(rules, facts or {}),
        "narratives": dict(narratives or {}),
        "rosters": seal_rosters(
            rules,
            _stored_rosters(rules, rosters or {}),
            application.rosters,
            clock.today(),
            base.numbers if base else None,
        ),
    }
    if application.revision != revision:
        typed, others = reconcile(application, actor, typed, base)
    application.facts = {**application.facts, **typed["facts"]}
    application.facts[rules.unit_type_fact] = application.unit.unit_type
    application.narratives = {**application.narratives, **typed["narratives"]}
    application.rosters = {**application.rosters, **typed["rosters"]}
    application.persons = identities_in(rules, application.rosters)
    application.revision += 1
    application.saved_at = clock.now()
    application.saved_by = actor
    kept = ["facts", "narratives", "rosters", "persons", "revision", "saved_at", "saved_by"]
    application.save(update_fields=kept)
    return others


@transaction.atomic
def add_material_file(
    *, application: Application, name: str, upload: UploadedFile, actor: Any, limit: int | None = None
) -> MaterialFile:
    """Stores one file of a material within the unit's room; logged. One that was objected to counts as
    unchecked again.

    The unit brings its own while the application is with it; what the first-pass authority brings
    (`brought_by: first_pass`) its reviewer brings while it lies on that desk.
    """
    lock(application)
    material = _material(application, name, actor)
    rule = application.rules.material(name)
    attachment = take_in(
        upload=upload,
        accepts=rule.accepts,
        actor=actor,
        allowance=Allowance(
            holder=application.unit if rule.brought_by == "unit" else None,
            dossier=application.panel_attachments(),
        ),
        personal=rule.is_personal,
        limit=limit,
    )
    found = MaterialFile.objects.create(material=material, attachment=attachment)
    _changed(material, declared_none=False)
    _log_material(
        application,
        "add_file",
        "上传材料",
        actor,
        {
            "material": name,
            "label": rule.label,
            "attachment": attachment.pk,
            "sha256": attachment.sha256,
            "received_sha256": attachment.received_sha256,
        },
    )
    return found


def part_allowance(*, application: Application, name: str, actor: Any) -> tuple[tuple[str, ...], Allowance]:
    """Which kinds a material accepts and whose room it takes, for a file that comes in parts.

    The same refusals as `add_material_file`; only for what the unit itself brings.
    """
    with transaction.atomic():
        _material(application, name, actor)
    rule = application.rules.material(name)
    if rule.brought_by != "unit":
        raise NotAllowed(f"“{rule.label}”由受理部门在审核时提交。")
    return rule.accepts, Allowance(holder=application.unit, dossier=application.panel_attachments())


@transaction.atomic
def remove_material_file(*, application: Application, file: MaterialFile, actor: Any) -> None:
    """Takes a file out of its material; logged.

    Before the first submission the stored file goes too; after it the version handed in still
    names it, so only the link goes.
    """
    lock(application)
    material = _material(application, file.material.name, actor)
    attachment = file.attachment
    data = {"material": material.name, "attachment": attachment.pk, "sha256": attachment.sha256}
    file.delete()
    if application.submitted_at is None:
        discard(attachment=attachment)
    _changed(material, declared_none=material.declared_none)
    _log_material(application, "remove_file", "移除材料", actor, data)


@transaction.atomic
def declare_none(*, application: Application, name: str, actor: Any, declared: bool = True) -> Material:
    """Records that there is no such material, where the text allows to say so (or takes it back); logged."""
    lock(application)
    material = _material(application, name, actor)
    rule = application.rules.material(name)
    if declared and rule.required is True:
        raise DomainError(f"“{rule.label}”为必交材料，不能声明没有。", clause=rule.clause)
    if declared and material.files.exists():
        raise DomainError(f"“{rule.label}”已上传文件；确无此材料的，请先移除文件。", clause=rule.clause)
    _changed(material, declared_none=declared)
    label = "声明无此材料" if declared else "撤回无此材料的声明"
    _log_material(application, "declare_none", label, actor, {"material": name, "declared": declared})
    return material


def _require_editable(application: Application, actor: Any) -> None:
    if not can_edit(actor, application):
        raise NotAllowed("您没有填写本申报的权限。")
    if not is_editable(application):
        raise StateConflict(f"申报当前为“{application.get_state_display()}”，不能修改。")


def _material(application: Application, name: str, actor: Any) -> Material:
    """The row of a material that this person may change now."""
    try:
        rule = application.rules.material(name)
    except KeyError:
        raise DomainError("没有这项材料。") from None
    if rule.brought_by == "unit":
        _require_editable(application, actor)
    elif not can_review(actor, application) or application.state != ApplicationState.UNDER_REVIEW:
        raise NotAllowed(f"“{rule.label}”由受理部门在审核时提交。")
    row, _ = Material.objects.get_or_create(application=application, name=name)
    return row


def _changed(material: Material, *, declared_none: bool) -> None:
    """What was checked is no longer what is there."""
    material.declared_none = declared_none
    material.check_state = MaterialCheck.UNCHECKED
    material.original_seen = False
    material.note = ""
    material.save(update_fields=["declared_none", "check_state", "original_seen", "note"])


def _log_material(
    application: Application, action: str, label: str, actor: Any, data: dict[str, Any]
) -> None:
    LogEntry.record(
        application, action=f"applications.{action}", label=label, actor=actor, at=clock.now(), data=data
    )


def _stored_facts(rules: Profile, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as JSON keeps them; names that the unit is not asked for are dropped."""
    asked = {
        f.name: f for f in rules.facts if f.asked_of != "reviewer" and not f.judged and f.derived is None
    }
    stored = {}
    for name, value in facts.items():
        if name in asked:
            try:
                stored[name] = _json(read_value(asked[name], value) if _is_typed(value) else value)
            except BadValue:
                stored[name] = value if isinstance(value, str | list) else str(value)
    return stored


def _is_typed(value: Any) -> bool:
    """Blanks are kept as they are: what a blank means, the profile says when it is read."""
    return value is not None and value != ""


def _stored_rosters(rules: Profile, rosters: Mapping[str, Rows]) -> dict[str, list[dict[str, Any]]]:
    known = {roster.name: roster for roster in rules.rosters}
    stored: dict[str, list[dict[str, Any]]] = {}
    for name, rows in rosters.items():
        if name in known:
            columns = known[name].columns
            stored[name] = [
                {column.name: _cell(column.type, row.get(column.name)) for column in columns} for row in rows
            ]
    return stored


def _cell(kind: str, value: Any) -> Any:
    if value is None:
        return ""
    if kind == "resident_id" and check_resident_id(str(value)) is None:
        return normalise_resident_id(str(value))
    if kind == "integer" and isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return _json(value.strip() if isinstance(value, str) else value)


def _json(value: Any) -> Any:
    """Decimals and dates as text, everything else as it is."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _json(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_json(part) for part in value]
    return value
