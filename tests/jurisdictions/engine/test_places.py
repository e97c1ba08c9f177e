"""Places of groups: what bounds a group, what is kept for one, and what is not known."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from jurisdictions.engine import Profile
from jurisdictions.engine.places import one_more_in_groups, stand_by
from jurisdictions.engine.schema.procedure import GroupCap
from tests.jurisdictions.engine.invented import invented
from tests.jurisdictions.engine.profiles import profile


def with_cap(**bound: Any) -> Profile:
    """qinglan (20 places a year) with this one cap on schools."""
    p = invented("qinglan")
    assert p.round is not None
    cap = GroupCap.model_validate(
        {"key": "schools", "label": "院校", "by": "category", "group": "school", "clause": "QL-5.5", **bound}
    )
    return p.model_copy(update={"round": p.round.model_copy(update={"group_caps": (cap,)})})


@pytest.mark.parametrize(("this_year", "schools", "allowed"), [(16, 0, True), (17, 0, False), (17, 1, True)])
def test_a_kept_share_is_rounded_up(this_year: int, schools: int, allowed: bool) -> None:
    """11% of 20 are 2.2: three places are kept, less those that schools have."""
    counts = {"designations": {"category": {"school": schools}}}
    found = one_more_in_groups(with_cap(least_percent=11), {"category": "firm"}, counts, this_year=this_year)

    assert found.allowed is allowed


def test_a_share_bounds_its_own_group_alone() -> None:
    counts = {"designations": {"category": {"school": 6, "firm": 14}}}
    p = with_cap(most_percent=30)

    assert one_more_in_groups(p, {"category": "school"}, counts).blocked_by == ("QL-5.5",)
    assert one_more_in_groups(p, {"category": "firm"}, counts).allowed is True


def test_what_nobody_has_counted_leaves_it_open() -> None:
    bounded = one_more_in_groups(with_cap(most=3), {"category": "school"}, {})
    kept = one_more_in_groups(with_cap(least=4), {"category": "firm"}, {"designations": {}})

    assert (bounded.allowed, bounded.missing) == (None, ("designations",))
    assert (kept.allowed, kept.missing) == (None, ("designated_this_year",))


def test_who_is_of_no_group_meets_no_cap() -> None:
    assert one_more_in_groups(with_cap(most=1), {}, {}).allowed is True


def test_no_waiting_list_is_invented() -> None:
    assert stand_by(profile("qinshui"), 0).allowed is None
    assert stand_by(invented("qinglan"), None).allowed is None


@pytest.mark.parametrize("bound", [{}, {"most": 1, "least": 1}, {"least": 1, "group": None}])
def test_a_cap_has_one_bound(bound: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        with_cap(**bound)
