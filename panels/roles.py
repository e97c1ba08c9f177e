"""What a person is on the expert register of the tenant in scope, for the log."""

from collections.abc import Iterable
from typing import Any

from core.audit import names_roles
from panels.models import Expert


@names_roles(expert="评审专家")
def register(person: Any) -> Iterable[str]:
    """`expert`, for who stands on the register."""
    return ["expert"] if Expert.objects.filter(user=person, is_active=True).exists() else []
