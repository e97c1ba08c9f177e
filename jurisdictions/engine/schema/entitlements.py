"""Money beside the award: what a text promises under other papers, by outside standards, or at discretion."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from jurisdictions.engine.schema.base import Cited, Label, Name, Node


class LevelAmount(Node):
    """What one value of the asked fact brings; None: the text names no figure for it."""

    value: Label
    label: Label
    amount_yuan: int | None = Field(default=None, ge=0)


class Entitlement(Cited):
    """One such promise. It is never paid by itself: a person confirms it and records the basis."""

    name: Name
    label: Label
    basis: Literal["other_papers", "external_existing_standard", "no_amount_in_text"]
    """Where amount or conditions come from."""
    asked_by: Name | None = None
    """The fact on which the amount depends (the level of a station, of an apprentice)."""
    asked_label: str = ""
    values: tuple[LevelAmount, ...] = ()
    amount_yuan: int | None = Field(default=None, ge=0)
    governed_by: tuple[Label, ...] = ()
    """The papers that rule it, by their numbers."""
    net_of_award: bool = False
    """What the award of this text gives is taken off."""

    @model_validator(mode="after")
    def _coherent(self) -> Entitlement:
        if (self.basis == "other_papers") != bool(self.governed_by):
            raise ValueError("governed_by belongs to basis other_papers, and is needed there")
        if bool(self.values) != (self.asked_by is not None):
            raise ValueError("asked_by and values belong together")
        return self
