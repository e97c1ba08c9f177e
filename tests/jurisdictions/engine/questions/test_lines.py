"""Lines of JSON in, lines of JSON out: what is wrong with a line is named, and the others are answered."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jurisdictions.engine import loader
from jurisdictions.engine.loader import version_on
from jurisdictions.engine.questions import KINDS
from jurisdictions.engine.questions.lines import answer_line, answer_lines
from tests.jurisdictions.engine.profiles import SLUGS
from tests.jurisdictions.engine.questions.cases import cases

GOOD = {"jurisdiction": "shenzhen", "kind": "notice", "given": {"published": "2025-06-09"}}


def answered(question: Any) -> dict[str, Any]:
    raw = question if isinstance(question, bytes) else json.dumps(question, ensure_ascii=False).encode()
    line = answer_line(raw)
    answer: dict[str, Any] = json.loads(line.text)

    assert line.is_error is ("error" in answer)
    assert b"\n" not in line.text
    return answer


@pytest.mark.parametrize(
    ("question", "culprit"),
    [
        (b"nonsense", "JSON"),
        (b"[1, 2]", "JSON"),
        (b'"text"', "JSON"),
        (b"\xff\xfe", "JSON"),
        (b"[" * 100_000, "JSON"),
        (b'{"jurisdiction": "shenzhen", "kind": "notice", "given": {"working_days": NaN}}', "NaN"),
        (b'{"jurisdiction": "shenzhen", "kind": "notice", "given": {"working_days": NaN}}', "working_days"),
        (
            b'{"jurisdiction": "shenzhen", "kind": "notice", "given": {"working_days": %s}}' % (b"9" * 5000),
            "working_days",
        ),
        (b'{"jurisdiction": "qinshui", "kind": "quota", "given": {"scores": [90, -Infinity]}}', "scores"),
        (b'{"jurisdiction": "shenzhen", "kind": "notice", "given": {"for": "x", "for": "y"}}', "for"),
        (b'{"kind": "notice", "kind": "naming", "jurisdiction": "yantai", "given": {}}', "kind"),
        ({"kind": "notice", "given": {}}, "jurisdiction"),
        ({"jurisdiction": "shenzhen", "given": {}}, "kind"),
        ({"jurisdiction": "shenzhen", "kind": "notice"}, "given"),
        (GOOD | {"giben": {}}, "giben"),
        (GOOD | {"jurisdiction": "atlantis"}, "atlantis"),
        (GOOD | {"jurisdiction": "../shenzhen"}, "../shenzhen"),
        (GOOD | {"jurisdiction": 7}, "jurisdiction"),
        (GOOD | {"kind": "weather"}, "weather"),
        (GOOD | {"kind": ["notice"]}, "kind"),
        (GOOD | {"given": []}, "given"),
        (GOOD | {"given": None}, "given"),
        (GOOD | {"given": {"moon": 1}}, "moon"),
        (GOOD | {"given": {"published": "soon"}}, "published"),
        (GOOD | {"on": "soon"}, "on"),
        (GOOD | {"on": 2025}, "on"),
        (GOOD | {"on": "20250310"}, "on"),
        (GOOD | {"on": "2025-W01-1"}, "on"),
        (GOOD | {"readings": []}, "readings"),
        (GOOD | {"readings": {"SZ-A99": "x"}}, "SZ-A99"),
        (GOOD | {"readings": {"SZ-A2": "by_moonlight"}}, "by_moonlight"),
        (GOOD | {"readings": {"SZ-A2": 5}}, "SZ-A2"),
    ],
)
def test_what_is_at_fault_is_named(question: Any, culprit: str) -> None:
    answer = answered(question)

    assert list(answer) == ["error"]
    assert culprit in answer["error"]


@pytest.mark.parametrize("line", [b"nonsense", b'{"kind": ', b"{]", b"\xff\xfe", b"[" * 100_000, b"9" * 5000])
def test_a_line_that_is_no_json_is_told_in_chinese(line: bytes) -> None:
    words = answered(line)["error"].replace("JSON", "").replace("UTF-8", "")

    assert not re.search("[A-Za-z]", words)


def test_a_question_with_everything() -> None:
    answer = answered(GOOD | {"on": "2025-06-01", "readings": {"SZ-A2": "roll_over_rest_day"}})

    assert answer["last_day"] == "2025-06-16"
    assert answer["readings"]["SZ-A2"] == "roll_over_rest_day"
    assert answered(GOOD | {"on": None, "readings": None})["last_day"] == "2025-06-14"


def test_lines_are_answered_in_order_and_blank_ones_passed_over() -> None:
    good, bad = json.dumps(GOOD).encode(), b"nonsense"
    lines = list(answer_lines([good, b"\n", bad, b"  \r\n", good]))

    assert [line.is_error for line in lines] == [False, True, False]


def test_fractions_are_not_turned_into_floats() -> None:
    facts = next(c["given"] for c in cases() if c["id"] == "WZ-E05")
    text = json.dumps({"jurisdiction": "wenzhou", "kind": "eligibility", "given": facts})

    exact = answered(text.replace("0.3,", "0.30000000000000000000,").encode())
    below = answered(text.replace("0.3,", "0.29999999999999999999,").encode())

    assert (exact["eligible"], below["failed"]) == (True, ["WZ-4.2c"])


def test_a_lone_surrogate_goes_out_as_it_came_in() -> None:
    answer = answered(b'{"jurisdiction": "\\ud800", "kind": "notice", "given": {}}')

    assert answer["error"].startswith("\ud800")


def test_the_version_for_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "place").mkdir()
    for day in ("2020-01-01", "2023-06-01"):
        (tmp_path / "place" / f"{day}.yaml").touch()
    monkeypatch.setattr(loader, "PROFILES", tmp_path)

    def version(on: date | None) -> str:
        return version_on("place", on).stem

    assert version(date(2019, 1, 1)) == "2020-01-01"
    assert version(date(2020, 1, 1)) == "2020-01-01"
    assert version(date(2023, 5, 31)) == "2020-01-01"
    assert version(date(2023, 6, 1)) == "2023-06-01"
    assert version(None) == "2023-06-01"
    with pytest.raises(KeyError):
        version_on("elsewhere")


WORDS = st.sampled_from(["2025-03-10", "enterprise", "county_hrss", "city"])
SCALARS = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=5) | WORDS
JSON = st.recursive(
    SCALARS | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=6,
)


@pytest.mark.parametrize("slug", SLUGS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_a_fact_holds_the_line_is_answered(slug: str, data: st.DataObject) -> None:
    asked = [case for case in cases() if case["jurisdiction"] == slug and case["kind"] in KINDS]
    case = data.draw(st.sampled_from(asked))
    facts = dict(case["given"])
    for name in data.draw(st.sets(st.sampled_from(sorted(facts or {"task": 0})), max_size=3)):
        facts[name] = data.draw(JSON)

    answer = answered({"jurisdiction": slug, "kind": case["kind"], "given": facts})

    assert "error" in answer or "explanation" in answer
