"""A table that people fill in row by row: its columns, and how many rows it takes."""

from __future__ import annotations

from dataclasses import dataclass

from jurisdictions.engine.schema.form import Column

MAX_ROWS = 300
YES_NO = (("true", "是"), ("false", "否"))


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that somebody enters. `path` is its place: of an application `rosters.members`, for instance."""

    path: str
    label: str
    help: str
    clause: str
    columns: tuple[Column, ...]
    min_rows: int
