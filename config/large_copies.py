"""Copies of played applications: each with a unit, people, persons and a number of its own.

What was played by the real verbs (`config.large_round`) is written many times over in bulk; the constraints
and triggers of the database hold for every row. The files of each lie on the disk with a content of its own,
so that a desk is not told of thousands of files that stand elsewhere too. Not copied are letters: a paper
names one unit.
"""

from __future__ import annotations

import copy
import hashlib
import io
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.base import ModelState
from stdnum.cn import ric, uscc

from applications.dossier.persons import IDENTITY, identities_in
from applications.models import Application, FalsityFinding, Material, MaterialFile, Opinion
from applications.models import ApplicationVersion as Version
from applications.numbering import next_numbers
from core.models import LogEntry
from core.vault import seal_texts
from deadlines.models import Deadline, Notification
from documents.contents import content_of, store
from documents.models import Attachment
from stations.membership import PERMISSIONS
from stations.models import ApplicantUnit, UnitMember, UnitUserPermission

CHUNK = 500
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "建国志强海燕秀英卫东晓明文静国庆红梅立新春花永刚丽萍"
TRADES = ("五金", "纺织", "食品", "机电", "化工", "建材", "汽修", "电子", "酿造", "园林", "模具", "印染")
DISTRICTS = (
    "110105",
    "110107",
    "110108",
    "310101",
    "310104",
    "310105",
    "310106",
    "310107",
    "120101",
    "120102",
)


@dataclass(frozen=True)
class Prototype:
    """An application that was played to its state, and the birth days of its rosters' persons."""

    application: Application
    births: dict[str, list[str]]


