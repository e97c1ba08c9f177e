"""Awards and payments of stations, asked again under another version of the rules. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import Q, QuerySet

from core import clock
from core.money import fen, wan_text
from funding.circumstances import circumstances_of
from funding.models import Tranche
from jurisdictions.engine import Profile, TrancheCircumstances, TranchePlan, award_plan, tranche_state
from jurisdictions.engine.values import say_day
from jurisdictions.replaying import Kind, Otherwise, replays
from stations.models import Station

STATES = {"due": "应付", "not_yet": "未到应付条件", "refused": "不予拨付", "ask": "须人工决定"}
NONE = "没有这一批"


def stations() -> QuerySet[Station]:
    """Every station that was ever designated."""
    return Station.objects.select_related("profile", "unit")


def compare(found: Iterable[Station], proposed: Profile) -> Iterator[Otherwise]:
    """Parts of the award that are planned otherwise, and payments that stand otherwise.

    A payment that was made is asked for the day on which it was made, any other for today; by the grades
    as they were given.
    """
    for station in found:
        rules = station.profile.rules
        was = {part.seq: part for part in award_plan(rules)}
        now = {part.seq: part for part in award_plan(proposed)}
        paid = dict(
            Tranche.objects.filter(Q(award__station=station), release__isnull=False).values_list(
                "seq", "release__released_at"
            )
        )
        days = {seq: clock.local(at).date() for seq, at in paid.items()}
        known = {day: circumstances_of(station, as_of=day) for day in {*days.values(), clock.today()}}
        for seq in sorted(was.keys() | now.keys()):
            before, after = was.get(seq), now.get(seq)
            circumstances = known[days.get(seq, clock.today())]
            told_before = _told(rules, before, circumstances)
            told_after = _told(proposed, after, circumstances)
            if told_before != told_after:
                clause = (after or before).clause if (after or before) else ""
                yield Otherwise(station.pk, str(station), f"第{seq}批资金", told_before, told_after, clause)


def _told(rules: Profile, part: TranchePlan | None, known: TrancheCircumstances) -> str:
    if part is None:
        return NONE
    answer = tranche_state(rules, part.seq, known)
    amount = wan_text(fen(part.amount_yuan))
    when = f"，最早{say_day(answer.earliest)}" if answer.earliest and answer.state == "not_yet" else ""
    return f"{part.label} {amount}，{STATES[answer.state]}{when}"


replays(Kind("payments", "资金", stations, compare, "bureau:station"))
