"""The excellent places of a round once its grades are out: ties that a person settles, and latecomers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from jurisdictions.engine.answers import GradeAnswer, RoundGrades
from jurisdictions.engine.assessment import excellent_places, grade_for, lower_grade
from jurisdictions.engine.schema.profile import Profile


def choices_of_tied(profile: Profile) -> tuple[str, ...]:
    """The grades that may be given to those who are tied for the last place."""
    excellent = tuple(g.value for g in profile.assessment.grades if g.excellent)
    return (*excellent, lower_grade(profile.assessment))


def beyond_places(profile: Profile, found: RoundGrades, chosen: Mapping[str, str]) -> str:
    """Why the choice for those who are tied takes more places than there are; empty where it does not."""
    if found.max_excellent is None:
        return ""
    given = _excellent(profile, [*found.grades.values(), *chosen.values()])
    if given <= found.max_excellent:
        return ""
    return f"优秀最多{found.max_excellent}家，现选{given}家。依据{profile.article(found.clause)}。"


def grade_after(profile: Profile, total: Decimal, others: Collection[str]) -> GradeAnswer:
    """The grade of one that comes after the round: excellent only while a place is left beside `others`.

    Those are the grades that have been given; the latecomer counts in the base of the quota.
    """
    alone, quota = grade_for(profile, total), profile.assessment.excellent_quota
    if quota is None or not alone.candidate:
        return alone
    passing = {g.value for g in profile.assessment.grades if g.passing}
    places = excellent_places(profile, sum(g in passing for g in others) + 1, len(others) + 1) or 0
    taken = _excellent(profile, list(others))
    grade = alone.grade if taken < places else lower_grade(profile.assessment)
    told = f"本批次结果已确定，优秀最多{places}家，已有{taken}家。依据{profile.article(quota.clause)}。"
    return GradeAnswer(
        grade, False, quota.clause, alone.explanation + told, clauses=(*alone.clauses, *quota.clauses)
    )


def _excellent(profile: Profile, grades: Sequence[str | None]) -> int:
    best = {g.value for g in profile.assessment.grades if g.excellent}
    return sum(grade in best for grade in grades)
