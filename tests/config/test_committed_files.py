"""What may not stand in a committed file, and what a committed file must be."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
# Written in pieces, so that this file does not name them either.
REGISTRY_HOSTS = re.compile(
    "|".join(("py" + r"pi\.", "python" + "hosted", "npm" + r"js\.", "npm" + "mirror"))
)
LEFT_OUT = {".git", ".venv", ".venv-node", "node_modules", "var", "__pycache__"}
LOCKS = ("requirements.lock", "requirements-node.lock")


def own_files() -> list[Path]:
    """Every file of the project itself."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in LEFT_OUT and not name.endswith("_cache")]
        found += [Path(folder) / name for name in names]
    return found


def test_no_file_names_a_registry_host():
    naming = [
        str(path.relative_to(ROOT))
        for path in own_files()
        if REGISTRY_HOSTS.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert naming == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_version_and_hashes(name):
    """pip would refuse the file otherwise, but only on the next fresh machine."""
    packages = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
    assert [text for text in packages if "==" not in text or "--hash=sha256:" not in text] == []


@pytest.mark.parametrize("name", [*LOCKS, "package-lock.json"])
def test_lock_files_hold_no_address_to_fetch_from(name):
    text = (ROOT / name).read_text()
    assert re.findall(r'"resolved"|--(?:extra-)?index-url|file://', text) == []


def repeated_keys(node: yaml.Node | None) -> list[str]:
    """The keys that stand twice in one mapping, with their lines: PyYAML lets the last one win in silence."""
    found: list[str] = []
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                found.append(f"{key.start_mark.line + 1}: {key.value}")
            seen.add(key.value)
            found += repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for part in node.value:
            found += repeated_keys(part)
    return found


def test_no_yaml_file_has_a_key_twice():
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    paths = [path for path in own_files() if path.suffix in (".yaml", ".yml")]
    assert ROOT / "docker-compose.yml" in paths
    twice = {
        str(path.relative_to(ROOT)): found
        for path in paths
        if (found := repeated_keys(yaml.compose(path.read_text(encoding="utf-8"), Loader=loader)))
    }
    assert twice == {}


def test_compose_names_the_parts_of_the_system():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert set(compose["services"]) == {"postgres", "valkey", "migrate", "web", "worker", "beat"}


def test_compose_runs_exactly_one_beat():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    beats = [name for name, service in compose["services"].items() if "beat" in service.get("command", [])]
    assert beats == ["beat"]
    assert "deploy" not in compose["services"]["beat"]


def test_compose_demands_its_secrets():
    """No secret has a default: a server does not start with a password that everybody can read here."""
    text = (ROOT / "docker-compose.yml").read_text()
    asked = set(re.findall(r"\$\{(\w+):\?", text))
    assert {"SECRET_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD", "ALLOWED_HOSTS"} <= asked
    assert re.findall(r"\$\{(\w*(?:SECRET|PASSWORD)\w*)(?::?-|\})", text) == []


@pytest.mark.parametrize(
    "path", sorted([*(ROOT / "scripts").glob("*.sh"), ROOT / ".ci" / "run"]), ids=lambda p: p.name
)
def test_scripts_parse(path):
    """Not even a warning: an unfinished here-document is no more than that, and swallows the rest."""
    parsed = subprocess.run(["bash", "-n", path], capture_output=True, text=True)
    assert (parsed.returncode, parsed.stderr) == (0, "")
