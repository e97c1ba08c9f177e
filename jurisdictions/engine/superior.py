"""Requirements of a higher authority that go before a text's own; their content stands elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from jurisdictions.engine.schema.profile import Profile


@dataclass(frozen=True, slots=True)
class SuperiorAnswer:
    """`prevail` None: the level of the station is not known."""

    prevail: bool | None
    by: str
    clauses: tuple[str, ...]
    explanation: str
    reading: str | None


def superior_requirements(profile: Profile, level: str | None) -> SuperiorAnswer | None:
    """Whether another authority's requirements prevail for a station of a level; None: the text has none."""
    rules = profile.superior_rules
    if not rules:
        return None
    hit = next((rule for rule in rules if rule.level == level), None)
    prevail = None if level is None else hit is not None and hit.prevails
    rule = hit or rules[0]
    words = {
        None: "工作站级别未知，不能判断",
        True: f"{rule.by}另有要求的，从其规定；内容不在本文件内，请核对",
        False: f"{rule.by}的另行要求不适用",
    }[prevail]
    told = f"{words}。依据{profile.article(rule.clause)}。"
    return SuperiorAnswer(prevail, rule.by, rule.clauses, told, rule.reading)
