"""Every state × step × role of a workflow, held against a table that somebody wrote by hand.

`tests/<room>/matrix.toml` says for each workflow of the room its states and, for each step, from where it
starts, where it leads, who may take it, whether it wants a reason and which guard may still refuse it. `walk`
goes through all cells: what the table allows is done (and undone), everything else is refused in the right
kind, writes nothing at all and is noted as a refusal. A state, a step or a role without a row is an error.
"""

from __future__ import annotations

import pkgutil
import tomllib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.test import RequestFactory

from config import demo as demonstration
from core.acting import acts_for
from core.errors import DomainError, NotAllowed, ReasonRequired, StateConflict
from core.workflow import Workflow, perform
from jurisdictions.enums import Role
from jurisdictions.staffing import appoint
from panels.models import Expert
from stations.enums import UnitRole
from tests.applications.builders import Play

TESTS = Path(__file__).parent
REASON = "按办法办理"

# Who walks through the tables; what each is in the house. A role of the house that nobody plays is an error.
CAST: dict[str, Role | UnitRole | None] = {
    "unit_editor": UnitRole.EDITOR,
    "unit_submitter": UnitRole.SUBMITTER,
    "other_unit": UnitRole.SUBMITTER,
    "reviewer": Role.REVIEWER,
    "other_reviewer": Role.REVIEWER,
    "officer": Role.BUREAU_OFFICER,
    "other_officer": Role.BUREAU_OFFICER,
    "secretary": Role.PANEL_SECRETARY,
    "publisher": Role.NOTICE_PUBLISHER,
    "maker": Role.FINANCE_MAKER,
    "checker": Role.FINANCE_CHECKER,
    "administrator": Role.ADMINISTRATOR,
    "security": Role.SECURITY_ADMINISTRATOR,
    "auditor": Role.AUDITOR,
    "operator": Role.PLATFORM_OPERATOR,
    "expert_here": None,
    "expert_elsewhere": None,
    "anonymous": None,
    "system": None,
}


def cast(play: Play) -> dict[str, Any]:
    """The people of `CAST` in a world, its first two units among them.

    `reviewer` and `officer` work where the unit's affairs lie, `other_reviewer` and `other_officer` at
    another authority; `expert_here` is on the panels of the world, `expert_elsewhere` on none.
    """
    world, people = play.world, play.world.people
    for key, member in (("unit", "submitter"), ("second", "second_submitter")):
        if member not in people:
            play.story.register(key)
    hashed = make_password(None)
    made = {
        "unit_editor": people["editor"],
        "unit_submitter": people["submitter"],
        "other_unit": people["second_submitter"],
        "reviewer": people["reviewer"],
        "other_reviewer": people["reviewer2"],
        "officer": people["officer"],
        "other_officer": demonstration.person("matrix-officer", "外局", hashed),
        "secretary": people["secretary"],
        "publisher": people["publisher"],
        "maker": people["maker"],
        "checker": people["checker"],
        "administrator": people["admin"],
        "security": people["security"],
        "auditor": people["auditor"],
        "operator": demonstration.furnish_platform(password=None),
        "expert_here": people["expert1"],
        "expert_elsewhere": demonstration.person("matrix-expert", "组外", hashed),
        "anonymous": AnonymousUser(),
        "system": None,
    }
    appoint(
        user=made["other_officer"],
        authority=world.authorities["housing"],
        role=Role.BUREAU_OFFICER,
        actor=None,
    )
    Expert.objects.create(user=made["expert_elsewhere"], title="技师", employer="别处", trades="焊工")
    assert list(made) == list(CAST)
    return made


@dataclass(frozen=True)
class Row:
    """What the table says of one step."""

    sources: tuple[str, ...]
    target: str
    who: dict[str, tuple[str, ...]]
    reason: bool
    guard: str

    def allows(self, state: str, role: str) -> bool:
        return role in self.who[state]


@dataclass(frozen=True)
class Table:
    """What somebody wrote of one workflow."""

    name: str
    states: tuple[str, ...]
    rows: dict[str, Row]
    # Those who come up with this workflow alone: the offered person, the one who asked.
    extra: tuple[str, ...]


def tables(room: str) -> dict[str, Table]:
    """The room's tables, by the name of the workflow in its `transitions.py`."""
    path = TESTS / room / "matrix.toml"
    if not path.exists():
        return {}
    return {name: _read(name, said) for name, said in tomllib.loads(path.read_text(encoding="utf-8")).items()}


