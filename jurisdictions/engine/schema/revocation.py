"""How a designation ends: grounds of revocation, what they bring, and ending it by one's own wish.

A ground that rests on grades is not here: it is one of `assessment.consequences`, and is used from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from jurisdictions.engine.schema.base import Cited, ClauseId, Label, Months, Name, Node, ReadingId
from jurisdictions.engine.schema.form import Fact
from jurisdictions.engine.schema.tree import Tree

Clawback = Literal["recover", "if_serious", "none", "not_in_text"]


class Overdue(Node):
    """An obligation that stays undone for months after its due day."""

    obligation: Name
    months: Months = Field(gt=0)
    counted_from: Literal["effective_due", "original_due"] = "effective_due"
    """An extension that was granted moves the due day, or does not."""
    strict: bool = False
    """True: the day on which the months are full is not yet enough."""
    excused_by: Name
    """The fact that holds whether there was a good reason."""
    also_under: ReadingId | None = None
    """A reading of the due day whose other options are shown beside the answer, because it is so severe."""


class Ground(Cited):
    """One ground. It is asked when one of its events is named, or (without events) one of its facts."""

    key: Name
    label: Label
    events: tuple[Name, ...] = ()
    require: Tree | None = None
    outputs: tuple[ClauseId, ...] = ()
    """Yearly outputs of which one is unmet."""
    overdue: Overdue | None = None
    on_record: tuple[Name, ...] = ()
    """What must stand on record: a finding or a reason that is not there is not established."""
    after_rectification: bool = False
    """Only where the standard is still not reached after rectification."""
    judged: bool = False
    """The text gives no measure here: a person decides."""
    effect: Literal["propose_revocation", "flag_for_review", "none"] = "propose_revocation"
    """`none`: near to the ground of this clause, but not it; or a reading takes it away."""
    clawback: Clawback | None = None
    """Not given: as the chapter says."""

    @model_validator(mode="after")
    def _asked_by_something(self) -> Ground:
        if not self.events and self.require is None and self.overdue is None:
            raise ValueError("events, require or overdue is needed")
        return self


class Referral(Cited):
    """Events that go to others besides: to those who pursue liability, or to the judicial authorities."""

    events: tuple[Name, ...] = Field(min_length=1)
    to: Literal["liability", "judicial"]
    label: Label


class Rectification(Cited):
    """The step that the text puts before revocation for some grounds."""

    step: Literal["order_rectification", "time_limited_rectification"]
    label: Label


class Revocation(Cited):
    """What revocation brings, and the grounds that no grade decides."""

    opens_article: bool = True
    """Its clause is the opening of the article in which the grounds stand, and says what they bring."""
    recover_plaque: bool = True
    stop_funding: bool = False
    clawback: Clawback = "not_in_text"
    clawback_clause: ClauseId | None = None
    clawback_scope: Literal["money_concerned", "all_paid", "unspent"] = "all_paid"
    """What is taken back: the money that was misused, everything paid, or what is left of it."""
    confirm: bool = True
    """A person confirms what the system proposes."""
    rectification: Rectification | None = None
    events: Mapping[Name, Label] = Field(min_length=1)
    """Every event that may be named; one that no ground names is no ground here."""
    facts: tuple[Fact, ...] = ()
    grounds: tuple[Ground, ...] = ()
    referrals: tuple[Referral, ...] = ()


class Deregistration(Cited):
    """Ending a designation by the unit's own wish: the steps in order, each a yes/no fact."""

    label: Label
    steps: tuple[Fact, ...] = Field(min_length=1)
    """The first one is the request: without it nothing is accepted."""
    clawback: Literal["none", "not_in_text"] = "not_in_text"
