"""What another person saved while one was typing, field by field."""

from collections.abc import Mapping
from typing import Any

from applications.dossier.forms import as_text, stored_data
from applications.dossier.sections import Section, rows_of


def differences(application: Any, section: Section, typed: Mapping[str, Any]) -> list[dict[str, str]]:
    """The fields of a chapter in which the stored text is another than the typed one: label, stored text."""
    stored = stored_data(application, section)
    labels = {f"facts.{fact.name}": fact for fact in section.facts}
    labels |= {f"narratives.{narrative.name}": narrative for narrative in section.narratives}
    found = [
        {"path": path, "label": part.label, "theirs": _words(part, stored.get(path, ""))}
        for path, part in labels.items()
        if path in typed and stored.get(path, "") != str(typed[path]).strip().replace("\r\n", "\n")
    ]
    for table in section.tables:
        rows = rows_of(application, table)
        mine = {
            name: str(value).strip() for name, value in typed.items() if name.startswith(f"{table.path}-")
        }
        theirs = {
            f"{table.path}-{index}-{column.name}": as_text(row.get(column.name))
            for index, row in enumerate(rows)
            for column in table.columns
        }
        if any(mine.get(name, "") != text for name, text in theirs.items()):
            lines = "；".join(
                "、".join(as_text(v) for v in row.values() if v not in (None, "")) for row in rows
            )
            found.append({"path": table.path, "label": table.label, "theirs": lines or "（空）"})
    return found


def _words(part: Any, text: str) -> str:
    """A stored text as the person reads it: the label of a choice, 是 and 否."""
    choices = {choice.value: choice.label for choice in getattr(part, "choices", ())}
    choices |= {"true": "是", "false": "否"} if getattr(part, "type", "") == "boolean" else {}
    return choices.get(text, text) or "（空）"