def _read(name: str, said: dict[str, Any]) -> Table:
    extra = tuple(said.get("also", ()))
    rows = {}
    for step, row in said["steps"].items():
        who = row["who"] if isinstance(row["who"], dict) else dict.fromkeys(row["from"], row["who"])
        assert set(who) == set(row["from"]), f"{name}.{step}: who may is not said for every source"
        unknown = {role for roles in who.values() for role in roles} - {*CAST, *extra}
        assert not unknown, f"{name}.{step}: nobody plays {unknown}"
        rows[step] = Row(
            sources=tuple(row["from"]),
            target=row["to"],
            who={state: tuple(roles) for state, roles in who.items()},
            reason=row.get("reason", False),
            guard=row.get("guard", ""),
        )
    return Table(name, tuple(said["states"]), rows, extra)


def workflows() -> Iterator[tuple[str, str, Workflow]]:
    """Every workflow of the house: room, name, workflow."""
    for module in pkgutil.iter_modules([str(settings.BASE_DIR)]):
        if module.ispkg and (Path(settings.BASE_DIR) / module.name / "transitions.py").exists():
            found = vars(import_module(f"{module.name}.transitions"))
            for name, value in found.items():
                if isinstance(value, Workflow):
                    yield module.name, name, value


def walk(
    model: Any,
    people: dict[str, Any],
    *,
    place: Callable[[str], Any],
    changes: Callable[[str, Any], dict[str, Any]] = lambda step, actor: {},
    unplayable: Collection[tuple[str, str]] = (),
) -> list[str]:
    """What is not as the table says, cell by cell; empty when all is well.

    `place(state)` brings a subject of `model` into that state (undone afterwards); `changes` are the fields
    that a step must save with it; `unplayable`: steps and roles that no row can have.
    """
    workflow: Workflow = model.workflow
    room, name = next((r, n) for r, n, found in workflows() if found is workflow)
    table = tables(room)[name]
    wrong = _not_in_the_table(model, workflow, table)
    if missing := {*CAST, *table.extra} ^ set(people):
        wrong.append(f"{name}: walked without, or with too many of {sorted(missing)}")
    for state in () if wrong else table.states:
        with _undone():
            subject = place(state)
            for role, actor in people.items():
                for step, row in table.rows.items():
                    if (step, role) in unplayable:
                        continue
                    cell = f"{name}: {step} of {state} by {role}"
                    done = _Cell(subject, step, actor, workflow.field, changes)
                    wrong += [f"{cell}: {what}" for what in _look(done, row, state, role)]
    return wrong


def _not_in_the_table(model: Any, workflow: Workflow, table: Table) -> list[str]:
    states = {value for value, _ in model._meta.get_field(workflow.field).choices}
    wrong = [f"{table.name}: state {state} has no row" for state in states ^ set(table.states)]
    wrong += [f"{table.name}: step {step} has no row" for step in set(workflow.steps) ^ set(table.rows)]
    played = {str(role) for role in CAST.values() if role is not None}
    wrong += [f"role {role} is played by nobody" for role in {*map(str, Role), *map(str, UnitRole)} - played]
    return wrong


@dataclass(frozen=True)
class _Cell:
    subject: Any
    step: str
    actor: Any
    field: str
    changes: Callable[[str, Any], dict[str, Any]]

    def attempt(self, reason: str) -> tuple[Exception | None, str, bool, bool]:
        """The refusal if any, the state afterwards, whether anything was written, whether it was noted."""
        writes: list[str] = []

        def hear(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
                writes.append(sql)
            return execute(sql, params, many, context)

        refusal, after = None, ""
        with acts_for(RequestFactory().post("/")) as unit, connection.execute_wrapper(hear), _undone():
            try:
                changes = self.changes(self.step, self.actor)
                perform(self.subject, self.step, actor=self.actor, reason=reason, **changes)
                after = str(getattr(self.subject, self.field))
            except DomainError as error:
                refusal = error
            return refusal, after, bool(writes), refusal in unit.refusals


def _look(cell: _Cell, row: Row, state: str, role: str) -> Iterator[str]:
    refusal, after, wrote, noted = cell.attempt(REASON if row.reason else "")
    if state not in row.sources:
        if type(refusal) is not StateConflict:
            yield f"starts from here, or is refused otherwise ({refusal!r})"
    elif not row.allows(state, role):
        if type(refusal) is not NotAllowed:
            yield f"is not for them, yet {refusal!r}"
        elif not noted:
            yield "is refused and nobody hears of it"
    elif row.guard:
        if type(refusal) is not DomainError or row.guard not in refusal.message:
            yield f"is held by its guard, yet {refusal!r}"
    elif refusal is not None:
        yield f"is theirs, yet {refusal!r}"
    elif after != row.target:
        yield f"leads to {after}"
    elif row.reason and type(cell.attempt("")[0]) is not ReasonRequired:
        yield "wants no reason"
    if refusal is not None and wrote:
        yield "was refused and has written"


@contextmanager
def _undone() -> Iterator[None]:
    """What its block wrote is taken back."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
        transaction.savepoint_commit(point)
