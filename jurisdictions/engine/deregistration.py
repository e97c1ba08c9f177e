"""Ending a designation by the unit's own wish, where the text knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.values import plain_label


@dataclass(frozen=True, slots=True)
class DeregistrationAnswer:
    """How far it has gone. `in_text` False: this text does not know it, and nothing is decided.

    `status` None: a step is not known. `next_step` is the first one that has not been taken.
    """

    in_text: bool
    status: Literal["active", "deregistered"] | None
    accepted: bool | None
    clawback: bool | str
    next_step: str | None
    missing: tuple[str, ...]
    clauses: tuple[str, ...]
    explanation: str


def deregistration_state(profile: Profile, facts: Mapping[str, Any]) -> DeregistrationAnswer:
    """Whether a station that ends by its own wish has ended: every step, in order."""
    rule = profile.deregistration
    if rule is None:
        clause = profile.revocation.clause if profile.revocation else profile.validity.clause
        text = "文件没有规定主动注销，是否办理由主管部门决定。"
        return DeregistrationAnswer(False, None, None, "not_in_text", None, (), (clause,), text)
    article = profile.article(rule.clause)
    accepted: bool | None = facts.get(rule.steps[0].name)
    clawback: bool | str = False if rule.clawback == "none" else "not_in_text"
    for step in rule.steps:
        done = facts.get(step.name)
        if done:
            continue
        label = plain_label(step)
        missing = (step.name,) if done is None else ()
        so_far = "尚不清楚，不能判断是否已注销" if done is None else "尚未完成，注销未生效"
        text = f"{rule.label}：{label}{so_far}。依据{article}。"
        status: Literal["active"] | None = None if done is None else "active"
        return DeregistrationAnswer(True, status, accepted, clawback, step.name, missing, rule.clauses, text)
    text = f"{rule.label}：各步骤均已完成，注销生效；不属于撤销。依据{article}。"
    return DeregistrationAnswer(True, "deregistered", accepted, clawback, None, (), rule.clauses, text)
