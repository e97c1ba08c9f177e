"""Who organises a panel and who writes its sheets."""

from typing import Any

from django.db.models import Q

from core.grants import is_granted
from jurisdictions.enums import Right
from jurisdictions.permissions import holds


def can_run(user: Any, panel: Any) -> bool:
    """Panel secretaries and officers of the authority that set the panel up."""
    return holds(user, Right.RUN_PANEL, panel.authority)


def can_run_sheet(user: Any, sheet: Any) -> bool:
    return can_run(user, sheet.item.panel)


def can_ask_reopening(user: Any, sheet: Any) -> bool:
    """Whoever runs the panel, and the expert whose sheet it is."""
    return can_run_sheet(user, sheet) or can_score(user, sheet)


def can_decide_reopening(user: Any, reopening: Any) -> bool:
    """Whoever runs the panel, but neither who asked nor the expert whose sheet it is."""
    if user is None or user.pk in (reopening.asked_by_id, reopening.sheet.member.expert.user_id):
        return False
    return can_run_sheet(user, reopening.sheet)


def can_empty_sheet(user: Any, sheet: Any) -> bool:
    """Whoever runs the panel, and the expert who gives the own seat up."""
    return can_run_sheet(user, sheet) or (user is not None and sheet.member.expert.user_id == user.pk)


def can_score(user: Any, sheet: Any) -> bool:
    """The expert whose sheet it is, as long as the panel's grant stands."""
    own = user is not None and sheet.member.expert.user_id == user.pk
    return own and is_granted(user, sheet.item.panel, "panels.score")


def expert_ids() -> Any:
    """The accounts on the expert register of the tenant in scope, those that wait to be let in, and those
    that still have a seat.
    """
    from panels.models import Expert  # noqa: PLC0415 - its transitions read these predicates

    seated = Q(seats__withdrawn_at__isnull=True, seats__panel__state="scoring")
    waits = Q(entered_by__isnull=False, confirmed_by__isnull=True)
    return Expert.objects.filter(Q(is_active=True) | waits | seated).values("user")


def can_run_visit(user: Any, visit: Any) -> bool:
    return can_run(user, visit.item.panel)


def is_visitor(user: Any, visit: Any) -> bool:
    """Whoever the record names as having been there, as long as they still belong there.

    Either of the panel's organisers, or an expert who still judges the item. A correction is signed by the
    same expert after the panel has closed, whose grant has ended with it.
    """
    if user is None or user.pk is None or not visit.visitors.filter(user=user.pk).exists():
        return False
    return can_run(user, visit.item.panel) or _judges(user, visit)


def may_read_visit(user: Any, visit: Any) -> bool:
    """A visitor, and once it is signed whoever judges what was visited, as long as they do."""
    return is_visitor(user, visit) or (visit.is_signed and _judges(user, visit))


def _judges(user: Any, visit: Any) -> bool:
    """An expert on the panel who has not stepped back from the item."""
    from panels.models import ScoreSheet  # noqa: PLC0415 - its transitions read these predicates

    corrects = visit.former_id is not None and not visit.is_signed
    granted = corrects or is_granted(user, visit.item.panel, "panels.score")
    return granted and ScoreSheet.objects.judged_by(user).filter(item=visit.item).exists()
