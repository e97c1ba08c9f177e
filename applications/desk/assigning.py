"""Which colleague of a desk handles a file: taken, handed on, put back for everybody.

It orders the work and gives no right: whoever reviews at the desk may decide on any of its files.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from applications.desk.checking import require_desk
from applications.models import Application
from core.errors import DomainError
from core.web import tenant_url
from core.workflow import perform
from deadlines.messages import notify
from jurisdictions.enums import Right
from jurisdictions.permissions import holds


@transaction.atomic
def assign(
    *, application: Application, reviewer: Any, actor: Any, reason: str = "", stage: int | None = None
) -> Application:
    """Hands the file to one of the desk's reviewers, who is told; logged. `reviewer` may be the actor.

    Refused: not on this person's desk, at another stage than their page showed, somebody who does not
    review there, who has it already.
    """
    require_desk(application, actor, stage)
    if not holds(reviewer, Right.REVIEW, application.authority):
        raise DomainError(f"{reviewer}不是{application.authority.name}的审核人员，请另选。", path="reviewer")
    if application.reviewer_id == reviewer.pk:
        raise DomainError(f"这份申报已由{reviewer}办理。", path="reviewer")
    perform(
        application,
        "assign",
        actor=actor,
        reason=reason,
        data={"stage": application.stage, "reviewer": reviewer.pk},
        reviewer=reviewer,
    )
    if reviewer != actor:
        notify(
            recipients=[reviewer],
            title=f"转交您办理：{application.unit.name}"[:120],
            text=f"{application.round.title}，申报编号 {application.number}。{reason}",
            url=tenant_url("desk:file", pk=application.pk),
        )
    return application


@transaction.atomic
def return_to_pool(
    *, application: Application, actor: Any, reason: str = "", stage: int | None = None
) -> Application:
    """Puts the file back for every reviewer of the desk; logged. Refused as `assign`; where nobody has it."""
    require_desk(application, actor, stage)
    if application.reviewer_id is None:
        raise DomainError("这份申报本来就没有指定办理人。")
    perform(
        application,
        "unassign",
        actor=actor,
        reason=reason,
        data={"stage": application.stage, "reviewer": application.reviewer_id},
        reviewer=None,
    )
    return application
