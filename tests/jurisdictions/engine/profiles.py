"""The bundled profiles by slug, and complete sets of facts to vary from."""

from __future__ import annotations

from functools import cache
from typing import Any

from jurisdictions.engine import Profile, bundled_profiles, load_profile

SLUGS = ("gaoming", "qinshui", "shenzhen", "wenzhou", "yantai")


@cache
def profile(slug: str) -> Profile:
    """The bundled profile of a jurisdiction."""
    (path,) = [path for path in bundled_profiles() if path.parent.name == slug]
    return load_profile(path)


# Facts under which every condition is met, at its very threshold.
ELIGIBLE: dict[str, dict[str, Any]] = {
    "qinshui": {
        "registered_in_county": True,
        "unit_type": "enterprise",
        "technicians": 1,
        "senior_technicians": 1,
        "untitled_skill_leaders": 1,
        "talent_mechanism_and_experience": True,
        "management_good_and_responsible": True,
        "funding_and_conditions": True,
        "equipment_fairly_advanced": True,
        "work_rules_plan_goals_benefit": True,
    },
    "gaoming": {
        "in_district": True,
        "unit_type": "enterprise",
        "technology_content_high": True,
        "technicians": 2,
        "senior_technicians": 1,
        "mentoring_training": True,
        "management_good_and_responsible": True,
        "funding_and_conditions": True,
        "equipment_fairly_advanced": True,
        "tackling_ability_and_experience": True,
    },
    "yantai": {
        "in_city": True,
        "unit_type": "enterprise",
        "unit_affiliation": "county",
        "industry_priority": True,
        "famous_technicians_total": 2,
        "leading_talents": 1,
        "management_good": True,
        "self_station_start": "2019-05-11",
        "good_working_conditions": True,
        "fixed_area_sqm": 100,
        "annual_investment_yuan": 50000,
        "equipment_advanced_and_used_for_training": True,
        "talent_system_complete": True,
        "independent_major_project_level": "city",
        "good_benefit": True,
        "station_work_rules": True,
        "annual_training_capacity_senior_plus": 5,
    },
    "shenzhen": {
        "mode": "alone",
        "applicant_type": "enterprise",
        "lead_party_type": "enterprise",
        "internal_technicians": 1,
        "internal_senior_technicians": 1,
        "external_persons": [{"title": "高级技师", "contract_months": 24}],
        "management_good": True,
        "equipment_domestic_first_class": True,
        "independent_major_skill_project": True,
        "unit_operating_funds_yuan": 1,
    },
    "wenzhou": {
        "host_type": "enterprise",
        "industry_priority": True,
        "leader_title": "技师",
        "leader_unique_skill": False,
        "leader_recognised_and_leading": True,
        "leader_achievements": [3],
        "host_qualified_talent": True,
        "host_dense_skilled_workforce": True,
        "host_talent_policies": True,
        "host_training_fund_ratio": "0.30",
        "host_support": True,
    },
}
