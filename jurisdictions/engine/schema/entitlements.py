"""Money beside the award: what a text promises under other papers, by outside standards, or at discretion."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from jurisdictions.engine.schema.base import Cited, Figure, Label, Name, Node, Percent, Share, Years, Yuan


class LevelAmount(Node):
    """What one value of the asked fact brings; None: the text names no figure for it."""

    value: Label
    label: Label
    amount_yuan: Yuan | None = None


class AmountBand(Node):
    """From this figure on the promise comes to so much; below the lowest band it comes to nothing."""

    start: Figure = Field(alias="from")
    amount_yuan: Yuan


class Banded(Node):
    """So much by the band in which a figure lies (a score, a number of trainees)."""

    kind: Literal["banded"]
    fact: Name
    label: Label
    bands: tuple[AmountBand, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rising(self) -> Banded:
        if any(a.start >= b.start for a, b in pairwise(self.bands)):
            raise ValueError("bands rise from the lowest to the highest")
        return self


class Yearly(Node):
    """The same amount every year of the station's life, for so many years or as long as it lives."""

    kind: Literal["yearly"]
    fact: Name
    """The number of the year: 1 is the first."""
    label: Label
    amount_yuan: Yuan = Field(gt=0)
    years: Years | None = Field(default=None, gt=0)


class Matched(Node):
    """A share of what the unit itself puts in, up to a cap; below `at_least` of its own money nothing."""

    kind: Literal["matched"]
    fact: Name
    label: Label
    percent: Percent = Field(gt=0)
    cap_yuan: Yuan | None = Field(default=None, gt=0)
    at_least_yuan: Yuan = 0


Rate = Annotated[Banded | Yearly | Matched, Field(discriminator="kind")]
RATE_KINDS = frozenset(
    str(get_args(model.model_fields["kind"].annotation)[0]) for model in get_args(get_args(Rate)[0])
)


class PayerShare(Node):
    """One of several bodies that pay, and its share."""

    payer: Name
    percent: Share = Field(gt=0)


class Entitlement(Cited):
    """One such promise. It is never paid by itself: a person confirms it and records the basis."""

    name: Name
    label: Label
    basis: Literal["other_papers", "external_existing_standard", "no_amount_in_text", "this_text"]
    """Where amount or conditions come from."""
    rate: Rate | None = None
    """How the amount is found, where it is neither one figure nor one for each value."""
    payers: tuple[PayerShare, ...] = ()
    """Where several bodies pay it together."""
    asked_by: Name | None = None
    """The fact on which the amount depends (the level of a station, of an apprentice)."""
    asked_label: str = ""
    values: tuple[LevelAmount, ...] = ()
    amount_yuan: Yuan | None = None
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
        if self.rate is not None and (self.basis != "this_text" or self.values or self.amount_yuan):
            raise ValueError("rate belongs to basis this_text, and to no other amount")
        if self.payers and sum(share.percent for share in self.payers) != 100:
            raise ValueError("the shares of the payers add up to 100")
        return self
