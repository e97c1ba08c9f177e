"""The life of a post, as data."""

from core.workflow import Step, Workflow
from jurisdictions.enums import MembershipState as S
from jurisdictions.permissions import can_confirm, can_dismiss

MEMBERSHIP = Workflow(
    [
        Step("confirm", "确认任职", (S.PENDING,), S.LIVE, can_confirm),
        Step("refuse", "不同意任职", (S.PENDING,), S.REFUSED, can_confirm, reason_required=True),
        Step("dismiss", "结束任职", (S.PENDING, S.LIVE), S.ENDED, can_dismiss, reason_required=True),
    ]
)
