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
    added_up,
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
from jurisdictions.engine.completeness import cell_error, check_answers, check_rows, derive_facts
from jurisdictions.engine.conditions import check_conditions
from jurisdictions.engine.deadlines import (
    StageDue,
    TaskCircumstances,
    TaskDates,
    stage_chain,
    stage_due,
    stage_start,
    task_dates,
)
from jurisdictions.engine.deregistration import DeregistrationAnswer, deregistration_state
from jurisdictions.engine.duties import (
    DutyAnswer,
    OutputFinding,
    RecordDuty,
    duties_met,
    first_year_of_outputs,
    records_required,
)
from jurisdictions.engine.entitlements import EntitlementAnswer, entitlement, entitlement_of
from jurisdictions.engine.excellent import beyond_places, choices_of_tied, grade_after
from jurisdictions.engine.exclusions import ExclusionAnswer, check_exclusions
from jurisdictions.engine.expenditure import UnknownUse, UseAnswer, use_of_money
from jurisdictions.engine.extensions import ExtensionAnswer, ask_extension, extensions
from jurisdictions.engine.gates import GateAnswer, GateFinding, UnknownAct, gate, gate_for_step
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
    accepted_profile,
    bundled_profiles,
    effective_from,
    load_profile,
    parse_profile,
    profile_digest,
    version_on,
)
from jurisdictions.engine.months import add_months, anniversary
from jurisdictions.engine.naming import (
    NameIncomplete,
    PlaqueChoice,
    allowed_plaques,
    is_valid_name,
    plaque_choice,
    station_name,
    station_number,
)
from jurisdictions.engine.obligations import construction_end, obligations_between
from jurisdictions.engine.overdue import overdue_from
from jurisdictions.engine.papers import MissingPaper, PapersAnswer, check_papers
from jurisdictions.engine.periods import WorkCalendar, calendar_for, due_after, notice_period
from jurisdictions.engine.procedure import ProcedureAnswer, procedure
from jurisdictions.engine.readings import UnknownReading, with_readings
from jurisdictions.engine.revocation import GroundAnswer, GroundFinding, check_ground
from jurisdictions.engine.routing import (
    find_route,
    level_of,
    stage_list,
    submission_accepted,
    task_route,
)
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
    "DeregistrationAnswer",
    "DueDate",
    "DutyAnswer",
    "EligibilityAnswer",
    "EntitlementAnswer",
    "ExclusionAnswer",
    "ExtensionAnswer",
    "Finding",
    "GateAnswer",
    "GateFinding",
    "GradeAnswer",
    "GradeRecord",
    "GroundAnswer",
    "GroundFinding",
    "Limit",
    "MissingPaper",
    "NameIncomplete",
    "NoticePeriod",
    "Obligation",
    "ObligationDone",
    "OutputFinding",
    "PapersAnswer",
    "PlaqueChoice",
    "ProcedureAnswer",
    "Profile",
    "ProfileError",
    "ProfileIssue",
    "RecordDuty",
    "RoundGrades",
    "RouteAnswer",
    "RubricAnswer",
    "ScoredItem",
    "StageDue",
    "StageStep",
    "TaskCircumstances",
    "TaskDates",
    "TrancheAnswer",
    "TrancheCircumstances",
    "TranchePlan",
    "UnknownAct",
    "UnknownReading",
    "UnknownUse",
    "UseAnswer",
    "ValidityAnswer",
    "WorkCalendar",
    "accepted_profile",
    "add_months",
    "added_up",
    "allowed_plaques",
    "anniversary",
    "approve_key_project",
    "ask_extension",
    "assessment_form",
    "assessors",
    "award_plan",
    "beyond_places",
    "bonus_points",
    "bundled_profiles",
    "calendar_for",
    "cell_error",
    "check_answers",
    "check_conditions",
    "check_exclusions",
    "check_ground",
    "check_papers",
    "check_resident_id",
    "check_rows",
    "check_uscc",
    "choices_of_tied",
    "consequences_of",
    "construction_end",
    "deregistration_state",
    "derive_facts",
    "designate_one_more",
    "due_after",
    "duties_met",
    "effective_from",
    "entitlement",
    "entitlement_of",
    "excellent_places",
    "extensions",
    "find_route",
    "first_year_of_outputs",
    "gate",
    "gate_for_step",
    "grade_after",
    "grade_for",
    "grade_round",
    "graded_total",
    "is_phone",
    "is_valid_name",
    "key_project_grant",
    "key_project_notice",
    "key_project_scope",
    "key_projects_in_a_year",
    "level_of",
    "load_profile",
    "max_excellent",
    "normalise_facts",
    "normalise_resident_id",
    "normalise_uscc",
    "notice_period",
    "obligations_between",
    "overdue_from",
    "parse_profile",
    "plaque_choice",
    "procedure",
    "profile_digest",
    "read_value",
    "records_required",
    "score_item",
    "score_rubric",
    "shown_total",
    "stage_chain",
    "stage_due",
    "stage_list",
    "stage_start",
    "station_name",
    "station_number",
    "submission_accepted",
    "task_dates",
    "task_route",
    "tranche_state",
    "tranche_windows",
    "use_of_money",
    "validity_on",
    "version_on",
    "with_readings",
]
