"""The report of a closed panel as an official paper, for its experts to sign."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from core import clock
from core.errors import NotAllowed, StateConflict
from core.workflow import lock
from documents.enums import DocumentKind
from documents.models import OfficialDocument
from documents.papers import issue
from panels.enums import PanelState, ReopeningState, SheetState
from panels.models import JointDiscussion, Panel, Reopening
from panels.permissions import can_run
from panels.results import items_with_sheets
from panels.rules import partners_of
from panels.schemes import criteria_of, scheme_of


@transaction.atomic
def issue_report(*, panel: Panel, actor: Any) -> OfficialDocument:
    """Issues the panel's report: experts, scheme, result, recusals, discussions, room to sign. Logged.

    Refused before the panel is closed, and a second time.
    """
    lock(panel)
    if not can_run(actor, panel):
        raise NotAllowed("您没有组织专家评审的权限。")
    if panel.state != PanelState.CLOSED:
        raise StateConflict("评审结束后才能出具评审报告。")
    if report_of(panel) is not None:
        raise StateConflict("评审报告已经出具。")
    scheme = scheme_of(panel)
    items = sorted(items_with_sheets(panel), key=lambda item: (item.rank or 0, item.pk))
    members = list(panel.members.select_related("expert__user").order_by("pk"))
    left = (SheetState.RECUSED, SheetState.WITHDRAWN)
    return issue(
        kind=DocumentKind.PANEL_REPORT,
        subject=panel,
        title=f"{panel.name}报告",
        template="papers/panel_report.html",
        context={
            "issuers": [panel.authority.name],
            "panel": panel,
            "rules": panel.profile.rules,
            "partners": partners_of(panel),
            "scheme": scheme,
            "criteria": criteria_of(scheme),
            "items": items,
            "members": members,
            "signers": [
                member for member in members if any(s.member_id == member.pk for s in _signed(items))
            ],
            "recusals": [
                {"item": item, "sheet": sheet}
                for item in items
                for sheet in item.sheets.all()
                if sheet.state in left
            ],
            "reopenings": list(
                Reopening.objects.filter(
                    sheet__item__panel=panel, state=ReopeningState.GRANTED
                ).select_related("sheet__item", "sheet__member__expert__user", "asked_by", "decided_by")
            ),
            "discussions": list(JointDiscussion.objects.filter(item__panel=panel).select_related("item")),
        },
        issued_on=clock.today(),
        actor=actor,
    )


def report_of(panel: Panel) -> OfficialDocument | None:
    """The report, once it was issued."""
    found: OfficialDocument | None = OfficialDocument.objects.filter(
        kind=DocumentKind.PANEL_REPORT,
        subject_type=ContentType.objects.get_for_model(Panel),
        subject_id=panel.pk,
    ).first()
    return found


def _signed(items: Any) -> list[Any]:
    return [sheet for item in items for sheet in item.sheets.all() if sheet.state == SheetState.SIGNED]
