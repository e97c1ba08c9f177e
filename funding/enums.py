"""States of a tranche, and the accounts of the ledger."""

from django.db import models

from core.states import StateChoices


class TrancheState(StateChoices):
    PLANNED = "planned", "neutral", "calendar", "未到期"
    HELD = "held", "warning", "help", "待决定"
    DUE = "due", "progress", "bell", "应付"
    APPROVED = "approved", "progress", "check", "已核准"
    ORDERED = "ordered", "progress", "send", "待拨付"
    RELEASED = "released", "success", "cash", "已拨付"
    REFUSED = "refused", "danger", "x", "不予拨付"
    STOPPED = "stopped", "danger", "ban", "停止拨付"


class Account(models.TextChoices):
    """Accounts of the ledger. Every journal sums to zero over them."""

    AWARDED = "awarded", "已核定补助"
    PAYABLE = "payable", "应拨补助"
    FISCAL = "fiscal", "财政资金"


class JournalKind(models.TextChoices):
    AWARD = "award", "核定补助"
    RELEASE = "release", "拨付"
    CANCEL = "cancel", "核减"
