"""Money beside the award: amounts as far as the text names them; never paid by itself."""

from __future__ import annotations

from dataclasses import dataclass

from jurisdictions.engine.schema.entitlements import Entitlement
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
        manual_confirm=promise.basis == "other_papers",
        reason=promise.basis if amount is None and not promise.governed_by else "",
        governed_by=promise.governed_by,
        clauses=promise.clauses,
        explanation=_explain(profile, promise, label, amount, net),
        missing=missing if amount is None and promise.governed_by else (),
    )


def _explain(profile: Profile, promise: Entitlement, label: str, amount: int | None, net: str) -> str:
    if amount is not None:
        told = f"{label}{amount}元{net}"
    elif promise.governed_by:
        told = f"{label}：{promise.asked_label}不详，金额不能确定"
    else:
        told = f"{label}：文件没有写明金额，由人工确定并注明来源"
    papers = f"，具体按{'、'.join(promise.governed_by)}执行，须经确认" if promise.governed_by else ""
    return f"{told}{papers}。依据{profile.article(promise.clause)}。"
