"""Money beside the award: amounts as far as the text names them; never paid by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from jurisdictions.engine.schema.entitlements import Banded, Entitlement, Matched, Yearly
from jurisdictions.engine.schema.profile import Profile


@dataclass(frozen=True, slots=True)
class EntitlementAnswer:
    """What a promise beside the award comes to. `amount_yuan` None: the text does not say.

    `manual`: a person must find the amount; `manual_confirm`: a person must confirm that it is owed.
    """

    name: str
    amount_yuan: int | None
    manual: bool
    manual_confirm: bool
    reason: str
    governed_by: tuple[str, ...]
    clauses: tuple[str, ...]
    explanation: str
    missing: tuple[str, ...] = ()
    shares: Mapping[str, int] = field(default_factory=dict)
    """Who pays how much of it, where several bodies do."""


def entitlement(profile: Profile, name: str) -> Entitlement:
    """The promise of that name; KeyError when there is none."""
    for promise in profile.entitlements:
        if promise.name == name:
            return promise
    raise KeyError(f"{profile.slug}: 没有这项资金 {name}")


def entitlement_of(profile: Profile, promise: Entitlement, value: str | None = None) -> EntitlementAnswer:
    """What a promise comes to for a value of the fact that it asks for. Raises KeyError for another value."""
    amount, label = promise.amount_yuan, promise.label
    missing = (promise.asked_by,) if promise.asked_by is not None and value is None else ()
    if value is not None and promise.values:
        chosen = next((entry for entry in promise.values if entry.value == value), None)
        if chosen is None:
            raise KeyError(value)
        label = f"{promise.label}（{chosen.label}）"
        amount = amount if chosen.amount_yuan is None else chosen.amount_yuan
    net = ""
    if amount is not None and promise.net_of_award and profile.award is not None:
        net = f"，已扣除{profile.award.label}{profile.award.total_yuan}元"
        amount = max(amount - profile.award.total_yuan, 0)
    return EntitlementAnswer(
        name=promise.name,
        amount_yuan=amount,
        manual=amount is None,
        manual_confirm=promise.basis in ("other_papers", "this_text"),
        reason=promise.basis if amount is None and promise.basis not in ("other_papers", "this_text") else "",
        governed_by=promise.governed_by,
        clauses=promise.clauses,
        explanation=_explain(profile, promise, label, amount, net),
        missing=missing if amount is None and (promise.governed_by or promise.basis == "this_text") else (),
        shares=shares_of(promise, amount),
    )


def rated(profile: Profile, promise: Entitlement, known: Any) -> EntitlementAnswer:
    """What a promise with a rate comes to for the figure that it asks for; None: not known.

    Raises ValueError where it has none.
    """
    rate = promise.rate
    if rate is None:
        raise ValueError(f"{promise.name}: 没有计算办法")
    article = profile.article(promise.clause)
    amount = None if known is None else _by_rate(rate, Decimal(str(known)))
    if amount is None:
        told = f"{promise.label}：{rate.label}不详，金额不能确定。依据{article}。"
    else:
        told = f"{promise.label}：{rate.label}{known}，计{amount}元，须经确认。依据{article}。"
    return EntitlementAnswer(
        name=promise.name,
        amount_yuan=amount,
        manual=amount is None,
        manual_confirm=True,
        reason="",
        governed_by=(),
        clauses=promise.clauses,
        explanation=told,
        missing=(rate.fact,) if amount is None else (),
        shares=shares_of(promise, amount),
    )


def _by_rate(rate: Banded | Yearly | Matched, known: Decimal) -> int:
    """Whole yuan; what is less than a yuan is dropped, so that no cap is exceeded."""
    match rate:
        case Banded():
            reached = [band.amount_yuan for band in rate.bands if known >= band.start]
            return reached[-1] if reached else 0
        case Yearly():
            pays = known >= 1 and (rate.years is None or known <= rate.years)
            return rate.amount_yuan if pays else 0
        case Matched():
            if known < rate.at_least_yuan:
                return 0
            share = int(known * rate.percent / 100)
            return share if rate.cap_yuan is None else min(share, rate.cap_yuan)


def shares_of(promise: Entitlement, amount: int | None) -> dict[str, int]:
    """Whole yuan for each payer; the first one bears what a division leaves over."""
    if amount is None or not promise.payers:
        return {}
    shares = {share.payer: amount * share.percent // 100 for share in promise.payers}
    shares[promise.payers[0].payer] += amount - sum(shares.values())
    return shares


def _explain(profile: Profile, promise: Entitlement, label: str, amount: int | None, net: str) -> str:
    if amount is not None:
        told = f"{label}{amount}元{net}"
    elif promise.governed_by or promise.basis == "this_text":
        told = f"{label}：{promise.asked_label}不详，金额不能确定"
    else:
        told = f"{label}：文件没有写明金额，由人工确定并注明来源"
    papers = f"，具体按{'、'.join(promise.governed_by)}执行，须经确认" if promise.governed_by else ""
    return f"{told}{papers}。依据{profile.article(promise.clause)}。"
