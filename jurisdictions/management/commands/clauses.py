"""Lists every clause of the bundled regulations with where it lives; `--check` fails when one is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jurisdictions.coverage import ROOT, Kept, broken_entries, coverage, gaps
from jurisdictions.engine import Profile, bundled_profiles, load_profile

DOCUMENT = ROOT / "docs" / "clauses.md"
COLUMNS = ("clause", "article", "kind", "force", "nodes", "verbs", "pages", "tests")
HEAD = """# Every clause, and where it lives

Written by `manage.py clauses --write`; a test holds it to the profiles. Force: M binding, S soft wording,
D discretion, I informative. A clause rests on nodes of its profile; who obeys a chapter stands in
`jurisdictions/chapters.toml`. `manage.py clauses --check` fails when an operative clause rests on nothing,
when nobody obeys its chapter, or when a function, page or test that is named does not exist.
"""


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--jurisdiction", metavar="SLUG", help="one regulation alone")
        parser.add_argument("--check", action="store_true", help="only what is lost; status 1 for any")
        parser.add_argument("--write", action="store_true", help="write docs/clauses.md")

    def handle(self, *args: Any, **options: Any) -> None:
        profiles = [load_profile(path) for path in bundled_profiles()]
        if options["jurisdiction"]:
            profiles = [profile for profile in profiles if profile.slug == options["jurisdiction"]]
            if not profiles:
                raise CommandError(f"没有辖区 {options['jurisdiction']}")
        if options["write"]:
            Path(DOCUMENT).write_text(document(profiles), encoding="utf-8")
        elif options["check"]:
            self._check(profiles)
        else:
            for profile in profiles:
                for kept in coverage(profile):
                    self.stdout.write("\t".join(_cells(kept)))

    def _check(self, profiles: list[Profile]) -> None:
        told = [f"{profile.slug}: {gap}" for profile in profiles for gap in gaps(profile)] + broken_entries()
        for line in told:
            self.stdout.write(line)
        operative = sum(kept.clause.operative for profile in profiles for kept in coverage(profile))
        if told:
            raise CommandError(f"{len(told)} 处缺漏")
        self.stdout.write(f"{operative} 条有效条款均已落实。")


def document(profiles: list[Profile]) -> str:
    """docs/clauses.md."""
    return HEAD + "".join(_chapter(profile) for profile in profiles)


def _chapter(profile: Profile) -> str:
    rows = coverage(profile)
    operative = sum(kept.clause.operative for kept in rows)
    table = [COLUMNS, ["---"] * len(COLUMNS), *(_cells(kept) for kept in rows)]
    return "".join(
        [
            f"\n## {profile.jurisdiction.short_name}: {profile.title}\n\n",
            f"{len(rows)} clauses, {operative} operative.\n\n",
            *(f"| {' | '.join(cells)} |\n" for cells in table),
        ]
    )


def _cells(kept: Kept) -> Iterator[str]:
    clause = kept.clause
    yield from (clause.id, clause.article, clause.kind, clause.force)
    yield ", ".join(f"`{place}`" for place in kept.places)
    yield ", ".join(f"`{name}`" for name in kept.all("verbs"))
    yield ", ".join(f"`{name}`" for name in kept.all("screens"))
    yield ", ".join(f"`{name.removeprefix('tests/')}`" for name in kept.all("tests"))
