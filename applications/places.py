"""Places of the year, of its groups and in all: how many are taken, and the engine's answer to one more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from applications.enums import CHOSEN, ApplicationState
from applications.models import Application, Round
from core.errors import Problem
from jurisdictions.engine import ApprovalAnswer, designate_one_more
from jurisdictions.engine.places import PlacesAnswer, groups_told, one_more_in_groups
from jurisdictions.models import Authority
from stations.enums import StationState
from stations.models import Station

# What has left its first desk, and was not taken back, is one that the desk has recommended.
NOT_RECOMMENDED = (ApplicationState.DRAFT, ApplicationState.WITHDRAWN)


def places_of(round_: Round) -> tuple[int | None, int | None]:
    """The number that the text aims at, and the one that it does not let anybody exceed."""
    rule = round_.rules.round
    return (rule.target, rule.cap) if rule else (None, None)


def taken_places(round_: Round) -> int:
    """How many of the year's places are taken, over all its rounds."""
    return Application.objects.filter(round__year=round_.year, state__in=CHOSEN).count()


def stations_in_all() -> int:
    """How many stations there are, those on a list that are still to be designated among them."""
    return (
        Station.objects.filter(state=StationState.ACTIVE).count()
        + Application.objects.filter(state=ApplicationState.PROPOSED).count()
    )


def place_problems(application: Application) -> tuple[Problem, ...]:
    """The numbers of the text that keep one more off the list: the year's, those in all, those of a group."""
    round_ = application.round
    this_year = taken_places(round_)
    whole = designate_one_more(application.rules, this_year=this_year, in_all=stations_in_all())
    chosen = Application.objects.filter(round__year=round_.year, state__in=CHOSEN)
    return (*_said(whole), *_said(_one_more(application, "designations", chosen, this_year)))


def recommendation_problems(application: Application) -> tuple[Problem, ...]:
    """The numbers of the text that keep the first desk from recommending one more."""
    earlier = (
        Application.objects.filter(round__year=application.round.year, stage__gte=1)
        .exclude(state__in=NOT_RECOMMENDED)
        .exclude(pk=application.pk)
    )
    return _said(_one_more(application, "applications", earlier, None))


def _one_more(
    application: Application, of: str, others: Iterable[Any], this_year: int | None
) -> PlacesAnswer | None:
    """What the caps on groups say of one more beside these; None, and no query, where the text has none."""
    rules = application.rules
    if rules.round is None or not any(cap.of == of for cap in rules.round.group_caps):
        return None
    counts: dict[str, Counter[str]] = {}
    rows = [application, *others.select_related("unit", "round__profile")]
    names = dict(
        Authority.objects.filter(pk__in={row.route[0] for row in rows if row.route}).values_list("pk", "name")
    )
    for row in rows[1:]:
        for by, group in _groups_of(row, names).items():
            # Units of one name are not one unit.
            same = by != "host" or row.unit_id == application.unit_id
            counts.setdefault(by, Counter())[group] += same
    member = _groups_of(application, names)
    return one_more_in_groups(rules, member, {of: counts}, of=of, this_year=this_year)


def _groups_of(application: Application, names: dict[int, str]) -> dict[str, str]:
    groups = {"host": application.unit.name, **groups_told(application.rules, application.facts)}
    if application.route:
        groups["recommender"] = names[application.route[0]]
    return groups


def _said(answer: ApprovalAnswer | PlacesAnswer | None) -> tuple[Problem, ...]:
    return tuple(Problem(words, "", clause) for clause, words in answer.refusals) if answer else ()
