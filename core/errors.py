"""What a verb says when it cannot do what it was asked: always in the reader's words."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.acting import note_refusal


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that stands in the way.

    `path` names the input it belongs to (`facts.technicians`, `rosters.members.2.title`);
    empty when it belongs to the whole.
    """

    message: str
    path: str = ""
    clause: str = ""


class DomainError(Exception):
    """A rule of the house refused the act. Its text is shown to the person as it is."""

    def __init__(self, message: str, *, clause: str = "", path: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.clause = clause
        self.path = path

    @property
    def problems(self) -> tuple[Problem, ...]:
        return (Problem(self.message, self.path, self.clause),)


class NotAllowed(DomainError):
    """The person has no right to this act on this object.

    Whoever catches it, the log hears of it: in a request, making one is enough.
    """

    def __init__(self, message: str, *, clause: str = "", path: str = "") -> None:
        super().__init__(message, clause=clause, path=path)
        note_refusal(self)


class StateConflict(DomainError):
    """The object is no longer in a state from which this act starts."""


class ReasonRequired(DomainError):
    """The act needs a reason and none was given."""


class EditConflict(DomainError):
    """Somebody else saved in between; what was typed is still with the person."""


class InputRefused(DomainError):
    """The input has problems, each of them named with its place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self._problems = tuple(problems)
        if not self._problems:
            raise ValueError("InputRefused needs at least one problem")
        super().__init__("；".join(problem.message for problem in self._problems))

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._problems
