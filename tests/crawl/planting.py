"""A canary in every text of every row: whose it is, and of which column, is known wherever it turns up.

`NOT_PLANTED` names every text column that bears none, with the reason; a test holds it to the models.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from stdnum.cn import ric

from accounts.adapters import PURPOSE
from core import pdf
from core.database.owner import signed_in_as
from core.sealed_fields import SealedField
from core.sealing import seal
from core.seals import seal_today
from core.tenancy import TenantModel
from core.vault import SealedText, seal_globally, seal_row
from documents import contents
from documents.models import Attachment
from stations.invitations import hash_of, token_of
from tests.crawl.building import Place
from tests.database import SUPERUSER

# Words, and numbers as a telephone, a bank card and an identity card have them.
MARK = re.compile(rb"CANARY-[a-z]{2}-\d{5}|1397[1-4]\d{6}|622897[1-4]\d{12}|11017[1-4]1977\d{7}[\dX]")
# Whose words belong to people of both places, and to people of none.
BOTH, NOBODY = "both", "nobody"
_DIGITS = {"qi": "71", "ga": "72", BOTH[:2]: "73", NOBODY[:2]: "74"}
TEXT_TYPES = ("varchar", "text", "json", "bytea", "inet", "citext", "char")
FILES = {
    False: "documents.Attachment.file: content",
    True: "documents.Attachment.file: content of personal papers",
}
# The database writes them itself, from rows that are planted.
OWNER_WRITES = ("core.LogLink",)
CODE, DIGEST, STATE = "a word of the code", "a digest of the text beside it", "the name of a state or act"
FIXED = "kept by a trigger as it was made; names and units bear one where they come from"
NOT_PLANTED: dict[str, str] = {
    "core.LogEntry.subject_type": CODE,
    "core.LogEntry.action": CODE,
    "core.LogEntry.source": STATE,
    "core.LogEntry.target": STATE,
    "core.LogEntry.role": CODE,
    "core.LogEntry.before": "numbers, states and digests",
    "core.LogEntry.after": "numbers, states and digests",
    "core.LogLink.previous": DIGEST,
    "core.LogLink.hash": DIGEST,
    "core.LogHead.hash": DIGEST,
    "core.LogHead.previous": DIGEST,
    "core.LogHead.key_id": DIGEST,
    "core.LogHead.seal": DIGEST,
    "core.SealedText.kind": CODE,
    "core.SealedText.index": DIGEST,
    "core.OutboxMessage.topic": CODE,
    "core.OutboxMessage.payload": "ids and addresses; the words come from the rows that they name",
    "core.OutboxMessage.last_error": "empty: nothing has failed",
    "core.Series.name": CODE,
    "accounts.User.password": "unusable",
    "jurisdictions.Authority.kind": "a word of the rules",
    "jurisdictions.RuleProfile.version": "a day",
    "jurisdictions.RuleProfile.digest": DIGEST,
    "jurisdictions.RuleProfile.withdrawal": "kept empty by a constraint until a version is taken back",
    "jurisdictions.FixedCase.kind": CODE,
    "jurisdictions.FixedCase.given": "numbers, yes and no, under words of the rules",
    "jurisdictions.FixedCase.expected": "words of the rules",
    "jurisdictions.CaseWaiver.cases": CODE,
    "panels.Draw.items": FIXED,
    "panels.Draw.candidates": FIXED,
    "panels.Draw.excluded": FIXED,
    "panels.Draw.result": FIXED,
    "panels.Draw.commitment": DIGEST,
    "panels.Draw.sealed_seed": DIGEST,
    "panels.Draw.seed": DIGEST,
    "jurisdictions.Replay.progress": "numbers",
    "jurisdictions.ReplayFinding.kind": CODE,
    "documents.Attachment.file": "a random name; the file itself bears one",
    "documents.Attachment.content_type": CODE,
    "documents.Attachment.sha256": DIGEST,
    "documents.Attachment.holder_type": CODE,
    "documents.PartialUpload.token": CODE,
    "documents.PartialUpload.place": CODE,
    "documents.PartialUpload.holder_type": CODE,
    "documents.OfficialDocument.pdf": "a random name; the paper itself bears one",
    "documents.OfficialDocument.sha256": DIGEST,
    "documents.OfficialDocument.verification_code": "random: the address by which anybody may verify",
    "deadlines.Deadline.kind": "a word of the rules",
    "deadlines.Deadline.period": CODE,
    "deadlines.Deadline.rungs": "numbers",
    "notices.PublicNotice.changes": "empty: the amended list is the same",
    "panels.PanelItem.outcome": "numbers and words of the rules",
    "panels.ScoreSheet.points": "numbers",
    "panels.ScoreSheet.bonus": "numbers",
    "panels.SheetVersion.points": "numbers",
    "panels.SheetVersion.bonus": "numbers",
    "panels.JointDiscussion.versions": "numbers",
    "stations.Invitation.token_hash": DIGEST,
    "stations.ApplicantUnit.unit_type": "a word of the rules",
    "applications.Application.persons": "references into the vault",
    "applications.Application.judgements": "yes or no",
    "applications.Application.checks": CODE,
    "applications.Application.route": "ids",
    "applications.ApplicationVersion.digest": DIGEST,
    "applications.Material.name": "a word of the rules",
    "applications.CallFile.material": "a word of the rules",
    "applications.FalsityFinding.materials": "words of the rules",
    "assessments.Cycle.obligation": "a word of the rules",
    "assessments.StationEnding.clauses": CODE,
    "assessments.Assessment.facts": "numbers, yes and no",
    "assessments.Assessment.self_points": "numbers",
    "assessments.Assessment.points": "numbers",
    "assessments.Assessment.bonus": "numbers",
    "assessments.Evidence.material": "a word of the rules",
}
# Tables of everybody's, or of nobody's text.
OTHER_TABLES: dict[str, str] = {
    "auth.Permission": CODE,
    "auth.Group": "empty",
    "contenttypes.ContentType": CODE,
    "sessions.Session": "one person's own, by a random key",
    "jurisdictions.Jurisdiction": "public: the portal names every one",
    "accounts.User": "planted: the persons of a place are its own",
    "mfa.Authenticator": "planted: the secrets of a person's second factor, sealed",
    "usersessions.UserSession": "planted: a person's own browsers",
    "accounts.PastPassword": DIGEST,
    "account.EmailAddress": "empty: the sign-in library's own, not used",
    "account.EmailConfirmation": "empty: the sign-in library's own, not used",
    "axes.AccessAttempt": "names and addresses of failed tries; no page shows one",
    "axes.AccessFailureLog": "not written",
    "axes.AccessLog": "names and addresses of sign-ins; no page shows one",
    "guardian.GroupObjectPermission": "unused",
    "guardian.UserObjectPermission": "unused",
}


def mark_of(slug: str) -> str:
    """The two letters of a place's canaries."""
    return slug[:2]


