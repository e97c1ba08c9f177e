"""What shuts an application out: what the system knows of it, and what a desk finds out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from applications.desk.checking import MaterialFound, record_checklist, require_desk
from applications.dossier.answers import day_of_question
from applications.dossier.team import team_of
from applications.enums import ApplicationState
from applications.models import Application
from core import clock
from core.errors import DomainError, Problem
from core.models import LogEntry
from core.scope import once
from core.typed import said
from jurisdictions.engine import ExclusionAnswer, check_exclusions
from jurisdictions.engine.asked import AskedFact
from jurisdictions.engine.exclusions import APPLY, exclusion_questions, label_of_rule, own_claim
from jurisdictions.engine.gates import verified_facts
from stations.enums import StationState
from stations.models import Station

# Under `Application.desk_facts`: why an application is taken although a rule shuts it out.
OVERRIDE = "override:"
# How the states of an earlier application are called in the rules.
STATES = {ApplicationState.DESIGNATED: "approved", ApplicationState.WITHDRAWN: "withdrawn"}
ENDINGS = {StationState.REVOKED: "revoked", StationState.DEREGISTERED: "deregistered"}
# And an application that false material ended.
FRAUD = "fraud"


@dataclass(frozen=True, slots=True)
class Bar:
    """One rule that may shut the application out, with what came of it."""

    answer: ExclusionAnswer
    label: str
    reason: str
    """Why it is taken all the same; empty where nobody decided so."""

    @property
    def key(self) -> str:
        return self.answer.key

    @property
    def clause(self) -> str:
        return self.answer.clauses[0]

    @property
    def stands(self) -> bool:
        """Whether the application is shut out, or it cannot be said yet; money alone shuts nobody out."""
        return self.answer.affects == "application" and self.answer.allowed is not True and not self.reason

    @property
    def may_be_set_aside(self) -> bool:
        """Whether a recorded decision lets it in."""
        return self.answer.override_possible or self.answer.manual

    @property
    def outcome(self) -> str:
        """As findings are grouped."""
        if self.answer.allowed is True:
            return "unmet" if self.answer.warnings else "met"
        return "unmet" if self.answer.allowed is False else "judged"

    @property
    def force(self) -> str:
        return "hard" if self.stands else "soft"

    @property
    def explanation(self) -> str:
        taken = f"已决定仍予受理：{self.reason}" if self.reason else ""
        return "".join((*self.answer.explanation, taken))


def bars_of(application: Application) -> tuple[Bar, ...]:
    """Every rule of the text that bears on this application, answered."""
    return once(f"applications.bars:{application.pk}", lambda: _bars(application))


def _bars(application: Application) -> tuple[Bar, ...]:
    facts = {**known_to_system(application), **application.desk_facts}
    answers: dict[str, ExclusionAnswer] = {}
    for ended_by, ended_on in endings_of(application) or [(None, None)]:
        given = {**facts, "ended_by": ended_by, "ended_on": ended_on}
        for answer in check_exclusions(application.rules, given, action=APPLY):
            # Each ending bars by itself: the one that shuts out is the answer.
            if answer.key not in answers or answers[answer.key].allowed is True:
                answers[answer.key] = answer
    return tuple(
        Bar(
            answer,
            label_of_rule(application.rules, answer.key),
            application.desk_facts.get(OVERRIDE + answer.key, ""),
        )
        for answer in answers.values()
    )


def endings_of(application: Application) -> list[tuple[str, date]]:
    """What of the unit's has ended so that a text may bar it, and when, the newest first."""
    stations = Station.objects.filter(unit=application.unit, state__in=ENDINGS, ended_at__isnull=False)
    found = [
        (ended_at, ENDINGS[StationState(state)])
        for state, ended_at in stations.values_list("state", "ended_at")
    ]
    found += [(at, FRAUD) for _, at, *_ in _of_unit(application) if at is not None]
    return [(ended_by, clock.local(at).date()) for at, ended_by in sorted(found, reverse=True)]


def known_to_system(application: Application) -> dict[str, Any]:
    """Teams and earlier applications of the year, under the names of the rules' facts."""
    round_ = application.round
    team = team_of(application)
    states = [
        state
        for pk, _, state, year, submitted in _of_unit(application)
        if submitted is not None and year == round_.year and pk != application.pk
    ]
    return {
        "unit": application.unit.name,
        "year": round_.year,
        "claim": own_claim(application.rules),
        "team": [plain(member.name) for member in team],
        "leader": next((plain(member.name) for member in team if member.is_leader), None),
        "application_year": round_.year,
        "application_date": day_of_question(application),
        "applications_this_year": len(states),
        "first_application_status": STATES.get(ApplicationState(states[0])) if states else None,
    }


