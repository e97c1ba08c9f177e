"""The text of a version in which another reading is chosen: one word in the file changes, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from core.errors import DomainError
from jurisdictions.engine import parse_profile
from jurisdictions.models import RuleProfile


def text_with_readings(version: RuleProfile, wanted: Mapping[str, str]) -> str:
    """The text of a version with these options chosen ({reading: option}), comments and layout kept.

    Raises DomainError for an unknown reading or option, and where nothing changes.
    """
    chosen = version.rules.chosen_readings
    changed = {name: option for name, option in wanted.items() if chosen.get(name) != option}
    if not changed:
        raise DomainError("没有选择不同的理解口径。")
    for name, option in changed.items():
        reading = next((one for one in version.rules.readings if one.id == name), None)
        if reading is None or option not in {one.value for one in reading.options}:
            raise DomainError(f"没有这个理解口径或选项：{name} {option}。")
    text = version.text
    # From the end to the beginning, so that places found before stay right.
    for place, end, name in sorted(_places(text, set(changed)), reverse=True):
        text = text[:place] + changed[name] + text[end:]
    if parse_profile(text).chosen_readings != {**chosen, **changed}:
        raise DomainError("无法在文件中改写这一口径，请下载后自行修改再上传。")
    return text


def _places(text: str, names: set[str]) -> list[tuple[int, int, str]]:
    """Where the chosen option of each of these readings stands: begin, end, reading."""
    # The slower reader: its marks count characters.
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    readings = _value(root, "readings")
    found = []
    for entry in readings.value if isinstance(readings, yaml.SequenceNode) else ():
        name, option = _value(entry, "id"), _value(entry, "chosen")
        if name is not None and option is not None and name.value in names:
            found.append((option.start_mark.index, option.end_mark.index, name.value))
    return found


def _value(node: Any, key: str) -> Any:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)
