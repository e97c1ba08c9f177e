"""Who publishes notices and who decides objections."""

from typing import Any

from jurisdictions.enums import Right
from jurisdictions.permissions import holds


def can_draft(user: Any, notice: Any) -> bool:
    """Whoever organises the round drafts its notice."""
    return holds(user, Right.MANAGE, notice.authority)


def can_publish(user: Any, notice: Any) -> bool:
    return holds(user, Right.PUBLISH, notice.authority)


def can_handle_objection(user: Any, objection: Any) -> bool:
    return holds(user, Right.MANAGE, objection.notice.authority)
