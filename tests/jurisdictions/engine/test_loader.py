"""Loading: errors that name file, line, path and reason; landed profiles that do not change; purity."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from jurisdictions.engine import (
    ProfileError,
    UnknownReading,
    accepted_profile,
    bundled_profiles,
    effective_from,
    load_profile,
    parse_profile,
    profile_digest,
    version_on,
    with_readings,
)
from tests.jurisdictions.engine.profiles import SLUGS, profile

ROOT = Path(__file__).resolve().parents[3]
CHECKSUMS = ROOT / "jurisdictions" / "profiles" / "checksums.json"
LANDED = Path(__file__).parent / "landed"
QINSHUI = next(p for p in bundled_profiles() if p.parent.name == "qinshui")


def text_with(old: str, new: str) -> str:
    text = QINSHUI.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    return text.replace(old, new, 1)


def issues_of(text: str) -> list[tuple[str, str]]:
    with pytest.raises(ProfileError) as caught:
        parse_profile(text, source="qinshui/x.yaml")
    assert str(caught.value).startswith("qinshui/x.yaml")
    return [(issue.path, issue.reason) for issue in caught.value.issues]


def reading_at(reading_id: str) -> int:
    """The place of a reading in Qinshui's file."""
    return [reading.id for reading in profile("qinshui").readings].index(reading_id)


def test_all_five_load() -> None:
    assert sorted(profile(slug).slug for slug in SLUGS) == sorted(p.parent.name for p in bundled_profiles())
    assert profile("qinshui").digest == profile_digest(QINSHUI.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("at_least: 3}", "at_leest: 3}", "conditions[1].require"),
        ("total_yuan: 100000", "total_yuan: 100001", "award.tranches"),
        ("amount_yuan: 40000", "amount_yuan: 四万", "award.tranches[0].amount_yuan"),
        (
            "max: 15\n        items:\n          - {clause: QS-A2.1,",
            "max: 16\n        items:\n          - {clause: QS-A2.1,",
            "assessment.rubric.categories[0]",
        ),
        ("{grade: 合格, from: 60}", "{grade: 合格, from: 95}", "assessment.bands"),
        ("path: [industry_department, county_hrss]", "path: [moon_office, county_hrss]", "routes[0].path"),
        ("sum: [technicians,", "sum: [technicans,", "conditions[1].require"),
        ("clause: QS-5.2c\n  reading: G-2", "clause: GM-6.4a\n  reading: G-2", "notice.clause"),
        ("clause: QS-5.2c\n  reading: G-2", "clause: QS-99.9\n  reading: G-2", "notice.clause"),
        ("clause: QS-5.2c\n  reading: G-2", "clause: QS-5.2c\n  reading: G-99", "notice.reading"),
        ("chosen: article9", "chosen: article10", f"readings[{reading_at('QS-A3')}].chosen"),
        (
            "{notice.start_day_counted: true}",
            "{notice.start_day: true}",
            f"readings[{reading_at('G-2')}].options[1].changes",
        ),
        ("unit: working_day", "unit: workingday", "notice.unit"),
        (
            "number_format: 沁技站{year}{seq}",
            "number_format: 沁技站{year}{unit}",
            "designation.number_format",
        ),
    ],
)
def test_an_error_names_its_place(old: str, new: str, path: str) -> None:
    found = issues_of(text_with(old, new))

    assert path in [p for p, _ in found] or any(p.startswith(path) for p, _ in found), found


def test_the_path_reaches_into_an_operator_tree_and_gives_the_line() -> None:
    text = text_with("at_least: 3}", "at_least: drei}")
    with pytest.raises(ProfileError) as caught:
        parse_profile(text, source="qinshui/x.yaml")
    (issue,) = caught.value.issues

    assert issue.path == "conditions[1].require.at_least"
    assert issue.line is not None
    assert "drei" in text.splitlines()[issue.line - 1]


def test_what_was_accepted_once_is_read_without_trying_its_options_again() -> None:
    text = text_with("{notice.start_day_counted: true}", "{notice.start_day: true}")

    assert issues_of(text)
    assert accepted_profile(text).notice == profile("qinshui").notice
    with pytest.raises(ProfileError):
        accepted_profile(text_with("unit: working_day", "unit: workingday"))


def test_several_errors_come_together() -> None:
    text = text_with("unit: working_day", "unit: workingday").replace("per_year: 1", "per_year: einmal")

    assert {path for path, _ in issues_of(text)} == {"notice.unit", "round.per_year"}


@pytest.mark.parametrize(
    "text", ["", "- a", "slug: [", "slug: a\nslug: b", "slug: !!python/object:os.system x"]
)
def test_what_is_no_document_is_refused(text: str) -> None:
    assert issues_of(text)


