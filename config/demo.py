"""Furnishing a jurisdiction from its demonstration file (`fixtures/demo/<slug>.yaml`).

The demonstration and the tests use the same functions and the same files, so that what the
tests prove is what a visitor plays. Everything runs in the tenant's scope.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.models import User
from jurisdictions.engine import bundled_profiles
from jurisdictions.enums import Role
from jurisdictions.models import Authority, RuleProfile
from jurisdictions.platform import appoint_operator
from jurisdictions.staffing import appoint
from jurisdictions.versions import load_version
from panels.models import Expert

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "demo"
PASSWORD = "Rehearsal-2026"  # of invented accounts, in rehearsal mode only
OPERATOR = ("operator", "石磊")  # who runs the platform and works in no jurisdiction


@dataclass
class Furniture:
    """What was made, under the keys of the demonstration file."""

    authorities: dict[str, Authority] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    experts: dict[str, Expert] = field(default_factory=dict)


def read(slug: str) -> dict[str, Any]:
    """The demonstration file of a jurisdiction."""
    with (FOLDER / f"{slug}.yaml").open(encoding="utf-8") as handle:
        content: dict[str, Any] = yaml.load(handle, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return content


def slugs() -> list[str]:
    """The jurisdictions that have a demonstration file."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load_versions(slug: str) -> RuleProfile:
    """Every bundled profile version of the jurisdiction; the newest of them."""
    loaded = [load_version(path=path, actor=None) for path in bundled_profiles() if path.parent.name == slug]
    return loaded[-1]


def furnish(demo: dict[str, Any], *, password: str | None = PASSWORD) -> Furniture:
    """Authorities, people with their posts, and experts. `password` None: nobody can sign in."""
    made = Furniture()
    hashed = make_password(password)
    for row in demo["authorities"]:
        word = demo["document_code"] if row["key"] == "lead" else ""
        made.authorities[row["key"]], _ = Authority.objects.get_or_create(
            name=row["name"],
            defaults={"kind": row["kind"], "short_name": row["short_name"], "document_word": word},
        )
    for row in demo["people"]:
        user = person(row["username"], row["name"], hashed)
        made.people[row["key"]] = user
        for post in row.get("posts", []):
            appoint(user=user, authority=made.authorities[post["at"]], role=Role(post["role"]), actor=None)
        if "expert" in row:
            made.experts[row["key"]], _ = Expert.objects.get_or_create(user=user, defaults=row["expert"])
    return made


def furnish_platform(*, password: str | None = PASSWORD) -> User:
    """The one who runs the platform."""
    username, name = OPERATOR
    operator = person(username, name, make_password(password))
    appoint_operator(user=operator)
    return operator


def person(username: str, name: str, hashed_password: str) -> User:
    """The account of an invented person; marked, so that it signs in nowhere but in rehearsals."""
    user, _ = User.objects.get_or_create(
        username=username,
        defaults={
            "full_name": name,
            "password": hashed_password,
            "email": f"{username}@example.org",
            "is_demonstration": True,
        },
    )
    return user
