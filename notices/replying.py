"""What the objector is told of the outcome: words for the receipt, and a paper where there is a name."""

from __future__ import annotations

from typing import Any

from core import clock
from core.typed import said
from documents.enums import DocumentKind
from documents.papers import issue
from notices.models import Objection

TITLE = "关于公示异议核查结果的答复"


def answer_objector(*, objection: Objection, reply: str, actor: Any) -> None:
    """Keeps the reply and issues its paper, in the transaction of the finding; logged as a paper.

    Without words of its own the reply is the verdict. No paper is made out to nobody.
    """
    objection.reply = said(reply) or verdict_of(objection)
    if not objection.anonymous:
        objection.reply_paper = issue(
            kind=DocumentKind.OBJECTION_REPLY,
            subject=objection,
            title=TITLE,
            template="papers/objection_reply.html",
            context={
                "issuers": [objection.notice.authority.name],
                "objection": objection,
                "notice": objection.notice,
                "entry": objection.entry,
                "reply": objection.reply.splitlines(),
                "rules": objection.notice.rules,
            },
            issued_on=clock.today(),
            actor=actor,
        )
    objection.save(update_fields=["reply", "reply_paper"])


def verdict_of(objection: Objection) -> str:
    """The outcome in one sentence."""
    return f"经核查，{objection.status.label}{'，已取消其资格' if objection.removes else ''}。"
