"""Papers: copies, originals, issuers, papers of people, statements, bundles."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jurisdictions.engine import check_papers
from jurisdictions.engine.papers import papers_of
from jurisdictions.engine.questions import QuestionError, ask
from tests.jurisdictions.engine.profiles import SLUGS, profile

YANTAI = (
    "recommendation_report", "application_report", "application_form",
    "licence_or_establishment_doc", "technician_ids_certs_awards", "three_year_trained_list",
)  # fmt: skip
WITH_ORIGINAL = YANTAI[3:]
COMPLETE: dict[tuple[str, str], dict[str, Any]] = {
    ("yantai", "application"): {
        "provided": YANTAI,
        "original_seen": WITH_ORIGINAL,
        "copy": WITH_ORIGINAL,
    },
    ("shenzhen", "application"): {
        "provided": (
            "setup_form",
            "setup_report",
            "legal_and_org_code_copies",
            "head_id_copy",
            "instructor_id_cert_education_copies",
        )
    },
    ("shenzhen", "key_project"): {"provided": ("key_project_form", "statement_and_attachments")},
    ("gaoming", "application"): {
        "provided": (
            "setup_form",
            "application_report",
            "member_id_cert_performance",
            "work_agreements_or_contracts",
            "legal_registration",
            "basic_bank_account",
        ),
        "copies": 3,
        "bound_in_order": True,
        "originals_checked": True,
        "copies_marked_and_sealed": True,
    },
    ("gaoming", "evaluation"): {"provided": ("evaluation_form", "output_evidence"), "copies": 3},
    ("qinshui", "application"): {
        "recommendation_report": 1,
        "recommendation_issuer": "industry_department",
        "application_report": 3,
        "application_form": 3,
        "licence_copy": 1,
        "org_code_copy": 1,
    },
    ("wenzhou", "application"): {
        "application_form_copies": 2,
        "application_report": True,
        "legal_and_org_code_copies": True,
        "ids_certs_education_copies": True,
        "other_evidence_copies": True,
        "e_form": True,
        "e_report": True,
        "a4_bound": True,
    },
}


def asked(slug: str, scope: str = "application", /, *without: str, **changed: Any) -> dict[str, Any]:
    """The answer to a complete bundle with some facts changed, and some left out."""
    given = COMPLETE[slug, scope] | changed | ({"scope": scope} if scope != "application" else {})
    return ask(profile(slug), "material", {k: v for k, v in given.items() if k not in without})


def missing(slug: str, scope: str = "application", /, *without: str, **changed: Any) -> list[str]:
    answer = asked(slug, scope, *without, **changed)
    assert answer["complete"] is (not answer["missing"])
    return list(answer["missing"])


@pytest.mark.parametrize(("slug", "scope"), list(COMPLETE))
def test_a_complete_bundle_is_complete(slug: str, scope: str) -> None:
    assert missing(slug, scope) == []


@pytest.mark.parametrize(("slug", "scope"), list(COMPLETE))
def test_each_fact_of_a_bundle_is_needed(slug: str, scope: str) -> None:
    """Except where another paper does for it (the organisation code stands on the licence)."""
    for name, value in COMPLETE[slug, scope].items():
        if name == "org_code_copy":
            continue
        assert missing(slug, scope, name), name
        if isinstance(value, tuple):
            for paper in value:
                found = missing(slug, scope, **{name: tuple(p for p in value if p != paper)})
                assert [lack.split(".")[0] for lack in found] == [paper]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"application_report": 2}, ["application_report:3"]),
        ({"application_report": 0, "application_form": None}, ["application_report:3", "application_form:3"]),
        ({"application_form": 4}, []),
        ({"recommendation_report": 0, "recommendation_issuer": None}, ["recommendation_report:1"]),
        ({"recommendation_issuer": None}, ["recommendation_report.issuer"]),
        ({"recommendation_issuer": "county_hrss"}, ["recommendation_report.issuer"]),
        ({"org_code_copy": 0}, []),
        ({"licence_copy": 0}, ["licence_copy:1"]),
        ({"licence_copy": 0, "org_code_copy": 0}, ["licence_copy:1", "org_code_copy:1"]),
    ],
)
def test_qinshui_counts_copies_and_asks_who_issued(changed: dict[str, Any], expected: list[str]) -> None:
    assert missing("qinshui", **changed) == expected


def test_the_code_certificate_may_be_wanted_separately() -> None:
    given = COMPLETE["qinshui", "application"] | {"org_code_copy": 0}
    answer = ask(profile("qinshui"), "material", given, readings={"G-14": "require_separately"})

    assert answer["missing"] == ["org_code_copy:1"]
    assert answer["readings"]["G-14"] == "require_separately"


def test_yantai_wants_original_and_copy() -> None:
    name = "technician_ids_certs_awards"
    others = tuple(n for n in WITH_ORIGINAL if n != name)

    assert missing("yantai", original_seen=others) == [f"{name}.original"]
    assert missing("yantai", copy=others) == [f"{name}.copy"]
    assert missing("yantai", original_seen=others, copy=others) == [name]


@pytest.mark.parametrize(
    ("affiliation", "issuer", "wrong"),
    [
        ("county", "county_hrss", False),
        ("county", "competent_department", True),
        ("central", "competent_department", False),
        ("municipal", "county_hrss", True),
        (None, "competent_department", False),
        (None, "city_hrss", True),
    ],
)
def test_the_recommendation_comes_by_the_way_of_the_unit(
    affiliation: str | None, issuer: str, wrong: bool
) -> None:
    found = missing(
        "yantai", unit_affiliation=affiliation, unit_type="enterprise", recommendation_issuer=issuer
    )

    assert found == (["recommendation_report.issuer"] if wrong else [])


@pytest.mark.parametrize(("months", "complete"), [(35, True), (36, False), (None, None)])
def test_the_three_year_list_of_young_stations_under_the_other_reading(
    months: int | None, complete: bool | None
) -> None:
    given = COMPLETE["yantai", "application"] | {"provided": YANTAI[:-1], "self_station_months": months}
    answer = ask(profile("yantai"), "material", given, readings={"YT-A12": "only_if_three_years"})

    assert answer["complete"] is complete
    if complete is None:
        assert answer["missing"] == ["self_station_months"]


@pytest.mark.parametrize("months", [None, 14, 48])
def test_the_three_year_list_is_always_wanted_by_default(months: int | None) -> None:
    assert missing("yantai", provided=YANTAI[:-1], self_station_months=months) == ["three_year_trained_list"]


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([], []),
        ([{"id": True, "cert": "高级技师", "education": True}], []),
        ([{"id": True, "cert": "高级工", "education": True}], ["instructor.cert"]),
        (
            [{"id": True, "cert": "技师", "education": True}, {"cert": "技师", "education": None}],
            ["instructor.id", "instructor.education"],
        ),
        ([{"id": False, "cert": None, "education": True}], ["instructor.id", "instructor.cert"]),
    ],
)
def test_shenzhen_wants_three_papers_of_every_instructor(people: list[Any], expected: list[str]) -> None:
    assert missing("shenzhen", instructors=people) == expected


def test_what_is_not_asked_decides_nothing_and_is_said() -> None:
    answer = asked("shenzhen", recommendation_report=False)
    assert answer["complete"] is True
    assert any("不要求提交推荐报告" in words for words in answer["explanation"])

    extra = asked("shenzhen", provided=(*COMPLETE["shenzhen", "application"]["provided"], "photo"))
    assert extra["complete"] is True
    assert any("photo" in words for words in extra["explanation"])


@pytest.mark.parametrize("scope", ["application", "evaluation"])
def test_gaoming_wants_three_sets(scope: str) -> None:
    assert missing("gaoming", scope, copies=2) == ["copies:3"]
    assert missing("gaoming", scope, copies=None) == ["copies:3"]
    assert missing("gaoming", scope, copies=4) == []


def test_gaoming_asks_binding_and_seals_of_the_application_alone() -> None:
    assert missing("gaoming", bound_in_order=False) == ["bound_in_order"]
    assert missing("gaoming", "evaluation", bound_in_order=False, copies_marked_and_sealed=False) == []


@pytest.mark.parametrize(
    ("declared", "reading", "complete"),
    [(True, "declaration", True), (False, "declaration", False), (True, "proof_required", False)],
)
def test_a_statement_does_for_the_bank_account_under_one_reading(
    declared: bool, reading: str, complete: bool
) -> None:
    full = COMPLETE["gaoming", "application"]
    given = full | {"provided": full["provided"][:-1], "basic_bank_account_declared": declared}

    answer = ask(profile("gaoming"), "material", given, readings={"GM-A21": reading})

    assert answer["complete"] is complete


def test_wenzhou_lets_no_further_evidence_be_declared() -> None:
    assert missing("wenzhou", other_evidence_copies=False) == ["other_evidence_copies"]
    assert missing("wenzhou", other_evidence_copies=False, other_evidence_none_declared=True) == []

    given = COMPLETE["wenzhou", "application"] | {
        "other_evidence_copies": False,
        "other_evidence_none_declared": True,
    }
    strict = ask(profile("wenzhou"), "material", given, readings={"WZ-A20": "strict"})
    assert strict["missing"] == ["other_evidence_copies"]


def test_wenzhou_counts_forms_and_asks_for_files_and_binding() -> None:
    assert missing("wenzhou", application_form_copies=1) == ["application_form_copies:2"]
    assert missing("wenzhou", e_form=False, a4_bound=False) == ["e_form", "a4_bound"]


@pytest.mark.parametrize(
    ("slug", "facts", "culprit"),
    [
        ("yantai", {"scope": "key_project"}, "scope"),
        ("yantai", {"provided": "all"}, "provided"),
        ("yantai", {"provided": [1]}, "provided"),
        ("yantai", {"copies": 3}, "copies"),
        ("shenzhen", {"instructors": ["技师"]}, "instructors"),
        ("gaoming", {"copies": "three"}, "copies"),
        ("gaoming", {"bound_in_order": "yes"}, "bound_in_order"),
        ("qinshui", {"application_report": "many"}, "application_report"),
    ],
)
def test_a_fact_that_cannot_be_read_is_named(slug: str, facts: dict[str, Any], culprit: str) -> None:
    with pytest.raises(QuestionError) as error:
        ask(profile(slug), "material", facts)
    assert error.value.culprit == culprit


@settings(max_examples=60)
@given(data=st.data())
def test_bringing_one_more_paper_never_makes_more_missing(data: st.DataObject) -> None:
    p = profile(data.draw(st.sampled_from([s for s in SLUGS if profile(s).dossiers[0].listed_in])))
    names = [paper.name for paper in papers_of(p, p.dossiers[0])]
    some = set(data.draw(st.lists(st.sampled_from(names))))
    one = data.draw(st.sampled_from(names))

    def lacking(there: set[str]) -> set[str]:
        facts = {"provided": there, "original_seen": names, "copy": names}
        return {lack.name for lack in check_papers(p, facts).missing}

    assert lacking(some | {one}) <= lacking(some)
