"""A new application begins from the former one: what was said comes along, what was judged does not."""

from __future__ import annotations

from typing import Any

import pytest

from applications.enums import ApplicationState
from applications.filing.renewing import renew, renewal_of
from applications.models import Application, MaterialFile, Round
from core import clock
from core.errors import DomainError, NotAllowed, StateConflict
from core.models import LogEntry
from tests.applications.filing import browser_of, draft_of, filed, submitter_of
from tests.applications.test_carrying_over import new_round
from tests.jurisdictions.proposals import activated
from tests.world import World


@pytest.fixture
def former(world: World) -> Application:
    application = filed(world)
    application.judgements = {"some_judgement": True}
    application.save(update_fields=["judgements"])
    return application


def next_call(world: World, text: str = "") -> Round:
    if text:
        activated(world, clock.today(), text=text)
    return new_round(world)


def test_answers_come_along_and_judgements_and_unchosen_files_do_not(
    world: World, former: Application
) -> None:
    made = renew(
        former=former, round_=next_call(world), unit=former.unit, actor=submitter_of(world), files=[]
    )
    made.refresh_from_db()
    assert made.state == ApplicationState.DRAFT
    assert (made.facts, made.narratives, made.rosters) == (former.facts, former.narratives, former.rosters)
    assert made.persons == former.persons
    assert (made.judgements, made.checks, made.desk_facts, made.number, made.submitted_at) == (
        {},
        {},
        {},
        "",
        None,
    )
    assert not MaterialFile.objects.filter(material__application=made).exists()
    assert not made.materials.filter(check_state="accepted").exists()
    entry = LogEntry.objects.get(action="applications.renew")
    assert (entry.data["from"], entry.data["files"]) == (former.pk, 0)


def test_a_chosen_file_is_a_copy_of_its_own(world: World, former: Application) -> None:
    files = MaterialFile.objects.filter(material__application=former).select_related("attachment", "material")
    chosen = files.first()
    assert chosen is not None
    how: Any = {"round_": next_call(world), "unit": former.unit, "actor": submitter_of(world)}
    with pytest.raises(DomainError, match="重新选择"):
        renew(former=former, files=[chosen.pk, 10**9], **how)
    assert Application.objects.filter(unit=former.unit).count() == 1
    made = renew(former=former, files=[chosen.pk], **how)
    (copy,) = MaterialFile.objects.filter(material__application=made).select_related("attachment", "material")
    assert copy.material.name == chosen.material.name
    assert copy.attachment_id != chosen.attachment_id
    assert copy.attachment.file.name != chosen.attachment.file.name
    assert copy.attachment.received_sha256 or copy.attachment.sha256 == chosen.attachment.sha256
    assert copy.attachment.holder_id == former.unit_id


def test_what_the_new_rules_drop_and_ask_anew_is_told_before(world: World, former: Application) -> None:
    round_ = next_call(world, world.profile.text.replace("employees_total", "staff_total"))
    renewal = renewal_of(former, round_)
    assert (renewal.left, renewal.added) == (("员工总人数",), ("员工总人数",))
    client = browser_of(submitter_of(world))
    home = client.get(world.url("unit/")).content.decode()
    url = world.url(f"unit/rounds/{round_.pk}/renew/")
    assert url in home
    page = client.get(url).content.decode()
    assert "不再要求，不带：</strong>员工总人数" in page
    assert "新要求，要另填：</strong>员工总人数" in page
    assert f"version={round_.profile.version}&amp;compare={former.round.profile.version}" in page
    answer = client.post(url, {})
    made = Application.objects.get(round=round_, unit=former.unit)
    assert answer.url == world.url(f"unit/applications/{made.pk}/")
    assert "employees_total" not in made.facts
    assert client.post(url, {}, follow=True).redirect_chain
    assert Application.objects.filter(round=round_, unit=former.unit).count() == 1


def test_nobody_begins_from_another_unit_s_application_or_from_a_draft(
    world: World, former: Application
) -> None:
    round_ = next_call(world)
    other = draft_of(world, "second", round_=round_).unit
    with pytest.raises(StateConflict, match="只能沿用本单位"):
        renew(former=former, round_=round_, unit=other, actor=submitter_of(world, "second"))
    with pytest.raises(NotAllowed):
        renew(former=former, round_=round_, unit=former.unit, actor=world.people["officer"])
    draft = Application.objects.get(unit=other, round=round_)
    with pytest.raises(StateConflict, match="只能沿用本单位"):
        renew(former=draft, round_=round_, unit=other, actor=submitter_of(world, "second"))


def test_a_file_that_does_not_pass_begins_nothing(
    world: World, former: Application, settings: object
) -> None:
    round_ = next_call(world)
    files = list(MaterialFile.objects.filter(material__application=former).values_list("pk", flat=True))
    settings.UNIT_QUOTA_FILES = len(files)  # type: ignore[attr-defined]
    with pytest.raises(DomainError, match="上限"):
        renew(former=former, round_=round_, unit=former.unit, actor=submitter_of(world), files=files)
    assert not Application.objects.filter(round=round_).exists()
