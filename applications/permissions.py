"""Who may see and act on an application. One definition gives the yes/no and the list."""

from typing import Any

from django.db.models import Q

from applications.enums import ApplicationState
from jurisdictions.enums import Right
from jurisdictions.permissions import authorities_where, holds
from stations.permissions import can_edit_unit, can_submit_for_unit, units_of


def can_organise(user: Any, round_: Any) -> bool:
    return holds(user, Right.MANAGE, round_.authority)


def can_edit(user: Any, application: Any) -> bool:
    return can_edit_unit(user, application.unit)


def can_submit(user: Any, application: Any) -> bool:
    return can_submit_for_unit(user, application.unit)


def can_review(user: Any, application: Any) -> bool:
    """Reviewers of the authority whose desk it lies on."""
    return holds(user, Right.REVIEW, application.authority)


def can_decide(user: Any, application: Any) -> bool:
    """Officers of the authority that leads the round."""
    return holds(user, Right.MANAGE, application.round.authority)


def can_send_back(user: Any, application: Any) -> bool:
    """Whose the file is once a first desk sent it up: the next desk's, or the lead's before its panel."""
    if application.state == ApplicationState.UNDER_REVIEW:
        return application.stage > 0 and can_review(user, application)
    return can_decide(user, application)


def can_disqualify(user: Any, application: Any) -> bool:
    """Whose desk it lies or lay on last; after review the lead's officers."""
    if application.state in (ApplicationState.UNDER_REVIEW, ApplicationState.RETURNED):
        return can_review(user, application)
    return can_decide(user, application)


def can_take_originals(user: Any, application: Any) -> bool:
    """Who checks copies against originals, or decides: the others see personal papers under a watermark."""
    return can_review(user, application) or can_decide(user, application)


def can_run_panel(user: Any, application: Any) -> bool:
    """Panel secretaries and officers of the authority that leads the round."""
    return holds(user, Right.RUN_PANEL, application.round.authority)


def can_show(user: Any, application: Any) -> bool:
    """Whoever publishes the round's notice moves its applications into it."""
    return holds(user, Right.PUBLISH, application.round.authority)


def can_reveal(user: Any, application: Any) -> bool:
    """Whose work needs the numbers of persons: the unit's own people, the reviewers on whose desk it lies
    or lay, and the officers who lead its round. Experts, secretaries and auditors read masks.
    """
    if can_edit(user, application):
        return True
    if application.submitted_at is None:
        return False
    desks = authorities_where(user, Right.REVIEW)
    passed = application.opinions.filter(authority__in=desks)
    return can_review(user, application) or can_decide(user, application) or passed.exists()


def visible_to(user: Any) -> Q:
    """The applications a person may see: the unit's own; those that passed or lie on a desk
    of theirs; all submitted ones for the leading authority.

    Experts see theirs through their sheets, not through this list.
    """
    units = units_of(user)
    desks = authorities_where(user, Right.REVIEW)
    led = authorities_where(user, Right.MANAGE, Right.RUN_PANEL, Right.AUDIT)
    reached = Q(authority__in=desks) | Q(opinions__authority__in=desks)
    return Q(unit__in=units) | reached | (Q(round__authority__in=led) & Q(submitted_at__isnull=False))
