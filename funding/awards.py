"""The award that comes with designation, as the profile plans it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core import clock
from core.models import LogEntry
from core.money import fen
from funding.ledger import book_award
from funding.models import Award, Tranche
from jurisdictions.engine import award_plan
from stations.models import Station


@transaction.atomic
def grant_award(*, station: Station, actor: Any) -> Award | None:
    """Grants what the profile that designated the station plans; None where it grants nothing.

    One award, its tranches and one journal; logged on the award. A second call changes nothing.
    """
    rules = station.profile.rules
    plan = award_plan(rules)
    if not plan:
        return None
    existing = Award.objects.filter(station=station).first()
    if existing is not None:
        return existing
    award = Award.objects.create(
        station=station,
        authority=station.authority,
        total_fen=sum(fen(part.amount_yuan) for part in plan),
        clause=rules.award.clause,
        granted_at=clock.now(),
    )
    for part in plan:
        Tranche.objects.create(
            award=award,
            seq=part.seq,
            label=part.label,
            amount_fen=fen(part.amount_yuan),
            clause=part.clause,
            explanation=part.explanation,
        )
    book_award(award)
    LogEntry.record(
        award,
        action="funding.grant",
        label="核定补助",
        actor=actor,
        at=clock.now(),
        clause=award.clause,
        data={"total_fen": award.total_fen, "tranches": [fen(part.amount_yuan) for part in plan]},
    )
    return award
