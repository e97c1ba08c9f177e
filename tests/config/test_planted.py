"""The register of planted bugs keeps up with the source; `make planted` runs it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.planted import document
from tests.planted.register import FOLDER, PARTS, ROOT, Bug, bugs, missing_tests
from tests.planted.run import Outcome, judge

BUGS = bugs()


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: f"{bug.part}: {bug.name}")
def test_every_bug_can_still_be_planted_and_its_tests_are_there(bug: Bug) -> None:
    spoilt = bug.planted(ROOT)
    assert spoilt
    assert all(text != (ROOT / name).read_text(encoding="utf-8") for name, text in spoilt.items())
    assert bug.tests
    assert missing_tests(bug) == []


def test_every_file_of_the_register_is_read_and_names_stand_for_one_bug() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} <= set(PARTS)
    names = [(bug.part, bug.promise, bug.name) for bug in BUGS]
    assert len(set(names)) == len(names)
    assert not [bug.name for bug in BUGS if bug.catalogue and not re.fullmatch(r"[TAFRO]\d+", bug.catalogue)]


def test_the_document_is_what_the_register_says() -> None:
    """`make security` writes the tables anew."""
    text = document.PATH.read_text(encoding="utf-8")
    assert text == document.written(text)
    assert re.findall(r"<!-- planted: (\w+) -->", text) == list(PARTS)


def outcome(state: str, why: str = "assert 1 == 2", case: str = "tests/a.py::test_a") -> Outcome:
    return Outcome(case.partition("[")[0], case, state, why)


@pytest.mark.parametrize(
    ("outcomes", "red"),
    [
        ([outcome("failed")], True),
        (
            [
                outcome("passed", case="tests/a.py::test_a[1]"),
                outcome("failed", case="tests/a.py::test_a[2]"),
            ],
            True,
        ),
        ([outcome("passed")], False),
        ([outcome("skipped")], False),
        ([], False),
        ([outcome("failed", case="tests/a.py::test_b")], False),
        ([outcome("error", 'failed on setup with "DatabaseError"')], False),
        ([outcome("error", "collection failure")], False),
        ([outcome("failed", "NameError: name 'x' is not defined")], False),
        ([outcome("failed", "ImportError: cannot import name 'x'")], False),
        ([outcome("failed", "django.template.exceptions.TemplateSyntaxError: x")], False),
    ],
)
def test_only_a_test_that_fails_is_red(outcomes: Any, red: bool) -> None:
    bug = Bug("wall", "p", "n", ("tests/a.py::test_a",), ())
    assert judge(bug, outcomes, "")[0] is red


def test_every_named_test_has_to_be_red() -> None:
    bug = Bug("wall", "p", "n", ("tests/a.py::test_a", "tests/a.py::test_b"), ())
    both = [outcome("failed"), outcome("passed", case="tests/a.py::test_b")]
    assert judge(bug, both, "") == (False, "GREEN: tests/a.py::test_b")
