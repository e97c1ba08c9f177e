"""The authorities of a jurisdiction: with what word their document numbers begin."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction

from core import clock
from core.errors import InputRefused, NotAllowed, Problem
from core.models import LogEntry
from core.workflow import lock
from jurisdictions.enums import Right
from jurisdictions.models import Authority
from jurisdictions.permissions import holds_somewhere

# 某人社发: what stands before the year in a document number.
WORD = re.compile(r"[^\s\d〔〕\[\]（）()第]{2,20}")


@transaction.atomic
def set_document_word(*, authority: Authority, word: str, actor: Any) -> Authority:
    """Records the authority's 机关代字, or none (then its numbers are typed whole); logged with both.

    For whoever administers the jurisdiction. Refused for what could not stand in a document number.
    """
    if not holds_somewhere(actor, Right.ADMINISTER):
        raise NotAllowed("您没有管理部门的权限。")
    word = word.strip()
    if word and not WORD.fullmatch(word):
        raise InputRefused(
            [Problem("机关代字为 2 至 20 个汉字，不含年份、括号和序号，例如 某人社发。", "document_word")]
        )
    lock(authority)
    before = authority.document_word
    if word != before:
        authority.document_word = word
        authority.save(update_fields=["document_word"])
        LogEntry.record(
            authority,
            action="jurisdictions.document_word",
            label="登记机关代字",
            actor=actor,
            at=clock.now(),
            data={"from": before, "to": word},
        )
    return authority
