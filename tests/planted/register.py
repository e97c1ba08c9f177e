"""The register of planted bugs: for every promise, a bug that breaks it and the test that must notice.

One TOML file a part of the house. `[[bug]]` has the promise it breaks, the bug's name in plain words,
`catalogue` (the number of the hazard, where it has one), `tests` (pytest node ids, each of which must turn
red) and one `[[bug.edit]]` a place: `file`, `find` (stands there exactly once) and `replace`.
"""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = Path(__file__).parent
# In the order of docs/security.md.
PARTS = (
    "wall",
    "sign_in",
    "roles",
    "data",
    "files",
    "log",
    "web",
    "api",
    "crawl",
    "rules",
    "reading",
    "draws",
    "filing",
    "panels",
    "desk",
    "notices",
)


class DoesNotApply(Exception):
    """The bug cannot be planted in this source; the message says why."""


@dataclass(frozen=True)
class Edit:
    """One place to spoil."""

    file: str
    find: str
    replace: str


@dataclass(frozen=True)
class Bug:
    """A bug to plant, and what must notice it."""

    part: str
    promise: str
    name: str
    tests: tuple[str, ...]
    edits: tuple[Edit, ...]
    catalogue: str = ""
    # The test notices while it is being set up (pytest says `error`, not `failed`).
    in_setup: bool = False
    # The pages to which the crawl is kept; empty for all, and for other tests.
    pages: str = ""

    def planted(self, root: Path) -> dict[str, str]:
        """The spoilt files: path below `root` → new content. Raises `DoesNotApply`."""
        contents: dict[str, str] = {}
        for edit in self.edits:
            try:
                text = contents.get(edit.file) or (root / edit.file).read_text(encoding="utf-8")
            except OSError as error:
                raise DoesNotApply(f"{edit.file}: {error.strerror}") from error
            if (count := text.count(edit.find)) != 1:
                raise DoesNotApply(f"{edit.file} holds {count} times: {edit.find!r}")
            contents[edit.file] = text.replace(edit.find, edit.replace)
        for name, text in contents.items():
            if name.endswith(".py"):
                try:
                    ast.parse(text)
                except SyntaxError as error:
                    raise DoesNotApply(f"{name} would be no Python: {error}") from error
        return contents


def bugs(only: str = "") -> list[Bug]:
    """Every bug of the register, or those of a part, or whose name or promise holds the words of `only`."""
    found = [bug for part in PARTS for bug in _read(part)]
    if only in PARTS:
        return [bug for bug in found if bug.part == only]
    return [bug for bug in found if only in f"{bug.name} {bug.promise} {bug.catalogue} {bug.tests}"]


def _read(part: str) -> list[Bug]:
    path = FOLDER / f"{part}.toml"
    if not path.exists():
        return []
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("bug", [])
    return [
        Bug(
            part=part,
            tests=tuple(entry.pop("tests")),
            edits=tuple(Edit(**edit) for edit in entry.pop("edit")),
            **entry,
        )
        for entry in entries
    ]


def missing_tests(bug: Bug, root: Path = ROOT) -> list[str]:
    """The node ids of a bug that name no function of their file."""
    missing = []
    for node in bug.tests:
        file, _, rest = node.partition("::")
        name = rest.partition("[")[0]
        path = root / file
        known = set()
        if path.is_file():
            tree = ast.parse(path.read_text(encoding="utf-8"))
            known = {item.name for item in tree.body if isinstance(item, ast.FunctionDef)}
        if name not in known:
            missing.append(node)
    return missing
