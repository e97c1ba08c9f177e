"""How much a unit may store: counted under a lock, so that no two uploads pass the last place together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Sum

from core.errors import DomainError

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whose room an upload takes.

    `holder` is the unit, or None for what an authority itself brings; `dossier` the files that lie in
    the same application or report already (`whose` calls it otherwise), whose row the caller has locked.
    """

    holder: models.Model | None
    dossier: models.QuerySet[Any]
    whose: str = "本申报（报告）"

    @property
    def holder_type(self) -> str:
        return self.holder._meta.label_lower if self.holder is not None else ""

    @property
    def holder_id(self) -> int | None:
        return self.holder.pk if self.holder is not None else None


def require_room(*, allowance: Allowance, files: models.QuerySet[Any], size: int, name: str) -> None:
    """Refuses what goes beyond the limits of the dossier or of the unit, with what is used.

    Locks the unit's row until the transaction ends; `files` are all attachments.
    """
    _compare(
        allowance.whose,
        allowance.dossier,
        size,
        name,
        most_files=settings.DOSSIER_QUOTA_FILES,
        most_bytes=settings.DOSSIER_QUOTA_BYTES,
    )
    if allowance.holder is None:
        return
    manager = type(allowance.holder)._default_manager
    # Rows that refer to the unit may still be written meanwhile.
    manager.select_for_update(of=("self",), no_key=True).get(pk=allowance.holder.pk)
    _compare(
        "本单位",
        files.filter(holder_type=allowance.holder_type, holder_id=allowance.holder_id),
        size,
        name,
        most_files=settings.UNIT_QUOTA_FILES,
        most_bytes=settings.UNIT_QUOTA_BYTES,
    )


def _compare(
    whose: str, files: models.QuerySet[Any], size: int, name: str, *, most_files: int, most_bytes: int
) -> None:
    used = files.order_by().aggregate(files=Count("pk"), bytes=Sum("size"))
    stored = used["bytes"] or 0
    if used["files"] < most_files and stored + size <= most_bytes:
        return
    raise DomainError(
        f"“{name}”不能上传：{whose}已存 {used['files']} 个文件、{stored / MEGABYTE:.1f} MB，"
        f"上限为 {most_files} 个文件、{most_bytes / MEGABYTE:.0f} MB。"
        "请压缩、合并，或移除不需要的文件后再上传。"
    )
