"""Drawing experts: the pot and the digest of the seed stand first, then the draw, then the panel."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from core import clock
from core.errors import DomainError, NotAllowed, StateConflict
from core.models import LogEntry
from core.sealing import SealBroken, seal, unseal
from core.workflow import lock, perform
from jurisdictions.models import Authority
from panels.drawing import RULE, Candidate, commitment_of, draw, new_seed
from panels.enums import DrawState, Purpose
from panels.models import Draw, Expert, Panel
from panels.permissions import can_run
from panels.pots import NO_LIMITS, Limits, limits_of, pot_of
from panels.recusals import Recusal, recusals_of

SEED = "panels.draw"
# What a panel may have at most; guards against a mistyped number.
MOST_SEATS = 99


@transaction.atomic
def commit_draw(
    *,
    authority: Authority,
    purpose: Purpose,
    subject: models.Model,
    items: Sequence[tuple[models.Model, str]],
    seats: int,
    reserves: int,
    most_of_one_employer: int | None,
    due_on: date | None,
    actor: Any,
    former: Draw | None = None,
    limits: Limits = NO_LIMITS,
) -> Draw:
    """Fixes for which `items` (thing, unit name) is drawn, who is in the pot, who is not and why, the seed.

    Of the seed only the digest can be seen until the draw. Logged. Refused: nothing to judge, a pot that
    does not fill the seats, a day that has passed, and while another draw for one of the things is open.
    """
    if not items:
        raise DomainError("请至少选择一项评审对象。", path="applications")
    if not 1 <= seats <= MOST_SEATS:
        raise DomainError(f"名额应为 1 至 {MOST_SEATS} 名。", path="seats")
    if due_on is not None and due_on < clock.today():
        raise DomainError("评审截止日期不能早于今天。", path="due_on")
    candidates, excluded = pot_of([unit for _, unit in items], until=due_on, limits=limits)
    _check_pot(candidates, seats, most_of_one_employer)
    seed = new_seed()
    made = Draw(
        authority=authority,
        purpose=purpose,
        subject_type=ContentType.objects.get_for_model(subject),
        subject_id=subject.pk,
        items=[{"id": thing.pk, "unit": unit} for thing, unit in items],
        due_on=due_on,
        seats=seats,
        reserves=reserves,
        most_of_one_employer=most_of_one_employer,
        **limits._asdict(),
        candidates=candidates,
        excluded=excluded,
        commitment=commitment_of(seed),
        sealed_seed=seal(seed, purpose=SEED),
        former=former,
        committed_by=actor,
    )
    if not can_run(actor, made):
        raise NotAllowed("您没有组织专家评审的权限。")
    # Whoever fixes another draw, or forms a panel by hand, for the same round or cycle waits here.
    lock(subject)
    check_no_open_draw(subject, [thing.pk for thing, _ in items])
    made.save()
    LogEntry.record(
        made,
        action="panels.commit_draw",
        label="确定抽取范围和种子",
        actor=actor,
        at=clock.now(),
        target=DrawState.COMMITTED,
        data={
            "commitment": made.commitment,
            "seats": seats,
            "reserves": reserves,
            "limits": limits._asdict(),
            "candidates": [one["expert"] for one in candidates],
            "excluded": [one["expert"] for one in excluded],
            "former": former.pk if former else None,
        },
    )
    return made


@transaction.atomic
def hold_draw(*, draw_: Draw, actor: Any) -> Draw:
    """Opens the seed and draws; logged with seed and result. What was fixed before is what is drawn from."""
    lock(draw_)
    try:
        seed = unseal(draw_.sealed_seed, purpose=SEED)
    except SealBroken:
        raise StateConflict("封存的种子无法打开，请作废本次抽取后重新抽取。") from None
    if commitment_of(seed) != draw_.commitment:
        raise StateConflict("封存的种子与公布的摘要不符，请作废本次抽取后重新抽取。")
    drawn = draw(
        seed,
        [Candidate(one["key"], one["employer"]) for one in draw_.candidates],
        seats=draw_.seats,
        reserves=draw_.reserves,
        most_of_one_employer=draw_.most_of_one_employer,
    )
    result = {name: list(getattr(drawn, name)) for name in ("seated", "reserves", "passed_over")}
    perform(
        draw_,
        "hold_draw",
        actor=actor,
        data={"seed": seed, **result},
        seed=seed,
        result=result,
        drawn_by=actor,
        drawn_at=clock.now(),
    )
    return draw_


@transaction.atomic
def void_draw(*, draw_: Draw, reason: str, actor: Any) -> Draw:
    """Gives a draw up; it stays on record with the reason. Refused once a panel was formed from it."""
    perform(draw_, "void_draw", actor=actor, reason=reason)
    return draw_


@transaction.atomic
def use_draw(*, draw_: Draw, panel: Panel, actor: Any) -> Draw:
    """Ties the draw to the panel that was formed from it; logged.

    Refused where the panel has other experts, or judges other things, than were drawn for.
    """
    lock(draw_)
    seated = set(panel.members.values_list("expert_id", flat=True))
    judged = set(panel.items.values_list("subject_id", flat=True))
    if draw_.result is None or seated != {expert.pk for expert in seated_of(draw_)}:
        raise StateConflict("专家组与抽取结果不一致。")
    if judged != {item["id"] for item in draw_.items}:
        raise StateConflict("评审对象与抽取时不一致，请作废本次抽取后重新抽取。")
    perform(draw_, "use_draw", actor=actor, data={"panel": panel.pk}, panel=panel)
    return draw_


def check_no_open_draw(subject: models.Model, ids: Sequence[int]) -> None:
    """Refuses while a draw for one of these things is neither used nor given up."""
    open_ = Draw.objects.filter(
        subject_type=ContentType.objects.get_for_model(subject),
        subject_id=subject.pk,
        state__in=(DrawState.COMMITTED, DrawState.DRAWN),
    )
    if any(set(ids) & {item["id"] for item in other.items} for other in open_):
        raise StateConflict("所选对象已有未使用的抽取，请先使用或者作废它。")


def seated_of(draw_: Draw) -> list[Expert]:
    """The experts who were drawn for a seat, in the order of the draw."""
    return _experts(draw_, (draw_.result or {}).get("seated", []))


def next_reserve(panel: Panel) -> Expert | None:
    """The first of those who stand by that can still be called in; None without a draw, or none is left.

    Whoever has come to be away, or tied to all that is judged, since the draw is passed over.
    """
    used = panel.draws.filter(state=DrawState.USED).first()
    if used is None:
        return None
    seen = set(panel.members.values_list("expert_id", flat=True))
    waiting = [one for one in _experts(used, used.result["reserves"]) if one.pk not in seen and one.is_active]
    units = set(panel.items.filter(dropped_at__isnull=True).values_list("unit_name", flat=True))
    recusals = recusals_of(waiting, units, on=clock.today(), until=panel.due_on)
    return next((one for one in waiting if _can_come(recusals.get(one.pk, ()), units)), None)


def _can_come(recusals: Sequence[Recusal], units: Set[str]) -> bool:
    tied = {one.unit for one in recusals}
    return "" not in tied and (not units or units != tied)


def record_of(draw_: Draw) -> dict[str, Any]:
    """All that anybody needs to draw again (`panels.drawing.replay`), and who held it."""
    return {
        "rule": RULE,
        "draw": draw_.pk,
        "authority": str(draw_.authority),
        "commitment": draw_.commitment,
        "committed_at": clock.local(draw_.committed_at).isoformat(timespec="seconds"),
        "seed": draw_.seed,
        "drawn_at": clock.local(draw_.drawn_at).isoformat(timespec="seconds") if draw_.drawn_at else None,
        "seats": draw_.seats,
        "reserves": draw_.reserves,
        "most_of_one_employer": draw_.most_of_one_employer,
        "limits": limits_of(draw_)._asdict(),
        "candidates": [{k: one[k] for k in ("key", "name", "employer")} for one in draw_.candidates],
        "excluded": [{k: one[k] for k in ("key", "name", "employer", "reasons")} for one in draw_.excluded],
        "result": draw_.result,
    }


def _experts(draw_: Draw, keys: Sequence[str]) -> list[Expert]:
    by_key = {one["key"]: one["expert"] for one in draw_.candidates}
    found = Expert.objects.filter(pk__in=[by_key[key] for key in keys]).select_related("user").in_bulk()
    return [found[by_key[key]] for key in keys]


def _check_pot(candidates: Sequence[dict[str, Any]], seats: int, most: int | None) -> None:
    employers: dict[str, int] = {}
    for one in candidates:
        employers[one["employer"]] = employers.get(one["employer"], 0) + 1
    room = sum(min(number, most) for number in employers.values()) if most else len(candidates)
    if room < seats:
        because = f"，同一单位最多 {most} 名时可抽 {room} 名" if most and room < len(candidates) else ""
        raise DomainError(f"可抽取的专家只有 {len(candidates)} 名{because}，不够 {seats} 名。", path="seats")
