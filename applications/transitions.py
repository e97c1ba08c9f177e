"""The life of a round and of an application, as data.

Which review stages there are, in which order and with which limits, the profile says;
`forward` keeps an application under review and moves it to the next desk.
"""

from applications.enums import ApplicationState as S
from applications.enums import RoundState as R
from applications.permissions import (
    can_decide,
    can_disqualify,
    can_edit,
    can_organise,
    can_review,
    can_run_panel,
    can_send_back,
    can_show,
    can_submit,
)
from core.workflow import Step, Workflow, system_only

ROUND = Workflow(
    [
        Step("open", "发布申报通知", (R.DRAFT,), R.OPEN, can_organise),
        Step("close", "申报截止", (R.OPEN,), R.CLOSED, system_only),
        Step("reschedule", "调整申报时间", (R.OPEN, R.CLOSED), R.OPEN, can_organise, reason_required=True),
        Step("decide", "确定名单", (R.CLOSED,), R.DECIDED, can_organise),
    ]
)

APPLICATION = Workflow(
    [
        Step("submit", "提交申报", (S.DRAFT,), S.UNDER_REVIEW, can_submit),
        Step("resubmit", "提交补正", (S.RETURNED,), S.UNDER_REVIEW, can_submit),
        Step("withdraw", "撤回申报", (S.DRAFT, S.RETURNED), S.WITHDRAWN, can_edit),
        Step("assign", "转交办理人", (S.UNDER_REVIEW,), S.UNDER_REVIEW, can_review),
        Step("unassign", "退回待办池", (S.UNDER_REVIEW,), S.UNDER_REVIEW, can_review),
        Step(
            "agree",
            "初审同意，待汇总上报",
            (S.UNDER_REVIEW,),
            S.UNDER_REVIEW,
            can_review,
            reason_required=True,
        ),
        Step("disagree", "撤回初审同意", (S.UNDER_REVIEW,), S.UNDER_REVIEW, can_review),
        Step(
            "send_back",
            "退回初审部门",
            (S.UNDER_REVIEW, S.AWAITING_PANEL),
            S.UNDER_REVIEW,
            can_send_back,
            reason_required=True,
        ),
        Step("forward", "同意上报", (S.UNDER_REVIEW,), S.UNDER_REVIEW, can_review),
        Step("complete_review", "同意，提交专家评审", (S.UNDER_REVIEW,), S.AWAITING_PANEL, can_review),
        Step("return", "退回补正", (S.UNDER_REVIEW,), S.RETURNED, can_review, reason_required=True),
        Step("reject", "不予通过", (S.UNDER_REVIEW,), S.REJECTED, can_review, reason_required=True),
        Step(
            "disqualify",
            "取消申报资格",
            (S.UNDER_REVIEW, S.RETURNED, S.AWAITING_PANEL, S.AT_PANEL, S.EVALUATED),
            S.REMOVED,
            can_disqualify,
            reason_required=True,
        ),
        Step("send_to_panel", "提交专家组", (S.AWAITING_PANEL,), S.AT_PANEL, can_run_panel),
        Step("evaluate", "汇总评审意见", (S.AT_PANEL,), S.EVALUATED, can_run_panel),
        Step("propose", "列入拟认定名单", (S.EVALUATED,), S.PROPOSED, can_decide),
        Step("not_select", "不列入名单", (S.EVALUATED,), S.NOT_SELECTED, can_decide, reason_required=True),
        Step("call_up", "候补递补", (S.NOT_SELECTED,), S.PROPOSED, can_decide, reason_required=True),
        Step("show", "进入公示", (S.PROPOSED,), S.IN_NOTICE, can_show),
        Step("show_again", "进入更正后的公示", (S.IN_NOTICE,), S.IN_NOTICE, can_show),
        Step("take_back", "撤回公示", (S.IN_NOTICE,), S.PROPOSED, can_show),
        Step(
            "remove",
            "取消资格",
            (S.PROPOSED, S.IN_NOTICE),
            S.REMOVED,
            can_decide,
            reason_required=True,
        ),
        Step("designate", "认定", (S.PROPOSED, S.IN_NOTICE), S.DESIGNATED, can_decide),
    ]
)