@dataclass
class Canaries:
    """Every canary, and where it was put."""

    # Canary → (slug, column, key of the row).
    where: dict[bytes, tuple[str, str, Any]] = field(default_factory=dict)
    # Those that lie sealed: nobody reads them but through a page that reveals.
    sealed: set[bytes] = field(default_factory=set)
    # Those in the content of files that show a person's papers.
    papers: set[bytes] = field(default_factory=set)

    def new(self, slug: str, column: str, key: Any) -> str:
        return self._note(f"CANARY-{mark_of(slug)}-{len(self.where) + 1:05d}", slug, column, key)

    def number(self, kind: str, slug: str, column: str, key: Any) -> str:
        """One that is a number of its kind, to be sealed."""
        serial, digits = len(self.where) + 1, _DIGITS[mark_of(slug)]
        match kind:
            case "phone":
                token = f"139{digits}{serial:06d}"
            case "bank_account":
                token = f"62289{digits}{serial:012d}"
            case "resident_id":
                day = f"{serial % 12 + 1:02d}{serial // 12 % 28 + 1:02d}"
                body = f"1101{digits}1977{day}{serial // 336:03d}"
                token = body + ric.calc_check_digit(f"{body}0")
            case _:
                token = self.new(slug, column, key)
        self.sealed.add(token.encode())
        return self._note(token, slug, column, key)

    def _note(self, token: str, slug: str, column: str, key: Any) -> str:
        self.where[token.encode()] = (slug, column, key)
        return token

    def columns(self, slug: str) -> set[str]:
        """The columns in which this place has one at least."""
        return {column for owner, column, _ in self.where.values() if owner == slug}


