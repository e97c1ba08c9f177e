"""A profile to be filled in: every chapter that is needed, with what belongs there beside it.

What is still to be filled is marked 〔填：…〕. A file with a mark in it founds no jurisdiction.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from jurisdictions.engine import bundled_profiles
from jurisdictions.enums import RESERVED_SLUGS

TEMPLATE = Path(__file__).resolve().parent / "skeleton.yaml.template"
MARK = re.compile(r"〔填：([^〕]*)〕")
# As the models and the profile language want them (`Jurisdiction.slug`, `Place.division_code`, `ClauseId`).
SLUG_LENGTH = 50
SLUG = re.compile(rf"^[a-z][a-z0-9-]{{0,{SLUG_LENGTH - 1}}}\Z")
DIVISION_CODE = re.compile(r"^[0-9]{6}\Z")
PREFIX = re.compile(r"^[A-Z]+\Z")
_BLANK = re.compile(r"%([a-z_]+)%")


@dataclass(frozen=True, slots=True)
class Beginnings:
    """What is known of a jurisdiction before anybody has read its regulation closely."""

    slug: str
    name: str
    short_name: str
    level: str
    division_code: str
    effective: str
    """The day from which the regulation counts, ISO."""
    prefix: str
    """With what the ids of its clauses begin: QS for 沁水."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place that is still to be filled, by its line."""

    line: int
    what: str


def slips(known: Beginnings) -> list[str]:
    """What no jurisdiction could be founded with, each slip named with what is wanted instead."""
    found = []
    if not SLUG.match(known.slug):
        found.append(
            f"网址代号 {known.slug}：须以小写字母开头，只用小写字母、数字和连字符，最多{SLUG_LENGTH}个字符"
        )
    elif known.slug in RESERVED_SLUGS:
        found.append(f"网址代号 {known.slug} 为系统所用，请换一个")
    elif known.slug in {path.parent.name for path in bundled_profiles()}:
        found.append(f"辖区 {known.slug} 已经存在，请换一个网址代号；新版本请作为规则版本载入")
    if not DIVISION_CODE.match(known.division_code):
        found.append(f"行政区划代码 {known.division_code}：须为6位数字，例如 140521")
    if not PREFIX.match(known.prefix):
        found.append(f"条款编号前缀 {known.prefix}：须为大写字母，例如 QS；用 --prefix 指定")
    return found


def example(known: Beginnings) -> str:
    """A question about the skeleton as it is filled in, as `manage.py ask` reads it."""
    given = {"unit_type": "enterprise", "technicians": 2, "support_good": True}
    return json.dumps({"jurisdiction": known.slug, "kind": "eligibility", "given": given})


def skeleton(known: Beginnings) -> str:
    """The text of the skeleton with what is known filled in."""
    text = TEMPLATE.read_text(encoding="utf-8")
    return _BLANK.sub(lambda blank: str(getattr(known, blank.group(1))), text)


def unfilled(text: str) -> list[Place]:
    """Every mark that is left; those in comments only explain."""
    return [
        Place(number, mark.group(1))
        for number, line in enumerate(text.splitlines(), start=1)
        if not line.lstrip().startswith("#")
        for mark in MARK.finditer(line)
    ]
