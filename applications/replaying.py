"""Applications of past rounds, asked again under another version of the rules. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from applications.desk.inquiring import Bar, bars_of
from applications.dossier import answers
from applications.enums import ApplicationState
from applications.models import Application
from core import clock
from core.templatetags.ui.rules import OUTCOMES
from jurisdictions.engine import EligibilityAnswer, Profile, RouteAnswer
from jurisdictions.engine.questions.asking import plain as as_json
from jurisdictions.engine.schema.tree import facts_in
from jurisdictions.fixed_cases import Precedent, finds_precedents
from jurisdictions.replaying import Kind, Otherwise, replays

ALLOWED = {True: "可以申报", False: "不得申报", None: "待核实"}
VERDICTS = {True: "符合条件", False: "不符合条件", None: "待补充或待评判"}


class Under:
    """An application as another version sees it: everything is its own, but the rules."""

    def __init__(self, application: Application, rules: Profile) -> None:
        self._application = application
        self.rules = rules

    def __getattr__(self, name: str) -> Any:
        return getattr(self._application, name)


def submitted() -> QuerySet[Any]:
    """Every application that was ever handed in."""
    return Application.objects.filter(submitted_at__isnull=False).select_related(
        "round__profile", "unit__home_authority"
    )


def compare(applications: Iterable[Application], proposed: Profile) -> Iterator[Otherwise]:
    """Conditions, route, missing papers and what shuts out that come out otherwise."""
    for application in applications:
        other = Under(application, proposed)
        yield from _conditions(application, other)
        yield from _route(application, other)
        yield from _papers(application, other)
        yield from _exclusions(application, other)


def _conditions(application: Application, other: Under) -> Iterator[Otherwise]:
    before, after = answers.findings_of(application), answers.findings_of(other)
    was = {finding.key: finding for finding in before.findings}
    now = {finding.key: finding for finding in after.findings}
    changed = [
        key
        for key in dict.fromkeys([*was, *now])
        if getattr(was.get(key), "outcome", None) != getattr(now.get(key), "outcome", None)
    ]
    if before.eligible == after.eligible and not changed:
        return
    first = next((now[key] for key in changed if key in now), None) or next(
        (was[key] for key in changed), None
    )
    yield Otherwise(
        application.pk,
        str(application),
        "申报条件",
        _told(before, changed, was, now),
        _told(after, changed, now, was),
        first.clause if first else "",
    )


def _told(answer: EligibilityAnswer, keys: list[str], here: dict[str, Any], there: dict[str, Any]) -> str:
    """The verdict and what changed; a condition that only the other version has is none here."""
    outcomes = {key: OUTCOMES[here[key].outcome][0] if key in here else "无此条件" for key in keys}
    parts = [f"{(here.get(key) or there[key]).label}：{words}" for key, words in outcomes.items()]
    return VERDICTS[answer.eligible] + (f"（{'；'.join(parts)}）" if parts else "")


def _route(application: Application, other: Under) -> Iterator[Otherwise]:
    before, after = answers.route_of(application), answers.route_of(other)
    if before.path != after.path:
        yield Otherwise(
            application.pk,
            str(application),
            "申报路径",
            _way(application.rules, before),
            _way(other.rules, after),
            after.clause or before.clause,
        )


def _way(rules: Profile, route: RouteAnswer) -> str:
    if route.path is None:
        return "不能确定"
    return " → ".join(rules.authority(kind).label for kind in route.path)


def _papers(application: Application, other: Under) -> Iterator[Otherwise]:
    before = {problem.path: problem for problem in answers.material_problems(application)}
    after = {problem.path: problem for problem in answers.material_problems(other)}
    if before.keys() == after.keys():
        return
    differing = [problem for path, problem in (before | after).items() if (path in before) != (path in after)]
    yield Otherwise(
        application.pk,
        str(application),
        "申报材料",
        "；".join(problem.message for problem in before.values()) or "材料齐全",
        "；".join(problem.message for problem in after.values()) or "材料齐全",
        differing[0].clause,
    )


def _exclusions(application: Application, other: Under) -> Iterator[Otherwise]:
    before, after = bars_of(application), bars_of(other)
    was, now = ({bar.key: bar.answer.allowed for bar in bars} for bars in (before, after))
    if was == now:
        return
    differing = [bar for bar in (*after, *before) if was.get(bar.key) != now.get(bar.key)]
    yield Otherwise(
        application.pk,
        str(application),
        "不得申报的情形",
        _shut_out(before, now, was),
        _shut_out(after, was, now),
        differing[0].clause,
    )


def _shut_out(bars: tuple[Bar, ...], there: dict[str, Any], here: dict[str, Any]) -> str:
    """What one version says of each rule on which the two are not of one mind."""
    told = [bar for bar in bars if there.get(bar.key, "") != here[bar.key]]
    return "；".join(f"{bar.label}：{ALLOWED[bar.answer.allowed]}" for bar in told) or "没有这项规定"


@finds_precedents
def decided(number: str) -> Precedent | None:
    """A decided application by its number: the facts that its conditions asked, and what the rules said.

    Only facts that conditions speak of, and no text: nobody's name leaves the application.
    """
    application = (
        submitted()
        .filter(number=number, state__in=(ApplicationState.DESIGNATED, ApplicationState.REJECTED))
        .first()
    )
    if application is None:
        return None
    rules = application.rules
    asked = {name for condition in rules.conditions for name in facts_in(condition.require)}
    asked |= {n for condition in rules.conditions if condition.when for n in facts_in(condition.when)}
    plain = {fact.name for fact in rules.facts if fact.type not in ("text", "list")}
    known = {
        name: as_json(value)
        for name, value in answers.known_facts(application).items()
        if name in asked & plain and value is not None
    }
    answer = answers.findings_of(application)
    return Precedent(
        title=f"{application.number} {application.get_state_display()}",
        kind="eligibility",
        given=known,
        on=clock.local(application.submitted_at).date(),
        expected={"eligible": answer.eligible, "failed": list(answer.failed)},
    )


replays(Kind("applications", "申报", submitted, compare, "bureau:application"))