def text_columns(model: type[models.Model]) -> list[models.Field]:
    """The columns that can hold words, but those of a closed set."""
    return [
        column
        for column in model._meta.concrete_fields
        if not column.choices
        and not column.is_relation
        and not _lies_in_the_vault(column)
        and (column.db_type(connection) or "").lower().startswith(TEXT_TYPES)
    ]


def _lies_in_the_vault(column: models.Field) -> bool:
    """A reference and a mask: the number itself is a row of `core.SealedText`."""
    return isinstance(column, SealedField) and not column.is_global


def tenant_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if issubclass(model, TenantModel)]


def plant(place: Place, canaries: Canaries) -> None:
    """Plants every row of a place; in its scope, and past the triggers that keep rows as they are."""
    with unguarded():
        for model in tenant_models():
            if model._meta.label in OWNER_WRITES:
                continue
            for row in model._default_manager.order_by("pk"):
                _plant_row(place.slug, row, canaries)
            _plant_empty_columns(place.slug, model, canaries)
        _plant_files(place, canaries)
        _link_again(place.jurisdiction.pk)
        plant_people(place.slug, place.people.values(), canaries)
    seal_today()


def plant_people(slug: str, people: Iterable[Any], canaries: Canaries) -> None:
    """Plants accounts, and the secrets of their second factors."""
    with unguarded():
        for user in people:
            user.refresh_from_db()
            _plant_row(slug, user, canaries)
            user.refresh_from_db()
            for factor in Authenticator.objects.filter(user=user):
                for name in ("secret", "seed"):
                    if name in factor.data:
                        token = canaries.new(slug, "mfa.Authenticator.data", user.pk)
                        canaries.sealed.add(token.encode())
                        factor.data[name] = seal(token, purpose=PURPOSE)
                factor.save()


@contextmanager
def unguarded() -> Iterator[None]:
    """Rows that are only ever appended may be changed in the block; by the tests' superuser alone."""
    if connection.settings_dict["USER"] == SUPERUSER["USER"]:
        yield
        return
    with signed_in_as(SUPERUSER), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
        yield


