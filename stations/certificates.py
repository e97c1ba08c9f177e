"""The certificate of a station: a paper with a code by which anybody learns whether it still stands."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core import clock
from core.errors import NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.typed import said
from core.workflow import lock
from documents.enums import DocumentKind
from documents.models import OfficialDocument
from documents.papers import issue
from stations.enums import IN_BEING
from stations.models import Station
from stations.permissions import can_manage_station

TITLE = "认定证书"


@transaction.atomic
def issue_certificate(*, station: Station, actor: Any) -> OfficialDocument:
    """Issues the certificate that goes with the designation, in its transaction; logged as a paper.

    It shows what the directory shows of the station, and what the designating document says.
    """
    document = issue(
        kind=DocumentKind.CERTIFICATE,
        subject=station,
        title=f"{station.plaque_title}{TITLE}",
        template="papers/certificate.html",
        context={
            "issuers": station.document.issuers.split("、"),
            "station": station,
            "rules": station.profile.rules,
        },
        issued_on=clock.today(),
        actor=actor,
    )
    station.certificate = document
    station.save(update_fields=["certificate"])
    return document


@transaction.atomic
def reissue_certificate(*, station: Station, reason: str, actor: Any) -> OfficialDocument:
    """Issues another certificate, with a reason; the former one stays and is verified as replaced. Logged.

    Also the first one of a station that was designated before there were certificates. Refused to
    whoever does not manage the station, and for one that is no more.
    """
    lock(station)
    if not can_manage_station(actor, station):
        raise NotAllowed("您没有补发证书的权限。")
    if station.state not in IN_BEING:
        raise StateConflict(f"站点{station.status.label}，不能补发证书。")
    if not said(reason):
        raise ReasonRequired("补发证书必须写明理由。", path="reason")
    former = station.certificate_id
    document = issue_certificate(station=station, actor=actor)
    LogEntry.record(
        station,
        action="stations.reissue_certificate",
        label="补发证书",
        actor=actor,
        at=clock.now(),
        reason=said(reason),
        data={"document": document.pk, "former": former},
    )
    return document
