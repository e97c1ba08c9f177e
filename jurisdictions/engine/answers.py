"""What the engine answers: plain frozen values, each with its clause and a Chinese sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

Outcome = Literal["met", "unmet", "unknown", "judged"]
ValidityStatus = Literal["in_force", "expired", "not_yet", "undetermined"]


@dataclass(frozen=True, slots=True)
class ValidityAnswer:
    """Whether the text is in force on a day. `in_force` None: ask a person."""

    status: ValidityStatus
    in_force: bool | None
    from_: date | None
    to: date | None
    clause: str
    explanation: str
    warning: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One condition, answered."""

    clause: str
    label: str
    outcome: Outcome
    force: Literal["hard", "soft", "preference"]
    explanation: str
    facts: tuple[str, ...]
    reading: str | None = None
    missing: tuple[str, ...] = ()
    needs_decision: bool = False
    figures: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True, slots=True)
class EligibilityAnswer:
    """All conditions. `eligible` None: something is not known or not judged yet."""

    eligible: bool | None
    findings: tuple[Finding, ...]
    failed: tuple[str, ...]
    warnings: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """Why an application cannot be submitted as it stands. `path`: facts.x, narratives.x, rosters.x.2.y."""

    path: str
    message: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class RouteAnswer:
    """Through whose hands the application goes; `path` None: the text names no way."""

    path: tuple[str, ...] | None
    manual_confirm: bool
    clause: str
    explanation: str
    missing: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    consents: tuple[Any, ...] = ()  # schema.procedure.Consent
    reading: str | None = None


@dataclass(frozen=True, slots=True)
class StageStep:
    """One concrete step; `authority` is an authority kind of the profile."""

    name: str
    label: str
    kind: Literal["first_pass", "recheck", "panel", "notice", "decision", "designation"]
    authority: str
    limit: Any  # schema.procedure.Limit | None
    clause: str
    reminders: tuple[int, ...] = ()
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DueDate:
    """The last day of a limit. Provisional: it runs over a year whose calendar is not known yet."""

    on: date
    provisional: bool
    explanation: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class NoticePeriod:
    """The days of a public notice, both ends included."""

    first_day: date
    last_day: date
    earliest_award: date
    provisional: bool
    clause: str
    explanation: str


@dataclass(frozen=True, slots=True)
class ObligationDone:
    """One obligation that has been fulfilled."""

    name: str
    done_on: date


@dataclass(frozen=True, slots=True)
class Obligation:
    """One dated duty of one station.

    `has_limit` False: the text names a beginning and no last day; `due_on` is then the beginning.
    """

    name: str
    label: str
    kind: str
    who: str
    period_label: str
    year: int
    covers_year: int | None
    window_start: date | None
    due_on: date
    clause: str
    explanation: str
    provisional: bool = False
    has_limit: bool = True
    combined_with: str | None = None
    reminders: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AssessorAnswer:
    """Who assesses a station (`panel` or an authority kind), who leads, who looks again."""

    by: str
    led_by: str | None
    reviewed_by: str | None
    clause: str
    explanation: str


@dataclass(frozen=True, slots=True)
class ScoredItem:
    """One line of a score sheet. `points` None: not entered, or a reviewer must enter them."""

    id: str
    label: str
    max: Decimal
    points: Decimal | None
    accepted: bool
    needs_reviewer: bool
    explanation: str


@dataclass(frozen=True, slots=True)
class RubricAnswer:
    """A score sheet added up. `complete` False: a line has no points yet."""

    items: tuple[ScoredItem, ...]
    base: Decimal
    bonus: Decimal
    total: Decimal
    graded_total: Decimal
    complete: bool
    problems: tuple[AnswerProblem, ...]
    clause: str
    explanation: str


@dataclass(frozen=True, slots=True)
class GradeAnswer:
    """The grade of one total. `candidate`: the quota has still to be applied. None: no bands in the text."""

    grade: str | None
    candidate: bool
    clause: str
    explanation: str
    reason: str = ""
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundGrades:
    """The grades of all stations of one round. A key tied at the cut has grade None: a person decides.

    `at_cut`: all keys with equal totals across the cut, also where a reading settles the tie.
    """

    grades: Mapping[str, str | None]
    non_failing: int
    max_excellent: int | None
    tie_at_cut: bool
    tied: tuple[str, ...]
    clause: str
    explanation: str
    at_cut: tuple[str, ...] = ()


class GradeRecord(NamedTuple):
    """One grade in the history of a station; a plain tuple of the first two or three does as well.

    Year 0 stands for a single result whose year is not said; 1, 2, 3 … for the first, second, third of
    several whose years are not said.
    """

    year: int
    grade: str
    final: bool = True
    after_rectification: bool = False


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the grades bring about; a person decides."""

    effect: Literal["propose_revocation", "order_rectification", "refuse_tranche", "flag_for_review"]
    clause: str
    explanation: str
    year: int
    tranche: int | None = None


@dataclass(frozen=True, slots=True)
class TranchePlan:
    """One payment as the text plans it. `condition` is a name of the closed set, `condition_name` its own."""

    seq: int
    label: str
    amount_yuan: int
    condition: str
    clause: str
    explanation: str
    percent: int | None = None
    condition_name: str = ""
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrancheCircumstances:
    """What is known of a station when a payment is asked for. None: nobody has said yet.

    A result that is not there has not come about yet, unless `unknown` names it (an obligation, acceptance,
    paid_yuan, tranche_paid): then a person must say.
    """

    designated: date | None
    as_of: date | None
    grades: Mapping[str, Sequence[tuple[int, str]]] = field(default_factory=dict)
    """Obligation name -> (year, grade) in order; a grade after rectification follows the first one."""
    acceptance: bool | None = None
    performs_well: bool | None = None
    continuous: bool | None = None
    revoked: bool = False
    acceptance_score: Decimal | None = None
    operating_since: date | None = None
    """When the unit set a station up by itself, before designation."""
    paid_yuan: int = 0
    """What has been paid out of the award."""
    tranche_paid: bool = False
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TrancheAnswer:
    """Whether a payment is due. `ask`: a person must decide (`missing` says what)."""

    state: Literal["not_yet", "due", "refused", "ask"]
    earliest: date | None
    explanation: str
    clause: str
    missing: tuple[str, ...] = ()
    manual_confirm: bool = False
    amount_yuan: int = 0
    clauses: tuple[str, ...] = ()
    manual_reason: str = ""
    stop_remaining: bool = False
    """Revocation stops this and every later payment, and the text says so."""
