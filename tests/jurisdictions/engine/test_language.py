"""What a profile may not say of terms, groups, rates and ends: told with its place, before it is used."""

from __future__ import annotations

from datetime import date

import pytest

from jurisdictions.engine import ProfileError, TrancheCircumstances, parse_profile, tranche_state
from tests.jurisdictions.engine.invented import file_of, invented

QINGLAN = file_of("qinglan").read_text(encoding="utf-8")
BAISHI = file_of("baishi").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "old", "new", "path"),
    [
        (QINGLAN, "bands: [{from: 80,", "bands: [{from: eighty,", "entitlements[0].rate.bands[0].from"),
        (QINGLAN, "{from: 80, amount_yuan: 10000}", "{from: 95, amount_yuan: 10000}", "entitlements[0].rate"),
        (
            QINGLAN,
            "kind: yearly, fact: year_number",
            "kind: monthly, fact: year_number",
            "entitlements[1].rate",
        ),
        (
            QINGLAN,
            "{payer: city_finance, percent: 40}",
            "{payer: city_finance, percent: 30}",
            "entitlements[2]",
        ),
        (
            QINGLAN,
            "{payer: city_finance, percent: 40}",
            "{payer: nobody, percent: 40}",
            "entitlements[2].payers",
        ),
        (QINGLAN, "grades: [优秀, 合格], times", "grades: [优良], times", "term.renewal.grades"),
        (QINGLAN, 'closes_at: "18:00"', 'closes_at: "24:00"', "round.closes_at"),
        (QINGLAN, 'closes_at: "18:00"', "closes_at: 18:00", "round.closes_at"),
        (QINGLAN, "most: 3, clause: QL-5.2", "clause: QL-5.2", "round.group_caps[0]"),
        (QINGLAN, "spend_by: {year_end_offset: 1,", "spend_by: {", "expenditure.spend_by"),
        (BAISHI, "own: 大师工作室资助", "own: 大师工作室补贴", "exclusions[0].own"),
        (BAISHI, "label: 第二笔, amount_yuan: 20000", "label: 第二笔, amount_yuan: 20001", "award.tranches"),
        (BAISHI, "to: 2025-06-01, end_inclusive", "length_years: 3, end_inclusive", "validity.end_inclusive"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, old: str, new: str, path: str) -> None:
    assert text.count(old) == 1

    with pytest.raises(ProfileError) as caught:
        parse_profile(text.replace(old, new))

    assert path in [issue.path for issue in caught.value.issues]


def test_a_text_that_ends_after_so_many_years_ends_its_payments_too() -> None:
    text = BAISHI.replace("to: 2025-06-01, end_inclusive: false", "length_years: 3")
    known = TrancheCircumstances(
        designated=date(2023, 3, 10), as_of=date(2025, 6, 1), performs_well=True, continuous=True
    )

    assert tranche_state(parse_profile(text), 3, known).state == "refused"
    assert tranche_state(invented("baishi"), 3, known).state == "refused"
