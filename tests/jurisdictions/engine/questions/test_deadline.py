"""Due days of tasks and stages where no worked case looks."""

from __future__ import annotations

from typing import Any

import pytest

from jurisdictions.engine.questions import QuestionError, ask
from tests.jurisdictions.engine.profiles import profile

Readings = dict[str, str]


def asked(slug: str, kind: str, given: dict[str, Any], readings: Readings | None = None) -> dict[str, Any]:
    return ask(profile(slug), kind, given, readings=readings)


def check(slug: str, kind: str, given: dict[str, Any], expected: dict[str, Any], readings: Readings) -> None:
    answer = asked(slug, kind, given, readings)

    assert {name: answer.get(name, "(absent)") for name in expected} == expected


MARCHES = [["2025-03-01", "2025-03-31"], ["2026-03-01", "2026-03-31"]]


@pytest.mark.parametrize(
    ("given", "readings", "expected"),
    [
        ({"designated": "2024-02-10"}, {}, {"windows": MARCHES[:1], "construction_end": "2026-02-10"}),
        ({"designated": "2024-02-10"}, {"QS-A12": "always_two"}, {"windows": MARCHES}),
        ({"designated": "2024-03-01"}, {}, {"windows": MARCHES}),
        ({"designated": "2024-03-01"}, {"G-7": "day_before_anniversary"}, {"windows": MARCHES[:1]}),
        ({"designated": "2024-05-20", "submitted": "2026-03-31"}, {}, {"status": "on_time"}),
        (
            {"designated": "2024-05-20", "submitted": "2026-04-01"},
            {},
            {"status": "late", "auto_revoke": False},
        ),
        ({"designated": "2024-05-20", "submitted": "2027-01-05"}, {}, {"status": "late"}),
        ({"designated": "2024-05-20", "submitted": "2024-12-30"}, {}, {"status": "early"}),
        ({"designated": "2024-05-20", "year": 2024}, {}, {"applicable": False, "status": None}),
        ({"designated": "2024-05-20", "year": 2027}, {}, {"applicable": False}),
        ({"year": 2026}, {}, {"windows": MARCHES[1:], "construction_end": None}),
        ({"designated": None}, {}, {"due_date": None, "missing": ["year"]}),
        (
            {"designated": "2024-05-20", "submitted_docs": ["evaluation_form"]},
            {},
            {"complete": False, "missing": ["output_evidence"]},
        ),
    ],
)
def test_qinshui_evaluations(given: dict[str, Any], readings: Readings, expected: dict[str, Any]) -> None:
    check("qinshui", "deadline", {"task": "annual_evaluation"} | given, expected, readings)


FIRST = {"task": "first_evaluation", "designated": "2023-05-10"}
SECOND = {"task": "second_evaluation", "designated": "2023-05-10"}
GROUND = {"GM-A13": "late_is_not_submitted"}


