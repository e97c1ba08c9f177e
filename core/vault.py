"""Where personal numbers lie: one table of sealed texts for each tenant, and nothing but masks elsewhere.

A row that has a number (an account, a cell of a roster) holds a reference and the mask. So a
query selects masks, a document that must never change is untouched when keys rotate, and one
number of a tenant has one reference: whoever looks for the same person compares references.
The plain text is opened here, and asked for by `accounts.reveal` alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import models
from django.utils import timezone

from core.masking import bare, mask
from core.sealing import SealBroken, blind_index, seal, unseal
from core.tenancy import TenantModel, current_tenant

KINDS: Final = ("resident_id", "phone", "bank_account", "contact")


class SealedText(TenantModel):
    """One personal number of a tenant. Its token opens under its own reference, kind and tenant only."""

    kept_from_audit = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("种类", max_length=20)
    token = models.TextField("密文")
    # Keyed digest of the number (`core.sealing.blind_index`), another one for each tenant.
    index = models.CharField("盲索引", max_length=64)
    since = models.DateTimeField("存入时间", default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "index"], name="sealed_text_once"),
            models.CheckConstraint(condition=models.Q(token__startswith="v"), name="sealed_text_is_sealed"),
        ]
        verbose_name = "密存号码"

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Sealed(str):
    """A personal number as everybody handles it: its mask. What it stands for is in the vault.

    It is a `str` of the mask, so that templates, forms, logs and JSON show that and cannot show
    more. `ref` leads to the vault (in the global tables it is the token itself); two are equal
    when they stand for the same number, never because their masks look alike.
    """

    ref: str
    problem: str

    def __new__(cls, mask: str = "", ref: str = "", problem: str = "") -> Sealed:
        value = super().__new__(cls, mask)
        value.ref = ref
        value.problem = problem
        return value

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Sealed):
            return self.ref == other.ref and str(self) == str(other)
        return isinstance(other, str) and not self and not other

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((str(self), self.ref)) if self else hash("")

    @property
    def cell(self) -> dict[str, str]:
        """As documents in JSON keep it."""
        found = {"ref": self.ref, "mask": str(self)}
        return {**found, "problem": self.problem} if self.problem else found


def is_cell(value: Any) -> bool:
    """Whether a value in a document stands for a sealed text."""
    return isinstance(value, Mapping) and isinstance(value.get("ref"), str) and "mask" in value


def from_cell(value: Any) -> Sealed:
    """The sealed text that a document's cell stands for; empty for an empty cell."""
    if not is_cell(value):
        if value not in (None, ""):
            raise SealBroken("a document holds a number that is not sealed")
        return Sealed()
    return Sealed(str(value["mask"]), value["ref"], str(value.get("problem", "")))


def seal_texts(texts: Sequence[tuple[str, str]]) -> list[Sealed]:
    """Puts numbers, each with its kind, into the vault of the tenant in scope; one row for equal ones.

    Two queries for any number of them, one when all are there already. Empty texts need no row.
    """
    keys = [(kind, _index(kind, text)) if text.strip() else None for kind, text in texts]
    wanted = {key: text.strip() for key, (_, text) in zip(keys, texts, strict=True) if key is not None}
    known = _refs_of(wanted)
    missing = [key for key in wanted if key not in known]
    if missing:
        rows = [_row(kind, index, wanted[kind, index]) for kind, index in missing]
        SealedText.objects.bulk_create(rows, ignore_conflicts=True)
        known |= _refs_of(missing)
    return [
        Sealed(mask(text, kind), str(known[key])) if key is not None else Sealed()
        for key, (kind, text) in zip(keys, texts, strict=True)
    ]


def seal_text(text: str, kind: str) -> Sealed:
    """Puts one number into the vault; what is sealed already stays as it is."""
    return text if isinstance(text, Sealed) else seal_texts([(kind, text)])[0]


def open_texts(sealed: Iterable[Sealed]) -> list[str]:
    """The plain texts, in the order asked; for `accounts.reveal` and the rotation of keys, nobody else.

    Raises `SealBroken` for a reference that leads nowhere in this tenant or a text that was tampered with.
    """
    asked = list(sealed)
    refs = {one.ref for one in asked if one and not _is_token(one.ref)}
    rows = SealedText.objects.in_bulk(refs) if refs else {}
    opened = []
    for one in asked:
        if not one:
            opened.append("")
        elif _is_token(one.ref):
            opened.append(unseal(one.ref.partition(".")[0], purpose=GLOBAL))
        else:
            row = rows.get(uuid.UUID(one.ref))
            if row is None:
                raise SealBroken("a reference that leads nowhere")
            opened.append(open_row(row))
    return opened


def ref_of(text: str, kind: str) -> uuid.UUID | None:
    """The reference under which the tenant in scope holds this number; None when it does not."""
    return _refs_of([(kind, _index(kind, text))]).get((kind, _index(kind, text)))


# --- one row ---------------------------------------------------------------------

# What texts outside every tenant (a person's own account) are sealed for.
GLOBAL: Final = "global"


def seal_globally(text: str, kind: str) -> Sealed:
    """A sealed text that belongs to no tenant: its reference is the token, with the index behind it."""
    if isinstance(text, Sealed) or not text.strip():
        return Sealed(str(text).strip(), text.ref) if isinstance(text, Sealed) else Sealed()
    index = blind_index(bare(text), purpose=f"{kind}/{GLOBAL}")
    return Sealed(mask(text, kind), f"{seal(text.strip(), purpose=GLOBAL)}.{index}")


def open_row(row: SealedText) -> str:
    """The plain text of a row of the vault."""
    return unseal(row.token, purpose=purpose_of(row.kind, row.tenant_id, row.pk))


def seal_row(row: SealedText, text: str) -> None:
    """Seals a row's text anew, under the first key, with its index; not saved."""
    row.token = seal(text, purpose=purpose_of(row.kind, row.tenant_id, row.pk))
    row.index = _index(row.kind, text)


def _row(kind: str, index: str, text: str) -> SealedText:
    row = SealedText(tenant=current_tenant(), kind=kind, index=index)
    row.token = seal(text, purpose=purpose_of(kind, row.tenant_id, row.pk))
    return row


def _refs_of(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], uuid.UUID]:
    wanted = set(keys)
    if not wanted:
        return {}
    rows = SealedText.objects.filter(index__in={index for _, index in wanted})
    found = {(kind, index): ref for kind, index, ref in rows.values_list("kind", "index", "id")}
    return {key: ref for key, ref in found.items() if key in wanted}


def _index(kind: str, text: str) -> str:
    return index_of(kind, text, current_tenant().pk)


def index_of(kind: str, text: str, tenant: int) -> str:
    """The blind index of a number: another one in every tenant, so that none can be asked about another."""
    return blind_index(bare(text), purpose=f"{kind}/{tenant}")


def purpose_of(kind: str, tenant: int, ref: uuid.UUID) -> str:
    """What a row's token is sealed for: it opens in no other row, kind or tenant."""
    return f"{kind}/{tenant}/{ref}"


def _is_token(ref: str) -> bool:
    return ":" in ref
