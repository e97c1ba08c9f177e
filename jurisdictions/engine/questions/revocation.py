"""Whether a ground of revocation is established, and what it brings. A person decides."""

from __future__ import annotations

from typing import Any

from jurisdictions.engine.answers import GradeRecord
from jurisdictions.engine.assessment import grade_for
from jurisdictions.engine.bonus import most_total
from jurisdictions.engine.declared import station_facts
from jurisdictions.engine.duties import output_facts
from jurisdictions.engine.questions.question import Answer, Kind, Question, QuestionError
from jurisdictions.engine.questions.stated import read_stated
from jurisdictions.engine.revocation import GroundAnswer, check_ground, clawback_yuan
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.tree import facts_in
from jurisdictions.engine.validity import validity_on
from jurisdictions.engine.values import show

OVERDUE = frozenset({"task", "year", "submitted", "extension_until", "as_of"})


def facts(profile: Profile) -> frozenset[str]:
    """The event and what it hangs on; results of assessments; the dates of an obligation left undone."""
    names = {"event", "designated"} | _declared(profile)
    if profile.assessment.grades:
        names |= {"evaluation", "annual_results"}
        names |= {"evaluation_score"} if profile.assessment.bands else set()
    chapter = profile.revocation
    if chapter is not None:
        names |= {"rectification"} if chapter.rectification else set()
        names |= OVERDUE if any(g.overdue for g in chapter.grounds) else set()
    return frozenset(names)


def _declared(profile: Profile) -> set[str]:
    chapter = profile.revocation
    if chapter is None:
        return set()
    names = {fact.name for fact in chapter.facts}
    for ground in chapter.grounds:
        names |= set(facts_in(ground.require)) if ground.require else set()
        names |= set(output_facts(profile, ground.outputs)) if ground.outputs else set()
    return names


def answer(question: Question) -> Answer:
    """`revoke` true, false or null; with it the ground, the plaque, the money, and what comes next."""
    profile = question.profile
    chapter = profile.revocation
    if chapter is None:
        text = "文件没有规定撤销，须由主管部门依据其他规定决定。"
        return Answer({"revoke": None, "clawback": "not_in_text"}, (profile.validity.clause,), (text,))
    question.text("event", tuple(chapter.events))
    grades = tuple(_grades(question))
    found = check_ground(profile, _stated(question), grades=grades, on=question.on)
    expired = _expired(question)
    return Answer(
        fields=_fields(question, found) | ({"manual_reason": expired} if expired else {}),
        clauses=found.clauses,
        explanation=found.explanation + (("文件已失效，须记录继续处理的依据。",) if expired else ()),
        readings=("G-8",) if expired else (),
    )


def _fields(question: Question, found: GroundAnswer) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "revoke": found.revoke,
        "grounds": found.grounds,
        "recover_plaque": found.recover_plaque,
        "clawback": found.clawback,
        "stop_funding": found.stop_funding,
        "rectification": found.rectification,
        "flag_for_review": found.flags,
        "refer_liability": found.refer_liability,
        "refer_to_judicial": found.refer_to_judicial,
        "person_decides": found.person_decides,
        "missing": [n for name in found.missing for n in _stated_as(question, name)],
    }
    if found.grounds:
        fields["ground"] = found.grounds[0]
    if found.clawback is True:
        fields["clawback_scope"] = found.clawback_scope
        amount = clawback_yuan(question.profile, _stated(question))
        fields |= {} if amount is None else {"clawback_yuan": amount}
    if found.next_step is not None:
        fields["next_step"] = found.next_step
    if 2 in found.refused_tranches:
        fields["second_tranche"] = "not_paid"
    return fields


def _stated_as(question: Question, missing: str) -> tuple[str, ...]:
    """A result that is not known is wanted under the name by which the question spoke of it."""
    if missing != "grades":
        return (missing,)
    return tuple(n for n in ("annual_results", "evaluation", "evaluation_score") if n in question.given)


def _stated(question: Question) -> dict[str, Any]:
    profile = question.profile
    names = _declared(profile)
    stated = read_stated(question, (f for name, f in station_facts(profile).items() if name in names))
    chapter = profile.revocation
    assert chapter is not None
    tasks = tuple(g.overdue.obligation for g in chapter.grounds if g.overdue)
    stated["event"] = question.text("event")
    stated["rectification"] = question.text("rectification", ("reached", "not_reached"))
    stated["task"] = question.text("task", tasks)
    stated["year"] = question.integer("year")
    for name in ("submitted", "extension_until", "as_of", "designated"):
        stated[name] = question.day(name)
    return stated


def _grades(question: Question) -> list[GradeRecord]:
    """Results of assessments, from whichever fact states them; year 0 where it is not said."""
    given = question.given
    records: list[GradeRecord] = []
    if "annual_results" in given:
        records += _annual(question)
    if "evaluation" in given:
        values = tuple(g.value for g in question.profile.assessment.grades)
        records.append(GradeRecord(0, question.text("evaluation", values) or ""))
    if "evaluation_score" in given:
        records.append(GradeRecord(0, _scored(question)))
    return records + _after_rectification(question, records)


def _after_rectification(question: Question, records: list[GradeRecord]) -> list[GradeRecord]:
    """The result after rectification, which speaks of the last result only where that one failed."""
    after = question.text("rectification", ("reached", "not_reached"))
    failing = _grade(question.profile, passing=False) if records else ""
    if after is None or not records or records[-1].grade != failing:
        return []
    grade = _grade(question.profile, passing=True) if after == "reached" else failing
    return [GradeRecord(records[-1].year, grade, True, True)]


def _scored(question: Question) -> str:
    score = question.number("evaluation_score")
    if score is None:
        return ""
    most = most_total(question.profile)
    if most is not None and score > most:
        raise QuestionError("evaluation_score", f"最高{show(most)}分")
    return grade_for(question.profile, score).grade or ""


def _annual(question: Question) -> list[GradeRecord]:
    """Year -> pass, fail, not_assessed, or a grade of this text. Null: not known."""
    profile = question.profile
    words = {"pass": _grade(profile, passing=True), "fail": _grade(profile, passing=False)}
    words |= {g.value: g.value for g in profile.assessment.grades}
    records = []
    if not question.table("annual_results"):
        return [GradeRecord(0, "")]  # results that nobody has told
    for year, word in question.table("annual_results").items():
        if not str(year).isdigit() or len(str(year)) != 4:
            raise QuestionError("annual_results", f"“{year}”不是年度")
        if word == "not_assessed":
            continue
        if word is not None and word not in words:
            raise QuestionError("annual_results", f"没有“{word}”")
        records.append(GradeRecord(int(year), words[word] if word else ""))
    return records


def _grade(profile: Profile, *, passing: bool) -> str:
    """The lowest passing grade, or the failing one."""
    return [g.value for g in profile.assessment.grades if g.passing is passing][-1]


def _expired(question: Question) -> str:
    """Stations outlive an expired text; whether it still ends them is for a person (reading G-8)."""
    rule = question.profile.validity
    if question.on is None or rule.existing_stations != "ask" or rule.end is None:
        return ""
    status = validity_on(question.profile, question.on).status
    return f"regulation_expired_{rule.end}" if status == "expired" else ""


KIND = Kind("revocation", answer, facts)
