"""The rules engine: facts and a date go in, findings with clause and explanation come out.

Pure: no Django, no database, no clock, no settings. A regulation is a profile (`jurisdictions/profiles/`);
the language is described in `docs/profiles.md`.
"""

from jurisdictions.engine.answers import (
    AnswerProblem,
    AssessorAnswer,
    Consequence,
    DueDate,
    EligibilityAnswer,
    Finding,
    GradeAnswer,
    GradeRecord,
    NoticePeriod,
    Obligation,
    ObligationDone,
    RoundGrades,
    RouteAnswer,
    RubricAnswer,
    ScoredItem,
    StageStep,
    TrancheAnswer,
    TrancheCircumstances,
    TranchePlan,
    ValidityAnswer,
)
from jurisdictions.engine.assessment import (
    assessment_form,
    assessors,
    consequences_of,
    excellent_places,
    grade_for,
    grade_round,
    max_excellent,
    score_item,
    score_rubric,
)
from jurisdictions.engine.award import award_plan, tranche_state, tranche_windows
from jurisdictions.engine.bonus import bonus_points, graded_total, shown_total
from jurisdictions.engine.completeness import cell_error, check_answers, derive_facts
from jurisdictions.engine.conditions import check_conditions
from jurisdictions.engine.entitlements import EntitlementAnswer, entitlement, entitlement_of
from jurisdictions.engine.identifiers import (
    check_resident_id,
    check_uscc,
    is_phone,
    normalise_resident_id,
    normalise_uscc,
)
from jurisdictions.engine.key_projects import (
    approve_key_project,
    key_project_grant,
    key_project_notice,
    key_project_scope,
    key_projects_in_a_year,
)
from jurisdictions.engine.loader import (
    ProfileError,
    ProfileIssue,
    bundled_profiles,
    load_profile,
    parse_profile,
    profile_digest,
)
from jurisdictions.engine.months import add_months, anniversary
from jurisdictions.engine.naming import (
    NameIncomplete,
    allowed_plaques,
    is_valid_name,
    station_name,
    station_number,
)
from jurisdictions.engine.obligations import construction_end, obligations_between
from jurisdictions.engine.periods import WorkCalendar, calendar_for, due_after, notice_period
from jurisdictions.engine.readings import UnknownReading, with_readings
from jurisdictions.engine.routing import find_route, stage_list
from jurisdictions.engine.schema.procedure import Limit
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.targets import ApprovalAnswer, designate_one_more
from jurisdictions.engine.validity import validity_on
from jurisdictions.engine.values import BadValue, normalise_facts, read_value

__all__ = [
    "AnswerProblem",
    "ApprovalAnswer",
    "AssessorAnswer",
    "BadValue",
    "Consequence",
    "DueDate",
    "EligibilityAnswer",
    "EntitlementAnswer",
    "Finding",
    "GradeAnswer",
    "GradeRecord",
    "Limit",
    "NameIncomplete",
    "NoticePeriod",
    "Obligation",
    "ObligationDone",
    "Profile",
    "ProfileError",
    "ProfileIssue",
    "RoundGrades",
    "RouteAnswer",
    "RubricAnswer",
    "ScoredItem",
    "StageStep",
    "TrancheAnswer",
    "TrancheCircumstances",
    "TranchePlan",
    "UnknownReading",
    "ValidityAnswer",
    "WorkCalendar",
    "add_months",
    "allowed_plaques",
    "anniversary",
    "approve_key_project",
    "assessment_form",
    "assessors",
    "award_plan",
    "bonus_points",
    "bundled_profiles",
    "calendar_for",
    "cell_error",
    "check_answers",
    "check_conditions",
    "check_resident_id",
    "check_uscc",
    "consequences_of",
    "construction_end",
    "derive_facts",
    "designate_one_more",
    "due_after",
    "entitlement",
    "entitlement_of",
    "excellent_places",
    "find_route",
    "grade_for",
    "grade_round",
    "graded_total",
    "is_phone",
    "is_valid_name",
    "key_project_grant",
    "key_project_notice",
    "key_project_scope",
    "key_projects_in_a_year",
    "load_profile",
    "max_excellent",
    "normalise_facts",
    "normalise_resident_id",
    "normalise_uscc",
    "notice_period",
    "obligations_between",
    "parse_profile",
    "profile_digest",
    "read_value",
    "score_item",
    "score_rubric",
    "shown_total",
    "stage_list",
    "station_name",
    "station_number",
    "tranche_state",
    "tranche_windows",
    "validity_on",
    "with_readings",
]
