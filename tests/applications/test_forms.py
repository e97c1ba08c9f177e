"""The form is wholly the profile's: every question of every regulation has its input, in its place."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms

from applications.dossier import sections
from applications.dossier.answers import problems_of
from applications.dossier.forms import SectionForm, stored_data
from applications.dossier.sections import place_of, progress_of, section_named, sections_of
from applications.filing.drafting import save_draft
from tests.applications.filing import browser_of, draft_of, fill, filled, submitter_of
from tests.world import SLUGS, World


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_every_question_of_the_profile_has_exactly_one_input(world: World) -> None:
    application = draft_of(world)
    rules = application.rules
    names: list[str] = []
    tables: list[str] = []
    for section in sections_of(rules):
        form = SectionForm(application, section)
        names += form.form.fields
        tables += [rows.table.path for rows in form.tables]
    asked = [f"facts.{f.name}" for f in sections.asked_of_unit(rules) if f.type != "list"]
    assert sorted(names) == sorted([*asked, *(f"narratives.{n.name}" for n in rules.narratives)])
    lists = [f"facts.{f.name}" for f in sections.asked_of_unit(rules) if f.type == "list"]
    assert sorted(tables) == sorted([*(f"rosters.{r.name}" for r in rules.rosters), *lists])
    assert not [n for n in names if n.removeprefix("facts.") == rules.unit_type_fact]
    reviewers = {f"facts.{f.name}" for f in rules.facts if f.judged or f.asked_of == "reviewer"}
    assert reviewers.isdisjoint(names)


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_what_is_shown_and_sent_back_is_what_is_stored(world: World) -> None:
    application = filled(world)
    actor = submitter_of(world)
    before = (application.facts, application.narratives, application.rosters)
    for section in sections_of(application.rules):
        form = SectionForm(application, section, stored_data(application, section))
        save_draft(application=application, actor=actor, revision=application.revision, **form.typed())
    application.refresh_from_db()
    assert problems_of(application) == ()
    facts, narratives, rosters = before
    assert {k: v for k, v in application.facts.items() if v != ""} == {
        k: v for k, v in facts.items() if v != ""
    }
    assert {k: v for k, v in application.narratives.items() if v} == {
        k: v for k, v in narratives.items() if v
    }
    assert application.rosters == rosters


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_every_problem_of_an_empty_form_has_a_place_with_its_anchor(world: World) -> None:
    application = draft_of(world)
    client = browser_of(submitter_of(world))
    pages: dict[str, str] = {}
    for section in sections_of(application.rules):
        url = world.url(f"unit/applications/{application.pk}/sections/{section.name}/?checked=1")
        pages[section.name] = client.get(url).content.decode()
    pages["materials"] = client.get(
        world.url(f"unit/applications/{application.pk}/materials/")
    ).content.decode()
    for problem in problems_of(application):
        place = place_of(application.rules, problem.path)
        assert place.section in pages, problem
        assert f'id="{place.anchor}"' in pages[place.section], problem


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_the_task_list_goes_from_missing_to_done(world: World) -> None:
    application = draft_of(world)
    lines = progress_of(application)
    assert [line.done for line in lines] == [False] * len(lines)
    assert sum(line.missing for line in lines) == len(problems_of(application))
    fill(world, application)
    assert [(line.missing, line.done) for line in progress_of(application)] == [(0, True)] * len(lines)


def test_inputs_fit_their_types(world: World) -> None:
    application = draft_of(world)
    unit, staff = (section_named(application.rules, name) for name in ("unit", "staff"))
    assert unit is not None
    assert staff is not None
    fields = SectionForm(application, unit).form.fields
    assert isinstance(fields["facts.registered_in_county"].widget, forms.RadioSelect)
    assert fields["facts.employees_total"].widget.attrs["inputmode"] == "numeric"
    assert fields["facts.employees_total"].unit == "人"
    assert fields["facts.employees_total"].clause == "QS-A1.1"
    (rows,) = SectionForm(application, staff).tables
    row = rows.forms[0].fields
    assert [key for key, _ in row["title"].choices] == ["", "高级技师", "技师", "技术技能带头人", "其他"]


def test_derived_figures_are_shown_and_never_typed(world: World) -> None:
    application = filled(world)
    client = browser_of(submitter_of(world))
    page = client.get(world.url(f"unit/applications/{application.pk}/sections/staff/"))
    shown = {label: value for label, value, _ in page.context["derived"]}
    assert shown["领办人姓名"] == application.rosters["members"][0]["name"]
    assert "facts.technicians" not in page.context["form"].form.fields
    url = world.url(f"unit/applications/{application.pk}/sections/staff/")
    client.post(url, {"version": application.revision, "facts.technicians": "99"})
    application.refresh_from_db()
    assert "technicians" not in application.facts


def test_a_value_outside_a_list_and_a_wrong_date_stay_to_be_seen(world: World) -> None:
    application = draft_of(world)
    save_draft(
        application=application,
        actor=submitter_of(world),
        revision=0,
        rosters={"members": [{"name": "王某", "title": "特级技师"}]},
    )
    section = section_named(application.rules, "staff")
    assert section is not None
    form = SectionForm(application, section)
    form.show(problems_of(application), all_of_them=False)
    row = form.tables[0].forms[0]
    assert 'value="特级技师" selected' in str(row["title"])
    assert row.errors == {"title": ["“职业资格/等级”不在可选范围内"]}


@pytest.mark.parametrize("world", ["yantai"], indirect=True)
def test_a_wrong_date_is_shown_as_text_and_a_right_one_as_a_date(world: World) -> None:
    application = draft_of(world)
    actor = submitter_of(world)
    fact = next(f for f in sections.asked_of_unit(application.rules) if f.type == "date")
    section = section_named(application.rules, fact.group)
    assert section is not None
    for typed, widget in (("去年六月", forms.TextInput), (date(2017, 6, 1).isoformat(), forms.DateInput)):
        save_draft(
            application=application, actor=actor, revision=application.revision, facts={fact.name: typed}
        )
        form = SectionForm(application, section)
        assert type(form.form.fields[f"facts.{fact.name}"].widget) is widget
        assert form.form[f"facts.{fact.name}"].value() == typed


@pytest.mark.parametrize("world", ["shenzhen"], indirect=True)
@pytest.mark.parametrize(
    ("mode", "asked", "required"), [("", True, False), ("alone", False, False), ("co_built", True, True)]
)
def test_a_question_that_does_not_concern_the_unit_is_set_apart(
    world: World, mode: str, asked: bool, required: bool
) -> None:
    application = draft_of(world)
    actor = submitter_of(world)
    save_draft(application=application, actor=actor, revision=0, facts={"mode": mode})
    section = section_named(application.rules, "unit")
    assert section is not None
    form = SectionForm(application, section)
    field = "facts.lead_party_type"
    assert (field in [entry.bound.name for entry in form.entries]) is asked
    assert (field in [entry.bound.name for entry in form.not_asked]) is not asked
    assert form.form.fields[field].required is required
