"""What the money of a station may be used for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from jurisdictions.engine.schema.base import Cited, Label, Months, Name, Years

Verdict = Literal["permitted", "prohibited", "manual"]


class UseRule(Cited):
    """Categories, or purposes, that the text speaks of. The first rule that fits decides."""

    key: Name | None = None
    label: Label
    verdict: Verdict | Literal["as_unlisted"]
    """`as_unlisted`: near to what the clause lists, but not in it."""
    categories: tuple[Name, ...] = ()
    """Not given: every category."""
    purposes: tuple[Name, ...] = ()
    """Not given: whatever the purpose."""

    @model_validator(mode="after")
    def _something(self) -> UseRule:
        if not (self.categories or self.purposes):
            raise ValueError("categories or purposes are needed")
        return self


class SpendBy(Cited):
    """Until when the money must be spent, and what becomes of the rest."""

    months: Months | None = Field(default=None, gt=0)
    year_end_offset: Years | None = None
    """By the end of the year so many years after."""
    counted_from: Literal["payment", "designation"] = "payment"
    unspent: Literal["returned", "carried_over", "ask"] = "ask"

    @model_validator(mode="after")
    def _one_length(self) -> SpendBy:
        if (self.months is None) == (self.year_end_offset is None):
            raise ValueError("exactly one of months and year_end_offset is needed")
        return self


class Expenditure(Cited):
    """The uses of the money. Its own clause stands for what no rule names."""

    categories: Mapping[Name, Label] = Field(min_length=1)
    """Every category that may be asked about, whether the text names it or not."""
    purposes: Mapping[Name, Label] = Field(default_factory=dict)
    rules: tuple[UseRule, ...] = ()
    unlisted: Literal["manual", "prohibited"] = "manual"
    """An open list (主要, 等) leaves what it does not name to a person; a closed one forbids it."""
    spend_by: SpendBy | None = None
    binding: bool = True
    """False where the article is read as speaking of another institution: then a person decides all."""
