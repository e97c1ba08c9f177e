"""The life of a unit's registration, of an invitation and of a station, as data."""

from core.workflow import Step, Workflow
from stations.enums import IN_BEING, InvitationState, StationState, UnitState
from stations.permissions import (
    can_approve_unit,
    can_confirm_succession,
    can_edit_unit,
    can_manage_station,
    can_refuse_succession,
    can_withdraw_invitation,
    whoever_has_the_link,
)

UNIT = Workflow(
    [
        Step("approve", "通过单位注册", (UnitState.REGISTERED,), UnitState.APPROVED, can_approve_unit),
        Step(
            "reject",
            "退回单位注册",
            (UnitState.REGISTERED,),
            UnitState.REJECTED,
            can_approve_unit,
            reason_required=True,
        ),
        Step("reapply", "重新提交注册", (UnitState.REJECTED,), UnitState.REGISTERED, can_edit_unit),
    ]
)

INVITATION = Workflow(
    [
        Step(
            "confirm_succession",
            "确认补任",
            (InvitationState.PROPOSED,),
            InvitationState.OPEN,
            can_confirm_succession,
        ),
        Step(
            "refuse_succession",
            "不同意补任",
            (InvitationState.PROPOSED,),
            InvitationState.REFUSED,
            can_refuse_succession,
            reason_required=True,
        ),
        Step("accept", "接受邀请", (InvitationState.OPEN,), InvitationState.ACCEPTED, whoever_has_the_link),
        Step(
            "withdraw",
            "撤回邀请",
            (InvitationState.OPEN,),
            InvitationState.WITHDRAWN,
            can_withdraw_invitation,
        ),
    ]
)

STATION = Workflow(
    [
        Step(
            "suspend",
            "暂停",
            (StationState.ACTIVE,),
            StationState.SUSPENDED,
            can_manage_station,
            reason_required=True,
        ),
        Step(
            "resume",
            "恢复",
            (StationState.SUSPENDED,),
            StationState.ACTIVE,
            can_manage_station,
            reason_required=True,
        ),
        Step(
            "revoke",
            "撤销称号",
            IN_BEING,
            StationState.REVOKED,
            can_manage_station,
            reason_required=True,
        ),
        Step(
            "deregister",
            "注销",
            IN_BEING,
            StationState.DEREGISTERED,
            can_manage_station,
            reason_required=True,
        ),
    ]
)
