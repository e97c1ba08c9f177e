"""What a unit is asked: facts, narratives, rosters and materials, and the conditions they must meet."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from jurisdictions.engine.schema.base import (
    Choice,
    Cited,
    Count,
    Few,
    Figure,
    Label,
    Name,
    Node,
    Scalar,
    Whole,
)
from jurisdictions.engine.schema.tree import FieldTest, Tree, facts_in

FactType = Literal["integer", "decimal", "boolean", "choice", "date", "text", "list"]
Force = Literal["hard", "soft", "preference"]
"""hard blocks · soft (一般、原则上) warns · preference (优先) is only said, and never blocks or waits."""


class FromRoster(Node):
    """A fact that is read off a roster, so that nobody types the same figure twice.

    count: how many rows pass `where` · take: the value of a column in the one row that passes ·
    collect: the rows that pass, cut down to some columns · any: whether a row passes.
    """

    roster: Name
    where: tuple[FieldTest, ...] = ()
    take: Name | None = None
    collect: tuple[Name, ...] = ()
    any: bool = False


class ListField(Node):
    """One field of the entries of a list fact."""

    name: Name
    label: Label
    type: Literal["integer", "decimal", "text", "choice"] = "text"


class Fact(Cited):
    """One question of the form, or one decision of a reviewer."""

    name: Name
    type: FactType
    label: Label
    help: str = ""
    unit: str = ""
    group: str = ""
    choices: tuple[Choice, ...] = ()
    min: Figure | None = None
    max: Figure | None = None
    asked_of: Literal["unit", "reviewer", "both"] = "unit"
    required: bool = True
    required_when: Tree | None = None
    """Required, and shown, only where this holds."""
    judged: bool = False
    """Only a person can say it (良好, 较好, 先进 …): open until a reviewer has decided."""
    evidence: Name | None = None
    """The narrative in which the unit puts its case for a judged fact."""
    derived: FromRoster | None = None
    null_as: str | None = None
    """What an explicit null means, where it means something (no title); without it null is unknown."""
    fields: tuple[ListField, ...] = ()

    @property
    def least(self) -> Decimal | None:
        """The smallest figure it may have: nothing that is counted or measured is negative, unless `min`
        says so."""
        if self.min is None and self.type in ("integer", "decimal"):
            return Decimal(0)
        return self.min

    @model_validator(mode="after")
    def _coherent(self) -> Fact:
        if self.type == "choice" and not self.choices:
            raise ValueError("a choice needs choices")
        if self.judged and self.type != "boolean":
            raise ValueError("a judged fact is a boolean")
        return self


class FactGroup(Node):
    """A chapter of the form."""

    name: Name
    label: Label
    help: str = ""


class Narrative(Cited):
    """A free text that the unit writes."""

    name: Name
    label: Label
    help: str = ""
    group: str = ""
    required: bool = True
    max_chars: Count = Field(default=2000, gt=0)


class Column(Node):
    """One column of a roster."""

    name: Name
    label: Label
    type: Literal["text", "choice", "resident_id", "phone", "integer", "date", "boolean"] = "text"
    help: str = ""
    required: bool = True
    required_when: FieldTest | None = None
    choices: tuple[Choice, ...] = ()
    min: Whole | None = None
    max: Whole | None = None

    @property
    def is_personal(self) -> bool:
        """Whether it holds a number of a person, which is kept sealed."""
        return self.type in ("resident_id", "phone")


class ExactlyOne(Node):
    """Exactly one row has this value in this column (there is one leader)."""

    column: Name
    equals: Scalar
    message: Label


class Roster(Cited):
    """A list of people or things that the unit enters row by row."""

    name: Name
    label: Label
    help: str = ""
    group: str = ""
    columns: tuple[Column, ...] = Field(min_length=1)
    min_rows: Few = 0
    unique: tuple[Name, ...] = ()
    exactly_one: tuple[ExactlyOne, ...] = ()


# Papers that show who a person is, by the word that stands in the name of a material. Not 证书: a unit has
# some too (法人登记证书); a profile says `personal` where it means those of people.
PERSONAL_PAPERS = ("身份证", "居住证", "通行证", "护照", "户口", "证件", "学历", "职业资格")


class PersonalPaper(Node):
    """One paper that each of several people must bring."""

    name: Name
    label: Label
    among: tuple[str, ...] = ()
    """What it may say (a certificate of these grades); empty: that it is there."""


class PerPerson(Node):
    """A material that is a set of papers for each person of a list."""

    fact: Name
    """The list with an entry for each person."""
    person: Name
    """What one of them is called where a paper is missing."""
    papers: tuple[PersonalPaper, ...] = Field(min_length=1)


class Material(Cited):
    """A paper that belongs to the application."""

    name: Name
    label: Label
    help: str = ""
    copies: Count = Field(default=1, gt=0)
    required: bool | Literal["declared_none_allowed"] = True
    required_when: Tree | None = None
    """Required only where this holds."""
    declared_by: Name | None = None
    """The fact that says a statement stands in its place."""
    declaration_suffices: bool = False
    satisfied_by: tuple[Name, ...] = ()
    """Papers that do for this one as well (a licence that bears the unified code)."""
    per_person: PerPerson | None = None
    original_required: bool = False
    issuer: tuple[Name, ...] = ()
    """The authority kinds that may issue it; empty: the unit itself or anybody."""
    issuer_fact: Name | None = None
    issuer_must_be_named: bool = True
    """Whether the paper counts only once its issuer is known; else only a wrong one is refused."""
    issuer_follows_route: bool = False
    """The issuer is the body through which the unit applies, as far as the facts say which."""
    brought_by: Literal["unit", "first_pass"] = "unit"
    accepts: tuple[Literal["pdf", "jpg", "png", "docx", "xlsx"], ...] = ("pdf", "jpg", "png")
    e_document: bool = False
    """The text asks for the electronic file itself beside the paper."""
    contents: tuple[Label, ...] = ()
    """What the paper must speak of: a check list for the reviewer."""
    personal: bool | None = None
    """Shows a person's papers: kept sealed, seen under a watermark only. Left out: as the label says."""

    @property
    def is_counted(self) -> bool:
        """Whether the file says how many copies of it are wanted."""
        return "copies" in self.model_fields_set

    @property
    def declarable(self) -> bool:
        """Whether a statement may stand in its place."""
        return self.declaration_suffices or self.required == "declared_none_allowed"

    @property
    def is_personal(self) -> bool:
        """Whether what is brought for it shows who a person is."""
        if self.personal is not None:
            return self.personal
        return any(word in self.label for word in PERSONAL_PAPERS)


class Condition(Cited):
    """One condition of eligibility."""

    key: str = ""
    label: Label
    require: Tree
    when: Tree | None = None
    """The condition is only asked where this holds (a rule for enterprises only)."""
    force: Force = "hard"
    optional: bool = False
    """An unanswered optional condition is silent: it neither fails nor holds anything up."""
    missing_as: str | None = None
    """The name under which its missing facts are asked for, where one of several would do."""
    judged_by: Name | None = None

    @cached_property
    def name(self) -> str:
        """Its key, or its clause where it needs none."""
        return self.key or self.clause

    @cached_property
    def deciding_facts(self) -> tuple[str, ...]:
        """Every fact on which the answer depends: those of the requirement, and of when it is asked."""
        return (*self.asked_facts, *(facts_in(self.when) if self.when else ()))

    @cached_property
    def asked_facts(self) -> tuple[str, ...]:
        """Every fact that the requirement speaks of."""
        return facts_in(self.require)


class Consistency(Node):
    """Two answers that must agree, or one that cannot be: a contradiction refuses the submission."""

    path: str
    message: Label
    require: Tree
    clause: str = ""
