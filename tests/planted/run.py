"""`make planted`: plants every bug of the register in a copy of the source and looks for red.

The copy lies in a temporary folder; the working tree is never touched. First every named test has to be
green without a bug. Then one bug at a time: its tests have to fail. An import that breaks, a test that
cannot be collected or a name that does not exist is not red but a mistake of the register.

All runs share one embedded PostgreSQL and Valkey; each begins with a fresh clone of one prepared test
database. Where a bug changes what stands in the database, it is made anew; where it changes the servers
or their roles, they are started anew.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from config import embedded
from tests.planted import document
from tests.planted.register import ROOT, Bug, DoesNotApply, bugs

SECONDS = 300
# What makes the tables what they are (grants are given anew in every run), and what makes the servers.
IN_DATABASE = re.compile(r"/migrations/|^core/database/(wall|global_tables)\.py$")
IN_SERVERS = re.compile(r"^config/(embedded|keeper)\.py$|^core/database/roles\.sql$")
# Failures that say nothing about the guard.
BROKEN = re.compile(
    r"^(\w+\.)*(\w*SyntaxError|IndentationError|NameError|UnboundLocalError|\w*ImportError|ModuleNotFoundError)\b"
)
CRAWL = "tests/crawl/test_crawl.py"
SMALL_TEST = "tests/core/test_wall.py::test_the_tests_themselves_run_as_the_applications_role"


@dataclass
class Outcome:
    """What one test did: its node id without parameters, `passed`, `failed` or `error`, and why."""

    node: str
    case: str
    state: str
    why: str = ""


class Bench:
    """A copy of the source and the servers on which its tests run."""

    def __init__(self, folder: Path) -> None:
        self.tree = folder / "tree"
        self.servers = folder / "servers"
        self.report = folder / "report.xml"
        self.output = ""
        self.healthy = 0
        _copy(self.tree)
        (self.servers / "static").mkdir(parents=True)
        os.environ["SERVICES"] = "fast"
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "VAR_DIR"):
            os.environ.pop(name, None)
        self.address = embedded.as_role(embedded.service_urls(self.servers).database_url, "postgres")
        self.database = "test_" + urlsplit(self.address).path.lstrip("/")
        self.pytest([SMALL_TEST], "--create-db", "--reuse-db")
        self._as_superuser(f'ALTER DATABASE "{self.database}" RENAME TO prepared')

    def pytest(
        self, nodes: list[str], *options: str, own_servers: bool = False, pages: str = ""
    ) -> list[Outcome]:
        """Runs tests of the copy; what each did. `pages`: to which the crawl is kept."""
        self.report.unlink(missing_ok=True)
        environment = {**os.environ, "CRAWL_ONLY": pages}
        if not own_servers:
            environment["TEST_SERVERS"] = str(self.servers)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-o",
            "addopts=--strict-markers",
        ]
        try:
            done = subprocess.run(
                [*command, f"--junitxml={self.report}", *options, *nodes],
                cwd=self.tree, env=environment, capture_output=True, text=True, timeout=SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            self.output = f"no answer in {SECONDS} s"
            return []
        self.output = done.stdout[-3000:] + done.stderr[-1000:]
        return _outcomes(self.report) if self.report.exists() else []

    def pytest_in_clone(self, nodes: list[str], *, pages: str = "") -> list[Outcome]:
        """The same on a clone of the prepared database."""
        self._as_superuser(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')
        self._as_superuser(f'CREATE DATABASE "{self.database}" TEMPLATE prepared OWNER {embedded.OWNER_ROLE}')
        return self.pytest(nodes, "--reuse-db", pages=pages)

    def without_bugs(self, chosen: list[Bug]) -> list[Outcome]:
        """Every test of these bugs as the source is; the crawl apart, for it shares its database with nobody,
        and kept to the pages that the bugs concern.
        """
        nodes = sorted({node for bug in chosen for node in bug.tests})
        crawling = [node for node in nodes if node.startswith(CRAWL)]
        others = [node for node in nodes if node not in crawling]
        self.healthy = len(nodes)
        pages = ",".join(sorted({bug.pages for bug in chosen if bug.pages}))
        return [
            *(self.pytest_in_clone(others) if others else []),
            *(self.pytest_in_clone(crawling, pages=pages) if crawling else []),
        ]

    def verdict(self, bug: Bug) -> tuple[bool, str]:
        """Plants one bug, runs its tests, takes it out again: whether all turned red, and in which words."""
        try:
            spoilt = bug.planted(self.tree)
        except DoesNotApply as error:
            return False, f"DOES NOT APPLY: {error}"
        sound = {name: (self.tree / name).read_text(encoding="utf-8") for name in spoilt}
        try:
            self._write(spoilt)
            if any(IN_SERVERS.search(name) for name in spoilt):
                outcomes = self.pytest(list(bug.tests), own_servers=True)
            elif any(IN_DATABASE.search(name) for name in spoilt):
                self._as_superuser(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')
                outcomes = self.pytest(list(bug.tests), "--create-db")
            else:
                outcomes = self.pytest_in_clone(list(bug.tests), pages=bug.pages)
        finally:
            self._write(sound)
        return judge(bug, outcomes, self.output)

    def _write(self, contents: dict[str, str]) -> None:
        for name, text in contents.items():
            path = self.tree / name
            path.write_text(text, encoding="utf-8")
            # Two versions of the same second and length look alike to Python.
            for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
                compiled.unlink()

    def _as_superuser(self, statement: str) -> None:
        parts = urlsplit(self.address)
        with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as link:
            link.execute(statement)


def _copy(tree: Path) -> None:
    """The tracked files as they lie in the working tree, and its installed packages by link."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    for name in (".venv", "node_modules"):
        if (ROOT / name).exists():
            (tree / name).symlink_to((ROOT / name).resolve())


