"""The daily heads of the log: sealed with a key that the database does not know, and written outside it.

Whoever owns the database can rewrite a whole chain, or cut its end off; what was sealed, and lies
in a file, on paper or with somebody else, then no longer fits.
"""

from __future__ import annotations

import hmac
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.audit import derived_key
from core.models import LogHead, LogLink
from core.tenancy import current_tenant, tenant_scope

logger = logging.getLogger(__name__)

FORMAT = "stations.head.1"


@dataclass(frozen=True, slots=True)
class Head:
    """One sealed head as it is signed and kept: a line of words."""

    slug: str
    day: date
    position: int
    hash: str
    sealed_at: datetime
    key_id: str
    previous: str
    seal: str

    @property
    def words(self) -> str:
        """What the seal is a keyed digest over."""
        return " ".join(
            [
                FORMAT, self.slug, self.day.isoformat(), str(self.position), self.hash,
                self.sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
                self.key_id, self.previous or "-",
            ]
        )  # fmt: skip

    @property
    def line(self) -> str:
        return f"{self.words} {self.seal}"

    def problem(self) -> str | None:
        """What is wrong with the seal, in words that follow "the seal of that day"; None when it holds."""
        key = _keys().get(self.key_id)
        if key is None:
            return f"使用了未知的密钥 {self.key_id}（以 AUDIT_SEAL_OLD_KEYS 提供原密钥后再核验）"
        return None if hmac.compare_digest(_seal(key, self.words), self.seal) else "系伪造或被改动"


# --- keys -----------------------------------------------------------------------


def _keys() -> dict[str, bytes]:
    """Every key that seals are verified with, by its number; the first one seals."""
    secrets = [settings.AUDIT_SEAL_KEY or settings.SECRET_KEY, *settings.AUDIT_SEAL_OLD_KEYS]
    keys = [derived_key("seal", secret) for secret in secrets]
    return {sha256(key).hexdigest()[:8]: key for key in keys}


def _seal(key: bytes, words: str) -> str:
    return hmac.new(key, words.encode(), sha256).hexdigest()


# --- sealing --------------------------------------------------------------------


def every_tenant() -> Iterator[Any]:
    """Opens the scope of every tenant, active or not, in turn."""
    for tenant in apps.get_model(settings.TENANT_MODEL)._default_manager.order_by("pk"):
        with tenant_scope(tenant):
            yield tenant


def seal_today() -> LogHead | None:
    """Seals where the chain of the tenant in scope stands, once a day by the true clock; the day's head.

    None while the log is empty. Heads that are not in the folder yet are written there, so that a full
    disk or a lost file is made good by the next run. Runs outside every transaction: what a file says
    cannot be rolled back.
    """
    today = timezone.localdate()
    head = LogHead.objects.filter(day=today).first() or _sealed(today)
    if head is not None:
        _write_out()
    return head


def _sealed(day: date) -> LogHead | None:
    last = LogLink.objects.order_by("-position").first()
    if last is None:
        return None
    before = LogHead.objects.order_by("-day").first()
    key_id, key = next(iter(_keys().items()))
    plan = Head(
        current_tenant().slug, day, last.position, last.hash, timezone.now(), key_id,
        before.seal if before else "", "",
    )  # fmt: skip
    try:
        with transaction.atomic(durable=True):
            head: LogHead = LogHead.objects.create(
                day=day,
                position=plan.position,
                hash=plan.hash,
                sealed_at=plan.sealed_at,
                key_id=key_id,
                previous=plan.previous,
                seal=_seal(key, plan.words),
            )
    except IntegrityError:  # somebody else seals this day
        head = LogHead.objects.get(day=day)
    return head


def heads_of() -> Iterator[Head]:
    """The heads of the tenant in scope as the database has them, oldest first."""
    for row in LogHead.objects.order_by("day"):
        yield head_of(row)


def head_of(row: LogHead) -> Head:
    """A row as it is signed and kept."""
    return Head(
        current_tenant().slug, row.day, row.position, row.hash, row.sealed_at, row.key_id,
        row.previous, row.seal,
    )  # fmt: skip


# --- outside the database -------------------------------------------------------


def seal_file() -> Path:
    """Where the heads of the tenant in scope are written to."""
    return Path(settings.AUDIT_SEAL_DIR) / f"{current_tenant().slug}.txt"


def kept_lines() -> list[str]:
    """The lines of the tenant's own file; none where there is no file."""
    try:
        return [line for line in seal_file().read_text(encoding="utf-8").splitlines() if line.strip()]
    except FileNotFoundError:
        return []


def read_line(line: str) -> Head | None:
    """A head from its line; None when it is none."""
    try:
        known, slug, day, position, digest, sealed_at, key_id, previous, seal = line.split()
        head = Head(
            slug, date.fromisoformat(day), int(position), digest, datetime.fromisoformat(sealed_at), key_id,
            "" if previous == "-" else previous, seal,
        )  # fmt: skip
    except ValueError:
        return None
    return head if known == FORMAT else None


def _write_out() -> None:
    """Appends the heads that the file does not have yet, and waits for the disk."""
    have = set(kept_lines())
    missing = [head.line for head in heads_of() if head.line not in have]
    if not missing:
        return
    path = seal_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(handle, "".join(f"{line}\n" for line in missing).encode())
        os.fsync(handle)
    finally:
        os.close(handle)
