"""One place, played small and then large, in one transaction a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.large.measuring import Loaded

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    """What every page cost with few applications, and what it costs with three times as many."""
    from django.db import transaction  # noqa: PLC0415 - Django is set up after this file is read
    from django.test import override_settings  # noqa: PLC0415

    from tests.large.measuring import measure  # noqa: PLC0415

    folder: Path = tmp_path_factory.mktemp("large")
    changed = override_settings(
        PASSWORD_HASHERS=QUICK,
        MEDIA_ROOT=folder / "media",
        AUDIT_SEAL_DIR=folder / "seals",
        REAUTHENTICATION_SECONDS=24 * 3600,
        SECOND_FACTOR_EXEMPT_DEMO=False,
    )
    with django_db_blocker.unblock(), changed, transaction.atomic():
        yield measure()
        transaction.set_rollback(True)
