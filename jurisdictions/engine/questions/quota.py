"""How many: excellent stations of a round, key projects of a year, new stations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from jurisdictions.engine.answers import RoundGrades
from jurisdictions.engine.assessment import excellent_places, grade_for, grade_round
from jurisdictions.engine.key_projects import approve_key_project
from jurisdictions.engine.places import one_more_in_groups, stand_by
from jurisdictions.engine.questions.assessment import totals
from jurisdictions.engine.questions.projects import level_counts, project_level
from jurisdictions.engine.questions.question import Answer, Kind, Question, QuestionError
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.targets import ApprovalAnswer, designate_one_more

APPROVE = "approve_key_project"


def facts(profile: Profile) -> frozenset[str]:
    """The scores of a round or how many did not fail; what has been approved or designated."""
    grouped = {"group", "by_group", "waitlisted"} if _has_groups(profile) else set()
    return frozenset(grouped | {
        "non_failing", "failing", "scores", "base_scores", "action", "approved_this_year", "proposed_level",
        "designated_this_year", "designated_in_all", "propose_one_more",
    })  # fmt: skip


def answer(question: Question) -> Answer:
    """What is asked about is told by the facts that are given."""
    given = question.given
    if {"group", "by_group", "waitlisted"} & set(given):
        return _in_groups(question)
    if question.text("action", (APPROVE,)) or "approved_this_year" in given or "proposed_level" in given:
        return _key_project(question)
    if "designated_this_year" in given or "designated_in_all" in given or "propose_one_more" in given:
        return _approval(_one_more(question), ())
    if question.has("scores"):
        return _round(question)
    return _places(question)


def _one_more(question: Question) -> ApprovalAnswer:
    """Whether the numbers of the year, and of all years, leave room for one more."""
    return designate_one_more(
        question.profile,
        this_year=question.integer("designated_this_year"),
        in_all=question.integer("designated_in_all"),
        proposing=question.flag("propose_one_more") is not False,
    )


def _has_groups(profile: Profile) -> bool:
    return profile.round is not None and bool(profile.round.group_caps or profile.round.waitlist)


GROUPS = ("recommender", "host", "tier", "category")
COUNTED = ("applications", "designations")


def _by_group(question: Question) -> dict[str, dict[str, dict[str, int]]]:
    """`by_group`: applications or designations -> by what -> group -> how many."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for of, kinds in question.table("by_group").items():
        if of not in COUNTED:
            raise QuestionError("by_group", f"没有“{of}”，可选：{'、'.join(COUNTED)}")
        if not isinstance(kinds, Mapping):
            raise QuestionError("by_group", f"“{of}”应为对象")
        for by, groups in kinds.items():
            if by not in GROUPS:
                raise QuestionError("by_group", f"没有“{by}”，可选：{'、'.join(GROUPS)}")
            if not isinstance(groups, Mapping):
                raise QuestionError("by_group", f'“{by}”应为对象，如 {{"名称": 1}}')
            counts = question.counts_in("by_group", groups)
            found.setdefault(of, {})[by] = {name: number or 0 for name, number in counts.items()}
    return found


def _in_groups(question: Question) -> Answer:
    """One more of its groups: every cap on them, the year's own, and the waiting list where one holds."""
    profile = question.profile
    member = question.table("group")
    for by in member:
        if by not in GROUPS:
            raise QuestionError("group", f"没有“{by}”，可选：{'、'.join(GROUPS)}")
    found = one_more_in_groups(
        profile,
        {by: str(group) for by, group in member.items() if group is not None},
        _by_group(question),
        this_year=question.integer("designated_this_year"),
    )
    numbered = question.has("designated_this_year") or question.has("designated_in_all")
    whole = _one_more(question) if numbered or not (member or question.has("by_group")) else None
    answers = [found.allowed] + ([whole.allowed] if whole else [])
    fields: dict[str, Any] = {
        "allowed": False if False in answers else None if None in answers else True,
        "blocked_by": (*found.blocked_by, *(whole.blocked_by if whole else ())),
        "missing": tuple(dict.fromkeys((*found.missing, *(whole.missing if whole else ())))),
        **({"total_after": whole.total_after, "warning": whole.warnings} if whole else {}),
    }
    clauses, words = [*found.clauses, *(whole.clauses if whole else ())], [*found.explanation]
    words += whole.explanation if whole else ()
    if fields["allowed"] is False:
        waiting = stand_by(profile, question.integer("waitlisted"))
        fields["waitlist"] = waiting.allowed
        clauses += waiting.clauses
        words += waiting.explanation
    told = tuple(words) or (f"文件没有这类名额限制。{question.article(_round_clause(profile))}。",)
    return Answer(fields, tuple(dict.fromkeys(clauses)) or (_round_clause(profile),), told)


def _round_clause(profile: Profile) -> str:
    return profile.round.clause if profile.round else profile.designation.clause


