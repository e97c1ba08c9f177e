"""Places of the year, of its groups and in all: how many are taken, and the engine's answer to one more."""

from __future__ import annotations

from collections import Counter

from django.db.models import QuerySet

from applications.enums import CHOSEN, ApplicationState
from applications.models import Application, Round
from core.errors import Problem
from jurisdictions.engine import ApprovalAnswer, designate_one_more
from jurisdictions.engine.places import PlacesAnswer, groups_told, one_more_in_groups
from jurisdictions.models import Authority
from stations.enums import IN_BEING
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
        Station.objects.filter(state__in=IN_BEING).count()
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
    application: Application, of: str, others: QuerySet[Application], this_year: int | None
) -> PlacesAnswer | None:
    """What the caps on groups say of one more beside these; None, and no query, where the text has none."""
    rules = application.rules
    if rules.round is None or not any(cap.of == of for cap in rules.round.group_caps):
        return None
    member = {"host": application.unit.name, **groups_told(rules, application.facts)}
    if application.route:
        member["recommender"] = Authority.here()[application.route[0]].name
    counts: dict[str, Counter[str]] = {}
    for unit, route, facts in others.values_list("unit_id", "route", "facts"):
        groups = groups_told(rules, facts)
        # Units of one name are not one unit, so whoever is another's host or recommender is not counted.
        if unit == application.unit_id:
            groups["host"] = member["host"]
        if application.route and route[:1] == application.route[:1]:
            groups["recommender"] = member["recommender"]
        for by, group in groups.items():
            counts.setdefault(by, Counter())[group] += 1
    return one_more_in_groups(rules, member, {of: counts}, of=of, this_year=this_year)


def _said(answer: ApprovalAnswer | PlacesAnswer | None) -> tuple[Problem, ...]:
    return tuple(Problem(words, "", clause) for clause, words in answer.refusals) if answer else ()