class Copier:
    """Writes copies; `password` is the hash that all of their people sign in by."""

    def __init__(self, *, prefix: str, password: str) -> None:
        self.prefix = prefix
        self.password = password
        self.serial = itertools.count(ApplicantUnit.objects.count() + 1)

    def copies(self, prototype: Prototype, how_many: int) -> list[Application]:
        """So many applications like the played one, with everything that the pages show of it."""
        made: list[Application] = []
        while len(made) < how_many:
            made += self._chunk(prototype, min(CHUNK, how_many - len(made)))
        return made

    def _chunk(self, prototype: Prototype, how_many: int) -> list[Application]:
        model = prototype.application
        serials = [next(self.serial) for _ in range(how_many)]
        units, members = self._units(model.unit, serials)
        numbers = next_numbers(model.round, how_many) if model.number else [""] * how_many
        rosters = _rosters_of(prototype, serials)
        made = [
            _like(model, unit=unit, number=number, rosters=roster, persons=identities_in(model.rules, roster))
            for unit, number, roster in zip(units, numbers, rosters, strict=True)
        ]
        for one, person in zip(made, members, strict=True):
            for field in ("saved_by_id", "pledged_by_id"):
                if getattr(one, field) is not None:
                    setattr(one, field, person.pk)
        Application.objects.bulk_create(made)
        self._materials(model, made, members)
        self._versions(model, made, members)
        _beside(Opinion, model.opinions.all(), made, application=lambda one: one)
        _beside(
            FalsityFinding,
            FalsityFinding.objects.filter(application=model),
            made,
            application=lambda one: one,
            evidence=lambda one: None,
        )
        self._record(model, made, members)
        return made

    def _units(self, model: ApplicantUnit, serials: Sequence[int]) -> tuple[list[ApplicantUnit], list[Any]]:
        stem = model.name.removesuffix("有限公司")[:20]
        units = [
            _like(model, name=f"{stem}{TRADES[n % len(TRADES)]}{n:04}厂", uscc=_code_of(model, n))
            for n in serials
        ]
        ApplicantUnit.objects.bulk_create(units)
        people = [
            get_user_model()(
                username=f"{self.prefix}-unit{n}",
                full_name=name_of(n),
                email=f"{self.prefix}-unit{n}@example.org",
                password=self.password,
                is_demonstration=True,
            )
            for n in serials
        ]
        get_user_model().objects.bulk_create(people)
        pairs = list(zip(units, people, strict=True))
        role = model.members.order_by("pk").first().role
        UnitMember.objects.bulk_create(
            [UnitMember(tenant_id=unit.tenant_id, unit=unit, user=user, role=role) for unit, user in pairs]
        )
        codenames = [name.partition(".")[2] for name in PERMISSIONS[role]]
        kind = ContentType.objects.get_for_model(ApplicantUnit)
        rights = Permission.objects.filter(content_type=kind, codename__in=codenames)
        UnitUserPermission.objects.bulk_create(
            [
                UnitUserPermission(tenant_id=unit.tenant_id, user=user, permission=right, content_object=unit)
                for unit, user in pairs
                for right in rights
            ]
        )
        _beside_log(model, units, people)
        return units, people

    def _materials(self, model: Application, made: list[Application], members: list[Any]) -> None:
        rows = list(model.materials.prefetch_related("files__attachment"))
        copies: list[list[Material]] = [[_like(row, application=one) for row in rows] for one in made]
        Material.objects.bulk_create(itertools.chain.from_iterable(copies))
        files: list[MaterialFile] = []
        contents = {file.pk: content_of(file.attachment) for row in rows for file in row.files.all()}
        for one, person, own in zip(made, members, copies, strict=True):
            for row, material in zip(rows, own, strict=True):
                for file in row.files.all():
                    attachment = _stored(file.attachment, contents[file.pk], one)
                    if attachment.uploaded_by_id == model.saved_by_id:
                        attachment.uploaded_by_id = person.pk
                    files.append(_like(file, material=material, attachment=attachment))
        Attachment.objects.bulk_create([file.attachment for file in files], batch_size=2000)
        for file in files:
            file.attachment_id = file.attachment.pk
        MaterialFile.objects.bulk_create(files, batch_size=2000)

    def _versions(self, model: Application, made: list[Application], members: list[Any]) -> None:
        rows = []
        for version in model.versions.all():
            for one, person in zip(made, members, strict=True):
                content = {**version.content, **_own_content(one)}
                text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
                digest = hashlib.sha256(text.encode()).hexdigest()
                rows.append(
                    _like(version, application=one, content=content, digest=digest, submitted_by_id=person.pk)
                )
        Version.objects.bulk_create(rows)

    def _record(self, model: Application, made: list[Application], members: list[Any]) -> None:
        kind = ContentType.objects.get_for_model(Application)
        unit_kind = ContentType.objects.get_for_model(ApplicantUnit)
        rows = []
        for deadline in Deadline.objects.filter(subject_type=kind, subject_id=model.pk):
            for one in made:
                bearer = one.unit_id if deadline.bearer_type_id == unit_kind.pk else deadline.bearer_id
                label = deadline.label.replace(model.unit.name, one.unit.name)[:100]
                url = _at(deadline.url, model, one)
                rows.append(_like(deadline, subject_id=one.pk, bearer_id=bearer, label=label, url=url))
        Deadline.objects.bulk_create(rows)
        first = model.unit.members.order_by("pk").first().user
        told = Notification.objects.filter(recipient=first, url__contains=f"/applications/{model.pk}/")
        Notification.objects.bulk_create(
            [
                _like(row, recipient=person, url=_at(row.url, model, one))
                for row in told
                for one, person in zip(made, members, strict=True)
            ]
        )
        _beside_log(model, made, members, of=first)


def name_of(number: int) -> str:
    """An invented person's name."""
    first, second = GIVEN[number % len(GIVEN)], GIVEN[number * 7 % len(GIVEN)]
    return SURNAMES[number % len(SURNAMES)] + first + (second if second != first else "")


def _like(row: Any, **changes: Any) -> Any:
    """Another row like this one, not saved; a field's object counts, whatever id the row had."""
    other = copy.copy(row)
    other.pk, other._state = None, ModelState()
    for name, value in changes.items():
        setattr(other, name, value)
    return other