def _of_unit(application: Application) -> list[tuple[Any, ...]]:
    """The unit's applications: id, when one was found false, state, year, when handed in; in that order."""
    found = Application.objects.filter(unit=application.unit).order_by("submitted_at")
    columns = ("pk", "falsity__recorded_at", "state", "round__year", "submitted_at")
    return once(f"applications.of_unit:{application.unit_id}", lambda: list(found.values_list(*columns)))


def found_out(application: Application) -> dict[str, Any]:
    """What the first desk found out that outlives the application: facts, not names of people."""
    kept = {asked.name for asked in exclusion_questions(application.rules, APPLY) if asked.kind == "several"}
    return {name: value for name, value in application.desk_facts.items() if name in kept}


def questions_of(application: Application) -> tuple[AskedFact, ...]:
    """What the first desk must find out; later desks read what it found."""
    if application.stage > 0:
        return ()
    rules = application.rules
    return (*exclusion_questions(rules, APPLY), *verified_facts(rules))


def bar_problems(application: Application) -> tuple[Problem, ...]:
    """What keeps the unit from handing in: a rule that shuts it out and that nobody may set aside."""
    return tuple(
        Problem(f"不能提交：{bar.explanation}", f"bars.{bar.key}", bar.clause)
        for bar in bars_of(application)
        if bar.stands and bar.answer.allowed is False and not bar.may_be_set_aside
    )


def bar_obstacles(application: Application) -> tuple[Problem, ...]:
    """What keeps a desk from passing the file on: rules that shut it out, or are not answered yet."""
    return tuple(
        Problem(bar.explanation, f"bars.{bar.key}", bar.clause) for bar in bars_of(application) if bar.stands
    )


@transaction.atomic
def record_findings(
    *, application: Application, found: Mapping[str, Any], overrides: Mapping[str, str], actor: Any
) -> Application:
    """Records what the desk found out beside the form, and for which rules it takes the file all the same.

    None takes a finding back. Logged with the names of the facts and the reasons, not with names of
    people. Refused: not on this person's desk, a fact that the text does not ask for, a decision that
    the text does not leave to anybody.
    """
    require_desk(application, actor)
    asked = {fact.name: fact for fact in questions_of(application)}
    stranger = next((name for name in found if name not in asked), None)
    if stranger is not None:
        raise DomainError("办法没有要求核实这一项。", path=stranger)
    before = application.desk_facts
    after = {**before, **found, **{OVERRIDE + key: said(reason) for key, reason in overrides.items()}}
    after = {name: value for name, value in after.items() if value not in (None, "")}
    changed = sorted(n for n in {*before, *after} if before.get(n) != after.get(n))
    if not changed:
        return application
    application.desk_facts = after
    _check_overrides(application, [n.removeprefix(OVERRIDE) for n in changed if n.startswith(OVERRIDE)])
    application.save(update_fields=["desk_facts"])
    LogEntry.record(
        application,
        action="applications.record_findings",
        label="登记核查结果",
        actor=actor,
        at=clock.now(),
        reason="；".join(after[n] for n in changed if n.startswith(OVERRIDE) and n in after),
        data={"changed": changed, "labels": [asked[n].label for n in changed if n in asked]},
    )
    return application


@transaction.atomic
def record_file(
    *,
    application: Application,
    materials: Mapping[str, MaterialFound],
    confirmed: Iterable[str],
    judgements: Mapping[str, bool | None],
    found: Mapping[str, Any],
    overrides: Mapping[str, str],
    actor: Any,
) -> Application:
    """Records all that a desk's page says of a file, or nothing where any of it is refused."""
    record_findings(application=application, found=found, overrides=overrides, actor=actor)
    return record_checklist(
        application=application, materials=materials, confirmed=confirmed, judgements=judgements, actor=actor
    )


def plain(name: str) -> str:
    """A name without the blanks that some write into it."""
    return "".join(name.split())


def _check_overrides(application: Application, keys: Sequence[str]) -> None:
    """A decision against a rule stands only where the rule shuts out and leaves a decision to somebody."""
    for bar in bars_of(application):
        if bar.key in keys and bar.reason and not bar.may_be_set_aside:
            words = f"“{bar.label}”目前没有需要决定的情形，或者办法没有允许例外。"
            raise DomainError(words, path=f"override-{bar.key}", clause=bar.clause)
