"""A column that holds a personal number as a reference and a mask, and the form field that keeps it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db import models
from django.db.models.expressions import Expression
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.masking import bare
from core.sealing import blind_index
from core.tenancy import TenantModel
from core.vault import GLOBAL, KINDS, Sealed, ref_of, seal_globally, seal_text


class SealedField(models.TextField):  # type: ignore[type-arg]
    """A personal number of one of the vault's kinds. Reads as `core.vault.Sealed`: a mask.

    A plain text that is assigned is sealed when the row is saved. In the column stands
    `<reference> <mask>`. Rows are found by `field__same="13800000000"`; every other comparison
    with a plain text is refused, as is `update()` with one.
    """

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of personal number")
        self.kind = kind
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "kind": self.kind}

    @property
    def is_global(self) -> bool:
        """Whether the table belongs to no tenant: the sealed text then stands in the row itself."""
        return not issubclass(self.model, TenantModel)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else stored(value)

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Sealed) else super().to_python(value)

    def get_prep_value(self, value: Any) -> Any:
        if value is None or value == "":
            return value
        if not isinstance(value, Sealed):
            raise TypeError(f"{self.name} holds sealed texts: save the object, or look it up with __same")
        return f"{value.ref} {value}"

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if value and not isinstance(value, Sealed):
            value = seal_globally(value, self.kind) if self.is_global else seal_text(value, self.kind)
            setattr(model_instance, self.attname, value)
        return value

    def value_to_string(self, obj: models.Model) -> str:
        """Fixtures would hold the reference alone; they hold the mask."""
        return str(self.value_from_object(obj))


class HoldsSealed:
    """A model with sealed columns: what `accounts.reveal` asks of its objects."""

    _meta: Any

    def sealed_at(self, field: str) -> list[tuple[str, Sealed]]:
        """The sealed texts of a field, each with its label; none where there is no such field."""
        for column in self._meta.concrete_fields:
            if isinstance(column, SealedField) and column.name == field:
                return [(str(column.verbose_name), getattr(self, column.attname))]
        return []


def stored(value: str) -> Sealed:
    """What stands in a column, as a sealed text."""
    ref, _, mask = value.partition(" ")
    return Sealed(mask, ref) if mask else Sealed()


@SealedField.register_lookup
class Same(models.Lookup):
    """Rows that hold this number, by its blind index: nothing is opened."""

    lookup_name = "same"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, params = self.process_lhs(compiler, connection)
        field: SealedField = self.lhs.output_field
        text = str(self.rhs)
        if field.is_global:
            index = blind_index(bare(text), purpose=f"{field.kind}/{GLOBAL}")
            return f"{column} LIKE %s", [*params, f"%.{index} %"]
        return f"{column} LIKE %s", [*params, f"{ref_of(text, field.kind)} %"]

    def get_prep_lookup(self) -> Any:
        if isinstance(self.rhs, Expression | models.F):
            raise TypeError("__same takes a plain text")
        return self.rhs


# The end of the name under which the reference of a stored number comes back.
KEPT: Final = "-kept"


class MaskedInput(forms.TextInput):
    """An input in which the mask of a stored number stands; left as it is, the number is kept.

    `kept` is the reference that goes along where a row of a table must say which number it means.
    """

    kept = ""
    reveal_url = ""
    reveal_field = ""

    def offer(self, url: str, field: str) -> None:
        """Puts a button beside it by which whoever typed the number may look at it again."""
        self.reveal_url, self.reveal_field = url, field

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        control = super().render(name, value, attrs, renderer)
        if self.kept:
            control += format_html('<input type="hidden" name="{}" value="{}">', f"{name}{KEPT}", self.kept)
        if self.reveal_field:
            control += format_html(
                '<span class="kept needs-js"><button class="btn btn-sm" type="button" data-reveal="{}"'
                ' data-field="{}">查看原填号码</button> <span role="status" data-revealed></span></span>',
                self.reveal_url,
                self.reveal_field,
            )
        return control


class SealedFormField(forms.CharField):
    """Asks for a number whose mask stands in the input: left as it is, the number is kept.

    `clean` gives back the `Sealed` value of `kept` then, otherwise the text that was typed.
    """

    widget = MaskedInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kept: Sealed = Sealed()

    def clean(self, value: Any) -> Any:
        if self.kept and str(value or "").strip() == str(self.kept):
            return self.kept
        return super().clean(value)


def keep_sealed(form: forms.BaseForm, reveal_url: str = "") -> None:
    """Tells the sealed fields of a form what they stand for: its `initial` values. Call it in `__init__`.

    With `reveal_url` each offers to show it (`accounts.revealing`).
    """
    for name, field in form.fields.items():
        known = form.initial.get(name)
        if isinstance(field, SealedFormField) and isinstance(known, Sealed):
            field.kept = known
            if known and reveal_url and isinstance(field.widget, MaskedInput):
                field.widget.offer(reveal_url, name)
