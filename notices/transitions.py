"""The life of a notice and of an objection, as data."""

from core.workflow import Step, Workflow, system_only
from notices.enums import NoticeState, ObjectionState
from notices.permissions import can_handle_objection, can_publish

NOTICE = Workflow(
    [
        Step("publish", "发布公示", (NoticeState.DRAFT,), NoticeState.PUBLISHED, can_publish),
        Step("end", "公示期满", (NoticeState.PUBLISHED,), NoticeState.ENDED, system_only),
        Step(
            "withdraw",
            "撤回公示",
            (NoticeState.DRAFT, NoticeState.PUBLISHED),
            NoticeState.WITHDRAWN,
            can_publish,
            reason_required=True,
        ),
    ]
)

OBJECTION = Workflow(
    [
        Step(
            "uphold",
            "认定异议成立",
            (ObjectionState.RECEIVED,),
            ObjectionState.UPHELD,
            can_handle_objection,
            reason_required=True,
        ),
        Step(
            "dismiss",
            "认定异议不成立",
            (ObjectionState.RECEIVED,),
            ObjectionState.NOT_UPHELD,
            can_handle_objection,
            reason_required=True,
        ),
    ]
)
