"""`manage.py ask` as a process of its own: no database, no server, nothing but the rule files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from jurisdictions.engine.questions import KINDS
from tests.jurisdictions.engine.invented import file_of
from tests.jurisdictions.engine.questions.cases import cases, differing

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, str(ROOT / "manage.py"), "ask"]
SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SERVICES", "DJANGO_SETTINGS_MODULE")


def environment(folder: Path) -> dict[str, str]:
    """Names no server, and an empty data folder; the terminal knows no Chinese."""
    kept = {name: value for name, value in os.environ.items() if name not in SERVERS}
    return kept | {"VAR_DIR": str(folder), "LC_ALL": "C", "PYTHONUTF8": "0"}


def run(lines: list[str], folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *options],
        input="".join(f"{line}\n" for line in lines),
        env=environment(folder),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def question(case: dict[str, Any]) -> str:
    asked = {name: case[name] for name in ("jurisdiction", "kind", "given")}
    return json.dumps(asked, ensure_ascii=False)


def test_all_worked_cases_at_once(tmp_path: Path) -> None:
    asked = [case for case in cases() if case["kind"] in KINDS]

    done = run([question(case) for case in asked], tmp_path / "var")

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = {c["id"]: differing(c["expect"], a) for c, a in zip(asked, answers, strict=True)}
    assert {name: fields for name, fields in wrong.items() if fields} == {}
    assert (done.returncode, done.stderr) == (0, "")
    assert "依据" in done.stdout, "Chinese is written as it is"
    assert not (tmp_path / "var" / "services").exists(), "no server was started"


def test_bad_lines_among_good_ones(tmp_path: Path) -> None:
    good = question(next(case for case in cases() if case["id"] == "SZ-N01"))
    nowhere = '{"jurisdiction": "atlantis", "kind": "notice", "given": {}}'

    done = run([good, "{", "", nowhere, good], tmp_path / "var")

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert ["error" in answer for answer in answers] == [False, True, True, False]
    assert "atlantis" in answers[2]["error"]
    assert answers[0] == answers[3]
    assert (done.returncode, done.stderr) == (1, "")


def test_an_answer_comes_before_the_next_question_is_put(tmp_path: Path) -> None:
    good = question(next(case for case in cases() if case["id"] == "SZ-N01"))
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(tmp_path)
    ) as process:
        assert process.stdin
        assert process.stdout
        for _ in range(2):
            process.stdin.write(f"{good}\n".encode())
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["last_day"] == "2025-03-11"
        process.stdin.close()
        assert process.wait(timeout=60) == 0


def test_a_profile_that_is_not_bundled_is_asked_from_its_file(tmp_path: Path) -> None:
    asked = '{"jurisdiction": "baishi", "kind": "funding", "given": {"level": 1}}'
    good = question(next(case for case in cases() if case["id"] == "SZ-N01"))

    done = run([asked, good], tmp_path, "--profile", str(file_of("baishi")))

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers[0]["amount_yuan"] == 80000
    assert answers[1]["last_day"] == "2025-03-11", "the bundled ones are still there"
    assert (done.returncode, done.stderr) == (0, "")
