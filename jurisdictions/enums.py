"""Roles, and the rights that the house grants on an Authority."""

from django.db import models


class Role(models.TextChoices):
    """What a person does at an authority."""

    REVIEWER = "reviewer", "初审人员"
    BUREAU_OFFICER = "bureau_officer", "主管部门经办人"
    PANEL_SECRETARY = "panel_secretary", "评审秘书"
    NOTICE_PUBLISHER = "notice_publisher", "公示发布人"
    FINANCE_MAKER = "finance_maker", "资金经办人"
    FINANCE_CHECKER = "finance_checker", "资金复核人"
    ADMINISTRATOR = "administrator", "系统管理员"
    AUDITOR = "auditor", "审计人员"


class Right(models.TextChoices):
    """A permission on one Authority, granted to a person through `django-guardian`."""

    REVIEW = "review", "受理审核本单位收到的申报"
    ASSESS = "assess", "考核评估本单位负责的站点"
    MANAGE = "manage", "组织申报、评审、认定"
    RUN_PANEL = "run_panel", "组织专家评审"
    PUBLISH = "publish", "发布公示"
    PREPARE_PAYMENT = "prepare_payment", "核准资金"
    RELEASE_PAYMENT = "release_payment", "复核放款"
    ADMINISTER = "administer", "管理人员与设置"
    AUDIT = "audit", "查阅办理记录"


RIGHTS_OF_ROLE: dict[Role, tuple[Right, ...]] = {
    Role.REVIEWER: (Right.REVIEW, Right.ASSESS),
    Role.BUREAU_OFFICER: (Right.REVIEW, Right.ASSESS, Right.MANAGE, Right.RUN_PANEL),
    Role.PANEL_SECRETARY: (Right.RUN_PANEL,),
    Role.NOTICE_PUBLISHER: (Right.PUBLISH,),
    Role.FINANCE_MAKER: (Right.PREPARE_PAYMENT,),
    Role.FINANCE_CHECKER: (Right.RELEASE_PAYMENT,),
    Role.ADMINISTRATOR: (Right.ADMINISTER,),
    Role.AUDITOR: (Right.AUDIT,),
}
