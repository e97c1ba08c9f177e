"""What a unit and the public are told: a refusal, a draft with mistakes, dates, numbers of copies."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from applications.desk.review import reject
from applications.filing.drafting import save_draft
from applications.filing.submission import content_of
from applications.filing.tracking import stepper_of
from applications.models import Application
from core import clock
from core.errors import EditConflict
from core.templatetags.wording import body_parts
from jurisdictions.validity import Validity, ValidityState, validity_today
from tests.applications.builders import Play
from tests.applications.filing import browser_of, draft_of, filled, submitter_of
from tests.applications.listing import Listed
from tests.browsing import text_of
from tests.world import World


def test_a_refused_unit_reads_why_while_the_call_is_open(world: World) -> None:
    play = Play(world)
    application = play.submitted()
    reason = "现场核查时不具备生产场地。"
    clause = application.rules.materials[0].clause
    reject(application=application, reason=reason, clause=clause, actor=play.reviewer(application))
    home = text_of(browser_of(play.submitter()), world.url("unit/"))
    assert "目前没有开放的申报批次" not in home
    assert "本单位在本批次已经申报，结果为“不予通过”" in home
    assert reason in home
    assert application.rules.article(clause) in home
    play.close()
    home = text_of(browser_of(play.submitter()), world.url("unit/"))
    assert "目前没有开放的申报批次" in home
    assert "本单位在本批次已经申报" not in home


def test_a_draft_says_how_much_of_what_was_typed_is_wrong(world: World) -> None:
    application = filled(world)
    client, url = browser_of(submitter_of(world)), world.url(f"unit/applications/{application.pk}/")
    section = f"{url}sections/staff/"

    def sent(**changes: str) -> str:
        page = client.get(section)
        form = page.context["form"]
        data = {**form.form.data, **{n.replace("__", "."): v for n, v in changes.items()}}
        version = {"version": str(page.context["application"].revision), "then": "later"}
        return client.post(section, data | version, follow=True).content.decode()

    assert "草稿已保存。" in sent()
    # Another leader, and a number of a person that is none.
    page = sent(**{"rosters__members-1-role": "leader", "rosters__members-2-resident_id": "123"})
    assert re.findall("中有 (.) 处填写有误", page) == ["2"]


def test_a_conflict_with_oneself_is_told_as_such(world: World) -> None:
    application = draft_of(world)
    actor = submitter_of(world)
    save_draft(application=application, actor=actor, revision=0, facts={"trade": "钳工"})
    with pytest.raises(EditConflict, match="您已在另一个页面保存过“"):
        save_draft(application=application, actor=actor, revision=0, facts={"trade": "焊工"})


@pytest.mark.parametrize("world", ["qinshui"], indirect=True)
def test_every_step_that_is_done_has_its_day(world: World) -> None:
    listed = Listed(world)
    listed.after_notice()
    listed.sign_off()
    listed.designate()
    application = Application.objects.get(pk=listed.applications[0].pk)
    steps = stepper_of(application)
    assert [step["label"] for step in steps if not step.get("at")] == []
    assert clock.local(steps[-1]["at"]).date() == clock.today()


@pytest.mark.parametrize("world", ["wenzhou"], indirect=True)
def test_what_is_asked_for_as_a_file_is_not_asked_for_on_paper(world: World) -> None:
    application = draft_of(world)
    page = text_of(
        browser_of(submitter_of(world)), world.url(f"unit/applications/{application.pk}/materials/")
    )
    electronic = sum(material.e_document for material in application.rules.materials)
    assert electronic > 0
    assert page.count("不需要纸质材料") == electronic
    # Three bodies call the experts together; all of them stand at the step.
    application = filled_again(world, application)
    panel = next(step for step in stepper_of(application) if "专家" in step["label"])
    assert panel["who"].split("、") == ["市人社局", "市委人才办", "市财政局"]


def filled_again(world: World, application: Application) -> Application:
    """The facts that decide the way."""
    save_draft(
        application=application,
        actor=submitter_of(world),
        revision=application.revision,
        facts={"affiliation": "county"},
    )
    assert content_of(application)["facts"]["affiliation"] == "county"
    return application


@pytest.mark.parametrize("world", ["shenzhen", "gaoming"], indirect=True)
def test_the_public_is_not_told_what_the_staff_must_do(world: World) -> None:
    standing = validity_today(world.rules)
    for path in ("", "rules/"):
        page = text_of(Client(), world.url(path))
        assert standing.words in page
        assert standing.answer.explanation not in page
    assert date(2022, 1, 26).isoformat() not in standing.words
    undetermined = Validity(ValidityState.UNDETERMINED, standing.answer)
    assert "主管部门核实" in undetermined.words


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("中共温州市委人才工作领导小组办公室", ["中共温州市委", "人才工作", "领导小组", "办公室"]),
        ("沁水县人力资源和社会保障局", ["沁水县", "人力资源和", "社会保障局"]),
        ("某市财政局", ["某市", "财政局"]),
        ("某局", ["某局"]),
    ],
)
def test_names_of_bodies_break_between_their_parts(name: str, parts: list[str]) -> None:
    assert body_parts(name) == parts
