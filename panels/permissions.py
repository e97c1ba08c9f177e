"""Who organises a panel and who writes its sheets."""

from typing import Any

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
    """The accounts on the expert register of the tenant in scope."""
    from panels.models import Expert  # noqa: PLC0415 - its transitions read these predicates

    return Expert.objects.filter(is_active=True).values("user")


def can_run_visit(user: Any, visit: Any) -> bool:
    return can_run(user, visit.item.panel)


def is_visitor(user: Any, visit: Any) -> bool:
    """Whoever the record names as having been there, as long as they still belong there.

    Either of the panel's organisers, or an expert whose grant on the panel stands.
    """
    if user is None or user.pk is None or not visit.visitors.filter(user=user.pk).exists():
        return False
    panel = visit.item.panel
    return can_run(user, panel) or is_granted(user, panel, "panels.score")


def may_read_visit(user: Any, visit: Any) -> bool:
    """A visitor, and once it is signed whoever judges what was visited, as long as they do."""
    from panels.models import ScoreSheet  # noqa: PLC0415 - its transitions read these predicates

    if is_visitor(user, visit):
        return True
    judged = ScoreSheet.objects.of_expert(user).filter(item=visit.item).exclude(state="recused")
    return visit.is_signed and judged.exists() and is_granted(user, visit.item.panel, "panels.score")
