"""What the import contracts of pyproject.toml cannot say themselves."""

import ast
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ENGINE = ROOT / "jurisdictions" / "engine"
# Data in, findings out: beside the standard library the engine knows only these, pure like itself.
ENGINE_MAY_IMPORT = {"pydantic", "pydantic_core", "yaml", "stdnum", "chinese_calendar", "jurisdictions"}
# Not rooms: nothing of the application imports them.
BESIDE_THE_ROOMS = {"tests", "benchmarks"}


def imports(path: Path) -> set[str]:
    """The full names of the modules that a file imports, at any depth."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_every_room_stands_in_the_layers():
    """A room that somebody adds is under the contract from its first day."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - BESIDE_THE_ROOMS
    assert set(contracts["root_packages"]) == rooms
    assert set(contracts["contracts"][0]["layers"]) == rooms


def test_the_engine_imports_nothing_but_data_tools():
    strange = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in ENGINE.rglob("*.py")
        for name in imports(path)
        if name.split(".")[0] not in ENGINE_MAY_IMPORT | set(sys.stdlib_module_names)
        or (name.startswith("jurisdictions") and not name.startswith("jurisdictions.engine"))
    }
    assert strange == set()


def test_one_module_asks_who_may_act_on_what():
    """Everything else asks `core.grants`, where a disabled account and a superuser hold nothing."""
    rooms = {path.parent for path in ROOT.glob("*/__init__.py")} - {ROOT / name for name in BESIDE_THE_ROOMS}
    asking = {
        str(path.relative_to(ROOT))
        for room in rooms
        for path in room.rglob("*.py")
        if any(word in path.read_text() for word in ("get_objects_for_user", ".has_perm", "get_perms("))
    }
    assert asking == {"core/grants.py"}
