"""Drafts keep what was typed, two editors never overwrite each other, materials come and go."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications.desk.review import return_for_correction
from applications.dossier.answers import known_facts, problems_of
from applications.enums import MaterialCheck
from applications.filing.drafting import (
    add_material_file,
    declare_none,
    remove_material_file,
    save_draft,
    start_application,
)
from applications.filing.submission import submit
from applications.models import Application, MaterialFile
from core import clock
from core.errors import DomainError, EditConflict, NotAllowed
from core.models import LogEntry
from documents.models import Attachment
from tests.applications.filing import (
    browser_of,
    draft_of,
    filed,
    filled,
    pdf,
    story_of,
    submitter_of,
)
from tests.sealed import plain
from tests.world import World

SECTION = "unit/applications/{}/sections/{}/"


def post_section(world: World, application: Application, chapter: str, **fields: str) -> object:
    client = browser_of(submitter_of(world))
    data = {"version": str(application.revision), **{k.replace("__", "."): v for k, v in fields.items()}}
    return client.post(world.url(SECTION.format(application.pk, chapter)), data)


def test_what_cannot_be_read_is_kept_as_typed_and_decides_nothing(world: World) -> None:
    application = draft_of(world)
    save_draft(
        application=application,
        actor=submitter_of(world),
        revision=0,
        facts={"employees_total": "三百多", "registered_in_county": "也许", "trade": " 电焊工 "},
        rosters={"members": [{"name": "王某", "resident_id": "1101081979060922"}]},
    )
    application.refresh_from_db()
    assert application.facts["employees_total"] == "三百多"
    assert application.facts["registered_in_county"] == "也许"
    cell = application.rosters["members"][0]["resident_id"]
    assert (plain(cell), cell["mask"]) == ("1101081979060922", "1101********0922")
    facts = known_facts(application)
    assert "employees_total" not in facts
    assert "registered_in_county" not in facts
    messages = {problem.path: problem.message for problem in problems_of(application)}
    assert messages["facts.employees_total"] == "员工总人数应填数字"
    assert "18位" in messages["rosters.members.0.resident_id"]


def test_what_can_be_read_is_stored_in_its_own_type(world: World) -> None:
    application = draft_of(world)
    save_draft(
        application=application,
        actor=submitter_of(world),
        revision=0,
        facts={"employees_total": "320", "registered_in_county": "true"},
        rosters={"members": [{"name": "王某", "resident_id": " 11010819790609226x "}]},
    )
    application.refresh_from_db()
    assert application.facts["employees_total"] == 320
    assert application.facts["registered_in_county"] is True


def test_saving_one_chapter_leaves_the_others(world: World) -> None:
    application = draft_of(world)
    actor = submitter_of(world)
    save_draft(application=application, actor=actor, revision=0, facts={"trade": "钳工"})
    save_draft(application=application, actor=actor, revision=1, narratives={"projects": "无"})
    assert (application.facts["trade"], application.narratives, application.revision) == (
        "钳工",
        {"projects": "无"},
        2,
    )
    assert (application.saved_by, application.saved_at is not None) == (actor, True)


def test_the_second_of_two_editors_is_told_and_nothing_is_overwritten(world: World) -> None:
    application = draft_of(world)
    actor = submitter_of(world)
    editor = world.people[story_of(world).row("unit")["members"][1]["key"]]
    save_draft(application=application, actor=editor, revision=0, facts={"trade": "钳工"})
    with pytest.raises(EditConflict) as refused:
        save_draft(application=application, actor=actor, revision=0, facts={"trade": "焊工"})
    assert str(editor) in refused.value.message
    application.refresh_from_db()
    assert (application.facts["trade"], application.revision) == ("钳工", 1)


def test_the_page_of_a_conflict_keeps_both_texts_and_then_saves(world: World) -> None:
    application = draft_of(world)
    actor = submitter_of(world)
    save_draft(application=application, actor=actor, revision=0, facts={"trade": "钳工"})
    stale = Application(pk=application.pk, revision=0)
    page = post_section(world, stale, "staff", facts__trade="焊工")
    text = page.content.decode()
    assert page.status_code == 409
    assert [d.theirs for d in page.context["theirs"]] == ["钳工"]
    assert 'value="焊工"' in text
    application.refresh_from_db()
    assert application.facts["trade"] == "钳工"
    assert f'name="version" value="{application.revision}"' in text
    assert post_section(world, application, "staff", facts__trade="焊工").status_code == 302
    application.refresh_from_db()
    assert application.facts["trade"] == "焊工"


def test_autosave_answers_the_new_version_and_409_for_a_stale_one(world: World) -> None:
    application = draft_of(world)
    client = browser_of(submitter_of(world))
    url = world.url(SECTION.format(application.pk, "unit") + "autosave/")
    fields = {"version": "0", "facts.employees_total": "约三百"}
    first = client.post(url, fields)
    assert (first.status_code, first.json()["version"]) == (200, 1)
    again = client.post(url, {**fields, "facts.employees_total": "四百"})
    assert again.status_code == 409
    application.refresh_from_db()
    assert (application.facts["employees_total"], application.revision) == ("约三百", 1)


def test_the_page_keeps_wrong_input_and_says_so_beside_the_field(world: World) -> None:
    application = draft_of(world)
    answer = post_section(world, application, "unit", facts__employees_total="三百多")
    assert answer.url == world.url(SECTION.format(application.pk, "unit")) + "?checked=1"
    page = browser_of(submitter_of(world)).get(answer.url)
    form = page.context["form"].form
    assert form.errors["facts.employees_total"] == ["员工总人数应填数字"]
    assert form.errors["facts.registered_in_county"] == ["请填写“是否在沁水县注册”"]
    assert 'value="三百多"' in page.content.decode()


def test_a_first_look_shows_no_refusals(world: World) -> None:
    application = draft_of(world)
    page = browser_of(submitter_of(world)).get(world.url(SECTION.format(application.pk, "staff")))
    assert page.context["form"].summary == []


def test_rows_are_added_and_removed_without_script(world: World) -> None:
    application = draft_of(world)
    more = post_section(
        world,
        application,
        "staff",
        **{
            "rosters.members-TOTAL_FORMS": "1",
            "rosters.members-INITIAL_FORMS": "0",
            "rosters.members-0-name": "王某",
            "add": "rosters.members",
        },
    )
    assert (more.status_code, len(more.context["form"].tables[0].forms)) == (200, 2)
    application.refresh_from_db()
    assert [row["name"] for row in application.rosters["members"]] == ["王某"]
    post_section(
        world,
        application,
        "staff",
        **{
            "rosters.members-TOTAL_FORMS": "2",
            "rosters.members-INITIAL_FORMS": "0",
            "rosters.members-0-name": "王某",
            "rosters.members-0-DELETE": "on",
            "rosters.members-1-name": "李某",
        },
    )
    application.refresh_from_db()
    assert [row["name"] for row in application.rosters["members"]] == ["李某"]


def test_a_form_without_its_counters_leaves_the_rows_alone(world: World) -> None:
    application = filled(world)
    before = application.rosters
    post_section(world, application, "staff", facts__trade="钳工")
    application.refresh_from_db()
    assert application.rosters == before
    assert application.facts["trade"] == "钳工"


# --- materials -------------------------------------------------------------------


def test_several_files_a_material_and_removing_one(world: World) -> None:
    application = draft_of(world)
    actor = submitter_of(world)
    one = add_material_file(application=application, name="licence_copy", upload=pdf("正面.pdf"), actor=actor)
    add_material_file(application=application, name="licence_copy", upload=pdf("反面.pdf"), actor=actor)
    stored = one.attachment.file
    remove_material_file(application=application, file=one, actor=actor)
    assert [f.attachment.original_name for f in MaterialFile.objects.all()] == ["反面.pdf"]
    assert [a.original_name for a in Attachment.objects.all()] == ["反面.pdf"]
    assert stored.storage.exists(stored.name)  # goes after commit, and a test never commits
    labels = [e.label for e in LogEntry.history_of(application)]
    assert labels == ["开始填报", "上传材料", "上传材料", "移除材料"]


def test_after_submission_the_file_stays_with_its_version(world: World) -> None:
    application = filed(world)
    return_for_correction(
        application=application,
        items=[{"path": "materials.licence_copy", "label": "执照", "text": "不清晰"}],
        due_on=clock.today(),
        actor=world.people["reviewer"],
    )
    file = MaterialFile.objects.get(material__name="licence_copy")
    attachment = file.attachment
    remove_material_file(application=application, file=file, actor=submitter_of(world))
    assert Attachment.objects.filter(pk=attachment.pk).exists()


def test_a_new_file_makes_an_objected_material_unchecked(world: World) -> None:
    application = draft_of(world)
    material = application.materials.get(name="licence_copy")
    material.check_state, material.note, material.original_seen = MaterialCheck.PROBLEM, "不清晰", True
    material.save()
    add_material_file(application=application, name="licence_copy", upload=pdf(), actor=submitter_of(world))
    material.refresh_from_db()
    assert (material.check_state, material.original_seen) == (MaterialCheck.UNCHECKED, False)


def test_what_the_desk_brings_the_unit_cannot(world: World) -> None:
    application = filled(world)
    with pytest.raises(NotAllowed):
        add_material_file(
            application=application, name="recommendation_report", upload=pdf(), actor=submitter_of(world)
        )
    submit(application=application, actor=submitter_of(world), pledged=True)
    with pytest.raises(NotAllowed):
        add_material_file(
            application=application,
            name="recommendation_report",
            upload=pdf(),
            actor=world.people["reviewer2"],
        )
    add_material_file(
        application=application, name="recommendation_report", upload=pdf(), actor=world.people["reviewer"]
    )
    assert application.materials.get(name="recommendation_report").files.count() == 1


@pytest.mark.parametrize("world", ["wenzhou"], indirect=True)
def test_none_is_declared_only_where_the_text_allows(world: World) -> None:
    application = draft_of(world)
    actor = submitter_of(world)
    declare_none(application=application, name="other_evidence_copies", actor=actor)
    paths = {problem.path for problem in problems_of(application)}
    assert "materials.other_evidence_copies" not in paths
    with pytest.raises(DomainError, match="必交"):
        declare_none(application=application, name="application_report", actor=actor)
    declare_none(application=application, name="other_evidence_copies", actor=actor, declared=False)
    assert "materials.other_evidence_copies" in {problem.path for problem in problems_of(application)}


def test_a_material_that_the_profile_does_not_know_is_refused(world: World) -> None:
    application = draft_of(world)
    with pytest.raises(DomainError, match="没有这项材料"):
        add_material_file(application=application, name="nothing", upload=pdf(), actor=submitter_of(world))


def test_the_page_keeps_the_good_files_and_refuses_the_bad_beside_the_material(world: World) -> None:
    application = draft_of(world)
    client = browser_of(submitter_of(world))
    bad = SimpleUploadedFile("执照.pdf", b"<html><script>alert(1)</script></html>", "application/pdf")
    url = world.url(f"unit/applications/{application.pk}/materials/licence_copy/add/")
    page = client.post(url, {"file": [bad, pdf("执照2.pdf")]})
    line = next(line for line in page.context["lines"] if line["rule"].name == "licence_copy")
    assert (page.status_code, len(line["errors"]), len(line["files"])) == (422, 1, 1)
    assert client.post(url, {}).context["summary"] == [("material-licence_copy", "请先选择文件。")]


def test_files_are_handed_to_the_unit_alone(world: World) -> None:
    application = filled(world)
    story_of(world).register("second")
    file = MaterialFile.objects.first()
    assert file is not None
    url = world.url(f"unit/applications/{application.pk}/files/{file.pk}/")
    own = browser_of(submitter_of(world)).get(url)
    assert b"".join(own.streaming_content).startswith(b"%PDF")
    assert own["X-Content-Type-Options"] == "nosniff"
    assert own["Content-Disposition"].startswith("attachment")
    for person in (submitter_of(world, "second"), world.people["reviewer"], world.people["officer"]):
        assert browser_of(person).get(url).status_code == 404


def test_a_file_of_one_application_is_not_removed_through_another(world: World) -> None:
    application = filled(world)
    story = story_of(world)
    unit = story.register("second")
    other = start_application(round_=application.round, unit=unit, actor=submitter_of(world, "second"))
    file = MaterialFile.objects.first()
    assert file is not None
    client = browser_of(submitter_of(world, "second"))
    assert client.post(world.url(f"unit/applications/{other.pk}/files/{file.pk}/remove/")).status_code == 404
    assert MaterialFile.objects.filter(pk=file.pk).exists()
