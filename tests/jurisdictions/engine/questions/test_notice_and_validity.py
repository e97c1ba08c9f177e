"""Public notices and the time in which a text is in force, where no worked case looks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from jurisdictions.engine.questions import QuestionError, ask
from tests.jurisdictions.engine.profiles import profile

Readings = dict[str, str]


def asked(slug: str, kind: str, given: dict[str, Any], readings: Readings | None = None) -> dict[str, Any]:
    return ask(profile(slug), kind, given, readings=readings)


@pytest.mark.parametrize(
    ("slug", "given", "readings", "last"),
    [
        ("shenzhen", {"published": "2025-06-09"}, {"SZ-A2": "working_days"}, "2025-06-16"),
        ("shenzhen", {"published": "2025-06-09"}, {"G-2": "publication_day_counts"}, "2025-06-13"),
        ("shenzhen", {"published": "2025-06-09", "start_day_counted": True}, {}, "2025-06-13"),
        (
            "shenzhen",
            {"published": "2025-06-09", "for": "key_project"},
            {"SZ-A2": "roll_over_rest_day"},
            "2025-06-16",
        ),
        (
            "shenzhen",
            {"published": "2026-02-23"},
            {"SZ-A2": "roll_over_rest_day", "G-3": "mon_fri_only"},
            "2026-03-02",
        ),
        ("gaoming", {"published": "2025-04-25", "working_days": 15}, {}, "2025-05-06"),
        ("gaoming", {"published": "2025-04-25"}, {"G-3": "mon_fri_only"}, "2025-05-02"),
        ("qinshui", {"published": None}, {}, None),
        ("yantai", {"published": "2020-05-11"}, {}, None),
        ("wenzhou", {"published": "2020-05-11"}, {}, None),
    ],
)
def test_notices(slug: str, given: dict[str, Any], readings: Readings, last: str | None) -> None:
    answer = asked(slug, "notice", given, readings)
    award = None if last is None else str(date.fromisoformat(last) + timedelta(days=1))

    assert (answer["last_day"], answer["earliest_award_date"]) == (last, award)
    assert answer["clauses"]


def test_a_notice_for_something_that_has_none() -> None:
    with pytest.raises(QuestionError):
        asked("gaoming", "notice", {"published": "2025-04-25", "for": "key_project"})
    assert asked("shenzhen", "notice", {"published": "2025-03-06", "for": "key_project"})["clauses"] == [
        "SZ-7.3",
        "SZ-7.4a",
    ]


@pytest.mark.parametrize(
    ("slug", "given", "readings", "in_force"),
    [
        ("yantai", {"application_date": "2022-12-31"}, {}, True),
        ("yantai", {"application_date": "2023-01-01"}, {}, False),
        ("yantai", {"application_date": "2023-01-01"}, {"YT-A1": "treat_as_in_force"}, True),
        ("yantai", {"application_date": "2022-12-20", "decision_date": "2022-12-31"}, {}, True),
        ("yantai", {"application_date": None}, {}, None),
        ("gaoming", {"application_date": "2022-01-26"}, {}, True),
        ("gaoming", {"application_date": "2022-01-26"}, {"GM-A1": "full_30_days_then_next"}, False),
        ("gaoming", {"application_date": "2026-07-10"}, {"GM-A2": "exclusive"}, False),
        ("gaoming", {"application_date": "2026-07-11"}, {}, False),
        ("qinshui", {"application_date": "2023-07-01"}, {}, None),
        ("qinshui", {"application_date": "2023-07-01"}, {"QS-A1": "2023-01-01"}, True),
        ("qinshui", {"application_date": "2027-12-31"}, {"QS-A2": "assume_5_years"}, True),
        ("qinshui", {"application_date": "2028-06-01"}, {"QS-A2": "assume_5_years"}, None),
        ("qinshui", {"application_date": "2029-01-01"}, {"QS-A2": "assume_5_years"}, False),
        (
            "qinshui",
            {"application_date": "2028-01-01"},
            {"QS-A2": "assume_5_years", "QS-A1": "2023-01-01"},
            False,
        ),
        ("shenzhen", {"application_date": "2018-01-01"}, {}, None),
        ("shenzhen", {"application_date": "2020-12-31"}, {"SZ-A7": "expired_after_2020"}, True),
        ("shenzhen", {"application_date": "2021-01-01"}, {"SZ-A7": "expired_after_2020"}, False),
        ("shenzhen", {"application_date": "2025-01-01"}, {"SZ-A7": "in_force"}, True),
        ("wenzhou", {"application_date": "2013-05-07"}, {}, False),
        ("wenzhou", {"application_date": "2025-04-01"}, {"WZ-A2": "expired"}, False),
    ],
)
def test_validity(slug: str, given: dict[str, Any], readings: Readings, in_force: bool | None) -> None:
    assert asked(slug, "validity", given, readings)["in_force"] is in_force