def _link_again(tenant: int) -> None:
    """The log's chain over the entries as they are now."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_loglink WHERE tenant_id = %s", [tenant])
        cursor.execute("SELECT id FROM core_logentry WHERE tenant_id = %s ORDER BY id", [tenant])
        for (entry,) in cursor.fetchall():
            cursor.execute("SELECT core_log_append(%s, %s)", [tenant, entry])


def _plant_row(slug: str, row: models.Model, canaries: Canaries) -> None:
    if isinstance(row, SealedText):
        seal_row(row, canaries.number(row.kind, slug, "core.SealedText.token", row.pk))
        row.save()
        return
    changed: dict[str, Any] = {}
    for column in text_columns(type(row)):
        label = f"{row._meta.label}.{column.name}"
        value = column.value_from_object(row)
        if label in NOT_PLANTED or not value:
            continue
        if isinstance(column, SealedField):
            changed[column.attname] = seal_globally(
                canaries.number(column.kind, slug, label, row.pk), column.kind
            )
            continue
        planted = _planted(value, column, lambda label=label: canaries.new(slug, label, row.pk))
        if planted != value:
            changed[column.attname] = planted
    _along(row, changed)
    if not changed:
        return
    fields = {name: row._meta.get_field(name) for name in changed}
    sets = ", ".join(f'"{one.column}" = %s' for one in fields.values())
    values = [one.get_db_prep_save(changed[name], connection) for name, one in fields.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{row._meta.db_table}" SET {sets} WHERE "{row._meta.pk.column}" = %s', [*values, row.pk]
        )


def _plant_empty_columns(slug: str, model: type[models.Model], canaries: Canaries) -> None:
    """A text that no row of the story has is a canary alone, in the last row."""
    row = model._default_manager.order_by("pk").last()
    known = canaries.columns(slug)
    for column in text_columns(model) if row else ():
        label = f"{model._meta.label}.{column.name}"
        if label not in known and label not in NOT_PLANTED and column.get_internal_type() != "JSONField":
            token = canaries.new(slug, label, row.pk)
            model._default_manager.filter(pk=row.pk).update(**{column.name: token})


def _along(row: models.Model, changed: dict[str, Any]) -> None:
    """Digests go with their text, so that nothing looks forged."""
    label = row._meta.label
    if label == "documents.OfficialDocument" and "html" in changed:
        changed["sha256"] = hashlib.sha256(changed["html"].encode()).hexdigest()
    if label == "jurisdictions.RuleProfile" and "text" in changed:
        changed["digest"] = hashlib.sha256(changed["text"].encode()).hexdigest()
    if label == "stations.Invitation" and "nonce" in changed:
        row.nonce = changed["nonce"]
        changed["token_hash"] = hash_of(token_of(row))


def _planted(value: Any, column: models.Field, new: Any) -> Any:
    """The value with a canary in it; a JSON value with one in every text that a person wrote."""
    if isinstance(value, str):
        return _in_text(value, column, new())
    if isinstance(value, dict):
        return {key: _in_json(inner, new) for key, inner in value.items()}
    if isinstance(value, list):
        return [_in_json(inner, new) for inner in value]
    return value


def _in_json(value: Any, new: Any) -> Any:
    if isinstance(value, dict):
        return {key: _in_json(inner, new) for key, inner in value.items()}
    if isinstance(value, list):
        return [_in_json(inner, new) for inner in value]
    # Latin text in JSON is a word of the rules, a number or a day; what people write is Chinese.
    if isinstance(value, str) and not value.isascii():
        return f"{value}{new()}"
    return value


def _in_text(value: str, column: models.Field, token: str) -> str:
    match column.name:
        case "html":
            return value.replace("</body>", f"<p>{token}</p></body>", 1)
        case "text" if column.model._meta.label == "jurisdictions.RuleProfile":
            return re.sub(r"^title: (.*)$", rf"title: \1{token}", value, count=1, flags=re.MULTILINE)
        case "url":
            return f"{value}#{token}"
        case "original_name":
            name = PurePath(value)
            return f"{name.stem}{token}{name.suffix}"
        case "email":
            return f"{token}.{value}"
        case _:
            room = getattr(column, "max_length", None)
            return f"{value[: room - len(token)]}{token}" if room else f"{value}{token}"


def _plant_files(place: Place, canaries: Canaries) -> None:
    """Every uploaded file of the place is one that bears a canary, in its text and in its bytes; those that
    show a person's papers bear another one, and lie sealed.
    """
    # Few papers of the two texts show a person: every other file is made one, but for what a call offers.
    for attachment in list(Attachment.objects.filter(call_file=None).order_by("pk"))[::2]:
        attachment.personal = True
        attachment.save()
    for personal in (False, True):
        token = canaries.new(place.slug, FILES[personal], None)
        if personal:
            canaries.papers.add(token.encode())
        content = pdf.render(f"<html><body><p>{token}</p></body></html>") + f"\n%{token}\n".encode()
        for attachment in Attachment.objects.filter(personal=personal):
            default_storage.delete(attachment.file.name)
            attachment.size, attachment.sha256 = len(content), hashlib.sha256(content).hexdigest()
            contents.store(attachment, io.BytesIO(content))
            attachment.save()
