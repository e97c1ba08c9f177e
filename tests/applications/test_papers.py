"""The papers of an application, as the engine finds them missing."""

import pytest

from applications.dossier.answers import known_facts, material_problems
from applications.dossier.papers import desk_lacks, whole_checks
from jurisdictions.engine.papers import application_dossier, papers_of
from tests.applications.filing import draft_of, filed, filled
from tests.world import SLUGS


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_an_empty_draft_lacks_what_the_text_asks_of_the_unit(world):
    application = draft_of(world)
    papers = papers_of(world.rules, application_dossier(world.rules))
    owed = {f"materials.{p.name}" for p in papers if p.brought_by == "unit" and p.required is not False}
    found = material_problems(application)
    assert {problem.path for problem in found} == owed
    assert all("依据" in problem.message and problem.clause for problem in found)


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_what_is_uploaded_is_there(world):
    assert material_problems(filled(world)) == ()


@pytest.mark.parametrize("world", ["gaoming", "wenzhou"], indirect=True)
def test_a_desk_sees_originals_and_counts_the_whole(world):
    application = filed(world)
    lacks = {lack.path for lack in desk_lacks(application, known_facts(application))}
    assert {f"checks.{check.name}" for check in whole_checks(world.rules)} <= lacks
    assert not {f"materials.{m.name}" for m in world.rules.materials} & lacks
    application.checks = {"any": [check.name for check in whole_checks(world.rules)]}
    assert desk_lacks(application, known_facts(application)) == ()


@pytest.mark.parametrize("world", ["qinshui"], indirect=True)
def test_a_licence_does_for_the_code_certificate(world):
    application = filled(world)
    application.materials.filter(name="org_code_copy").delete()
    assert material_problems(application) == ()
    application.materials.filter(name="licence_copy").delete()
    assert [p.path for p in material_problems(application)] == [
        "materials.licence_copy",
        "materials.org_code_copy",
    ]
