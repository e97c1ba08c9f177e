"""States of a date owed."""

from core.states import StateChoices


class DeadlineState(StateChoices):
    OPEN = "open", "progress", "clock", "待办"
    MET = "met", "success", "check", "已完成"
    CANCELLED = "cancelled", "neutral", "minus", "已取消"
