"""States of a panel and of one expert's sheet, and the choices of a scheme."""

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


class Method(models.TextChoices):
    """What an expert writes on a sheet."""

    OPINION = "opinion", "评审意见（建议或不建议，并说明理由）"
    CRITERIA = "criteria", "按评审方案的评分项目打分"
    REGULATION = "regulation", "按办法规定的评分表打分"


class Mean(models.TextChoices):
    """How the signed sheets of one item become one figure."""

    PLAIN = "plain", "全部签署的评审表取平均"
    TRIMMED = "trimmed", "去掉一个最高分和一个最低分后取平均"


class Rounding(models.TextChoices):
    """What happens to the places that are not shown; once, at the very end."""

    DOWN = "down", "直接舍去"
    HALF_UP = "half_up", "四舍五入"


class TieRule(models.TextChoices):
    """Who comes first among equal results."""

    SHARED = "shared", "名次并列"
    EXACT = "exact", "比较未取小数位前的平均分"
    CRITERIA = "criteria", "按评分项目的顺序逐项比较平均分"
    FULL_MEAN = "full_mean", "比较不去掉最高分和最低分的平均分"


class SchemeState(StateChoices):
    DRAFT = "draft", "warning", "pencil", "可修改"
    FROZEN = "frozen", "success", "lock", "已固定"


class ReopeningState(StateChoices):
    ASKED = "asked", "warning", "clock", "待批准"
    GRANTED = "granted", "success", "lock-open", "已批准"
    REFUSED = "refused", "neutral", "ban", "未批准"


class ExpertLevel(models.IntegerChoices):
    """The rungs of titles and skills beside each other, as the two ladders are open to each other."""

    MIDDLE = 1, "技师或中级职称"
    SENIOR = 2, "高级技师或副高级职称"
    TOP = 3, "特级技师、首席技师或正高级职称"


class VisitState(StateChoices):
    DRAFT = "draft", "warning", "pencil", "待签署"
    SIGNED = "signed", "success", "signature", "已签署"
    VOID = "void", "neutral", "ban", "已作废"
