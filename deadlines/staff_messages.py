"""Telling people what concerns their own account: a post that is offered, an act that somebody asked for."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from core import clock
from core.templatetags.wording import date_text
from core.tenancy import active_tenants, current_tenant, tenant_scope
from deadlines.messages import notify
from jurisdictions.belonging import belongs
from jurisdictions.models import Membership
from jurisdictions.signals import account_act_proposed, post_offered, version_proposed


@receiver(post_offered)
def tell_offered(sender: Any, *, membership: Membership, url: str, lasts: Any, **_: Any) -> None:
    """Where the person looks: in the jurisdictions where they have a place; here, when in none."""
    until = date_text(clock.local(membership.since + lasts).date())
    text = (
        f"{current_tenant()}拟请您担任{membership.authority.name}的{membership.get_role_display()}，须您本人登录后同意。"
        f"不同意的，不必办理，{until}自动失效。"
    )
    homes = [tenant for tenant in active_tenants() if _belongs(membership.user, tenant)]
    for tenant in homes[:1] or [current_tenant()]:
        with tenant_scope(tenant):
            notify(recipients=[membership.user], title="任职邀请，请您决定", text=text, url=url)


def _belongs(user: Any, tenant: Any) -> bool:
    with tenant_scope(tenant):
        return belongs(user)


@receiver(account_act_proposed)
def tell_proposed(sender: Any, *, proposal: Any, deciders: Any, url: str, **_: Any) -> None:
    """The account's owner, who may object; and those of whom one has to agree."""
    act, owner = proposal.get_act_display(), proposal.user
    if owner.is_active:
        notify(
            recipients=[owner],
            title=f"有人申请对您的账号{act}",
            text=f"{proposal.proposed_by}申请对您的账号{act}：{proposal.reason}。须另一人同意后办理；如非您本人要求，请立即联系安全管理员和审计人员。",
        )
    notify(
        recipients=deciders,
        title=f"待您同意：{act}",
        text=f"{proposal.proposed_by}申请对{owner}的账号{act}。请向本人核实后办理，24 小时内有效。",
        url=url,
    )


@receiver(version_proposed)
def tell_version(sender: Any, *, version: Any, deciders: Any, url: str, **_: Any) -> None:
    """Those of whom one has to decide whether the new rules count."""
    notify(
        recipients=deciders,
        title=f"待您决定：规则版本 {version.version}",
        text=f"{version.proposed_by}提出了规则版本 {version.version}：{version.reason}"[:500],
        url=url,
    )
