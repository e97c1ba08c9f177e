"""States of an applicant unit and of a station."""

from django.db import models

from core.states import StateChoices


class UnitState(StateChoices):
    REGISTERED = "registered", "warning", "hourglass", "待审核"
    APPROVED = "approved", "success", "check", "已通过"
    REJECTED = "rejected", "danger", "x", "未通过"


class UnitRole(models.TextChoices):
    """What a person does for a unit."""

    EDITOR = "editor", "填报人"
    SUBMITTER = "submitter", "审核提交人"


class InvitationState(StateChoices):
    PROPOSED = "proposed", "warning", "hourglass", "待确认"
    OPEN = "open", "warning", "mail", "待接受"
    ACCEPTED = "accepted", "success", "user-check", "已接受"
    WITHDRAWN = "withdrawn", "neutral", "mail-off", "已撤回"
    REFUSED = "refused", "danger", "x", "未同意"


# Neither is over yet; the link of the first is worth nothing.
UNDECIDED = (InvitationState.PROPOSED, InvitationState.OPEN)


class StationState(StateChoices):
    ACTIVE = "active", "success", "building-factory", "正常"
    SUSPENDED = "suspended", "warning", "player-pause", "已暂停"
    REVOKED = "revoked", "danger", "ban", "已撤销"
    DEREGISTERED = "deregistered", "neutral", "logout", "已注销"


# A suspended station is one still: what it owes and is owed goes on.
IN_BEING = (StationState.ACTIVE, StationState.SUSPENDED)
