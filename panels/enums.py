"""States of a panel and of one expert's sheet."""

from django.db import models

from core.states import StateChoices


class PanelState(StateChoices):
    FORMING = "forming", "neutral", "users", "组建中"
    SCORING = "scoring", "progress", "writing", "评审中"
    CLOSED = "closed", "success", "checks", "评审结束"


class SheetState(StateChoices):
    OPEN = "open", "warning", "pencil", "待评"
    SIGNED = "signed", "success", "signature", "已签署"
    RECUSED = "recused", "neutral", "user-off", "已回避"
    WITHDRAWN = "withdrawn", "neutral", "user-off", "已撤出"


class Purpose(models.TextChoices):
    """What a panel is asked about."""

    APPLICATION = "application", "申报评审"
    ASSESSMENT = "assessment", "考核评估"


class DrawState(StateChoices):
    COMMITTED = "committed", "warning", "lock", "已定种子"
    DRAWN = "drawn", "progress", "list-numbers", "已抽取"
    USED = "used", "success", "check", "已组建"
    VOID = "void", "neutral", "ban", "已作废"


class TieKind(models.TextChoices):
    """Why an expert steps back from everything that concerns a unit."""

    FORMER = "former", "曾任职"
    KIN = "kin", "近亲属任职"
    OTHER = "other", "其他利害关系"


class Verdict(models.TextChoices):
    """An expert's opinion where the regulation has no points."""

    RECOMMEND = "recommend", "建议认定"
    OPPOSE = "oppose", "不建议认定"
