"""What shuts one thing out by another: one claim a year, teams alike, one application a year."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from jurisdictions.engine.schema.base import Cited, ClauseId, Count, Label, Months, Name, Share, Years


class OneClaimAYear(Cited):
    """In one year a unit may claim only one of several funds. It bars the money, not the title."""

    kind: Literal["one_claim_a_year"]
    key: str
    label: Label
    claims: tuple[Label, ...] = Field(min_length=2)
    own: Label | None = None
    """Which of the claims this text's own award is; left out, the system cannot tell it by itself."""
    outside: tuple[Label, ...] = ()
    """Money that the text grants elsewhere and that is no part of this."""
    later_tranches: Literal["count", "free"] = "count"
    """Whether a later payment is a claim of its year."""
    later_tranches_clause: ClauseId | None = None


class SimilarTeam(Cited):
    """A team that is much like that of another scheme may apply for one of them only."""

    kind: Literal["similar_team"]
    key: str
    label: Label
    compared: Name
    """The fact with the other team."""
    compared_label: Label
    compared_leader: Name
    not_compared: tuple[Name, ...] = ()
    """Teams of other levels, to which the rule does not reach."""
    block_from_percent: Share
    """From this share of shared members on it is barred; 0: from the first shared member on."""
    share_of: Literal["applying", "smaller", "larger"] = "applying"
    same_leader_blocks: bool = True
    override_possible: bool = False
    """The text says 原则上: a recorded decision may set it aside."""


class YearLimit(Cited):
    """So many applications a year."""

    per_year: Count = Field(gt=0)
    counts: Literal["applications", "approvals"] = "applications"
    approved: tuple[Name, ...] = ()
    """States in which an earlier application was approved."""
    unsettled: tuple[Name, ...] = ()
    """States of which the text does not say whether the right was used: a person decides."""


class NewStation(Cited):
    """A station may apply from so many years after the year of its establishment."""

    years: Years = Field(default=1, gt=0)
    established_by: Name
    """The fact with the day that counts."""
    established_label: Label = "设立日期"
    known_days: tuple[Name, ...] = ()
    """Days that may be stated because they count under one reading or another."""


class EarlierWork(Cited):
    """The application rests on work done so many years before it."""

    years_back: Years


class YearlyApplication(Cited):
    """Who may apply in which year, on what, and how often."""

    kind: Literal["yearly_application"]
    key: str
    label: Label
    action: Name
    limit: YearLimit | None = None
    new_station: NewStation | None = None
    work: EarlierWork | None = None


class Ban(Cited):
    """For how long; `months` None: for good."""

    after: Name
    label: Label
    months: Months | None = Field(gt=0)


class ReapplicationBan(Cited):
    """Who may not apply again for a time after a designation or an application has come to its end."""

    kind: Literal["reapplication_ban"]
    key: str
    label: Label
    bans: tuple[Ban, ...] = Field(min_length=1)


Exclusion = Annotated[
    OneClaimAYear | SimilarTeam | YearlyApplication | ReapplicationBan, Field(discriminator="kind")
]
EXCLUSION_KINDS = frozenset(
    str(get_args(model.model_fields["kind"].annotation)[0]) for model in get_args(get_args(Exclusion)[0])
)
