"""The invented jurisdictions under `tests/profiles/`, and their worked cases."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jurisdictions.engine import Profile, load_profile

FOLDER = Path(__file__).resolve().parents[2] / "profiles"
INVENTED = ("baishi", "qinglan")


def file_of(slug: str) -> Path:
    """Its profile file."""
    (path,) = (FOLDER / slug).glob("[0-9]*.yaml")
    return path


@cache
def invented(slug: str) -> Profile:
    """Its profile."""
    return load_profile(file_of(slug))


def cases(slug: str) -> list[dict[str, Any]]:
    """Its worked cases, as JSON gives them."""
    lines = (FOLDER / slug / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
