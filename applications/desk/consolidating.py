"""统一汇总上报: a first desk below the lead agrees file by file, and sends those up as one list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from applications.desk.review import FIRST_DESK, NOT_AGREED, obstacles, pass_on, take_up
from applications.desk.stages import PANEL, REVIEW, open_stage, steps_of
from applications.dossier.team import team_of
from applications.models import Application, ConsolidatedFile, Consolidation, Opinion, Round
from applications.numbering import next_list_number
from core import clock
from core.errors import DomainError, InputRefused, NotAllowed, Problem, ReasonRequired
from core.models import LogEntry
from core.typed import said
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines import owing
from deadlines.messages import notify
from documents.enums import DocumentKind
from documents.papers import issue
from jurisdictions.engine import StageStep
from jurisdictions.enums import Right
from jurisdictions.models import Authority
from jurisdictions.permissions import holds


def goes_up_in_lists(application: Application, step: StageStep) -> bool:
    """Whether the file lies on a first desk below the lead: what it agrees to goes up as a list."""
    return step.kind == FIRST_DESK and application.authority_id != application.round.authority_id


@transaction.atomic
def agree(*, application: Application, text: str, actor: Any, stage: int | None = None) -> Application:
    """Signs a first desk's agreement, which then waits for the desk's list; logged.

    Said again it replaces what was signed. Refused as `review.forward`, and where nothing goes up in lists.
    """
    step = take_up(application, actor, stage)
    if not goes_up_in_lists(application, step):
        raise DomainError("这一环节不汇总上报，请直接同意上报。")
    if not said(text):
        raise ReasonRequired("请填写审核意见。", path="text")
    if problems := obstacles(application):
        raise InputRefused(problems)
    perform(
        application,
        "agree",
        actor=actor,
        reason=text,
        clause=step.clause,
        data={"stage": step.name},
        agreed_text=said(text),
        agreed_by=actor,
        agreed_at=clock.now(),
    )
    return application


@transaction.atomic
def disagree(*, application: Application, actor: Any) -> Application:
    """Takes a signed agreement back before it went up; logged. Refused where there is none."""
    step = take_up(application, actor, None)
    if application.agreed_at is None:
        raise DomainError("这份申报没有待汇总的初审同意。")
    perform(application, "disagree", actor=actor, data={"stage": step.name}, **NOT_AGREED)
    return application


@transaction.atomic
def send_list(
    *, round_: Round, authority: Authority, applications: Sequence[Application], actor: Any
) -> Consolidation:
    """Sends files up as one list with a number and its table as a paper; logged, and once for each file.

    All of them or none: whatever stands in the way is said file by file. The receiver is told once.
    Refused: somebody who does not review at `authority`, no file, a file of another desk or call, one
    without the signed agreement, and what `review.forward` refuses.
    """
    if not holds(actor, Right.REVIEW, authority):
        raise NotAllowed("您没有汇总上报的权限。")
    if not applications:
        raise DomainError("请至少选择一份申报。", path="files")
    sent = [_send(one, round_, authority, actor) for one in sorted(applications, key=lambda one: one.pk)]
    problems = [problem for result in sent if isinstance(result, list) for problem in result]
    if problems:
        raise InputRefused(problems)
    opinions = [result for result in sent if isinstance(result, Opinion)]
    receivers = {opinion.application.authority for opinion in opinions}
    if len(receivers) > 1:
        names = "、".join(sorted(one.short_name for one in receivers))
        raise DomainError(f"所选申报的下一办理部门不同（{names}），请分别上报。", path="files")
    made = Consolidation.objects.create(
        round=round_,
        authority=authority,
        receiver=receivers.pop(),
        number=next_list_number(round_),
        sent_by=actor,
    )
    ConsolidatedFile.objects.bulk_create(
        ConsolidatedFile(
            tenant=made.tenant, consolidation=made, application=opinion.application, opinion=opinion
        )
        for opinion in opinions
    )
    made.document = _table(made, actor)
    made.save(update_fields=["document"])
    LogEntry.record(
        made,
        action="applications.consolidate",
        label="统一汇总上报",
        actor=actor,
        at=clock.now(),
        data={"number": made.number, "applications": [opinion.application_id for opinion in opinions]},
    )
    notify(
        recipients=made.receiver.recipients(),
        title=f"收到汇总上报：{authority.name}，{len(opinions)} 份"[:120],
        text=f"{round_.title}，上报编号 {made.number}。",
        url=tenant_url("desk:list", pk=made.pk),
    )
    return made


@transaction.atomic
def send_back(*, application: Application, reason: str, actor: Any) -> ConsolidatedFile:
    """Sends one file of a list back to the first desk that sent it; the rest of the list stands; logged.

    That desk has the file and its time anew, and is told. Refused: a file that is in no list or further
    than the receiver's desk or its wait for the panel, somebody who has it not, no reason.
    """
    lock(application)
    line = application.consolidated.filter(returned_at__isnull=True).select_related("opinion").first()
    if line is None:
        raise DomainError("这份申报不是汇总上报的，不能退回初审部门。")
    former = str(application.stage)
    fields = open_stage(application, line.opinion.stage)
    perform(
        application,
        "send_back",
        actor=actor,
        reason=reason,
        clause=steps_of(application)[line.opinion.stage].clause,
        data={"list": line.consolidation_id},
        reviewer=None,
        **fields,
    )
    owing.cancel(subject=application, kind=REVIEW, period=former)
    owing.cancel(subject=application, kind=PANEL)
    line.returned_at, line.returned_by, line.return_reason = clock.now(), actor, said(reason)
    line.save(update_fields=["returned_at", "returned_by", "return_reason"])
    notify(
        recipients=application.authority.recipients(),
        title=f"汇总上报中退回一份：{application.unit.name}"[:120],
        text=f"{application.round.title}（{application.number}）：{reason}",
        url=tenant_url("desk:file", pk=application.pk),
    )
    return line


def rows_of_list(made: Consolidation) -> list[dict[str, Any]]:
    """The lines of a list as its table shows them, in its order; three queries, whatever their number."""
    files = made.files.select_related(
        "application__unit", "application__round__profile", "opinion__author", "returned_by"
    )
    return [
        {
            "file": file,
            "application": file.application,
            "number": file.application.number,
            "unit": file.application.unit.name,
            "leader": next((m.name for m in team_of(file.application) if m.is_leader), ""),
            "opinion": file.opinion.text,
            "author": str(file.opinion.author),
            "at": file.opinion.at,
        }
        for file in files
    ]


def _send(
    application: Application, round_: Round, authority: Authority, actor: Any
) -> Opinion | list[Problem]:
    """The opinion with which one file went up, or what stands in its way."""
    path = f"files-{application.pk}"
    try:
        with transaction.atomic():
            step = take_up(application, actor, None)
            if (application.round_id, application.authority_id) != (round_.pk, authority.pk):
                raise DomainError("不在本批次、本部门的待上报之列。")
            if application.agreed_at is None or not goes_up_in_lists(application, step):
                raise DomainError("尚未签署初审同意。")
            return pass_on(
                application,
                step,
                application.agreed_text,
                signed_by=application.agreed_by,
                signed_at=application.agreed_at,
                actor=actor,
            )
    except DomainError as error:
        return [Problem(f"{application.unit.name}：{p.message}", path, p.clause) for p in error.problems]


def _table(made: Consolidation, actor: Any) -> Any:
    round_ = made.round
    return issue(
        kind=DocumentKind.CONSOLIDATED,
        subject=made,
        title=f"{round_.title}汇总上报表",
        template="papers/consolidated.html",
        context={
            "issuers": [made.authority.name],
            "recipient": made.receiver.name,
            "rules": round_.rules,
            "made": made,
            "rows": rows_of_list(made),
        },
        issued_on=clock.today(),
        actor=actor,
    )