@pytest.mark.parametrize(
    ("given", "readings", "expected"),
    [
        (
            FIRST,
            {},
            {"window_start": "2024-09-01", "window_end": "2024-09-30", "status": None, "auto_revoke": False},
        ),
        (FIRST | {"submitted": "2024-09-01"}, {}, {"status": "on_time"}),
        (FIRST | {"submitted": "2024-09-30"}, GROUND, {"status": "on_time", "auto_revoke": False}),
        (FIRST | {"submitted": None, "as_of": "2024-09-30"}, GROUND, {"status": None, "auto_revoke": False}),
        (FIRST | {"submitted": None, "as_of": "2024-10-01"}, GROUND, {"status": "late", "auto_revoke": True}),
        (FIRST | {"submitted": None, "as_of": "2024-10-01"}, {}, {"status": "late", "auto_revoke": False}),
        (
            SECOND,
            {"GM-A6": "admin_input"},
            {
                "construction_end": None,
                "due_date": None,
                "after": "construction_period_end",
                "missing": ["construction_period"],
            },
        ),
        (SECOND | {"submitted": "2025-05-09"}, {}, {"status": "early"}),
        (SECOND | {"submitted": "2025-05-10"}, {}, {"status": "on_time"}),
        (SECOND | {"designated": None}, {}, {"construction_end": None, "missing": ["designated"]}),
        ({"stage": "formal_review", "start_event_date": "2025-04-25"}, {}, {"due_date": "2025-05-08"}),
        (
            {"stage": "formal_review", "start_event_date": "2025-04-25"},
            {"G-2": "publication_day_counts"},
            {"due_date": "2025-05-07"},
        ),
        (
            {"stage": "formal_review", "start_event_date": "2025-04-25", "start_day_counted": True},
            {},
            {"due_date": "2025-05-07"},
        ),
        (
            {"stage": "formal_review", "start_event_date": "2025-04-25", "start_day_counted": False},
            {"G-2": "publication_day_counts"},
            {"due_date": "2025-05-08"},
        ),
        (
            {"stage": "formal_review", "start_event_date": "2025-04-25"},
            {"G-3": "mon_fri_only"},
            {"due_date": "2025-05-06"},
        ),
        (
            {"stage": "formal_review", "start_event_date": None},
            {},
            {"due_date": None, "missing": ["start_event_date"]},
        ),
        ({"stage": "notice", "start_event_date": "2025-04-25"}, {}, {"due_date": "2025-05-06"}),
        (
            {"stage": "document_and_plaque", "start_event_date": "2025-04-25", "finished": "2026-04-25"},
            {},
            {"due_date": None, "status": None},
        ),
        (
            {"chain": True, "received": "2025-09-01"},
            {},
            {"formal_review_due": "2025-09-10", "recheck_due": None, "notice_last_day": None},
        ),
        (
            {"chain": True, "received": "2025-09-01", "each_stage_finished_on_due_date": True},
            {"GM-A5": "from_call_deadline"},
            {"formal_review_due": None},
        ),
        (
            {"chain": True, "call_deadline": "2025-09-01", "each_stage_finished_on_due_date": True},
            {"GM-A5": "from_call_deadline"},
            {"recheck_due": "2025-09-19"},
        ),
    ],
)
def test_gaoming_evaluations_and_stages(
    given: dict[str, Any], readings: Readings, expected: dict[str, Any]
) -> None:
    check("gaoming", "deadline", given, expected, readings)


REPORT = {"task": "annual_report"}
COUNTY = {"task": "county_result_report", "year": 2021}
ROLL, EXCLUSIVE = {"G-4": "roll_to_next_working_day"}, {"G-4": "before_exclusive"}


@pytest.mark.parametrize(
    ("given", "readings", "expected"),
    [
        (
            REPORT | {"year": 2020, "submitted": "2020-03-15"},
            {},
            {"status": "on_time", "due_date": "2020-03-15"},
        ),
        (
            REPORT | {"year": 2020, "submitted": "2020-03-15"},
            EXCLUSIVE,
            {"status": "late", "due_date": "2020-03-14"},
        ),
        (
            REPORT | {"year": 2020, "submitted": "2020-03-17"},
            ROLL,
            {"status": "late", "due_date": "2020-03-16"},
        ),
        (
            REPORT | {"designated": "2020-09-10", "year": 2020},
            {},
            {"applicable": False, "first_due": "2021-03-15"},
        ),
        (
            REPORT | {"designated": "2020-09-10", "year": 2021},
            {},
            {"applicable": True, "due_date": "2021-03-15"},
        ),
        (REPORT | {"designated": "2020-09-10"}, {"YT-A11": "same_year_plan"}, {"first_due": "2021-03-15"}),
        (REPORT | {"designated": "2020-01-10"}, {"YT-A11": "same_year_plan"}, {"first_due": "2020-03-15"}),
        (REPORT | {"designated": "2020-01-10"}, {}, {"first_due": "2021-03-15"}),
        (
            REPORT | {"submitted_docs": ["current_year_plan", "last_year_summary"], "year": 2021},
            {},
            {"complete": True, "missing": []},
        ),
        (
            REPORT | {"submitted_docs": [], "year": 2021},
            {},
            {"complete": False, "missing": ["last_year_summary", "current_year_plan"]},
        ),
        (REPORT | {"year": 2021, "actor": "county_hrss"}, {}, {"applicable": False}),
        (COUNTY | {"submitted": "2021-03-30"}, {}, {"status": "on_time", "due_date": "2021-03-30"}),
        (COUNTY | {"unit_affiliation": "county"}, {}, {"applicable": True}),
        (COUNTY | {"unit_affiliation": "municipal"}, {}, {"applicable": False}),
        (COUNTY, {}, {"applicable": None, "missing": ["unit_affiliation"], "due_date": "2021-03-30"}),
        (COUNTY | {"actor": "station", "unit_affiliation": "county"}, {}, {"applicable": False}),
    ],
)
def test_yantai_reports(given: dict[str, Any], readings: Readings, expected: dict[str, Any]) -> None:
    check("yantai", "deadline", given, expected, readings)


