"""Several hands at the same moment: real threads, each with a connection and transactions of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from core.errors import DomainError
from core.tenancy import tenant_scope
from tests.world import World

Act = Callable[[], Any]
SECONDS = 60


def at_once(world: World, *acts: Act) -> list[Any]:
    """What each act gave back, or the refusal that it met, in the order of the acts.

    They start together; for tests that commit (`transactional_db`). Anything but a refusal is raised here.
    """
    start, found, broken = threading.Barrier(len(acts)), [None] * len(acts), []

    def run(place: int, act: Act) -> None:
        try:
            with tenant_scope(world.jurisdiction):
                start.wait(SECONDS)
                found[place] = act()
        except DomainError as refused:
            found[place] = refused
        except BaseException as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert not any(thread.is_alive() for thread in threads), "an act never came to an end"
    if broken:
        raise broken[0]
    return found


def refusals(found: list[Any]) -> list[str]:
    """The kinds of the refusals among what was found."""
    return [type(each).__name__ for each in found if isinstance(each, DomainError)]
