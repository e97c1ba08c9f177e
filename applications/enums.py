"""States of a round, of an application and of one of its materials."""

from django.db import models

from core.states import StateChoices


class RoundState(StateChoices):
    DRAFT = "draft", "neutral", "edit", "筹备中"
    OPEN = "open", "progress", "door-enter", "申报中"
    CLOSED = "closed", "warning", "door", "已截止"
    DECIDED = "decided", "success", "flag-check", "名单已确定"


class ApplicationState(StateChoices):
    DRAFT = "draft", "neutral", "edit", "草稿"
    UNDER_REVIEW = "under_review", "progress", "eye-search", "审核中"
    RETURNED = "returned", "warning", "arrow-back-up", "待补正"
    REJECTED = "rejected", "danger", "x", "不予通过"
    AWAITING_PANEL = "awaiting_panel", "progress", "users-group", "待专家评审"
    AT_PANEL = "at_panel", "progress", "writing", "专家评审中"
    EVALUATED = "evaluated", "progress", "checklist", "评审完成"
    PROPOSED = "proposed", "progress", "list-check", "拟认定"
    IN_NOTICE = "in_notice", "progress", "speakerphone", "公示中"
    REMOVED = "removed", "danger", "user-x", "取消资格"
    NOT_SELECTED = "not_selected", "neutral", "circle-minus", "未入选"
    DESIGNATED = "designated", "success", "award", "已认定"
    WITHDRAWN = "withdrawn", "neutral", "arrow-left", "已撤回"


# Those that take one of the round's places.
CHOSEN = (ApplicationState.PROPOSED, ApplicationState.IN_NOTICE, ApplicationState.DESIGNATED)


class MaterialCheck(StateChoices):
    UNCHECKED = "unchecked", "neutral", "circle-dashed", "未核对"
    ACCEPTED = "accepted", "success", "check", "符合"
    PROBLEM = "problem", "danger", "alert-circle", "需补正"


class Decision(models.TextChoices):
    """What a review stage decides."""

    FORWARD = "forward", "同意上报"
    RETURN = "return", "退回补正"
    REJECT = "reject", "不予通过"


class StageCheck(models.TextChoices):
    """What a profile may ask a desk to confirm before it passes a file on."""

    ORIGINALS_CHECKED = "originals_checked", "已核对证明材料原件"
    COPIES_MARKED_AND_SEALED = "copies_marked_and_sealed", "复印件已注明与原件相符并加盖单位公章"
    COPIES_STAMPED = "copies_stamped", "已在复印件上盖章确认"
    BOUND_IN_ORDER = "bound_in_order", "材料份数齐全并按顺序装订成册"
    OPINION_SIGNED = "opinion_signed", "已签署审核意见"
    # Asked by no profile's stage: where the text leaves a unit's way open (`manual_confirm`).
    ROUTE_CONFIRMED = "route_confirmed", "办法未明确这类单位由谁受理，已核实由本部门受理"