def _beside(
    model: type[models.Model],
    rows: Any,
    made: Sequence[Application],
    **changes: Callable[[Application], Any],
) -> None:
    """Copies of the rows beside each of the copies."""
    found = list(rows)
    model._default_manager.bulk_create(
        [_like(row, **{name: of(one) for name, of in changes.items()}) for one in made for row in found]
    )


def _beside_log(model: models.Model, made: Sequence[Any], members: Sequence[Any], of: Any = None) -> None:
    """The record of what happened to each; of what the unit's own person did, its own person did it."""
    entries = list(LogEntry.history_of(model))
    rows = []
    for one, person in zip(made, members, strict=True):
        for entry in entries:
            row = _like(entry, subject_id=one.pk)
            if of is None or entry.actor_id == of.pk:
                row.actor, row.actor_name = person, str(person)
            rows.append(row)
    LogEntry.objects.bulk_create(rows, batch_size=2000)


def _rosters_of(prototype: Prototype, serials: Sequence[int]) -> list[dict[str, Any]]:
    """The rosters with other persons: names, and identity numbers of the same birth days, sealed at once."""
    model = prototype.application
    rosters = [copy.deepcopy(model.rosters) for _ in serials]
    places: list[tuple[dict[str, Any], str, str]] = []
    for serial, roster in zip(serials, rosters, strict=True):
        for name, column, index, row in _personal(model.rules, roster):
            births = prototype.births.get(name, [])
            if index < len(births):
                places.append((row, column, _identity_of(births[index], serial)))
            if "name" in row:
                row["name"] = name_of(serial * 11 + index)
    found = seal_texts([(IDENTITY, number) for _, _, number in places])
    for (row, column, _), sealed in zip(places, found, strict=True):
        row[column] = sealed.cell
    return rosters


def _personal(rules: Any, rosters: dict[str, Any]) -> Iterator[tuple[str, str, int, dict[str, Any]]]:
    for roster in rules.rosters:
        for column in roster.columns:
            if column.type == IDENTITY:
                for index, row in enumerate(rosters.get(roster.name) or ()):
                    if row.get(column.name):
                        yield roster.name, column.name, index, row


def births_of(rules: Any, rosters: dict[str, Any]) -> dict[str, list[str]]:
    """The birth days (eight digits) in the identity numbers of rosters as they were typed."""
    return {
        roster.name: [str(row[column.name])[6:14] for row in rosters.get(roster.name) or ()]
        for roster in rules.rosters
        for column in roster.columns
        if column.type == IDENTITY
    }


def _identity_of(birth: str, serial: int) -> str:
    district, sequence = DISTRICTS[serial // 999 % len(DISTRICTS)], serial % 999 + 1
    body = f"{district}{birth}{sequence:03}"
    return body + ric.calc_check_digit(f"{body}0")


def _code_of(model: ApplicantUnit, serial: int) -> str:
    body = f"{model.uscc[:8]}MB{serial:07}"
    return str(body + uscc.calc_check_digit(body))


def _stored(attachment: Attachment, content: bytes, one: Application) -> Attachment:
    """The same file with a line of its own at its end, on the disk; the row is not saved."""
    own = content + f"\n% {one.unit.uscc}\n".encode()
    made: Attachment = _like(attachment, sha256=hashlib.sha256(own).hexdigest(), size=len(own))
    if made.holder_type == Application._meta.label_lower:
        made.holder_id = one.pk
    elif made.holder_type == ApplicantUnit._meta.label_lower:
        made.holder_id = one.unit_id
    made.file = ""
    store(made, io.BytesIO(own))
    return made


def _own_content(one: Application) -> dict[str, Any]:
    unit = one.unit
    return {
        "unit": {"id": unit.pk, "name": unit.name, "uscc": unit.uscc, "unit_type": unit.unit_type},
        "rosters": one.rosters,
    }


def _at(url: str, model: Application, one: Application) -> str:
    return url.replace(f"/applications/{model.pk}/", f"/applications/{one.pk}/")