FILING, END = {"task": "annual_filing"}, {"SZ-A1": "end_of_march"}


@pytest.mark.parametrize(
    ("slug", "given", "readings", "expected"),
    [
        ("shenzhen", FILING | {"year": 2024}, {}, {"due_date": "2024-02-29"}),
        ("shenzhen", FILING | {"year": 2026, "submitted": "2026-02-28"}, {}, {"status": "on_time"}),
        (
            "shenzhen",
            FILING | {"year": 2026, "submitted": "2026-03-01"},
            {},
            {"status": "late", "auto_revoke": False},
        ),
        ("shenzhen", FILING | {"year": 2026, "submitted": "2026-03-31"}, END, {"status": "on_time"}),
        ("shenzhen", FILING | {"year": 2026, "submitted": "2026-04-01"}, END, {"status": "late"}),
        ("shenzhen", FILING | {"designated": "2025-12-31"}, {}, {"first_due": "2026-02-28"}),
        (
            "wenzhou",
            {"task": "performance_evaluation", "designated": "2024-03-01", "as_of": "2026-02-28"},
            {},
            {"due": False},
        ),
        (
            "wenzhou",
            {"task": "performance_evaluation", "designated": "2024-03-01", "as_of": "2026-03-01"},
            {},
            {"due": True, "next_due_by": "2026-03-01"},
        ),
        (
            "wenzhou",
            {"task": "performance_evaluation", "designated": "2013-06-01", "as_of": "2025-03-01"},
            {},
            {"due": True, "next_due_by": "2015-06-01"},
        ),
        (
            "wenzhou",
            {"task": "performance_evaluation", "designated": "2019-01-01", "last_evaluation": "2024-02-29"},
            {},
            {"next_due_by": "2026-02-28"},
        ),
        (
            "wenzhou",
            {"task": "performance_evaluation", "designated": "2024-03-01", "as_of": "2026-03-01"},
            {"WZ-A6": "calendar_year_cycle"},
            {"due": False, "next_due_by": "2026-12-31"},
        ),
        (
            "wenzhou",
            {"task": "performance_evaluation"},
            {},
            {"next_due_by": None, "cycle_months": 24, "missing": ["designated"]},
        ),
        (
            "wenzhou",
            {"stage": "list_by_studio_office", "start_event_date": "2025-04-25", "working_days": 7},
            {},
            {"due_date": None},
        ),
    ],
)
def test_filings_and_two_year_cycles(
    slug: str, given: dict[str, Any], readings: Readings, expected: dict[str, Any]
) -> None:
    check(slug, "deadline", given, expected, readings)


@pytest.mark.parametrize(
    ("slug", "given", "culprit"),
    [
        ("qinshui", {"task": "first_evaluation"}, "task"),
        ("qinshui", {}, "task"),
        ("gaoming", {"stage": "lunch"}, "stage"),
        ("yantai", {"task": "annual_report", "submitted_docs": ["poem"]}, "submitted_docs"),
        ("yantai", {"task": "annual_report", "actor": "moon"}, "actor"),
        ("yantai", {"task": "annual_report", "year": 99999}, "year"),
        ("yantai", {"task": "annual_report", "designated": "9999-12-31"}, "designated"),
        ("gaoming", {"task": "first_evaluation", "unit_affiliation": "central"}, "unit_affiliation"),
    ],
)
def test_what_cannot_be_asked_is_named(slug: str, given: dict[str, Any], culprit: str) -> None:
    with pytest.raises(QuestionError) as caught:
        asked(slug, "deadline", given)

    assert caught.value.culprit == culprit
