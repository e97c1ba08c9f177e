"""The life of a notice and of an objection, as data."""

from typing import Any

from core.errors import DomainError
from core.workflow import Step, Workflow, system_only
from notices.enums import NoticeState, ObjectionState
from notices.permissions import can_handle_objection, can_publish

NOTICE = Workflow(
    [
        Step("publish", "发布公示", (NoticeState.DRAFT,), NoticeState.PUBLISHED, can_publish),
        Step("end", "公示期满", (NoticeState.PUBLISHED,), NoticeState.ENDED, system_only),
        Step(
            "supersede",
            "由更正公示替代",
            (NoticeState.PUBLISHED, NoticeState.ENDED),
            NoticeState.SUPERSEDED,
            can_publish,
        ),
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


def _only_a_lead(objection: Any) -> None:
    """What somebody said under a name within the period is an objection: it needs a finding."""
    if not (objection.late or objection.anonymous):
        raise DomainError("公示期内实名提出的异议必须核查并作出结论，不能存档了事。")


OBJECTION = Workflow(
    [
        Step(
            "take_up",
            "转入核查",
            (ObjectionState.LEAD,),
            ObjectionState.RECEIVED,
            can_handle_objection,
            reason_required=True,
        ),
        Step(
            "file",
            "存档备查",
            (ObjectionState.LEAD, ObjectionState.RECEIVED),
            ObjectionState.FILED,
            can_handle_objection,
            guard=_only_a_lead,
            reason_required=True,
        ),
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
