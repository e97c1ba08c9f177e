"""Sealing everything anew with the first key, so that an old key can be taken out of the settings.

What is sealed elsewhere than in the vault and in sealed columns (a second factor's secret)
takes part by `rotates`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, models, transaction

from core.sealed_fields import SealedField
from core.sealing import first_key_id, key_id_of, seal, unseal
from core.tenancy import TenantModel, tenant_scope
from core.vault import SealedText, open_row, open_texts, seal_globally, seal_row

BATCH: Final = 500
Rotation = Callable[[], int]
_others: dict[str, Rotation] = {}


class IndexTaken(RuntimeError):
    """Two rows of the vault stand for one number: the site wrote with a new INDEX_KEY before the rotation."""


def rotates(label: str) -> Callable[[Rotation], Rotation]:
    """Registers a function that seals anew what a room keeps sealed, and says how many it did."""

    def register(rotation: Rotation) -> Rotation:
        _others[label] = rotation
        return rotation

    return register


def resealed(token: str, *, purpose: str = "field") -> str:
    """A token under the first key; the same one when it is under it already."""
    if key_id_of(token) == first_key_id():
        return token
    return seal(unseal(token, purpose=purpose), purpose=purpose)


def rotate_all(*, with_index: bool = False) -> Iterator[tuple[str, int]]:
    """Seals everything anew that is not under the first key; yields what, and how many.

    In batches of their own transactions, so it may be stopped and run again, beside the running
    site too. `with_index` also computes the blind indexes anew, after a change of `INDEX_KEY`:
    the site must not write meanwhile. Raises `IndexTaken`, or `SealBroken` when a key is missing.
    """
    for tenant in apps.get_model(settings.TENANT_MODEL)._default_manager.order_by("pk"):
        with tenant_scope(tenant):
            yield f"{tenant}", rotate_vault(with_index=with_index)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField) and not issubclass(model, TenantModel):
                yield f"{model._meta.label}.{field.name}", _rotate_column(model, field, with_index)
    for label, rotation in _others.items():
        yield label, rotation()


def rotate_vault(*, with_index: bool = False) -> int:
    """Seals the vault of the tenant in scope anew; how many rows that took."""
    done, last = 0, None
    while True:
        with transaction.atomic():
            rows = SealedText.objects.select_for_update(of=("self",)).order_by("pk")
            if not with_index:
                rows = rows.exclude(token__startswith=f"v1:{first_key_id()}:")
            batch = list(rows.filter(pk__gt=last)[:BATCH] if last else rows[:BATCH])
            if not batch:
                return done
            for row in batch:
                seal_row(row, open_row(row))
            try:
                with transaction.atomic():
                    SealedText.objects.bulk_update(batch, ["token", "index"])
            except IntegrityError as error:
                raise IndexTaken("one number has two references in the vault") from error
        done, last = done + len(batch), batch[-1].pk


def _rotate_column(model: type[models.Model], field: SealedField, with_index: bool) -> int:
    done = 0
    for pk in model._default_manager.exclude(**{field.name: ""}).values_list("pk", flat=True).order_by("pk"):
        with transaction.atomic():
            row: Any = model._default_manager.select_for_update().get(pk=pk)
            kept = getattr(row, field.attname)
            if not kept or (not with_index and key_id_of(kept.ref.partition(".")[0]) == first_key_id()):
                continue
            setattr(row, field.attname, seal_globally(open_texts([kept])[0], field.kind))
            row.save(update_fields=[field.name])
            done += 1
    return done
