"""The registered name of a station, and whether a proposed one is right."""

from __future__ import annotations

from jurisdictions.engine.naming import NameIncomplete, is_valid_name, part_words, station_name
from jurisdictions.engine.questions.question import Answer, Kind, Question
from jurisdictions.engine.schema.profile import Profile

PARTS = ("leader", "trade", "unit")


def facts(profile: Profile) -> frozenset[str]:
    """What a name is made of, and the name that somebody proposes."""
    return frozenset({*PARTS, "proposed"})


def answer(question: Question) -> Answer:
    """`name` null: a part is not known. `valid` null: nothing is proposed, or the text prescribes no name."""
    profile = question.profile
    parts = {name: question.text(name) for name in PARTS}
    proposed = question.text("proposed")
    name, valid, missing = None, None, tuple[str, ...]()
    try:
        name = station_name(profile, parts)
    except NameIncomplete as error:
        missing = tuple(part.removesuffix("_name") for part in error.missing)
    rule = profile.designation
    if name is not None and proposed is not None:
        valid = is_valid_name(profile, parts, proposed)
    clause = rule.clauses[-1]
    lacking = "、".join(part_words(profile, part) for part in missing)
    said = [f"名称为“{name}”" if name else f"名称缺少{lacking}，不能确定"]
    if valid is not None:
        said.append(f"拟用名称“{proposed}”{'符合' if valid else '不符合'}规定格式")
    elif proposed is not None and not rule.name_prescribed:
        said.append("文件未规定名称格式")
    return Answer(
        fields={"name": name, "valid": valid, "missing": missing},
        clauses=rule.clauses,
        explanation=tuple(f"{words}。{question.article(clause)}。" for words in said),
        readings=(rule.reading,) if rule.reading else (),
    )


KIND = Kind("naming", answer, facts)
