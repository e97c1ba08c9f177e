"""Which act of the procedure is allowed when: gates, and the rules that each must pass."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import Field, model_validator

from jurisdictions.engine.schema.base import Cited, Count, Label, Name, Node
from jurisdictions.engine.schema.form import Fact
from jurisdictions.engine.schema.procedure import Notice
from jurisdictions.engine.schema.tree import Tree


class GateRule(Cited):
    """What every rule of a gate may say beside its own matter."""

    when: Tree | None = None
    """The rule is only asked where this is known to hold."""
    unless: Tree | None = None
    """The rule is not asked where this is known to hold."""
    when_known: bool = False
    """The rule is silent while its facts are not known: the act does not wait for them."""
    qualification: Literal["cancelled", "removed"] | None = None
    """What becomes of the application where the rule is known to be broken."""
    bar: Literal["this_application", "permanent"] | None = None
    """How far that reaches."""


class Holds(GateRule):
    """A requirement on the facts (a review agreed, a call is open)."""

    kind: Literal["holds"]
    label: Label
    require: Tree


class Checks(GateRule):
    """Everything that the body of a stage must confirm before it passes the file on."""

    kind: Literal["checks"]
    stage: Name


class NoticeRun(GateRule):
    """The public notice has ended. Met where the text has none."""

    kind: Literal["notice_run"]
    published: tuple[Name, ...] = ("published",)
    """Under which names the day of publication may be given."""
    notice: Notice | None = None
    """A notice of its own; left out: the notice before designation."""


class Objections(GateRule):
    """No objection stands in the way, as the notice's own rule on objections says."""

    kind: Literal["objections"]
    notice: Notice | None = None


class Signoffs(GateRule):
    """Every body that designates together has signed."""

    kind: Literal["signoffs"]


class Body(GateRule):
    """The one who acts is one of these bodies."""

    kind: Literal["body"]
    fact: Name
    among: tuple[Name, ...] = Field(min_length=1)


class RoundsInYear(GateRule):
    """The round would be the `number`th of its year; the text's own limit stands in `round`."""

    kind: Literal["rounds_in_year"]
    number: Count = Field(gt=0)


class InForce(GateRule):
    """The text is in force on the day."""

    kind: Literal["in_force"]


Rule = Annotated[
    Holds | Checks | NoticeRun | Objections | Signoffs | Body | RoundsInYear | InForce,
    Field(discriminator="kind"),
]
RULE_KINDS = frozenset(
    str(get_args(model.model_fields["kind"].annotation)[0]) for model in get_args(get_args(Rule)[0])
)


Step = Literal["submit", "verify", "forward", "propose", "designate", "hold_another_round"]
# Which step of an application's life the acts of the questions are; a gate may say it itself.
_STEP_OF_ACT: dict[str, Step] = {
    "submit_application": "submit",
    "verify_material": "verify",
    "forward_to_city": "forward",
    "forward_to_district": "forward",
    "approve": "propose",
    "designate": "designate",
    "second_recognition_round_in_year": "hold_another_round",
    "second_recognition_batch_in_year": "hold_another_round",
}
# The procedure that leads to a station; others (of key projects) have gates of their own.
APPLYING = "application"


class Gate(Cited):
    """One act under all its names, and what must hold before it."""

    actions: tuple[Name, ...] = Field(min_length=1)
    label: Label
    phase: Name | None = None
    """Where one act has a gate in each of several procedures."""
    step: Step | None = None
    """The step of an application that waits for it: `forward` is the way out of a first desk. Left out:
    as the names of the questions say."""
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _name_the_step(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "step" in data or data.get("phase", APPLYING) != APPLYING:
            return data
        known = (_STEP_OF_ACT.get(act) for act in data.get("actions") or () if isinstance(act, str))
        return {**data, "step": next((step for step in known if step), None)}


class Workflow(Node):
    """The gates, and the facts of the procedure that they are answered from."""

    facts: tuple[Fact, ...] = ()
    ignored: tuple[Name, ...] = ()
    """Facts that may be stated and decide nothing here."""
    added_notice: bool = False
    """A reading adds a public notice to a text that has none, and no text says how long it is."""
    gates: tuple[Gate, ...] = ()