def _outcomes(report: Path) -> list[Outcome]:
    outcomes = []
    for case in xml.parse(report).getroot().iter("testcase"):
        node = case.get("classname", "").replace(".", "/") + ".py::" + case.get("name", "").partition("[")[0]
        state, why = "passed", ""
        for kind, name in (("failure", "failed"), ("error", "error"), ("skipped", "skipped")):
            if (found := case.find(kind)) is not None:
                state, why = name, found.get("message", "").strip()
        outcomes.append(Outcome(node, node.rpartition("::")[0] + "::" + case.get("name", ""), state, why))
    return outcomes


def judge(bug: Bug, outcomes: list[Outcome], output: str) -> tuple[bool, str]:
    states = ("failed", "error") if bug.in_setup else ("failed",)
    reasons = []
    if not outcomes:
        return False, f"NO RESULT: {output}"
    for node in bug.tests:
        own = [found for found in outcomes if node in (found.node, found.case)]
        red = [found for found in own if found.state in states]
        if broken := [found.why for found in outcomes if BROKEN.search(found.why)]:
            return False, f"BROKEN, not red: {broken[0]}"
        if not red:
            others = {found.why for found in outcomes if found.state == "error"}
            return False, f"GREEN: {node}" + "".join(f"\n        error: {why}" for why in others)
        if red[0].why.startswith("failed on setup") and not bug.in_setup:
            return False, f"ERROR IN SETUP, not red: {red[0].why}"
        reasons.append(f"{len(red)} of {len(own)} {node.partition('::')[2]}: {_short(red[0].why)}")
    return True, "\n        ".join(reasons)


def _short(text: str) -> str:
    return " ".join(text.split())[:160]


def run(chosen: list[Bug]) -> int:
    """Plants each bug; how many were not seen red."""
    began, missed = time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="planted") as name:
        bench = Bench(Path(name))
        try:
            if unhealthy := [found for found in bench.without_bugs(chosen) if found.state != "passed"]:
                for found in unhealthy:
                    print(f"{found.state} WITHOUT A BUG  {found.case}\n        {_short(found.why)}")
                return len(unhealthy)
            seconds = time.monotonic() - began
            print(f"{bench.healthy} tests are green without a bug ({seconds:.0f} s).", flush=True)
            for bug in chosen:
                is_red, words = bench.verdict(bug)
                print(f"{'red  ' if is_red else 'NOT  '} {bug.part}: {bug.name}\n        {words}", flush=True)
                if not is_red:
                    missed.append(bug)
        finally:
            embedded.release_all()
    print(f"{len(chosen) - len(missed)} of {len(chosen)} seen red ({time.monotonic() - began:.0f} s).")
    for bug in missed:
        print(f"not red: {bug.part}: {bug.name}")
    return len(missed)


def main() -> int:
    """The command line; 0 when every chosen bug was seen red."""
    parser = argparse.ArgumentParser(prog="make planted", description=__doc__.partition("\n")[0])
    parser.add_argument("only", nargs="?", default="", help="a part, or words of a bug, a promise or a test")
    parser.add_argument("--write", action="store_true", help="write the tables of docs/security.md and stop")
    given = parser.parse_args()
    if given.write:
        document.PATH.write_text(
            document.written(document.PATH.read_text(encoding="utf-8")), encoding="utf-8"
        )
        return 0
    chosen = bugs(given.only)
    if not chosen:
        print(f"No planted bug has to do with {given.only!r}.")
        return 1
    return min(1, run(chosen))


if __name__ == "__main__":
    sys.exit(main())
