"""One act on several files: each succeeds or says why not, and none is lost for another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from applications.models import Application
from core.errors import DomainError, Problem

# As many as a page of the queue shows.
MOST = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file; without problems it went through."""

    application: Application
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        return not self.problems


def each(applications: Iterable[Application], act: Callable[[Application], Any]) -> list[Outcome]:
    """Runs the act on every file, each in a savepoint of its own, and says what came of each.

    One after the other by number, so that two batches wait for one another and never in a circle.
    """
    return [_one(application, act) for application in sorted(applications, key=lambda one: one.pk)]


def _one(application: Application, act: Callable[[Application], Any]) -> Outcome:
    try:
        with transaction.atomic():
            act(application)
    except DomainError as error:
        return Outcome(application, error.problems)
    return Outcome(application)
