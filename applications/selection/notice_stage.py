"""The public notice of a round: from the list to the notice, and what the notice does to applications."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from applications.desk.stages import steps_of
from applications.dossier.answers import known_facts
from applications.enums import ApplicationState, RoundState
from applications.models import Application, Round
from core import clock
from core.errors import DomainError
from core.templatetags.wording import date_text
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines.messages import notify
from jurisdictions.engine import NameIncomplete, station_name
from notices.amending import latest_notice
from notices.models import Objection, PublicNotice
from notices.publication import Line, draft_notice
from notices.signals import notice_published, notice_withdrawn, objection_decided

# What a list that is put before the public holds: what the notice before it shows, where there is one, too.
ON_LIST = (ApplicationState.PROPOSED, ApplicationState.IN_NOTICE)


@transaction.atomic
def put_on_notice(*, round_: Round, actor: Any, change_reason: str = "") -> PublicNotice:
    """Drafts the notice of every application that the round's list proposes; logged.

    Where a notice of the round has been published, the draft is an amended list that will supersede
    it: what is left of it and what has come to the list since, with a reason that the public reads.
    The applications move when the notice is published. Refused before the list is fixed, where
    the text has no notice, and when a station's name cannot be made from the answers.
    """
    lock(round_)
    if round_.state != RoundState.DECIDED:
        raise DomainError("名单尚未确定，不能起草公示。")
    former = latest_notice(round_)
    proposed = round_.applications.filter(state__in=ON_LIST).select_related("unit")
    lines = [
        Line(application, application.unit.name, proposed_name(application))
        for application in proposed.order_by("number")
    ]
    return draft_notice(
        authority=round_.authority,
        profile=round_.profile,
        subject=round_,
        year=round_.year,
        lines=lines,
        actor=actor,
        supersedes=former,
        change_reason=change_reason,
        concluded=round_.applications.filter(state=ApplicationState.DESIGNATED).values_list("pk", flat=True),
    )


def proposed_name(application: Application) -> str:
    """The station's name by the profile's rule, from what the application knows."""
    facts = {**known_facts(application), "unit": application.unit.name}
    try:
        return station_name(application.rules, facts)
    except NameIncomplete as error:
        labels = "、".join(_label(application, name) for name in error.missing)
        raise DomainError(f"“{application.unit.name}”的申报缺少{labels}，无法确定名称。") from error


def stage_index(application: Application, kind: str) -> int:
    """Where the stage of this kind stands on the application's way; where it stands now if there is none."""
    kinds = [step.kind for step in steps_of(application)]
    return kinds.index(kind) if kind in kinds else application.stage


@receiver(notice_published, sender=PublicNotice, dispatch_uid="applications.show")
def show_applications(sender: Any, *, notice: PublicNotice, actor: Any, **_: Any) -> None:
    """Moves what the published lines stand for into the notice and tells the units.

    Refused where a line has left the list since the draft was made.
    """
    for application in _applications_of(notice):
        if application.state not in ON_LIST:
            raise DomainError(
                f"“{application.unit.name}”已是“{application.status.label}”，名单有变化：请撤回本稿后重新起草。"
            )
        perform(
            application,
            "show" if application.state == ApplicationState.PROPOSED else "show_again",
            actor=actor,
            clause=notice.clause,
            data={"notice": notice.pk},
            stage=stage_index(application, "notice"),
            authority=notice.authority,
        )
        _tell(
            application,
            "贵单位已列入公示名单",
            f"《{notice.title}》已发布，公示期至{date_text(notice.last_day)}。",
        )


@receiver(notice_withdrawn, sender=PublicNotice, dispatch_uid="applications.take_back")
def take_applications_back(sender: Any, *, notice: PublicNotice, actor: Any, **_: Any) -> None:
    """Takes what a withdrawn notice showed back to the list, ready for a new notice."""
    for application in _applications_of(notice):
        if application.state == ApplicationState.IN_NOTICE:
            perform(application, "take_back", actor=actor, reason="公示已撤回", data={"notice": notice.pk})


@receiver(objection_decided, sender=Objection, dispatch_uid="applications.remove")
def remove_application(sender: Any, *, objection: Objection, actor: Any, **_: Any) -> None:
    """Carries out what an upheld objection brings about; the finding is the reason that the unit reads."""
    application = objection.entry.subject
    if not objection.removes or not isinstance(application, Application):
        return
    # A second upheld objection finds the application gone already.
    if application.state == ApplicationState.REMOVED:
        return
    # What came late and was taken up after the designation: a station is ended by its own grounds.
    if application.state == ApplicationState.DESIGNATED:
        notify(
            recipients=objection.notice.authority.recipients(),
            title="异议成立时站点已认定",
            text=f"“{objection.entry.station_name}”已经认定，请核对撤销情形。",
            url=tenant_url("bureau:station", pk=application.station_id),
        )
        return
    perform(
        application,
        "remove",
        actor=actor,
        reason=objection.finding,
        clause=objection.notice.clause,
        data={"objection": objection.pk},
        decided_at=clock.now(),
    )
    _tell(application, "申报已取消资格", f"公示期间的异议经核查成立：{objection.finding}")


def _applications_of(notice: PublicNotice) -> list[Application]:
    ids = [entry.subject_id for entry in notice.entries.filter(subject_type__model="application")]
    return list(
        Application.objects.filter(pk__in=ids).select_related("round__profile", "unit").order_by("pk")
    )


def _label(application: Application, fact: str) -> str:
    names = {found.name: found.label for found in application.rules.facts}
    return names.get(fact, fact)


def _tell(application: Application, title: str, text: str) -> None:
    notify(
        recipients=application.unit.recipients(),
        title=title,
        text=text,
        url=tenant_url("unit:application", pk=application.pk),
    )
