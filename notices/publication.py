"""Putting a list before the public: drafting, publishing, ending and withdrawing a notice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from core import clock
from core.errors import DomainError, InputRefused, NotAllowed, Problem
from core.models import LogEntry
from core.templatetags.wording import date_text
from core.typed import said
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines.messages import notify
from documents.enums import DocumentKind
from documents.models import OfficialDocument
from documents.papers import issue
from jurisdictions.engine import NoticePeriod, Profile, calendar_for, notice_period
from jurisdictions.models import Authority, CalendarDay, RuleProfile
from notices import wording
from notices.amending import amendment, changes_between, supersede
from notices.enums import NoticeState, ObjectionState
from notices.models import NoticeEntry, PublicNotice
from notices.permissions import can_draft
from notices.signals import notice_published, notice_withdrawn


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list to be shown: what it is about, and the only two names that the public sees."""

    subject: models.Model
    unit_name: str
    station_name: str


@transaction.atomic
def draft_notice(
    *,
    authority: Authority,
    profile: RuleProfile,
    subject: models.Model,
    year: int,
    lines: Sequence[Line],
    actor: Any,
    supersedes: PublicNotice | None = None,
    change_reason: str = "",
    concluded: Collection[int] = (),
) -> PublicNotice:
    """Drafts the notice of a list, with title, text and contact to be edited; logged.

    With `supersedes` it is an amended list: `change_reason`, which the public reads, says why, and
    what it changes is worked out here (`concluded`: ids of subjects that were decided since).
    Refused without that reason, where the text knows no public notice (none is invented), where the
    list is empty, where a draft about the same subject lies open, and to whoever does not organise
    the round.
    """
    rules = profile.rules
    if rules.notice is None:
        raise DomainError(f"《{rules.title}》没有规定公示，无须公示。")
    if not lines:
        raise DomainError("没有可以公示的名单。")
    if supersedes is not None and not said(change_reason):
        raise InputRefused([Problem("请写明更正原因，公众会看到。", "change_reason")])
    notice = PublicNotice(
        authority=authority,
        profile=profile,
        subject=subject,
        title=wording.title_of(rules, year, amended=supersedes is not None),
        body=wording.body_of(rules, len(lines)),
        contact=wording.contact_of(authority.name),
        clause=rules.notice.clause,
        supersedes=supersedes,
        change_reason=said(change_reason) if supersedes else "",
    )
    if not can_draft(actor, notice):
        raise NotAllowed("您没有起草公示的权限。")
    if PublicNotice.objects.filter(
        subject_type=notice.subject_type, subject_id=subject.pk, state=NoticeState.DRAFT
    ).exists():
        raise DomainError("本批次已有一份未发布的公示稿，请先发布或者撤回。")
    notice.save()
    entries = [
        NoticeEntry.objects.create(
            notice=notice,
            position=position,
            subject=line.subject,
            unit_name=line.unit_name,
            station_name=line.station_name,
        )
        for position, line in enumerate(lines, start=1)
    ]
    if supersedes is not None:
        notice.changes = changes_between(supersedes, entries, concluded)
        notice.save(update_fields=["changes"])
    former = supersedes.pk if supersedes else None
    _log(notice, "draft", "起草公示", actor, data={"lines": len(lines), "supersedes": former})
    return notice


@transaction.atomic
def revise_notice(*, notice: PublicNotice, title: str, body: str, contact: str, actor: Any) -> PublicNotice:
    """Changes the words of a draft; logged. Refused once it is published, and when a part is empty."""
    if not can_draft(actor, notice):
        raise NotAllowed("您没有修改公示稿的权限。")
    lock(notice)
    if notice.state != NoticeState.DRAFT:
        raise DomainError("公示已经发布，不能再修改；确有错误的，请撤回后重新公示。")
    given = {"title": title.strip(), "body": body.strip(), "contact": contact.strip()}
    names = {"title": "标题", "body": "正文", "contact": "受理方式"}
    if empty := [Problem(f"请填写{names[name]}。", name) for name, text in given.items() if not text]:
        raise InputRefused(empty)
    notice.title, notice.body, notice.contact = given["title"], given["body"], given["contact"]
    notice.save(update_fields=list(given))
    _log(notice, "revise", "修改公示稿", actor)
    return notice


