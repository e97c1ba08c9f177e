"""Whether a regulation is in force, as every screen shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core import clock
from core.states import StateChoices
from jurisdictions.engine import Profile, ValidityAnswer, validity_on


class ValidityState(StateChoices):
    IN_FORCE = "in_force", "success", "circle-check", "现行有效"
    EXPIRED = "expired", "danger", "circle-x", "已失效"
    NOT_YET = "not_yet", "warning", "clock", "尚未施行"
    UNDETERMINED = "undetermined", "warning", "help-circle", "效力待核实"


@dataclass(frozen=True, slots=True)
class Validity:
    """The word to show and the engine's answer behind it."""

    state: ValidityState
    answer: ValidityAnswer


def validity_today(rules: Profile) -> Validity:
    """The regulation's standing today, by the clock of the tenant in scope."""
    return validity_of(rules, clock.today())


def validity_of(rules: Profile, day: date) -> Validity:
    """The regulation's standing on a day."""
    answer = validity_on(rules, day)
    return Validity(ValidityState(answer.status), answer)
