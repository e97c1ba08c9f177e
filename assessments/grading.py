"""Results: grades by the engine, the excellent quota over a whole cycle, and what a result brings about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from assessments.enums import AssessmentState, CycleState, Kind
from assessments.models import Assessment, Cycle
from assessments.obligations import REPORT_DEADLINE, meet_authority
from assessments.revisions import check_list_shown, check_shown
from assessments.scoring import method_of
from assessments.signals import result_recorded
from core import clock
from core.errors import DomainError, InputRefused, Problem, StateConflict
from core.typed import said
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines.messages import notify
from deadlines.owing import meet
from jurisdictions.engine import (
    Consequence,
    GradeRecord,
    Profile,
    RoundGrades,
    beyond_places,
    choices_of_tied,
    consequences_of,
    grade_after,
    grade_for,
    grade_round,
)
from stations.models import Station

# An assessment in one of these states still has a result coming.
IN_HAND = (
    AssessmentState.REPORTED,
    AssessmentState.RETURNED,
    AssessmentState.AT_PANEL,
)


@dataclass(frozen=True, slots=True)
class Result:
    """The grade that one assessment gets, and why."""

    assessment: Assessment
    grade: str | None
    clause: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What fixing the cycle now would give: one result each, the quota, who is tied for its last place."""

    results: tuple[Result, ...]
    quota: RoundGrades | None
    tied: tuple[Assessment, ...]


def has_quota(rules: Profile) -> bool:
    """Whether grades depend on the whole cycle."""
    return rules.assessment.excellent_quota is not None


def preview_of(cycle: Cycle) -> Preview:
    """The grades of everything scored in the cycle, the quota applied; nothing is written."""
    rules = cycle.profile.rules
    scored = list(
        cycle.assessments.filter(state=AssessmentState.SCORED).select_related(
            "station__unit", "cycle__profile"
        )
    )
    by_points = [a for a in scored if a.total is not None]
    judged = [_judged(a) for a in scored if a.total is None]
    if not has_quota(rules):
        return Preview((*(_by_total(a) for a in by_points), *judged), None, ())
    final = cycle.assessments.filter(state=AssessmentState.FINAL, total__isnull=False)
    everyone = [*by_points, *final]
    quota = grade_round(rules, {str(a.pk): a.total for a in everyone})
    results = tuple(
        Result(a, quota.grades[str(a.pk)], quota.clause, _with_quota(rules, a, quota)) for a in by_points
    )
    tied = tuple(a for a in by_points if str(a.pk) in quota.tied)
    return Preview((*results, *judged), quota, tied)


def _by_total(assessment: Assessment) -> Result:
    answer = grade_for(assessment.rules, assessment.total)
    return Result(assessment, answer.grade, answer.clause, answer.explanation)


def _judged(assessment: Assessment) -> Result:
    return Result(assessment, assessment.grade, assessment.rules.assessment.clause, assessment.explanation)


def _with_quota(rules: Profile, assessment: Assessment, quota: RoundGrades) -> str:
    alone = grade_for(rules, assessment.total)
    return f"{alone.explanation}{quota.explanation}" if alone.candidate else alone.explanation