def _approval(found: ApprovalAnswer, readings: tuple[str, ...]) -> Answer:
    fields: dict[str, Any] = {"allowed": found.allowed, "total_after": found.total_after}
    for name, value in (
        ("blocked_by", found.blocked_by),
        ("warning", found.warnings),
        ("missing", found.missing),
    ):
        if value:
            fields[name] = value
    return Answer(fields, found.clauses, found.explanation, readings)


def _key_project(question: Question) -> Answer:
    profile = question.profile
    if profile.key_projects is None:
        raise QuestionError("action", "文件没有重点建设项目")
    level = project_level(question, "proposed_level")
    return _approval(
        approve_key_project(profile, level, level_counts(question, "approved_this_year")), ("G-1",)
    )


# ---- excellent


def _places(question: Question) -> Answer:
    """The most that may be excellent, from how many did not fail."""
    profile, quota = question.profile, question.profile.assessment.excellent_quota
    non_failing, failing = question.integer("non_failing"), question.integer("failing")
    if quota is None:
        return _no_quota(question, {"non_failing": non_failing})
    everybody = None if non_failing is None or failing is None else non_failing + failing
    places = None if non_failing is None else excellent_places(profile, non_failing, everybody)
    fields: dict[str, Any] = {"non_failing": non_failing, "max_excellent": places}
    base = "去除不合格后" if quota.base == "non_failing" else "全部参评"
    if places is None:
        fields["missing"] = ("non_failing",) if non_failing is None else ("failing",)
        told = f"{base}的数量不详，优秀名额不能确定"
    else:
        number = non_failing if quota.base == "non_failing" else everybody
        told = f"{base}{number}家，按{quota.percent}%优秀最多{places}家"
    return Answer(fields, quota.clauses, (f"{told}。{question.article(quota.clause)}。",), ("G-1",))


def _no_quota(question: Question, fields: dict[str, Any]) -> Answer:
    rule = question.profile.assessment
    told = f"文件没有优秀比例限制。{question.article(rule.clause)}。"
    fields |= {"max_excellent": None, "reason": "no_quota_in_text"}
    return Answer(fields, rule.clauses, (told,))


def _round(question: Question) -> Answer:
    """The grades of a round in the order of its scores; those who are tied at the cut have none yet."""
    profile = question.profile
    rule, quota = profile.assessment, profile.assessment.excellent_quota
    scores = totals(question, "scores")
    if None in scores:
        return _wanting(question, scores)
    bases = question.numbers("base_scores")
    if bases and len(bases) != len(scores):
        raise QuestionError("base_scores", f"应与评分一样有{len(scores)}个")
    found = grade_round(
        profile,
        {str(i): score for i, score in enumerate(scores) if score is not None},
        {str(i): score for i, score in enumerate(bases) if score is not None},
    )
    _agree(question, found)
    grades = list(found.grades.values())
    excellent = {grade.value for grade in rule.grades if grade.excellent}
    unsettled = found.tie_at_cut or None in grades
    fields: dict[str, Any] = {
        "non_failing": found.non_failing if rule.bands is not None else None,
        "max_excellent": found.max_excellent,
        "grades": grades,
        "grades_excellent_count": None if unsettled else sum(grade in excellent for grade in grades),
        "tie_at_cut": bool(found.at_cut),
        "auto_grade_allowed": not unsettled,
    }
    if quota is None:
        return _no_quota(question, fields)
    clauses = tuple(dict.fromkeys((*quota.clauses, *rule.clauses)))
    return Answer(fields, clauses, (found.explanation,), ("G-1", "G-12"))


def _agree(question: Question, found: RoundGrades) -> None:
    """How many did not fail is told by the scores; another number beside them is a slip."""
    if question.profile.assessment.bands is None:
        return
    passed = found.non_failing
    for name, number in (("non_failing", passed), ("failing", len(found.grades) - passed)):
        told = question.integer(name)
        if told is not None and told != number:
            raise QuestionError(name, f"按所给评分应为{number}家，所报为{told}家，请核对")


def _wanting(question: Question, scores: Sequence[Decimal | None]) -> Answer:
    """A round with a score that is not known: the base of the quota is not known either."""
    profile, rule = question.profile, question.profile.assessment
    excellent = {grade.value for grade in rule.grades if grade.excellent}
    found = [None if score is None else grade_for(profile, score).grade for score in scores]
    grades = [None if rule.excellent_quota and grade in excellent else grade for grade in found]
    clauses = tuple(
        dict.fromkeys((*(rule.excellent_quota.clauses if rule.excellent_quota else ()), *rule.clauses))
    )
    fields = {
        "non_failing": None,
        "max_excellent": None,
        "grades": grades,
        "grades_excellent_count": None,
        "auto_grade_allowed": False,
        "missing": ("scores",),
    }
    return Answer(fields, clauses, (f"有评分不详，优秀名额不能确定。{question.article(clauses[0])}。",))


KIND = Kind("quota", answer, facts)
