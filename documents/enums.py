"""States of a stored file and kinds of paper."""

from django.db import models

from core.states import StateChoices


class ScanState(StateChoices):
    """What is known of a file's harmlessness. Absence or limit of a scanner is never "clean"."""

    PENDING = "pending", "progress", "shield-half", "正在查毒"
    NOT_SCANNED = "not_scanned", "neutral", "shield-question", "未查毒"
    CLEAN = "clean", "success", "shield-check", "已查毒"
    INFECTED = "infected", "danger", "virus", "有病毒"


class DocumentKind(models.TextChoices):
    """Kinds of official paper."""

    NOTICE = "notice", "公示"
    DESIGNATION = "designation", "认定文件"
    CERTIFICATE = "certificate", "认定证书"
    CONSOLIDATED = "consolidated", "统一汇总上报表"
    CORRECTION = "correction", "补正通知书"
    ACCEPTANCE = "acceptance", "受理通知书"
    REFUSAL = "refusal", "不予通过通知书"
    DISQUALIFICATION = "disqualification", "取消申报资格决定书"
    PANEL_REPORT = "panel_report", "评审报告"
    OBJECTION_REPLY = "objection_reply", "异议答复"
    REVOCATION = "revocation", "撤销决定书"
    DEREGISTRATION = "deregistration", "注销决定书"
