"""States of a public notice and of an objection to it."""

from core.states import StateChoices


class NoticeState(StateChoices):
    DRAFT = "draft", "neutral", "edit", "拟稿"
    PUBLISHED = "published", "progress", "speakerphone", "公示中"
    ENDED = "ended", "success", "flag-check", "公示期满"
    WITHDRAWN = "withdrawn", "danger", "ban", "已撤回"


class ObjectionState(StateChoices):
    RECEIVED = "received", "warning", "inbox", "待核查"
    UPHELD = "upheld", "danger", "alert-triangle", "异议成立"
    NOT_UPHELD = "not_upheld", "success", "check", "异议不成立"
