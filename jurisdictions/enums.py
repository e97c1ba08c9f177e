"""Roles, the rights that the house grants on an Authority, and the states of a post."""

from django.db import models

from core.states import StateChoices

# First parts of addresses that are the house's own: no jurisdiction's. (`platform` is the reserved tenant's.)
RESERVED_SLUGS = ("accounts", "api", "components", "healthz", "home", "static", "verify")


class Role(models.TextChoices):
    """What a person does at an authority."""

    REVIEWER = "reviewer", "初审人员"
    BUREAU_OFFICER = "bureau_officer", "主管部门经办人"
    PANEL_SECRETARY = "panel_secretary", "评审秘书"
    NOTICE_PUBLISHER = "notice_publisher", "公示发布人"
    FINANCE_MAKER = "finance_maker", "资金经办人"
    FINANCE_CHECKER = "finance_checker", "资金复核人"
    ADMINISTRATOR = "administrator", "系统管理员"
    SECURITY_ADMINISTRATOR = "security_administrator", "安全管理员"
    AUDITOR = "auditor", "审计人员"
    PLATFORM_OPERATOR = "platform_operator", "平台运行人员"


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
    SECURE = "secure", "确认任职、管理账号安全"
    AUDIT = "audit", "查阅办理记录"
    OPERATE = "operate", "运行平台"


RIGHTS_OF_ROLE: dict[Role, tuple[Right, ...]] = {
    Role.REVIEWER: (Right.REVIEW, Right.ASSESS),
    Role.BUREAU_OFFICER: (Right.REVIEW, Right.ASSESS, Right.MANAGE, Right.RUN_PANEL),
    Role.PANEL_SECRETARY: (Right.RUN_PANEL,),
    Role.NOTICE_PUBLISHER: (Right.PUBLISH,),
    Role.FINANCE_MAKER: (Right.PREPARE_PAYMENT,),
    Role.FINANCE_CHECKER: (Right.RELEASE_PAYMENT,),
    Role.ADMINISTRATOR: (Right.ADMINISTER,),
    Role.SECURITY_ADMINISTRATOR: (Right.SECURE,),
    Role.AUDITOR: (Right.AUDIT,),
    Role.PLATFORM_OPERATOR: (Right.OPERATE,),
}

# 三员分立: system, security and audit administration are three people.
THREE_ADMINISTRATIONS = (Role.ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR)
# Who prepares a payment never releases one.
MAKER_AND_CHECKER = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER)
# What a jurisdiction gives; the platform's one role is the platform's to give.
ROLES_HERE = tuple(role for role in Role if role != Role.PLATFORM_OPERATOR)


class MembershipState(StateChoices):
    """A post gives rights only while it is live; one that is offered is the offered person's affair alone."""

    OFFERED = "offered", "neutral", "mail", "待本人同意"
    PENDING = "pending", "warning", "hourglass", "待确认"
    LIVE = "live", "success", "user-check", "在任"
    REFUSED = "refused", "danger", "user-x", "未同意"
    ENDED = "ended", "neutral", "user-off", "已结束"


# A post that stands or may yet stand, with the person's knowledge.
OPEN_STATES = (MembershipState.PENDING, MembershipState.LIVE)
# What pages and lists may show.
SEEN_STATES = tuple(state for state in MembershipState if state != MembershipState.OFFERED)


class AccountAct(models.TextChoices):
    """What a security administrator does to an account."""

    UNLOCK = "unlock", "解除锁定"
    END_SESSIONS = "end_sessions", "结束全部登录"
    RESET_SECOND_FACTOR = "reset_second_factor", "重置双重验证"
    SET_PASSWORD = "set_password", "设置初始密码"
    DISABLE = "disable", "停用账号"
    ENABLE = "enable", "启用账号"


class ProposalState(StateChoices):
    """An act to an account that takes two people."""

    OPEN = "open", "warning", "hourglass", "待另一人同意"
    DONE = "done", "success", "check", "已办理"
    REFUSED = "refused", "danger", "x", "未同意"
    LAPSED = "lapsed", "neutral", "clock-off", "已失效"


class VersionState(StateChoices):
    """A version of the rules; what is not active judges nothing."""

    PROPOSED = "proposed", "warning", "hourglass", "待决定"
    ACTIVE = "active", "success", "check", "已启用"
    REFUSED = "refused", "danger", "x", "未采用"
    WITHDRAWN = "withdrawn", "neutral", "arrow-back-up", "启用前撤回"


class ReplayState(StateChoices):
    """Going through what is past under a proposed version."""

    RUNNING = "running", "progress", "loader", "推演中"
    DONE = "done", "success", "check", "推演完成"
    FAILED = "failed", "danger", "alert-triangle", "推演中断"
