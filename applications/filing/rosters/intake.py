"""From lines of a spreadsheet to rows of a roster: every error at once, and what taking them would change.

Numbers of persons go into the vault as they are read, so that a preview carries none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction

from applications.dossier.conflicts import Base, mark
from applications.dossier.forms import as_text
from applications.dossier.persons import Number, numbers_in, seal_rosters
from applications.dossier.sections import rows_of
from applications.filing.drafting import save_draft
from core import clock
from core.errors import EditConflict, InputRefused, Problem
from core.models import LogEntry
from core.workflow import lock
from documents.tables.grid import Line
from documents.tables.reading import Fault, rows_in
from documents.tables.table import MAX_ROWS, YES_NO, Table
from jurisdictions.engine import Profile, cell_error, check_rows

# What is done with the rows that stand in the roster already.
MERGE, REPLACE = "merge", "replace"
ADDED, CHANGED, SAME, GONE = "added", "changed", "same", "gone"


class Change(NamedTuple):
    """One row of the preview: what happens to it, and its cells as (column, what the page shows)."""

    kind: str
    number: int
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the rows, sealed, each with the number that it had, or every error that stands in the
    way; `notes` are what was passed over on purpose."""

    rows: tuple[tuple[int, dict[str, Any]], ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The roster as it would stand, and what happens to each row; `fault` where it cannot."""

    rows: tuple[dict[str, Any], ...]
    changes: tuple[Change, ...]
    fault: str = ""

    def count(self, kind: str) -> int:
        return sum(change.kind == kind for change in self.changes)


def read_rows(application: Any, table: Table, lines: Sequence[Line]) -> Reading:
    """Reads lines as rows of a roster: all of them, or every error and none of them."""
    with transaction.atomic():
        reading = _read(application.rules, table, lines)
        if reading.faults:
            # What is not taken leaves nothing in the vault.
            transaction.set_rollback(True)
    return reading


def _read(rules: Profile, table: Table, lines: Sequence[Line]) -> Reading:
    found = rows_in(table, lines)
    rows, faults = found.rows, found.faults
    if not rows:
        return Reading(faults=tuple(faults), notes=tuple(found.notes))
    kind, _, name = table.path.partition(".")
    if kind == "rosters":
        rows = seal_rosters(rules, {name: rows}, {}, clock.today())[name]
    faults += _faults_of_rules(rules, table, found.numbers, rows, faults)
    return Reading(
        tuple(zip(found.numbers, rows, strict=True)),
        tuple(sorted(faults, key=lambda one: one.row)),
        tuple(found.notes),
    )


@transaction.atomic
def import_rows(
    *, application: Any, actor: Any, table: Table, reading: Reading, mode: str, seen: str
) -> Outcome:
    """Puts the rows into the roster; logged with how many, not with whom.

    `seen` is the mark of the roster as it stood in the preview: raises `EditConflict` where it has changed
    since, `InputRefused` where it would hold too many rows, and what `save_draft` raises.
    """
    lock(application)
    if mark(rows_of(application, table)) != seen:
        raise EditConflict("名册在预览之后被修改过，下面是重新比对的结果，请核对后再导入。")
    outcome = outcome_of(application, table, reading, mode)
    if reading.faults or outcome.fault:
        raise InputRefused([Problem(outcome.fault or "导入的内容有错误，没有导入。")])
    kind, _, name = table.path.partition(".")
    numbers = {number.sealed.ref: number.sealed for number in _numbers(application.rules, name, reading)}
    save_draft(
        application=application,
        actor=actor,
        revision=application.revision,
        base=Base(numbers=numbers),
        **{kind: {name: list(outcome.rows)}},
    )
    counts = {kind: outcome.count(kind) for kind in (ADDED, CHANGED, GONE)}
    LogEntry.record(
        application,
        action="applications.import_rows",
        label="导入名册",
        actor=actor,
        at=clock.now(),
        data={"table": table.path, "mode": mode, **counts},
    )
    return outcome


def _numbers(rules: Profile, name: str, reading: Reading) -> Iterator[Number]:
    return numbers_in(rules, {name: [row for _, row in reading.rows]})


# --- what the rules say -------------------------------------------------------------------


def _faults_of_rules(
    rules: Profile,
    table: Table,
    numbers: Sequence[int],
    rows: Sequence[Mapping[str, Any]],
    said: Sequence[Fault],
) -> list[Fault]:
    """What is missing or wrong by the profile, in the lines themselves; a cell has one reason."""
    known = {(fault.row, fault.column) for fault in said}
    labels = {column.name: column.label for column in table.columns}
    faults = []
    kind, _, name = table.path.partition(".")
    if kind == "rosters":
        found = [
            (int(index), column, problem.message)
            for problem in check_rows(rules, rules.roster(name), rows, clock.today())
            for _, _, index, column in [problem.path.split(".")]
        ]
    else:
        found = [
            (index, column.name, message)
            for index, row in enumerate(rows)
            for column in table.columns
            if row[column.name] not in (None, "")
            and (message := cell_error(column, row[column.name], clock.today()))
        ]
    for index, column, message in found:
        if (numbers[index], labels[column]) not in known:
            words = re.sub(r"与第(\d+)行", lambda m: f"与第{numbers[int(m[1]) - 1]}行", message)
            shown = rows[index][column]
            text = "" if isinstance(shown, Mapping) else as_text(shown)[:40]
            faults.append(Fault(numbers[index], labels[column], words, text))
    return faults


# --- what it would change -----------------------------------------------------------------


def outcome_of(application: Any, table: Table, reading: Reading, mode: str) -> Outcome:
    """What taking the rows would change now. `mode` is `merge` (a person who is there already is brought up
    to date, others are added) or `replace` (what is not among the rows goes).
    """
    former = rows_of(application, table)
    key = _key_of(application.rules, table)
    places = {value: index for index, row in enumerate(former) if key and (value := mark(row.get(key, "")))}
    result: list[dict[str, Any]] = [] if mode == REPLACE else list(former)
    taken: set[int] = set()
    changes = []
    for number, row in reading.rows:
        place = _place_of(row, key, places, former)
        kind = ADDED if place is None else SAME if mark(former[place]) == mark(row) else CHANGED
        if place is not None:
            taken.add(place)
        if mode == MERGE and place is not None:
            result[place] = row
        else:
            result.append(row)
        changes.append(Change(kind, number, _shown(table, row)))
    if mode == REPLACE:
        changes += [
            Change(GONE, index + 1, _shown(table, row))
            for index, row in enumerate(former)
            if index not in taken
        ]
    fault = f"导入后共 {len(result)} 行，超过名册的上限 {MAX_ROWS} 行。" if len(result) > MAX_ROWS else ""
    return Outcome(tuple(result), tuple(changes), fault)


def _key_of(rules: Profile, table: Table) -> str:
    """The column by which a row is known again, where the roster has one."""
    kind, _, name = table.path.partition(".")
    return next(iter(rules.roster(name).unique), "") if kind == "rosters" else ""


def _place_of(
    row: Mapping[str, Any], key: str, places: Mapping[str, int], former: Sequence[Mapping[str, Any]]
) -> int | None:
    if key:
        return places.get(mark(row.get(key, "")))
    # Without one, a row is known again only when it is the same throughout.
    return next((index for index, one in enumerate(former) if mark(one) == mark(row)), None)


def _shown(table: Table, row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    cells = []
    for column in table.columns:
        text = as_text(row.get(column.name))
        words = {choice.value: choice.label for choice in column.choices}
        words |= dict(YES_NO) if column.type == "boolean" else {}
        cells.append((column.label, words.get(text, text)))
    return tuple(cells)
