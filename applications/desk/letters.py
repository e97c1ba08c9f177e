"""What a desk writes to a unit: acceptance, correction, refusal, the end for false material."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet

from applications.desk.checking import require_desk
from applications.models import Application
from core import clock
from core.errors import DomainError
from core.web import tenant_url
from deadlines.messages import notify
from documents.enums import DocumentKind
from documents.models import OfficialDocument
from documents.papers import issue

TEMPLATES = {
    DocumentKind.ACCEPTANCE: "papers/acceptance.html",
    DocumentKind.CORRECTION: "papers/correction.html",
    DocumentKind.REFUSAL: "papers/refusal.html",
    DocumentKind.DISQUALIFICATION: "papers/disqualification.html",
}


def letters_to(application: Application) -> QuerySet[OfficialDocument]:
    """The papers about one application, oldest first."""
    kind = ContentType.objects.get_for_model(Application)
    found: QuerySet[OfficialDocument] = OfficialDocument.objects.filter(
        subject_type=kind, subject_id=application.pk
    )
    return found.order_by("pk")


@transaction.atomic
def accept(*, application: Application, actor: Any, stage: int | None = None) -> OfficialDocument:
    """Issues the letter by which the first desk accepts what was handed in; logged, the unit is told.

    Once an application. Refused: not on this person's desk, not the first one.
    """
    require_desk(application, actor, stage)
    if application.stage > 0:
        raise DomainError("受理通知书由首个受理部门出具。")
    if letters_to(application).filter(kind=DocumentKind.ACCEPTANCE).exists():
        raise DomainError("受理通知书已经出具。")
    letter = issue_letter(application, DocumentKind.ACCEPTANCE, actor=actor)
    notify(
        recipients=application.unit.recipients(),
        title="申报已受理",
        text=f"{application.round.title}（{application.number}）：{application.authority.name}已出具受理通知书。",
        url=tenant_url("unit:application", pk=application.pk),
    )
    return letter


def issue_letter(
    application: Application, kind: DocumentKind, *, actor: Any, **context: Any
) -> OfficialDocument:
    """Issues one letter of the desk on which the application lies, in the caller's transaction.

    `context` goes to the template; `clause` comes with its article.
    """
    rules = application.rules
    if clause := context.get("clause"):
        context["article"] = rules.article(clause)
    return issue(
        kind=kind,
        subject=application,
        title=kind.label,
        template=TEMPLATES[kind],
        context={
            "issuers": [application.authority.name],
            "recipient": application.unit.name,
            "application": application,
            "rules": rules,
            **context,
        },
        issued_on=clock.today(),
        actor=actor,
    )
