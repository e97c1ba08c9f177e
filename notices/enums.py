"""States of a public notice and of an objection to it."""

from django.db import models

from core.states import StateChoices


class NoticeState(StateChoices):
    DRAFT = "draft", "neutral", "edit", "拟稿"
    PUBLISHED = "published", "progress", "speakerphone", "公示中"
    ENDED = "ended", "success", "flag-check", "公示期满"
    SUPERSEDED = "superseded", "neutral", "replace", "已被更正"
    WITHDRAWN = "withdrawn", "danger", "ban", "已撤回"


# Those whose list stands, and those that the public may read.
IN_FORCE = (NoticeState.PUBLISHED, NoticeState.ENDED)
PUBLIC = (*IN_FORCE, NoticeState.SUPERSEDED)


class ObjectionState(StateChoices):
    LEAD = "lead", "warning", "bulb", "线索，待决定是否核查"
    RECEIVED = "received", "warning", "inbox", "待核查"
    UPHELD = "upheld", "danger", "alert-triangle", "异议成立"
    NOT_UPHELD = "not_upheld", "success", "check", "异议不成立"
    FILED = "filed", "neutral", "archive", "存档备查"


# Those that nobody has decided yet, and those that are no objection in the sense of a text.
OPEN = (ObjectionState.LEAD, ObjectionState.RECEIVED)
NO_OBJECTION = (ObjectionState.LEAD, ObjectionState.FILED)


class StepKind(models.TextChoices):
    """What was done to look into an objection."""

    INQUIRY = "inquiry", "询问有关人员"
    DOCUMENTS = "documents", "调阅材料"
    SITE = "site", "实地核查"
    HEARING = "hearing", "听取单位说明"
    OTHER = "other", "其他"
