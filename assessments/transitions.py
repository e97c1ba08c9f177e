"""The life of a cycle and of an assessment, as data."""

from assessments.enums import AssessmentState as S
from assessments.enums import CycleState
from assessments.enums import EndingState as E
from assessments.permissions import (
    can_assess,
    can_decide_ending,
    can_finalise,
    can_fix,
    can_report,
    can_withdraw_ending,
    why_not_decide_ending,
)
from core.workflow import Step, Workflow, system_only

CYCLE = Workflow([Step("fix", "确定结果", (CycleState.OPEN,), CycleState.FIXED, can_fix)])

ASSESSMENT = Workflow(
    [
        Step("report", "提交", (S.DUE, S.RETURNED), S.REPORTED, can_report),
        Step("return", "退回修改", (S.REPORTED,), S.RETURNED, can_assess, reason_required=True),
        Step("send_to_panel", "提交专家组", (S.REPORTED,), S.AT_PANEL, can_assess),
        Step("score", "评定", (S.REPORTED, S.AT_PANEL, S.SCORED), S.SCORED, can_assess),
        # The panel's own points, once every sheet is signed; nobody types them again.
        Step("take_points", "汇入专家评分", (S.AT_PANEL,), S.SCORED, system_only),
        Step("accept_filing", "予以备案", (S.REPORTED,), S.FINAL, can_assess),
        Step("send_back", "退回重评", (S.SCORED,), S.REPORTED, can_finalise, reason_required=True),
        Step("finalise", "确定结果", (S.SCORED,), S.FINAL, can_finalise),
        # The station ended: no result comes of it any more, what was handed in stays.
        Step(
            "close",
            "不再考核",
            (S.DUE, S.RETURNED, S.REPORTED, S.AT_PANEL, S.SCORED),
            S.CLOSED,
            system_only,
            reason_required=True,
        ),
    ]
)

ENDING = Workflow(
    [
        Step("decide", "决定", (E.PROPOSED,), E.DECIDED, can_decide_ending, why_not=why_not_decide_ending),
        Step(
            "refuse",
            "不同意",
            (E.PROPOSED,),
            E.REFUSED,
            can_decide_ending,
            reason_required=True,
            why_not=why_not_decide_ending,
        ),
        Step("withdraw", "收回", (E.PROPOSED,), E.WITHDRAWN, can_withdraw_ending),
    ]
)
