"""Handing an application in, handing a correction in, and taking an application back."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import transaction

from applications.desk import stages
from applications.desk.inquiring import bar_problems
from applications.dossier.answers import problems_of, route_of
from applications.dossier.records import materials_of
from applications.enums import ApplicationState, MaterialCheck, RoundState
from applications.gating import CALL_IS_OPEN, require_gate
from applications.models import Application, ApplicationVersion
from applications.numbering import next_number
from applications.permissions import can_submit
from core import clock
from core.errors import EditConflict, InputRefused, NotAllowed, Problem, StateConflict
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines import owing
from deadlines.messages import notify
from stations.enums import UnitState

# The deadline that a unit bears while a correction is asked of it (opened by `applications.desk.review`).
CORRECTION = "correction"
NO_PLEDGE = Problem("请阅读并勾选真实性承诺", "pledge")


@transaction.atomic
def submit(
    *,
    application: Application,
    actor: Any,
    pledged: bool,
    revision: int | None = None,
) -> Application:
    """Hands the application in: number, pledge, first version, route; it lies on the first desk.

    Who pressed in time is in time: the moment at which the request began counts. Logged; the first
    authority gets its deadline and a message, the unit a confirmation. Raises `NotAllowed`,
    `StateConflict` (round closed, unit not approved), `EditConflict` when `revision` is not the present
    one, `InputRefused` with everything that is missing, wrong, contradictory or definitely against a
    hard condition.
    """
    at = clock.began()
    _ready(application, actor, revision, ApplicationState.DRAFT)
    if application.unit.state != UnitState.APPROVED:
        raise StateConflict("单位注册通过审核后才能提交申报。")
    if not application.round.takes_applications():
        raise StateConflict("不在申报期内，不能提交。草稿仍然保留。")
    # Where the call has a basis of its own, whether the text is in force is settled (`rounds.create_round`).
    require_gate(application, "submit", given={CALL_IS_OPEN: True}, dated=not application.round.basis)
    _require_complete(application, pledged)
    route = route_of(application)
    authorities = [stages.authority_for(kind, application.unit) for kind in route.path or ()]
    application.route = [authority.pk for authority in authorities]
    number = next_number(application.round)
    fields = {
        "number": number,
        "route": application.route,
        "pledged_at": at,
        "pledged_by": actor,
        "submitted_at": at,
        **stages.open_stage(application, 0),
    }
    perform(
        application,
        "submit",
        actor=actor,
        clause=route.clause,
        data={"route": route.explanation, "manual_confirm": route.manual_confirm},
        **fields,
    )
    _keep_version(application, actor, at)
    _tell(application, "收到新的申报")
    notify(
        recipients=application.unit.recipients(),
        title=f"申报已提交：{number}",
        text=f"{application.round.title}：材料已提交，由{application.authority.name}受理。",
        url=tenant_url("unit:application", pk=application.pk),
    )
    return application


@transaction.atomic
def resubmit(
    *,
    application: Application,
    actor: Any,
    pledged: bool,
    revision: int | None = None,
) -> Application:
    """Hands a correction in: a new version, back to the desk that asked for it.

    What was objected to counts as unchecked again, and the old note goes (it stands in the opinion).
    A correction may come after the call has closed, not after the list has been fixed. Logged;
    the deadline of the unit is met, the authority's opens anew, and it is told. The same refusals
    as `submit`.
    """
    at = clock.began()
    _ready(application, actor, revision, ApplicationState.RETURNED)
    if application.round.state == RoundState.DECIDED:
        raise StateConflict("本批次名单已经确定，不能再提交补正。")
    _require_complete(application, pledged)
    perform(
        application,
        "resubmit",
        actor=actor,
        pledged_at=at,
        pledged_by=actor,
        **stages.open_stage(application, application.stage),
    )
    application.materials.exclude(check_state=MaterialCheck.ACCEPTED).update(
        check_state=MaterialCheck.UNCHECKED, note="", original_seen=False
    )
    owing.meet(subject=application, kind=CORRECTION, period=str(application.stage))
    _keep_version(application, actor, at)
    _tell(application, "收到补正材料")
    return application


@transaction.atomic
def withdraw(*, application: Application, actor: Any, reason: str = "") -> Application:
    """Takes back a draft or a returned application, for good; logged.

    The authority that had returned it is told. The unit may start another one while the round is open.
    """
    submitted = application.submitted_at is not None
    perform(application, "withdraw", actor=actor, reason=reason)
    owing.cancel(subject=application, kind=CORRECTION, period=str(application.stage))
    if submitted and application.authority is not None:
        _tell(application, "申报单位撤回申报")
    return application


def _ready(application: Application, actor: Any, revision: int | None, state: ApplicationState) -> None:
    """Locks the row; the person may submit, it stands where it should, and it is what they looked at."""
    lock(application)
    if not can_submit(actor, application):
        raise NotAllowed("只有本单位的审核提交人可以提交申报。")
    if application.state != state:
        raise StateConflict(f"申报当前为“{application.get_state_display()}”，不能提交。")
    if revision is not None and revision != application.revision:
        raise EditConflict("核对之后有人又修改了申报内容，请重新核对后再提交。")


def _require_complete(application: Application, pledged: bool) -> None:
    problems = [*problems_of(application), *bar_problems(application)]
    if not pledged:
        problems.append(NO_PLEDGE)
    if problems:
        raise InputRefused(problems)


def _keep_version(application: Application, actor: Any, at: datetime) -> ApplicationVersion:
    content = content_of(application)
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    version: ApplicationVersion = ApplicationVersion.objects.create(
        application=application,
        ordinal=application.versions.count() + 1,
        content=content,
        digest=hashlib.sha256(canonical.encode()).hexdigest(),
        submitted_at=at,
        submitted_by=actor,
    )
    return version


def content_of(application: Application) -> dict[str, Any]:
    """What is handed in, as one JSON object."""
    unit = application.unit
    return {
        "profile": {"version": application.round.profile.version, "digest": application.round.profile.digest},
        "unit": {"id": unit.pk, "name": unit.name, "uscc": unit.uscc, "unit_type": unit.unit_type},
        "facts": application.facts,
        "narratives": application.narratives,
        "rosters": application.rosters,
        "materials": [
            {
                "name": material.name,
                "declared_none": material.declared_none,
                "files": [
                    {
                        "id": file.attachment_id,
                        "name": file.attachment.original_name,
                        "sha256": file.attachment.sha256,
                        "size": file.attachment.size,
                    }
                    for file in material.files.all()
                ],
            }
            for material in materials_of(application)
        ],
    }


def _tell(application: Application, title: str) -> None:
    notify(
        recipients=application.authority.recipients(),
        title=f"{title}：{application.unit.name}"[:120],
        text=f"{application.round.title}，申报编号 {application.number}。",
        url=tenant_url("desk:file", pk=application.pk),
    )