def test_fractions_are_never_floats() -> None:
    (condition,) = [c for c in profile("wenzhou").conditions if c.clause == "WZ-4.2c"]

    assert repr(condition.require.at_least) == repr(Decimal("0.30"))  # type: ignore[union-attr]


def test_an_unknown_reading_is_named() -> None:
    with pytest.raises(UnknownReading, match="QS-A99"):
        with_readings(profile("qinshui"), {"QS-A99": "x"})
    with pytest.raises(UnknownReading, match="perhaps"):
        with_readings(profile("qinshui"), {"QS-A5": "perhaps"})


@pytest.mark.parametrize("slug", SLUGS)
def test_every_option_of_every_reading_gives_a_profile(slug: str) -> None:
    p = profile(slug)
    for reading in p.readings:
        for option in reading.options:
            assert with_readings(p, {reading.id: option.value}).chosen_readings[reading.id] == option.value


def test_a_profile_may_choose_another_reading_in_its_file() -> None:
    p = parse_profile(text_with("chosen: titled_or_recognised", "chosen: titles_only"))
    (condition,) = [c for c in p.conditions if c.clause == "QS-4.1"]

    assert condition.require.sum == ("technicians", "senior_technicians")  # type: ignore[union-attr]
    assert with_readings(p, {"QS-A9": "titled_or_recognised"}).conditions[1].require.sum == (  # type: ignore[union-attr]
        "technicians",
        "senior_technicians",
        "untitled_skill_leaders",
    )


def test_landed_profiles_do_not_change() -> None:
    """Until the first release a change is allowed; freeze it anew with

    .venv/bin/python -m jurisdictions.engine.freeze
    """
    landed: dict[str, str] = json.loads(CHECKSUMS.read_text(encoding="utf-8"))
    now = {
        f"{p.parent.name}/{p.name}": profile_digest(p.read_text(encoding="utf-8")) for p in bundled_profiles()
    }

    assert now == landed


@pytest.mark.parametrize("path", sorted(LANDED.glob("*.yaml")), ids=lambda p: p.stem)
def test_an_edition_that_databases_hold_is_still_read(path: Path) -> None:
    assert load_profile(path).slug == path.name.partition("-")[0]


def test_an_edition_counts_from_its_day() -> None:
    assert effective_from("2023-01-01.2") == effective_from("2023-01-01") == "2023-01-01"
    path = version_on("qinshui", date(2023, 1, 1))
    assert effective_from(path.stem) == "2023-01-01"
    with pytest.raises(KeyError):
        version_on("nowhere")


@pytest.mark.parametrize("path", bundled_profiles(), ids=lambda p: p.parent.name)
def test_labels_are_ours_and_not_sentences_of_the_text(path: Path) -> None:
    labels = _labels(yaml.safe_load(path.read_text(encoding="utf-8")))

    assert labels
    assert max(len(label) for label in labels) <= 40


def _labels(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["label"]] if isinstance(node.get("label"), str) and "value" not in node else []
        return own + [label for child in node.values() for label in _labels(child)]
    return [label for child in node for label in _labels(child)] if isinstance(node, list) else []


PURITY = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "rest_framework", "celery", "psycopg", "config", "core"}:
            raise ImportError("not here: " + name)
sys.meta_path.insert(0, Refuse())
from jurisdictions.engine import bundled_profiles, load_profile
assert len([load_profile(path) for path in bundled_profiles()]) == 5
assert not [name for name in sys.modules if name.split(".")[0] == "django"]
"""


def test_the_engine_works_where_django_is_absent() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PURITY], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_the_engine_has_no_clock() -> None:
    for path in (ROOT / "jurisdictions" / "engine").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for clock in ("date.today(", "datetime.now(", "time.time(", "utcnow("):
            assert clock not in text, f"{path.name}: {clock}"


def test_every_clause_cited_exists_in_the_inventory() -> None:
    """`tests/cases/clause_ids.txt` lists the ids of the clause inventory."""
    known = set((ROOT / "tests" / "cases" / "clause_ids.txt").read_text(encoding="utf-8").split())

    for slug in SLUGS:
        assert set(profile(slug).articles) <= known


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("month: 3,", "month: 13,", "obligations[0].when.month"),
        ("- {is_true: registered_in_county}", "- {is_true: 5}", "conditions[0].require.all[0].is_true"),
        ("at_least: 3}", "at_leest: 3}", "conditions[1].require.at_leest"),
        (
            "{kind: construction_period_ended_and_acceptance_passed, ",
            "{kind: assessment_passed, obligation: annual_evaluation, ",
            "award.tranches[1].condition.year_offset",
        ),
    ],
)
def test_a_path_is_the_one_a_writer_sees(old: str, new: str, path: str) -> None:
    assert issues_of(text_with(old, new))[0][0] == path
