"""Whether a regulation is in force, as every screen shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core import clock
from core.states import StateChoices
from core.templatetags.wording import date_text
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

    @property
    def words(self) -> str:
        """The standing in a sentence for the public (the engine's own tells the staff what to do)."""
        begins, ends = self.answer.from_, self.answer.to
        match self.state:
            case ValidityState.IN_FORCE:
                return f"现行有效，有效期至{date_text(ends)}。" if ends else "现行有效，文件没有规定有效期。"
            case ValidityState.EXPIRED:
                return f"有效期至{date_text(ends)}，现已失效。"
            case ValidityState.NOT_YET:
                return f"自{date_text(begins)}起施行。" if begins else "尚未施行。"
            case _:
                return "文件没有载明有效期，是否仍然有效有待主管部门核实；能否申报，以发布的申报通知为准。"


def validity_today(rules: Profile) -> Validity:
    """The regulation's standing today, by the clock of the tenant in scope."""
    return validity_of(rules, clock.today())


def validity_of(rules: Profile, day: date) -> Validity:
    """The regulation's standing on a day."""
    answer = validity_on(rules, day)
    return Validity(ValidityState(answer.status), answer)
