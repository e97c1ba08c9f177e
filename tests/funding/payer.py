"""A worker that pays, as a process of its own: `python -m tests.funding.payer <tenant> <seed> <deadly>`.

Reads the tranche ids that are delivered to it from standard input, one line, pays each with the real
verb and prints how many it paid. With `deadly` > 0 it kills itself (SIGKILL) somewhere inside a payment
with that chance: before the books, after them, after the release, before the commit.
"""

import os
import random
import signal
import sys
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db import DatabaseError, InterfaceError, connection  # noqa: E402

from core.tenancy import tenant_scope  # noqa: E402
from funding import release  # noqa: E402
from jurisdictions.models import Jurisdiction  # noqa: E402

FAILPOINTS = ("book_release", "perform", "tell_unit", "tell_finance")


def main(slug: str, seed: int, deadly: float) -> None:
    chance = random.Random(seed)
    for name in FAILPOINTS:
        setattr(release, name, _deadly(getattr(release, name), chance, deadly))
    tenant = Jurisdiction.objects.get(slug=slug)
    print("ready", flush=True)
    delivered = [int(number) for number in sys.stdin.readline().split()]
    paid = broken = 0
    for tranche_id in delivered:
        try:
            with tenant_scope(tenant):
                paid += release.release_tranche(tranche_id=tranche_id)
        except (DatabaseError, InterfaceError):
            broken += 1
            connection.close()
    print(paid, broken, flush=True)


def _deadly(act: Callable[..., Any], chance: random.Random, odds: float) -> Callable[..., Any]:
    def acted(*args: Any, **kwargs: Any) -> Any:
        if chance.random() < odds / 2:
            os.kill(os.getpid(), signal.SIGKILL)
        result = act(*args, **kwargs)
        if chance.random() < odds / 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return acted


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
