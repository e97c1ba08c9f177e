"""Through whose hands an application goes, whether a body may take it, and who manages a station."""

from __future__ import annotations

from typing import Any

from jurisdictions.engine.answers import RouteAnswer
from jurisdictions.engine.questions.question import Answer, Kind, Question, QuestionError
from jurisdictions.engine.routing import find_route, level_of, submission_accepted, task_route
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.questions import StationLevel
from jurisdictions.engine.schema.tree import facts_in

# Offices that there are everywhere: where a text does not know one of them, it is the wrong door.
OFFICES = {"county_hrss": "县级人社局", "district_hrss": "区级人社局", "city_hrss": "市级人社局"}


def facts(profile: Profile) -> frozenset[str]:
    """The facts of the form, where it was filed, which task it is for, and what a route asks besides."""
    consents = {consent.fact for route in profile.routes for consent in route.consents}
    level = {profile.levels.fact} if profile.levels else set()
    return profile.fact_names | consents | level | {"submitted_to", "task"}


def answer(question: Question) -> Answer:
    """`path` null: the text names no way, or not enough is known."""
    profile = question.profile
    managed: dict[str, Any] = {}
    if profile.levels is not None and question.has(profile.levels.fact):
        kinds = tuple(kind.value for kind in profile.levels.kinds)
        level = level_of(profile, question.text(profile.levels.fact, kinds) or "")
        managed = {"managed_by": level.managed_by, "in_city_process": level.in_process}
        if not level.in_process:
            return _outside(question, level, managed)
    route = _route(question)
    to = question.text("submitted_to", (*OFFICES, *(a.kind for a in profile.authorities)))
    agreed = {consent.fact: question.flag(consent.fact) for consent in route.consents}
    accepted = submission_accepted(route, to, agreed)
    return Answer(
        fields={
            **managed,
            "path": route.path,
            "manual_confirm": route.manual_confirm,
            "submission_accepted": accepted,
            "missing": route.missing,
        },
        clauses=route.clauses or (route.clause,),
        explanation=(route.explanation, *_door(question, route, to, accepted)),
        readings=(route.reading,) if route.reading else (),
    )


def _outside(question: Question, level: StationLevel, managed: dict[str, Any]) -> Answer:
    """A station of this level is recognised and managed elsewhere: this text names no way for it."""
    body = question.profile.authority(level.managed_by).label
    words = f"{level.label}由{body}管理，不经本办法规定的程序。{question.article(level.clause)}。"
    return Answer(
        fields={**managed, "path": None, "manual_confirm": False, "submission_accepted": None},
        clauses=level.clauses,
        explanation=(words,),
        readings=(level.reading,) if level.reading else (),
    )


def _route(question: Question) -> RouteAnswer:
    """The route of the application, or of a task of a station. What no route asks is not read."""
    profile = question.profile
    asked = {name for route in profile.routes if route.when for name in facts_in(route.when)}
    known = question.form_facts(asked)
    task = question.text("task", tuple(rule.name for rule in profile.obligations))
    if task is None:
        return find_route(profile, known)
    try:
        return task_route(profile, task, known)
    except KeyError:
        raise QuestionError("task", "没有这项任务") from None


def _door(question: Question, route: RouteAnswer, to: str | None, accepted: bool | None) -> tuple[str, ...]:
    if accepted is None:
        return ()
    known = {authority.kind: authority.label for authority in question.profile.authorities}
    label = f"报送{known.get(to) or OFFICES[to]}" if to else "上报"
    words = "符合受理路径" if accepted else "不符合受理路径，不能受理"
    return (f"{label}：{words}。{question.article(route.clause)}。",)


KIND = Kind("routing", answer, facts)