@transaction.atomic
def publish_notice(*, notice: PublicNotice, actor: Any) -> PublicNotice:
    """Puts the draft before the public from this moment; logged, and issued as a paper.

    The days follow from the profile and the work calendar as of today, those of an amended list too:
    the notice that it supersedes is in force no longer and stays readable. Whoever receives
    `notice_published` moves what the lines stand for. Refused to whoever is no publisher, and
    where the text has no notice.
    """
    period = period_if_published(notice.rules)
    if period is None:
        raise DomainError(f"《{notice.rules.title}》没有规定公示，无须公示。")
    supersede(notice, actor=actor)
    perform(
        notice,
        "publish",
        actor=actor,
        clause=period.clause,
        data={"last_day": period.last_day.isoformat(), "provisional": period.provisional},
        published_at=clock.now(),
        first_day=period.first_day,
        last_day=period.last_day,
        earliest_award=period.earliest_award,
        provisional=period.provisional,
        explanation=period.explanation,
    )
    notice.document = _issue_paper(notice, actor)
    notice.save(update_fields=["document"])
    notice_published.send(PublicNotice, notice=notice, actor=actor)
    return notice


@transaction.atomic
def end_notice(*, notice: PublicNotice) -> bool:
    """Marks a notice whose last day has fully passed as ended; the system's own step, logged.

    The bureau is told, and how many objections still wait for a finding. False, and nothing
    happens, when it is not over or was marked before: the task may run twice.
    """
    lock(notice)
    if notice.state != NoticeState.PUBLISHED or not notice.is_over:
        return False
    perform(notice, "end", actor=None, clause=notice.clause)
    waiting = notice.objections.filter(state=ObjectionState.RECEIVED).count()
    text = f"《{notice.title}》已于{date_text(notice.last_day)}公示期满。"
    text += f"还有 {waiting} 件异议待核查。" if waiting else "没有待核查的异议。"
    notify(
        recipients=notice.authority.recipients(),
        title="公示期满",
        text=text,
        url=tenant_url("bureau:notice", pk=notice.pk),
    )
    return True


def end_all_over() -> int:
    """Ends every notice of the tenant in scope whose last day has passed; returns how many."""
    over = PublicNotice.objects.filter(state=NoticeState.PUBLISHED, last_day__lt=clock.today())
    return sum(end_notice(notice=notice) for notice in over.order_by("pk"))


@transaction.atomic
def withdraw_notice(*, notice: PublicNotice, reason: str, actor: Any) -> PublicNotice:
    """Takes a draft or a running notice back, with a reason; logged. It leaves the public pages.

    Whoever receives `notice_withdrawn` takes the lines' applications back to the list.
    """
    perform(notice, "withdraw", actor=actor, reason=reason)
    notice_withdrawn.send(PublicNotice, notice=notice, actor=actor)
    return notice


def period_if_published(rules: Profile) -> NoticePeriod | None:
    """The days that a notice published today would have; None where the text has none."""
    overrides = dict(CalendarDay.objects.values_list("day", "is_workday"))
    return notice_period(rules, clock.today(), calendar_for(rules, overrides))


def period_text(notice: PublicNotice) -> str:
    """The sentence on both days: those of the published notice, or those it would have today."""
    if notice.first_day and notice.last_day:
        return wording.period_of(
            notice.rules, notice.first_day, notice.last_day, provisional=notice.provisional
        )
    period = period_if_published(notice.rules)
    if period is None:
        return ""
    return wording.period_of(notice.rules, period.first_day, period.last_day, provisional=period.provisional)


def paragraphs(notice: PublicNotice) -> list[str]:
    """The text as printed: the first paragraph, the days, what an amended list changes, then the rest."""
    lines = [line.strip() for line in notice.body.splitlines() if line.strip()]
    return [*lines[:1], period_text(notice), *amendment(notice), *lines[1:]]


def _issue_paper(notice: PublicNotice, actor: Any) -> OfficialDocument:
    return issue(
        kind=DocumentKind.NOTICE,
        subject=notice,
        title=notice.title,
        template="papers/notice.html",
        context={
            "notice": notice,
            "paragraphs": paragraphs(notice),
            "contact": notice.contact.splitlines(),
            "issuers": [notice.authority.name],
            "entries": list(notice.entries.all()),
            "list_title": wording.list_title(notice.rules),
            "columns": wording.columns_of(notice.rules),
        },
        issued_on=notice.first_day,
        actor=actor,
    )


def _log(
    notice: PublicNotice, action: str, label: str, actor: Any, data: dict[str, Any] | None = None
) -> None:
    LogEntry.record(
        notice,
        action=f"notices.{action}",
        label=label,
        actor=actor,
        at=clock.now(),
        clause=notice.clause,
        data=data,
    )
