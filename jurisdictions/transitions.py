"""The lives of a post, of an act that takes two, and of a version of the rules, as data."""

from core.workflow import Step, Workflow, system_only
from jurisdictions.enums import MembershipState as S
from jurisdictions.enums import ProposalState as P
from jurisdictions.enums import VersionState as V
from jurisdictions.permissions import (
    can_activate_version,
    can_agree_to_act,
    can_confirm,
    can_dismiss,
    can_refuse_act,
    can_refuse_version,
    can_withdraw_version,
    is_offered,
    why_not_activate,
    why_not_withdraw,
)

MEMBERSHIP = Workflow(
    [
        Step("accept", "接受任职", (S.OFFERED,), S.PENDING, is_offered),
        Step("confirm", "确认任职", (S.PENDING,), S.LIVE, can_confirm),
        Step("refuse", "不同意任职", (S.PENDING,), S.REFUSED, can_confirm, reason_required=True),
        Step("dismiss", "结束任职", (S.PENDING, S.LIVE), S.ENDED, can_dismiss, reason_required=True),
    ]
)

ACCOUNT_PROPOSAL = Workflow(
    [
        Step("agree_to_act", "同意办理", (P.OPEN,), P.DONE, can_agree_to_act),
        Step("refuse_act", "不同意办理", (P.OPEN,), P.REFUSED, can_refuse_act, reason_required=True),
        Step("lapse_act", "申请失效", (P.OPEN,), P.LAPSED, system_only),
    ]
)

VERSION = Workflow(
    [
        Step(
            "activate_version",
            "启用规则版本",
            (V.PROPOSED,),
            V.ACTIVE,
            can_activate_version,
            why_not=why_not_activate,
        ),
        Step(
            "refuse_version",
            "不采用规则版本",
            (V.PROPOSED,),
            V.REFUSED,
            can_refuse_version,
            reason_required=True,
        ),
        Step(
            "withdraw_version",
            "撤回已启用的规则版本",
            (V.ACTIVE,),
            V.WITHDRAWN,
            can_withdraw_version,
            reason_required=True,
            why_not=why_not_withdraw,
        ),
    ]
)