@transaction.atomic
def fix_cycle(
    *,
    cycle: Cycle,
    seen: Mapping[int, int],
    actor: Any,
    choices: Mapping[int, str] | None = None,
    reason: str = "",
    leave_out: bool = False,
) -> list[Assessment]:
    """Fixes the grades of a whole cycle, the excellent quota applied; logged on the cycle and on each.

    `choices` gives the grades of those tied for the last excellent place ({assessment id: grade}), which
    the text leaves to a person, with a `reason`. Refused while something handed in has no result yet; what
    was never handed in is only left behind when `leave_out` says so (it stays owed, and is graded later
    on its own). Each unit is told its grade; what the grade brings about is proposed, never carried out.
    `seen` is what the officer's page showed (`revisions_of`): what changed since is an `EditConflict`.
    """
    lock(cycle)
    _check_ready(cycle, leave_out)
    # Held until the end: what is compared here is what becomes final.
    list(cycle.assessments.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    check_list_shown(cycle, seen)
    preview = preview_of(cycle)
    if not preview.results:
        raise DomainError("本批次还没有可以确定的结果。")
    grades = _decide_ties(cycle.profile.rules, preview, choices or {}, reason)
    perform(
        cycle,
        "fix",
        actor=actor,
        reason=reason,
        clause=preview.quota.clause if preview.quota else cycle.profile.rules.assessment.clause,
        fixed_at=clock.now(),
        data={
            "grades": {str(r.assessment.pk): grades[r.assessment.pk] for r in preview.results},
            "quota": preview.quota.explanation if preview.quota else "",
        },
    )
    for result in preview.results:
        _conclude(result, grades[result.assessment.pk], actor=actor, reason=reason)
    return [result.assessment for result in preview.results]


def _check_ready(cycle: Cycle, leave_out: bool) -> None:
    waiting = cycle.assessments.filter(state__in=IN_HAND).count()
    if waiting:
        raise DomainError(f"还有 {waiting} 家已提交但尚未评定，不能确定本批次结果。")
    owing = cycle.assessments.filter(state=AssessmentState.DUE).count()
    if owing and not leave_out:
        raise DomainError(
            f"还有 {owing} 家尚未提交。确认不再等待的，请勾选“未提交的另行处理”。", path="leave_out"
        )


def _decide_ties(rules: Profile, preview: Preview, choices: Mapping[int, str], reason: str) -> dict[int, str]:
    """Every grade, with a person's choice where the engine leaves one open."""
    grades = {result.assessment.pk: result.grade for result in preview.results}
    if not preview.tied:
        return {pk: str(grade) for pk, grade in grades.items()}
    problems = []
    allowed = choices_of_tied(rules)
    for assessment in preview.tied:
        chosen = choices.get(assessment.pk, "")
        if chosen not in allowed:
            problems.append(
                Problem(
                    f"{assessment.station.name}在优秀名额末位同分，请选择等次。", f"choice_{assessment.pk}"
                )
            )
        grades[assessment.pk] = chosen
    if not said(reason):
        problems.append(Problem("末位同分由人工决定，请写明理由。", "reason"))
    quota = preview.quota
    if quota is not None and not problems:
        chosen = {str(assessment.pk): str(grades[assessment.pk]) for assessment in preview.tied}
        if why := beyond_places(rules, quota, chosen):
            problems.append(Problem(why, "", quota.clause))
    if problems:
        raise InputRefused(problems)
    return {pk: str(grade) for pk, grade in grades.items()}


@transaction.atomic
def finalise(*, assessment: Assessment, revision: int, actor: Any) -> Assessment:
    """Makes one result final, where no quota ties it to the others; by the re-checker if there is one.

    Logged; the unit is told, its consequences are proposed and stored, `result_recorded` tells funding.
    Where the excellent grade has a quota the whole cycle is fixed at once; only what came in after
    that is made final on its own, and never takes a place beyond the quota. `revision` is the one that
    the officer's page showed: a result that changed since is an `EditConflict`, never made final unread.
    """
    lock(assessment)
    cycle = assessment.cycle
    if assessment.state == AssessmentState.FINAL:
        raise StateConflict(f"结果已确定{f'为“{assessment.grade}”' if assessment.grade else ''}，不再更改。")
    if assessment.state != AssessmentState.SCORED:
        raise StateConflict("尚未评定，不能确定结果。")
    check_shown(assessment, revision)
    if assessment.total is None:
        result = _judged(assessment)
    elif has_quota(assessment.rules):
        if cycle.state != CycleState.FIXED:
            raise DomainError(
                "优秀等次有名额限制，本批次结果须一并确定。",
                clause=assessment.rules.assessment.excellent_quota.clause,
            )
        result = _late_result(assessment)
    else:
        result = _by_total(assessment)
    return _conclude(result, str(result.grade), actor=actor)


def _late_result(assessment: Assessment) -> Result:
    """A grade after the others were fixed: excellent only while a place is left."""
    others = Assessment.objects.filter(cycle=assessment.cycle, state=AssessmentState.FINAL)
    grades = list(others.values_list("grade", flat=True))
    answer = grade_after(assessment.rules, assessment.total, grades)
    return Result(assessment, answer.grade, answer.clause, answer.explanation)


@transaction.atomic
def accept_filing(*, assessment: Assessment, revision: int, opinion: str, actor: Any) -> Assessment:
    """Takes the yearly report on file where the text knows no grades (SZ-8.1); logged, the unit is told.

    `revision` is that of the report which the page showed: an older one is an `EditConflict`.
    """
    if method_of(assessment) != "filing":
        raise DomainError("该项考核不是备案。")
    lock(assessment)
    if assessment.state == AssessmentState.REPORTED:
        check_shown(assessment, revision)
    perform(
        assessment,
        "accept_filing",
        actor=actor,
        clause=assessment.clause,
        opinion=opinion.strip(),
        explanation=f"已备案。依据{assessment.rules.article(assessment.clause)}。",
        scored_at=clock.now(),
        finalised_at=clock.now(),
    )
    meet(subject=assessment, kind=REPORT_DEADLINE)
    tell_result(assessment, f"{assessment.cycle}已备案", "")
    result_recorded.send(sender=Assessment, station=assessment.station, actor=actor)
    return assessment


def _conclude(result: Result, grade: str, *, actor: Any, reason: str = "") -> Assessment:
    """One result becomes final, with its consequences, in the caller's transaction."""
    assessment = result.assessment
    if not grade or grade == "None":
        raise DomainError("等次尚未确定。")
    perform(
        assessment,
        "finalise",
        actor=actor,
        reason=reason,
        clause=result.clause,
        data={"grade": grade, "total": None if assessment.total is None else str(assessment.total)},
        grade=grade,
        explanation=result.explanation,
        draft={},
        finalised_at=clock.now(),
    )
    meet_authority(assessment)
    propose_consequences(assessment)
    effects = "".join(c["explanation"] for c in assessment.consequences)
    words = f"{assessment.added_up}{assessment.explanation}{effects}"
    tell_result(assessment, f"{assessment.cycle}：{grade}", words)
    result_recorded.send(sender=Assessment, station=assessment.station, actor=actor)
    return assessment


def propose_consequences(assessment: Assessment) -> None:
    """Stores what this year's result brings about, counted over all final results of the station."""
    found: Sequence[Consequence] = ()
    if assessment.kind != Kind.ACCEPTANCE:
        found = consequences_of(assessment.rules, history_of(assessment.station))
    assessment.consequences = [asdict(c) for c in found if c.year == assessment.cycle.year]
    assessment.save(update_fields=["consequences"])


def history_of(station: Station) -> Sequence[GradeRecord]:
    """The final grades of a station by the year in which each fell due, each before that of looking again."""
    rows = (
        Assessment.objects.filter(station=station, state=AssessmentState.FINAL)
        .exclude(kind__in=[Kind.ACCEPTANCE, Kind.FILING])
        .exclude(grade="")
        .order_by("cycle__year", "pk")
        .values_list("cycle__year", "grade", "rectification__grade")
    )
    history = []
    for year, grade, again in rows:
        history.append(GradeRecord(year, grade))
        if again:
            history.append(GradeRecord(year, again, after_rectification=True))
    return history


def tell_result(assessment: Assessment, title: str, text: str) -> None:
    """The unit reads its result; the leading authority reads what it brings about, where it does."""
    station = assessment.station
    notify(
        recipients=station.recipients(),
        title=title[:120],
        text=f"{station.name}，{title}。{text}",
        url=tenant_url("unit:assessment", pk=assessment.pk),
    )
    if assessment.consequences:
        notify(
            recipients=station.authority.recipients(),
            title=f"请研究处理：{station.name}"[:120],
            text=f"{title}。{text}系统只作提示，由有权人员决定。",
            url=tenant_url("bureau:assessment", pk=assessment.pk),
        )
