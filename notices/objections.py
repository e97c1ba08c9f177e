"""What the public says against a line of a list, and what the bureau finds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction

from core import clock
from core.errors import DomainError, InputRefused, Problem
from core.models import LogEntry
from core.typed import said
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines.messages import notify
from notices.enums import IN_FORCE, NoticeState, ObjectionState
from notices.evidence import add_files
from notices.models import NoticeEntry, Objection, PublicNotice
from notices.receipts import hash_of, new_receipt
from notices.replying import answer_objector
from notices.signals import objection_decided

MAX_TEXT = 2000
# A mobile number, a fixed line with or without its area code, a 400 or 800 number; blanks are out.
_TELEPHONE = re.compile(r"(?<!\d)(?:\+?86)?(?:1[3-9]\d{9}|0\d{9,11}|[48]00\d{7}|[2-9]\d{6,7})(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@transaction.atomic
def raise_objection(
    *,
    notice: PublicNotice,
    entry: NoticeEntry | None,
    name: str,
    contact: str,
    text: str,
    anonymous: bool = False,
    files: Sequence[UploadedFile] = (),
) -> Objection:
    """Takes in an objection from the public; logged without the objector's name, the bureau is told.

    `receipt` of the result is the code with which its state is looked up; it is kept nowhere. What
    comes after the period is taken in as a lead, which holds nothing up until somebody takes it up.
    Refused about a notice that is not in force or a line that is decided, and, unless `anonymous`,
    without a real name or a telephone number or mail address to reach the person.
    """
    lock(notice)
    if not (notice.accepts_objections or notice.takes_leads):
        raise DomainError("公示已撤回或者已被更正，请对现行的公示提出异议。")
    given = {"text": text, **({} if anonymous else {"name": name, "contact": contact})}
    if problems := _problems_of(notice, entry, given, files):
        raise InputRefused(problems)
    assert entry is not None
    receipt = new_receipt()
    late = not notice.accepts_objections
    objection: Objection = Objection.objects.create(
        notice=notice,
        entry=entry,
        objector_name="" if anonymous else name.strip(),
        objector_contact="" if anonymous else contact.strip(),
        text=text.strip(),
        late=late,
        state=ObjectionState.LEAD if late else ObjectionState.RECEIVED,
        receipt_hash=hash_of(receipt),
    )
    add_files(objection=objection, uploads=files, actor=None)
    LogEntry.record(
        objection,
        action="notices.raise_objection",
        label="收到异议",
        actor=None,
        at=clock.now(),
        target=objection.state,
        data={"notice": notice.pk, "entry": entry.pk, "anonymous": anonymous, "files": len(files)},
    )
    what = "期满后的反映，请决定是否核查" if late else "异议，请核查处理；核查结论作出前不能认定"
    notify(
        recipients=notice.authority.recipients(),
        title="收到公示异议",
        text=f"《{notice.title}》中“{entry.station_name}”收到一件{what}。",
        url=tenant_url("bureau:objection", pk=objection.pk),
    )
    objection.receipt = receipt
    return objection


def _problems_of(
    notice: PublicNotice, entry: NoticeEntry | None, given: dict[str, str], files: Sequence[UploadedFile]
) -> list[Problem]:
    labels = {"name": "姓名或单位名称", "contact": "联系方式", "text": "异议内容"}
    problems = []
    if entry is None or entry.notice_id != notice.pk:
        problems.append(Problem("请选择异议所针对的公示条目。", "entry"))
    elif not may_be_objected_to(entry):
        problems.append(Problem(f"“{entry.station_name}”已经作出决定，请直接向受理部门反映。", "entry"))
    problems += [
        Problem(f"请填写{label}。", path)
        for path, label in labels.items()
        if path in given and not said(given[path])
    ]
    contact = given.get("contact", "").strip()
    if contact and not reaches_somebody(contact):
        problems.append(Problem("请填写能联系到您的电话或电子邮箱。", "contact"))
    if len(given["text"]) > MAX_TEXT:
        problems.append(Problem(f"异议内容不超过 {MAX_TEXT} 字。", "text"))
    most = settings.PUBLIC_UPLOAD_BYTES
    if len(files) > settings.PUBLIC_UPLOAD_FILES:
        problems.append(Problem(f"佐证材料最多 {settings.PUBLIC_UPLOAD_FILES} 个文件。", "files"))
    problems += [
        Problem(f"“{file.name}”超过上限 {most // 1048576} MB。", "files")
        for file in files
        if (file.size or 0) > most
    ]
    return problems


def may_be_objected_to(entry: NoticeEntry) -> bool:
    """Whether what the line stands for has not been decided: its object says so (`is_settled`)."""
    return not getattr(entry.subject, "is_settled", False)


def reaches_somebody(contact: str) -> bool:
    """Whether there is a telephone number or a mail address in it, written in whatever way."""
    plain = unicodedata.normalize("NFKC", contact)
    return bool(_TELEPHONE.search(re.sub(r"[\s()-]", "", plain)) or _MAIL.search(plain))


@transaction.atomic
def decide_objection(
    *,
    objection: Objection,
    upheld: bool,
    finding: str,
    actor: Any,
    conditions_unmet: bool | None = None,
    keep_despite: bool | None = None,
    reply: str = "",
) -> Objection:
    """Records the finding on an objection; logged, the reviewers are told, the objector is answered.

    `reply` is what the objector reads, on the paper that is issued where there is a name, and with
    the receipt; left out, the verdict alone.

    What an upheld objection does the profile says: it takes the line off the list, or does so
    only where the conditions are found unmet as well (`conditions_unmet`). Upheld with the
    conditions still met is a gap of such a text: a person says whether the line stays
    (`keep_despite`). Whoever receives `objection_decided` carries a removal out.
    """
    rule = objection.notice.rules.notice
    if not finding.strip():
        raise InputRefused([Problem("请写明核查结论。", "finding")])
    removes = False
    if upheld:
        two_limbs = rule is not None and rule.upheld == "refuses_if_unmet_else_manual"
        removes = _removes_by_two_limbs(conditions_unmet, keep_despite) if two_limbs else True
    perform(
        objection,
        "uphold" if upheld else "dismiss",
        actor=actor,
        reason=finding,
        clause=objection.notice.clause,
        data={"conditions_unmet": conditions_unmet, "removes": removes},
        finding=finding.strip(),
        conditions_unmet=conditions_unmet if upheld else None,
        removes=removes,
        decided_at=clock.now(),
    )
    answer_objector(objection=objection, reply=reply, actor=actor)
    verdict = "异议成立" if upheld else "异议不成立"
    outcome = "，取消资格" if removes else ""
    notify(
        recipients=objection.notice.authority.recipients(),
        title=f"公示异议已有结论：{verdict}",
        text=f"“{objection.entry.station_name}”：{verdict}{outcome}。核查结论：{objection.finding}",
        url=tenant_url("bureau:objection", pk=objection.pk),
    )
    objection_decided.send(Objection, objection=objection, actor=actor)
    return objection


def _removes_by_two_limbs(conditions_unmet: bool | None, keep_despite: bool | None) -> bool:
    if conditions_unmet is None:
        raise InputRefused([Problem("异议成立的，还须确认是否不符合条件。", "conditions_unmet")])
    if not conditions_unmet and keep_despite is None:
        raise InputRefused(
            [Problem("异议成立但仍符合条件，文件未作规定，请作出决定：保留或者取消资格。", "keep_despite")]
        )
    return conditions_unmet or not keep_despite


@dataclass(slots=True)
class Standing:
    """Where a line stands: the notice that shows it, and what was said against it in any notice."""

    notice: PublicNotice | None = None
    # A draft that will supersede that notice, with a period of its own.
    amended: PublicNotice | None = None
    objections: list[Objection] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        """How many objections still wait for a finding."""
        return sum(objection.state == ObjectionState.RECEIVED for objection in self.objections)


def standing_of(subjects: Sequence[models.Model]) -> dict[int, Standing]:
    """How each of these objects of one kind stands with the public; two queries, whatever their number.

    The notice counts whose list stands, not one that was withdrawn or superseded; objections count in
    whichever they were raised.
    """
    standing = {subject.pk: Standing() for subject in subjects}
    if not subjects:
        return standing
    entries = NoticeEntry.objects.filter(
        subject_type=ContentType.objects.get_for_model(subjects[0]), subject_id__in=standing
    )
    live = entries.filter(notice__state__in=[NoticeState.DRAFT, *IN_FORCE])
    for entry in live.select_related("notice__profile").order_by("notice_id"):
        if entry.notice.state != NoticeState.DRAFT:
            standing[entry.subject_id].notice = entry.notice
        elif entry.notice.supersedes_id:
            standing[entry.subject_id].amended = entry.notice
    for objection in Objection.objects.filter(entry__in=entries).select_related("entry").order_by("pk"):
        standing[objection.entry.subject_id].objections.append(objection)
    return standing
