"""States of an assessment cycle and of one station's assessment."""

from django.db import models

from core.states import StateChoices


class CycleState(StateChoices):
    OPEN = "open", "progress", "clipboard-list", "进行中"
    FIXED = "fixed", "success", "flag-check", "结果已确定"


class AssessmentState(StateChoices):
    DUE = "due", "warning", "hourglass", "待提交"
    REPORTED = "reported", "progress", "send", "待考核"
    RETURNED = "returned", "warning", "arrow-back-up", "待补正"
    AT_PANEL = "at_panel", "progress", "writing", "专家评分中"
    SCORED = "scored", "progress", "checklist", "待确定结果"
    FINAL = "final", "success", "flag-check", "已确定"
    # The station ended before there was a result.
    CLOSED = "closed", "neutral", "ban", "不再考核"


class Kind(models.TextChoices):
    """What a dated obligation is, in the profile's closed set."""

    ASSESSMENT = "assessment", "评估"
    REPORT = "report", "年度报告"
    FILING = "filing", "备案"
    ACCEPTANCE = "acceptance", "验收"


class EndingKind(models.TextChoices):
    """How a station ends: by the authority's decision, or by its unit's own wish."""

    REVOCATION = "revocation", "撤销"
    DEREGISTRATION = "deregistration", "注销"


class EndingState(StateChoices):
    PROPOSED = "proposed", "warning", "hourglass", "待决定"
    DECIDED = "decided", "success", "flag-check", "已决定"
    REFUSED = "refused", "neutral", "circle-x", "未同意"
    WITHDRAWN = "withdrawn", "neutral", "arrow-back-up", "已收回"


class Question(models.TextChoices):
    """What only a person can answer, and a later payment or step depends on."""

    PERFORMS_WELL = "performs_well", "发挥作用好"
    CONTINUOUS = "continuous", "连续运转"
    ACCEPTANCE = "acceptance", "建设期满验收合格"
