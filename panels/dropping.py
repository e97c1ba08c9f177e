"""A thing that ends elsewhere while experts are at work: the panel is told, its sheets stay as they are."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from core import clock
from core.errors import ReasonRequired
from core.models import LogEntry
from core.typed import said
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines.messages import notify
from panels.enums import PanelState, SheetState
from panels.models import PanelItem, ScoreSheet
from panels.scoring import meet_when_done


def item_at_work(subject: models.Model) -> PanelItem | None:
    """The item under which a panel judges this thing now, its panel locked; None where none does."""
    found: PanelItem | None = (
        PanelItem.objects.filter(
            subject_type=ContentType.objects.get_for_model(subject),
            subject_id=subject.pk,
            dropped_at__isnull=True,
        )
        .exclude(panel__state=PanelState.CLOSED)
        .select_related("panel")
        .first()
    )
    if found is None:
        return None
    lock(found.panel)
    panel = found.panel
    lock(found)
    found.panel = panel
    return None if panel.state == PanelState.CLOSED or found.dropped_at else found


@transaction.atomic
def drop_item(*, item: PanelItem, reason: str, actor: Any) -> PanelItem:
    """Takes one thing off a panel at work. What is signed stays, a draft is withdrawn as it was written;
    nothing is made of either. Logged on the panel; its experts and whoever runs it are told.

    Refused without a reason. Whether the thing has ended, the caller has decided by its own rules.
    """
    if not said(reason):
        raise ReasonRequired("请写明终止评审的原因。", path="reason")
    panel = item.panel
    item.dropped_at, item.drop_reason = clock.now(), said(reason)
    item.save(update_fields=["dropped_at", "drop_reason"])
    sheets = list(ScoreSheet.objects.filter(item=item).select_related("item__panel", "member__expert__user"))
    for sheet in sheets:
        if sheet.state == SheetState.OPEN:
            perform(sheet, "withdraw", actor=actor, reason=reason, revision=sheet.revision + 1)
            meet_when_done(sheet)
    LogEntry.record(
        panel,
        action="panels.drop_item",
        label="终止评审一项",
        actor=actor,
        at=item.dropped_at,
        reason=item.drop_reason,
        data={"item": item.pk, "subject": item.subject_id},
    )
    title = f"终止评审：{item.title}"[:120]
    experts = [sheet.member.expert.user for sheet in sheets if sheet.member.withdrawn_at is None]
    text = f"“{item.title}”终止评审，未签署的评审表不再需要签署，已签署的留存。原因：{item.drop_reason}"
    notify(recipients=experts, title=title, text=text, url=tenant_url("panel:sheets"))
    notify(
        recipients=panel.authority.recipients(),
        title=title,
        text=text,
        url=tenant_url("bureau:panel", pk=panel.pk),
    )
    return item
