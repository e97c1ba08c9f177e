"""What tests of panels begin with. Read before Django is set up: what needs it is imported inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from panels.models import PanelItem
    from tests.applications.builders import Play
    from tests.world import World


@pytest.fixture
def play(world: World) -> Play:
    from tests.applications.builders import Play  # noqa: PLC0415

    return Play(world)


@pytest.fixture
def item(play: Play) -> PanelItem:
    """One thing at a panel, no sheet written yet."""
    from panels.models import PanelItem  # noqa: PLC0415

    play.at_panel("unit")
    return PanelItem.objects.get()
