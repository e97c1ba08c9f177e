"""Grades of past cycles, asked again under another version of the rules. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import QuerySet

from assessments.enums import AssessmentState, Kind
from assessments.grading import history_of
from assessments.models import Assessment, Cycle
from jurisdictions.engine import Consequence, Profile, consequences_of, grade_for, grade_round, score_rubric
from jurisdictions.engine.values import show
from jurisdictions.replaying import Kind as Replayed
from jurisdictions.replaying import Otherwise, replays

GRADED = (AssessmentState.SCORED, AssessmentState.FINAL)


@dataclass(frozen=True, slots=True)
class Graded:
    """What a version makes of one score sheet. `why`: it cannot be added up under it."""

    total: Decimal | None
    grade: str | None
    clause: str
    why: str = ""

    @property
    def words(self) -> str:
        if self.why:
            return self.why
        points = f"{show(self.total)}分，" if self.total is not None else ""
        return f"{points}{self.grade or '由人工确定等次'}"


def cycles() -> QuerySet[Any]:
    """Every cycle in which something was graded."""
    graded = Assessment.objects.filter(state__in=GRADED)
    return Cycle.objects.filter(pk__in=graded.values("cycle")).select_related("profile")


def compare(found: Iterable[Cycle], proposed: Profile) -> Iterator[Otherwise]:
    """The assessments whose points or grade come out otherwise, the quota of their cycle applied."""
    for cycle in found:
        rules = cycle.profile.rules
        graded = list(cycle.assessments.filter(state__in=GRADED).select_related("station").order_by("pk"))
        # What the points add up to under either version; where it is the same, what was recorded stands.
        before = _graded(rules, {one.pk: _Total(one.total) for one in graded}, graded)
        after = _graded(proposed, {one.pk: _total(one, rules, proposed) for one in graded}, graded)
        for one in graded:
            was, now = before[one.pk], after[one.pk]
            if (was.total, was.grade, was.why) != (now.total, now.grade, now.why):
                yield Otherwise(
                    one.pk, f"{one.station} {cycle}", "得分和等次", was.words, now.words, now.clause
                )
            yield from _consequences(one, cycle, now, proposed)


def _consequences(one: Assessment, cycle: Cycle, now: Graded, proposed: Profile) -> Iterator[Otherwise]:
    """What the grade of that year brings about, counted over all results of the station."""
    if one.state != AssessmentState.FINAL or one.kind == Kind.ACCEPTANCE or now.why:
        return
    history = history_of(one.station)
    again = [
        record._replace(grade=now.grade)
        if now.grade and record.year == cycle.year and not record.after_rectification
        else record
        for record in history
    ]
    was = [c for c in consequences_of(cycle.profile.rules, history) if c.year == cycle.year]
    will = [c for c in consequences_of(proposed, again) if c.year == cycle.year]
    if [(c.effect, c.tranche) for c in was] == [(c.effect, c.tranche) for c in will]:
        return
    clause = next((c.clause for c in (*will, *was)), "")
    yield Otherwise(one.pk, f"{one.station} {cycle}", "等次的后果", _brought(was), _brought(will), clause)


def _brought(consequences: Iterable[Consequence]) -> str:
    return "；".join(one.explanation for one in consequences) or "没有后果"


@dataclass(frozen=True, slots=True)
class _Total:
    value: Decimal | None
    why: str = ""


def _total(assessment: Assessment, rules: Profile, proposed: Profile) -> _Total:
    if assessment.total is None:
        return _Total(None)
    if not assessment.points:
        return _Total(assessment.total)
    if proposed.assessment.rubric is None:
        return _Total(None, "新版本没有评分表，不能按分定等次")
    old, problem = _added(rules, assessment)
    new, problem = _added(proposed, assessment)
    if new is None:
        return _Total(None, f"不能按新版本计分：{problem}")
    return _Total(assessment.total if new == old else new)


def _added(rules: Profile, assessment: Assessment) -> tuple[Decimal | None, str]:
    if rules.assessment.rubric is None:
        return None, ""
    points = _numbers(assessment.points)
    answer = score_rubric(rules, points, assessment.facts, _numbers(assessment.bonus))
    if answer.problems:
        return None, answer.problems[0].message
    if not answer.complete:
        lines = [item.label for item in answer.items if item.points is None]
        return None, f"没有“{lines[0]}”的得分"
    return answer.graded_total, ""


def _numbers(stored: Mapping[str, Any]) -> dict[str, Decimal]:
    numbers = {}
    for key, value in stored.items():
        try:
            numbers[key] = Decimal(str(value))
        except InvalidOperation:
            continue
    return numbers


def _graded(
    rules: Profile, totals: Mapping[int, _Total], assessments: Iterable[Assessment]
) -> dict[int, Graded]:
    clause = rules.assessment.clause
    scores = {str(pk): total.value for pk, total in totals.items() if total.value is not None}
    quota = rules.assessment.excellent_quota is not None
    in_round = grade_round(rules, scores) if quota and scores else None
    known = {grade.value for grade in rules.assessment.grades}
    found = {}
    for one in assessments:
        total = totals[one.pk]
        if total.why:
            found[one.pk] = Graded(None, None, clause, total.why)
        elif total.value is None:
            why = f"等次“{one.grade}”不在其中" if one.grade and one.grade not in known else ""
            found[one.pk] = Graded(None, one.grade or None, clause, why)
        elif in_round is not None:
            found[one.pk] = Graded(total.value, in_round.grades[str(one.pk)], in_round.clause)
        else:
            answer = grade_for(rules, total.value)
            found[one.pk] = Graded(total.value, answer.grade, answer.clause)
    return found


replays(Replayed("grades", "考核等次", cycles, compare, "bureau:assessment"))
