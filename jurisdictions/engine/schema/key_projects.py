"""Money for single projects of a station instead of for its setting up: levels, caps, scope, notice."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jurisdictions.engine.schema.base import Cited, ClauseId, Count, Label, Name, Node, Yuan
from jurisdictions.engine.schema.procedure import Notice


class KeyProjectLevel(Node):
    """One level of a project, and what it is granted."""

    level: Count = Field(gt=0)
    label: Label
    amount_yuan: Yuan = Field(gt=0)


class KeyProjectGrants(Cited):
    """The amounts, level by level."""

    levels: tuple[KeyProjectLevel, ...] = Field(min_length=1)


class KeyProjectCap(Cited):
    """How many may be approved in a year, in all or of each level. `most` None: no cap under this reading."""

    per: Literal["year", "level"]
    most: Count | None = Field(gt=0)


class ScopeField(Node):
    """A field in which a project may lie. `aliases` are other names for it or for a part of it."""

    name: Label
    aliases: tuple[Label, ...] = ()


class KeyProjectScope(Cited):
    """The fields that the text lists. `open`: it adds 等, so that a person decides on others."""

    fields: tuple[ScopeField, ...] = Field(min_length=1)
    open: bool


class KeyProjects(Cited):
    """The chapter on key projects. Who may apply, and how often, stands in the rules on applications."""

    label: Label
    decided_by: Name
    """The authority that decides on the projects and their level, upon the experts' opinion."""
    review_clause: ClauseId | None = None
    grants: KeyProjectGrants
    caps: tuple[KeyProjectCap, ...] = ()
    scope: KeyProjectScope
    notice: Notice | None = None
    """The notice of the projects decided upon; None where the text has none."""
